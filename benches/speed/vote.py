"""Deciding whether another sample is needed: the Beta and Dirichlet rules, against AdaptiveConsistency's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import rheostat as rh

from . import competitors
from .bars import Rival, Row
from .clock import Contender, race

CAP = 40
ROUND = 16
"""Votes that one timed call adds: close votes, on which neither rule stops."""


def close_votes(count: int, seed: int = 1) -> list[list[str]]:
    """`count` distinct runs of `ROUND` answers in which no answer ever leads by enough to stop at 0.95."""
    rng = random.Random(seed)
    seen: set[tuple[str, ...]] = set()
    while len(seen) < count:
        pair = [str(rng.randint(0, 9_999)), str(rng.randint(10_000, 99_999))]
        answers: list[str] = []
        while len(answers) < ROUND:
            rng.shuffle(pair)
            answers += pair
        seen.add(tuple(answers))
    return [list(answers) for answers in sorted(seen)]


def _add_all(job: tuple[Any, list[str]]) -> None:
    add = job[0].add
    for answer in job[1]:
        add(answer)


def _fresh(runs: list[list[str]]) -> list[tuple[Any, list[str]]]:
    return [(rh.Vote(rule="beta", confidence=0.95, cap=CAP), run) for run in runs]


def _prefixes(runs: list[list[str]]) -> list[list[list[str]]]:
    return [[run[: i + 1] for i in range(ROUND)] for run in runs]


def vote(seconds: float) -> Iterator[Row]:
    """`Vote.add`, per answer, against AdaptiveConsistency's Beta rule on the answers so far."""
    contenders = [Contender("rheostat", _add_all, _fresh)]
    absent, agreement = [], ""
    runs = close_votes(10_000)
    try:
        should_stop = competitors.adaptive_consistency()
    except competitors.NotInstalled as error:
        absent = [Rival("AdaptiveConsistency Beta", None, note=f"not installed ({error})")]
    else:

        def ask_all(prefixes: list[list[str]]) -> None:
            for answers in prefixes:
                should_stop(answers)

        contenders.append(Contender("AdaptiveConsistency", ask_all, _prefixes))
        agreement = f"; {_disagreements(should_stop)} of 2,000 stop decisions differ"
    timings = race(contenders, runs, seconds)
    ours = timings["rheostat"].scaled(ROUND)
    rivals = list(absent)
    if "AdaptiveConsistency" in timings:
        theirs = timings["AdaptiveConsistency"].scaled(ROUND)
        rivals.append(Rival("AdaptiveConsistency Beta", theirs.p50, theirs.p99, f"{theirs.calls * ROUND:,} decisions"))
    note = f"{ours.calls * ROUND:,} answers; a timed call adds {ROUND}, so p99 is that of {ROUND}, per answer{agreement}"
    yield Row("vote/beta", "vote stop decision, Beta, per answer", "ns", ours.p50, ours.p99, rivals, note)
    yield _dirichlet(seconds)


def hard_votes(count: int, seed: int = 2) -> list[tuple[list[str], str]]:
    """`count` votes, and an answer more to each, at which two answers alone would stop and all of them need the integral."""
    rng = random.Random(seed)
    hard: list[tuple[list[str], str]] = []
    while len(hard) < count:
        pair, names = rh.Vote(rule="beta", cap=CAP), [str(n) for n in rng.sample(range(10_000), 6)]
        full = rh.Vote(rule="dirichlet", cap=CAP)
        answers: list[str] = []
        shares = [1.0, *sorted((rng.uniform(0.05, 0.5) for _ in names[1:]), reverse=True)]
        while not (full.stopped or pair.stopped):
            answers += rng.choices(names, shares)
            full.add(answers[-1])
            pair.add(answers[-1])
        if pair.agreed and not full.stopped:
            hard.append((answers[:-1], answers[-1]))
    return hard


def _started(votes: list[tuple[list[str], str]]) -> list[tuple[Any, str]]:
    started = []
    for answers, last in votes:
        vote = rh.Vote(rule="dirichlet", confidence=0.95, cap=CAP)
        for answer in answers:
            vote.add(answer)
        started.append((vote.add, last))
    return started


def _dirichlet(seconds: float) -> Row:
    """`Vote.add` where the whole integral is taken."""
    contender = Contender("rheostat", lambda job: job[0](job[1]), _started)
    ours = race([contender], hard_votes(2_000), seconds)["rheostat"]
    rivals = [Rival("AdaptiveConsistency Dirichlet", None, note="raises on numpy 1.24 and newer, and answers no")]
    note = f"{ours.calls:,} answers, each at a point where the integral over 3 or more answers decides"
    return Row("vote/dirichlet", "vote stop decision, Dirichlet, exact", "ns", ours.p50, ours.p99, rivals, note)


def _disagreements(should_stop: Any) -> int:
    """Counts the decisions, of 2,000 on random votes, that differ between the two libraries."""
    rng = random.Random(3)
    differ = asked = 0
    while asked < 2_000:
        ours, answers, lead = rh.Vote(rule="beta", confidence=0.95, cap=CAP), [], rng.uniform(0.4, 0.9)
        for _ in range(CAP - 1):
            answers.append("a" if rng.random() < lead else rng.choice("bc"))
            stop = bool(ours.add(answers[-1]))
            differ += stop != bool(should_stop(answers))
            asked += 1
            if stop or asked == 2_000:
                break
    return differ
