"""Ladder, policy, ceiling, rules, caps and sessions from a TOML file, which the crate `rheostat-config` reads.

The tables are the constructors' arguments, under the same names. Where None means something else than leaving an argument out,
as for a bar that no stream is to fall below, the file says `false`:

    default = "think"              # as in `Ladder`
    start_max = "think"

    [[rung]]                       # one for each `Rung`, lowest first
    name = "fast"
    model = "small-model"
    output_price = 0.40
    doubt = { low_logprob = -1.5, caught = 0.9, false_alarms = 0.1 }

    [policy]                       # kind = "utility", "threshold", "paced" or "shares", and its arguments;
                                   # without a kind: those of "shares"
    shares = [0.8, 0.2]

    [ceiling]                      # as in `Ceiling`
    tokens = 100_000

    [[cap]]                        # one for each `Cap` of the ledger
    scope = "tenant"
    usd = 10.0
    per = 86_400

    [ledger]                       # its settings: `ttl`, `accounts` and `live` of `Ledger`
    ttl = 600
    file = "budget.db"             # as in `stores.SQLite`, with `durable` and `busy`; without it the ledger is in process
                                   # or redis = "redis://…" (or redis_env = "NAME"), with `prefix`, `grace` and `timeout`
                                   # of `stores.Redis`

    [sessions]                     # as in `Sessions`
    cache_ttl = 300

    [sleep]                        # as in `sleep.Sleep`; the proxy passes over it
    cap = { scope = "fleet", usd = 20.0, per = 86_400 }
    forms = [{ name = "now" }, { name = "batch", factor = 0.5, seconds = 86_400 }]

    [rules]                        # as in `Rules`
    low_confidence = 4.5
    low_steps = false              # never

    [[rules.ramps]]                # one for each `Ramp`; its moves are tables of `Move`'s arguments
    on = "low_confidence"
    moves = [{ name = "think", by = 2.0 }, { name = "escalate" }]
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, TypeAlias

from rheostat import policy
from rheostat._checks import wrong_type
from rheostat._native import Cap, Ceiling, ConfigFile, Governor, Ladder, Ledger, Rules, Sessions, Sleep, config_schema
from rheostat.errors import StoreError
from rheostat.stores import Redis, SQLite

__all__ = ["MAX_BYTES", "Config", "Live", "load", "loads", "schema"]

MAX_BYTES = ConfigFile.max_bytes()
"""Largest file, in bytes: far more than any ladder needs."""

Policy: TypeAlias = policy.Shares | policy.Utility | policy.Threshold | policy.Paced


@dataclass(frozen=True)
class Config:
    """Contents of a file. `policy`, `ceiling` and `rules` are None if the file has no such table."""

    ladder: Ladder
    policy: Policy | None = None
    ceiling: Ceiling | None = None
    rules: Rules | None = None
    caps: tuple[Cap, ...] = ()
    ledger_options: Mapping[str, Any] = field(default_factory=dict)
    ledger_file: tuple[str, bool, float] | None = None
    """Path of the ledger's file, whether it survives the loss of power, and seconds to wait for other processes."""
    ledger_server: tuple[str | None, str | None, str, float, float] | None = None
    """The server that leases blocks of the caps: its URL, or the environment variable with it; prefix, grace, timeout."""
    sessions: Sessions | None = None
    sleep: Sleep | None = None

    def ledger(self) -> Ledger | None:
        """Returns a ledger of the caps, in the file or on the server if there is one, and else in process; None without caps.

        Shared stores take `caps` themselves.

        Raises:
            StoreError: The file cannot be opened, is damaged, or is no ledger; the server cannot be reached.
        """
        if self.ledger_server is not None:
            url, variable, prefix, grace, timeout = self.ledger_server
            url = url or os.environ.get(variable or "")
            if not url:
                raise StoreError(f"ledger: redis_env: the environment variable {variable} is not set")
            store = Redis(url, self.caps, prefix=prefix, grace=grace, timeout=timeout, **self.ledger_options)
            # Only this call holds the store, so it gives its leases back when the process ends.
            atexit.register(store.close)
            return store.ledger
        if self.ledger_file is not None:
            path, durable, busy = self.ledger_file
            return SQLite(path, self.caps, durable=durable, busy=busy, **self.ledger_options).ledger
        return Ledger(self.caps, **self.ledger_options) if self.caps else None

    def governor(self, **options: Any) -> Governor:
        """Returns a governor with these settings; `options` are further keywords of `Governor`, and win."""
        given: dict[str, Any] = {name: getattr(self, name) for name in ("policy", "ceiling", "rules", "sessions", "sleep")}
        if "ledger" not in options:
            given["ledger"] = self.ledger()
        return Governor(self.ladder, **(given | options))


def load(path: str | PathLike[str]) -> Config:
    """Reads a TOML file.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be read.
        MalformedError: It is not TOML, larger than `MAX_BYTES`, or nested more than 64 deep.
        UnknownNameError: It has an unknown field or policy.
        InvalidTypeError: A field has the wrong type.
        InvalidValueError: A value is out of bounds. Each message names file, rung and field.

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
    return _config(_read(path)[1])


def _read(path: str | PathLike[str]) -> tuple[bytes, ConfigFile]:
    try:
        name = os.fsdecode(path)
    except TypeError:
        # A number would open, and at the end close, a file of the process's own.
        raise wrong_type("path", path, "a path") from None
    with open(name, "rb") as file:  # noqa: PTH123  # a path may be bytes
        raw = file.read(MAX_BYTES + 1)
    return raw, ConfigFile.decode(raw, name)


def loads(text: str, *, source: str = "ladder") -> Config:
    r"""Reads TOML from a string, as `load` does; messages name it `source`.

    Example:
        >>> loads('[[rung]]\nname = "fast"\n[[rung]]\nname = "deep"\nsamples = 5').ladder["deep"].samples
        5
    """
    return _config(ConfigFile.read(text, source))


def _config(file: ConfigFile) -> Config:
    return Config(
        ladder=file.ladder,
        policy=file.policy,
        ceiling=file.ceiling,
        rules=file.rules,
        caps=tuple(file.caps),
        ledger_options=file.ledger_options,
        ledger_file=file.ledger_file,
        ledger_server=file.ledger_server,
        sessions=file.sessions,
        sleep=file.sleep,
    )


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
        self._raw, self._file = _read(path)
        self.config = _config(self._file)
        self._ledger = self.config.ledger()
        self.governor = self._make(self.config, self._ledger)

    def reload(self) -> bool:
        """Reads the file again. Returns True if it has changed and is now in use.

        Raises:
            OSError: It cannot be read.
            RheostatError: It has an error, as in `load`. The old settings stay in use.
        """
        raw, file = _read(self._path)
        if raw == self._raw:
            return False
        file = file.keeping(self._file)
        config = _config(file)
        ledger = self._ledger if file.keeps_ledger(self._file) else config.ledger()
        governor = self._make(config, ledger)
        self._raw, self._file, self._ledger, self.config, self.governor = raw, file, ledger, config, governor
        return True

    def _make(self, config: Config, ledger: Ledger | None) -> Governor:
        return config.governor(**({"ledger": ledger} | self._options))


def schema() -> dict[str, Any]:
    """Returns the JSON Schema of the file, for editors.

    Example:
        >>> schema()["properties"]["ceiling"]["properties"]["tokens"]["type"]
        'integer'
    """
    read: dict[str, Any] = json.loads(config_schema())
    return read
