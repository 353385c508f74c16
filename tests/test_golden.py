"""Stored decisions: the same input and the same version give the same plan, byte for byte, today and in every language."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rheostat import config
from tests.golden.regenerate import PATH, plan

GOLDEN: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
GOVERNOR = config.loads(GOLDEN["ladder"]).governor()


def test_the_version_is_the_stored_one() -> None:
    assert GOVERNOR.version == GOLDEN["version"], "what decides has changed: `make golden` if that is meant"
    for case in GOLDEN["cases"]:
        assert named(plan(GOVERNOR, case)) == named(dict(case["plan"]))


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=range(len(GOLDEN["cases"])))
def test_the_decision_is_the_stored_one(case: dict[str, Any]) -> None:
    ours, stored = plan(GOVERNOR, case), dict(case["plan"])
    named(ours), named(stored)
    assert ours == stored


def named(plan: dict[str, Any]) -> tuple[str, str]:
    """Takes id and version out of a plan: they change with what decides, even where no decision does."""
    return plan.pop("id", ""), plan.pop("version", "")


def test_there_is_something_to_hold_to() -> None:
    cases = GOLDEN["cases"]
    assert len(cases) >= 90
    assert {case["plan"]["rung"] for case in cases} >= {"fast", "think", "deep"}
    assert {case["plan"]["turn"] for case in cases} >= {"ask", "continuation", "tool_result", "empty"}
