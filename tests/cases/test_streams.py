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

DIME = 1e5
"""A price of ten cents a token, in dollars per million."""


def start(ceiling: rh.Ceiling | None = None, rules: rh.Rules | None = None, **rung: Any) -> rh.Run:
    """A run on a lone rung whose answers have up to 1,000 tokens."""
    rung = {"answer_tokens": 1000, "input_price": 3.0, "output_price": 15.0} | rung
    ladder = rh.Ladder([rh.Rung("only", model="m", **rung)])
    return rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0), ceiling=ceiling, rules=rules).plan("q").start()


def first(run: rh.Run) -> tuple[rh.Call, rh.Sample]:
    """The run's first call and its first stream."""
    call = run.next()[0]
    return call, call.sample()


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


# --- Loops and answers that repeat themselves ---------------------------------------------------------------------------------


ANSWERS = {
    "blank grid": "0 0 0 0 0 0 0 0 0 0\n" * 10,
    "wide grid": ". " * 40 + "\n" + ("# " * 40 + "\n") * 30,
    "zero matrix": "[" + ", ".join("[" + ", ".join(["0"] * 30) + "]" for _ in range(30)) + "]",
    "latex matrix": "\\begin{pmatrix}\n" + ("0 & 0 & 0 & 0 & 0 & 0 & 0 & 0 \\\\\n" * 60) + "\\end{pmatrix}",
    "null array": "[" + "null, " * 800 + "null]",
    "floats": "[" + "0.0, " * 900 + "0.0]",
    "json objects": '{"rows": [' + '{"name": null, "value": 0},\n' * 200 + "{}]}",
    "pretty json": "{\n" + '  "items": [\n' + '    {\n      "a": 0\n    },\n' * 150 + "    {}\n  ]\n}",
    "table": "| a | b | c |\n|---|---|---|\n" + "| yes | no | yes |\n" * 100,
    "fenced code": "```python\n" + "    x.append(0)\n" * 300 + "```",
    "bare code": "int main() {\n" + '    puts("hi");\n' * 150 + "}",
    "verse": ("Row, row, row your boat, gently down the stream.\nMerrily, merrily, merrily, life is but a dream.\n\n") * 8,
    "counting sheep": "one sheep, " * 60,
    "labels": "- neutral\n" * 250,
    "checklist": "- [x] done\n" * 250,
    "label words": "neutral\n" * 400,
    "comma list": "neutral, " * 500,
    "assembly": "nop\n" * 800,
    "mantra": "\u5357\u65e0\u963f\u5f25\u9640\u4f5b" * 150,
    "lines to write": "I will not talk in class. " * 200,
    "csv": "name,value\n" + "unknown,0\n" * 100,
}
"""Texts that are answers, though they repeat themselves."""


def pieces(text: str, cut: str) -> list[str]:
    """A text cut in one of several ways."""
    if cut == "whole":
        return [text]
    if cut == "lines":
        return text.splitlines(keepends=True)
    size = {"characters": 1, "words": 7, "blocks": 500}[cut]
    return [text[i : i + size] for i in range(0, len(text), size)]


@pytest.mark.parametrize("cut", ["whole", "lines", "characters", "words", "blocks"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_repeats_itself_is_an_answer(name: str, cut: str) -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert not any(sample.text(piece).stops for piece in pieces(ANSWERS[name], cut))
    sample.finish(answer=ANSWERS[name])
    assert run.settled and run.answer == ANSWERS[name].strip()


LOOPS = {
    "word": "again ",
    "sentence": "Wait, let me check that once more, because I am not sure. ",
    "paragraph": "So the first term is two. Then the second one is four. Hence the sum must be six.\n\n",
    "list": "- the same point again\n",
    "exclamation marks": "!",
    "letters": "ha",
    "emoji": "\U0001f600",
    "digits": "3",
    "repeating decimal": "142857",
    "line feeds": "\n",
    "spaces": " ",
    "tabs": "\t",
    "non-breaking spaces": "\u00a0",
    "spaces and line feeds": " \n",
    "chinese": "\u7b49\u4e00\u4e0b\u3002",
    "thai": "\u0e2d\u0e35\u0e01\u0e04\u0e23\u0e31\u0e49\u0e07",
}
"""Pieces of text that go on for ever."""


@pytest.mark.parametrize("lead", ["", '{"answer": 1, "done": true}', "0.", "The result follows.\n"])
@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_stopped_before_its_grant_is_spent(name: str, lead: str) -> None:
    text = lead + LOOPS[name] * (40_000 // len(LOOPS[name]))
    stops = set()
    for cut in ("characters", "words", "blocks"):
        run = start(answer_tokens=16_000)
        _, sample = first(run)
        read = 0
        for piece in pieces(text, cut):
            read += len(piece)
            action = sample.text(piece)
            if action.stops:
                break
        assert action.stops and "circles" in action.reason, cut
        stops.add(read // 600)
    # Pieces of up to 500 characters do not change where it stops.
    assert max(stops) - min(stops) <= 1


@pytest.mark.parametrize("name", LOOPS)
def test_the_detector_sees_loops_without_white_space(name: str) -> None:
    loops = rh.signals.Loops(1024)
    loops.text(LOOPS[name] * (20_000 // len(LOOPS[name])))
    assert loops.finish()


def test_a_stream_that_ends_with_an_answer_is_finished_whatever_it_looped_over() -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert sample.text("again " * 6000).stops
    sample.finish(answer="Paris")
    assert run.answer == "Paris"


@pytest.mark.parametrize("period", [1, 7, 31, 33, 101, 251, 333, 501, 999])
def test_a_long_period_without_white_space_is_seen(period: int) -> None:
    letters = "".join(chr(97 + (i * i * 7 + i * 13 + i // 5) % 26) for i in range(period))
    loops = rh.signals.Loops(1024)
    assert loops.text(letters * (60_000 // period))


@pytest.mark.parametrize("lead", ["The value lies in [0, 1), so. ", "Take a[i and go. ", "```python\nx=1\n\nNow ", "x = {"])
def test_an_open_bracket_or_fence_does_not_switch_the_guard_off(lead: str) -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert sample.text(lead + "I will check it once more now. " * 2000).stops


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


def test_a_loop_behind_a_short_repetition_is_still_found() -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert not sample.text("0 " * 100 + "\nNow the proof. ").stops
    assert sample.text("Wait, let me see. " * 3000).stops


# --- Clocks --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of_plan", [True, False])
def test_a_deadline_is_met_by_another_clock_than_that_of_the_start(of_plan: bool) -> None:
    ladder = rh.Ladder([rh.Rung("only", answer_tokens=1000)])
    governor = rh.Governor(ladder, rh.policy.Utility(2.0), ceiling=rh.Ceiling(seconds=0.5))
    unix = 1.7e9
    run = governor.plan("q", at=unix).start() if of_plan else governor.plan("q").start(at=unix)
    run.next(at=10.0)
    assert not run.tick(at=10.4).stops
    assert run.tick(at=10.6).stops
    assert run.spent.seconds >= 0.5


def test_one_event_of_another_clock_does_not_end_a_run() -> None:
    ladder = rh.Ladder([rh.Rung("only", answer_tokens=1000)])
    run = rh.Governor(ladder, rh.policy.Utility(2.0), ceiling=rh.Ceiling(seconds=10)).plan("q").start(at=100.0)
    for at in (101.0, 0.0, 102.0, 0.0, 103.0):
        assert not run.tick(at=at).stops
    assert run.spent.seconds == 3.0


@pytest.mark.parametrize("at", [float("nan"), float("inf"), 1e300, -5.0, 1.7e12])
def test_a_time_that_is_none_is_refused(at: float) -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("only")]))
    for call in (
        lambda: governor.plan("q", at=at),
        lambda: governor.plan("q").start(at=at),
        lambda: governor.escalated("s", "only", at=at),
    ):
        with pytest.raises(rh.errors.InvalidValueError, match="at must be between"):
            call()
    with pytest.raises(rh.errors.InvalidValueError, match="offset"):
        rh.Ledger([], offset=float("nan"))


def test_a_clock_that_is_set_right_gives_nothing_back() -> None:
    day = 86_400.0
    ledger = rh.Ledger([rh.Cap("tenant", tokens=1000, per=day)], offset=0.0)
    start = 100 * day + 3600
    ledger.reserve(tokens=900, tenant="a", at=start).settle(tokens=900, at=start)
    ahead = start + 2 * day
    ledger.reserve(tokens=10, tenant="a", at=ahead).settle(tokens=10, at=ahead)
    ledger.rebase(at=start + 9)
    assert ledger.room(tenant="a", at=start + 9)[0] == 90
