"""From the outcome data to the bytes of ``rust/core/assets/difficulty.bin``: ``python training/difficulty/train.py``.

The location of a query is a logistic regression of "a model of a mixed panel fails" on the scan's inputs and on hashed
words and pairs of words. Each group of prompts weighs as the root of its size, so that no large set drowns the others.
Nothing here depends on the machine but the last bits of floating-point sums.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import artifact
import asks
import numpy as np
import outcomes
import pandas as pd
import regression
import scan
from scipy import sparse, special, stats

ASSET = scan.ROOT / "rust" / "core" / "assets" / "difficulty.bin"
NAME = "difficulty-1"
SEED = 20_261_124
#: Precisions of the priors of inputs (standardised), words and pairs.
PENALTIES = (50.0, 3.0, 5.0)
#: A word is known when training has seen it in so many prompts.
SEEN_OFTEN = 3
SEEN_BITS = 1 << 17
BYTES_PER_TOKEN = 4.0
DOMAINS = ["mathematics", "code", "science", "medicine", "law", "business", "humanities", "language", "everyday"]
DOMAIN_INPUTS = [
    *("math_words", "code_words", "science_words", "medicine_words", "law_words", "business_words", "humanities_words"),
    *("creative_words", "editing_words", "chat_words", "lookup_words", "code_marks", "latex", "equals", "numbers"),
    "proof_words",
]


class Data:
    """The rows, their scans, and what is computed of them once."""

    def __init__(self) -> None:
        self.table = pd.concat([outcomes.load(), asks.load(SEED)], ignore_index=True)
        self.schema, self.names = scan.schema()
        self.scans = scan.scan(self.table["prompt"].tolist())
        self.failures = 1.0 - self.table["accuracy"].to_numpy(float)
        sizes = self.table.groupby("group")["prompt"].transform("size").to_numpy(float)
        self.weights = 1.0 / np.sqrt(sizes)
        self.weights *= len(sizes) / self.weights.sum()
        self.least, self.greatest = np.quantile(self.scans.inputs, [0.001, 0.999], axis=0)
        self.inputs = np.clip(self.scans.inputs, self.least, self.greatest).astype(float)
        self.words = self.scans.bag(self.scans.words)
        self.pairs = self.scans.bag(self.scans.pairs)


class Location:
    """A fitted location: weights of inputs (raw, not standardised), words and pairs."""

    def __init__(self, data: Data, rows: np.ndarray) -> None:
        weights = data.weights[rows]
        self.means = np.average(data.inputs[rows], axis=0, weights=weights)
        deviations = np.sqrt(np.average((data.inputs[rows] - self.means) ** 2, axis=0, weights=weights))
        deviations = np.where(deviations > 1e-3, deviations, np.inf)
        standard = sparse.csr_matrix((data.inputs[rows] - self.means) / deviations)
        matrix = sparse.hstack([standard, data.words[rows], data.pairs[rows]]).tocsr()
        counts = (standard.shape[1], scan.BUCKETS, scan.BUCKETS)
        fitted, self.bias = regression.logistic(matrix, data.failures[rows], weights, np.repeat(PENALTIES, counts))
        inputs, self.words, self.pairs = np.split(fitted, np.cumsum(counts)[:-1])
        self.inputs = inputs / deviations
        self.base = float(special.logit(np.average(data.failures[rows], weights=weights)))

    def of(self, data: Data, rows: np.ndarray) -> np.ndarray:
        """The location of rows, in logits."""
        raw = (data.inputs[rows] - self.means) @ self.inputs + self.bias
        return raw + data.words[rows] @ self.words + data.pairs[rows] @ self.pairs


def leave_one_family_out(data: Data) -> tuple[pd.DataFrame, float]:
    """What the location is worth on families of prompts that it was not fitted on, and how much of it to keep there."""
    rows, unseen = [], np.empty(len(data.table))
    for family in data.table["family"].unique():
        held = (data.table["family"] == family).to_numpy()
        model = Location(data, ~held)
        unseen[held] = model.of(data, held) - model.base
        for group, index in data.table[held].groupby("group").groups.items():
            right = data.failures[index]
            lengths = np.log(data.table["prompt"][index].str.len())
            if np.ptp(right) > 0.0:
                by_model, by_length = (stats.spearmanr(x, right).statistic for x in (unseen[index], lengths))
                rows.append((family, group, len(index), by_model, by_length))
    base = special.logit(np.average(data.failures, weights=data.weights))
    kept = np.linspace(0.0, 1.0, 21)
    losses = [_cross_entropy(base + k * unseen, data.failures, data.weights) for k in kept]
    return pd.DataFrame(rows, columns=["family", "group", "rows", "spearman", "by_length"]), float(kept[np.argmin(losses)])


def _cross_entropy(location: np.ndarray, failures: np.ndarray, weights: np.ndarray) -> float:
    return float(np.average(np.logaddexp(0.0, location) - failures * location, weights=weights))


def sections(data: Data, model: Location, floor: float) -> dict[str, bytes]:
    """Everything that the artifact holds."""
    everything = np.ones(len(data.table), bool)
    words, word_unit = artifact.signed(model.words)
    pairs, pair_unit = artifact.signed(model.pairs)
    scalars = [model.bias, word_unit, pair_unit, model.base, 1.0, floor, *output(data, model.of(data, everything))]
    return {
        "name": NAME.encode(),
        "scalars": artifact.floats(scalars),
        "weights": artifact.floats(model.inputs),
        "means": artifact.floats(model.means),
        "least": artifact.floats(data.least),
        "greatest": artifact.floats(data.greatest),
        "words": words,
        "pairs": pairs,
        "seen": artifact.bits(seen_words(data), SEEN_BITS),
        "domains": artifact.floats(domains(data).ravel()),
    }


def output(data: Data, location: np.ndarray) -> np.ndarray:
    """log₂ of the answer's tokens: offset, by the input's tokens (log₂), by location."""
    characters = data.table["out_chars"].to_numpy(float)
    rows = characters > 0.0
    x = np.column_stack([data.inputs[rows, data.names.index("tokens")], location[rows]])
    by_input, by_location, offset = regression.linear(x, np.log2(characters[rows] / BYTES_PER_TOKEN), data.weights[rows])
    return np.array([offset, by_input, by_location])


def seen_words(data: Data) -> np.ndarray:
    """The hashes of words that occur in at least SEEN_OFTEN prompts."""
    prompts = np.repeat(np.arange(len(data.table)), data.scans.counts())
    distinct = np.unique(np.column_stack([data.scans.words, prompts]), axis=0)[:, 0]
    hashes, counts = np.unique(distinct, return_counts=True)
    return hashes[counts >= SEEN_OFTEN]


def domains(data: Data) -> np.ndarray:
    """Weights by domain over DOMAIN_INPUTS, the bias last."""
    labels = data.table["domain"]
    rows = labels.notna().to_numpy()
    classes = labels[rows].map(DOMAINS.index).to_numpy(int)
    columns = [data.names.index(name) for name in DOMAIN_INPUTS]
    weights = (1.0 / np.sqrt(np.bincount(classes, minlength=len(DOMAINS))))[classes]
    return regression.softmax(data.inputs[rows][:, columns], classes, len(DOMAINS), weights / weights.mean(), penalty=1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ASSET, help="where the artifact goes")
    parser.add_argument(
        "--no-validation", action="store_true", help="take half of what training says off distribution, unmeasured"
    )
    arguments = parser.parse_args()
    data = Data()
    floor = 0.5
    if not arguments.no_validation:
        report, floor = leave_one_family_out(data)
        print(report.round(3).to_string())
        print(f"mean Spearman {report['spearman'].mean():.3f}, by length {report['by_length'].mean():.3f}; kept {floor:.2f}")
    model = Location(data, np.ones(len(data.table), bool))
    content = artifact.build(data.schema, sections(data, model, floor))
    arguments.output.write_bytes(content)
    print(f"{arguments.output}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
