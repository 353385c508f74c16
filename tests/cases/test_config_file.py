"""The configuration file, as Rust reads it for Python: forms of TOML, errors, and what a reload keeps."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat import config

RUNG = "[[rung]]\nname = 'a'\n"
CAPPED = RUNG + "[[cap]]\nscope = 'fleet'\ntokens = 5_000\n"


def test_forms_of_toml_mean_the_same() -> None:
    one = config.loads(
        "[[rung]]\nname = 'a'\ndoubt = {caught = 0.5}\n[[rung]]\nname = 'b'\n[ceiling]\ntokens = 10_000"
    ).governor()
    for text in (
        "\ufeff[[rung]]\r\nname = 'a'\r\n[rung.doubt]\r\ncaught = 5e-1\r\n[[rung]]\r\nname = 'b'\r\n[ceiling]\r\ntokens = 0x2710",
        "ceiling.tokens = 10000\nrung = [{name = \"\\u0061\", doubt.caught = 0.5}, {name = '''b'''}]",
        "rung = [{name = 'a', doubt = {\n caught = 0.5, # half\n}}, {name = 'b'},]\n['ceiling']\n\"tokens\" = 0b10011100010000",
    ):
        assert config.loads(text).governor().version == one.version, text


def test_a_table_of_every_kind_says_where_it_is_wrong() -> None:
    for rest, error, message in (
        ("samples = -1", rh.errors.InvalidValueError, 'rung "a": samples must be between 0 and 4294967295, got -1'),
        (
            f"thinking_tokens = {10**40}",
            rh.errors.InvalidValueError,
            f'rung "a": thinking_tokens must be between 0 and {2**64 - 1}, got',
        ),
        ("model = 1979-05-27", rh.errors.InvalidTypeError, 'rung "a": model: got datetime, wanted a string'),
        (
            "doubt = { low_confidence = true }",
            rh.errors.InvalidTypeError,
            'rung "a": doubt: low_confidence: got boolean, wanted a number',
        ),
        (
            "[policy]\nusd_per_error = 2",
            rh.errors.InvalidValueError,
            r'policy: kind must be one of .*those of kind = "utility"\), got none',
        ),
        ("[policy]\nshares = [0.5, 0.5]", rh.errors.InvalidValueError, "policy: shares must be"),
        (
            "[[cap]]\nscope = 'tenant'",
            rh.errors.InvalidValueError,
            r"cap\[0\]: cap of tenant: tokens, usd, escalated_usd must be at least one",
        ),
        ("[ledger]\nttl = 0", rh.errors.InvalidValueError, "ledger: ttl must be"),
        ("[ledger]\nfile = 'x'", rh.errors.InvalidValueError, "ledger: file must be given together with at least one"),
        ("[ledger]\ndurable = true", rh.errors.InvalidValueError, "ledger: durable must be given together with a file"),
        ("[ledger]\nbusy = 1.0", rh.errors.InvalidValueError, "ledger: busy must be given together with a file"),
        (
            "[ledger]\nseed = 0",
            rh.errors.UnknownNameError,
            'ledger: unknown field "seed"; known: ttl, accounts, live, file',
        ),
        ("[proxies]", rh.errors.UnknownNameError, 'unknown field "proxies"; known: default'),
        ("a.b = 1\na.b = 2", rh.errors.MalformedError, r"is malformed at byte 30: duplicate key \(line 4, column 3\)"),
    ):
        with pytest.raises(error, match=rf"^x.toml(: | ){message}"):
            config.loads(RUNG + rest, source="x.toml")


def test_depth_and_size_are_bounded() -> None:
    for text in (
        ".".join("a" * 100_000) + " = 1",
        "[" + ".".join("a" * 66) + "]",
        "a = " + "[" * 65 + "]" * 65,
        "a = " + ("{" + ".".join("b" * 60) + " = ") * 60 + "1" + "}" * 60,
    ):
        with pytest.raises(rh.errors.MalformedError, match="within too many others"):
            config.loads(text)
    padded = RUNG + "#" * (config.MAX_BYTES - len(RUNG))
    assert len(config.loads(padded).ladder) == 1
    with pytest.raises(rh.errors.MalformedError, match="more than 1048576 bytes"):
        config.loads(padded + "#")


def test_a_lone_surrogate_is_repaired() -> None:
    assert config.loads("[[rung]]\nname = 'a\ud800'").ladder[0].name == "a\ufffd"


def test_any_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rung.toml"
    path.write_text(RUNG.replace("'a'", "3"))
    for given in (path, str(path), os.fsencode(path)):
        given_path: Any = given
        with pytest.raises(rh.errors.InvalidTypeError, match=r"rung\.toml: rung 0: name: got integer"):
            config.load(given_path)


def test_what_is_read_is_what_python_makes() -> None:
    read = config.loads(CAPPED + "[ledger]\nttl = 5\n[sessions]\nttl = 7.5\n[rules]\nretries = 2\n[ceiling]\nusd = 1")
    assert read.caps == (rh.Cap("fleet", tokens=5_000),)
    assert read.sessions == rh.Sessions(ttl=7.5)
    assert read.ledger_options == {"ttl": 5.0, "accounts": 1_000_000, "live": 1_000_000}
    for value in (read.ladder, read.sessions, read.rules, read.ceiling, *read.caps):
        assert pickle.loads(pickle.dumps(value)) == value
    # A caller's own settings win.
    assert read.governor(rules=rh.Rules(retries=3)).version != read.governor().version


def test_a_ledger_in_a_file_is_shared_with_all_who_open_it(tmp_path: Path) -> None:
    text = CAPPED + f"[ledger]\nfile = '{tmp_path / 'budget.db'}'\nbusy = 1.5"
    one, other = config.loads(text), config.loads(text)
    assert one.ledger_file == (str(tmp_path / "budget.db"), False, 1.5)
    first, second = one.ledger(), other.ledger()
    assert first is not None
    assert second is not None
    first.reserve(tokens=4_000).settle(tokens=3_000)
    first.flush()
    assert second.room()[0] == 2_000


def test_a_reload_keeps_the_ledger_and_what_shares_have_learned(tmp_path: Path) -> None:
    path = tmp_path / "rheostat.toml"
    path.write_text(CAPPED + "[policy]\nshares = [1.0]")
    live = config.Live(path)

    def room() -> int:
        return live.governor.plan("What is 2 plus 2?").limit.tokens

    assert room() == 5_000
    run = live.governor.plan("What is 1 plus 1?").start()
    assert run.next()
    held = room()
    assert held < 5_000
    learned: Any = live.config.policy
    path.write_text(CAPPED + "[sessions]\nttl = 9\n[policy]\nshares = [1.0]")
    assert live.reload()
    kept: Any = live.config.policy
    assert kept.state() == learned.state()
    assert room() == held, "the caps are the same, and so is their ledger"
    path.write_text(CAPPED + "[ledger]\nttl = 60")
    assert live.reload()
    assert live.config.policy is None
    assert room() == 5_000, "the ledger's settings have changed"
    path.write_text(CAPPED.replace("5_000", "6_000") + "[ledger]\nttl = 60")
    assert live.reload()
    assert room() == 6_000
