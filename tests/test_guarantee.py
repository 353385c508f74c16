"""Guarantees from Python: agreement with the definitions, refusals, and what is wrong with a log."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from rheostat import guarantee


def binomial_tail(n: int, k: int, p: float) -> float:
    """P(Bin(n, p) ≤ k), term by term."""
    return math.fsum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=300),
    st.sampled_from([0.05, 0.1, 0.3]),
    st.sampled_from([0.8, 0.9, 0.95]),
)
def test_the_binomial_walk_is_its_definition(rows: list[tuple[bool, ...]], max_loss: float, confidence: float) -> None:
    losses = np.array(rows, dtype=float)
    wanted = None
    for candidate in range(3):
        if binomial_tail(len(rows), int(losses[:, candidate].sum()), max_loss) > 1 - confidence:
            break
        wanted = candidate
    verdict = guarantee.certify(losses, max_loss=max_loss, confidence=confidence, method="binomial")
    assert verdict.candidate == wanted
    assert verdict.certified == bool(verdict) == (wanted is not None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=2), min_size=1, max_size=200), st.sampled_from([0.05, 0.2]))
def test_risk_control_is_its_definition(rows: list[list[float]], max_loss: float) -> None:
    worst = np.maximum.accumulate(np.array(rows), axis=1)
    bounds = (worst.sum(axis=0) + 1) / (len(rows) + 1)
    wanted = None
    for candidate, bound in enumerate(bounds):
        if bound > max_loss + 1e-12:
            break
        wanted = candidate
    assert guarantee.control_risk(rows, max_loss=max_loss).candidate == wanted


def test_groups_count_once() -> None:
    # Forty users, each with ten rows that are alike: forty units, not four hundred.
    losses = np.zeros((400, 1))
    users = [f"user {i // 10}" for i in range(400)]
    assert guarantee.certify(losses, max_loss=0.05, method="binomial")
    verdict = guarantee.certify(losses, max_loss=0.05, method="binomial", groups=users)
    assert not verdict
    assert verdict.reason.startswith("40 units prove nothing: 59 would")
    assert guarantee.certify(losses, max_loss=0.1, groups=np.arange(400) // 10, method="binomial").units == 40


def test_signed_losses_have_bounds_of_their_own() -> None:
    losses = np.zeros((1_000, 1))
    losses[::100], losses[50::100] = 1.0, -1.0
    with pytest.raises(rh.errors.InvalidValueError, match=r"row 50, candidate 0 must be .*, got -1"):
        guarantee.certify(losses, max_loss=0.02)
    assert guarantee.certify(losses, max_loss=0.02, bounds=(-1, 1), method="betting").mean_loss == 0.0


def test_gains_make_up_for_losses_in_a_paired_test() -> None:
    losses = np.zeros((1_000, 1))
    losses[:16] = 1.0
    assert not guarantee.certify(losses, max_loss=0.02, bounds=(-1, 1), method="paired")
    losses[16:26] = -1.0
    rows = losses[np.random.default_rng(1).permutation(1_000)]
    assert guarantee.certify(rows, max_loss=0.02, bounds=(-1, 1), method="paired")
    assert not guarantee.certify(rows, max_loss=0.02, bounds=(-1, 1))
    with pytest.raises(rh.errors.InvalidValueError, match=r"bounds must be from 0, or .* for the paired test"):
        guarantee.certify(losses, max_loss=0.02, bounds=(-1, 2), method="paired")


def test_labels_are_stated_beforehand() -> None:
    assert guarantee.labels_needed(0.05) == 59
    assert guarantee.labels_needed(0.02, loss=0.01, differ=0.05) > 2 * guarantee.labels_needed(0.02, loss=0.005, differ=0.05)
    for bad in ({"loss": 0.02}, {"differ": 0.5, "loss": -0.6}, {"power": 0.0}, {"confidence": 1.0}):
        with pytest.raises(rh.errors.InvalidValueError, match=next(iter(bad))):
            guarantee.labels_needed(0.02, **bad)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"losses": [[math.nan]]}, "row 0, candidate 0 must be .*, got NaN"),
        ({"losses": [[0.0], [2.0]]}, "row 1, candidate 0 must be .*, got 2"),
        ({"losses": [[0.5]] * 30, "method": "binomial"}, "0.5"),
        ({"max_loss": 0.0}, "max_loss must be .*, got 0"),
        ({"confidence": 1.0}, "confidence must be .*, got 1"),
        ({"bounds": (1.0, 0.0)}, "range"),
        ({"groups": ["a"]}, "groups must be .*, got 1"),
        ({"method": "student"}, "known: binomial, hoeffding_bentkus, betting, paired"),
        ({"walk": "random"}, "known: fixed_sequence, bonferroni"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    given_: dict[str, Any] = {"losses": [[0.0]] * 30, "max_loss": 0.1}
    with pytest.raises(rh.RheostatError, match=message):
        guarantee.certify(**(given_ | change))


def test_wrong_types_are_named() -> None:
    for bad in (3, "x", [0.0, 0.0], [[0.0], [0.0, 0.0]], None):
        with pytest.raises(rh.errors.InvalidTypeError, match="losses"):
            guarantee.certify(bad, max_loss=0.1)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidTypeError, match=r"groups\[0\]"):
        guarantee.certify([[0.0]], max_loss=0.1, groups=[1.5])  # type: ignore[list-item]


def test_a_watch_certifies_withdraws_and_counts_groups_once() -> None:
    watch = guarantee.Watch(2, max_loss=0.1)
    for i in range(200):
        watch.update([0.0, float(i % 4 == 0)], group=i)
    assert (watch.certified, watch.violated, watch.units) == (0, 1, 200)
    assert not watch.update([1.0, 1.0], group=5)
    assert watch.repeated == 1
    for _ in range(100):
        watch.update(np.ones(2))
    assert (watch.certified, watch.violated) == (None, 0)
    with pytest.raises(rh.errors.InvalidValueError, match=r"losses\[1\] must be .*, got NaN"):
        watch.update([0.0, math.nan])


LADDER = rh.Ladder([rh.Rung("fast", model="small"), rh.Rung("deep", model="large")], start_max="fast")


def log(count: int, seed: int = 0) -> tuple[list[str], dict[str, list[float]]]:
    """Half of the queries are sums, which both rungs get right, and half lemmas, which only the higher one does."""
    rng = np.random.default_rng(seed)
    lemma = rng.random(count) < 0.5
    texts = [f"prove the lemma about graph {i}" if hard else f"sum the invoice of order {i}" for i, hard in enumerate(lemma)]
    return texts, {"fast": (~lemma).astype(float).tolist(), "deep": (rng.random(count) < 0.98).astype(float).tolist()}


def test_a_guaranteed_policy_certifies_on_a_log_and_keeps_its_promise() -> None:
    texts, outcomes = log(400, seed=1)
    fitted = rh.fit(texts, outcomes, LADDER)
    texts, outcomes = log(1_500, seed=2)
    policy = rh.policy.Guaranteed(max_loss=0.03).calibrate(texts, outcomes, LADDER, estimator=fitted)
    assert policy.certified, policy.reason
    governor = rh.Governor(LADDER, policy=policy, estimator=fitted)
    easy, hard = governor.plan("sum the invoice of order 77"), governor.plan("prove the lemma about graph 78")
    assert (easy.rung.name, hard.rung.name) == ("fast", "deep"), "a guarantee may exceed start_max"
    assert "guaranteed policy" in " ".join(hard.reasons)
    texts, outcomes = log(1_000, seed=3)
    lost = [outcomes["deep"][i] - outcomes[governor.plan(text).rung.name][i] for i, text in enumerate(texts)]
    assert np.mean(lost) <= 0.03
    # What was certified for one estimator does not hold for another.
    other = rh.Governor(LADDER, policy=policy).plan("sum the invoice of order 77")
    assert other.rung.name == "deep"
    assert "calibrate again" in " ".join(other.reasons)


def test_a_guaranteed_policy_refuses_and_stays_on_top() -> None:
    policy = rh.policy.Guaranteed(max_loss=0.01)
    assert rh.Governor(LADDER, policy=policy).plan("sum 2 and 2").rung.name == "deep"
    few = policy.calibrate(*log(50), LADDER)
    assert not few.certified
    assert few.threshold is None
    assert "the top rung stays" in few.reason
    with pytest.raises(rh.errors.InvalidValueError, match=r'outcomes\["deep"\] must be .*, got none'):
        policy.calibrate(["a"], {"fast": [1.0]}, LADDER)
    for bad in ({"max_loss": 0.0}, {"max_loss": 1.0}, {"confidence": 0.0}):
        with pytest.raises(rh.errors.InvalidValueError):
            rh.policy.Guaranteed(**bad)


def test_a_small_log_offers_what_it_allows() -> None:
    texts, outcomes = log(400, seed=1)
    fitted = rh.fit(texts, outcomes, LADDER)
    texts, outcomes = log(150, seed=2)
    policy = rh.policy.Guaranteed(max_loss=0.005).calibrate(texts, outcomes, LADDER, estimator=fitted)
    assert not policy.certified
    offer = policy.offers[0]
    assert offer.max_loss > 0.005
    assert offer.saved > 0.3
    assert policy.labels_needed is not None
    assert policy.labels_needed > 150
    accepted = policy.accept(offer.max_loss)
    assert (accepted.certified, accepted.saved, accepted.threshold) == (True, offer.saved, offer.threshold)
    governor = rh.Governor(LADDER, policy=accepted, estimator=fitted)
    assert governor.plan("sum the invoice of order 77").rung.name == "fast"
    with pytest.raises(rh.errors.InvalidValueError, match=r"max_loss must be the loss of an offer: "):
        policy.accept(0.123)
    with pytest.raises(rh.errors.InvalidValueError, match="and there is none"):
        accepted.accept(0.1)


def test_a_watch_outlives_its_process(tmp_path: Path) -> None:
    watch = guarantee.Watch(2, max_loss=0.1)
    for i in range(40):
        watch.update([0.0, float(i % 4 == 0)], group=i)
    watch.save(tmp_path / "watch.rheo")
    again = guarantee.Watch.load(tmp_path / "watch.rheo")
    assert again.to_bytes() == guarantee.Watch.from_bytes(watch.to_bytes()).to_bytes()
    assert again.update([0.0, 0.0], group=7) is False
    for i in range(40, 200):
        for one in (watch, again):
            one.update([0.0, float(i % 4 == 0)], group=i)
    assert (again.certified, again.violated, again.units, again.repeated) == (0, 1, 200, 1)
    assert (watch.certified, watch.violated, watch.units) == (0, 1, 200)
    with pytest.raises(rh.errors.ArtifactError, match="truncated"):
        guarantee.Watch.from_bytes(watch.to_bytes()[:-1])


def test_sums_of_parts_of_a_log_are_the_sums_of_the_log() -> None:
    def add(sums: rh.guarantee.OffPolicySums, numbers: range) -> None:
        for i in numbers:
            chances = {"predicted_logged": 0.5, "predicted_new": 0.75}
            sums.add(same=i % 3 == 0, propensity=0.25, score=float(i % 2), **chances, group=f"session {i // 4}")

    whole, part, other = (rh.guarantee.OffPolicySums() for _ in range(3))
    add(whole, range(400))
    add(part, range(150))
    add(other, range(150, 400))
    part.merge(rh.guarantee.OffPolicySums.from_sums(other.to_sums()))
    assert part.to_sums() == whole.to_sums()
    assert (part.graded, part.tried, part.missing) == (400, 134, None)
    assert part.score_new is not None
    assert part.change is not None
    assert part.change == pytest.approx(part.score_new[0] - part.score_logged)
    assert part.low == pytest.approx(2 * part.change - (part.high or 0.0))
    part.merge(part)
    assert part.graded == 800


def test_sums_refuse_what_is_no_sum() -> None:
    row: dict[str, Any] = {"same": True, "propensity": 0.5, "score": 1.0, "predicted_logged": 0.5, "predicted_new": 0.5}
    sums = rh.guarantee.OffPolicySums()
    for name, bad in [("propensity", 0.0), ("score", 2.0), ("predicted_logged", float("nan")), ("predicted_new", -1)]:
        with pytest.raises(rh.errors.InvalidValueError, match=name):
            sums.add(**row | {name: bad})
    with pytest.raises(rh.errors.InvalidValueError, match="sums"):
        rh.guarantee.OffPolicySums.from_sums([1.0])
    assert sums.graded == 0
