"""How learning should begin: what the prior's gains and chances are worth on a new deployment, measured on other tasks.

``python training/difficulty/gains.py`` prints, for every set that is left out of training in turn, and pairs of a weak and a
strong model drawn from it:

- the slope that the difference of the prior's chances should have, and the share of its length gain (1 is as shipped): what
  ``CHANCES``, ``GAINS`` and their counts in ``rust/core/src/learn/mean.rs`` say of a deployment before its outcomes do;
- the slope of P(correct) in the logit: ``ELSEWHERE`` in ``recalibrate.rs``;
- APGR after few labels, less that of length, for a grid of those shares and of ridge's λ: the learner's regression on pairs,
  written down apart from it; and for each set the best of the grid on the others.

RouteLLM's rows, and what overlaps them, are in none of these sets.
"""

from __future__ import annotations

import argparse
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

LABELS = {50: 8, 200: 4, 500: 2}
"""Numbers of labels, and how often they are drawn."""
PAIRS, LEAST_GAIN = 6, 0.06
SLOPE_OF_LENGTH = 0.4
"""By how much the gain's logit rises with log₂ of the characters: ``TILT_BY_SIZE`` of train.py."""
NOISE = 0.25
"""The variance of a net gain that no head can tell."""
FEATURES = 0.03
#: λ; belief in the share of chances, and its deviation; the same of gains.
GRID = list(
    itertools.product(
        (4.0, 8.0, 16.0, 32.0), ((0.0, 0.0), (0.5, 0.7), (1.0, 0.7)), ((0.0, 1.0), (0.3, 1.0), (1.0, 0.5), (1.0, 1.0), (2.0, 0.0))
    )
)
SETS = {
    "mmlu-pro": ["mmlu-pro"],
    "math-l5": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "crux": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "numersense": ["zeroeval/math-l5", "zeroeval/crux", "zeroeval/numersense-v2"],
    "llmrouter": ["llmrouter/"],
    "livecodebench": ["livecodebench", "llmrouter/mbpp", "llmrouter/human_eval"],
    "bbh": ["bbh"],
}
"""What is left out of training when a set is measured, by the beginning of the family's name."""


@dataclass(frozen=True)
class Deployment:
    """Prompts with the outcomes of a weak and a strong model, and the location that the prior gives them."""

    name: str
    prompts: list[str]
    weak: np.ndarray
    strong: np.ndarray
    location: np.ndarray

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
            yield Deployment(name, table["prompt"][known].tolist(), weak[known], strong[known], location[known])


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


def learned(one: Deployment, labels: int, draw: int) -> np.ndarray:
    """APGR less that of length, for every setting of the grid."""
    order = np.random.default_rng([labels, draw]).permutation(len(one.prompts))
    rows, rest = order[:labels], order[labels:]
    words, inputs = _kernels(one, rows, rest)
    chances, gains = one.chances(rows), one.gains(rows)
    target = (one.strong - one.weak)[rows]
    out = []
    for penalty, (chance, chance_deviation), (gain, gain_deviation) in GRID:
        believed = chance * chances + gain * gains

        def kernel(a: np.ndarray, of_words: np.ndarray, of_inputs: np.ndarray, spread: tuple[float, float, float]) -> np.ndarray:
            lam, c, g = spread
            both = c**2 * np.outer(chances[a], chances[rows]) + g**2 * np.outer(gains[a], gains[rows])
            return NOISE / lam * (of_words + FEATURES * of_inputs) + both + 1.0

        spread = (penalty, chance_deviation, gain_deviation)
        inner = kernel(rows, words[0], inputs[0], spread) + NOISE * np.eye(labels)
        dual = np.linalg.solve(inner, target - believed[rows])
        score = believed[rest] + kernel(rest, words[1], inputs[1], spread) @ dual
        out.append(_apgr(score, (one.strong - one.weak)[rest]))
    size = np.array([len(one.prompts[i]) for i in rest], float)
    return np.array(out) - _apgr(size, (one.strong - one.weak)[rest])


def _kernels(one: Deployment, rows: np.ndarray, rest: np.ndarray) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Products of labelled texts with themselves, and of the others with them: over words and pairs, and over inputs."""
    scans = scan.scan(one.prompts)
    bag = sparse.hstack([scans.bag(scans.words), scans.bag(scans.pairs)]).tocsr() / np.sqrt(2.0)
    found = np.asarray((bag[rows] > 0).sum(axis=0)).ravel()
    bag = bag @ sparse.diags(np.log((1.0 + len(rows)) / (1.0 + found)) + 1.0)
    bag = bag * np.sqrt(len(rows) / bag[rows].multiply(bag[rows]).sum())
    columns = scans.inputs[:, [scan.schema()[1].index(name) for name in INPUTS]]
    standard = (columns - columns[rows].mean(axis=0)) / (columns[rows].std(axis=0) + 0.2)
    standard = np.clip(standard, -3.0, 3.0) / np.sqrt(len(INPUTS))
    words = tuple((bag[part] @ bag[rows].T).toarray() for part in (rows, rest))
    return words, tuple(standard[part] @ standard[rows].T for part in (rows, rest))


INPUTS = [
    *("bytes", "lines", "longest_sentence", "long_words", "numbers", "operators", "latex", "code_marks", "options"),
    *("question_marks", "capital_words", "distinct_words"),
]
"""As ``rust/core/src/learn/sketch.rs`` has them."""


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
        large = [one for one in found if labels <= 0.6 * len(one.prompts)]
        values = {one.name: [] for one in large}
        for one in large:
            values[one.name] += [learned(one, labels, draw) for draw in range(draws)]
        by_set = pd.DataFrame({name: np.mean(each, axis=0) for name, each in values.items()}, index=pd.Index(map(str, GRID)))
        print(
            f"\n{labels} labels: APGR above length, the best ten\n",
            by_set.assign(mean=by_set.mean(axis=1)).nlargest(10, "mean").round(3).to_string(),
        )
        for name in by_set.columns:
            best = by_set.drop(columns=name).mean(axis=1).idxmax()
            print(f"best without {name}: {best}; there {by_set.loc[best, name]:+.3f}, at most {by_set[name].max():+.3f}")


if __name__ == "__main__":
    main()
