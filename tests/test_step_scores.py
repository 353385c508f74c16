"""The reader of process reward models' replies."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat.signals import read_step_scores

POOLING = {
    "id": "pool-1",
    "object": "list",
    "data": [
        {"index": 1, "object": "pooling", "data": [[0.5, 0.5]]},
        {"index": 0, "object": "pooling", "data": [[0.02, 0.98], [0.6, 0.4]]},
    ],
    "usage": {"prompt_tokens": 40},
}


@pytest.mark.parametrize(
    ("reply", "item", "scores"),
    [
        (POOLING, 0, [0.98, 0.4]),
        (POOLING, 1, [0.5]),
        ({"data": [{"data": [0.9, 0.1]}]}, 0, [0.9, 0.1]),
        (SimpleNamespace(outputs=SimpleNamespace(data=np.array([[0.25, 0.75]], dtype=np.float64))), 0, [0.75]),
        (
            [SimpleNamespace(outputs=SimpleNamespace(data=[[0.3]])), SimpleNamespace(outputs=SimpleNamespace(data=[[0.7]]))],
            1,
            [0.7],
        ),
        (np.array([0.5, 0.25]), 0, [0.5, 0.25]),
        ([[0.0, 3.0]], 0, [1 / (1 + math.exp(-3))]),
        ([-2.0, 0.5], 0, [1 / (1 + math.exp(2)), 1 / (1 + math.exp(-0.5))]),
        ([], 0, []),
    ],
)
def test_each_shape_is_read(reply: Any, item: int, scores: list[float]) -> None:
    assert read_step_scores(reply, item=item) == pytest.approx(scores)


def test_numbers_that_cannot_be_are_nan() -> None:
    found = read_step_scores([0.5, math.inf, None, 10**400])
    assert found[0] == 0.5
    assert all(math.isnan(score) for score in found[1:])


@pytest.mark.parametrize(
    ("reply", "item", "error", "words"),
    [
        ("0.5", 0, TypeError, "reply"),
        ({"data": "x"}, 0, TypeError, "reply"),
        ([[0.1, 0.2, 0.7]], 0, TypeError, "one number or of two"),
        ([[0.1], [0.2, 0.8]], 0, TypeError, "one number or of two"),
        ([True], 0, TypeError, "a number"),
        (POOLING, 2, ValueError, "item must be below the 2 texts"),
        ([0.5], 1, ValueError, "item must be 0"),
    ],
)
def test_other_shapes_are_refused(reply: Any, item: int, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_step_scores(reply, item=item)


@given(st.lists(st.lists(st.floats(), min_size=2, max_size=2), max_size=20))
def test_scores_are_in_bounds_or_not_numbers(rows: list[list[float]]) -> None:
    for score in read_step_scores(rows):
        assert math.isnan(score) or 0.0 <= score <= 1.0
