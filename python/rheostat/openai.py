"""A governed client of OpenAI's SDK: the model "auto" is decided per request, and every other passes through.

client = rheostat.openai.govern(openai.OpenAI(), governor)
reply = client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "Why is the sky blue?"}])
rheostat.decision_of(reply).rung

The types are the SDK's own: the client sends through `rheostat.httpx`, below the SDK, so `create`, `parse`, `stream`,
`with_raw_response` and the clients for Azure are governed alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from rheostat import httpx
from rheostat._governed import Judge
from rheostat._native import Governor
from rheostat._prompts import Prompts
from rheostat._sdk import governed_client

__all__ = ["govern"]

C = TypeVar("C")

_METHODS = (
    ("chat.completions", ("create", "parse")),
    ("responses", ("create", "parse")),
)


def govern(
    client: C,
    governor: Governor,
    *,
    models: str | list[str] = "auto",
    answer: Callable[[str], str | None] | None = None,
    prompts: Prompts | None = None,
    judge: Judge = "before_first_byte",
    hold_tokens: int = 64,
    hold_seconds: float = 2.0,
    concurrency: int = 16,
) -> C:
    """Returns a client of the same type that governs requests for the model "auto".

    Args:
        client: An `openai.OpenAI` or `openai.AsyncOpenAI`, or one for Azure. It still works, ungoverned.
        governor: The governor.
        models: The name, or names, of a model that is governed.
        answer: Takes the final answer out of a reply's text, so that samples can be compared.
        prompts: The wishes of revisions, verifications, probes and continuations.
        judge: When the first event of a stream goes out: see `rheostat.httpx.govern`.
        hold_tokens: Pieces of text that are held back before it.
        hold_seconds: Seconds that they are held back at most.
        concurrency: The most streams at once, for an asynchronous client.

    Returns:
        The governed client. What it returns has its decision: see `rheostat.decision_of`. Errors are the SDK's. The run tries
        again by itself, within its ceiling, so the SDK does not try a governed request again.

    Raises:
        InvalidTypeError: The client is none of the SDK's, or another argument has a wrong type.
    """
    govern = partial(
        httpx.govern,
        governor=governor,
        models=models,
        answer=answer,
        prompts=prompts,
        judge=judge,
        hold_tokens=hold_tokens,
        hold_seconds=hold_seconds,
        concurrency=concurrency,
    )
    made: Any = governed_client(client, "openai", govern, _METHODS)
    return made  # type: ignore[no-any-return]
