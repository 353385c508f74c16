"""The charge of a ledger where a stream, a deadline or a host ends early."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import rheostat as rh
from rheostat import aio
from rheostat.errors import InvalidTypeError, InvalidValueError
from rheostat.host import Chunk, Host, Usage
from rheostat.signals import calibrate_exit

TEXT = "There are 168 primes below that. " * 3


def charged(last: Chunk | None, samples: int = 1) -> tuple[int, int]:
    """The tokens of a run whose deadline is met by a piece of its first stream, or by a tick, and of its tenant."""
    ledger = rh.Ledger([rh.Cap("tenant", tokens=100_000)])
    ladder = rh.Ladder([rh.Rung("a", answer_tokens=2_000, samples=samples, output_price=10.0)])
    governor = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=10_000, seconds=10), ledger=ledger)
    now = [0.0]
    run = governor.plan("How many primes are there below 1,000?", tenant="t", at=0).start(at=0)
    host = Host(run, clock=lambda: now[0])
    streams = host.next()
    for stream in streams:
        assert host.tell(stream, Chunk(text=TEXT))
    now[0] = 11.0
    if last is None:
        host.tick()
    else:
        assert not host.tell(streams[0], last)
        host.end(streams[0])
    host.close()
    assert (run.answer or "").startswith(TEXT)
    return run.spent.tokens, 100_000 - ledger.room(tenant="t", at=11).tokens


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize(
    "last",
    [Chunk(), Chunk(text="x"), Chunk(thinking="x"), Chunk(tokens=1), Chunk(step=0.5), Chunk(text="x", finish_reason="stop")],
    ids=["nothing", "text", "thinking", "tokens", "step", "end"],
)
def test_a_deadline_costs_what_came_whoever_notices_it(last: Chunk, samples: int) -> None:
    ticked, told = charged(None, samples), charged(last, samples)
    assert ticked[0] == ticked[1]
    assert told[0] == told[1]
    assert ticked[0] <= told[0] <= ticked[0] + 2


PARTS: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({"prompt_tokens": 0, "prompt_tokens_details": {"cached_tokens": 100}, "completion_tokens": 3}, (100, 3)),
    ({"prompt_tokens": 9, "completion_tokens": 0, "completion_tokens_details": {"reasoning_tokens": 50}}, (9, 50)),
    (
        {
            "prompt_tokens": 0,
            "prompt_tokens_details": {"text_tokens": 80, "audio_tokens": 20, "cached_tokens": 60},
            "completion_tokens": 0,
            "completion_tokens_details": {"text_tokens": 30, "audio_tokens": 5, "reasoning_tokens": 10},
        },
        (100, 35),
    ),
    (
        {
            "promptTokenCount": 0,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 50}, {"modality": "IMAGE", "tokenCount": 5}],
            "candidatesTokenCount": 0,
            "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 12}],
            "totalTokenCount": 0,
        },
        (55, 12),
    ),
    ({"total_tokens": 0, "input_tokens": 7, "output_tokens": 0, "output_tokens_details": {"reasoning_tokens": 9}}, (7, 9)),
    ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 0}, (10, 5)),
    ({"prompt_tokens": 4, "completion_tokens": 2, "prompt_tokens_details": {"text_tokens": 999}}, (4, 2)),
]


@pytest.mark.parametrize(("usage", "counts"), PARTS)
def test_a_count_of_zero_is_no_less_than_its_parts(usage: dict[str, Any], counts: tuple[int, int]) -> None:
    read = Usage.read(usage)
    assert read is not None
    assert (read.input, read.output) == counts


@pytest.mark.parametrize("tokens", [[100, 50], [0, 10, 9], [5, 5, 4.5]], ids=["at once", "late", "by a half"])
def test_tokens_that_fall_are_no_log_of_exits(tokens: list[float]) -> None:
    rows = [[0.9] * len(tokens)] * 20
    losses = [[0] * len(tokens)] * 20
    with pytest.raises(InvalidValueError, match=r"tokens\[3\] must be counts of the tokens written so far"):
        calibrate_exit(rows, losses, [sorted(tokens)] * 3 + [tokens] * 17, [0.5], max_loss=0.5)


def test_what_a_host_cannot_use_is_named() -> None:
    run = rh.Governor(rh.Ladder([rh.Rung("a")])).plan("What is the capital of France?").start()
    for run_given in (None, 5, "run", rh.Rung("a")):
        with pytest.raises(InvalidTypeError, match=r"run: got .*, wanted a Run"):
            Host(run_given)  # type: ignore[arg-type]
    values: list[Any] = [5, "x", [], rh.Rung("a")]
    for name in ("answer", "watch", "clock"):
        for value in values:
            wrong: dict[str, Any] = {name: value}
            with pytest.raises(InvalidTypeError, match=rf"{name}: got .*, wanted a callable or None"):
                Host(run, **wrong)
    with pytest.raises(InvalidTypeError, match=r"clock: got int, wanted a callable or None"):
        asyncio.run(aio.serve(run, lambda *_: "Paris", clock=5))  # type: ignore[arg-type]
    run.close()


def test_a_set_of_rungs_or_efforts_has_no_order() -> None:
    for kind in (set, frozenset):
        efforts: Any = kind(["low", "high"])
        with pytest.raises(InvalidTypeError, match="lowest first"):
            rh.Ladder.of({"model": "gpt-5", "efforts": efforts})
        with pytest.raises(InvalidTypeError, match="lowest first"):
            rh.Ladder(kind([rh.Rung("a"), rh.Rung("b")]))
