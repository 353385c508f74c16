"""NVIDIA's nemo-switchyard (`pip install --no-deps nemo-switchyard==0.3.0`): its stage router, from Python.

Its decision is an asynchronous stream of steps. The event loop is made once: no call pays for it.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable

NAME = "nemo-switchyard"
MODELS = {"any": ["small", "large"], "capable": ["large"], "efficient": ["small"]}


def open_router() -> Callable[[str], object]:
    """Returns the call to measure: a prompt in, the outcome's step out."""
    from switchyard.libsy import algorithms

    router = algorithms.stage_router(picker="efficient_first", confidence_threshold=0.5)
    loop = asyncio.new_event_loop()

    async def decide(prompt: str) -> object:
        request = {"model": "auto", "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}]}
        return [step async for step in router.run_stream(request, MODELS)][-1]

    def route(prompt: str) -> object:
        return loop.run_until_complete(decide(prompt))

    weakref.finalize(route, loop.close)
    return route
