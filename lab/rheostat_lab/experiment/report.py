"""Report of a comparison: data that any program can read, and a few sentences."""

from __future__ import annotations

from typing import Any

from rheostat_lab.experiment.arms import Arm
from rheostat_lab.experiment.cascades import GRID
from rheostat_lab.experiment.compare import MARGIN, Comparison
from rheostat_lab.experiment.numbers import paired


def as_dict(found: Comparison) -> dict[str, Any]:
    """Everything but the single questions, as JSON takes it."""
    difference = found.difference
    return {
        "questions": found.options.questions,
        "train": found.options.train,
        "prices": found.options.prices,
        "saved": found.saved,
        "difference": {"mean": difference.mean, "low_95_one_sided": difference.low, "interval_95": difference.interval},
        "margin": MARGIN,
        "not_inferior": found.holds,
        "guarantee": found.verdict,
        "overhead": found.overhead,
        "chosen_on_training_split": found.chosen,
        "cheapest_fixed_not_inferior": found.cheapest_fixed.name,
        "cheapest_fixed_by_its_mean": found.cheapest_near.name,
        "less_cascades": {name: _less(arm, found) for name, arm in _cascades(found).items()},
        "arms": {name: _arm(arm, found) for name, arm in found.arms.items()},
        "kinds": {kind: _kind(kind, found) for kind in dict.fromkeys(found.kinds)},
    }


def _arm(arm: Arm, found: Comparison) -> dict[str, Any]:
    difference = paired(arm.right, found.maximum.right)
    return {
        "accuracy": arm.accuracy,
        "interval_95": arm.interval,
        "usd_per_1000": arm.cost,
        "saved": 1 - arm.cost / found.maximum.cost,
        "difference_to_maximum": difference.mean,
        "low_95_one_sided": difference.low,
        "tokens_in_a_row": float(arm.steps.mean()),
        "most_tokens_of_one_question": arm.most_tokens,
        **arm.detail,
    }


def _kind(kind: str, found: Comparison) -> dict[str, float]:
    places = [i for i, k in enumerate(found.kinds) if k == kind]
    return {
        "questions": len(places),
        "maximum": float(found.maximum.right[places].mean()),
        "governor": float(found.governor.right[places].mean()),
        "saved": 1 - float(found.governor.usd[places].sum() / found.maximum.usd[places].sum()),
    }


def _cascades(found: Comparison) -> dict[str, Arm]:
    return {name: found.arms[name] for name in GRID if name in found.arms}


def _less(arm: Arm, found: Comparison) -> dict[str, Any]:
    """The governor less another arm."""
    difference = paired(found.governor.right, arm.right)
    return {"points": difference.mean, "interval_95": difference.interval, "cost": found.governor.cost / arm.cost - 1}


def _cascade(name: str, arm: Arm, found: Comparison) -> str:
    low, high = paired(found.governor.right, arm.right).interval
    points = f"{100 * (found.governor.accuracy - arm.accuracy):+.2f} points [{100 * low:+.2f}, {100 * high:+.2f}]"
    return f"Against the {name} {_against(found, arm)}, at an accuracy {points} apart (paired, 95 %)."


def _against(found: Comparison, arm: Arm) -> str:
    less = 1 - found.governor.cost / arm.cost
    return f"the governor costs {abs(less):.1%} {'less' if less >= 0 else 'more'}"


def sentences(found: Comparison) -> list[str]:
    """The findings in words, the most important first."""
    difference, overhead = found.difference, found.overhead
    bound = f"{100 * difference.mean:+.2f} points, at 95 % confidence not below {100 * difference.low:+.2f} (paired)"
    holds = "holds" if found.holds else "does not hold"
    took = f"{overhead['governor_us']:.1f} µs a question, {overhead['share']:.2%} of what these small models take 64 at a time"
    said = [
        f"The governor saves {found.saved:.1%} of the fixed maximum's cost on {found.options.questions} questions.",
        f"Accuracy {found.governor.accuracy:.1%} against {found.maximum.accuracy:.1%}: {bound}.",
        f"The margin of {100 * MARGIN:g} point {holds}.",
        f"The cheapest fixed rung that passes this test is {found.cheapest_fixed.name}: {_against(found, found.cheapest_fixed)}.",
        f"By its mean alone, {found.cheapest_near.name} is within the margin, too: {_against(found, found.cheapest_near)}.",
        *(_cascade(name, arm, found) for name, arm in _cascades(found).items()),
        f"Deciding takes {took}, {overhead['share_alone']:.3%} one at a time, {overhead['of_maximum']:.3%} of the fixed maximum.",
        f"Guarantee for questions like these: {found.verdict}.",
    ]
    if found.options.questions < 2000:
        said.append("With fewer than 2,000 questions the bound is wide; `--questions 3000` is what the claim rests on.")
    return said
