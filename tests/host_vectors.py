"""Plays tests/golden/host.json: what an upstream and a user do, through the blocking and the asynchronous host."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import rheostat as rh
from rheostat import aio, host
from rheostat._host import ReplyHost
from rheostat.errors import ProviderError

HOST = Path(__file__).parent / "golden" / "host.json"
STARTED = 100.0
"""The clock's time at the start. Only waits move it."""


class Play:
    """One case, being played."""

    def __init__(self, golden: dict[str, Any], case: dict[str, Any]) -> None:
        self.case, self.replies = case, list(case["replies"])
        self.now = STARTED
        self.requests: list[dict[str, Any]] = []
        self.waits: list[float] = []
        self.shown = b""
        self.left = False
        governor = make_governor(case)
        self.names = [governor.ladder[i].name for i in range(len(governor.ladder))]
        self.run = governor.plan(golden["ask"], at=self.now).start(at=self.now)
        self.host = ReplyHost(self.run, clock=lambda: self.now)
        self.host.reads(
            "openai.chat",
            judge=case.get("judge", "before_first_byte"),
            hold_tokens=case.get("hold_tokens", 64),
            hold_seconds=1e9,
        )

    def reply(self, call: rh.Call) -> dict[str, Any]:
        request = {"model": call.model, "kind": call.kind, "max_tokens": call.max_tokens}
        self.requests.append(request | ({"deployment": call.deployment} if call.deployment else {}))
        reply: dict[str, Any] = self.replies.pop(0)
        return reply

    def pieces(self, call: rh.Call) -> Iterator[bytes]:
        """The bytes that one request is answered with; none at its end."""
        reply = self.reply(call)
        for piece in reply.get("pieces", []):
            yield piece.encode()
        if kind := reply.get("fails"):
            raise ProviderError("no", kind=kind, retry_after=reply.get("retry_after"))
        yield b""

    def waited(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def takes(self) -> bool:
        """Shows the user what may be shown. False once the user has left."""
        self.shown += self.host.take()
        leaves = self.case.get("leaves_after")
        self.left = leaves is not None and self.shown.count(b"\n\n") >= leaves
        return not self.left

    def told(self, error: BaseException | None) -> dict[str, Any]:
        """The result, without fields that are empty."""
        if not self.left:
            self.shown += self.host.rest()
        run, best = self.run, self.host.best()
        whole = None if best is None else self.host.whole(best)
        found = {
            "requests": self.requests,
            "waits": [round(seconds, 6) for seconds in self.waits],
            "shown": self.shown.decode(),
            "reply": None if whole is None else json.loads(whole),
            "error": None if error is None else str(error),
            "answer": run.answer,
            "settled": run.settled,
            "ended": run.ended,
            "rung": self.names.index(run.rung.name),
            "tokens": run.spent.tokens,
            "samples": run.spent.samples,
            "calls": run.spent.calls,
            "fallbacks": run.fallbacks,
            "escalations": run.escalations,
        }
        stored: dict[str, Any] = json.loads(
            json.dumps({name: value for name, value in found.items() if value not in (None, [], "")})
        )
        return stored


def make_governor(case: dict[str, Any]) -> rh.Governor:
    """The governor of a case."""
    ladder = dict(case["ladder"])
    rungs = [rh.Rung(**rung) for rung in ladder.pop("rungs")]
    return rh.Governor(
        rh.Ladder(rungs, **ladder), rules=rh.Rules(**case.get("rules", {})), ceiling=rh.Ceiling(**case.get("ceiling", {}))
    )


def blocking(golden: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The result of a case in `rheostat.host`."""
    play, error = Play(golden, case), None
    steps = host.turns(play.host, lambda call, _: play.pieces(call), sleep=play.waited)
    try:
        for _ in steps:
            if not play.takes():
                steps.close()
    except Exception as raised:  # It is a part of the result.
        error = raised
    return play.told(error)


def asynchronous(golden: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The result of a case in `rheostat.aio`."""
    return asyncio.run(_asynchronous(golden, case))


async def _asynchronous(golden: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    play, error = Play(golden, case), None
    leaves = asyncio.Event()

    async def client(call: rh.Call, _index: int) -> AsyncIterator[bytes]:
        for piece in play.pieces(call):
            yield piece
            # The host has heard the piece when it asks for the next.
            if not play.takes():
                leaves.set()
                await asyncio.Event().wait()

    async def waited(seconds: float) -> None:
        play.waited(seconds)

    task = asyncio.ensure_future(aio.drive(play.host, client, 1, sleep=waited))
    leaving = asyncio.ensure_future(leaves.wait())
    await asyncio.wait([task, leaving], return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if play.left:
        task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        error = task.exception()
    return play.told(error)
