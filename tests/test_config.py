"""Ladders from TOML: what is right is read as Python would make it; what is wrong is named by file, rung and field."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import rheostat as rh
from rheostat import config
from tests.conftest import ROOT

GOOD = """
default = "think"
start_max = "think"

[[rung]]
name = "fast"
model = "small-model"
output_price = 0.40

[[rung]]
name = "think"
model = "mid-model"
thinking_tokens = 4_096
samples = 3
depth = 2
answer_tokens = 500
input_price = 1
cached_price = 0.5
output_price = 2.0
context_window = 128_000
capabilities = ["vision", "tools"]
ability = 0.8

[policy]
kind = "utility"
usd_per_error = 2

[ceiling]
tokens = 100_000
usd = 1.0
seconds = 120
samples = 9
depth = 2
escalations = 1
"""


def test_a_file_says_what_python_would(tmp_path: Path) -> None:
    path = tmp_path / "ladder.toml"
    path.write_text(GOOD, encoding="utf-8")
    loaded = config.load(path)
    made = rh.Rung(
        "think",
        "mid-model",
        thinking_tokens=4_096,
        samples=3,
        depth=2,
        answer_tokens=500,
        input_price=1,
        cached_price=0.5,
        output_price=2.0,
        context_window=128_000,
        capabilities=["vision", "tools"],
        ability=0.8,
    )
    assert loaded.ladder["think"] == made
    assert (loaded.ladder.default.name, loaded.ladder.start_max.name) == ("think", "think")
    assert loaded.ceiling == rh.Ceiling(tokens=100_000, usd=1.0, seconds=120, samples=9, depth=2, escalations=1)
    assert isinstance(loaded.policy, rh.policy.Utility)
    assert loaded.policy.usd_per_error == 2.0
    by_hand = rh.Governor(loaded.ladder, policy=loaded.policy, ceiling=loaded.ceiling)
    assert loaded.governor().version == by_hand.version


def test_shares_need_no_kind() -> None:
    rungs = '[[rung]]\nname = "a"\n[[rung]]\nname = "b"\n'
    for table in ("policy = { shares = [0.8, 0.2] }\n" + rungs, rungs + '[policy]\nkind = "shares"\nshares = [0.8, 0.2]'):
        loaded = config.loads(table)
        assert loaded.policy == rh.policy.Shares([0.8, 0.2])
        assert loaded.governor().version == rh.Governor(loaded.ladder, rh.policy.Shares([0.8, 0.2])).version
    rungs += "output_price = 1.0\n"
    assert config.loads(rungs + "[policy]\nusd_per_1000 = 2.5").policy == rh.policy.Shares.for_budget(usd_per_1000=2.5)


def test_rules_and_ways_of_thinking_are_read() -> None:
    loaded = config.loads("""
        thinking = "raise"
        forbid = ["samples"]
        [[rung]]
        name = "a"
        [[rung]]
        name = "b"
        [rules]
        low_confidence = 4.5
        loop_period = 512
        vote = "majority"
        retries = 2
        [[rules.ramps]]
        on = "stall"
        odds = 0.5
        moves = [{ name = "think", by = 3.0, most = 2 }, { name = "escalate" }]
    """)
    ramp = rh.Ramp("stall", [rh.Move("think", by=3.0, most=2), rh.Move("escalate")], odds=0.5)
    assert loaded.rules == rh.Rules(low_confidence=4.5, loop_period=512, vote="majority", retries=2, ramps=[ramp])
    ladder = rh.Ladder([rh.Rung("a"), rh.Rung("b")], thinking="raise", forbid=["samples"])
    assert loaded.governor().version == rh.Governor(ladder, rules=loaded.rules).version


def test_what_is_left_out_is_the_constructors_own_default() -> None:
    loaded = config.loads('[[rung]]\nname = "only"')
    assert loaded.ladder["only"] == rh.Rung("only")
    assert (loaded.policy, loaded.ceiling) == (None, None)
    assert loaded.governor(window=1024).plan("hi").rung.name == "only"


def test_every_argument_has_its_field() -> None:
    known = config.schema()["properties"]
    policies = {one["properties"]["kind"]["const"]: one["properties"] for one in known["policy"]["oneOf"]}
    made: list[tuple[type, dict[str, object], set[str]]] = [
        # A table of step scores is an artifact, which is read in code.
        (rh.Rung, known["rung"]["items"]["properties"], {"steps"}),
        (rh.Ceiling, known["ceiling"]["properties"], set()),
        (rh.Rules, known["rules"]["properties"], set()),
        (rh.Sessions, known["sessions"]["properties"], set()),
        # Leases are of a shared store, which is made in code.
        (rh.Cap, known["cap"]["items"]["properties"], {"block", "credit"}),
        (rh.policy.Utility, policies["utility"], set()),
        # What was learned is a process's own.
        (rh.policy.Shares, policies["shares"], {"state"}),
        (rh.policy.Threshold, policies["threshold"], set()),
        # Clocks are the process's own.
        (rh.policy.Paced, policies["paced"], {"offset"}),
        # A ledger in a file is a `stores.SQLite`.
        (rh.Ledger, known["ledger"]["properties"], {"caps", "offset", "seed"}),
    ]
    for kind, fields, code_only in made:
        store = {"file", "durable", "busy", "redis", "redis_env", "prefix", "grace", "timeout"}
        file = store if kind is rh.Ledger else set()
        assert set(inspect.signature(kind).parameters) - code_only == set(fields) - {"kind"} - file, kind
    text = '[[rung]]\nname = "fast"\n[rules]\nloops = '
    assert config.loads(f"{text}false").rules == rh.Rules(loops=False)
    with pytest.raises(rh.errors.InvalidTypeError, match="loops: got integer, wanted true or false"):
        config.loads(f"{text}0")


def test_a_bar_that_no_stream_may_fall_below_is_false() -> None:
    rungs = '[[rung]]\nname = "fast"\n'
    never = config.loads(f"{rungs}[rules]\nlow_confidence = false\nlow_steps = false").rules
    assert never == rh.Rules(low_confidence=None, low_steps=None)
    assert config.schema()["properties"]["rules"]["properties"]["low_steps"]["anyOf"][1] == {"const": False}
    # Where leaving a field out says the same, there is no second way to say it.
    for text in (f"{rungs}[ceiling]\nusd = false", f"{rungs}samples = false", f"{rungs}[rules]\nlow_confidence = true"):
        with pytest.raises(rh.errors.InvalidTypeError, match="got bool"):
            config.loads(text)


def test_thresholds_are_read() -> None:
    loaded = config.loads('[[rung]]\nname="a"\n[[rung]]\nname="b"\n[policy]\nkind="threshold"\nthresholds=[0.5]')
    assert isinstance(loaded.policy, rh.policy.Threshold)
    assert loaded.policy.thresholds == [0.5]


@pytest.mark.parametrize(
    ("toml", "error", "names"),
    [
        ("", rh.errors.InvalidValueError, ["rung"]),
        ("rung = 3", rh.errors.InvalidValueError, ["rung"]),
        ("[[rung]", rh.errors.MalformedError, ["malformed", "line 1"]),
        ("[[rung]]\nmodel = 'm'", rh.errors.InvalidValueError, ["rung 0", "name"]),
        ("[[rung]]\nname = 3", rh.errors.InvalidTypeError, ["rung 0", "name", "int", "string"]),
        ("[[rung]]\nname = 'a'\nsamples = 0", rh.errors.InvalidValueError, ['rung "a"', "samples", "0"]),
        ("[[rung]]\nname = 'a'\nsamples = 1.5", rh.errors.InvalidTypeError, ['rung "a"', "samples", "float", "whole number"]),
        ("[[rung]]\nname = 'a'\nsamples = true", rh.errors.InvalidTypeError, ['rung "a"', "samples", "bool"]),
        ("[[rung]]\nname = 'a'\nsample = 1", rh.errors.UnknownNameError, ['rung "a"', '"sample"', "samples"]),
        ("[[rung]]\nname = 'a'\noutput_price = nan", rh.errors.InvalidValueError, ['rung "a"', "output_price", "NaN"]),
        ("[[rung]]\nname = 'a'\ncapabilities = ['x', 3]", rh.errors.InvalidTypeError, ['rung "a"', "capabilities[1]", "string"]),
        ("[[rung]]\nname = 'a'\n[[rung]]\nname = 'a'", rh.errors.InvalidValueError, ['"a"']),
        ("default = 'b'\n[[rung]]\nname = 'a'", rh.errors.UnknownNameError, ['"b"']),
        ("default = 3\n[[rung]]\nname = 'a'", rh.errors.InvalidTypeError, ["default", "int"]),
        ("rungs = 1\n[[rung]]\nname = 'a'", rh.errors.UnknownNameError, ['"rungs"', "rung"]),
        ("[[rung]]\nname = 'a'\n[ceiling]\ntokens = 0", rh.errors.InvalidValueError, ["ceiling", "tokens", "0"]),
        ("[[rung]]\nname = 'a'\n[ceiling]\ntoken = 1", rh.errors.UnknownNameError, ["ceiling", '"token"', "tokens"]),
        ("ceiling = 3\n[[rung]]\nname = 'a'", rh.errors.InvalidTypeError, ["ceiling", "int", "table"]),
        ("[[rung]]\nname = 'a'\n[policy]", rh.errors.InvalidValueError, ["policy", "kind", "utility"]),
        ("[[rung]]\nname = 'a'\n[policy]\nshares = [0.5, 0.4]", rh.errors.InvalidValueError, ["policy", "shares", "0.9"]),
        ("[[rung]]\nname = 'a'\n[policy]\nshares = 1", rh.errors.InvalidTypeError, ["policy", "shares", "a list"]),
        ("policy = 'shares'\n[[rung]]\nname = 'a'", rh.errors.InvalidTypeError, ["policy", "str", "a table"]),
        ("[[rung]]\nname = 'a'\n[policy]\nkind = 'luck'", rh.errors.UnknownNameError, ["policy", '"luck"', "threshold"]),
        ("[[rung]]\nname = 'a'\n[policy]\nkind = 'utility'", rh.errors.InvalidValueError, ["policy", "usd_per_error"]),
        ("thinking = 'louder'\n[[rung]]\nname = 'a'", rh.errors.UnknownNameError, ["louder", "restart"]),
        ("[[rung]]\nname = 'a'\n[rules]\nvote = 'luck'", rh.errors.UnknownNameError, ["rules", "luck", "beta"]),
        ("[[rung]]\nname = 'a'\n[rules]\nwindow = 0", rh.errors.InvalidValueError, ["rules", "window", "0"]),
        ("[[rung]]\nname = 'a'\n[rules]\nramps = [3]", rh.errors.InvalidTypeError, ["rules", "ramps[0]", "a table"]),
        ("[[rung]]\nname = 'a'\n[[rules.ramps]]\non = 'stall'", rh.errors.InvalidValueError, ["rules", "ramps[0]", "moves"]),
        (
            "[[rung]]\nname = 'a'\n[[rules.ramps]]\non = 'stall'\nmoves = [{ name = 'fly' }]",
            rh.errors.UnknownNameError,
            ["rules", "ramps[0]", "moves[0]", "fly", "escalate"],
        ),
        (
            "[[rung]]\nname = 'a'\n[policy]\nkind = 'utility'\nusd_per_error = -1",
            rh.errors.InvalidValueError,
            ["policy", "usd_per_error", "-1"],
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, toml: str, error: type[rh.RheostatError], names: list[str]) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(error) as raised:
        config.load(path)
    for name in ["wrong.toml", *names]:
        assert name in str(raised.value)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"[[rung]]\nname = '\xff'")
    with pytest.raises(rh.errors.MalformedError, match="byte 17"):
        config.load(path)
    path.write_bytes(b"#" * (config.MAX_BYTES + 1))
    with pytest.raises(rh.errors.MalformedError, match="more than"):
        config.load(path)
    with pytest.raises(FileNotFoundError):
        config.load(tmp_path / "absent.toml")


def test_the_shipped_ladder_warns_of_nothing() -> None:
    governor = config.load(ROOT / "examples" / "ladder.toml").governor()
    assert governor.warnings == ()
