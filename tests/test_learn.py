"""A governor that learns from its outcomes by itself. Time is passed in: nothing here sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import rheostat as rh
from rheostat.learn import LearningStep, Loop

LADDER = rh.Ladder([rh.Rung("fast", model="small", ability=0.7), rh.Rung("deep", model="large", ability=0.8)])
EASY, HARD = "Name city number 999", "Prove lemma number 999"


def serve(governor: rh.Governor, count: int, first: int = 0, right: Callable[[int], bool] = lambda i: i % 2 == 0) -> None:
    for i in range(first, first + count):
        plan = governor.plan(f"{'Prove lemma' if i % 2 else 'Name city'} number {i}")
        governor.outcome(plan.id, rung="fast", score=float(right(i)))


def chance(governor: rh.Governor, text: str) -> float:
    return governor.plan(text, rung="fast").p_correct


def test_a_step_learns_from_the_governors_own_plans() -> None:
    governor = rh.Governor(LADDER)
    loop = Loop(governor, now=0)
    before = governor.version
    serve(governor, 60)
    step = loop.step(now=1)
    assert (step.verdict, step.reason) == ("replaced", None)
    assert (step.outcomes, step.unknown, step.rows, step.fresh) == (60, 0, 60, 60)
    assert (step.version_before, step.version_after) == (before, governor.version)
    assert before != governor.version
    assert step.report is not None
    assert step.report.brier < step.report.brier_prior
    assert step.moved == {"fast": pytest.approx(step.report.rungs[0][3] - 0.7)}
    assert chance(governor, EASY) > chance(governor, HARD) + 0.3
    assert loop.last is step
    assert len(loop.learner) == 60
    assert not governor.outcomes()


def test_it_waits_for_enough_outcomes_or_long_enough() -> None:
    governor = rh.Governor(LADDER)
    loop = Loop(governor, outcomes=30, growth=0.0, seconds=60, now=0)
    seen: list[tuple[str, int]] = []
    for now, count in [(1, 29), (2, 1), (3, 10), (61, 0), (62, 0), (1_000, 0)]:
        serve(governor, count, first=100 * now)
        step = loop.step(now=now)
        seen.append((step.verdict, step.fresh))
    waits = ("waiting", 0)
    assert seen == [("waiting", 29), ("replaced", 30), ("waiting", 10), ("waiting", 10), ("replaced", 10), waits]
    assert loop.last is not None
    assert loop.last.verdict == "replaced"


def test_why_nothing_changed_is_said() -> None:
    governor = rh.Governor(LADDER)
    loop = Loop(governor, now=0)
    version = governor.version
    serve(governor, 20, right=lambda _: True)
    step = loop.step(now=1)
    assert step.verdict == "refused"
    assert "two different scores" in (step.reason or "")
    assert (step.report, step.moved, step.version_after, governor.version) == (None, {}, None, version)


def test_an_estimator_that_rests_on_more_outcomes_stays() -> None:
    texts = [f"{'Prove lemma' if i % 2 else 'Name city'} number {i}" for i in range(100)]
    fitted = rh.fit(texts, {"fast": [float(i % 2 == 0) for i in range(100)]}, LADDER)
    governor = rh.Governor(LADDER, estimator=fitted)
    loop = Loop(governor, now=0)
    serve(governor, 20)
    step = loop.step(now=1)
    assert step.verdict == "kept"
    assert step.reason == "the serving estimator rests on 100 outcomes, the solved one on 20"


def test_a_learner_goes_on_after_a_restart() -> None:
    governor = rh.Governor(LADDER)
    first = Loop(governor, now=0)
    serve(governor, 20)
    first.step(now=1)
    kept = rh.learn.Learner.from_bytes(first.learner.to_bytes())
    again = rh.Governor(LADDER)
    loop = Loop(again, kept, now=2)
    assert loop.learner is kept
    serve(again, 1, first=500)
    assert loop.step(now=3).verdict == "replaced", "what was kept is new to this loop"
    assert chance(again, EASY) > chance(again, HARD)


def test_a_governor_has_one_learner() -> None:
    governor = rh.Governor(LADDER)
    loop = Loop(governor)
    with pytest.raises(rh.errors.StateError, match="another learner"):
        Loop(governor)
    assert Loop(governor, loop.learner).learner is loop.learner


@pytest.mark.parametrize(("option", "value"), [("outcomes", 0), ("growth", -1.0), ("seconds", 0.0), ("folds", 1)])
def test_options_are_checked(option: str, value: float) -> None:
    governor = rh.Governor(LADDER)
    with pytest.raises(rh.errors.InvalidValueError, match=option):
        Loop(governor, **{option: value})  # type: ignore[arg-type]


class Wakes(threading.Event):
    """An event that no thread waits for: each wait makes the next call of a list, and the one after the last finds it set."""

    def __init__(self, *before: Callable[[], None]) -> None:
        super().__init__()
        self.before = list(before)

    def wait(self, *_: object, **__: object) -> bool:
        if self.before:
            self.before.pop(0)()
            return False
        return True


def test_the_thread_survives_errors_and_counts_them() -> None:
    governor = rh.Governor(LADDER)
    steps: list[LearningStep] = []

    def watch(step: LearningStep) -> None:
        steps.append(step)
        if len(steps) == 1:
            raise OSError("no room for the log")

    loop = Loop(governor, watch=watch)
    loop._stop = Wakes(lambda: serve(governor, 20), lambda: None, lambda: serve(governor, 3, first=100))
    loop._run(every=1.0)
    assert [step.verdict for step in steps] == ["replaced", "waiting"]
    assert (loop.errors, str(loop.error)) == (1, "no room for the log")


def test_a_thread_is_started_once_and_stopped_at_once() -> None:
    loop = Loop(rh.Governor(LADDER))
    with loop.start(every=3_600):
        thread = loop._thread
        assert thread is not None
        assert thread.is_alive()
        assert thread.daemon
        assert loop.start() is loop
        assert loop._thread is thread
    assert not thread.is_alive()
    assert "running=False" in repr(loop)
    with pytest.raises(rh.errors.InvalidValueError, match="every"):
        loop.start(every=0)
