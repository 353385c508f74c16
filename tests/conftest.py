"""What most tests start from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rheostat as rh

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def ladder() -> rh.Ladder:
    """Three rungs, as in the documentation."""
    return rh.Ladder(
        [
            rh.Rung("fast", model="small-model", input_price=0.05, output_price=0.40),
            rh.Rung("think", model="mid-model", thinking_tokens=4_096, input_price=0.25, output_price=2.00),
            rh.Rung("deep", model="large-model", thinking_tokens=16_384, samples=5, input_price=1.25, output_price=10.00),
        ],
        default="think",
        start_max="think",
    )


@pytest.fixture
def governor(ladder: rh.Ladder) -> rh.Governor:
    """A governor of its own for each test: outcomes are kept in it."""
    ceiling = rh.Ceiling(tokens=200_000, usd=5.00, seconds=120)
    return rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0), ceiling=ceiling, seed=7)


@pytest.fixture(scope="session")
def prompts() -> list[dict[str, str]]:
    """The shipped prompts."""
    lines = (ROOT / "examples" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
