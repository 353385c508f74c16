"""Ladder, policy, ceiling and rules from a TOML file.

The tables are the constructors' arguments, under the same names. Where None means something else than leaving an argument out,
as for a bar that no stream is to fall below, the file says `false`:

    default = "think"              # as in `Ladder`
    start_max = "think"

    [[rung]]                       # one for each `Rung`, lowest first
    name = "fast"
    model = "small-model"
    output_price = 0.40
    doubt = { low_logprob = -1.5, caught = 0.9, false_alarms = 0.1 }

    [policy]                       # kind = "shares" (the default), "utility", "threshold" or "paced", and its arguments
    shares = [0.8, 0.2]

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
    low_steps = false              # never

    [[rules.ramps]]                # one for each `Ramp`; its moves are tables of `Move`'s arguments
    on = "low_confidence"
    moves = [{ name = "think", by = 2.0 }, { name = "escalate" }]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from typing import Any, TypeAlias, TypeVar

from rheostat import policy
from rheostat._checks import invalid, wrong_type
from rheostat._extras import need
from rheostat._fields import FIELDS, Field
from rheostat._native import Cap, Ceiling, Doubt, Governor, Ladder, Ledger, Move, Ramp, Rules, Rung, Sessions, policy_fits
from rheostat.errors import InvalidTypeError, MalformedError, RheostatError, UnknownNameError

__all__ = ["MAX_BYTES", "Config", "Live", "load", "loads", "schema"]

MAX_BYTES = 1 << 20
"""Largest file, in bytes: far more than any ladder needs."""

_MOST_PARTS = 64
"""Most parts of a dotted key. The parser's time is quadratic in them: 20,000 take 23 seconds."""
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DEEP_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART}){{{_MOST_PARTS}}}")

_T = TypeVar("_T")
Policy: TypeAlias = policy.Shares | policy.Utility | policy.Threshold | policy.Paced

_POLICIES: dict[str, type[Policy]] = {
    "shares": policy.Shares,
    "utility": policy.Utility,
    "threshold": policy.Threshold,
    "paced": policy.Paced,
}
_CLASSES: dict[str, type[Any]] = {"Cap": Cap, "Doubt": Doubt, "Move": Move, "Ramp": Ramp}
"""Classes of tables within tables."""
_IN_CODE = {"rungs", "caps", "offset", "seed"}
"""Arguments that are not fields of a table: tables of their own, and a process's clocks and seeds."""
_KINDS: dict[str, tuple[tuple[type, ...], str, dict[str, str]]] = {
    "int": ((int,), "a whole number", {"type": "integer"}),
    "float": ((int, float), "a number", {"type": "number"}),
    "str": ((str,), "a string", {"type": "string"}),
    "bool": ((bool,), "true or false", {"type": "boolean"}),
}
"""Types of values: in Python, in words, and in JSON Schema."""


@dataclass(frozen=True)
class Config:
    """Contents of a file. `policy`, `ceiling` and `rules` are None if the file has no such table."""

    ladder: Ladder
    policy: Policy | None = None
    ceiling: Ceiling | None = None
    rules: Rules | None = None
    caps: tuple[Cap, ...] = ()
    ledger_options: Mapping[str, Any] = field(default_factory=dict)
    sessions: Sessions | None = None

    def ledger(self) -> Ledger | None:
        """Returns a ledger of the caps, in process; None without caps. Shared stores take `caps` themselves."""
        return Ledger(self.caps, **self.ledger_options) if self.caps else None

    def governor(self, **options: Any) -> Governor:
        """Returns a governor with these settings; `options` are further keywords of `Governor`, and win."""
        given: dict[str, Any] = {"policy": self.policy, "ceiling": self.ceiling, "rules": self.rules, "sessions": self.sessions}
        if "ledger" not in options:
            given["ledger"] = self.ledger()
        return Governor(self.ladder, **(given | options))


def load(path: str | PathLike[str]) -> Config:
    """Reads a TOML file.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be read.
        MalformedError: It is not TOML, or larger than `MAX_BYTES`.
        UnknownNameError: It has an unknown field or policy.
        InvalidTypeError: A field has the wrong type.
        InvalidValueError: A value is out of bounds. Each message names file, rung and field.
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
    r"""Reads TOML from a string, as `load` does; messages name it `source`.

    Example:
        >>> loads('[[rung]]\nname = "fast"\n[[rung]]\nname = "deep"\nsamples = 5').ladder["deep"].samples
        5
    """
    toml: Any = need("tomllib" if sys.version_info >= (3, 11) else "tomli", "toml")
    if not isinstance(text, str):
        raise wrong_type("text", text, "str")
    if len(text) > MAX_BYTES:
        raise MalformedError(f"{source}: more than {MAX_BYTES} characters")
    if _DEEP_KEY.search(text):
        raise MalformedError(f"{source} is malformed: a key of more than {_MOST_PARTS} parts")
    try:
        top = toml.loads(text.removeprefix("\ufeff"))
    except ValueError as error:  # TOMLDecodeError, and a number of more digits than Python reads.
        raise MalformedError(f"{source} is malformed: {error}") from error
    except RecursionError:
        raise MalformedError(f"{source} is malformed: arrays or tables within too many others") from None
    return _at(source, lambda: _config(top))


class Live:
    r"""A configuration that can change while it is in use.

    `governor` has the settings of the last good reading. `reload` swaps it at once: existing plans keep their settings, and
    a file with an error changes nothing. Ledger and pacing go on where caps and policy are unchanged; sessions start empty.

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
        """Reads the file; `options` are further keywords of `Governor`."""
        self._path, self._options = path, options
        self._text, config = _read(path)
        self._ledger = config.ledger()
        self.config = config
        self.governor = self._make(config)

    def reload(self) -> bool:
        """Reads the file again. Returns True if it has changed and is now in use.

        Raises:
            OSError: It cannot be read.
            RheostatError: It has an error, as in `load`. The old settings stay in use.
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
    """Returns the JSON Schema of the file, for editors.

    Example:
        >>> schema()["properties"]["ceiling"]["properties"]["tokens"]
        {'type': 'integer'}
    """
    policies = [_table_schema(make, kind={"const": kind}) for kind, make in _POLICIES.items()]
    # A table of shares says what it is without a kind.
    policies[0]["required"] = []
    properties = {
        **{name: _schema(wanted) for name, wanted in _fields(Ladder).items()},
        "rung": {"type": "array", "items": _table_schema(Rung), "minItems": 1},
        "policy": {"oneOf": policies},
        "ceiling": _table_schema(Ceiling),
        "rules": _table_schema(Rules),
        "cap": {"type": "array", "items": _table_schema(Cap)},
        "ledger": _table_schema(Ledger),
        "sessions": _table_schema(Sessions),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rheostat configuration",
        "type": "object",
        "properties": properties,
        "required": ["rung"],
        "additionalProperties": False,
    }


def _table_schema(make: type[Any], **more: Any) -> dict[str, Any]:
    fields = _fields(make)
    return {
        "type": "object",
        "properties": {name: _schema(wanted) for name, wanted in fields.items()} | more,
        "required": [*more, *(name for name, wanted in fields.items() if wanted.required)],
        "additionalProperties": False,
    }


def _schema(wanted: Field) -> dict[str, Any]:
    if wanted.nullable:
        return {"anyOf": [_schema(wanted._replace(nullable=False)), {"const": False}]}
    item = _item(wanted.kind)
    if wanted.kind.startswith("list["):
        return {"type": "array", "items": _schema(Field(item))}
    if wanted.kind.startswith("dict["):
        return {"type": "object", "additionalProperties": _schema(Field(item))}
    return _KINDS[item][2] if item in _KINDS else _table_schema(_CLASSES[item])


def _config(top: Mapping[str, Any]) -> Config:
    fields = _fields(Ladder)
    tables = ("rung", "policy", "ceiling", "rules", "cap", "ledger", "sessions")
    _known("field", top, [*fields, *tables])
    rungs = top.get("rung", [])
    if not isinstance(rungs, list) or not rungs:
        raise invalid("rung", "none", "at least one [[rung]] table")
    options = {name: _value(name, value, fields[name]) for name, value in top.items() if name in fields}
    ladder = Ladder([_rung(i, table) for i, table in enumerate(rungs)], **options)
    return Config(
        ladder=ladder,
        policy=_at("policy", lambda: _policy(top["policy"], ladder)) if "policy" in top else None,
        ceiling=_at("ceiling", lambda: _made(Ceiling, top["ceiling"])) if "ceiling" in top else None,
        rules=_at("rules", lambda: _made(Rules, top["rules"])) if "rules" in top else None,
        caps=tuple(_value("cap", top.get("cap", []), Field("list[Cap]"))),
        ledger_options=_at("ledger", lambda: _arguments(Ledger, top.get("ledger", {}))),
        sessions=_at("sessions", lambda: _made(Sessions, top["sessions"])) if "sessions" in top else None,
    )


def _rung(index: int, table: Any) -> Rung:
    name = table.get("name") if isinstance(table, dict) else None
    return _at(f'rung "{name}"' if isinstance(name, str) else f"rung {index}", lambda: _made(Rung, table))


def _policy(table: Any, ladder: Ladder) -> Policy:
    if not isinstance(table, dict):
        raise wrong_type("policy", table, "a table")
    if "kind" not in table and "shares" not in table and "usd_per_1000" not in table:
        meant = [kind for kind, make in _POLICIES.items() if table and all(name in _fields(make) for name in table)]
        hint = f' (these fields are those of kind = "{meant[0]}")' if meant else ""
        raise invalid("kind", "none", f"one of {', '.join(_POLICIES)}{hint}")
    kind: str = _value("kind", table.get("kind", "shares"), Field("str"))
    _known("policy", [kind], _POLICIES)
    made = _made(_POLICIES[kind], {name: value for name, value in table.items() if name != "kind"})
    policy_fits(made, ladder)
    return made


def _at(where: str, make: Callable[[], _T]) -> _T:
    """Puts the place of an error before its message, unless the core has done so."""
    try:
        return make()
    except RheostatError as error:
        if str(error).startswith(f"{where}: "):
            raise
        raise type(error)(f"{where}: {error}") from error


def _fields(make: type[Any]) -> dict[str, Field]:
    return {name: wanted for name, wanted in FIELDS[make.__name__].items() if name not in _IN_CODE}


def _made(make: type[_T], table: Any) -> _T:
    return make(**_arguments(make, table))


def _arguments(make: type[Any], table: Any) -> dict[str, Any]:
    """Returns a table's fields as arguments of a constructor, after checking names, types and completeness."""
    if not isinstance(table, dict):
        raise InvalidTypeError(f"got {type(table).__name__}, wanted a table")
    fields = _fields(make)
    _known("field", table, fields)
    for name in fields:
        if fields[name].required and name not in table:
            raise invalid(name, "none", "given")
    return {name: _value(name, value, fields[name]) for name, value in table.items()}


def _known(kind: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownNameError(f'unknown {kind} "{name}"; known: {", ".join(known)}')


def _value(name: str, value: Any, wanted: Field) -> Any:
    """Returns a value as an argument: tables become objects, also within lists."""
    if wanted.nullable and value is False:
        return None
    item = _item(wanted.kind)
    if wanted.kind.startswith("list["):
        if not isinstance(value, list):
            raise wrong_type(name, value, "a list")
        return [_value(f"{name}[{i}]", one, Field(item)) for i, one in enumerate(value)]
    if wanted.kind.startswith("dict["):
        if not isinstance(value, dict):
            raise wrong_type(name, value, "a table")
        return {key: _value(f"{name}.{key}", one, Field(item)) for key, one in value.items()}
    if item not in _KINDS:
        return _at(name, lambda: _made(_CLASSES[item], value))
    types, words, _ = _KINDS[item]
    if not isinstance(value, types) or (isinstance(value, bool) and item != "bool"):
        raise wrong_type(name, value, words)
    return value


def _item(kind: str) -> str:
    """Returns the type of the elements of a list or a table, or of a single value."""
    return kind.rpartition("[")[2].rpartition(" ")[2].rstrip("]")
