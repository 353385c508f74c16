"""Stored decisions: the same input and the same version give the same plan, byte for byte, today and in every language."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.golden.regenerate import DECISIONS, FEATURES, features, governor, plan

GOLDEN: dict[str, Any] = json.loads(DECISIONS.read_text(encoding="utf-8"))
TEXTS: list[dict[str, Any]] = json.loads(FEATURES.read_text(encoding="utf-8"))


def test_the_version_is_the_stored_one() -> None:
    assert governor(GOLDEN).version == GOLDEN["version"], "what decides has changed: `make golden` if that is meant"
    for case in GOLDEN["cases"]:
        assert named(plan(GOLDEN, case)) == named(dict(case["plan"]))


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=range(len(GOLDEN["cases"])))
def test_the_decision_is_the_stored_one(case: dict[str, Any]) -> None:
    ours, stored = plan(GOLDEN, case), dict(case["plan"])
    named(ours), named(stored)
    assert ours == stored


def named(plan: dict[str, Any]) -> tuple[str, str]:
    """Takes id and version out of a plan: they change with what decides, even where no decision does."""
    return plan.pop("id", ""), plan.pop("version", "")


@pytest.mark.parametrize("case", TEXTS, ids=range(len(TEXTS)))
def test_the_features_are_the_stored_ones(case: dict[str, Any]) -> None:
    assert features(case) == (case["values"], case["words"])


def test_there_is_something_to_hold_to() -> None:
    cases = GOLDEN["cases"]
    assert len(cases) >= 100
    assert len(TEXTS) >= 40
    assert {case["plan"]["rung"] for case in cases} >= {"fast", "think", "deep", "panel"}
    assert {case["plan"]["turn"] for case in cases} >= {"ask", "continuation", "tool_result", "empty"}
    assert {option for case in cases for option in case.get("options", {})} == {
        "ceiling",
        "p_correct",
        "difficulty",
        "models",
        "purpose",
        "rung",
        "session",
        "tenant",
    }
