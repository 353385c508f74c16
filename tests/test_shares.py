"""Shares of the queries, in Python: what a governor without a policy does, and what the policy saves, says and refuses."""

from __future__ import annotations

import copy
import pickle
import threading
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat.policy import Shares

RUNGS = [rh.Rung("fast", output_price=0.4), rh.Rung("think", output_price=2.0), rh.Rung("deep", output_price=10.0)]

WRONG: Any = "half"


def prompts(count: int) -> list[str]:
    """Prompts of rising difficulty, in an order without a pattern."""
    forms = (
        "What is the capital of country {i}?",
        "A train leaves at 9:{i} and travels {i} km at 72 km/h. When does it arrive?",
        "Prove that there are infinitely many primes congruent to {i} mod 4, and derive a lower bound.",
    )
    return [forms[(i * 7 + i // 5) % 3].format(i=i) for i in range(count)]


def test_a_governor_without_a_policy_keeps_the_usual_shares() -> None:
    for start_max, wanted in ((None, [0.70, 0.30, 0.0]), ("deep", [0.70, 0.25, 0.05])):
        governor = rh.Governor(rh.Ladder(RUNGS, start_max=start_max))
        counts = Counter(governor.plan(prompt).rung.name for prompt in prompts(1_500))
        got = [counts[rung.name] / 1_500 for rung in RUNGS]
        assert np.abs(np.subtract(got, wanted)).max() <= 0.02, got


def test_hard_queries_go_up_from_the_first_one_on() -> None:
    governor = rh.Governor(rh.Ladder(RUNGS))
    assert governor.plan("What is the capital of France?").rung.name == "fast"
    plan = governor.plan("Prove that there are infinitely many primes congruent to 3 mod 4.")
    assert plan.rung.name == "think"
    assert plan.quantile is not None
    assert f"harder than {int(100 * plan.quantile)} % of this deployment's queries" in plan.reasons[0]
    assert plan.to_dict()["quantile"] == plan.quantile


def test_eight_threads_keep_the_shares() -> None:
    governor = rh.Governor(rh.Ladder(RUNGS), policy=Shares([0.5, 0.3, 0.2]))
    seen: list[str] = []
    queries = prompts(250)

    def work() -> None:
        seen.extend(governor.plan(query).rung.name for query in queries)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(seen)
    for rung, share in zip(RUNGS, [0.5, 0.3, 0.2], strict=True):
        assert abs(counts[rung.name] / 2_000 - share) <= 0.02


def test_a_batch_is_planned_in_turn() -> None:
    policy = [0.6, 0.3, 0.1]
    batch = rh.Governor(rh.Ladder(RUNGS), policy=Shares(policy)).plan_batch(prompts(1_000))
    governor = rh.Governor(rh.Ladder(RUNGS), policy=Shares(policy))
    plans = [governor.plan(prompt) for prompt in prompts(1_000)]
    assert batch.rung.tolist() == [governor.ladder.rungs.index(plan.rung) for plan in plans]
    assert batch.quantile.tolist() == [plan.quantile for plan in plans]
    other = rh.Governor(rh.Ladder(RUNGS), policy=rh.policy.Threshold([0.3, 0.6])).plan_batch(["Why?"])
    assert np.isnan(other.quantile).all()


def test_what_was_learned_travels() -> None:
    shares = Shares([0.7, 0.3])
    governor = rh.Governor(rh.Ladder(RUNGS[:2]), policy=shares)
    for prompt in prompts(600):
        governor.plan(prompt)
    text = prompts(3)[1]
    known = governor.plan(text).quantile
    copies: list[Shares] = [pickle.loads(pickle.dumps(shares)), copy.deepcopy(shares), Shares([0.7, 0.3], state=shares.state())]
    for other in copies:
        assert other == shares
        assert hash(other) == hash(shares)
        assert rh.Governor(rh.Ladder(RUNGS[:2]), policy=other).plan(text).quantile == pytest.approx(known, abs=0.01)
    fresh = Shares([0.7, 0.3])
    fresh.absorb(shares.state())
    assert rh.Governor(rh.Ladder(RUNGS[:2]), policy=fresh).plan(text).quantile == pytest.approx(known, abs=0.01)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Shares([0.5, 0.4]), rh.errors.InvalidValueError, "shares must be a sum of 1, got a sum of 0.9"),
        (lambda: Shares([]), rh.errors.InvalidValueError, "shares must be one for each rung"),
        (lambda: Shares([float("nan"), 1.0]), rh.errors.InvalidValueError, r"shares\[0\] must be between 0 and 1, got NaN"),
        (lambda: Shares([1.5, -0.5]), rh.errors.InvalidValueError, r"shares\[0\]"),
        (lambda: Shares(WRONG), rh.errors.InvalidTypeError, "shares"),
        (lambda: Shares([1.0], usd_per_1000=1.0), rh.errors.InvalidValueError, "one of the two"),
        (lambda: Shares.for_budget(usd_per_1000=0.0), rh.errors.InvalidValueError, "usd_per_1000"),
        (lambda: Shares(hysteresis=0.6), rh.errors.InvalidValueError, "hysteresis"),
        (lambda: Shares(state=WRONG), rh.errors.InvalidTypeError, "state"),
        (lambda: Shares(state=b"x"), rh.errors.ArtifactError, "truncated"),
        (lambda: rh.Governor(rh.Ladder(RUNGS), Shares([0.5, 0.5])), rh.errors.InvalidValueError, "3 rungs, got 2 of them"),
    ],
)
def test_what_is_wrong_is_said(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_budget_is_shares_by_the_rungs_prices() -> None:
    def spent(usd: float) -> float:
        governor = rh.Governor(rh.Ladder(RUNGS, start_max="deep"), policy=Shares.for_budget(usd_per_1000=usd))
        return sum(governor.plan(prompt).expected_usd for prompt in prompts(1_000))

    low, middle, high = (spent(usd) for usd in (0.06, 0.2, 1.0))
    assert low < middle < high


def test_a_switch_is_warned_of_once() -> None:
    governor = rh.Governor(rh.Ladder(RUNGS[:2]), policy=rh.policy.Utility(usd_per_error=1e3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for prompt in prompts(199):
            governor.plan(prompt)
    with pytest.warns(UserWarning, match='200 of the last 200 queries on rung "think".*policy.Shares'):
        governor.plan("What is the capital of France?")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for prompt in prompts(450):
            governor.plan(prompt)
    batch = rh.Governor(rh.Ladder(RUNGS[:2]), policy=rh.policy.Utility(usd_per_error=1e3))
    with pytest.warns(UserWarning, match="200 of the last 200"):
        batch.plan_batch(prompts(500))


def test_a_ladder_of_three_keeps_words_from_the_top() -> None:
    ladder = rh.Ladder(RUNGS)
    assert (ladder.start_max.name, ladder.default.name) == ("think", "think")
    assert pickle.loads(pickle.dumps(ladder)) == ladder
    two = rh.Ladder(RUNGS[:2])
    assert (two.start_max.name, two.default.name) == ("think", "think")
    governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=1e6))
    assert governor.plan("Prove the Riemann hypothesis.").rung.name == "think"
