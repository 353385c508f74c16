"""The smaller heads: domain, whether thinking helps, and the length of the answer."""

from __future__ import annotations

import numpy as np
import outcomes
import regression
from data import Data

BYTES_PER_TOKEN = 4.0
DOMAINS = ["mathematics", "code", "science", "medicine", "law", "business", "humanities", "language", "everyday"]
DOMAIN_INPUTS = [
    *("math_words", "code_words", "science_words", "medicine_words", "law_words", "business_words", "humanities_words"),
    *("creative_words", "editing_words", "chat_words", "lookup_words", "code_marks", "latex", "equals", "numbers"),
    "proof_words",
]
#: The chance that thinking helps with the authors' own asks, by hand, by group.
THINKING = {"asks/easy": 0.03, "asks/medium": 0.3, "asks/hard": 0.6, "asks/deep": 0.75}
THINKING_PENALTY = 200.0
#: What is kept of a deviation from the base rate: one model on one suite of tasks says little of others.
THINKING_KEPT = 0.5


def domains(data: Data) -> np.ndarray:
    """Weights by domain over DOMAIN_INPUTS, the bias last."""
    labels = data.table["domain"]
    rows = labels.notna().to_numpy()
    classes = labels[rows].map(DOMAINS.index).to_numpy(int)
    columns = [data.names.index(name) for name in DOMAIN_INPUTS]
    weights = (1.0 / np.sqrt(np.bincount(classes, minlength=len(DOMAINS))))[classes]
    return regression.softmax(data.scans.inputs[rows][:, columns], classes, len(DOMAINS), weights / weights.mean(), penalty=1.0)


def helped(data: Data) -> np.ndarray:
    """By row: 1 where thinking made a wrong answer right, 0 where not, NaN where it is not known."""
    table = outcomes.thinking()
    known = dict(zip(table["prompt"], table["helped"], strict=True))
    found = data.table["prompt"].map(known).astype(float)
    return found.fillna(data.table["group"].map(THINKING)).to_numpy(float)


def thinking_weights(data: Data, label: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Weights by standardised input, bias, and base rate in logits, from the given rows."""
    standard = data.standard(data.scans.inputs[rows])
    prior = regression.Prior(np.full(standard.shape[1], THINKING_PENALTY), np.zeros(standard.shape[1]))
    weights, bias = regression.logistic(standard, label[rows], data.weights[rows], prior)
    share = float(np.average(label[rows & data.real], weights=data.weights[rows & data.real]))
    return weights, bias, float(np.log(share / (1.0 - share)))


def thinking(data: Data) -> np.ndarray:
    """Weights by raw input, the bias last; inputs are not centred in the artifact."""
    label = helped(data)
    weights, bias, base = thinking_weights(data, label, ~np.isnan(label))
    raw = THINKING_KEPT * weights / data.deviations
    return np.append(raw, base + THINKING_KEPT * (bias - base) - raw @ data.means)


def output(data: Data, location: np.ndarray) -> np.ndarray:
    """log₂ of the answer's tokens: offset, by the input's tokens (log₂), by location; and its tenth and ninetieth hundredth.

    The spread is that of groups that were held out, not of those that were fitted.
    """
    characters = data.table["out_chars"].to_numpy(float)
    rows = np.flatnonzero(characters > 0.0)
    x = np.column_stack([data.scans.inputs[rows, data.names.index("tokens")], location[rows]])
    target = np.log2(characters[rows] / BYTES_PER_TOKEN)
    family, weights = data.family[rows], data.weights[rows]
    rest = np.empty(len(rows))
    for name in np.unique(family):
        out = family == name
        *slopes, offset = regression.linear(x[~out], target[~out], weights[~out])
        rest[out] = target[out] - x[out] @ np.array(slopes) - offset
    by_input, by_location, offset = regression.linear(x, target, weights)
    return np.array([offset, by_input, by_location, *np.quantile(rest, [0.1, 0.9])])
