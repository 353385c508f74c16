"""The bench of evidence, on a task made here."""

from __future__ import annotations

import numpy as np
import pytest

from benches.quality import _evidence, evidence, main

SURE = _evidence.Question(("7",) * 4, (True,) * 4, 1.0)
REPEATED = _evidence.Question(("8",) * 4, (False,) * 4, 1.0)
SPLIT = _evidence.Question(("7", "8", "9", "10"), (True, False, False, False), 1.0)


def test_a_cascade_pays_for_every_stream_that_began() -> None:
    task = _evidence.Task("made", (SURE, REPEATED, SPLIT), cheap_usd=0.001, strong_usd=0.1)
    scores, dollars = evidence.cascade(task, 3, orders=3, seed=1)
    assert scores.tolist() == [1.0, 0.0, 1.0]
    assert np.allclose(dollars, [0.003, 0.003, 0.102])


def test_mixing_saves_what_its_accuracy_allows() -> None:
    task = _evidence.Task("made", (SURE,), cheap_usd=0.01, strong_usd=0.1)
    assert evidence.mixing(task, cheap=0.5, strong=0.9, wanted=0.7) == pytest.approx(45.0)
    assert evidence.mixing(task, cheap=0.5, strong=0.9, wanted=0.95) == 0.0


def test_without_samples_it_says_where_they_were_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RHEOSTAT_TRACES", str(tmp_path))
    assert main(["evidence"]) == 2
    assert "RHEOSTAT_TRACES" in capsys.readouterr().err


def test_the_learned_choice_is_near_the_best_where_one_way_is_clear() -> None:
    task = _evidence.Task("made", (SURE,) * 60 + (SPLIT,) * 60, cheap_usd=0.001, strong_usd=0.1)
    for row in evidence.choices(task, sets=5, seed=1):
        assert row.excess[row.best] == 0.0
        assert row.taken in {"2 probes", "3 probes"}
        assert row.excess["learned"] < row.excess["always strong"]
