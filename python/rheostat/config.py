"""Ladder, policy, ceiling and rules from a TOML file.

The tables are the constructors' arguments, under the same names:

    default = "think"              # as in `Ladder`
    start_max = "think"

    [[rung]]                       # one for each `Rung`, lowest first
    name = "fast"
    model = "small-model"
    output_price = 0.40
    doubt = { low_logprob = -1.5, caught = 0.9, false_alarms = 0.1 }

    [policy]                       # kind = "utility" or "threshold", and its arguments
    kind = "utility"
    usd_per_error = 2.0

    [ceiling]                      # as in `Ceiling`
    tokens = 100_000

    [[cap]]                        # one for each `Cap`, of a ledger in process
    scope = "tenant"
    usd = 10.0
    per = 86_400

    [sessions]                     # as in `Sessions`
    cache_ttl = 300

    [rules]                        # as in `Rules`
    low_confidence = 4.5

    [[rules.ramps]]                # one for each `Ramp`; its moves are tables of `Move`'s arguments
    on = "low_confidence"
    moves = [{ name = "think", by = 2.0 }, { name = "escalate" }]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from os import PathLike, fspath
from typing import Any, TypeAlias, TypeVar

from rheostat import policy
from rheostat._checks import wrong_type
from rheostat._extras import need
from rheostat._ladder import Ladder
from rheostat._lines import line_of
from rheostat._native import Cap, Ceiling, Doubt, Governor, Ledger, Move, Ramp, Rules, Rung, Sessions
from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError, RheostatError, UnknownNameError

__all__ = ["MAX_BYTES", "Config", "Live", "load", "loads", "schema"]

MAX_BYTES = 1 << 20
"""A larger file is refused: nobody has that many rungs."""

_T = TypeVar("_T")
Policy: TypeAlias = policy.Utility | policy.Threshold | policy.Paced

_WHOLE, _NUMBER, _TEXT, _TRUTH = "a whole number", "a number", "a string", "true or false"
_TEXTS, _NUMBERS, _TABLES = "a list of strings", "a list of numbers", "a list of tables"
_NUMBER_TABLE = "a table of numbers"
_RUNG = {
    "name": _TEXT,
    "model": _TEXT,
    "thinking_tokens": _WHOLE,
    "samples": _WHOLE,
    "depth": _WHOLE,
    "answer_tokens": _WHOLE,
    "input_price": _NUMBER,
    "output_price": _NUMBER,
    "cached_price": _NUMBER,
    "context_window": _WHOLE,
    "capabilities": _TEXTS,
    "ability": _NUMBER,
    "doubt": _NUMBER_TABLE,
}
_DOUBT = dict.fromkeys(("low_confidence", "low_logprob", "caught", "false_alarms"), _NUMBER)
_CEILING = {
    "tokens": _WHOLE,
    "usd": _NUMBER,
    "seconds": _NUMBER,
    "samples": _WHOLE,
    "depth": _WHOLE,
    "escalations": _WHOLE,
}
_POLICIES: dict[str, tuple[Callable[..., Policy], dict[str, str], tuple[str, ...]]] = {
    "utility": (policy.Utility, {"usd_per_error": _NUMBER}, ("usd_per_error",)),
    "threshold": (policy.Threshold, {"thresholds": _NUMBERS}, ("thresholds",)),
    "paced": (
        policy.Paced,
        {
            "usd": _NUMBER,
            "per": _NUMBER,
            "usd_per_error": _NUMBER,
            "queries": _NUMBER,
            "fairness": _NUMBER,
            "weights": _NUMBER_TABLE,
        },
        ("usd",),
    ),
}
_CAP = {"scope": _TEXT, "tokens": _WHOLE, "usd": _NUMBER, "per": _NUMBER, "key": _TEXT}
_LEDGER = {"ttl": _NUMBER, "accounts": _WHOLE, "live": _WHOLE}
_SESSIONS = {"most": _WHOLE, "ttl": _NUMBER, "cache_ttl": _NUMBER, "down_after": _WHOLE}
_MOVE = {"name": _TEXT, "most": _WHOLE, "by": _NUMBER}
_RAMP = {"on": _TEXT, "moves": _TABLES, "odds": _NUMBER}
_RULES = {
    "window": _WHOLE,
    "low_confidence": _NUMBER,
    "low_logprob": _NUMBER,
    "hysteresis": _NUMBER,
    "dwell": _WHOLE,
    "low_steps": _NUMBER,
    "step_window": _WHOLE,
    "loops": _TRUTH,
    "loop_period": _WHOLE,
    "equal_probes": _WHOLE,
    "probe_probability": _NUMBER,
    "probe_every": _WHOLE,
    "probe_tokens": _WHOLE,
    "verify_below": _NUMBER,
    "vote": _TEXT,
    "confidence": _NUMBER,
    "alpha": _NUMBER,
    "retries": _WHOLE,
    "ramps": _TABLES,
}
_LADDER = {"default": _TEXT, "start_max": _TEXT, "thinking": _TEXT, "forbid": _TEXTS}
_TOP = (*_LADDER, "rung", "policy", "ceiling", "rules", "cap", "ledger", "sessions")


@dataclass(frozen=True)
class Config:
    """What a file says. `policy`, `ceiling` and `rules` are None where it says nothing of them."""

    ladder: Ladder
    policy: Policy | None = None
    ceiling: Ceiling | None = None
    rules: Rules | None = None
    caps: tuple[Cap, ...] = ()
    ledger_options: Mapping[str, Any] = field(default_factory=dict)
    sessions: Sessions | None = None

    def ledger(self) -> Ledger | None:
        """A ledger of the caps, in process; None where there are none. Shared stores take `caps` themselves."""
        return Ledger(self.caps, **self.ledger_options) if self.caps else None

    def governor(self, **options: Any) -> Governor:
        """A governor of all this; `options` are further keywords of `Governor`, and win."""
        given: dict[str, Any] = {"policy": self.policy, "ceiling": self.ceiling, "rules": self.rules, "sessions": self.sessions}
        if "ledger" not in options:
            given["ledger"] = self.ledger()
        return Governor(self.ladder, **(given | options))


def load(path: str | PathLike[str]) -> Config:
    """Read a TOML file.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be read.
        MalformedError: It is no TOML, or larger than `MAX_BYTES`.
        UnknownNameError: A field or a policy that there is not.
        InvalidTypeError: A field of the wrong type.
        InvalidValueError: A value out of bounds. Each message names file, rung and field.
        MissingExtraError: Python 3.10 needs the extra `toml`.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "ladder.toml"
        >>> _ = path.write_text('''
        ... [[rung]]
        ... name = "fast"
        ...
        ... [policy]
        ... kind = "utility"
        ... usd_per_error = 2.0
        ... ''')
        >>> load(path).governor().plan("What is the capital of France?").rung.name
        'fast'
    """
    return _read(path)[1]


def _read(path: str | PathLike[str]) -> tuple[str, Config]:
    name = fspath(path)
    with open(path, "rb") as file:  # noqa: PTH123  # `path` may be anything that opens.
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise MalformedError(f"{name}: more than {MAX_BYTES} bytes")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"{name} is malformed at byte {error.start}: not UTF-8") from error
    return text, loads(text, source=name)


def loads(text: str, *, source: str = "ladder") -> Config:
    r"""Read TOML from a string. As `load`; `source` is what messages call it.

    Example:
        >>> loads('[[rung]]\nname = "fast"\n[[rung]]\nname = "deep"\nsamples = 5').ladder["deep"].samples
        5
    """
    toml: Any = need("tomllib" if sys.version_info >= (3, 11) else "tomli", "toml")
    if not isinstance(text, str):
        raise wrong_type("text", text, "str")
    try:
        top = toml.loads(text)
    except toml.TOMLDecodeError as error:
        raise MalformedError(f"{source} is malformed: {error}") from error
    except RecursionError:
        raise MalformedError(f"{source} is malformed: arrays or tables within too many others") from None
    try:
        return _config(top)
    except RheostatError as error:
        line = line_of(text, str(error))
        where = source if line is None else f"{source}, line {line}"
        raise type(error)(f"{where}: {error}") from error


class Live:
    r"""A configuration that can change while it is in use.

    `governor` is what the file said when it was last read whole. `reload` swaps it at once: plans that were made keep what
    they were made with, and a file that is wrong changes nothing. The ledger and the pacing of a budget go on where caps and
    policy stay as they were; sessions begin anew.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "rheostat.toml"
        >>> written = path.write_text('[[rung]]\nname = "fast"')
        >>> live = Live(path)
        >>> live.reload()
        False
        >>> written = path.write_text('[[rung]]\nname = "slow"')
        >>> live.reload(), live.governor.plan("Why?").rung.name
        (True, 'slow')
    """

    def __init__(self, path: str | PathLike[str], **options: Any) -> None:
        """Read the file; `options` are further keywords of `Governor`."""
        self._path, self._options = path, options
        self._text, config = _read(path)
        self._ledger = config.ledger()
        self.config = config
        self.governor = self._make(config)

    def reload(self) -> bool:
        """Read the file again. True when it says something else than before, and that is now in use.

        Raises:
            OSError: It cannot be read.
            RheostatError: It is wrong, as `load` says. What was in use stays in use.
        """
        text, config = _read(self._path)
        if text == self._text:
            return False
        old = self.config
        if (list(config.caps), config.ledger_options) != (list(old.caps), old.ledger_options):
            self._ledger = config.ledger()
        if repr(config.policy) == repr(old.policy):
            config = replace(config, policy=old.policy)
        governor = self._make(config)
        self._text, self.config, self.governor = text, config, governor
        return True

    def _make(self, config: Config) -> Governor:
        return config.governor(**({"ledger": self._ledger} | self._options))


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors.

    Example:
        >>> schema()["properties"]["ceiling"]["properties"]["tokens"]
        {'type': 'integer'}
    """
    kinds: dict[str, Any] = {
        _WHOLE: {"type": "integer"},
        _NUMBER: {"type": "number"},
        _TEXT: {"type": "string"},
        _TRUTH: {"type": "boolean"},
        _TEXTS: {"type": "array", "items": {"type": "string"}},
        _NUMBERS: {"type": "array", "items": {"type": "number"}},
        _TABLES: {"type": "array", "items": {"type": "object"}},
        _NUMBER_TABLE: {"type": "object", "additionalProperties": {"type": "number"}},
    }

    def table(fields: Mapping[str, str], *required: str) -> dict[str, Any]:
        properties = {name: kinds[wanted] for name, wanted in fields.items()}
        return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}

    policies = []
    for kind, (_, fields, required) in _POLICIES.items():
        one = table(fields, "kind", *required)
        one["properties"]["kind"] = {"const": kind}
        policies.append(one)
    properties = {
        **{name: kinds[wanted] for name, wanted in _LADDER.items()},
        "rung": {"type": "array", "items": table(_RUNG, "name"), "minItems": 1},
        "policy": {"oneOf": policies},
        "ceiling": table(_CEILING),
        "rules": table(_RULES),
        "cap": {"type": "array", "items": table(_CAP, "scope")},
        "ledger": table(_LEDGER),
        "sessions": table(_SESSIONS),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rheostat configuration",
        "type": "object",
        "properties": properties,
        "required": ["rung"],
        "additionalProperties": False,
    }


def _named(where: str, make: Callable[[], _T]) -> _T:
    """Put where it happened before the message of what went wrong."""
    try:
        return make()
    except RheostatError as error:
        raise type(error)(f"{where}: {error}") from error


def _config(top: Mapping[str, Any]) -> Config:
    _known("field", top, _TOP)
    tables = top.get("rung", [])
    if not isinstance(tables, list) or not tables:
        raise InvalidValueError("rung: none is not allowed; it must be at least one [[rung]] table")
    rungs = [_rung(i, table) for i, table in enumerate(tables)]
    return Config(
        ladder=Ladder(rungs, **{name: _typed(name, top[name], wanted) for name, wanted in _LADDER.items() if name in top}),
        policy=_named("policy", lambda: _policy(top["policy"])) if "policy" in top else None,
        # The core's own messages name the ceiling, and a rung its rung.
        ceiling=Ceiling(**_named("ceiling", lambda: _table(top["ceiling"], _CEILING))) if "ceiling" in top else None,
        rules=_named("rules", lambda: _rules(top["rules"])) if "rules" in top else None,
        caps=tuple(_named(f"cap {i}", partial(_cap, table)) for i, table in enumerate(_caps(top))),
        ledger_options=_named("ledger", lambda: _table(top.get("ledger", {}), _LEDGER)),
        sessions=_named("sessions", lambda: Sessions(**_table(top["sessions"], _SESSIONS))) if "sessions" in top else None,
    )


def _caps(top: Mapping[str, Any]) -> list[dict[str, Any]]:
    caps: list[dict[str, Any]] = _typed("cap", top.get("cap", []), _TABLES)
    return caps


def _cap(table: dict[str, Any]) -> Cap:
    fields = _table(table, _CAP)
    _required(fields, "scope")
    return Cap(fields.pop("scope"), **fields)


def _rung(index: int, table: Any) -> Rung:
    name = table.get("name") if isinstance(table, dict) else None
    where = f'rung "{name}"' if isinstance(name, str) else f"rung {index}"
    fields = _named(where, lambda: _table(table, _RUNG))
    _named(where, lambda: _required(fields, "name"))
    if "doubt" in fields:
        fields["doubt"] = _named(f"{where}: doubt", lambda: Doubt(**_table(fields["doubt"], _DOUBT)))
    return Rung(**fields)


def _policy(table: Any) -> Policy:
    if not isinstance(table, dict) or "kind" not in table:
        raise InvalidValueError(f"kind: none is not allowed; it must be one of {', '.join(_POLICIES)}")
    kind = _typed("kind", table["kind"], _TEXT)
    _known("policy", [kind], _POLICIES)
    make, fields, required = _POLICIES[kind]
    given = _table({key: value for key, value in table.items() if key != "kind"}, fields)
    _required(given, *required)
    return make(**given)


def _rules(table: Any) -> Rules:
    fields = _table(table, _RULES)
    if "ramps" in fields:
        fields["ramps"] = [_named(f"ramp {i}", partial(_ramp, one)) for i, one in enumerate(fields["ramps"])]
    return Rules(**fields)


def _ramp(table: Any) -> Ramp:
    fields = _table(table, _RAMP)
    _required(fields, "on", "moves")
    moves = [_table(move, _MOVE) for move in fields.pop("moves")]
    for move in moves:
        _required(move, "name")
    return Ramp(moves=[Move(**move) for move in moves], **fields)


def _required(fields: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if name not in fields:
            raise InvalidValueError(f"{name}: none is not allowed; it must be given")


def _table(table: Any, fields: Mapping[str, str]) -> dict[str, Any]:
    """A table's fields, each known and of its type."""
    if not isinstance(table, dict):
        raise InvalidTypeError(f"got {type(table).__name__}, wanted a table")
    _known("field", table, fields)
    return {field: _typed(field, value, fields[field]) for field, value in table.items()}


def _known(kind: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownNameError(f'unknown {kind} "{name}"; known: {", ".join(known)}')


def _typed(field: str, value: Any, wanted: str) -> Any:
    if not _fits(value, wanted):
        raise InvalidTypeError(f"{field}: got {type(value).__name__}, wanted {wanted}")
    return value


def _fits(value: Any, wanted: str) -> bool:
    if wanted in (_TEXT, _TRUTH):
        return isinstance(value, str if wanted == _TEXT else bool)
    if wanted == _NUMBER_TABLE:
        return isinstance(value, dict) and all(_fits(item, _NUMBER) for item in value.values())
    if wanted == _TABLES:
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if wanted in (_TEXTS, _NUMBERS):
        one = _TEXT if wanted == _TEXTS else _NUMBER
        return isinstance(value, list) and all(_fits(item, one) for item in value)
    return isinstance(value, int if wanted == _WHOLE else (int, float)) and not isinstance(value, bool)
