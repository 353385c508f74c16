"""The lab as a client of `rheostat.aio.serve`: one question, governed, streamed token by token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import rheostat as rh
from rheostat.aio import Chunk, Usage
from rheostat_lab import Lab
from rheostat_lab.experiment.asked import Draws, Served


def client(lab: Lab, text: str) -> Callable[[rh.Call, int], AsyncIterator[Chunk]]:
    """Returns a client that sends the calls of one question's run to the lab's models.

    Args:
        lab: The models.
        text: The question.

    Example:
        >>> import asyncio
        >>> from rheostat.aio import serve
        >>> text = "Start with 17, add 25. What is the result?"
        >>> asyncio.run(serve(governor.plan(text).start(), client(lab, text)))      # doctest: +SKIP
        '42'
    """
    served = Served(text)
    draws = Draws(served)

    async def stream(call: rh.Call, _index: int) -> AsyncIterator[Chunk]:
        asked = draws.next(call)
        if asked is None:
            yield Chunk(answer=draws.verdict(call), usage=Usage(input=0, output=0))
            return
        model, request = asked
        engine = lab[model]
        writing = engine.add(request)
        told = 0
        try:
            while told < len(writing.tokens) or writing.ended is None:
                if told == len(writing.tokens):
                    # Whoever needs a token steps for all: streams of other runs advance with it.
                    engine.step()
                    await asyncio.sleep(0)
                    continue
                # Without its text: of a stream that has no answer, the text is not one.
                yield Chunk(logprob=writing.logprobs[told])
                told += 1
        finally:
            writing.cancel()
        usage = Usage(input=len(writing.prompt), output=len(writing.tokens), reasoning=writing.thought)
        yield Chunk(answer=served.accepted(writing.answer) or "", usage=usage)

    return stream
