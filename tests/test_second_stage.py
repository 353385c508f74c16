"""The second stage: when it is asked, and what becomes of a plan."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rheostat as rh
from rheostat.second_stage import Opinion, SecondStage, measure_spread

ASK = "Which of these two proofs is wrong, and where does the mistake begin?"


def governor(usd_per_error: float = 0.05) -> rh.Governor:
    """Two rungs: at a few cents an error, which of them is better hangs on the difficulty."""
    ladder = rh.Ladder(
        [rh.Rung("fast", output_price=0.4, ability=0.5), rh.Rung("deep", output_price=20.0, ability=0.9)], start_max="deep"
    )
    return rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=usd_per_error), seed=7)


# Decisions.


def test_an_opinion_that_is_worth_its_price_is_planned_with() -> None:
    for difficulty, rung in ((0.02, "fast"), (0.6, "deep")):
        seen: list[tuple[rh.Plan, Opinion]] = []

        def watch(plan: rh.Plan, opinion: Opinion, seen: list[tuple[rh.Plan, Opinion]] = seen) -> None:
            seen.append((plan, opinion))

        with SecondStage(lambda _, d=difficulty: d, spread=1.5, deadline=60.0, watch=watch) as second:  # type: ignore[misc]
            plan = second.plan(governor(), ASK)
            awaited = asyncio.run(second.aplan(governor(), ASK))
        assert plan.rung.name == awaited.rung.name == rung
        assert plan.estimate.difficulty == difficulty
        assert any("second stage" in reason for reason in plan.reasons)
        assert second.counts["used"] == 2
        assert sum(second.counts.values()) == 2
        (first, opinion), _ = seen
        assert first.id == plan.id
        assert opinion.reason == "used"
        assert opinion.difficulty == difficulty
        assert opinion.worth is not None
        assert opinion.worth > 0.0


def test_the_price_and_the_doubt_decide_whether_it_is_asked() -> None:
    def never(text: str) -> float:
        raise AssertionError("asked")

    worth = governor().information(ASK, spread=1.5).usd
    assert worth is not None
    assert worth > 0.0
    cases: list[tuple[dict[str, Any], float, dict[str, Any]]] = [
        ({"usd_per_call": worth * 1.01}, 0.05, {}),
        ({"seconds": 0.5, "usd_per_second": worth * 2.02}, 0.05, {}),
        ({}, 0.0, {}),  # errors cost nothing: the lowest rung, whatever is said
        ({}, 0.05, {"rung": "deep"}),  # the caller has chosen
    ]
    for prices, usd_per_error, options in cases:
        with SecondStage(never, spread=1.5, deadline=60.0, **prices) as second:
            plan = second.plan(governor(usd_per_error), ASK, **options)
            assert asyncio.run(second.aplan(governor(usd_per_error), ASK, **options)).rung.name == plan.rung.name
            assert second.counts["not_worth_it"] == 2
            assert plan.rung.name == governor(usd_per_error).plan(ASK, **options).rung.name
    with SecondStage(lambda _: 0.5, spread=1.5, usd_per_call=worth * 0.99, deadline=60.0) as second:
        second.plan(governor(), ASK)
        assert second.counts["used"] == 1


def test_a_policy_without_a_price_of_errors_is_never_asked_for() -> None:
    ladder = governor().ladder
    for policy in (rh.policy.Threshold([0.5]), rh.policy.Guaranteed()):
        plain = rh.Governor(ladder, policy=policy)
        assert plain.information(ASK, spread=1.0).usd is None
        with SecondStage(lambda _: 0.5, spread=1.0) as second:
            assert second.plan(plain, ASK).rung.name == plain.plan(ASK).rung.name
            assert second.counts["unpriced"] == 1
    promised = rh.Governor(ladder, policy=rh.policy.Guaranteed())
    with pytest.raises(rh.errors.InvalidValueError, match="certified"):
        promised.plan(ASK, difficulty=0.5)


@given(st.floats(0.0, 2.0), st.floats(0.0, 4.0), st.text(max_size=200))
def test_the_worth_is_bounded_and_never_negative(usd_per_error: float, spread: float, text: str) -> None:
    worth = governor(usd_per_error).information(text, spread=spread).usd
    assert worth is not None
    assert 0.0 <= worth <= usd_per_error + 1.0
    assert governor(usd_per_error).information(ASK, spread=0.0).usd == 0.0


def test_where_coverage_is_low_an_opinion_is_what_the_policy_goes_by() -> None:
    unlike_anything = "qzxvk wjqhz xkcdq zzqpw vvkqx"
    one = governor()
    assert "coverage" in one.plan(unlike_anything).reasons[0]
    with SecondStage(lambda _: 0.6, spread=1.0, deadline=60.0) as second:
        plan = second.plan(one, unlike_anything)
    assert plan.rung.name == "deep"
    assert not any("coverage" in reason for reason in plan.reasons)


def test_asking_what_it_is_worth_leaves_a_session_as_it_was() -> None:
    one = governor()
    assert one.information(ASK, spread=1.0, session="s").usd is not None
    assert one.sessions[0] == 0
    with SecondStage(lambda _: 0.5, spread=1.5, deadline=60.0) as second:
        second.plan(one, ASK, session="s")
    assert one.sessions[0] == 1


# Messages and bodies; policies without a price; chances of rungs.

CHAT = [
    {"role": "system", "content": "Answer in French."},
    {"role": "user", "content": "What is two plus two?"},
    {"role": "assistant", "content": "Quatre."},
    {"role": "user", "content": ASK},
]


@pytest.mark.parametrize("query", [{"messages": CHAT}, {"body": json.dumps({"model": "m", "messages": CHAT}).encode()}])
def test_of_messages_and_bodies_the_newest_ask_is_scored(query: dict[str, Any]) -> None:
    texts = []

    def scorer(text: str) -> float:
        texts.append(text)
        return 0.6

    with SecondStage(scorer, spread=1.5, deadline=60.0) as second:
        plan = second.plan(governor(), **query, session="s")
        awaited = asyncio.run(second.aplan(governor(), **query))
    assert texts == [ASK, ASK]
    assert plan.rung.name == awaited.rung.name == "deep"
    assert plan.structure["messages"] == 4
    assert plan.id.split("-")[0] == governor().plan(**query, session="s", difficulty=0.6).id.split("-")[0]
    known = governor().information(**query, spread=1.5)
    assert known.ask == ASK
    assert known.usd is not None
    assert known.usd > 0.0
    with SecondStage(scorer, spread=1.5) as second, pytest.raises(rh.errors.InvalidValueError, match="exactly one"):
        second.plan(governor(), ASK, **query)
    with SecondStage(scorer, spread=1.5) as second, pytest.raises(rh.errors.InvalidValueError, match="exactly one"):
        second.plan(governor())


def test_a_policy_without_a_price_asks_where_the_rung_may_change() -> None:
    ladder = governor().ladder
    difficulty = governor().plan(ASK).estimate.difficulty
    close, far = (rh.Governor(ladder, policy=rh.policy.Threshold([at])) for at in (difficulty + 0.01, 0.99))
    near = close.information(ASK, spread=1.0)
    assert near.usd is None
    assert near.change is not None
    # Half of a symmetric deviation lies above a threshold that is all but reached.
    assert 0.4 < near.change < 0.5
    assert (far.information(ASK, spread=1.0).change or 0.0) < 1e-3
    promised = rh.Governor(ladder, policy=rh.policy.Guaranteed())
    with SecondStage(lambda _: 0.9, spread=1.0, change=0.2, deadline=60.0) as second:
        assert second.plan(close, ASK).rung.name == "deep"
        assert second.plan(far, ASK).rung.name == "fast"
        assert second.plan(promised, ASK).rung.name == promised.plan(ASK).rung.name
        assert (second.counts["used"], second.counts["not_worth_it"], second.counts["unpriced"]) == (1, 1, 1)
    for change in (0.0, 1.1, -1.0, math.nan):
        with pytest.raises(rh.errors.InvalidValueError, match="change"):
            SecondStage(lambda _: 0.5, spread=1.0, change=change)


def test_chances_of_rungs_are_planned_with() -> None:
    one = governor()
    for chances, rung in (
        ({"fast": 0.9, "deep": 0.91}, "fast"),
        ({"fast": 0.05, "deep": 0.95}, "deep"),
        ({"fast": 0.95}, "fast"),
    ):
        seen: list[Opinion] = []

        def watch(_: rh.Plan, opinion: Opinion, seen: list[Opinion] = seen) -> None:
            seen.append(opinion)

        with SecondStage(lambda _, c=chances: c, spread=1.5, deadline=60.0, watch=watch) as second:  # type: ignore[misc]
            plan = second.plan(one, ASK)
        assert (plan.rung.name, second.counts["used"]) == (rung, 1)
        assert plan.p_correct == chances[rung]
        assert seen[0].p_correct == chances
        assert seen[0].difficulty is None
        assert any(f'P(correct) of "{rung}" at {chances[rung]:.2f}' in reason for reason in plan.reasons)
        # The estimate stays the first stage's.
        assert plan.estimate.difficulty == governor().plan(ASK).estimate.difficulty
        again = one.plan(ASK, p_correct=chances)
        assert again.id.split("-")[0] == plan.id.split("-")[0]
    assert one.plan(ASK, p_correct={"fast": 0.9}).id.split("-")[0] != one.plan(ASK, p_correct={"fast": 0.8}).id.split("-")[0]
    # Where coverage is low the policy goes by them, too.
    assert one.plan("qzxvk wjqhz xkcdq zzqpw vvkqx", p_correct={"fast": 0.1, "deep": 0.99}).rung.name == "deep"


@pytest.mark.parametrize("said", [{}, {"fast": 1.1}, {"fast": math.nan}, {"fats": 0.5}, {"fast": "0.5"}, {1: 0.5}])
def test_what_are_no_chances_leaves_the_first_plan(said: Any) -> None:
    with SecondStage(lambda _: said, spread=1.5, deadline=60.0) as second:
        assert second.plan(governor(), ASK).p_correct == governor().plan(ASK).p_correct
        assert second.counts["failed"] == 1


def test_chances_are_checked_by_the_governor() -> None:
    for chances, error, text in (
        ({"fats": 0.5}, rh.errors.UnknownNameError, "fats"),
        ({"fast": 1.5}, rh.errors.InvalidValueError, "p_correct"),
        ({"fast": math.nan}, rh.errors.InvalidValueError, "p_correct"),
    ):
        with pytest.raises(error, match=text):
            governor().plan(ASK, p_correct=chances)
    promised = rh.Governor(governor().ladder, policy=rh.policy.Guaranteed())
    with pytest.raises(rh.errors.InvalidValueError, match="certified"):
        promised.plan(ASK, p_correct={"fast": 0.5})


def test_the_spread_of_chances_is_that_of_the_definition() -> None:
    ladder = governor().ladder
    texts = [ASK, "What is the capital of France?"]
    assert measure_spread(lambda _: {"fast": 0.5}, texts, ladder=ladder) > 0.0

    def moved(text: str) -> dict[str, float]:
        chance = rh.Governor(ladder).plan(text).p_correct if rh.Governor(ladder).plan(text).rung.name == "fast" else 0.5
        logit = math.log(chance / (1.0 - chance)) + 0.7
        return {"fast": 1.0 / (1.0 + math.exp(-logit))}

    if all(rh.Governor(ladder).plan(text).rung.name == "fast" for text in texts):
        assert measure_spread(moved, texts, ladder=ladder) == pytest.approx(0.7)
    with pytest.raises(rh.errors.InvalidValueError, match="ladder"):
        measure_spread(lambda _: {"fast": 0.5}, texts)
    with pytest.raises(rh.errors.UnknownNameError, match="fats"):
        measure_spread(lambda _: {"fats": 0.5}, texts, ladder=ladder)


def test_the_spread_is_that_of_the_definition() -> None:
    texts = [ASK, "What is the capital of France?", "Write a poem."]
    known = np.array([rh.Estimator().estimate(text).difficulty for text in texts])
    moved = np.log(0.25 / 0.75) - np.log(known / (1.0 - known))
    assert measure_spread(lambda _: 0.25, texts) == pytest.approx(float(np.sqrt(np.mean(moved**2))))
    with pytest.raises(rh.errors.InvalidValueError, match="at least 2"):
        measure_spread(lambda _: 0.25, texts[:1])
    with pytest.raises(rh.errors.InvalidValueError, match="outside"):
        measure_spread(lambda _: math.nan, texts)
