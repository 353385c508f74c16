"""The comparison: fixed rungs, the governor, the governor without each part, and the published cascades, on equal questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

import rheostat as rh
from rheostat._checks import invalid
from rheostat_lab import Lab
from rheostat_lab.experiment import cascades, fixed, governed, overhead
from rheostat_lab.experiment.arms import Arm, governed_arm, spent_arm
from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.bank import Bank
from rheostat_lab.experiment.choose import Progress, Setup, rank
from rheostat_lab.experiment.numbers import Paired, Reals, paired
from rheostat_lab.experiment.rungs import LEVELS
from rheostat_lab.prices import LISTS
from rheostat_lab.questions import stream

TRAIN_SEED, TEST_SEED = 1_000_003, 11_000_027
MARGIN = 0.005
"""Margin of accuracy: half a point."""
ABLATIONS = ("estimate", "ramp", "votes", "ceiling")


@dataclass(frozen=True)
class Options:
    """Options of a comparison.

    Attributes:
        questions: Size of the test split.
        train: Size of the training split, on which estimator, rules and thresholds are chosen.
        prices: The price list, one of `rheostat_lab.LISTS`.
        ablate: Parts that are left out in turn: "estimate", "ramp", "votes" or "ceiling".
        steps: True adds a governor that asks the step scorer at the end of each step of a working.
        cascades: True serves the published cascades, too.
        seed: Seed of the samples.
    """

    questions: int = 3000
    train: int = 2000
    prices: str = "tiers"
    ablate: tuple[str, ...] = ()
    steps: bool = False
    cascades: bool = True
    seed: int = 0

    def check(self) -> None:
        """Raises InvalidValueError naming the first value that is out of bounds."""
        for name, value in (("questions", self.questions), ("train", self.train)):
            if not 50 <= value <= 100_000:
                raise invalid(name, value, "between 50 and 100000")
        if self.prices not in LISTS:
            raise invalid("prices", repr(self.prices), f"one of {', '.join(LISTS)}")
        for part in self.ablate:
            if part not in ABLATIONS:
                raise invalid("ablate", repr(part), f"one of {', '.join(ABLATIONS)}")


@dataclass
class Comparison:
    """Result of a comparison."""

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
        """True if accuracy is not worse by more than the margin, at 95 % confidence."""
        return self.difference.low >= -MARGIN

    @property
    def cheapest_fixed(self) -> Arm:
        """The cheapest fixed rung that passes the test of the governor: not worse by more than the margin, at 95 % confidence."""
        rungs = [self.arms[level.name] for level in LEVELS]
        return min((a for a in rungs if paired(a.right, self.maximum.right).low >= -MARGIN), key=lambda a: a.cost)

    @property
    def cheapest_near(self) -> Arm:
        """The cheapest fixed rung that was not worse by more than the margin on these questions; includes luck."""
        rungs = [self.arms[level.name] for level in LEVELS]
        return min((a for a in rungs if a.accuracy >= self.maximum.accuracy - MARGIN), key=lambda a: a.cost)


def _silent(_what: str, _done: int, _all: int) -> None:
    pass


def compare(lab: Lab, options: Options, progress: Progress = _silent, bank: Bank | None = None) -> Comparison:
    """Serves the questions in every way, and returns costs and accuracies.

    Args:
        lab: The models.
        options: Options of the comparison.
        progress: Told of the progress.
        bank: Records of the models' answers, to share them among comparisons.

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
        trained[level.name] = spent_arm(level.name, train, fixed.serve(bank, train, level), prices)
        spent = fixed.serve(bank, test, level)
        arms[level.name] = spent_arm(level.name, test, spent, prices)
        most = sum(tokens for one in spent for _, tokens in one.written)
    setup = Setup(bank, train, trained, prices, progress)
    setup.choose()
    results = governed.serve(bank, setup.governor(), test, _counting(progress, "governor", len(test)))
    arms["governor"] = governed_arm("governor", test, results, prices)
    for part in options.ablate:
        arms[f"without {part}"] = _ablated(setup, part, test)
    if options.steps:
        asking = setup.with_steps()
        results_with = governed.serve(bank, setup.governor(asking), test, scores=setup.scores)
        arms["with step scores"] = governed_arm("with step scores", test, results_with, prices)
    if options.cascades:
        arms |= _published(setup, test, arms)
    progress("deciding, timed", 0, 1)
    took = overhead.measure(bank, setup.governor(), levels=setup.setting.levels, test=test, results=results, most_tokens=most)
    losses = (arms[LEVELS[-1].name].right - arms["governor"].right)[:, None]
    return Comparison(options, arms, setup.chosen(), took, _verdict(losses), tuple(kind for kind, _ in drawn))


def _counting(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    done = 0

    def more(n: int) -> None:
        nonlocal done
        done += n
        progress(what, done, total)

    return more


def _ablated(setup: Setup, part: str, test: Sequence[Served]) -> Arm:
    """Returns the governor without one of its parts, and with the chosen setting otherwise."""
    if part == "estimate":
        results = governed.serve(setup.bank, setup.governor(), test, rung=_best_start(setup), blind=True)
    elif part == "ramp":
        still = rh.Rules(window=1, low_confidence=None, low_steps=None, ramps=[])
        # Without doubts, because the look ahead would start low and count on a ramp.
        sure = replace(setup.setting, trust=None, last=None)
        results = governed.serve(setup.bank, setup.governor(sure, rules=still), test)
    elif part == "votes":
        lone = replace(setup.setting, levels=tuple(replace(level, samples=1) for level in setup.setting.levels))
        results = governed.serve(setup.bank, setup.governor(lone), test)
    else:
        results = governed.serve(setup.bank, setup.governor(ceiling=False), test)
    return governed_arm(f"without {part}", test, results, setup.prices)


def _best_start(setup: Setup) -> str:
    """Returns the first rung of a governor without an estimate: the best on the training split, by the same rule."""

    def tried(start: str) -> float:
        results = governed.serve(setup.bank, setup.governor(), setup.train, rung=start, blind=True)
        arm = governed_arm(start, setup.train, results, setup.prices)
        return rank(paired(arm.right, setup.maximum.right), arm.cost, setup.maximum.cost)

    return min((level.name for level in setup.setting.levels), key=tried)


def _published(setup: Setup, test: Sequence[Served], arms: Mapping[str, Arm]) -> dict[str, Arm]:
    found = {}
    for done, name in enumerate(cascades.GRID):
        setup.progress(name, done, len(cascades.GRID))
        serve = cascades.choose(setup.bank, setup.train, setup.prices, name, setup.maximum.accuracy)
        found[name] = spent_arm(name, test, serve(test), setup.prices)
    tiers = cascades.litellm_tiers([served.text for served in test])
    if tiers is not None:
        rungs = [arms[cascades.TIERS[tier]] for tier in tiers]
        pick = {name: np.array([getattr(arm, name)[i] for i, arm in enumerate(rungs)]) for name in ("right", "usd", "steps")}
        found["LiteLLM router"] = Arm("LiteLLM router", **pick, most_tokens=0, detail={"tiers": dict(Counter(tiers))})
    return found


def _verdict(losses: Reals) -> str:
    """Returns the guarantee for questions like these, in words."""
    return str(rh.guarantee.certify(losses, max_loss=MARGIN, bounds=(-1.0, 1.0), method="betting").reason)
