"""The learning curve: effect of labels, offline and online, drawn at random and chosen.

- *offline*: labels are drawn at random, and `rheostat.fit` (or the recipe that it is held against) learns from all of them at
  once. Scored on every question without a label.
- *online*: questions pass a governor one by one. Some are graded, by a coin or as `governor.should_grade` chooses them, at
  the same number of labels; the learner solves whenever there are a fifth more, and the governor takes its estimator. Scored
  on a third of the questions that never pass, because those that are left of a stream that was chosen from are no sample.
  "As it went" is the prequential score (Dawid, 1984): every graded question, ranked by the prediction made before its label
  was learned, by whichever estimator served then.

Every APGR stands beside that of the prompt's length on the same questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _recipe
from benches.quality._data import Outcomes

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
LOW, HIGH = 0.70, 0.81
"""Mixtral's and GPT-4's accuracy on MMLU: their abilities, as any operator could look them up."""
LABELS = (0, 50, 200, 500, 1_500)
FEWEST = 20
"""Labels after which the learner solves for the first time."""
FEWEST_WENT = 500
"""Fewest graded questions whose ranking is scored; fewer have too little gain among them."""
GROWTH = 1.2
MOST_RESAMPLES = 300
FLOORS = {("MMLU", 200): 0.61, ("MMLU", 1_500): 0.635, ("GSM8K", 500): 0.62}
"""Floors of `rheostat.fit`, offline, with labels drawn at random; without labels the floor is length."""
#: (how, learner): in the order of the table.
LEARNERS = (
    ("offline", "recipe"),
    ("offline", "rh.fit"),
    ("online", "random"),
    ("online", "chosen"),
    ("online", "chosen, weighed"),
)


@dataclass(frozen=True)
class Point:
    """One learner at one number of labels: the mean APGR over draws of labels, and its deviation.

    ``above`` is the mean difference to prompt length on the same questions, with its 95 % interval over draws of labels and of
    questions; ``worst`` the difference of the worst draw. ``choosing`` is the mean difference to a coin's choice at the same
    labels, for learners that choose, with its interval. ``went`` is as ``above``, on the graded questions as they were ranked
    before each was learned from; online, from 500 labels on.
    """

    data: str
    how: str
    learner: str
    labels: int
    draws: int
    apgr: float
    deviation: float
    above: tuple[float, float, float]
    worst: float
    choosing: tuple[float, float, float] | None
    went: tuple[float, float, float] | None
    floor: float | None


@dataclass(frozen=True)
class Task:
    """One learner at one number of labels on one set."""

    data: Outcomes
    how: str
    learner: str
    labels: int


@dataclass(frozen=True)
class Effort:
    """Sizes of the draws (of labels, and of each bootstrap) and their seed."""

    repeats: int
    draws: int
    seed: int


@dataclass(frozen=True)
class Draw:
    """The scores of one draw of labels, on the questions that it is measured by."""

    score: Numbers
    rows: Rows
    went: tuple[Numbers, Rows] | None = None
    """Predictions for the graded questions, each made before its label was learned, and their indices."""


def table(data: Outcomes, effort: Effort) -> list[Point]:
    """Every learner at every number of labels that leaves questions to score; few labels are drawn more often."""
    texts = _recipe.Texts(data.prompts)
    size = np.log([len(prompt) for prompt in data.prompts])
    points = []
    for labels in (count for count in LABELS if count <= 0.6 * len(data.prompts)):
        count = 1 if labels == 0 else effort.repeats * (4 if labels < 200 else 2 if labels < 500 else 1)
        coin: list[Draw] = []
        for how, learner in LEARNERS if labels else LEARNERS[:2]:
            task = Task(data, how, learner, labels)
            found = [_draw(task, texts, (effort.seed, repeat)) for repeat in range(count)]
            if learner == "random":
                coin = found
            points.append(_point(task, found, size, coin, effort))
    return points


def _draw(task: Task, texts: _recipe.Texts, seed: tuple[int, int]) -> Draw:
    data, labels = task.data, task.labels
    everything = np.random.default_rng(seed).permutation(len(data.prompts))
    if task.how == "online":
        tested = everything[: len(everything) // 3]
        score, went = stream(task, everything[len(tested) :], tested, seed[1])
        return Draw(score, tested, went)
    labelled, rest = everything[:labels], everything[labels:]
    if task.learner == "recipe":
        gain = data.strong - data.weak
        score = _recipe.scores(texts, gain, labelled, rest) if labels else _recipe.length(texts)[rest]
    elif labels:
        score = fitted(data, labelled).gain([data.prompts[i] for i in rest], "weak", "strong")
    else:
        score = rh.Estimator().gain([data.prompts[i] for i in rest], LOW, HIGH)
    return Draw(score, rest)


def ladder() -> rh.Ladder:
    """The weak and the strong model, with the abilities that an operator could look up."""
    return rh.Ladder([rh.Rung("weak", model="weak", ability=LOW), rh.Rung("strong", model="strong", ability=HIGH)])


def fitted(data: Outcomes, labelled: Rows, estimator: rh.Estimator | None = None) -> rh.Estimator:
    """Returns the estimator that `rheostat.fit` learns from some questions."""
    outcomes = {"weak": data.weak[labelled], "strong": data.strong[labelled]}
    return rh.fit([data.prompts[i] for i in labelled], outcomes, ladder(), estimator=estimator)


def stream(task: Task, passing: Rows, tested: Rows, seed: int) -> tuple[Numbers, tuple[Numbers, Rows]]:
    """Returns the gains of the tested questions after some labels of a stream, and those of the graded ones as they came."""
    data, labels = task.data, task.labels
    rungs = ladder()
    governor = rh.Governor(rungs, seed=seed)
    learning = rh.learn.Learner(capacity=4 * labels + 64)
    estimator, next_solution = rh.Estimator(), FEWEST
    said, asked = [], []
    for known, (place, plan, weight) in enumerate(graded(task, passing, governor, seed), 1):
        low, high = (LOW, HIGH) if estimator.report is None else ("weak", "strong")
        said.append(float(estimator.gain([data.prompts[place]], low, high)[0]))
        asked.append(place)
        for name, outcome in (("weak", data.weak), ("strong", data.strong)):
            learning.add(plan, rungs[name], float(outcome[place]), id=str(place), at=0.0, weight=weight)
        if known >= next_solution or known == labels:
            next_solution = max(known + 1, round(GROWTH * known))
            estimator = learning.solve(rungs, at=0.0)
            governor.replace_estimator(estimator)
    score = estimator.gain([data.prompts[i] for i in tested], "weak", "strong")
    return score, (np.array(said), np.array(asked, np.int64))


def graded(task: Task, passing: Rows, governor: rh.Governor, seed: int) -> Iterator[tuple[int, rh.Plan, float]]:
    """The questions that are graded, each with its plan and its weight: one over its propensity, against that of the mean.

    A stream that ends before there are enough labels passes again, without the questions that were graded.
    """
    rng = np.random.default_rng([seed, 1])
    rate = min(1.0, task.labels / len(passing))
    left, found = list(map(int, passing)), 0
    while found < task.labels and left:
        again = []
        for place in left:
            plan = governor.plan(task.data.prompts[place], at=0.0)
            if task.learner == "random":
                grade, weight = bool(rng.random() < rate), 1.0
            else:
                grading = governor.should_grade(plan, rate=rate)
                grade, weight = grading.grade, rate / grading.propensity if task.learner == "chosen, weighed" else 1.0
            if found < task.labels and grade:
                found += 1
                yield place, plan, weight
            else:
                again.append(place)
        left = again


def _point(task: Task, found: list[Draw], size: Numbers, coin: list[Draw], effort: Effort) -> Point:
    gains = task.data.strong - task.data.weak
    orders = [draw.rows[np.argsort(-draw.score, kind="stable")] for draw in found]
    by_size = [draw.rows[np.argsort(-size[draw.rows], kind="stable")] for draw in found]
    by_coin = [draw.rows[np.argsort(-draw.score, kind="stable")] for draw in coin]
    ones = np.ones(len(gains))
    each = np.array([_area(order, gains, ones) for order in orders])
    lengths = np.array([_area(order, gains, ones) for order in by_size])
    choosing = _interval(orders, by_coin, gains, effort) if task.learner.startswith("chosen") else None
    return Point(
        task.data.name,
        task.how,
        task.learner,
        task.labels,
        len(found),
        float(each.mean()),
        float(each.std()),
        _interval(orders, by_size, gains, effort),
        float((each - lengths).min()),
        choosing,
        _went(found, size, gains, effort) if task.labels >= FEWEST_WENT else None,
        FLOORS.get((task.data.name, task.labels)) if task.learner == "rh.fit" else None,
    )


def _went(found: list[Draw], size: Numbers, gains: Numbers, effort: Effort) -> tuple[float, float, float] | None:
    """As they went: the mean difference to length on the graded questions, with its interval; none offline."""
    each = [draw.went for draw in found if draw.went is not None]
    if not each:
        return None
    orders = [rows[np.argsort(-score, kind="stable")] for score, rows in each]
    by_size = [rows[np.argsort(-size[rows], kind="stable")] for _, rows in each]
    return _interval(orders, by_size, gains, effort)


def _interval(orders: list[Rows], others: list[Rows], gains: Numbers, effort: Effort) -> tuple[float, float, float]:
    """The mean difference of areas, and its 95 % interval: questions are drawn again, and ten draws of labels are."""
    rng = np.random.default_rng(effort.seed)
    ones = np.ones(len(gains))
    mean = float(np.mean([_area(a, gains, ones) - _area(b, gains, ones) for a, b in zip(orders, others, strict=True)]))
    values = []
    for _ in range(min(effort.draws, MOST_RESAMPLES)):
        times = rng.multinomial(len(gains), np.full(len(gains), 1.0 / len(gains))).astype(float)
        chosen = rng.integers(0, len(orders), min(len(orders), 10))
        values.append(np.mean([_area(orders[i], gains, times) - _area(others[i], gains, times) for i in chosen]))
    center = float(np.mean(values))
    low, high = (float(x) for x in np.quantile(values, [0.025, 0.975]))
    return mean, mean + low - center, mean + high - center


def _area(order: Rows, gains: Numbers, times: Numbers) -> float:
    """APGR of questions in falling order of their scores, each counted `times` times.

    `metrics.apgr` sorts for every draw, which takes ten times as long; the bootstraps here take hundreds of thousands of them.
    """
    weight = times[order]
    gained = np.cumsum(weight * gains[order])
    area = float(weight @ (gained - weight * gains[order] / 2.0))
    return area / float(weight.sum() * gained[-1])
