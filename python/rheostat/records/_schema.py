"""The shape of a decision record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rheostat.errors import MalformedError

SCHEMA_VERSION = 1
"""Version of the schema. It rises when a field changes its meaning or is removed, not when one is added."""

_NUMBER, _TEXT, _OBJECT, _LIST = {"type": "number"}, {"type": "string"}, {"type": "object"}, {"type": "array"}

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "rheostat decision record",
    "type": "object",
    "required": ["schema", "kind", "at", "id"],
    "properties": {
        "schema": {"const": SCHEMA_VERSION},
        "kind": {"enum": ["decision", "outcome"]},
        "at": _NUMBER | {"description": "Unix time, in seconds"},
        "id": _TEXT | {"description": "the plan's id; its first half is a digest of query, options and version"},
        "version": _TEXT | {"description": "the model's version, and a digest of ladder, policy, ceiling and rules"},
        "config": _TEXT | {"description": "the host's name for its configuration"},
        "session": _TEXT,
        "tenant": _TEXT,
        "arm": _TEXT | {"description": "arm of a canary"},
        "plan": _OBJECT
        | {"required": ["rung", "expected_usd", "p_correct"], "description": "rung, dials, estimate, limit, clamps, reasons"},
        "p_correct": _OBJECT | {"description": "the chance of a right answer on each rung, by name"},
        "propensity": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "P(this rung was taken)"},
        "shadow": _OBJECT | {"description": "the shadow governor's plan"},
        "run": {
            "type": "object",
            "properties": {
                "phase": _TEXT,
                "ended": {"type": ["string", "null"]},
                "settled": {"type": "boolean"},
                "certified": {"type": "boolean"},
                "rung": _TEXT,
                "escalations": _NUMBER,
                "spent": _OBJECT,
                "trail": _LIST | {"description": "[seconds, phase, reason, rung, call] each, oldest first"},
                "trail_dropped": _NUMBER,
                "answers": _LIST
                | {"description": "signals of each generated answer: rung, tokens, lowest, lowest_logprob, lowest_top_logprob"},
                "answers_dropped": _NUMBER,
            },
        },
        "prompt": _TEXT | {"description": "only if the host asked for it"},
        "rung": _TEXT | {"description": "of an outcome: the rung that answered"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "outcome_kind": _TEXT,
    },
}
"""The JSON Schema of a record. Fields that it does not name are allowed."""

_BY_KIND: Mapping[str, Any] = {"decision": {"required": ["plan"]}, "outcome": {"required": ["rung", "score"]}}
"""Fields that each kind of record has besides."""

_TYPES: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "object": (dict,),
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
}


def check(record: Any, where: str = "record") -> dict[str, Any]:
    """Checks a record against the schema.

    Raises:
        MalformedError: It does not fit; the message names the field.

    Example:
        >>> check({"schema": 1, "kind": "outcome", "at": 0, "id": "x", "score": 2})
        Traceback (most recent call last):
        rheostat.errors.MalformedError: record: score: 2 is more than 1
    """
    problem = _problem(record, SCHEMA, "") or _problem(record, _BY_KIND[record["kind"]], "")
    if problem:
        raise MalformedError(f"{where}: {problem}")
    checked: dict[str, Any] = record
    return checked


def _problem(value: Any, schema: Mapping[str, Any], path: str) -> str | None:
    said = f"{path}: " if path else ""
    kinds = schema.get("type")
    names = [kinds] if isinstance(kinds, str) else kinds or []
    allowed = tuple(t for name in names for t in _TYPES[name])
    if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
        return f"{said}got {type(value).__name__}, wanted {' or '.join(names)}"
    if "const" in schema and value != schema["const"]:
        return f"{said}{value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{said}{value!r} is none of {', '.join(schema['enum'])}"
    if value is not None and "maximum" in schema and not value <= schema["maximum"]:
        return f"{said}{value} is more than {schema['maximum']}"
    if "minimum" in schema and not value >= schema["minimum"]:
        return f"{said}{value} is less than {schema['minimum']}"
    if "exclusiveMinimum" in schema and not value > schema["exclusiveMinimum"]:
        return f"{said}{value} is not above {schema['exclusiveMinimum']}"
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            if name not in value:
                return f"{said}{name} is missing"
        for name, part in schema.get("properties", {}).items():
            if name in value and (problem := _problem(value[name], part, f"{path}.{name}".lstrip("."))):
                return problem
    return None
