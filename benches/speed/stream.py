"""Watching a stream: a token's confidence against deepconf, full-vocabulary statistics against numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import rheostat as rh
from rheostat import signals as rs

from . import competitors
from .bars import Rival, Row
from .clock import Contender, race

WINDOW = 2_048
TOP = 20
TRACE = 16_384
"""Tokens of one trace, as long as a reasoning model's answer to a hard question."""
VOCABULARY = 151_936


@dataclass
class _Logprob:
    """The fields of an engine's log-probability object that deepconf reads."""

    logprob: float


def top_logprobs(count: int, seed: int = 1) -> np.ndarray:
    """`count` rows of the `TOP` largest log-probabilities of a token, from peaked to flat, float32."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.5, 4.0, size=(count, 1))
    logits = np.sort(rng.gumbel(size=(count, TOP)) * spread, axis=1)[:, ::-1]
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True)) + rng.uniform(0.01, 0.4, size=(count, 1))
    return np.ascontiguousarray(logits, dtype=np.float32)


def confidence(seconds: float) -> Iterator[Row]:
    """`Confidence.update` from a Python list and in batches, against deepconf's two functions, per token."""
    rows = top_logprobs(TRACE)
    lists: list[list[float]] = rows.tolist()
    single, batched = rh.Confidence(window=WINDOW), rh.Confidence(window=WINDOW)
    contenders = [
        Contender("rheostat", single.update, inputs=lists),
        Contender("rheostat batch", batched.update_batch, inputs=[rows]),
    ]
    absent = []
    try:
        deepconf = competitors.deepconf()
    except competitors.NotInstalled as error:
        absent = [Rival("deepconf", None, note=f"not installed ({error})")]
    else:
        chunks = [[{i: _Logprob(p) for i, p in enumerate(row)} for row in lists[at : at + 64]] for at in range(0, TRACE, 64)]
        confidences = deepconf.compute_confidence([row for chunk in chunks for row in chunk])
        contenders.append(Contender("deepconf compute_confidence", deepconf.compute_confidence, inputs=chunks))
        contenders.append(
            Contender("deepconf compute_least_grouped", lambda c: deepconf.compute_least_grouped(c, WINDOW), inputs=[confidences])
        )
    timings = race(contenders, [], seconds, rounds=5)
    ours = timings["rheostat"]
    in_batch = timings["rheostat batch"].scaled(TRACE)
    rivals = []
    if not absent:
        each = timings["deepconf compute_confidence"].scaled(64)
        grouped = timings["deepconf compute_least_grouped"].scaled(TRACE)
        rivals = [
            Rival(
                "deepconf, both",
                each.p50 + grouped.p50,
                note=f"compute_confidence and compute_least_grouped over {TRACE:,} tokens",
            ),
            Rival("deepconf compute_confidence", each.p50),
            Rival("deepconf compute_least_grouped", grouped.p50),
        ]
    note = f"{ours.calls:,} tokens, window {WINDOW:,}, top {TOP}"
    yield Row("confidence/list", "confidence per token, from a list", "ns", ours.p50, ours.p99, rivals or absent, note)
    yield Row(
        "confidence/batch",
        "confidence per token, in a batch",
        "ns",
        in_batch.p50,
        None,
        (rivals or absent)[:1],
        f"numpy rows, {TRACE:,} a batch",
    )


def numpy_stats(x: np.ndarray) -> tuple[float, float, float, float, float, float]:
    """Entropy, varentropy, largest probability, margin, self-certainty and log-sum-exp of one row of logits, in nats.

    Written as one would with numpy at hand: each intermediate is computed once, in the row's own float32.
    """
    top = x.max()
    exps = np.exp(x - top)
    total = exps.sum()
    log_sum_exp = top + np.log(total)
    p = exps / total
    logp = x - log_sum_exp
    entropy = -(p @ logp)
    centred = logp + entropy
    varentropy = p @ (centred * centred)
    second, first = np.partition(p, -2)[-2:]
    self_certainty = -logp.mean() - np.log(len(x))
    return float(entropy), float(varentropy), float(first), float(first - second), float(self_certainty), float(log_sum_exp)


_FIELDS = ("entropy", "varentropy", "max_prob", "margin", "self_certainty", "log_sum_exp")


def _same_fields(row: np.ndarray) -> str:
    """Empty when both compute the same numbers for `row`; otherwise which differ, for the note."""
    ours = rh.logit_stats(row)
    theirs = numpy_stats(row.astype(np.float64))
    different = [
        f"{name} {float(getattr(ours, name)):.6g} is not numpy's {value:.6g}"
        for name, value in zip(_FIELDS, theirs, strict=True)
        if not np.isclose(float(getattr(ours, name)), value, rtol=1e-3, atol=1e-5)
    ]
    return "; DIFFERENT FIELDS: " + ", ".join(different) if different else "; fields equal numpy's"


def logits(seconds: float) -> Iterator[Row]:
    """`logit_stats` on one row of a 151,936-word vocabulary, against numpy computing the same fields."""
    rng = np.random.default_rng(2)
    rows = [(rng.normal(0.0, 2.5, VOCABULARY) + 12.0 * (rng.random(VOCABULARY) < 2e-5)).astype(np.float32) for _ in range(128)]
    timings = race([Contender("rheostat", rh.logit_stats), Contender("numpy", numpy_stats)], rows, seconds)
    ours, theirs = timings["rheostat"], timings["numpy"]
    rate = VOCABULARY * 4 / ours.p50
    note = (
        f"{ours.calls:,} calls, {len(rows)} rows ({len(rows) * VOCABULARY * 4 / 1e6:.0f} MB) in rotation, reads {rate:.1f} GB/s"
    )
    rival = Rival("numpy, same fields", theirs.p50, theirs.p99, f"{theirs.calls:,} calls")
    yield Row(
        f"logits/{VOCABULARY}", "logit_stats, 151,936 floats", "ns", ours.p50, ours.p99, [rival], note + _same_fields(rows[0])
    )


def numpy_top(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The `TOP` likeliest tokens of a row of logits and their log-probabilities, likeliest first."""
    top = x.max()
    ids = np.argpartition(x, -TOP)[-TOP:]
    ids = ids[np.argsort(-x[ids])]
    return ids, x[ids] - (top + np.log(np.exp(x - top).sum()))


def top_tokens(seconds: float) -> Iterator[Row]:
    """`top_tokens` on one row of a 151,936-word vocabulary, against numpy's partition and log-sum-exp."""
    rng = np.random.default_rng(4)
    rows = [rng.normal(0.0, 2.5, VOCABULARY).astype(np.float32) for _ in range(128)]
    timings = race([Contender("rheostat", rs.top_tokens), Contender("numpy", numpy_top)], rows, seconds)
    ours, theirs = timings["rheostat"], timings["numpy"]
    equal = all(np.array_equal(rs.top_tokens(row)[0], numpy_top(row)[0]) for row in rows)
    note = f"{ours.calls:,} calls; {'the same tokens as' if equal else 'DIFFERENT TOKENS from'} numpy"
    rival = Rival("numpy, argpartition", theirs.p50, theirs.p99, f"{theirs.calls:,} calls")
    yield Row(f"top/{VOCABULARY}", f"top_tokens, {TOP} of 151,936", "ns", ours.p50, ours.p99, [rival], note)


def signals(seconds: float) -> Iterator[Row]:
    """Times the other signals, one update each. No other library has them as a call, so they have no rival."""
    rng = np.random.default_rng(3)
    tokens = rng.integers(0, VOCABULARY, size=TRACE)
    words = ["so the ", "next step ", "is 4. ", "Wait, ", "let me re-", "check ", "that: ", "the sum "]
    chunks = [words[i] for i in rng.integers(0, len(words), size=4096)]
    loops, batched, passages = rs.Loops(), rs.Loops(), rs.Loops(4096)
    brain = [(rng.normal(0.0, 2.5, VOCABULARY).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16) for _ in range(32)]
    contenders = [
        Contender("loop detector, per token", loops.update, inputs=tokens.tolist()),
        Contender("loop detector, periods up to 4,096", passages.update, inputs=tokens.tolist()),
        Contender("loop detector, per token in a batch", batched.update_batch, inputs=[tokens]),
        Contender("markers, per chunk of two words", rs.Markers().text, inputs=chunks),
        Contender("logit_stats, 151,936 of bfloat16", lambda row: rh.logit_stats(row, dtype="bfloat16"), inputs=brain),
    ]
    for contender in contenders:
        timing = race([contender], [], seconds, rounds=5)[contender.name]
        if contender.name.endswith("in a batch"):
            timing = timing.scaled(TRACE)
        yield Row(f"signal/{contender.name}", contender.name, "ns", timing.p50, timing.p99, [], f"{timing.calls:,} calls")
