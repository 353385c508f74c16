"""The bench of signals, on texts and streams made here."""

from __future__ import annotations

import gzip
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from benches.quality import main, votes
from benches.quality import signals as bench


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve texts, two of which go round in circles, and forty streams of ten questions."""
    rng = random.Random(4)

    def text(i: int) -> dict[str, str]:
        words = [f"word{rng.randrange(400)}" for _ in range(300 + 40 * i)]
        words[50::60] = ["wait,"] * len(words[50::60])
        period = {3: 20, 7: 300}.get(i, 0)
        return {"text": " ".join(words + words[-period:] * (5 if period else 0))}

    def stream(question: int, seed: int) -> dict[str, object]:
        right = rng.random() < 0.7
        sure = [min(0.999, 0.4 + 0.06 * at + 0.2 * rng.random()) for at in range(11)]
        answers = [0 if (right and at > 3) or rng.random() < 0.3 else 1 for at in range(11)]
        logs = [[math.log(p if option == a else (1 - p) / 3) for option in range(4)] for p, a in zip(sure, answers, strict=True)]
        prefix = [100 * at for at in range(11)]
        return {"q": str(question), "seed": seed, "gold": "A", "labels": "ABCD", "lp": logs, "prefix": prefix}

    def turn(errors: int) -> dict[str, object]:
        return {"tool_errors": errors, "rungs": [{"oracle_correct": errors == 0}, {"oracle_correct": True}]}

    rows: dict[str, list[Any]] = {
        bench.TEXTS: [text(i) for i in range(12)],
        bench.STREAMS: [stream(q, s) for q in range(10) for s in range(4)],
        bench.AGENTS: [{"turns": [turn(errors) for errors in range(1 + i % 3)]} for i in range(9)],
    }
    for name, lines in rows.items():
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as out:
            out.write("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.setenv("RHEOSTAT_TRACES", str(tmp_path))
    return tmp_path


def test_it_measures_shows_and_checks(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--no-votes", "--resamples", "20", "--splits", "3", "--svg", str(traces / "plots")]
    assert main(["signals", *options, "--check", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    loops = {row["rule"]: row["value"] for row in result["rows"] if row["measure"].startswith("found")}
    assert loops == {"periods up to 256": 1, "periods up to 1024": 2, "periods up to 4096": 2}
    assert all(
        row["low"] <= row["value"] + 1e-9 <= row["high"] + 2e-9 for row in result["rows"] if row["what"] != "calibrated exit"
    )
    agents = {(row["rule"], row["measure"]): row["value"] for row in result["rows"] if row["what"] == "agents"}
    assert agents["after 1 tool errors", "right, small model"] == 0 < agents["after 1 tool errors", "right, large model"]
    exits = {row["rule"]: row for row in result["exits"]}
    assert exits["the whole stream"]["tokens"] == exits["the whole stream"]["agreement"] == 1.0
    assert exits["20 %"]["tokens"] == pytest.approx(0.2)
    assert exits["2 equal"]["tokens"] < exits["5 equal"]["tokens"]
    assert "prob ≥ 0.9" in (traces / "plots" / "exits.svg").read_text(encoding="utf-8")
    assert main(["signals", *options]) == 0
    assert "same answer" in capsys.readouterr().out


def test_votes_follow(traces: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert traces.is_dir()
    questions = [votes.Question(["7"] * (30 + i) + ["8"] * (10 - i), "7", "7", (30 + i, 10 - i)) for i in range(8)]
    monkeypatch.setattr(votes, "read", lambda _: questions)
    options = ["--resamples", "5", "--splits", "3", "--orders", "1", "--batches", "1"]
    assert main(["signals", *options]) == 0
    assert "8 questions" in capsys.readouterr().out
    assert main(["signals", *options, "--json"]) == 0
    assert {row["rule"] for row in json.loads(capsys.readouterr().out)["votes"]["gsm8k"]} >= {"batch at 3", "majority of 40"}


def test_the_exhaustive_search_is_the_definition() -> None:
    words = [str(i % 30) for i in range(30 + 90)]
    assert bench.repeats(words, 30)
    assert not bench.repeats(words, 29)
    assert not bench.repeats(words[:-1], 30)
    assert not bench.repeats([], 256)


def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RHEOSTAT_TRACES", str(tmp_path))
    assert main(["signals"]) == 2
    assert "RHEOSTAT_TRACES" in capsys.readouterr().err
    assert main(["signals", "--splits", "0"]) == 2
