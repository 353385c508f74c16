"""Streams and money: spending never falls, ceilings hold, whatever providers report and however streams end."""
# ruff: noqa: PT018 -- a case's values are read together

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

import rheostat as rh
from rheostat.aio import Chunk, Usage, serve
from tests.cases.twins import first, start

DIME = 1e5
"""A price of ten cents a token, in dollars per million."""


# --- Usage never falls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("report", [{"output": 0}, {"output": 1}, {"output": 899}, {"input": 5}, {"cached": 7}, {}])
def test_a_smaller_zero_or_missing_count_leaves_what_was_counted(report: dict[str, int]) -> None:
    run = start()
    call, sample = first(run)
    for _ in range(900):
        sample.token(-0.1)
    call.usage(**report)
    assert run.spent.tokens == 900
    sample.usage(**report)
    assert run.spent.tokens == 900


def test_reports_of_the_newest_token_alone_do_not_replace_the_count() -> None:
    run = start()
    call, sample = first(run)
    for _ in range(900):
        sample.token(-0.1)
        call.usage(output=1)
    assert run.spent.tokens >= 900


def test_deltas_of_text_alone_do_not_replace_the_estimate() -> None:
    run = start()
    _, sample = first(run)
    for size in (3, 5, 2, 7):
        sample.text("four letters a word " * size)
        sample.usage(output=size)
    # 340 bytes are 85 tokens by estimate; the reports fall, so they are no totals.
    assert run.spent.tokens >= 80


def test_an_estimate_is_corrected_by_a_report_but_never_to_nothing() -> None:
    run = start()
    call, sample = first(run)
    sample.text("x" * 400)
    assert (run.spent.tokens, run.spent.estimated_tokens) == (100, 100)
    call.usage(output=0)
    assert (run.spent.tokens, run.spent.invalid) == (100, 1)
    call.usage(output=60)
    assert (run.spent.tokens, run.spent.estimated_tokens) == (60, 0)
    sample.text("x" * 40)
    assert (run.spent.tokens, run.spent.estimated_tokens) == (70, 10)


def test_any_order_of_reports_leads_to_the_same_spending() -> None:
    reports: list[dict[str, int]] = [
        {"input": 50_000, "output": 1},
        {"output": 400},
        {"input": 0, "cached": 0, "output": 0},
        {"cached": 20_000, "input": 50_000},
        {},
    ]
    ends = set()
    for order in itertools.permutations(reports):
        run = start()
        call, sample = first(run)
        sample.token(-0.1)
        before = 0.0
        for report in order:
            call.usage(**report)
            # The estimate of the input may be corrected; what is known never falls.
            known = run.spent.usd - run.spent.estimated_usd
            assert known >= before - 1e-12
            before = known
        ends.add(run.spent.tokens)
    assert ends == {400}


def test_a_field_that_a_later_report_leaves_out_stays() -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        yield Chunk(usage=Usage(input=50_000, output=1))
        yield Chunk(text="Paris", tokens=1)
        yield Chunk(usage=Usage(output=1), answer="Paris")

    run = start(samples=2, input_price=1.0, output_price=10.0)
    assert asyncio.run(serve(run, client, concurrency=1)) == "Paris"
    assert run.spent.usd == pytest.approx(0.10, rel=0.01)


def test_input_of_one_stream_is_counted_beside_the_estimates_of_the_others() -> None:
    run = start(samples=3, input_price=1.0, output_price=0.0)
    call = run.next()[0]
    for index in range(3):
        call.sample(index).token(-0.1)
    call.sample(1).usage(input=50_000)
    assert 0.05 < run.spent.usd < 0.051
    assert run.spent.estimated_usd == pytest.approx(run.spent.usd - 0.05)


def test_a_ceiling_holds_when_the_last_usage_is_zero() -> None:
    sent: list[int] = []

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        sent.append(call.max_tokens)
        for _ in range(call.max_tokens - 1):
            yield Chunk(text="w ", tokens=1)
        yield Chunk(usage=Usage(input=0, output=0))

    rungs = [rh.Rung(f"r{i}", model=f"m{i}", answer_tokens=4000, output_price=float(i + 1)) for i in range(5)]
    rules = rh.Rules(verify_below=0.999, loops=False)
    governor = rh.Governor(rh.Ladder(rungs), rh.policy.Utility(2.0), ceiling=rh.Ceiling(tokens=5000), rules=rules)
    run = governor.plan("q", rung="r0").start()
    asyncio.run(serve(run, client))
    assert sum(sent) <= 5000 and run.spent.tokens >= sum(sent) - len(sent)


# --- Parts that providers count apart -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        ({"input": 4, "cached": 2000, "output": 1}, 4 + 200),
        ({"input": 2004, "cached": 2000, "output": 1}, 4 + 200),
        ({"input": 4, "written": 2000, "output": 1}, 4 + 2500),
        ({"input": 4, "cached": 1000, "written": 1000, "output": 1}, 4 + 100 + 1250),
        ({"input": 3000, "cached": 1000, "written": 1000, "output": 1}, 1000 + 100 + 1250),
        ({"input": 10, "cached": 10, "output": 1}, 1),
    ],
)
def test_cached_and_written_input_are_part_of_the_input_or_apart(usage: dict[str, int], dollars: float) -> None:
    prices: dict[str, Any] = {"input_price": DIME, "cached_price": DIME / 10, "written_price": DIME * 1.25, "output_price": 0.0}
    run = start(rh.Ceiling(usd=1e6), **prices)
    call, sample = first(run)
    sample.text("x", tokens=1)
    call.usage(**usage)
    assert run.spent.usd == pytest.approx(dollars / 10)


def test_cached_input_alone_changes_nothing_while_the_input_is_estimated() -> None:
    run = start(cached_price=0.1)
    call, sample = first(run)
    sample.token(-0.1)
    before = run.spent.usd
    call.usage(cached=10**9)
    assert run.spent.usd >= before > 0


@pytest.mark.parametrize(("output", "reasoning", "tokens"), [(104, 989, 1093), (1093, 989, 1093), (None, 989, 989)])
def test_reasoning_is_part_of_the_output_or_apart(output: int | None, reasoning: int, tokens: int) -> None:
    run = start()
    call, sample = first(run)
    sample.token(-0.1)
    call.usage(output=output, reasoning=reasoning)
    assert run.spent.tokens == tokens


# --- Text is always counted ---------------------------------------------------------------------------------------------------


def reads(run: rh.Run, chunks: list[Chunk | str]) -> int:
    """Serves a client that sends these chunks over and over, whatever it was granted; returns the bytes that were read."""
    read = 0

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk | str]:
        nonlocal read
        for chunk in itertools.islice(itertools.cycle(chunks), 50_000):
            read += len(chunk.text if isinstance(chunk, Chunk) else chunk)
            yield chunk

    asyncio.run(serve(run, client))
    return read


@pytest.mark.parametrize(
    "chunks",
    [
        ["some text of a provider without tokens "],
        ["x"],
        ['{"argument": 1} ', "\n"],
        ["длинные слова без счёта "],
        ["没有计数的文字"],
        [Chunk(text="a word "), Chunk(text="and a token ", logprob=-0.1)],
        [Chunk(text="only one token in ten has a probability ", logprob=-0.1)] + [Chunk(text=" and text beside it ")] * 9,
    ],
)
def test_a_stream_of_text_is_stopped_near_its_grant(chunks: list[Chunk | str]) -> None:
    rules = rh.Rules(loops=False)
    run = start(rh.Ceiling(tokens=1000), rules=rules)
    assert reads(run, chunks) < 10_000
    assert 900 <= run.spent.tokens <= 1100


def test_text_behind_one_counted_token_is_counted() -> None:
    run = start(rh.Ceiling(tokens=1000))
    _, sample = first(run)
    sample.token(-0.1, text="I call ")
    stopped = next(i for i in range(20_000) if sample.text(f'{{"arg{i}": 1}} ').stops)
    assert stopped < 600
    for i in range(20_000):
        sample.text(f'{{"arg{i}": 1}} ')
    assert 60_000 < run.spent.tokens < 90_000  # What an engine writes past its grant is recorded.


@pytest.mark.parametrize(
    "text", ["A sentence of ordinary English prose. ", "Предложение обычной русской прозы. ", "通常の日本語の文です。"]
)
def test_tokens_and_their_text_told_apart_are_counted_once(text: str) -> None:
    tokens = max(len(text) // 5, 1)
    for tokens_first in (True, False):
        run = start()
        _, sample = first(run)
        for _ in range(20):
            if tokens_first:
                sample.tokens([-0.1] * tokens)
            sample.text(text)
            if not tokens_first:
                sample.tokens([-0.1] * tokens)
        assert run.spent.tokens <= 1.1 * 20 * tokens + 20


# --- A failed call holds what its engine may have spent -----------------------------------------------------------------------


def thinkers(ceiling: rh.Ceiling, ledger: rh.Ledger | None = None, **rules: Any) -> rh.Run:
    """Three rungs that think, under a tight ceiling."""
    rungs = [rh.Rung(name, model=name, thinking_tokens=900, answer_tokens=100, output_price=1.0) for name in "abc"]
    governor = rh.Governor(
        rh.Ladder(rungs), policy=rh.policy.Threshold([0.5, 0.9]), ceiling=ceiling, ledger=ledger, rules=rh.Rules(**rules)
    )
    return governor.plan("q", rung="a").start(at=0.0)


@pytest.mark.parametrize("tokens", [0, 1, 500])
def test_grants_of_failed_calls_never_sum_past_the_ceiling(tokens: int) -> None:
    ledger = rh.Ledger([rh.Cap("fleet", tokens=1000)])
    run = thinkers(rh.Ceiling(tokens=1000), ledger)
    calls = []
    while granted := run.next(at=0.0):
        for call in granted:
            for _ in range(tokens):
                call.sample(0).token(-0.1, text="x", at=0.0)
            call.fail("connection reset", at=0.0)
            calls.append(call)
    assert sum(call.max_tokens for call in calls) <= 1000
    for call in calls:
        call.usage(output=call.max_tokens, at=0.0)
    assert run.spent.tokens <= 1000


def test_a_failed_call_that_never_reached_its_engine_is_free() -> None:
    run = thinkers(rh.Ceiling(tokens=1000))
    first_call = run.next(at=0.0)[0]
    first_call.fail("connection refused", sent=False, at=0.0)
    assert run.next(at=0.0)[0].max_tokens == 1000


def test_a_failed_call_gives_back_what_its_usage_leaves() -> None:
    run = thinkers(rh.Ceiling(tokens=1500))
    call = run.next(at=0.0)[0]
    call.fail("timeout", at=0.0)
    call.usage(output=100, at=0.0)
    assert run.next(at=0.0)[0].max_tokens == 1000


def test_the_ledger_keeps_a_failed_calls_claim_until_it_is_known_or_expires() -> None:
    def failed() -> tuple[rh.Ledger, rh.Run, rh.Call]:
        ledger = rh.Ledger([rh.Cap("fleet", tokens=1000)])
        run = thinkers(rh.Ceiling(tokens=1000, seconds=10.0), ledger, retries=0)
        call = run.next(at=0.0)[0]
        for _ in range(100):
            call.sample(0).token(-0.1, at=1.0)
        call.fail("timeout", at=2.0)
        run.close(at=3.0)
        return ledger, run, call

    ledger, run, call = failed()
    assert ledger.room(at=4.0)[0] == 0
    call.usage(output=300, at=5.0)
    assert ledger.room(at=6.0)[0] == 700
    ledger, run, call = failed()
    ledger.expire(at=1e6)
    assert ledger.room(at=1e6)[0] == 900
    del run, call


def test_many_retries_do_not_launch_many_times_the_ceilings_samples() -> None:
    run = thinkers(rh.Ceiling(samples=3), retries=100)
    launched = 0
    while calls := run.next(at=0.0):
        for call in calls:
            launched += call.samples
            call.fail("no route", sent=False, at=0.0)
    assert launched <= 6


# --- Reports and estimates together -------------------------------------------------------------------------------------------


def test_a_low_late_report_leaves_what_the_text_must_be() -> None:
    run = start(rh.Ceiling(tokens=1000), rh.Rules(retries=9, loops=False), answer_tokens=900)
    granted = []
    while calls := run.next():
        for call in calls:
            granted.append(call.max_tokens)
            call.sample().text("word " * 720)
            call.usage(input=9, output=3)
            call.fail("timeout")
    assert sum(granted) <= 1000
    assert run.spent.tokens >= 200 and run.spent.invalid >= 1


@pytest.mark.parametrize(
    ("usage", "dollars"), [({"cached": 2000}, 2e-4), ({"written": 2000}, 2.5e-3), ({"input": 0, "cached": 2000}, 2e-4)]
)
def test_cached_or_written_input_alone_has_its_price(usage: dict[str, int], dollars: float) -> None:
    run = start(input_price=1.0, cached_price=0.1, written_price=1.25, output_price=10.0)
    call, sample = first(run)
    sample.token(-0.1)
    call.usage(output=5, **usage)
    assert run.spent.usd >= dollars + 5e-5


@pytest.mark.parametrize("chunk", [Chunk(text="some text ", logprobs=[]), Chunk(text="some text ", tokens=0)])
def test_text_with_no_tokens_told_is_counted(chunk: Chunk) -> None:
    run = start(rh.Ceiling(tokens=500), rh.Rules(loops=False), answer_tokens=500)
    assert reads(run, [chunk]) < 4_000
    assert run.spent.tokens >= 450


@pytest.mark.parametrize(
    "text", ["Это обычный русский текст с длинными словами. ", "यह साधारण हिन्दी का पाठ है। ", "هذا نص عربي عادي. "]
)
def test_honest_text_of_any_script_is_not_cut_before_its_grant(text: str) -> None:
    run = start(rh.Ceiling(tokens=1000), rh.Rules(loops=False))
    _, sample = first(run)
    letters = 950 * 3.3
    assert not any(sample.text(text).stops for _ in range(int(letters / len(text))))


def test_a_refusal_in_the_middle_of_a_stream_holds_the_grant() -> None:
    class Overloaded(Exception):
        status_code = 529

    granted = []

    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        granted.append(call.max_tokens)
        yield Chunk(text="Hello there ", tokens=2)
        raise Overloaded

    run = start(rh.Ceiling(tokens=1000), answer_tokens=900)
    with contextlib.suppress(Overloaded):
        asyncio.run(serve(run, client))
    assert sum(granted) <= 1000
