"""The ready-made hosts: nothing that came is lost, and whatever a client or a provider does, the run ends and is closed.

Every case is tried on both twins: a client is written once, as a plain generator.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat import aio, host
from rheostat.host import Chunk, Host, Usage
from tests.cases.twins import GRANT, TWINS, start, word

# --- With the last granted token, or behind it ----------------------------------------------------------------------------------

FULL = Usage(input=60_000, output=GRANT)
COST = 60_000 * 3e-6 + GRANT * 15e-6


@TWINS
@pytest.mark.parametrize(
    "pieces",
    [
        [word("w", usage=FULL, answer="Paris")],
        [word("w"), Chunk(usage=FULL, answer="Paris")],
        [word("w"), Chunk(usage=FULL), Chunk(answer="Paris")],
        [word("w"), Chunk(answer="Paris"), Chunk(usage=FULL)],
        [word("w"), Chunk(), Chunk(), Chunk(answer="Paris"), Chunk(), Chunk(usage=FULL)],
        [word("Pa", GRANT - 1), Chunk(logprob=-0.1, text="ris"), Chunk(usage=FULL, answer="Paris")],
        [Chunk(logprobs=[-0.1] * GRANT, text="Paris"), Chunk(usage=FULL, finish_reason="stop")],
        [
            *[Chunk(logprob=-0.1, text="") for _ in range(GRANT - 1)],
            Chunk(logprob=-0.1, text="Paris", usage=FULL, finish_reason="stop"),
        ],
        [word("Paris", usage=FULL, finish_reason="stop")],
        # The answer repeats the text, beyond the grant.
        [word("w"), Chunk(text="Paris", answer="Paris", usage=FULL)],
        [word("w"), word(".", 1), Chunk(answer="Paris", usage=FULL)],
    ],
)
def test_usage_and_answer_may_come_with_the_last_token_or_behind_it(serve: Any, pieces: list[Chunk]) -> None:
    run = start(rh.Ceiling(usd=9.0))
    assert serve(run, lambda *_: iter(pieces)) == "Paris"
    assert run.spent.usd == pytest.approx(COST, rel=1e-3)
    assert run.settled
    assert run.spent.calls == 1


@TWINS
def test_an_extracted_answer_may_end_at_the_grant(serve: Any) -> None:
    run = start()
    pieces = [word("so it is \\boxed{Paris}"), Chunk(usage=FULL)]
    assert serve(run, lambda *_: iter(pieces), answer=lambda text: text.partition("{")[2].rstrip("}") or None) == "Paris"
    assert run.spent.usd == pytest.approx(COST, rel=1e-3)


@TWINS
def test_a_stream_that_is_cut_for_its_signals_is_closed_at_once(serve: Any) -> None:
    read = 0

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        nonlocal read
        for _ in range(GRANT):
            read += 1
            yield Chunk(logprob=-3.0, top_logprobs=[-3.0] * 20, text="x ")

    ladder = rh.Ladder([rh.Rung(name, answer_tokens=GRANT) for name in ("low", "high")])
    run = rh.Governor(ladder, rules=rh.Rules(window=64)).plan("q", rung="low").start()
    serve(run, client)
    assert run.escalations == 1
    assert read < 2 * GRANT


@TWINS
def test_an_engine_that_ignores_its_budget_is_not_read_on(serve: Any) -> None:
    read = 0

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        nonlocal read
        while True:
            read += 1
            yield word(f"w{read} ", 1)

    run = start(rh.Ceiling(tokens=GRANT))
    answer = serve(run, client)
    assert run.spent.tokens == GRANT
    assert read <= GRANT + 5
    assert not run.settled
    assert str(answer).startswith("w1 w2 ")


@TWINS
def test_a_stream_that_goes_on_with_nothing_is_closed(serve: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        yield word("Paris")
        while True:
            yield Chunk()

    assert serve(start(), client) == "Paris"


def test_a_stream_that_is_silent_after_its_grant_is_not_waited_for() -> None:
    async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
        yield word("Paris")
        await asyncio.Event().wait()

    assert asyncio.run(aio.serve(start(), client, grace=0.01)) == "Paris"


# --- Values that a provider cannot have meant -----------------------------------------------------------------------------------

NONSENSE: list[Any] = [-1, -(10**30), 2**70, 1.5, math.nan, math.inf, -math.inf, "7", "many", True, [3], {}, object(), b"1"]


@TWINS
@pytest.mark.parametrize("field", ["input", "cached", "written", "output", "reasoning"])
@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_a_count_that_cannot_be_is_left_out(serve: Any, field: str, value: Any) -> None:
    counts: dict[str, Any] = {"input": 20, "output": 5} | {field: value}
    run = start()
    pieces = [word("Paris", 1), Chunk(usage=Usage(**counts), answer="Paris")]
    assert serve(run, lambda *_: iter(pieces)) == "Paris"
    assert run.spent.calls == 1
    if field not in {"input", "output"}:
        assert (run.spent.tokens, run.spent.estimated_usd) == (5, 0.0)


@TWINS
@pytest.mark.parametrize("number", [float, np.float64, np.float32, np.int64, np.uint8])
def test_a_count_may_be_any_whole_number(serve: Any, number: Any) -> None:
    run = start()
    usage = Usage(input=number(20), output=number(5))
    assert serve(run, lambda *_: iter([word("Paris", 1), Chunk(usage=usage)])) == "Paris"
    assert run.spent.usd == pytest.approx(20 * 3e-6 + 5 * 15e-6)


@TWINS
def test_usage_may_be_a_mapping(serve: Any) -> None:
    run = start()
    usage: Any = {"input": 20, "output": 5, "total": 25}
    assert serve(run, lambda *_: iter([word("Paris", 1), Chunk(usage=usage)])) == "Paris"
    assert run.spent.usd == pytest.approx(20 * 3e-6 + 5 * 15e-6)


BAD_FIELDS: list[dict[str, Any]] = [
    {"logprob": -0.1, "top_logprobs": [-0.1, None]},
    {"logprob": None, "top_logprobs": [None, None]},
    {"logprob": -0.1, "top_logprobs": ["-0.1", -2.0]},
    {"logprob": -0.1, "top_logprobs": [{"logprob": -0.1}]},
    {"logprob": -0.1, "top_logprobs": 7},
    {"logprob": -0.1, "top_logprobs": "abc"},
    {"logprob": "-0.1"},
    {"logprob": math.nan},
    {"logprob": -math.inf},
    {"logprob": 10**400},
    {"logprobs": [-0.1, None]},
    {"logprobs": [-0.1, "x"], "top_logprobs": [[-0.1, -3.0], [-0.1, -3.0]]},
    {"logprobs": [-0.1, -0.2], "top_logprobs": [[-0.1, -3.0], [-0.1]]},
    {"logprobs": [-0.1, -0.2], "top_logprobs": [[-0.1, -3.0], None]},
    {"logprobs": [-0.1, -0.2], "top_logprobs": [[-0.1]]},
    {"logprobs": [-0.1, -0.2], "top_logprobs": 3},
    {"logprobs": 3},
    {"step": "good"},
    {"step": None},
    {"step": 7.0},
    {"probe": ["42"]},
    {"probe": 42, "probe_prob": "sure"},
    {"probe": "42", "probe_prob": 7.0},
    {"tokens": -3},
    {"tokens": 1.5},
    {"tokens": "four"},
    {"usage": "20 tokens"},
    {"usage": object()},
    {"usage": [20, 5]},
    {"usage": {"output": None, "input": "x"}},
    {"answer": ["Paris"]},
]


@TWINS
@pytest.mark.parametrize("fields", BAD_FIELDS, ids=repr)
def test_a_value_that_cannot_be_costs_no_answer(serve: Any, fields: dict[str, Any]) -> None:
    run = start()
    pieces = [Chunk(**({"text": "Par"} | fields)), Chunk(text="is", tokens=1)]
    assert serve(run, lambda *_: iter(pieces)) == "Paris"
    assert run.spent.calls == 1
    assert run.settled


def test_values_that_cannot_be_are_counted() -> None:
    served = Host(start())
    [stream] = served.next()
    for value in (-1, math.nan, "7", object()):
        served.tell(stream, Chunk(text="x", tokens=1, usage=Usage(output=value)))  # type: ignore[arg-type]
    assert served.invalid == 4
    served.tell(stream, Chunk(text="x", logprob=-0.1, top_logprobs=[-0.1, None]))
    assert stream.call.sample(0).readings.invalid == 1
    served.close()


@TWINS
def test_numbers_are_answers(serve: Any) -> None:
    pieces = [Chunk(text="it is 42", tokens=3, answer=42)]  # type: ignore[arg-type]
    assert serve(start(), lambda *_: iter(pieces)) == "42"


# --- The best text so far -------------------------------------------------------------------------------------------------------


@TWINS
def test_a_deadline_gives_the_text_so_far(serve: Any) -> None:
    now = 0.0

    def client(call: rh.Call, index: int) -> Iterator[str]:
        nonlocal now
        for part in ("Paris ", "is ", "the ", "capital"):
            now += 1.0
            yield part

    ladder = rh.Ladder([rh.Rung("only", answer_tokens=GRANT)])
    plan = rh.Governor(ladder, ceiling=rh.Ceiling(seconds=2.5)).plan("q", at=0.0)
    run = plan.start(at=0.0)
    assert serve(run, client, clock=lambda: now) == "Paris is the "
    assert not run.settled


@TWINS
def test_an_error_behind_the_deadline_leaves_the_text_so_far(serve: Any) -> None:
    # A client whose own timeout is longer than the ceiling.
    now = 0.0

    def client(call: rh.Call, index: int) -> Iterator[str]:
        nonlocal now
        yield "Paris is"
        now = 4.0
        raise TimeoutError("timed out")

    ladder = rh.Ladder([rh.Rung("only", answer_tokens=GRANT)])
    governor = rh.Governor(ladder, ceiling=rh.Ceiling(seconds=2.5))
    run = governor.plan("q", at=0.0).start(at=0.0)
    assert (serve(run, client, clock=lambda: now), run.settled) == ("Paris is", False)


@TWINS
def test_an_error_behind_the_deadline_is_raised_where_no_text_came(serve: Any) -> None:
    now = 0.0

    def client(call: rh.Call, index: int) -> Iterator[str]:
        nonlocal now
        now = 4.0
        raise TimeoutError("timed out")
        yield ""

    ladder = rh.Ladder([rh.Rung("only", answer_tokens=GRANT)])
    run = rh.Governor(ladder, ceiling=rh.Ceiling(seconds=2.5)).plan("q", at=0.0).start(at=0.0)
    with pytest.raises(TimeoutError):
        serve(run, client, clock=lambda: now)
    assert run.done


@TWINS
def test_a_stream_that_fails_leaves_its_text(serve: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[str]:
        yield "Paris is"
        raise ConnectionError("reset")

    run = start(rules=rh.Rules(retries=0))
    with pytest.raises(ConnectionError):
        serve(run, client)
    assert (run.answer, run.settled) == ("Paris is", False)


@TWINS
def test_an_answer_comes_before_the_text_of_a_stream_that_failed(serve: Any) -> None:
    def client(call: rh.Call, index: int) -> Iterator[str]:
        yield "Paris, the capital of France, which"
        if call.id == 0:
            raise ConnectionError("reset")
        yield "."

    run = start()
    assert serve(run, client, answer=lambda text: text[:5] if text.endswith(".") else None) == "Paris"
    assert run.settled


# --- Warnings and refusals -----------------------------------------------------------------------------------------------------


def test_warnings_point_to_the_callers_line(tmp_path: Any) -> None:
    file = tmp_path / "ladder.toml"
    file.write_text('[[rung]]\nname = "only"\nanswer_tokens = 1000\n[ceiling]\ntokens = 50\n')
    ladder, ceiling = rh.Ladder([rh.Rung("only", answer_tokens=GRANT)]), rh.Ceiling(tokens=50)
    makers: list[Callable[[], rh.Governor]] = [
        lambda: rh.Governor(ladder, ceiling=ceiling),
        lambda: rh.config.load(file).governor(),
    ]
    for make in makers:
        with pytest.warns(UserWarning, match="does not fit its ceiling") as warned:
            make()
        assert {warning.filename for warning in warned} == {__file__}


def test_a_tenant_that_changes_nothing_is_said() -> None:
    ladder = rh.Ladder([rh.Rung("only")])
    governor = rh.Governor(ladder, ledger=rh.Ledger([rh.Cap("session", tokens=10**6)]))
    assert any("the tenant changes nothing" in reason for reason in governor.plan("q", tenant="acme").reasons)
    assert not any("tenant" in reason for reason in governor.plan("q").reasons)
    paced = rh.policy.Paced(usd=10.0, per=3600.0, usd_per_error=1.0)
    capped = rh.Ledger([rh.Cap("tenant", tokens=10**6, key="acme")])
    for looking in (rh.Governor(ladder, paced), rh.Governor(ladder, ledger=capped)):
        assert not any("tenant" in reason for reason in looking.plan("q", tenant="acme").reasons)


@pytest.mark.parametrize("name", ["visoin", "image", "", "vision ", "\ud800"])
def test_a_capability_that_no_query_needs_is_refused(name: str) -> None:
    with pytest.raises(
        rh.errors.UnknownNameError, match=r'rung "a": unknown capability .*known: vision, audio, files, tools, json'
    ):
        rh.Rung("a", capabilities=["tools", name])


@pytest.mark.parametrize("name", ["vision", "Vision", "AUDIO", "files", "tools", "json"])
def test_a_capability_may_be_written_in_capitals(name: str) -> None:
    assert rh.Rung("a", capabilities=[name]).capabilities == [name]


def test_a_capability_that_no_rung_lists_is_said() -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("a", capabilities=["tools"])]))
    picture = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}
    told = governor.plan(messages=[{"role": "user", "content": "What is this?"}, picture]).reasons
    assert any("no rung lists a capability" in reason for reason in told)
    assert not any("no rung lists" in reason for reason in governor.plan("What is this?").reasons)


@TWINS
@pytest.mark.parametrize("fields", [{"logprobs": []}, {"logprobs": np.array([])}, {"tokens": 0}, {"tokens": 0.0}])
def test_text_beside_an_empty_count_is_counted(serve: Any, fields: dict[str, Any]) -> None:
    run = start(rh.Ceiling(tokens=GRANT), rules=rh.Rules(loops=False))
    serve(run, lambda *_: iter([Chunk(text="four letters " * 40, **fields) for _ in range(100)]))
    assert run.spent.tokens == pytest.approx(GRANT, rel=0.2)


@TWINS
def test_an_overload_in_the_middle_of_a_stream_gives_nothing_back(serve: Any) -> None:
    class Overloaded(Exception):
        status_code = 529

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        yield word("Hello ", 2)
        raise Overloaded

    granted = []

    def counted(call: rh.Call, index: int) -> Iterator[Chunk]:
        granted.append(call.max_tokens)
        return client(call, index)

    with pytest.raises(Overloaded):
        serve(start(rh.Ceiling(tokens=GRANT)), counted)
    assert sum(granted) <= GRANT


@TWINS
def test_white_space_is_no_answer(serve: Any) -> None:
    assert serve(start(), lambda *_: iter([word("Paris", 1, answer="  ")])) == "Paris"


@pytest.mark.parametrize("reply", [{"text": "Paris"}, b"Paris"])
def test_a_mapping_or_bytes_is_no_stream(reply: Any) -> None:
    with pytest.raises(rh.errors.InvalidTypeError, match="wanted a Chunk or a str"):
        host.serve(start(), lambda *_: reply)
