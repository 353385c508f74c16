"""Deciding as it is used: in every script, between other work, with options, for whole conversations, with a host around it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import AsyncIterator, Callable, Iterator
from time import perf_counter_ns, thread_time_ns

import rheostat as rh
from rheostat import aio

from .bars import Rival, Row
from .clock import Contender, empty_reading_ns, race
from .decide import governor
from .prompts import bodies, prompts
from .stream import TOP, top_logprobs
from .words import SCRIPTS

SCRIPT_SIZES: dict[int, int] = {58: 1_000, 477: 1_000, 2_000: 1_000, 131_072: 100}
"""Prompt sizes in bytes of UTF-8 for the rows of each script, and how many distinct prompts are in rotation."""

OTHER_WORK = 4 << 20
"""Bytes that are copied between two decisions of the cold rows: more than the second-level cache of one core has."""
COLD_CALLS = 400

CONVERSATIONS: dict[str, int] = {"8 KiB": 8_192, "200 KiB": 200 << 10, "2 MB": 2_000_000}

TOKENS = 500
"""Tokens of the requests that a host serves."""


def _texts(raw: list[bytes]) -> list[str]:
    return [one.decode() for one in raw]


def scripts(seconds: float) -> Iterator[Row]:
    """One row for each size and script, in one race, and one for the worst of them beside Latin."""
    plan = governor().plan
    for size, count in SCRIPT_SIZES.items():
        contenders = [Contender(script, plan, _texts, prompts(script, size, count)) for script in SCRIPTS]
        timings = race(contenders, [], seconds)
        latin = timings["latin"]
        for script, timing in timings.items():
            rivals = [] if script == "latin" else [Rival("latin, the same size", latin.p50, latin.p99)]
            title = f"decide, {size:,} bytes, {script}, with every script in turn"
            yield Row(f"script/{size}/{script}", title, "ns", timing.p50, timing.p99, rivals, f"{timing.calls:,} calls")
        worst = max(timings, key=lambda script: timings[script].p50)
        ratio = timings[worst].p50 / latin.p50
        yield Row(f"script/{size}/worst", f"decide, {size:,} bytes, slowest script to Latin", "x", ratio, note=f"it is {worst}")


def _low(times: list[float]) -> float:
    """The tenth percentile: the time while no other program is at work."""
    return sorted(times)[len(times) // 10]


def cold(seconds: float) -> Iterator[Row]:
    """A decision after 4 MiB of other work, beside one in a loop: what a service pays between its requests."""
    plan = governor().plan
    work = bytes(OTHER_WORK)
    empty = empty_reading_ns()
    for size in (58, 477):
        texts = _texts(prompts("latin", size, 2 * COLD_CALLS))
        times: dict[bool, list[float]] = {True: [], False: []}
        rounds = max(1, math.ceil(seconds / 0.5))
        for number in range(rounds * COLD_CALLS):
            for is_cold in (True, False):
                text = texts[(2 * number + is_cold) % len(texts)] + " "
                if is_cold:
                    bytearray(work)
                else:
                    plan(text[:-1])
                start = perf_counter_ns()
                plan(text)
                times[is_cold].append(perf_counter_ns() - start - empty)
        hot, after = _low(times[False]), _low(times[True])
        note = (
            f"{len(times[True]):,} calls, tenth percentiles; {after:,.0f} ns after the work, {hot:,.0f} ns after another decision"
        )
        yield Row(f"cold/{size}/latin", f"decide, {size} bytes, after 4 MiB of other work", "x hot", after / hot, note=note)


def options(seconds: float) -> Iterator[Row]:
    """Decisions with each option, against one without."""
    plain = governor()
    capped = governor(ledger=rh.Ledger([rh.Cap("tenant", usd=1e6)]))
    ceiling = rh.Ceiling(tokens=50_000)
    names = iter(range(1 << 62))
    calls: dict[str, Callable[[str], object]] = {
        "no option": plain.plan,
        "ceiling": lambda text: plain.plan(text, ceiling=ceiling),
        "models": lambda text: plain.plan(text, models=["small-model", "mid-model"]),
        "session": lambda text: plain.plan(text, session=f"s{next(names) % 1_000}"),
        "rung": lambda text: plain.plan(text, rung="think"),
        "tenant and ledger": lambda text: capped.plan(text, tenant="acme"),
        "messages of one": lambda text: plain.plan(messages=[{"role": "user", "content": text}]),
    }
    contenders = [Contender(name, call, _texts) for name, call in calls.items()]
    timings = race(contenders, prompts("latin", 58, 5_000), seconds)
    base = timings["no option"]
    for name, timing in timings.items():
        rivals = [] if name == "no option" else [Rival("no option", base.p50, base.p99)]
        key = f"option/{name.replace(' ', '_')}"
        yield Row(key, f"decide, 58 bytes, {name}", "ns", timing.p50, timing.p99, rivals, f"{timing.calls:,} calls")


def conversations(seconds: float) -> Iterator[Row]:
    """Whole conversations as raw bodies and as parsed messages, against `json.loads` of the same bytes."""
    plan = governor().plan
    for name, size in CONVERSATIONS.items():
        raw = bodies(size, 64 if size < 100_000 else 8)
        parsed = [json.loads(body)["messages"] for body in raw]
        contenders = [
            Contender("body", lambda body: plan(body=body), inputs=raw),
            Contender("messages", lambda messages: plan(messages=messages), inputs=parsed),
            Contender("json.loads", json.loads, inputs=raw),
        ]
        timings = race(contenders, [], seconds)
        loads = timings.pop("json.loads")
        for form, timing in timings.items():
            rivals = [Rival("json.loads of the body", loads.p50, loads.p99)]
            title = f"decide, conversation of {name}, {form}="
            yield Row(f"conversation/{size}/{form}", title, "ns", timing.p50, timing.p99, rivals, f"{timing.calls:,} calls")


def token(seconds: float) -> Iterator[Row]:
    """A token of a run, as a host reports it: its log-probability, a list of the 20 largest, and its text."""
    ladder = rh.Ladder([rh.Rung("one", model="m", answer_tokens=10_000_000)])
    run = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=2_000_000_000)).plan("Prove it.", at=0.0).start()
    sample = run.next()[0].sample(0)
    words = [word + " " for text in prompts("latin", 2_000, 50) for word in text.decode().split()]
    rows: list[list[float]] = top_logprobs(len(words)).tolist()
    tokens = [(row[0], row, word) for row, word in zip(rows, words, strict=True)]
    contenders = [
        Contender("list and text", lambda token: sample.token(token[0], token[1], text=token[2]), inputs=tokens),
        Contender("list", lambda token: sample.token(token[0], token[1]), inputs=tokens),
        Contender("text", lambda token: sample.text(token[2]), inputs=tokens),
    ]
    timings = race(contenders, [], seconds, rounds=5)
    for name, timing in timings.items():
        note = f"{timing.calls:,} tokens, top {TOP}"
        yield Row(f"token/{name.replace(' ', '_')}", f"a run's token, {name}", "ns", timing.p50, timing.p99, [], note)


async def _pieces(pieces: list[aio.Chunk]) -> AsyncIterator[aio.Chunk]:
    for piece in pieces:
        yield piece


def host(seconds: float) -> Iterator[Row]:
    """The ready-made host, per token and per request, above the bare loop over the same pieces, in processor time."""
    decide = rh.Governor(rh.Ladder([rh.Rung("one", model="m")]))
    rows: list[list[float]] = top_logprobs(TOKENS).tolist()
    words = [word for text in prompts("latin", 2_000, 3) for word in text.decode().split()]
    pieces = [aio.Chunk(text=word + " ", logprob=row[0], top_logprobs=row) for word, row in zip(words, rows, strict=False)]
    pieces.append(aio.Chunk(finish_reason="stop"))

    def client(_call: object, _index: int) -> AsyncIterator[aio.Chunk]:
        return _pieces(pieces)

    async def served() -> None:
        await aio.serve(decide.plan("What is the capital of France?").start(), client)

    async def bare() -> None:
        [None async for _ in _pieces(pieces)]

    times: dict[bool, list[float]] = {True: [], False: []}
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        until = perf_counter_ns() + 2e9 * seconds
        while perf_counter_ns() < until or len(times[False]) < 20:
            for governed, request in ((True, served), (False, bare)):
                start = thread_time_ns()
                loop.run_until_complete(request())
                times[governed].append(thread_time_ns() - start)
    whole, alone = _low(times[True]), _low(times[False])
    note = f"{len(pieces)} pieces, {len(times[True]):,} requests, tenth percentiles of processor time; {whole / 1e3:,.0f} us each"
    yield Row("host/token", "the host, per token, above the bare loop", "ns", (whole - alone) / len(pieces), note=note)
    yield Row("host/request", f"a request of {TOKENS} tokens, share of a core at 1,000/s", "%", whole / 1e4, note=note)
