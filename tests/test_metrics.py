"""The measures against naive ones, and their bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rheostat as rh
from rheostat.evaluate import aiq, apgr, auc, brier, calibration_error, cpt, interval, zero_router

rows = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), min_size=2, max_size=6
)


def naive_apgr(score: list[int], weak: list[float], strong: list[float]) -> float:
    """The mean, over every order that breaks ties differently, of the area under the recovered gap."""
    gap = sum(strong) - sum(weak)
    areas = []
    for order in itertools.permutations(range(len(score))):
        if any(score[a] < score[b] for a, b in itertools.pairwise(order)):
            continue
        recovered = [0.0]
        for i in order:
            recovered.append(recovered[-1] + (strong[i] - weak[i]) / gap)
        areas.append(sum((a + b) / 2 for a, b in itertools.pairwise(recovered)) / len(order))
    return sum(areas) / len(areas)


@given(rows)
def test_apgr_is_the_mean_over_orders_of_ties(table: list[tuple[int, float, float]]) -> None:
    score, weak, strong = (list(column) for column in zip(*table, strict=True))
    if sum(strong) <= sum(weak):
        with pytest.raises(rh.errors.InvalidValueError):
            apgr(score, weak, strong)
        return
    assert apgr(score, weak, strong) == pytest.approx(naive_apgr(score, weak, strong))


def test_apgr_of_the_best_order_the_worst_and_a_constant() -> None:
    weak, strong = np.array([0.0, 0.0, 1.0, 1.0]), np.ones(4)
    assert apgr(strong - weak, weak, strong) == pytest.approx(0.75)
    assert apgr(weak - strong, weak, strong) == pytest.approx(0.25)
    assert apgr(np.zeros(4), weak, strong) == pytest.approx(0.5)
    assert apgr(strong - weak, weak, strong, bins=4) == pytest.approx(0.75)


def test_cpt_is_read_off_the_curve() -> None:
    weak, strong = [0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]
    assert cpt([3, 2, 1, 0], weak, strong, share=0.25) == pytest.approx(0.125)
    assert cpt([3, 2, 1, 0], weak, strong, share=1.0) == pytest.approx(0.5)
    with pytest.raises(rh.errors.InvalidValueError, match="share"):
        cpt([1, 0, 0, 0], weak, strong, share=0.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=20))
def test_auc_counts_pairs(table: list[tuple[int, bool]]) -> None:
    positive = [score for score, label in table if label]
    negative = [score for score, label in table if not label]
    score, label = zip(*table, strict=True)
    if not positive or not negative:
        with pytest.raises(rh.errors.InvalidValueError, match="of both kinds"):
            auc(score, label)
        return
    pairs = [(a > b) + 0.5 * (a == b) for a in positive for b in negative]
    assert auc(score, label) == pytest.approx(sum(pairs) / len(pairs))


def test_a_constant_is_calibrated_and_has_the_variance_as_its_brier_score() -> None:
    outcome = np.array([0.0, 1.0, 1.0, 0.0])
    assert calibration_error(np.full(4, 0.5), outcome, bins=1) == 0.0
    assert brier(np.full(4, 0.5), outcome) == pytest.approx(outcome.var())


def test_bad_input_names_what_is_wrong() -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="shapes"):
        apgr([1.0, 2.0], [0.0], [1.0])
    with pytest.raises(rh.errors.InvalidValueError, match="finite"):
        brier([float("nan")], [1.0])
    with pytest.raises(rh.errors.InvalidValueError, match="shapes"):
        auc([], [])


def test_the_interval_holds_the_mean_of_rows() -> None:
    x = np.arange(100.0)
    low, high = interval(lambda column: float(np.mean(column)), x, draws=300)
    assert 40.0 < low < x.mean() < high < 60.0


def test_the_zero_router_is_a_concave_rising_hull() -> None:
    hull = zero_router([1.0, 2.0, 2.0, 3.0, 4.0], [0.5, 0.9, 0.2, 0.85, 0.95])
    assert hull == [(1.0, 0.5), (2.0, 0.9), (4.0, 0.95)]
    assert aiq([0.0, 1.0], [1.0, 1.0], least=0.0, most=4.0) == pytest.approx(1.0)
    with pytest.raises(rh.errors.InvalidValueError, match="above least"):
        aiq([1.0], [1.0], least=2.0, most=2.0)
