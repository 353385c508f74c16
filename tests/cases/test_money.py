"""The charge of a ledger where a stream, a deadline or a host ends early."""

from __future__ import annotations

import pytest

import rheostat as rh
from rheostat.host import Chunk, Host

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
