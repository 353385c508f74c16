"""The lab's ladder: model, thinking, samples and depth, all four, and the same rungs under any price list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import rheostat as rh
from rheostat_lab.engine import Mode
from rheostat_lab.prices import Price

THINKING: dict[Mode, int] = {"no": 0, "lo": 96, "hi": 240}
"""Thinking tokens that each mode is given: more than its working takes."""
ANSWER_TOKENS = 16
TEMPERATURE = 0.8
"""Of several samples. One alone is greedy."""


@dataclass(frozen=True)
class Level:
    """One rung, before it has prices."""

    name: str
    model: str
    mode: Mode
    samples: int = 1
    depth: int = 1

    @property
    def variant(self) -> str:
        """Name of its model on the ladder: with the mode, as gateways name a model that thinks (`model:thinking`).

        The mode changes which questions are answered correctly, not only how many, so the estimate treats them as two models.
        """
        return f"{self.model}:{self.mode}"


def engine_of(model: str) -> str:
    """The model that a variant is of."""
    return model.partition(":")[0]


LEVELS = (
    Level("tiny-lo", "lab-tiny", "lo"),
    Level("tiny-hi", "lab-tiny", "hi"),
    Level("medium-no", "lab-medium", "no"),
    Level("medium-lo", "lab-medium", "lo"),
    Level("medium-hi", "lab-medium", "hi"),
    Level("medium-hi-x4", "lab-medium", "hi", samples=4),
    Level("medium-hi-x8", "lab-medium", "hi", samples=8),
    Level("large-no", "lab-large", "no"),
    Level("large-lo", "lab-large", "lo"),
    Level("large-hi", "lab-large", "hi"),
    Level("large-hi-x4", "lab-large", "hi", samples=4),
    Level("large-hi-x8-twice", "lab-large", "hi", samples=8, depth=2),
)
"""From the cheapest to the most that is spent on anybody: the last is the fixed maximum, the first the fixed minimum."""


def mode_of(thinking_tokens: int) -> Mode:
    """The mode that a thinking budget buys: the longest working that fits it."""
    if thinking_tokens >= THINKING["hi"]:
        return "hi"
    return "lo" if thinking_tokens > 0 else "no"


def ladder(
    prices: Mapping[str, Price],
    levels: tuple[Level, ...] = LEVELS,
    accuracy: Mapping[str, float] | None = None,
    doubts: Mapping[str, rh.Doubt] | None = None,
    steps: Mapping[str, rh.learn.StepTable] | None = None,
) -> rh.Ladder:
    """Returns the ladder under a price list. `accuracy`, `doubts` and `steps`: per rung, on questions that are in no test set."""
    rungs = []
    for level in levels:
        price = prices[level.model]
        # A rung that was always right, or never, is taken as nearly so: an ability lies strictly between.
        ability = None if accuracy is None else min(max(accuracy[level.name], 0.005), 0.995)
        rungs.append(
            rh.Rung(
                level.name,
                model=level.variant,
                thinking_tokens=THINKING[level.mode],
                samples=level.samples,
                depth=level.depth,
                answer_tokens=ANSWER_TOKENS,
                input_price=price.input,
                output_price=price.output,
                ability=ability,
                doubt=None if doubts is None else doubts.get(level.name),
                steps=None if steps is None else steps.get(level.name),
            )
        )
    # Fitted on outcomes: the prompt may buy the top rung.
    return rh.Ladder(rungs, start_max=rungs[-1].name)
