"""The measured nouns for pytest-benchmark, to compare two commits: `pytest benches/test_benches.py`.

Not part of the normal test run. Iterations are fixed: calibration would time calls of 100 ns one by one.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_benchmark")
rh = pytest.importorskip("rheostat")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benches.speed.decide import governor
from benches.speed.prompts import bodies, prompts
from benches.speed.stream import VOCABULARY, WINDOW, top_logprobs
from benches.speed.vote import CAP, close_votes

np = pytest.importorskip("numpy")


def _pedantic(benchmark: Any, call: Callable[[Any], object], arguments: list[Any], iterations: int, rounds: int = 100) -> None:
    """Time `call` on `arguments` in rotation."""
    rotation = itertools.cycle(arguments)
    benchmark.pedantic(lambda: call(next(rotation)), iterations=iterations, rounds=rounds, warmup_rounds=2)


@pytest.mark.parametrize("script", ["latin", "cjk"])
@pytest.mark.parametrize(("size", "iterations"), [(58, 5_000), (477, 2_000), (2_000, 500), (32_000, 50), (131_072, 50)])
def test_plan_text(benchmark: Any, size: int, iterations: int, script: str) -> None:
    texts = [raw.decode() for raw in prompts(script, size, 10_000 if size <= 2_000 else 500)]
    _pedantic(benchmark, governor().plan, texts, iterations)


def test_plan_body(benchmark: Any) -> None:
    plan = governor().plan
    _pedantic(benchmark, lambda raw: plan(body=raw), bodies(8_192, 2_000), 200)


def test_plan_batch(benchmark: Any) -> None:
    _pedantic(benchmark, governor().plan_batch, [[raw.decode() for raw in prompts("latin", 477, 10_000)]], 1, 20)


def test_confidence_update(benchmark: Any) -> None:
    _pedantic(benchmark, rh.Confidence(window=WINDOW).update, top_logprobs(16_384).tolist(), 5_000)


def test_confidence_update_batch(benchmark: Any) -> None:
    _pedantic(benchmark, rh.Confidence(window=WINDOW).update_batch, [top_logprobs(16_384)], 5)


def test_logit_stats(benchmark: Any) -> None:
    rows = np.random.default_rng(2).normal(0.0, 2.5, (64, VOCABULARY)).astype(np.float32)
    _pedantic(benchmark, rh.logit_stats, list(rows), 64, 20)


def test_vote_add(benchmark: Any) -> None:
    def add_all(answers: list[str]) -> None:
        vote = rh.Vote(rule="beta", confidence=0.95, cap=CAP)
        for answer in answers:
            vote.add(answer)

    _pedantic(benchmark, add_all, close_votes(2_000), 500)
