"""`rheostat tune`: what settings do with a log of prompts, and with a log of decisions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat import _tune, config
from rheostat._cli import main

LADDER = """
[[rung]]
name = "fast"
output_price = 0.4
ability = 0.7
[[rung]]
name = "think"
output_price = 2.0
ability = 0.8
[[rung]]
name = "deep"
output_price = 10.0
ability = 0.9
"""
FORMS = (
    "What is the capital of country {i}?",
    "A train leaves at 9:{i} and travels {i} km at 72 km/h. When does it arrive?",
    "Prove that there are infinitely many primes congruent to {i} mod 4, and derive a lower bound.",
)
PROMPTS = [FORMS[i % 3].format(i=i) for i in range(300)]


@pytest.fixture
def ladder(tmp_path: Path) -> str:
    path = tmp_path / "ladder.toml"
    path.write_text(LADDER, encoding="utf-8")
    return str(path)


def log_of(path: Path, lines: list[Any]) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_a_log_of_prompts_in_every_form(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    wrapped: list[Callable[[str], Any]] = [
        lambda text: text,
        lambda text: {"prompt": text, "other": 1},
        lambda text: {"text": text},
        lambda text: {"messages": [{"role": "user", "content": text}]},
    ]
    lines = [wrapped[i % 4](prompt) for i, prompt in enumerate(PROMPTS)]
    log = log_of(tmp_path / "log.jsonl", [*lines, {"nothing": 1}, "zxq wvk qqj"])
    assert main(["tune", log, "--ladder", ladder, "--json", "--target-share", "0.2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["queries"], told["skipped"], told["without_coverage"]) == (301, 1, 1)
    assert told["rungs"] == ["fast", "think", "deep"]
    costs = [one["usd_per_1000"] for one in told["shares"]]
    assert costs == sorted(costs)
    assert all(abs(sum(one["rungs"]) - 1) < 1e-9 for one in told["shares"] + told["utility"])
    named = {one["name"]: one for one in told["shares"]}
    assert named["always fast"]["expected"] < named["always deep"]["expected"]
    (chosen,) = told["chosen"]
    assert abs(1 - chosen["shares"][0] - 0.2) < 0.01
    # The hardest third goes up first, so shares expect more than the same cost spent at random.
    low, high = named["always fast"], named["always deep"]
    mixed = (chosen["usd_per_1000"] - low["usd_per_1000"]) / (high["usd_per_1000"] - low["usd_per_1000"])
    assert chosen["expected"] >= low["expected"] + mixed * (high["expected"] - low["expected"]) - 0.01
    assert len({tuple(one["rungs"]) for one in told["utility"]}) > 2


def test_the_text_has_a_policy_to_copy(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = log_of(tmp_path / "log.jsonl", list(PROMPTS))
    assert main(["tune", log, "--ladder", ladder, "--target-cost", "0.5"]) == 0
    out = capsys.readouterr().out
    table = out[out.index("[policy]") :]
    policy = config.loads(LADDER + table).policy
    assert isinstance(policy, rh.policy.Shares)
    assert "at $0.5" in out
    asked = _tune.read(log, config.loads(LADDER).ladder)
    assert _tune.at_cost(asked, 0.5, config.loads(LADDER).ladder).usd_per_1000 == pytest.approx(0.5, rel=0.05)


def test_a_log_of_decisions_needs_no_prompt(tmp_path: Path, ladder: str) -> None:
    made = config.load(ladder)
    governor, path = made.governor(), tmp_path / "log.jsonl"
    with rh.records.Recorder(path, ladder=made.ladder) as recorder:
        for prompt in PROMPTS:
            plan = governor.plan(prompt)
            recorder.decision(plan)
            recorder.outcome(plan.id, rung=plan.rung.name, score=1.0)
    texts = _tune.read(log_of(tmp_path / "texts.jsonl", list(PROMPTS)), made.ladder)
    decisions = _tune.read(path, made.ladder)
    for one, other in zip(_tune.settings(texts, made.ladder), _tune.settings(decisions, made.ladder), strict=True):
        assert one.usd_per_1000 == pytest.approx(other.usd_per_1000, rel=1e-6)
        assert one.expected == pytest.approx(other.expected, abs=1e-5)
    score, chance, count = decisions.scores["fast"]
    assert (score, count) == (1.0, sum(plan.rung.name == "fast" for plan in map(made.governor().plan, PROMPTS)))
    assert 0 < chance < 1


def test_bad_logs_and_targets_are_named(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    empty = log_of(tmp_path / "empty.jsonl", [])
    torn = tmp_path / "torn.jsonl"
    torn.write_text('{"prompt": ', encoding="utf-8")
    good = log_of(tmp_path / "good.jsonl", list(PROMPTS[:5]))
    for words, said in (
        ([empty], "queries must be at least 1"),
        ([str(torn)], "queries must be at least 1"),
        ([str(tmp_path / "none.jsonl")], "No such file"),
        ([good, "--target-cost", "-1"], "usd_per_1000"),
        ([good, "--target-share", "1.5"], "above_lowest must be between 0 and 1"),
    ):
        assert main(["tune", *words, "--ladder", ladder]) == 2
        assert said in capsys.readouterr().err
