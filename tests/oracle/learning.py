"""The naive twin of `rheostat.fit` for graded outcomes of two rungs, each of a model of its own, with dense matrices.

Everything is formed: one kernel matrix over outcomes, solved by elimination. Only how much of it is kept in chances, which
depends on folds, is left to the report.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

import rheostat as rh
from benches.quality import _parts

BUCKETS = 1 << 14
MOST_WORDS = 512
INPUTS = (
    *("bytes", "lines", "longest_sentence", "long_words", "numbers", "operators", "latex", "code_marks", "options"),
    *("question_marks", "capital_words"),
)
NOISE, LEVEL, FEATURES = 8.0, 1.0, 0.03
ASSUMED = 8.0
COMMON_COUNT, LENGTH, LENGTH_COUNT, GAIN = 1.0, 1.0, 0.25, 0.03


@dataclass(frozen=True)
class Texts:
    """Of each text: a row of which terms it has, over the root of how many; features; the prior's location and tilt."""

    terms: np.ndarray
    features: np.ndarray
    location: np.ndarray
    tilt: np.ndarray


def read(texts: list[str]) -> Texts:
    prior = rh.Estimator()
    inputs, starts, words = rh.features.extract_batch(texts, inputs=True)
    terms = np.zeros((len(texts), 2 * BUCKETS))
    for row, (start, end) in enumerate(itertools.pairwise(starts)):
        own = [int(word) for word in words[start:end]][:MOST_WORDS]
        pairs = [_pair(first, second) for first, second in zip([0, *own], own, strict=False)]
        found = {word >> 18 for word in own} | {BUCKETS + (pair >> 18) for pair in pairs}
        terms[row, sorted(found)] = 1.0 / np.sqrt(2 * max(len(own), 1))
    names = [spec.name for spec in rh.features.specs()]
    difficulty = np.asarray(prior.estimate_batch(texts).difficulty, float)
    scalars = np.frombuffer(_parts.read(prior.to_bytes())[1]["scalars"], "<f4")
    low, high = (_sigmoid(_logit(ability) - float(scalars[3])) for ability in (0.4, 0.6))
    # The prior's gain is a difference of chances, times twice the sigmoid of the tilt.
    tilt = _logit(prior.gain(texts, 0.4, 0.6) / (2.0 * (high - low)))
    return Texts(terms, np.asarray(inputs, float)[:, [names.index(name) for name in INPUTS]], _logit(difficulty), tilt)


def _pair(first: int, second: int) -> int:
    product = ((first << 32 | second) ^ 0xC2B2_AE3D_27D4_EB4F) * (0x9E37_79B9_7F4A_7C15 ^ second)
    return (product ^ product >> 64) & 0xFFFF_FFFF


def learn(seen: Texts, scores: tuple[np.ndarray, np.ndarray], assumed: tuple[float, float], new: Texts) -> tuple[Any, Any]:
    """The expected scores of both rungs on new texts, all that was learned kept; and the prior's, with learned levels."""
    count = len(seen.location)
    # Texts that look the same are counted as one where it is measured what words and features are like.
    each = np.column_stack([seen.terms, seen.features, seen.location, seen.tilt]).round(6)
    unlike = np.unique(each, axis=0, return_index=True)[1]
    terms, features = seen.terms[unlike], seen.features[unlike]
    idf = np.log((1.0 + len(unlike)) / (1.0 + (terms > 0).sum(axis=0))) + 1.0
    idf *= np.sqrt(len(unlike) / ((terms * idf) ** 2).sum())
    mean, deviation = features.mean(axis=0), features.std(axis=0)

    def design(texts: Texts) -> np.ndarray:
        standard = np.clip((texts.features - mean) / (deviation + 0.2), -3.0, 3.0)
        return np.hstack([texts.terms * idf, standard * np.sqrt(FEATURES / len(INPUTS))])

    abilities = [_ability(seen.location, right, a) for right, a in zip(scores, assumed, strict=True)]
    tilt = (seen.tilt[unlike].mean(), seen.tilt[unlike].std() + 0.04)
    expected = _tempered(seen, scores, abilities, np.sign(assumed[1] - assumed[0]), tilt)
    x, y = design(seen), design(new)
    # Outcomes in two blocks: all of the one rung, then all of the other.
    alike, own = np.ones((count, count)), np.eye(2)
    kernel = np.kron(own, x @ x.T + 2.0 * LEVEL * alike)
    left = np.concatenate([right - said for right, said in zip(scores, expected(seen), strict=True)])
    dual = np.linalg.solve(kernel + NOISE * np.eye(2 * count), left).reshape(2, count)
    learned = [said + y @ (x.T @ a) + 2.0 * LEVEL * a.sum() for said, a in zip(expected(new), dual, strict=True)]
    plain = [
        _sigmoid(ability - new.location) + (right - _sigmoid(ability - seen.location)).sum() / (count + NOISE)
        for ability, right in zip(abilities, scores, strict=True)
    ]
    return learned, plain


def _tempered(
    seen: Texts, scores: tuple[np.ndarray, np.ndarray], abilities: list[float], sign: float, tilt: tuple[float, float]
) -> Any:
    def parts(texts: Texts) -> tuple[np.ndarray, np.ndarray]:
        low, high = (_sigmoid(ability - texts.location) for ability in abilities)
        return (low + high) / 2.0, sign * GAIN * np.clip((texts.tilt - tilt[0]) / tilt[1], -3.0, 3.0)

    common, length = (part - part.mean() for part in parts(seen))
    both, gain = (part - part.mean() for part in ((scores[0] + scores[1]) / 2.0, scores[1] - scores[0]))
    kept = np.clip((2.0 * common @ both + COMMON_COUNT) / (2.0 * common @ common + COMMON_COUNT), 0.0, 1.0)
    # Halves of a difference, squared, over two outcomes: half of its square.
    share = (length @ gain / 2.0 + LENGTH_COUNT * LENGTH) / (length @ length / 2.0 + LENGTH_COUNT)
    by_length = np.clip(share, -4.0, 4.0)

    def expected(texts: Texts) -> list[np.ndarray]:
        of_all, longer = parts(texts)
        return [kept * of_all - by_length * longer / 2.0, kept * of_all + by_length * longer / 2.0]

    return expected


def _ability(location: np.ndarray, right: np.ndarray, assumed: float) -> float:
    low, high = -8.0, 8.0
    for _ in range(60):
        middle = (low + high) / 2.0
        excess = (_sigmoid(middle - location) - right).sum() + ASSUMED * (_sigmoid(middle) - assumed)
        low, high = (low, middle) if excess > 0.0 else (middle, high)
    return (low + high) / 2.0


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def _logit(x: Any) -> Any:
    return np.log(x) - np.log1p(-x)
