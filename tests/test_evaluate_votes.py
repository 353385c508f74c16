"""The benches of votes, on votes made here."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from rheostat._cli import main
from rheostat.evaluate import certificate, votes


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both recorded sets, small: easy questions, hard ones, and one whose mode is wrong."""
    rng = random.Random(3)

    def question(i: int) -> dict[str, object]:
        share = [0.97, 0.9, 0.95, 0.6][i % 4]
        answers = ["7" if rng.random() < share else rng.choice(["8", "9"]) for _ in range(40)]
        return {"id": i, "gold": "7.0" if i != 2 else "8", "answers": answers}

    for name in votes.DATASETS.values():
        text = "".join(json.dumps(question(i)) + "\n" for i in range(24))
        if name.endswith(".gz"):
            with gzip.open(tmp_path / name, "wt", encoding="utf-8") as out:
                out.write(text)
        else:
            (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("RHEOSTAT_TRACES", str(tmp_path))
    return tmp_path


def test_every_rule_is_measured_against_all_samples(traces: Path) -> None:
    assert traces.is_dir()
    questions = votes.read("gsm8k")
    rows = {row.rule: row for row in votes.measure(questions, orders=2, resamples=50)}
    all_of_them = rows["majority of 40"]
    assert (all_of_them.samples, all_of_them.fewer, all_of_them.lost) == (40.0, 1.0, 0.0)
    assert all_of_them.accuracy == pytest.approx(100 * 23 / 24)
    assert rows["majority of 1"].samples == 1.0
    assert rows["majority of 1"].lost > 0
    assert rows["curtailment"].lost == 0.0
    assert rows["curtailment"].samples < 40
    assert rows["certified 0.05"].wrongly_certified == 0
    assert 0 < rows["certified 0.05"].certified <= 1
    assert rows["batch at 3"].samples == pytest.approx(3.0)
    for row in rows.values():
        assert row.lost_low <= row.lost + 1e-9
        assert row.lost <= row.lost_high + 1e-9
        assert 0 <= row.false_stops <= 1 - row.agreement + 1e-9


def test_a_lead_of_three_is_consol() -> None:
    rule, question = votes.by_lead(3), votes.Question([], "", "", (0, 0))
    assert rule(list("abaaa"), question) == votes.Taken("a", 5, agreed=True)
    assert rule(list("ababab"), question).agreed is False


def test_floors_can_fail(traces: Path) -> None:
    assert traces.is_dir()
    rows = votes.measure(votes.read("gsm8k"), orders=1, resamples=10)
    assert [floor["holds"] for floor in votes.floors(rows)][3] is True
    worse = [votes.Row(**{**vars(row), "lost": 5.0, "wrongly_certified": 1}) for row in rows]
    assert [floor["holds"] for floor in votes.floors(worse)] == [False] * 4


def test_the_bench_prints_json_and_plots(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["bench", "votes", "--json", "--orders", "1", "--resamples", "10", "--svg", str(traces / "plots")])
    shown = json.loads(capsys.readouterr().out)
    assert status == 0
    assert set(shown["sets"]) == {"gsm8k", "last-letters"}
    assert len(shown["floors"]) == 4
    plot = (traces / "plots" / "votes-gsm8k.svg").read_text(encoding="utf-8")
    assert plot.startswith("<svg")
    assert "horizon 0.95" in plot


def test_missing_traces_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RHEOSTAT_TRACES", str(tmp_path / "nowhere"))
    assert main(["bench", "votes"]) == 2
    assert "set RHEOSTAT_TRACES" in capsys.readouterr().err
    assert main(["bench", "votes", "--orders", "0"]) == 2


def test_certificates_are_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["bench", "certificate", "--json", "--runs", "60", "--cap", "80"])
    rows = {(row["scenario"], row["distribution"], row["alpha"]): row for row in json.loads(capsys.readouterr().out)}
    assert status == 0
    assert len(rows) == 6 * 3 + 5 + 6
    assert rows[certificate.BETA, ".501 .499", 0.05]["wrong"] > 0.1
    arrival = rows["short answers are wrong; by arrival", ".55 .45", 0.1]
    assert (arrival["wrong"], arrival["most"]) == (1.0, None)
    assert rows["cut for low confidence, and said", ".55 .45", 0.1]["wrong"] <= 0.1
    assert main(["bench", "certificate", "--cap", "0"]) == 2


def test_a_broken_bound_is_seen() -> None:
    assert not certificate.Row("s", "d", 0.1, 100, wrong=0.3, most=0.19, certified=1.0, samples=9.0).holds
