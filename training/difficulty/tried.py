"""What was tried for the prior and not kept, each on kinds of data that it has not seen: ``python training/difficulty/tried.py``.

Writes ``tried.json`` beside itself: the tables of the model card's last section. RouteLLM's rows are not looked at.

- Ranking: within groups by the share of models that fail, and within families by what the upper third of a panel gains over the
  lower third (the area under the share of the gain that is had, 0.5 by chance), each less the same of length.
- Calibration: Brier score and calibration error of other ways to draw locations towards the base rate.
- Range: what is said of ``everyday.tsv``, and what it costs on outcomes when the authors' asks weigh more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import outcomes
import pandas as pd
import scan
import validate
from data import ASKS_WEIGHT, SEED, Data
from encoder import Encoder
from location import Location
from scipy import sparse, special, stats

HERE = Path(__file__).parent
DRAWS = 2_000
NEIGHBOURS = 30
#: Models of a family's panel, and rows, below which it has no gain to speak of.
FEWEST_MODELS, FEWEST_ROWS = 6, 50
SEEN_OFTEN = 3
FORMATS = {
    "options": r"(?m)^\s*\(?[A-E][.):\]]\s",
    "code": r"def |```|\breturn\b|class |assert ",
    "numbers": r"\d",
}
#: By name: what is kept of a deviation from the base rate, above it and below it, by evidence.
KEPT: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "0.75 + 0.25 e (shipped)": (lambda e: 0.75 + 0.25 * e, lambda e: 0.75 + 0.25 * e),
    "0.5 + 0.5 e": (lambda e: 0.5 + 0.5 * e, lambda e: 0.5 + 0.5 * e),
    "e": (lambda e: e, lambda e: e),
    "e²": (lambda e: e**2, lambda e: e**2),
    "e² above the base rate, shipped below": (lambda e: e**2, lambda e: 0.75 + 0.25 * e),
    "shipped, 1.3 times as much below the base rate": (lambda e: 0.75 + 0.25 * e, lambda e: 1.3 * (0.75 + 0.25 * e)),
}


class Folds:
    """Rows by the kind that they are held out with; the authors' asks are never held out."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.held = [np.isin(data.family, families) for families in validate.HELD_OUT.values()]
        self.length = np.log(data.table["prompt"].str.len().to_numpy(float))
        self.group = data.table["group"].to_numpy(str)
        self.outcomes = panel(data)
        self.gain = gains(data, self.outcomes)
        self.models = [Location(data, ~held) for held in self.held]

    def scored(self, score: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
        """A score of each row by what ``score(fitted rows, held-out rows)`` says of the fold that it is held out with."""
        out = np.zeros(len(self.data.table))
        for held in self.held:
            out[held] = score(np.flatnonzero(~held & self.data.real), np.flatnonzero(held))
        return out

    def ranking(self, score: np.ndarray) -> dict[str, list[float]]:
        """How well a score ranks, less how well length does: means with 95 % intervals over groups and over families."""
        by_group, by_family = [], []
        for group in np.unique(self.group[self.data.real]):
            rows = np.flatnonzero(self.group == group)
            failures = self.data.failures[rows]
            if np.ptp(failures) > 0.0:
                by_group.append([_spearman(x[rows], failures) for x in (score, self.length)])
        for family in np.unique(self.data.family):
            rows = np.flatnonzero((self.data.family == family) & ~np.isnan(self.gain))
            if len(rows) >= FEWEST_ROWS:
                by_family.append([_area(x[rows], self.gain[rows]) for x in (score, self.length)])
        groups, families = np.array(by_group), np.array(by_family)
        return {
            "spearman": validate.mean(pd.Series(groups[:, 0])),
            "spearman less length": validate.mean(pd.Series(groups[:, 0] - groups[:, 1])),
            "gain": validate.mean(pd.Series(families[:, 0])),
            "gain less length": validate.mean(pd.Series(families[:, 0] - families[:, 1])),
        }


def panel(data: Data) -> np.ndarray:
    """Outcomes by row and model; NaN where there is none."""
    table = outcomes.models()
    wide = table.assign(model=table["family"] + table["model"]).pivot_table(index="prompt", columns="model", values="right")
    return wide.reindex(data.table["prompt"]).to_numpy(np.float32)


def gains(data: Data, right: np.ndarray) -> np.ndarray:
    """By row what the upper third of its family's panel gains over the lower third; NaN where the panel is too small."""
    gain = np.full(len(right), np.nan)
    for family in np.unique(data.family):
        rows = np.flatnonzero(data.family == family)
        known = np.flatnonzero((~np.isnan(right[rows])).mean(axis=0) > 0.5)
        if len(known) >= FEWEST_MODELS:
            order = known[np.argsort(np.nanmean(right[np.ix_(rows, known)], axis=0))]
            third = len(order) // 3
            low, high = (np.nanmean(right[np.ix_(rows, part)], axis=1) for part in (order[:third], order[-third:]))
            gain[rows] = high - low
    return gain


def neighbours(folds: Folds, target: np.ndarray) -> np.ndarray:
    """The mean target of the nearest prompts, by the cosine of tf-idf of hashed words and pairs: sketches only come near it."""
    data = folds.data
    counts = (data.design[:, len(data.names) :] > 0).astype(float)
    idf = np.log((1 + counts.shape[0]) / (1 + np.asarray(counts.sum(axis=0)).ravel())) + 1.0
    weighted = counts @ sparse.diags(idf)
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = (sparse.diags(1.0 / np.maximum(norms, 1e-9)) @ weighted).tocsr()

    def score(fitted: np.ndarray, held: np.ndarray) -> np.ndarray:
        fitted = fitted[~np.isnan(target[fitted])]
        out = np.empty(len(held))
        for part in np.array_split(np.arange(len(held)), max(1, len(held) // 400)):
            likeness = (unit[held[part]] @ unit[fitted].T).toarray()
            nearest = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
            weight = np.take_along_axis(likeness, nearest, axis=1) + 1e-6
            out[part] = (weight * target[fitted][nearest]).sum(axis=1) / weight.sum(axis=1)
        return out

    return folds.scored(score)


def encoded(folds: Folds) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of words with a head for each model of every panel: failures, and strong heads less weak ones."""
    fitted = [Encoder(folds.data, folds.outcomes, np.flatnonzero(~held & folds.data.real)) for held in folds.held]
    failures, gain = np.zeros(len(folds.length)), np.zeros(len(folds.length))
    for held, encoder in zip(folds.held, fitted, strict=True):
        failures[held], gain[held] = encoder.failures(held), encoder.gain(held)
    return failures, gain


def experts(folds: Folds, prior: float, separate: bool) -> np.ndarray:
    """Ridge regression of gains within groups on structure, drawn to length; a regression for each format, or one for all."""
    data = folds.data
    form = np.full(len(data.table), len(FORMATS))
    for number, pattern in reversed(list(enumerate(FORMATS.values()))):
        form[data.table["prompt"].map(lambda text, p=pattern: re.search(p, text) is not None).to_numpy(bool)] = number
    if not separate:
        form[:] = 0
    inputs = np.clip(data.standard(data.scans.inputs), -4.0, 4.0)[:, : folds.models[0].first_content]
    towards = np.zeros(inputs.shape[1])
    towards[data.names.index("characters")] = prior

    def within(values: np.ndarray) -> np.ndarray:
        frame = pd.DataFrame(values)
        return (frame - frame.groupby(folds.group).transform("mean")).to_numpy()

    x, y = within(inputs), within(folds.gain)[:, 0]

    def score(fitted: np.ndarray, held: np.ndarray) -> np.ndarray:
        out = np.empty(len(held))
        fitted = fitted[~np.isnan(y[fitted])]
        for number in np.unique(form[held]):
            rows = fitted[form[fitted] == number]
            weights = towards
            if len(rows) > 100:
                weight = data.weights[rows][:, None]
                gram = x[rows].T @ (x[rows] * weight) + 0.3 * weight.sum() * np.eye(x.shape[1])
                weights = towards + np.linalg.solve(gram, (x[rows] * weight).T @ (y[rows] - x[rows] @ towards))
            out[form[held] == number] = inputs[held[form[held] == number]] @ weights
        return out

    return folds.scored(score)


def shrinkage(folds: Folds) -> dict[str, dict[str, object]]:
    """Brier scores and calibration errors of each of KEPT, on held-out rows, and the difference from what is shipped."""
    data, losses, out = folds.data, {}, {}
    deviation, evidence, base = (np.zeros(len(data.table)) for _ in range(3))
    for held, model in zip(folds.held, folds.models, strict=True):
        content, bound = model.content(data.design[held]), model.bound(data)
        deviation[held] = model.of(data.design[held]) - content + np.clip(content, -bound, bound) - model.base
        evidence[held], base[held] = seen_share(data.scans, data.seen_words(SEEN_OFTEN, ~held))[held], model.base
    rows = data.real
    for name, (above, below) in KEPT.items():
        location = base + deviation * np.where(deviation > 0.0, above(evidence), below(evidence))
        losses[name] = (special.expit(location) - data.failures) ** 2
        out[name] = {
            "brier": float(np.average(losses[name][rows], weights=data.weights[rows])),
            "brier less shipped": weighted_mean(losses[name] - losses[next(iter(KEPT))], folds),
            "calibration error": validate.calibration_error(location[rows], data.failures[rows], data.weights[rows]),
            "brier less a constant's": {
                kind: float(
                    np.average((losses[name] - (special.expit(base) - data.failures) ** 2)[held], weights=data.weights[held])
                )
                for kind, held in zip(validate.HELD_OUT, folds.held, strict=True)
            },
        }
    return out


def seen_share(scans: scan.Scans, seen: np.ndarray) -> np.ndarray:
    """The evidence of each text, as the estimate has it."""
    known = np.zeros(SEEN_BITS, bool)
    known[seen % SEEN_BITS] = True
    sums = np.append(0, np.cumsum(known[scans.words % SEEN_BITS]))
    return np.diff(sums[scans.starts]) / (scans.counts() + 1.0)


SEEN_BITS = 1 << 17


def ranges(folds: Folds) -> dict[str, dict[str, object]]:
    """What is said of everyday asks when the authors' own weigh more in training, and the Brier score on outcomes then."""
    data, kept, out = folds.data, KEPT[next(iter(KEPT))][0], {}
    lines = (HERE / "everyday.tsv").read_text(encoding="utf-8").splitlines()
    kinds, texts = zip(*(line.split("\t") for line in lines if not line.startswith("#")), strict=True)
    everyday = scan.scan([text.replace("\\n", "\n") for text in texts])
    shipped_weights, losses = data.weights, []
    for times in (1, 2, 4):
        weights = shipped_weights * np.where(data.real, 1.0, times)
        data.weights = weights * len(weights) / weights.sum()
        location = np.zeros(len(data.table))
        for held in folds.held:
            model, seen = Location(data, ~held), data.seen_words(SEEN_OFTEN, ~held)
            location[held] = said(model, data, data.design[held], kept(seen_share(data.scans, seen)[held]))
        model = Location(data, np.ones(len(data.table), bool))
        evidence = seen_share(everyday, data.seen_words(SEEN_OFTEN))
        difficulty = special.expit(said(model, data, data.rows(everyday), kept(evidence)))
        data.weights = shipped_weights
        losses.append((special.expit(location) - data.failures) ** 2)
        out[f"asks weigh {ASKS_WEIGHT * times:.0f} times"] = {
            **pd.Series(difficulty).groupby(np.array(kinds), sort=False).mean().round(3).to_dict(),
            "brier": float(np.average(losses[-1][data.real], weights=data.weights[data.real])),
            "brier less shipped": weighted_mean(losses[-1] - losses[0], folds),
        }
    return out


def said(model: Location, data: Data, design: sparse.csr_matrix, kept: np.ndarray) -> np.ndarray:
    """The location as the estimate has it: content within its bound, and drawn towards the base rate."""
    content, bound = model.content(design), model.bound(data)
    return model.base + (model.of(design) - content + np.clip(content, -bound, bound) - model.base) * kept


def weighted_mean(values: np.ndarray, folds: Folds) -> list[float]:
    """The weighted mean over outcome rows, and its 95 % interval by a bootstrap over groups."""
    _, codes = np.unique(folds.group[folds.data.real], return_inverse=True)
    weights = folds.data.weights[folds.data.real]
    sums = np.array([np.bincount(codes, weights * values[folds.data.real]), np.bincount(codes, weights)])
    drawn = np.random.default_rng(SEED).integers(0, sums.shape[1], (DRAWS, sums.shape[1]))
    draws = sums[0][drawn].sum(axis=1) / sums[1][drawn].sum(axis=1)
    return [float(x) for x in (sums[0].sum() / sums[1].sum(), *np.quantile(draws, [0.025, 0.975]))]


def _spearman(score: np.ndarray, target: np.ndarray) -> float:
    return 0.0 if np.ptp(score) == 0.0 else float(stats.spearmanr(score, target).statistic)


def _area(score: np.ndarray, gain: np.ndarray) -> float:
    above = 1.0 - (stats.rankdata(-score) - 0.5) / len(score)
    return float((above * gain).sum() / gain.sum())


def _standard(x: np.ndarray) -> np.ndarray:
    return (x - x.mean()) / x.std()


def main() -> None:
    data = Data()
    folds = Folds(data)
    location = np.zeros(len(data.table))
    for held, model in zip(folds.held, folds.models, strict=True):
        location[held] = model.of(data.design[held]) - model.base
    failures, gain = encoded(folds)
    scores = {
        "length": folds.length,
        "the location": location,
        "nearest prompts, failures": neighbours(folds, data.failures),
        "nearest prompts, gain": neighbours(folds, folds.gain),
        "encoder, failures": failures,
        "encoder, gain": gain,
        "gain on structure": experts(folds, 0.0, separate=False),
        "gain on structure by format": experts(folds, 0.0, separate=True),
        "gain on structure by format, drawn to length": experts(folds, 0.03, separate=True),
    }
    for name in list(scores)[1:]:
        scores[f"length + half of: {name}"] = _standard(folds.length) + 0.5 * _standard(scores[name])
    report = {
        "ranking": {name: folds.ranking(score) for name, score in scores.items()},
        "shrinkage": shrinkage(folds),
        "range": ranges(folds),
    }
    (HERE / "tried.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
