"""Deciding: one prompt, one raw body, or a batch of prompts, against LiteLLM's complexity routers."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import rheostat as rh

from . import competitors
from .bars import Rival, Row
from .clock import Contender, Timing, race
from .prompts import bodies, prompts

SIZES: dict[int, int] = {58: 10_000, 477: 10_000, 2_000: 10_000, 32_000: 4_000, 131_072: 2_000}
"""Prompt sizes in bytes of UTF-8, and how many distinct prompts are in rotation."""

V1, V2 = "LiteLLM v1", "LiteLLM v2"


def governor(ledger: rh.Ledger | None = None) -> Any:
    """The ladder of the README, with its utility policy, and a ledger if one is given."""
    ladder = rh.Ladder(
        [
            rh.Rung("fast", model="small-model", thinking_tokens=0, samples=1, input_price=0.05, output_price=0.40),
            rh.Rung("think", model="mid-model", thinking_tokens=4_096, samples=1, input_price=0.25, output_price=2.00),
            rh.Rung(
                "deep", model="large-model", thinking_tokens=16_384, samples=5, input_price=1.25, output_price=10.00, ability=0.86
            ),
        ],
        default="think",
        start_max="think",
    )
    ceiling = rh.Ceiling(tokens=100_000, usd=1.00, seconds=120)
    return rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0), ceiling=ceiling, ledger=ledger)


def _texts(raw: list[bytes]) -> list[str]:
    return [one.decode() for one in raw]


def _available(
    rivals: dict[str, Callable[[], Callable[[Any], object]]],
) -> tuple[dict[str, Callable[[Any], object]], list[Rival]]:
    """The rivals that can be called, and a "not installed" entry for each of the others."""
    calls, absent = {}, []
    for name, opener in rivals.items():
        try:
            calls[name] = opener()
        except competitors.NotInstalled as error:
            absent.append(Rival(name, None, note=f"not installed ({error})"))
    return calls, absent


def _rival(name: str, timing: Timing) -> Rival:
    return Rival(name, timing.p50, timing.p99, note=f"{timing.calls:,} calls, {timing.distinct:,} distinct")


def _row(key: str, title: str, timings: dict[str, Timing], absent: list[Rival]) -> Row:
    ours = timings.pop("rheostat")
    rivals = [_rival(name, timing) for name, timing in timings.items()]
    note = f"{ours.calls:,} calls, {ours.distinct:,} distinct, batches of {ours.batch}, best {ours.best:,.0f}"
    return Row(key, title, "ns", ours.p50, ours.p99, [*rivals, *absent], note)


def decide(seconds: float) -> Iterator[Row]:
    """One row for each size and script: `governor.plan(text)` against both LiteLLM routers."""
    plan = governor().plan
    calls, absent = _available({V1: competitors.litellm_v1, V2: competitors.litellm_v2})
    for size, count in SIZES.items():
        for script in ("latin", "cjk"):
            contenders = [Contender("rheostat", plan, _texts)]
            contenders += [Contender(name, call, _texts) for name, call in calls.items()]
            timings = race(contenders, prompts(script, size, count), seconds)
            yield _row(f"decide/{size}/{script}", f"decide, {size:,} bytes, {script}", timings, absent)


def peers(seconds: float, adapters: Sequence[Path]) -> Iterator[Row]:
    """Other routers by their adapters, beside `governor.plan(text)`, at each size."""
    calls: dict[str, Callable[[str], object]] = {}
    absent = []
    for path in adapters:
        try:
            name, call = competitors.peer(path)
            calls[name] = call
        except competitors.NotInstalled as error:
            absent.append(Rival(path.stem, None, note=f"not installed ({error})"))
    for size, count in SIZES.items() if adapters else ():
        contenders = [Contender("rheostat", governor().plan, _texts)]
        contenders += [Contender(name, call, _texts) for name, call in calls.items()]
        timings = race(contenders, prompts("latin", size, count), seconds)
        yield _row(f"peers/{size}", f"decide, {size:,} bytes, beside other routers", timings, absent)


def body(seconds: float) -> Iterator[Row]:
    """A raw 8 KiB chat body: `governor.plan(body=…)`, against `json.loads` and LiteLLM v1 on the last user message."""
    plan = governor().plan
    calls, absent = _available({V1: competitors.litellm_v1})
    contenders = [Contender("rheostat", lambda raw: plan(body=raw))]
    for name, classify in calls.items():

        def parse_and_classify(raw: bytes, classify: Callable[[Any], object] = classify) -> object:
            messages = json.loads(raw)["messages"]
            return classify(next(m["content"] for m in reversed(messages) if m["role"] == "user"))

        contenders.append(Contender(f"json.loads + {name}", parse_and_classify))
    contenders.append(Contender("json.loads alone", json.loads))
    yield _row("body/8192", "decide, raw 8 KiB body", race(contenders, bodies(8_192, 10_000), seconds), absent)
    yield gateway(seconds)


def gateway(seconds: float) -> Row:
    """The door for gateways: decision and rewrite of a raw 8 KiB body, against reading it and writing it again with `json`."""
    rungs = [rh.Rung("fast", model="gpt-5-mini"), rh.Rung("think", model="gpt-5.2", thinking_tokens=4_096, output_price=2.0)]
    decide_and_rewrite = rh.Governor(rh.Ladder(rungs)).decide_and_rewrite
    contenders = [
        Contender("rheostat", lambda raw: decide_and_rewrite(raw, "openai.chat")),
        Contender("json.loads + json.dumps", lambda raw: json.dumps(json.loads(raw))),
    ]
    return _row("gateway/8192", "decide and rewrite, raw 8 KiB body", race(contenders, bodies(8_192, 10_000), seconds), [])


def batch(seconds: float) -> Iterator[Row]:
    """Throughput of `plan_batch` on 10,000 prompts of 477 bytes, on one core and on two."""
    texts = _texts(prompts("latin", 477, 10_000))
    plan_batch = governor().plan_batch
    sized = "threads" in inspect.signature(plan_batch).parameters
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    for wanted in (1, 2):
        title = f"plan_batch, 477 bytes, {wanted} core{'s' if wanted > 1 else ''}"
        if len(cores) < wanted:
            yield Row(f"batch/{wanted}", title, "decisions/s", None, note="this machine has too few cores", higher_is_better=True)
            continue
        rates: list[float] = []
        os.sched_setaffinity(0, set(cores[:wanted]))
        try:
            spent = 0.0
            while spent < max(seconds, 0.5) or len(rates) < 5:
                start = perf_counter_ns()
                plan_batch(texts, threads=wanted) if sized else plan_batch(texts)
                elapsed = (perf_counter_ns() - start) / 1e9
                rates.append(len(texts) / elapsed)
                spent += elapsed
        finally:
            os.sched_setaffinity(0, set(cores))
        rates.sort()
        note = f"{len(rates)} batches of {len(texts):,}, slowest {rates[0]:,.0f}, best {rates[-1]:,.0f}"
        yield Row(f"batch/{wanted}", title, "decisions/s", rates[len(rates) // 2], note=note, higher_is_better=True)
