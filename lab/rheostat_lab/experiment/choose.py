"""The governor of an experiment: fitted and chosen on the training split alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import rheostat as rh
from rheostat.signals import calibrate_doubt
from rheostat_lab.experiment import governed
from rheostat_lab.experiment.arms import Arm, governed_arm
from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.bank import Bank
from rheostat_lab.experiment.numbers import Paired, paired
from rheostat_lab.experiment.rungs import LEVELS, Level, ladder
from rheostat_lab.experiment.scores import Scores
from rheostat_lab.prices import Price

RESERVE = 0.00125
"""Target of the bound on the training split: a quarter of the margin above the fixed maximum's accuracy, because the best of
some dozens of settings owes something to luck."""
SHORT = 40.0
"""Penalty of a shortfall, as cost: a tenth of a point counts as 4 % of the fixed maximum's cost."""
_ERRORS = (1.0, 3.0, 10.0, 20.0, 30.0, 50.0, 100.0)
_TRUST = (None, 0.8, 0.9, 0.95, 0.98)
_LAST = (None, 0.5, 0.7, 0.9)
_BATCHES = (0, 1)
_VERIFY = (None, 0.95)
_STEPS = (0.1, 0.3, 0.5, 0.7)
_PASSES = 2

Progress = Callable[[str, int, int], None]
"""Called with the current work, the amount done, and the total."""


@dataclass(frozen=True)
class Setting:
    """Settings of a governor that are chosen.

    Attributes:
        levels: The rungs of its ladder.
        usd_per_error: Price of an error, in multiples of the fixed maximum's cost of a question.
        trust: P(correct) below which the answer of a rung of one sample is doubted, by its least likely token. None: such answers
            are not doubted.
        last: `trust` of the highest of those rungs, whose successor is expensive.
        batches: Number of further batches of samples if those of a rung disagree.
        verify_below: The chance below which a lone answer is verified.
        low_steps: The bar on the calibrated chance of a working's steps, where the scorer is asked.
    """

    levels: tuple[Level, ...]
    usd_per_error: float = 10.0
    trust: float | None = 0.95
    last: float | None = None
    batches: int = 1
    verify_below: float | None = None
    low_steps: float | None = None

    def trusts(self) -> dict[str, float]:
        """The chance below which answers are doubted, by rung."""
        lone = [level.name for level in self.levels if level.samples == level.depth == 1]
        chances = dict.fromkeys(lone[:-1], self.trust) | dict.fromkeys(lone[-1:], self.last)
        return {name: chance for name, chance in chances.items() if chance is not None}

    def rules(self) -> rh.Rules:
        """Returns the rules of the runs."""
        up = rh.Move("escalate")
        again = [rh.Move("samples", most=self.batches)] if self.batches else []
        return rh.Rules(
            window=1,
            low_confidence=None,
            low_steps=self.low_steps,
            # Workings here are short: each step has to stand alone.
            step_window=1,
            hysteresis=0.0,
            verify_below=self.verify_below,
            ramps=[
                rh.Ramp("low_confidence", [up], odds=0.2),
                rh.Ramp("low_steps", [up], odds=0.2),
                rh.Ramp("disagreement", [*again, rh.Move("revise", most=0), up], odds=0.4),
                rh.Ramp("no_answer", [up], odds=0.01),
                rh.Ramp("refuted", [up], odds=0.1),
            ],
        )


def frontier(arms: Mapping[str, Arm]) -> tuple[Level, ...]:
    """Returns the rungs that are more accurate than all cheaper ones, and the maximum."""
    kept: list[Level] = []
    for level in sorted(LEVELS[:-1], key=lambda level: arms[level.name].cost):
        if not kept or arms[level.name].accuracy > arms[kept[-1].name].accuracy:
            kept.append(level)
    return (*kept, LEVELS[-1])


class Setup:
    """The governor, fitted and chosen on the training split alone.

    Args:
        bank: The models and their records.
        train: The questions of the split.
        arms: Results of every fixed rung on them.
        prices: Prices of tokens.
        progress: Told of the progress.
    """

    def __init__(
        self, bank: Bank, train: Sequence[Served], arms: Mapping[str, Arm], prices: Mapping[str, Price], progress: Progress
    ) -> None:
        self.bank, self.train, self.arms, self.prices, self.progress = bank, train, arms, prices, progress
        self.accuracy = {name: arm.accuracy for name, arm in arms.items()}
        self.maximum = arms[LEVELS[-1].name]
        self.setting = Setting(frontier(arms))
        self.estimator = self._fit(slice(None))
        # The fit knows the outcomes of its questions, so the other half must judge it.
        self._halves = (self._fit(slice(1, None, 2)), self._fit(slice(0, None, 2)))
        self._tried: dict[Setting, tuple[Paired, float]] = {}
        self._doubts: dict[tuple[str, float], rh.Doubt] = {}
        self._tables: dict[str, rh.learn.StepTable | None] = {}

    def _fit(self, part: slice) -> rh.Estimator:
        outcomes = {level.name: self.arms[level.name].right[part] for level in LEVELS}
        return rh.fit([served.text for served in self.train[part]], outcomes, ladder(self.prices, LEVELS, self.accuracy))

    def governor(
        self,
        setting: Setting | None = None,
        *,
        estimator: rh.Estimator | None = None,
        rules: rh.Rules | None = None,
        ceiling: bool = True,
    ) -> rh.Governor:
        """Returns a governor with the chosen setting, except for the given arguments."""
        setting = self.setting if setting is None else setting
        with warnings.catch_warnings():
            # A rung that is less able than a cheaper one on a few hundred questions is a finding, not a mistake to warn of.
            warnings.simplefilter("ignore", UserWarning)
            return rh.Governor(
                ladder(self.prices, setting.levels, self.accuracy, self.doubts(setting), self.steps(setting)),
                policy=rh.policy.Utility(usd_per_error=setting.usd_per_error * self.maximum.cost / 1000),
                # With a ceiling: the one that follows from the top rung. Without: more than a run can spend.
                ceiling=None if ceiling else rh.Ceiling(tokens=10_000_000, usd=1e6, samples=1000),
                estimator=self.estimator if estimator is None else estimator,
                rules=setting.rules() if rules is None else rules,
                seed=0,
            )

    def doubts(self, setting: Setting) -> dict[str, rh.Doubt]:
        """Returns the doubt of each rung, with its recall and false-positive rate on the training split."""
        return {name: self._doubt(name, chance) for name, chance in setting.trusts().items()}

    def steps(self, setting: Setting) -> dict[str, rh.learn.StepTable]:
        """Returns what step scores have been worth on the training split, by rung of one sample; nothing without the scorer."""
        if setting.low_steps is None:
            return {}
        lone = [level for level in setting.levels if level.samples == level.depth == 1]
        tables = {level.name: self._table(level) for level in lone}
        return {name: table for name, table in tables.items() if table is not None}

    def _table(self, level: Level) -> rh.learn.StepTable | None:
        """The table of a rung; none where no working has a step."""
        if level.name not in self._tables:
            calibration, paths = rh.learn.StepCalibration(), 0
            for served in self.train:
                asked = served.request(level.model, level.mode)
                # If an answer can be checked, no step of it is scored.
                scores = [score for _, score in self.scores.of(asked)] if served.verify is None else []
                if scores:
                    calibration.add("lab-steps", level.variant, [(scores, float(served.right(self.bank[asked].answer)))])
                    paths += 1
            self._tables[level.name] = calibration.table("lab-steps", level.variant) if paths else None
        return self._tables[level.name]

    def _doubt(self, name: str, chance: float) -> rh.Doubt:
        if (name, chance) not in self._doubts:
            level = next(level for level in LEVELS if level.name == name)
            # If an answer can be checked, the check is better evidence than the model's doubt.
            asked = [served for served in self.train if served.verify is None]
            records = [self.bank[served.request(level.model, level.mode)] for served in asked]
            lowest = [float(record.logprobs.min()) for record in records]
            right = [float(served.right(record.answer)) for served, record in zip(asked, records, strict=True)]
            self._doubts[name, chance] = calibrate_doubt(lowest, right, p_correct=chance)
        return self._doubts[name, chance]

    def trial(self, setting: Setting) -> tuple[Paired, float]:
        """Tries a setting on the training split, each half under the estimate of the other.

        Returns:
            Its accuracy less the fixed maximum's, and its cost of a thousand questions.
        """
        if setting not in self._tried:
            results: list[Any] = [None] * len(self.train)
            for half, estimator in enumerate(self._halves):
                governor = self.governor(setting, estimator=estimator)
                scores = None if setting.low_steps is None else self.scores
                part = self.train[half::2]
                results[half::2] = governed.serve(self.bank, governor, part, scores=scores)
            arm = governed_arm("train", self.train, results, self.prices)
            self._tried[setting] = paired(arm.right, self.maximum.right), arm.cost
        return self._tried[setting]

    def _axes(self, setting: Setting) -> list[list[Setting]]:
        """Returns the alternatives to a setting, one list per thing that may change."""
        worth = frontier(self.arms)
        rungs = [worth[i:] for i in range(len(worth) - 1)] + [worth[i:-1] for i in range(len(worth) - 2)]
        rungs += [(*setting.levels[:i], *setting.levels[i + 1 :]) for i in range(len(setting.levels)) if len(setting.levels) > 2]
        return [
            [replace(setting, levels=levels) for levels in rungs],
            [replace(setting, usd_per_error=errors) for errors in _ERRORS],
            [replace(setting, trust=trust) for trust in _TRUST],
            [replace(setting, last=last) for last in _LAST],
            [replace(setting, batches=batches) for batches in _BATCHES],
            [replace(setting, verify_below=bar) for bar in _VERIFY],
        ]

    def choose(self) -> None:
        """Chooses the cheapest setting that loses almost nothing, changing one thing at a time.

        A setting ranks by its cost if its accuracy on the training split is, at 95 % confidence, above the fixed maximum's by a
        quarter of the margin; else the shortfall adds to its cost (`rank`). Changing one thing at a time tries some dozens of
        settings instead of thousands, and the best of fewer settings owes less to luck.
        """
        axes = len(self._axes(self.setting))
        for done in range(_PASSES * axes):
            self.progress("choosing on the training split", done, _PASSES * axes)
            self.setting = self._best([self.setting, *self._axes(self.setting)[done % axes]])

    def _best(self, settings: Sequence[Setting]) -> Setting:
        """Returns the setting of the lowest rank; the first of equals."""
        return min(settings, key=lambda setting: rank(*self.trial(setting), self.maximum.cost))

    @cached_property
    def scores(self) -> Scores:
        """The step scorer."""
        return Scores(self.bank.lab, self.bank)

    def with_steps(self) -> Setting:
        """Returns the setting with the step scorer, whose bar is chosen by the same rule."""
        settings = [
            replace(self.setting, low_steps=steps, trust=trust) for steps in _STEPS for trust in {None, self.setting.trust}
        ]
        return self._best(settings)

    def chosen(self) -> dict[str, Any]:
        """Returns the chosen setting and its result on the training split."""
        setting, (difference, cost) = self.setting, self.trial(self.setting)
        return {
            "rungs": [level.name for level in setting.levels],
            "usd_per_error": setting.usd_per_error * self.maximum.cost / 1000,
            "doubts": {
                name: {"low_logprob": doubt.low_logprob, "caught": doubt.caught, "false_alarms": doubt.false_alarms}
                for name, doubt in self.doubts(setting).items()
            },
            "further_batches": setting.batches,
            "verify_below": setting.verify_below,
            "settings_tried": len(self._tried),
            "training": {"usd_per_1000": cost, "mean": difference.mean, "low_95_one_sided": difference.low},
        }


def rank(difference: Paired, cost: float, maximum: float) -> float:
    """Returns the rank of a setting; the lowest is chosen.

    `difference` is to the fixed maximum; `cost` and the maximum's are for a thousand questions. The rank has no step, so two
    settings that hardly differ rank alike.

    Example:
        >>> fine, better, short = (Paired(low + 0.01, low, (low, 0.03), 9) for low in (0.002, 0.01, -0.01))
        >>> rank(fine, 0.2, 1.0) < rank(better, 0.3, 1.0) < rank(short, 0.1, 1.0)
        True
    """
    return cost / maximum + SHORT * max(0.0, RESERVE - difference.low)
