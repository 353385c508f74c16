"""The comparison: fixed rungs, the governor, its parts taken away, and the published cascades, on the same questions."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np

import rheostat as rh
from rheostat.errors import InvalidValueError
from rheostat.lab import Lab
from rheostat.lab.experiment import cascades, fixed, governed
from rheostat.lab.experiment.asked import Served
from rheostat.lab.experiment.bank import Bank
from rheostat.lab.experiment.fixed import Spent
from rheostat.lab.experiment.governed import Result
from rheostat.lab.experiment.numbers import Paired, Reals, paired, wilson
from rheostat.lab.experiment.rungs import LEVELS, Level, ladder
from rheostat.lab.prices import LISTS, Price
from rheostat.lab.questions import stream

TRAIN_SEED, TEST_SEED = 1_000_003, 4_000_037
MARGIN = 0.005
"""How much accuracy may be lost before it is called a loss: half a point."""
SAVING = 0.65
"""The share of the fixed maximum's cost that a setting must save on the training split: the goal, 60 %, and a reserve."""
ABLATIONS = ("estimate", "ramp", "votes", "ceiling")
_ERRORS = (10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0)
_BARS = (1.0, 1.4, 2.0, 3.0)
_VERIFY = (None, 0.95)


@dataclass(frozen=True)
class Options:
    """What is compared.

    Attributes:
        questions: How many of the test split.
        train: How many of the training split: all that estimator, rules and thresholds are chosen on.
        prices: The price list, one of `rheostat.lab.LISTS`.
        ablate: Parts of the governor that are also tried without: of "estimate", "ramp", "votes" and "ceiling".
        cascades: Whether the published cascades are served too.
        seed: Of the samples.
    """

    questions: int = 3000
    train: int = 1000
    prices: str = "tiers"
    ablate: tuple[str, ...] = ()
    cascades: bool = True
    seed: int = 0

    def check(self) -> None:
        """Raises InvalidValueError naming the first value that is out of bounds."""
        for name, value in (("questions", self.questions), ("train", self.train)):
            if not 50 <= value <= 100_000:
                raise InvalidValueError(f"{name}: {value} is not allowed; it must be between 50 and 100000")
        if self.prices not in LISTS:
            raise InvalidValueError(f"prices: {self.prices!r} is not one of {', '.join(LISTS)}")
        for part in self.ablate:
            if part not in ABLATIONS:
                raise InvalidValueError(f"ablate: {part!r} is not one of {', '.join(ABLATIONS)}")


@dataclass
class Arm:
    """One way to serve all questions, and what came of it."""

    name: str
    right: Reals
    usd: Reals
    steps: Reals
    most_tokens: int
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float(self.right.mean())

    @property
    def cost(self) -> float:
        """US dollars for a thousand questions."""
        return float(self.usd.mean() * 1000)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy."""
        return wilson(self.accuracy, len(self.right))


@dataclass
class Comparison:
    """What a comparison found."""

    options: Options
    arms: dict[str, Arm]
    chosen: dict[str, Any]
    overhead: dict[str, float]
    verdict: str
    kinds: tuple[str, ...]

    @property
    def maximum(self) -> Arm:
        """The fixed maximum."""
        return self.arms[LEVELS[-1].name]

    @property
    def governor(self) -> Arm:
        """The governor, whole."""
        return self.arms["governor"]

    @property
    def saved(self) -> float:
        """The share of the fixed maximum's cost that the governor saves."""
        return 1 - self.governor.cost / self.maximum.cost

    @property
    def difference(self) -> Paired:
        """The governor's accuracy less the fixed maximum's."""
        return paired(self.governor.right, self.maximum.right)

    @property
    def holds(self) -> bool:
        """Whether accuracy is not worse by more than the margin, at 95 % confidence."""
        return self.difference.low >= -MARGIN

    @property
    def cheapest_fixed(self) -> Arm:
        """The cheapest fixed rung that is not worse than the maximum by more than the margin, on these very questions."""
        rungs = [self.arms[level.name] for level in LEVELS]
        return min((a for a in rungs if a.accuracy >= self.maximum.accuracy - MARGIN), key=lambda a: a.cost)


Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def _silent(_what: str, _done: int, _all: int) -> None:
    pass


def compare(lab: Lab, options: Options, progress: Progress = _silent, bank: Bank | None = None) -> Comparison:
    """Serves the questions every way and says what it cost and what was right.

    Args:
        lab: The models.
        options: What is compared.
        progress: Told of the progress.
        bank: What the models have said before, to share it among comparisons.

    Raises:
        InvalidValueError: An option is out of bounds.
    """
    options.check()
    bank = Bank(lab) if bank is None else bank
    prices = LISTS[options.prices]
    train = [Served(q, options.seed) for _, q in islice(stream(TRAIN_SEED), options.train)]
    drawn = list(islice(stream(TEST_SEED), options.questions))
    test = [Served(q, options.seed) for _, q in drawn]
    arms = {}
    trained = {}
    most = 0
    for done, level in enumerate(LEVELS):
        progress(f"fixed {level.name}", done, len(LEVELS))
        trained[level.name] = _arm(level.name, train, fixed.serve(bank, train, level), prices)
        spent = fixed.serve(bank, test, level)
        arms[level.name] = _arm(level.name, test, spent, prices)
        most = sum(tokens for one in spent for _, tokens in one.written)
    setup = _Setup(bank, train, trained, prices, progress)
    setup.choose()
    results = governed.serve(bank, setup.governor(), test, _counting(progress, "governor", len(test)))
    arms["governor"] = _governed("governor", test, results, prices)
    for part in options.ablate:
        arms[f"without {part}"] = _ablated(setup, part, test)
    if options.cascades:
        arms |= _published(setup, test, arms)
    overhead = _overhead(setup, test, results, most)
    losses = (arms[LEVELS[-1].name].right - arms["governor"].right)[:, None]
    return Comparison(options, arms, setup.chosen, overhead, _verdict(losses), tuple(kind for kind, _ in drawn))


def _counting(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    done = 0

    def more(n: int) -> None:
        nonlocal done
        done += n
        progress(what, done, total)

    return more


def _arm(name: str, asked: Sequence[Served], spent: Sequence[Spent], prices: Mapping[str, Price]) -> Arm:
    right = np.array([s.right(r.answer) for s, r in zip(asked, spent, strict=True)], float)
    usd = np.array([r.usd(prices) for r in spent])
    steps = np.array([r.steps for r in spent], float)
    most = max(sum(tokens for _, tokens in r.written) for r in spent)
    return Arm(name, right, usd, steps, most)


def _governed(name: str, asked: Sequence[Served], results: Sequence[Result], prices: Mapping[str, Price]) -> Arm:
    arm = _arm(name, asked, [r.spent for r in results], prices)
    calls: Counter[str] = sum((r.calls for r in results), Counter())
    ramps: Counter[str] = sum((r.ramps for r in results), Counter())
    arm.detail = {
        "planned": dict(Counter(r.planned for r in results)),
        "ended": dict(Counter(r.last for r in results)),
        "calls": dict(calls),
        "ramps": dict(ramps.most_common()),
        "settled": sum(r.settled for r in results) / len(results),
    }
    return arm


def frontier(arms: Mapping[str, Arm]) -> tuple[Level, ...]:
    """The rungs that are worth their price: from the cheapest on, those more accurate than all cheaper ones; and the maximum."""
    kept: list[Level] = []
    for level in sorted(LEVELS[:-1], key=lambda level: arms[level.name].cost):
        if not kept or arms[level.name].accuracy > arms[kept[-1].name].accuracy:
            kept.append(level)
    return (*kept, LEVELS[-1])


class _Setup:
    """The governor, fitted and chosen on the training split alone."""

    def __init__(
        self, bank: Bank, train: Sequence[Served], arms: Mapping[str, Arm], prices: Mapping[str, Price], progress: Progress
    ) -> None:
        self.bank, self.train, self.prices, self.progress = bank, train, prices, progress
        self.accuracy = {name: arm.accuracy for name, arm in arms.items()}
        self.maximum = arms[LEVELS[-1].name]
        self.levels = frontier(arms)
        self.ladder = ladder(prices, self.levels, self.accuracy)
        outcomes = {level.name: arms[level.name].right for level in self.levels}
        self.estimator = rh.fit([served.text for served in train], outcomes, self.ladder)
        self.chosen: dict[str, Any] = {"usd_per_error": 0.0, "low_confidence": None, "verify_below": None}

    @property
    def floor(self) -> float:
        """The accuracy that must be reached on the training split."""
        return self.maximum.accuracy

    def governor(
        self, *, levels: tuple[Level, ...] | None = None, rules: rh.Rules | None = None, ceiling: bool = True
    ) -> rh.Governor:
        """A governor as chosen, but for what is given."""
        with warnings.catch_warnings():
            # A rung that a few hundred questions show as less able than a cheaper one is the experiment's finding, not a slip.
            warnings.simplefilter("ignore", UserWarning)
            return rh.Governor(
                self.ladder if levels is None else ladder(self.prices, levels, self.accuracy),
                policy=rh.policy.Utility(usd_per_error=self.chosen["usd_per_error"]),
                # With a ceiling: the one that follows from the top rung. Without: more than any run can come to.
                ceiling=None if ceiling else rh.Ceiling(tokens=10_000_000, usd=1e6, samples=1000),
                estimator=self.estimator,
                rules=self.rules() if rules is None else rules,
                seed=0,
            )

    def rules(self) -> rh.Rules:
        """What turns the dials."""
        escalate = rh.Move("escalate")
        return rh.Rules(
            window=1,
            low_confidence=self.chosen["low_confidence"],
            hysteresis=0.0,
            verify_below=self.chosen["verify_below"],
            ramps=[
                rh.Ramp("low_confidence", [escalate], odds=0.2),
                rh.Ramp("disagreement", [rh.Move("revise", most=0), escalate], odds=0.4),
                rh.Ramp("no_answer", [escalate], odds=0.01),
                rh.Ramp("refuted", [escalate], odds=0.1),
            ],
        )

    def choose(self) -> None:
        """The setting of which most can be said.

        Of those that save enough on the training split, it is the one whose accuracy there is least far below the fixed
        maximum's at 95 % confidence; of equals the cheapest.

        The cheapest setting that merely reaches the maximum's accuracy on some hundred questions often owes it to luck. What is
        saved beyond the goal is better spent on being right, and on being right where the maximum is.
        """
        unit = self.maximum.cost / 1000
        tried = []
        grid = [(e, b, v) for e in _ERRORS for b in _BARS for v in _VERIFY]
        for done, (errors, bar, verify) in enumerate(grid):
            self.progress("choosing on the training split", done, len(grid))
            self.chosen = {"usd_per_error": errors * unit, "low_confidence": bar, "verify_below": verify}
            results = governed.serve(self.bank, self.governor(), self.train)
            arm = _governed("train", self.train, results, self.prices)
            tried.append((paired(arm.right, self.maximum.right).low, arm.cost, dict(self.chosen)))
        most = (1 - SAVING) * self.maximum.cost
        best = min(tried, key=lambda t: (t[1] > most, -t[0], t[1]))
        self.chosen = {**best[2], "rungs": [level.name for level in self.levels]}


def _ablated(setup: _Setup, part: str, test: Sequence[Served]) -> Arm:
    """The governor without one of its parts, everything else as it was chosen."""
    if part == "estimate":
        # Everybody starts on the rung on which most would: only signals tell the questions apart.
        plans = [setup.governor().plan(served.text).rung.name for served in setup.train]
        start = Counter(plans).most_common(1)[0][0]
        results = governed.serve(setup.bank, setup.governor(), test, rung=start)
    elif part == "ramp":
        still = rh.Rules(window=1, low_confidence=None, low_steps=None, ramps=[])
        results = governed.serve(setup.bank, setup.governor(rules=still), test)
    elif part == "votes":
        lone = tuple(replace(level, samples=1) for level in setup.levels)
        results = governed.serve(setup.bank, setup.governor(levels=lone), test)
    else:
        results = governed.serve(setup.bank, setup.governor(ceiling=False), test)
    return _governed(f"without {part}", test, results, setup.prices)


def _published(setup: _Setup, test: Sequence[Served], arms: Mapping[str, Arm]) -> dict[str, Arm]:
    found = {}
    for done, name in enumerate(cascades.GRID):
        setup.progress(name, done, len(cascades.GRID))
        serve = cascades.choose(setup.bank, setup.train, setup.prices, name, setup.floor)
        found[name] = _arm(name, test, serve(test), setup.prices)
    tiers = cascades.litellm_tiers([served.text for served in test])
    if tiers is not None:
        rungs = [arms[cascades.TIERS[tier]] for tier in tiers]
        pick = {name: np.array([getattr(arm, name)[i] for i, arm in enumerate(rungs)]) for name in ("right", "usd", "steps")}
        found["LiteLLM router"] = Arm("LiteLLM router", **pick, most_tokens=0, detail={"tiers": dict(Counter(tiers))})
    return found


def _overhead(setup: _Setup, test: Sequence[Served], results: Sequence[Result], most_tokens: int) -> dict[str, float]:
    """What deciding takes: the same runs again, on what the models have already said, less the host's own work.

    Returns:
        Microseconds of governor and of models for a question; the first as a share of the second, and of what the fixed
        maximum takes.
    """
    watch = governed.Stopwatch()
    governed.serve(setup.bank, setup.governor(), test, watch=watch)
    models = sum(tokens * setup.bank.seconds_per_token(model) for result in results for model, tokens in result.spent.written)
    n = len(test)
    maximum = most_tokens / n * setup.bank.seconds_per_token(LEVELS[-1].model)
    ours, theirs = watch.seconds / n, models / n
    return {"governor_us": 1e6 * ours, "models_us": 1e6 * theirs, "share": ours / theirs, "of_maximum": ours / maximum}


def _verdict(losses: Reals) -> str:
    """What may be promised of questions like these, in words."""
    return str(rh.guarantee.certify(losses, max_loss=MARGIN, bounds=(-1.0, 1.0), method="betting").reason)
