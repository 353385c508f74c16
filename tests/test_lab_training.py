"""The training of the lab's models: what is learnt of an example, and runs that repeat. Without JAX the runs are skipped."""

from pathlib import Path
from random import Random

import pytest

from rheostat_lab import Weights
from rheostat_lab.questions import LANGUAGES, make
from training.lab.examples import SHAPES, batches, example, pack, question

TOKENIZER = Weights.find().tokenizer()


def test_the_longest_examples_fit_a_row() -> None:
    rng = Random(1)
    longest = max(
        len(example(rng, TOKENIZER, make(rng, family, level, rng.choice(LANGUAGES)))[0])
        for family, level in (("chain", 8), ("reach", 4), ("story", 4), ("table", 3))
        for _ in range(1500)
    )
    assert SHAPES[0][1] < longest <= SHAPES[-1][1]


def test_what_is_learnt_is_working_and_answer() -> None:
    rng = Random(2)
    for _ in range(500):
        ids, learnt = example(rng, TOKENIZER, question(rng))
        assert len(ids) == len(learnt)
        mode = next(i for i, token in enumerate(ids) if token in TOKENIZER.modes.values())
        assert not any(learnt[: mode + 1])
        assert learnt[-1]
        assert ids[-1] == TOKENIZER.eos
        assert all(token < TOKENIZER.sayable for token, is_learnt in zip(ids, learnt, strict=True) if is_learnt)


def test_packed_rows_hold_each_example_whole_and_apart() -> None:
    rng = Random(3)
    made = [example(rng, TOKENIZER, question(rng)) for _ in range(60)]
    waiting = [e for e in made if len(e[0]) <= 128]
    tokens, segments, positions, learnt = pack(list(waiting), 4, 128)
    found = set()
    for row in range(4):
        for segment in range(1, segments[row].max() + 1):
            at = segments[row] == segment
            assert positions[row, at].tolist() == list(range(at.sum()))
            found.add((tuple(tokens[row, at].tolist()), tuple((learnt[row, at] > 0).tolist())))
        assert not learnt[row, segments[row] == 0].any()
    assert found <= {(tuple(ids), tuple(marks)) for ids, marks in waiting}
    assert len(found) > 4


def test_examples_come_from_the_seed() -> None:
    first, again, other = (next(batches(seed, TOKENIZER)) for seed in (5, 5, 6))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert any((a != b).any() for a, b in zip(first, other, strict=True) if a.shape == b.shape)


def test_a_run_that_was_cut_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("jax", reason="JAX is not installed: training is not tested")
    from training.lab.train import load, train

    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    train("tiny", tmp_path / "whole", steps=8)
    train("tiny", tmp_path / "cut", steps=8, stop=5)
    assert not (tmp_path / "cut" / "tiny.npz").exists()
    train("tiny", tmp_path / "cut", steps=8)
    (whole, facts), (cut, _) = (load(tmp_path / name / "tiny.npz") for name in ("whole", "cut"))
    assert facts["steps"] == 8
    assert whole.keys() == cut.keys()
    assert all(whole["blocks"][name].tobytes() == cut["blocks"][name].tobytes() for name in whole["blocks"])
    assert whole["head"].tobytes() == cut["head"].tobytes()
    assert not list((tmp_path / "cut").glob("*.part.npz"))
