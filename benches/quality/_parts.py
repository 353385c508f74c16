"""Effect and cost of each part of the estimate: parts are taken out of an artifact, one at a time.

An artifact is sections with lengths and checksums (`rust/core/src/artifact`); a part is taken out by writing zeros over its
weights. What is left is read as any artifact is, so an ablated estimator is a real one.
"""

from __future__ import annotations

import struct
import timeit
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _curve, _peers
from benches.quality._data import Outcomes
from rheostat.evaluate.metrics import apgr, auc, brier

Numbers = npt.NDArray[np.float64]
Sections = dict[str, bytes]
HEAD = struct.Struct("<4sHHQI")
SECTION = struct.Struct("<8sII")
FIRST_CONTENT = "question_words"
"""The first feature that counts words of a meaning."""
TILT_BY_SIZE = 7
"""Place among the model's scalars."""
HEAD_INPUTS = 12
LABELS = 500
TIMED = 500
"""Number of prompts on which each scorer is timed."""


@dataclass(frozen=True)
class Row:
    """An estimator without one part: APGR of its gains, AUC of "the weak model fails", and the weak model's Brier score."""

    data: str
    labels: int
    without: str
    apgr: float
    auc: float
    brier: float


@dataclass(frozen=True)
class Cost:
    """A scorer: microseconds a prompt, one at a time, and the bytes that it has to keep."""

    scorer: str
    microseconds: float
    bytes: int | None


def read(artifact: bytes) -> tuple[int, Sections]:
    """The schema and the sections of an artifact that was read before."""
    schema = HEAD.unpack_from(artifact)[3]
    at, sections = HEAD.size, {}
    while at < len(artifact):
        name, size, _ = SECTION.unpack_from(artifact, at)
        at += SECTION.size
        sections[name.rstrip(b"\0").decode()] = artifact[at : at + size]
        at += size
    return schema, sections


def build(schema: int, sections: Sections) -> bytes:
    """The artifact of some sections."""
    head = struct.pack("<4sHHQ", b"RHEO", 1, len(sections), schema)
    out = [head, struct.pack("<I", zlib.crc32(head))]
    for name, data in sections.items():
        start = name.encode().ljust(8, b"\0") + struct.pack("<I", len(data))
        out += [start, struct.pack("<I", zlib.crc32(start + data)), data]
    return b"".join(out)


def _zero(name: str) -> Callable[[Sections], Sections]:
    return lambda sections: sections | {name: bytes(len(sections[name]))}


def _numbers(section: str, first: int, last: int | None) -> Callable[[Sections], Sections]:
    def change(sections: Sections) -> Sections:
        values = np.frombuffer(sections[section], "<f4").copy()
        values[first:last] = 0.0
        return sections | {section: values.tobytes()}

    return change


def _both(*changes: Callable[[Sections], Sections]) -> Callable[[Sections], Sections]:
    def change(sections: Sections) -> Sections:
        for one in changes:
            sections = one(sections)
        return sections

    return change


def prior_parts() -> dict[str, Callable[[Sections], Sections]]:
    """How each part of the shipped model is taken out."""
    content = [spec.name for spec in rh.features.specs()].index(FIRST_CONTENT)
    return {
        "hashed words and pairs": _both(_zero("words"), _zero("pairs")),
        "structure": _numbers("weights", 0, content),
        "counts of meanings": _numbers("weights", content, None),
        "length in the gain": _numbers("scalars", TILT_BY_SIZE, TILT_BY_SIZE + 1),
    }


def without(estimator: rh.Estimator, change: Callable[[Sections], Sections], *, part: str = "model") -> rh.Estimator:
    """An estimator whose model, or heads, are changed."""
    schema, sections = read(estimator.to_bytes())
    if part not in sections:
        return rh.Estimator.from_bytes(build(schema, change(sections)))
    inner, parts = read(sections[part])
    return rh.Estimator.from_bytes(build(schema, sections | {part: build(inner, change(parts))}))


def _no_features(sections: Sections) -> Sections:
    """The last of the heads' numbers are the features' weights, by model."""
    models = struct.unpack_from("<I", sections["names"])[0]
    size = 4 * HEAD_INPUTS * models
    return sections | {"numbers": sections["numbers"][:-size] + bytes(size)}


def table(data: Outcomes, effort: _curve.Effort) -> list[Row]:
    """The shipped model without each part, and what `rheostat.fit` learns from 500 labels without each."""
    rows = []
    shipped = rh.Estimator()
    estimators = {"nothing": shipped, **{name: without(shipped, change) for name, change in prior_parts().items()}}
    everything = np.arange(len(data.prompts))
    for name, estimator in estimators.items():
        rows.append(Row(data.name, 0, name, *_measure(data, estimator, everything)))
    found: dict[str, list[tuple[float, float, float]]] = {}
    for repeat in range(effort.repeats):
        order = np.random.default_rng([effort.seed, repeat]).permutation(len(data.prompts))
        labelled, rest = order[:LABELS], order[LABELS:]
        learned = _curve.fitted(data, labelled)
        flat = without(shipped, prior_parts()["length in the gain"])
        candidates = {
            "nothing": learned,
            "words in the heads": without(learned, _zero("table"), part="heads"),
            "features in the heads": without(learned, _no_features, part="heads"),
            "length in the gain": _curve.fitted(data, labelled, flat),
        }
        for name, estimator in candidates.items():
            found.setdefault(name, []).append(_measure(data, estimator, rest))
    return rows + [Row(data.name, LABELS, name, *np.mean(values, axis=0).tolist()) for name, values in found.items()]


def _measure(data: Outcomes, estimator: rh.Estimator, rows: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    prompts, weak, strong = [data.prompts[i] for i in rows], data.weak[rows], data.strong[rows]
    learned = estimator.report is not None
    batch = estimator.estimate_batch(prompts)
    gain = estimator.gain(prompts, "weak", "strong") if learned else estimator.gain(prompts, _curve.LOW, _curve.HIGH)
    chance = batch.p_correct("weak" if learned else _curve.LOW)
    return apgr(gain, weak, strong), auc(-chance, 1.0 - weak), brier(chance, weak)


def costs(data: Outcomes, seed: int) -> list[Cost]:
    """Every scorer on the same prompts in one run, in turn: the best of five rounds. Gains come in batches, on one core."""
    chosen = np.random.default_rng(seed).permutation(len(data.prompts))
    prompts = [data.prompts[i] for i in chosen[:TIMED]]
    learned = _curve.fitted(data, chosen[:LABELS])
    shipped = rh.Estimator()
    governor = rh.Governor(_curve.ladder(), estimator=learned)
    few, many = len(shipped.to_bytes()), len(learned.to_bytes())

    def each(score: Callable[[str], object]) -> Callable[[], object]:
        return lambda: [score(prompt) for prompt in prompts]

    scorers: dict[str, tuple[Callable[[], object], int | None]] = {
        "prompt length": (each(len), None),
        "rheostat, estimate": (each(shipped.estimate), few),
        "rheostat, gain, in a batch": (lambda: shipped.gain(prompts, _curve.LOW, _curve.HIGH, threads=1), few),
        f"rheostat, estimate after {LABELS} labels": (each(learned.estimate), many),
        f"rheostat, gain after {LABELS} labels, in a batch": (lambda: learned.gain(prompts, "weak", "strong", threads=1), many),
        f"rheostat, plan after {LABELS} labels": (each(governor.plan), many),
        **{name: (each(score), None) for name, score in _peers.scorers().items()},
    }
    out = []
    for name, (score, size) in scorers.items():
        best = min(timeit.repeat(score, number=1, repeat=5))
        out.append(Cost(name, best / len(prompts) * 1e6, size))
    return out
