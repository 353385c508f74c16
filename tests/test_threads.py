"""Threads share governors, runs and signals. Nothing here depends on a global lock of the interpreter."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import rheostat as rh

THREADS, ROUNDS = 4, 300


def at_once(work: Callable[[int], None]) -> None:
    """Run `work` on several threads that begin together; what one of them raises is raised here."""
    barrier, raised = threading.Barrier(THREADS), []

    def one(i: int) -> None:
        barrier.wait()
        try:
            work(i)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


@pytest.mark.filterwarnings("ignore:the utility policy planned")  # as it is meant to: the prompts are the same
def test_threads_share_a_governor(governor: rh.Governor, prompts: list[dict[str, str]]) -> None:
    texts = [row["text"] for row in prompts]
    expected = [(p.rung.name, p.estimate.difficulty, p.p_correct) for p in map(governor.plan, texts)]
    ids: list[set[str]] = [set() for _ in range(THREADS)]

    def work(i: int) -> None:
        for _ in range(ROUNDS // 20):
            for text, known in zip(texts, expected, strict=True):
                plan = governor.plan(text)
                assert (plan.rung.name, plan.estimate.difficulty, plan.p_correct) == known
                ids[i].add(plan.id)
                governor.outcome(plan.id, rung=plan.rung.name, score=0.5)

    at_once(work)
    assert len(set.union(*ids)) == sum(map(len, ids)), "an id was given twice"
    assert len(governor.drain_outcomes()) == sum(map(len, ids))
    assert governor.outcomes() == []


@pytest.mark.filterwarnings("ignore:the utility policy planned")  # as it is meant to: the prompts are the same
def test_batches_on_several_threads_agree(governor: rh.Governor, prompts: list[dict[str, str]]) -> None:
    texts = [row["text"] for row in prompts] * 5
    expected = governor.plan_batch(texts, threads=1).p_correct.tolist()

    def work(i: int) -> None:
        for _ in range(5):
            assert governor.plan_batch(texts, threads=1 + i).p_correct.tolist() == expected

    at_once(work)


def test_threads_share_a_run(governor: rh.Governor) -> None:
    plan = governor.plan("Prove it.", rung="deep")
    with plan.start() as run:
        (call,) = run.next()
        assert call.samples >= THREADS

        def work(i: int) -> None:
            sample = call.sample(i)
            for _ in range(ROUNDS):
                sample.token(-0.1, [-0.1, -9.0, -12.0])
            assert sample.readings.tokens == ROUNDS

        at_once(work)
        assert run.spent.tokens == THREADS * ROUNDS


def test_threads_share_a_vote_and_a_confidence() -> None:
    vote, confidence = rh.Vote(rule="curtail", cap=THREADS * ROUNDS), rh.Confidence(window=64)

    def work(i: int) -> None:
        for j in range(ROUNDS):
            vote.add("a" if j % 3 else "b", index=j * THREADS + i)
            confidence.update([-1.0, -2.0])

    at_once(work)
    assert confidence.tokens == THREADS * ROUNDS
    assert confidence.group == 1.5
    assert vote.answer == "a"


def test_a_number_that_runs_code_may_come_back_here() -> None:
    """Python code that a conversion runs may use the library again, on the same thread."""

    class Nested:
        def __float__(self) -> float:
            assert rh.Confidence().update([-1.0, -3.0]) == 2.0
            rh.features.extract("nested")
            return -4.0

    assert rh.Confidence().update([Nested(), -2.0]) == 3.0  # type: ignore[list-item]
