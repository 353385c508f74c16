"""An adapter, to copy: how `python benches/run.py --only peers --peer benches/peers/fewest_words.py` measures another router.

Import your router, set it up in `open_router`, and return the call that decides one prompt, as its users call it. The prompts of
a row are distinct, so nothing is cached between calls. The router of this file counts words: no router in Python is faster.
"""

from __future__ import annotations

from collections.abc import Callable

NAME = "fewest words"


def open_router() -> Callable[[str], object]:
    """Returns the call to measure: a prompt in, a decision out."""

    def route(prompt: str) -> str:
        return "small" if len(prompt.split()) < 20 else "large"

    return route
