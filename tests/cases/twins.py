"""Both ready-made hosts, for tests that a client is written for once, as a plain generator."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import rheostat as rh
from rheostat import aio, host
from rheostat.host import Chunk

GRANT = 1000


def start(ceiling: rh.Ceiling | None = None, rules: rh.Rules | None = None, ledger: Any = None, **rung: Any) -> rh.Run:
    """A run on a lone rung whose answers have up to 1,000 tokens."""
    rung = {"answer_tokens": GRANT, "input_price": 3.0, "output_price": 15.0} | rung
    ladder = rh.Ladder([rh.Rung("only", model="m", **rung)])
    policy = rh.policy.Utility(usd_per_error=2.0)
    return rh.Governor(ladder, policy, ceiling, rules=rules, ledger=ledger).plan("q", session="s").start()


def first(run: rh.Run) -> tuple[rh.Call, rh.Sample]:
    """The run's first call and its first stream."""
    call = run.next()[0]
    return call, call.sample()


def word(text: str, tokens: int = GRANT, **rest: Any) -> Chunk:
    return Chunk(text=text, tokens=tokens, **rest)


def synchronous(run: rh.Run, client: Callable[[rh.Call, int], Iterator[Any]], **options: Any) -> str | None:
    return host.serve(run, client, **options)


def asynchronous(run: rh.Run, client: Callable[[rh.Call, int], Iterator[Any]], **options: Any) -> str | None:
    async def awaited(call: rh.Call, index: int) -> AsyncIterator[Any]:
        pieces = client(call, index)
        try:
            for piece in pieces:
                yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    return asyncio.run(aio.serve(run, awaited, **options))


TWINS = pytest.mark.parametrize("serve", [synchronous, asynchronous])
