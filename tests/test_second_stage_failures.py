"""Failures of the second stage: a scorer that raises or is late, a full queue, a breaker that opens, a closed stage."""

from __future__ import annotations

import asyncio
import math
import threading
from typing import Any

import pytest

import rheostat as rh
from rheostat.second_stage import REASONS, Breaker, SecondStage
from tests.test_second_stage import ASK, governor


class Clock:
    """A clock that moves only when the test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("said", [math.nan, math.inf, -0.1, 1.1, None, "hard"])
def test_what_is_no_difficulty_leaves_the_first_plan(said: Any) -> None:
    with SecondStage(lambda _: said, spread=1.5, deadline=60.0) as second:
        plan = second.plan(governor(), ASK)
        awaited = asyncio.run(second.aplan(governor(), ASK))
    first = governor().plan(ASK)
    assert plan.rung.name == awaited.rung.name == first.rung.name
    assert plan.estimate.difficulty == first.estimate.difficulty
    assert second.counts["failed"] == 2
    assert second.error


@pytest.mark.parametrize("error", [ValueError, TimeoutError, KeyboardInterrupt, asyncio.TimeoutError])
def test_a_scorer_that_raises_leaves_the_first_plan_and_the_text_stays_out_of_its_error(error: type[BaseException]) -> None:
    def scorer(text: str) -> float:
        raise error(text)

    with SecondStage(scorer, spread=1.5, deadline=60.0) as second:
        assert second.plan(governor(), ASK).rung.name == governor().plan(ASK).rung.name
        assert asyncio.run(second.aplan(governor(), ASK)).rung.name == governor().plan(ASK).rung.name
        assert second.counts["failed"] == 2
        assert second.error is not None
        assert ASK not in second.error


class Held:
    """A scorer that answers when it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def __call__(self, _: str) -> float:
        self.asked.set()
        assert self.go.wait(60.0)
        return 0.5


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_late_opinion_is_not_waited_for(asynchronous: bool) -> None:
    held = Held()
    with SecondStage(held, spread=1.5, deadline=1e-6, clock=Clock()) as second:
        plan = asyncio.run(second.aplan(governor(), ASK)) if asynchronous else second.plan(governor(), ASK)
        assert plan.rung.name == governor().plan(ASK).rung.name
        assert second.counts["late"] == 1
        held.go.set()


def test_a_text_whose_time_is_over_is_left_out() -> None:
    clock, held, texts = Clock(), Held(), []

    def scorer(text: str) -> float:
        texts.append(text)
        return held(text)

    with SecondStage(scorer, spread=1.5, deadline=30.0, clock=clock) as second:
        first = threading.Thread(target=second.plan, args=(governor(), ASK))
        first.start()
        assert held.asked.wait(60.0)
        late = threading.Thread(target=second.plan, args=(governor(), ASK + " again"))
        late.start()
        while second._jobs.empty():
            pass
        clock.now = 31.0
        held.go.set()
        first.join(60.0)
        late.join(60.0)
    assert texts == [ASK]
    assert second.counts["used"] == 1
    assert second.counts["late"] == 1


def test_a_full_queue_is_not_waited_for() -> None:
    held = Held()
    with SecondStage(held, spread=1.5, deadline=60.0, waiting=1) as second:
        threads = [threading.Thread(target=second.plan, args=(governor(), ASK)) for _ in range(2)]
        threads[0].start()
        assert held.asked.wait(60.0)
        threads[1].start()
        while not second._jobs.full():
            pass
        second.plan(governor(), ASK)
        assert second.counts["busy"] == 1
        held.go.set()
        for thread in threads:
            thread.join(60.0)
        assert second.counts["used"] == 2


def test_a_host_that_gives_up_is_no_failure_of_the_scorer() -> None:
    held = Held()

    async def give_up(second: SecondStage) -> None:
        task = asyncio.create_task(second.aplan(governor(), ASK))
        await asyncio.get_running_loop().run_in_executor(None, held.asked.wait, 60.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with SecondStage(held, spread=1.5, deadline=60.0, breaker=Breaker(failures=1)) as second:
        asyncio.run(give_up(second))
        assert second.breaker.state == "closed"
        assert sum(second.counts.values()) == 0
        held.go.set()


def test_the_breaker_opens_rests_and_tries() -> None:
    clock, healthy = Clock(), threading.Event()

    def scorer(text: str) -> float:
        if not healthy.is_set():
            raise ValueError
        return 0.5

    with SecondStage(scorer, spread=1.5, deadline=30.0, breaker=Breaker(failures=2, rest=10.0, clock=clock)) as second:

        def reason() -> str:
            before = second.counts
            second.plan(governor(), ASK)
            (changed,) = (name for name in REASONS if second.counts[name] != before[name])
            return changed

        assert [reason() for _ in range(4)] == ["failed", "failed", "breaker_open", "breaker_open"]
        clock.now = 10.0
        assert [reason(), reason()] == ["failed", "breaker_open"]
        clock.now = 20.0
        healthy.set()
        assert [reason(), reason()] == ["used", "used"]
        assert second.breaker.state == "closed"


def test_a_breaker_lets_one_trial_through_and_forgets_one_that_was_not_made() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest=5.0, clock=clock)
    breaker.failed()
    clock.now = 5.0
    assert breaker.allow()
    assert breaker.state == "trying"
    assert not breaker.allow()
    breaker.forgone()
    assert breaker.allow()
    assert not breaker.allow()
    clock.now = 10.0  # the trial's end was not reported
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.allow()
    assert str(breaker.state) == "closed"


@pytest.mark.parametrize("workers", [1, 4])
def test_a_closed_stage_plans_without_opinions(workers: int) -> None:
    held = Held()
    second = SecondStage(held, spread=1.5, deadline=60.0, workers=workers, waiting=1)
    threads = [threading.Thread(target=second.plan, args=(governor(), ASK)) for _ in range(2)]
    threads[0].start()
    assert held.asked.wait(60.0)
    threads[1].start()
    held.go.set()
    for thread in threads:
        thread.join(60.0)
    second.close()
    second.close()
    for thread in second._threads:
        thread.join(60.0)
        assert not thread.is_alive()
    assert second.plan(governor(), ASK).rung.name == governor().plan(ASK).rung.name
    assert second.counts["closed"] == 1


def test_closing_answers_those_who_wait() -> None:
    held = Held()
    second = SecondStage(held, spread=1.5, deadline=60.0)
    threads = [threading.Thread(target=second.plan, args=(governor(), ASK)) for _ in range(2)]
    threads[0].start()
    assert held.asked.wait(60.0)
    threads[1].start()
    while second._jobs.empty():
        pass
    second.close()
    threads[1].join(60.0)
    assert second.counts["closed"] == 1
    held.go.set()
    threads[0].join(60.0)


@pytest.mark.parametrize(
    "options",
    [
        {"spread": -1.0},
        {"spread": math.nan},
        {"spread": 9.0},
        {"usd_per_call": -1.0},
        {"usd_per_call": math.inf},
        {"seconds": math.nan},
        {"usd_per_second": -1.0},
        {"deadline": 0.0},
        {"deadline": 61.0},
        {"waiting": 0},
        {"workers": 0},
        {"workers": 65},
    ],
)
def test_options_out_of_bounds_are_named(options: dict[str, float]) -> None:
    (name,) = options
    arguments: dict[str, Any] = {"spread": 1.0} | options
    with pytest.raises(rh.errors.InvalidValueError, match=name):
        SecondStage(lambda _: 0.5, **arguments)


def test_breakers_and_options_of_plans_are_checked() -> None:
    for wrong in ({"failures": 0}, {"rest": 0.0}, {"rest": math.nan}):
        with pytest.raises(rh.errors.InvalidValueError, match=next(iter(wrong))):
            Breaker(**wrong)
    for difficulty in (-0.1, 1.1, math.nan):
        with pytest.raises(rh.errors.InvalidValueError, match="difficulty"):
            governor().plan(ASK, difficulty=difficulty)
    with SecondStage(lambda _: 0.5, spread=1.0) as second, pytest.raises(rh.errors.UnknownNameError, match="depe"):
        second.plan(governor(), ASK, rung="depe")
