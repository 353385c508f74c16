"""A classifier for LiteLLM's complexity router: the rung of a plan is the tier's name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from rheostat._checks import wrong_type
from rheostat._litellm import Imported
from rheostat._native import Governor, Plan
from rheostat.errors import RheostatError

__all__ = ["Classifier"]

_SESSIONS = ("litellm_session_id", "session_id", "litellm_trace_id", "trace_id")
"""Names of the session in a request's metadata, the first that is there."""
_MOST_BYTES = 256
"""The longest name that a session or a payer may have."""
_TENANTS = ("user_api_key_team_id", "user_api_key_org_id", "user_api_key_user_id", "user_api_key_hash")


class Classifier:
    """A classifier of LiteLLM's complexity router, for `classifier_type: custom`.

    Each request is planned by the governor, and the answer is the name of the plan's rung: so the rungs are called after the
    tiers. It never fails a request: what cannot be planned is declined, and LiteLLM's own classifier decides. `declined` counts
    those.

    Args:
        source: A governor whose rungs are called after the tiers, or what `read_router` returned.

    Raises:
        InvalidTypeError: It is neither.

    Example:
        >>> import asyncio, types
        >>> import rheostat as rh
        >>> tiers = {"SIMPLE": "gpt-4o-mini", "MEDIUM": "gpt-4o", "REASONING": "gpt-5"}
        >>> classifier = rh.litellm.Classifier(rh.litellm.read_router({"tiers": tiers}))
        >>> ask = [{"role": "user", "content": "What is the capital of France?"}]
        >>> request = types.SimpleNamespace(structured_messages=ask, raw_messages=ask, metadata={}, candidate_models=[])
        >>> asyncio.run(classifier.classify(request))
        'SIMPLE'
    """

    def __init__(self, source: Governor | Imported) -> None:
        if isinstance(source, Imported):
            source = source.config.governor()
        if not isinstance(source, Governor):
            raise wrong_type("source", source, "a Governor, or what rheostat.litellm.read_router returned")
        self.governor = source
        self.declined = 0

    def __deepcopy__(self, memo: object) -> Classifier:
        """Itself: LiteLLM copies its configuration, and a governor has one state."""
        return self

    async def classify(self, context: Any) -> str | None:
        """The tier of a request, or None to decline. LiteLLM calls it with its `RoutingContext`."""
        plan = self._plan(context)
        return None if plan is None else plan.rung.name

    def _plan(self, context: Any) -> Plan | None:
        metadata = context.metadata if isinstance(context.metadata, Mapping) else {}
        try:
            return self.governor.plan(
                messages=context.structured_messages or context.raw_messages,
                session=named(metadata, _SESSIONS),
                tenant=named(metadata, _TENANTS),
            )
        except RheostatError:
            self.declined += 1
            return None


def named(metadata: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """The first of some names that a request's metadata has a name for: a text, or a whole number.

    Names that are too long for a ledger stand there by their digest: a request is not declined because of them.
    """
    for name in names:
        value = metadata.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            # Python refuses to write numbers of more than 4,300 digits in decimal.
            value = str(value) if value.bit_length() <= _MOST_BYTES else f"{value:x}"
        if isinstance(value, str) and value.strip():
            written = value.encode(errors="replace")
            return value if len(written) <= _MOST_BYTES else f"sha256:{hashlib.sha256(written).hexdigest()}"
    return None


def session_of(metadata: Mapping[str, Any]) -> str | None:
    """The session that a request belongs to."""
    return named(metadata, _SESSIONS)


def tenant_of(metadata: Mapping[str, Any]) -> str | None:
    """The payer that a request belongs to."""
    return named(metadata, _TENANTS)
