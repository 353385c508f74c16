"""How learning should begin: what the prior's gains and chances are worth on a new deployment, measured on other tasks.

``python training/difficulty/gains.py`` prints, for every set that is left out of training in turn, and pairs of a weak and a
strong model drawn from it:

- the slope that the difference of the prior's chances should have, and the share of length's order (1 is as shipped):
  ``LENGTH`` and its count in ``rust/core/src/learn/mean.rs`` are the prior of it before outcomes come;
- the slope of P(correct) in the logit: ``ELSEWHERE`` in ``recalibrate.rs``;
- APGR after few labels, less that of the plain recipe (``benches/quality/_recipe.py``) on the same draws: the learner's
  regression on pairs, written down apart from it, and the same with one piece exchanged at a time.

RouteLLM's rows, and what overlaps them, are in none of these sets. It takes some minutes.
"""

from __future__ import annotations

import argparse
import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import outcomes
import pandas as pd
import scan
from data import Data
from location import Location
from scipy import sparse, special

LABELS = {50: 4, 200: 2, 500: 2}
"""Numbers of labels, and how often they are drawn."""
PAIRS, LEAST_GAIN = 6, 0.06
MOST_SCORED = 1_500
SLOPE_OF_LENGTH = 0.4
"""By how much the gain's logit rises with log₂ of the characters: ``TILT_BY_SIZE`` of train.py."""
RECIPE = {50: 30.0, 200: 8.0, 500: 8.0}
"""The recipe's λ."""


@dataclass(frozen=True)
class Setting:
    """The learner's regression on pairs of outcomes; the defaults are what it does."""

    penalty: float = 8.0
    #: The features' variance against that of the words.
    features: float = 0.03
    #: Whether a term that a text repeats counts once.
    once: bool = True
    #: What is added to the deviation of log₂ of the length; none: the gain follows the measured distance of the models.
    least: float | None = 0.1
    #: Belief in the share of length, and what it counts for; the same for the difference of the prior's chances.
    length: tuple[float, float] = (1.0, 0.25)
    chances: tuple[float, float] = (0.0, np.inf)


SETTINGS = {
    "the learner": Setting(),
    "λ 4": Setting(penalty=4.0),
    "λ 16": Setting(penalty=16.0),
    "no features": Setting(features=0.0),
    "features 0.1": Setting(features=0.1),
    "repeated terms count": Setting(once=False),
    "gain by the models' distance": Setting(least=None),
    "share of length fixed": Setting(length=(1.0, np.inf)),
    "share of length, count 1": Setting(length=(1.0, 1.0)),
    "share of length, count 0.1": Setting(length=(1.0, 0.1)),
    "chances, a quarter": Setting(chances=(0.25, 1.0)),
    "chances, three quarters": Setting(chances=(0.75, 1.0)),
}
SETS = {
    "mmlu-pro": ["mmlu-pro"],
    "math-l5": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "crux": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "numersense": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "llmrouter": ["llmrouter/"],
    "livecodebench": ["livecodebench", "llmrouter/mbpp", "llmrouter/human_eval"],
    "bbh": ["bbh"],
}
"""Families that are left out of training when a set is measured, by the beginning of their names."""


@dataclass(frozen=True)
class Deployment:
    """Prompts with the outcomes of a weak and a strong model, and the location that the prior gives them."""

    name: str
    prompts: list[str]
    weak: np.ndarray
    strong: np.ndarray
    location: np.ndarray
    scans: scan.Scans

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """The difference of the prior's chances, at abilities that are right on average over some rows; 0 there on average."""
        low, high = (_ability(self.location[rows], right[rows]) for right in (self.weak, self.strong))
        said = special.expit(high - self.location) - special.expit(low - self.location)
        return said - said[rows].mean()

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """The prior's gain: a little more for each octave of length."""
        size = np.log2([max(1, len(prompt)) for prompt in self.prompts])
        tilt = 2.0 * special.expit(SLOPE_OF_LENGTH * (size - size[rows].mean()))
        gain = max(0.01, float((self.strong - self.weak)[rows].mean())) * tilt
        return gain - gain[rows].mean()

    def length(self, rows: np.ndarray, least: float) -> np.ndarray:
        """Returns the order of length: 0.03 for each standard deviation of it over some rows."""
        size = np.log2([max(1, len(prompt)) for prompt in self.prompts])
        deviations = (size - size[rows].mean()) / (size[rows].std() + least)
        return 0.03 * np.clip(deviations, -3.0, 3.0)


def _ability(location: np.ndarray, right: np.ndarray) -> float:
    low, high = -8.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (low, middle) if float((special.expit(middle - location) - right).sum()) > 0.0 else (middle, high)
    return (low + high) / 2.0


def deployments(data: Data) -> Iterator[Deployment]:
    """Every set, with pairs of its models, and locations from a model that has seen nothing of the set."""
    rng = np.random.default_rng(1)
    for name, table in _tables().items():
        held = np.array([any(family.startswith(left) for left in SETS[name]) for family in data.family])
        table = table[table["prompt"].isin(set(data.table["prompt"][held]))].drop_duplicates("prompt")
        model = Location(data, ~held)
        location = model.of(data.rows(scan.scan(table["prompt"].tolist())))
        columns = [column for column in table.columns if column != "prompt"]
        pairs = [pair for pair in itertools.permutations(columns, 2) if _is_gain(table, *pair)]
        for i in rng.permutation(len(pairs))[:PAIRS]:
            weak, strong = (table[column].to_numpy(float) for column in pairs[i])
            known = np.isfinite(weak) & np.isfinite(strong)
            prompts = table["prompt"][known].tolist()
            yield Deployment(name, prompts, weak[known], strong[known], location[known], scan.scan(prompts))


def _is_gain(table: pd.DataFrame, low: str, high: str) -> bool:
    both = table[[low, high]].astype(float).dropna()
    weak, strong = both[low].mean(), both[high].mean()
    return len(both) >= 300 and strong - weak >= LEAST_GAIN and weak >= 0.15 and strong <= 0.95


def _tables() -> dict[str, pd.DataFrame]:
    """By set: prompts, and a column of outcomes for each model."""
    files = {
        file: pd.read_parquet(outcomes.folder() / f"{file}.parquet")
        for file in ("mmlu_pro_models", "zeroeval", "llmrouter_9models", "livecodebench_difficulty", "bbh_direct_vs_cot")
    }

    def part(table: pd.DataFrame, marks: tuple[str, ...]) -> pd.DataFrame:
        kept = [c for c in table.columns if any(m in c for m in marks) and not any(b in c for b in outcomes._BROKEN_MODELS)]
        return table[["prompt", *kept]]

    zeroeval = files["zeroeval"]
    return {
        "mmlu-pro": part(files["mmlu_pro_models"], ("correct:",)),
        "math-l5": part(zeroeval[zeroeval["dataset"] == "zeroeval/math-l5"], ("correct:",)),
        "crux": part(zeroeval[zeroeval["dataset"] == "zeroeval/crux"], ("correct:",)),
        "numersense": part(zeroeval[zeroeval["dataset"] == "zeroeval/numersense-v2"], ("correct:",)),
        "llmrouter": part(files["llmrouter_9models"], ("score:",)),
        "livecodebench": part(files["livecodebench_difficulty"], ("pass1:",)),
        "bbh": part(files["bbh_direct_vs_cot"], ("direct_correct", "cot_correct")),
    }


def slopes(found: list[Deployment]) -> pd.DataFrame:
    """By deployment: what the net gain's regression on chances and on gains says, and the slope of P(correct)."""
    rows = []
    for one in found:
        every = np.arange(len(one.prompts))
        gain = one.strong - one.weak
        x = np.column_stack([one.chances(every), one.gains(every)])
        shares = np.linalg.lstsq(x, gain - gain.mean(), rcond=None)[0]
        at = one.location.mean() - one.location
        rows.append((one.name, *shares, *(_logistic(at, right) for right in (one.weak, one.strong))))
    return pd.DataFrame(rows, columns=["set", "chances", "gains", "slope, weak", "slope, strong"])


def _logistic(x: np.ndarray, right: np.ndarray) -> float:
    slope, level = 0.5, 0.0
    for _ in range(50):
        p = special.expit(slope * x + level)
        w = p * (1.0 - p)
        gradient = np.array([(p - right) @ x, (p - right).sum()])
        step = np.linalg.solve(np.array([[w @ x**2, w @ x], [w @ x, w.sum()]]) + 1e-6 * np.eye(2), gradient)
        slope, level = slope - step[0], level - step[1]
    return float(slope)


def learned(one: Deployment, labels: int, draw: int) -> dict[str, float]:
    """APGR of length, and of every setting, less that of the recipe."""
    order = np.random.default_rng([labels, draw]).permutation(len(one.prompts))
    rows, rest = order[:labels], order[labels : labels + MOST_SCORED]
    gain = one.strong - one.weak
    texts = Texts(one, rows, rest)
    size = np.log2([max(1, len(prompt)) for prompt in one.prompts])
    prior = 0.03 * (size - size.mean()) / size.std()
    target = (gain - prior)[rows]
    recipe = prior[rest] + _ridge(texts.words(once=False, exact=True), RECIPE[labels], target - target.mean())
    scores = {"length": size[rest]} | {name: _score(one, texts, setting) for name, setting in SETTINGS.items()}
    least = _apgr(recipe, gain[rest])
    return {name: _apgr(score, gain[rest]) - least for name, score in scores.items()}


def _score(one: Deployment, texts: Texts, setting: Setting) -> np.ndarray:
    rows, rest = texts.rows, texts.rest
    gain, chances = (one.strong - one.weak)[rows], one.chances(rows)
    length = one.gains(rows) if setting.least is None else one.length(rows, setting.least)
    x = np.column_stack([chances, length])
    belief, count = np.array([setting.chances, setting.length]).T
    within = x[rows] - x[rows].mean(axis=0)
    # An infinite count is a share that is not learned. Halves of a difference, squared, over two outcomes: half of its square.
    free = np.isfinite(count)
    known = belief.copy()
    left = gain - gain.mean() - within[:, ~free] @ belief[~free]
    inner = within[:, free].T @ within[:, free] / 2.0 + np.diag(count[free])
    known[free] = np.linalg.solve(inner, within[:, free].T @ left / 2.0 + count[free] * belief[free])
    expected = x @ np.clip(known, -4.0, 4.0)
    kernels = [w + setting.features * f for w, f in zip(texts.words(once=setting.once), texts.inputs(), strict=True)]
    # A level of variance 2, in the units in which λ is 8.
    level = setting.penalty / 4.0
    return expected[rest] + _ridge((kernels[0] + level, kernels[1] + level), setting.penalty, gain - expected[rows])


def _ridge(kernels: tuple[np.ndarray, np.ndarray], penalty: float, target: np.ndarray) -> np.ndarray:
    return kernels[1] @ np.linalg.solve(kernels[0] + penalty * np.eye(len(target)), target)


class Texts:
    """Products of labelled texts with themselves, and of the others with them."""

    def __init__(self, one: Deployment, rows: np.ndarray, rest: np.ndarray) -> None:
        self.rows, self.rest, self.scans = rows, rest, one.scans

    @functools.cache  # noqa: B019 - they live as long as a draw
    def words(self, *, once: bool, exact: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Over words and pairs, over the root of how many; ``exact``: normalised for each text instead of on average."""
        bag = sparse.hstack([self.scans.bag(self.scans.words), self.scans.bag(self.scans.pairs)]).tocsr() / np.sqrt(2.0)
        if once:
            bag = sparse.diags(1.0 / np.sqrt(2.0 * np.maximum(self.scans.counts(), 1))) @ bag.sign()
        found = np.asarray((bag[self.rows] > 0).sum(axis=0)).ravel()
        bag = (bag @ sparse.diags(np.log((1.0 + len(self.rows)) / (1.0 + found)) + 1.0)).tocsr()
        if exact:
            size = np.asarray(bag.multiply(bag).sum(axis=1)).ravel()
            bag = (sparse.diags(1.0 / np.sqrt(np.maximum(size, 1e-12))) @ bag).tocsr()
        known = bag[self.rows]
        scale = len(self.rows) / known.multiply(known).sum()
        return (known @ known.T).toarray() * scale, (bag[self.rest] @ known.T).toarray() * scale

    @functools.cache  # noqa: B019
    def inputs(self) -> tuple[np.ndarray, np.ndarray]:
        """Over features."""
        columns = self.scans.inputs[:, [scan.schema()[1].index(name) for name in INPUTS]]
        known = columns[self.rows]
        standard = np.clip((columns - known.mean(axis=0)) / (known.std(axis=0) + 0.2), -3.0, 3.0) / np.sqrt(len(INPUTS))
        return standard[self.rows] @ standard[self.rows].T, standard[self.rest] @ standard[self.rows].T


INPUTS = [
    *("bytes", "lines", "longest_sentence", "long_words", "numbers", "operators", "latex", "code_marks", "options"),
    *("question_marks", "capital_words"),
]
"""As ``rust/core/src/estimate/inputs.rs`` has them."""


def _apgr(score: np.ndarray, gain: np.ndarray) -> float:
    ordered = gain[np.argsort(-score, kind="stable")]
    return float((np.cumsum(ordered) - ordered / 2.0).mean() / ordered.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slopes", action="store_true", help="only the slopes, which takes a minute")
    arguments = parser.parse_args()
    found = list(deployments(Data()))
    table = slopes(found).groupby("set").mean()
    print(table.round(2), f"\nmean of sets\n{table.mean().round(2)}\ndeviation\n{table.std().round(2)}", sep="")
    for labels, draws in LABELS.items() if not arguments.slopes else ():
        values: dict[str, list[dict[str, float]]] = {}
        for one in (one for one in found if labels <= 0.6 * len(one.prompts)):
            values.setdefault(one.name, []).extend(learned(one, labels, draw) for draw in range(draws))
        by_set = pd.DataFrame({name: pd.DataFrame(each).mean() for name, each in values.items()})
        mean, error = by_set.mean(axis=1), by_set.std(axis=1) / np.sqrt(by_set.shape[1])
        print(f"\n{labels} labels: APGR less the recipe's", by_set.assign(mean=mean, error=error).round(4).to_string(), sep="\n")


if __name__ == "__main__":
    main()
