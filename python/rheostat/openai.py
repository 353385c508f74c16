"""A governed client of OpenAI's SDK: the model "auto" is decided per request, and every other passes through.

client = rheostat.openai.govern(openai.OpenAI(), governor)
reply = client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "Why is the sky blue?"}])
rheostat.decision_of(reply).rung

The types are the SDK's own: the client sends through `rheostat.httpx`, below the SDK, so `create`, `parse`, `stream`,
`with_raw_response` and the clients for Azure are governed alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from rheostat._governed import Options
from rheostat._native import Governor
from rheostat._sdk import governed_client

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["govern"]

C = TypeVar("C")


def govern(client: C, governor: Governor, **options: Unpack[Options]) -> C:
    """Returns a client of the same type that governs requests for the model "auto".

    Args:
        client: An `openai.OpenAI` or `openai.AsyncOpenAI`, or one for Azure. It still works, ungoverned.
        governor: The governor.
        options: The keywords of `rheostat.httpx.govern`: `models`, `answer`, `prompts`, `judge`, `hold_tokens`, `hold_seconds`,
            `concurrency`, `deployments` (clients of this SDK, by name), `together`.

    Returns:
        The governed client. What it returns has its decision: see `rheostat.decision_of`. Errors are the SDK's. The run tries
        again by itself, within its ceiling, so the SDK does not try a governed request again.

    Raises:
        InvalidTypeError: The client is none of the SDK's, or an option has a wrong type.
        InvalidValueError: An option is out of bounds.
        UnknownNameError: A rung names a deployment that `deployments` does not have.
    """
    made: Any = governed_client(client, "openai", governor, options)
    return made  # type: ignore[no-any-return]
