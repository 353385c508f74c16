"""The benches of votes, on votes made here."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest

from benches.quality import _bound, certificate, main, votes


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
    file, key = votes.TEXTS["gsm8k"]
    with gzip.open(tmp_path / file, "wt", encoding="utf-8") as out:
        for i in range(24):
            asked = "Add three and four." if i % 4 != 3 else "Prove that the sum of the first n odd numbers is a square."
            out.write(json.dumps({"id": i, "gold": "7" if i != 2 else "8", key: asked}) + "\n")
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
    assert rows["batch, estimated at 3"].samples == pytest.approx(3.0)
    assert rows["batch at 3"].lost_error is not None
    for row in rows.values():
        assert row.lost_low <= row.lost + 1e-9
        assert row.lost <= row.lost_high + 1e-9
        assert 0 <= row.false_stops <= 1 - row.agreement + 1e-9


def test_a_set_without_texts_has_no_estimates(traces: Path) -> None:
    (traces / votes.TEXTS["gsm8k"][0]).unlink()
    rows = {row.rule for row in votes.measure(votes.read("gsm8k"), orders=1, resamples=10)}
    assert "batch at 3" in rows
    assert "batch, estimated at 3" not in rows


def test_allocators_see_more_orders(traces: Path) -> None:
    assert traces.is_dir()
    rows = {row.rule: row for row in votes.measure(votes.read("last-letters"), orders=1, resamples=10, batches=3)}
    assert (rows["horizon 0.95"].orders, rows["batch at 3"].orders, rows["online at 3"].orders) == (1, 3, 3)
    assert rows["horizon 0.95"].lost_error is None


def test_no_allocator_by_counts_beats_the_bound(traces: Path) -> None:
    assert traces.is_dir()
    questions = votes.read("gsm8k")
    rows = {row.rule: row for row in votes.measure(questions, orders=1, resamples=10, batches=20)}
    for bound in votes.bound(questions, orders=20):
        row = rows[f"batch at {bound['average']:g}"]
        assert row.lost_error is not None
        assert row.lost >= bound["lost"] - 4 * row.lost_error


def test_the_bound_is_the_best_of_every_stopping_rule() -> None:
    """Held to every rule there is, on two questions of three samples."""
    answers, gold = np.array([[0, 1, 1], [0, 0, 1]]), np.array([1, 0])
    paths = _bound.walk(answers, gold, orders=4, seed=1)
    states = [sorted({(n, int(state)) for state in paths.states[n]}) for n in range(2)]
    free = [state for level in states for state in level]
    for price in (0.01, 0.05, 0.2, 0.5):
        best = -1.0
        for choice in itertools.product((False, True), repeat=len(free)):
            goes_on = dict(zip(free, choice, strict=True))
            total = 0.0
            for path in range(8):
                n = 0
                while n < 2 and goes_on[n, int(paths.states[n][path])]:
                    n += 1
                total += paths.right[n][path] - price * (n + 1)
            best = max(best, total / 8)
        assert _bound.net(paths, price) == pytest.approx(best)


def test_counts_along_a_path_are_those_of_a_tally() -> None:
    rng = np.random.default_rng(2)
    answers = rng.integers(0, 4, (30, 12))
    paths = _bound.walk(answers, np.zeros(30, int), orders=1, seed=5)
    drawn = np.random.default_rng(5).permuted(answers, axis=1)
    for n in range(12):
        pairs: dict[int, tuple[int, int]] = {}
        for path in range(30):
            (first, second), leader = _tally(drawn[path, : n + 1].tolist())
            assert pairs.setdefault(int(paths.states[n][path]), (first, second)) == (first, second)
            assert paths.right[n][path] == (leader == 0)
        assert len(set(pairs.values())) == len(pairs)


def _tally(answers: list[int]) -> tuple[tuple[int, int], int]:
    counts, leader = dict.fromkeys(range(4), 0), -1
    for answer in answers:
        counts[answer] += 1
        if leader < 0 or counts[answer] > counts[leader]:
            leader = answer
    first, second, *_ = sorted(counts.values(), reverse=True)
    return (first, second), leader


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
    status = main(
        [
            "votes",
            "--json",
            "--orders",
            "1",
            "--batches",
            "2",
            "--resamples",
            "10",
            "--bound",
            "--svg",
            str(traces / "plots"),
        ]
    )
    shown = json.loads(capsys.readouterr().out)
    assert status == 0
    assert set(shown["sets"]) == {"gsm8k", "last-letters"}
    assert len(shown["floors"]) == 4
    assert [bound["average"] for bound in shown["bounds"]["gsm8k"]] == list(votes.AVERAGES)
    plot = (traces / "plots" / "votes-gsm8k.svg").read_text(encoding="utf-8")
    assert plot.startswith("<svg")
    assert "horizon 0.95" in plot


def test_missing_traces_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RHEOSTAT_TRACES", str(tmp_path / "nowhere"))
    assert main(["votes"]) == 2
    assert "set RHEOSTAT_TRACES" in capsys.readouterr().err
    assert main(["votes", "--orders", "0"]) == 2


def test_certificates_are_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["certificate", "--json", "--runs", "60", "--cap", "80"])
    rows = {(row["scenario"], row["distribution"], row["alpha"]): row for row in json.loads(capsys.readouterr().out)}
    assert status == 0
    assert len(rows) == 6 * 3 + 5 + 6
    assert rows[certificate.BETA, ".501 .499", 0.05]["wrong"] > 0.1
    arrival = rows["short answers are wrong; by arrival", ".55 .45", 0.1]
    assert (arrival["wrong"], arrival["most"]) == (1.0, None)
    assert rows["cut for low confidence, and said", ".55 .45", 0.1]["wrong"] <= 0.1
    assert main(["certificate", "--cap", "0"]) == 2


def test_a_broken_bound_is_seen() -> None:
    assert not certificate.Row("s", "d", 0.1, 100, wrong=0.3, most=0.19, certified=1.0, samples=9.0).holds
