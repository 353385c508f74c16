"""The bench of each feature's effect and cost, on texts of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rheostat as rh
from benches.quality import main
from tests.conftest import ROOT

PROMPTS = str(ROOT / "examples" / "prompts.jsonl")


def test_every_feature_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", PROMPTS, "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == {spec.name for spec in rh.features.specs()}
    assert rows["words"]["share"] == pytest.approx(71 / 72)
    assert 0 < rows["proof_words"]["share"] < 0.5
    assert rows["proof_words"]["nanoseconds"] is not None
    assert rows["word_length"]["nanoseconds"] is None
    assert all(0 <= row["share"] <= 1 and row["logits"] >= 0 and row["spread"] >= 0 for row in rows.values())
    spreads = [row["spread"] for row in rows.values()]
    assert spreads == sorted(spreads, reverse=True)


def test_contributions_are_those_of_the_explanation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Prove that there are infinitely many primes."
    path = tmp_path / "texts.txt"
    path.write_text(text + "\n\n", encoding="utf-8")
    assert main(["features", str(path), "--json", "--untimed"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    for name, _, logits in rh.Estimator().estimate(text).explain().features:
        if name in rows:
            assert rows[name]["logits"] == pytest.approx(abs(logits))
    assert all(row["nanoseconds"] is None for row in rows.values())


def test_a_table_is_printed_and_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", PROMPTS, "--untimed", "--limit", "5"]) == 0
    assert "mean |logits|" in capsys.readouterr().out
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    for path in ("absent.txt", str(tmp_path / "empty.txt")):
        assert main(["features", path]) == 2
        assert capsys.readouterr().err.count("\n") == 1
