"""Learned artifacts with wrong contents under checksums that are right: an error that says so, or an estimator that works."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from benches.quality import _parts

LADDER = rh.Ladder([rh.Rung("fast", model="small"), rh.Rung("deep", model="large")])
TEXTS = [f"prove the lemma about graph {i}" if i % 2 else f"sum the invoice of order {i}" for i in range(60)]
OUTCOMES = {"fast": [float(i % 2 == 0 or i % 9 == 0) for i in range(60)], "deep": [float(i % 7 != 0) for i in range(60)]}


# Functions, not fixtures: an example that fails is printed with its arguments, and these are long.
@functools.cache
def learner() -> bytes:
    learner = rh.learn.Learner(capacity=200)
    for i, text in enumerate(TEXTS):
        for rung in LADDER.rungs:
            learner.add(text, rung, OUTCOMES[rung.name][i], id=str(i), at=0.0)
    return learner.to_bytes()


@functools.cache
def fitted() -> bytes:
    return rh.fit(TEXTS, OUTCOMES, LADDER).to_bytes()


changes = st.lists(st.tuples(st.floats(0.0, 1.0, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=6)
cuts = st.integers(-9, 9)


def damaged(artifact: bytes, share: float, bits: list[tuple[float, int]], cut: int) -> bytes:
    """One section with some bytes changed, cut short or made longer, under a checksum that is right."""
    schema, sections = _parts.read(artifact)
    name = list(sections)[int(share * len(sections))]
    data = bytearray(sections[name])
    for place, mask in bits:
        if data:
            data[int(place * len(data))] ^= mask
    inner = bytes(data[:cut]) if cut < 0 else bytes(data) + bytes(cut)
    return _parts.build(schema, sections | {name: inner})


@settings(max_examples=150, deadline=None)
@given(share=st.floats(0.0, 1.0, exclude_max=True), bits=changes, cut=cuts)
def test_a_learner_is_refused_or_can_be_solved(share: float, bits: list[tuple[float, int]], cut: int) -> None:
    try:
        again = rh.learn.Learner.from_bytes(damaged(learner(), share, bits, cut))
    except rh.errors.ArtifactError:
        return
    assert len(again) <= 200
    assert rh.learn.Learner.from_bytes(again.to_bytes()).to_bytes() == again.to_bytes()
    try:
        estimator = again.solve(LADDER, at=0.0)
    except rh.errors.InvalidValueError:  # such as too few outcomes on rungs that are known
        return
    _works(estimator)


@settings(max_examples=150, deadline=None)
@given(
    part=st.sampled_from(["model", "heads"]), share=st.floats(0.0, 1.0, exclude_max=True), bits=changes, cut=st.integers(-9, 2)
)
def test_an_estimator_is_refused_or_estimates(part: str, share: float, bits: list[tuple[float, int]], cut: int) -> None:
    schema, sections = _parts.read(fitted())
    try:
        estimator = rh.Estimator.from_bytes(
            _parts.build(schema, sections | {part: damaged(sections[part], share, bits, min(cut, 0) if cut < 0 else 0)})
        )
    except rh.errors.ArtifactError:
        return
    _works(estimator)


def _works(estimator: rh.Estimator) -> None:
    """Whatever it says, it says it: chances are chances, and gains are numbers."""
    batch = estimator.estimate_batch([*TEXTS[:4], "", "x" * 5_000])
    assert np.all((batch.difficulty >= 0.0) & (batch.difficulty <= 1.0))
    if estimator.report is not None:
        for rung, *_ in estimator.report.rungs:
            try:
                chances = batch.p_correct(rung)
            except rh.errors.UnknownNameError:  # the report is for people: a name in it may be any word
                continue
            assert np.all((chances >= 0.0) & (chances <= 1.0))
    assert all(math.isfinite(gain) for gain in estimator.gain(TEXTS[:4], 0.6, 0.8))
    rh.Governor(LADDER, estimator=estimator).plan(TEXTS[0])


@pytest.mark.parametrize("version", [b"learner 1", b"learner 3", b"heads 2", b""])
def test_another_version_is_refused_by_name(version: bytes) -> None:
    schema, sections = _parts.read(learner())
    with pytest.raises(rh.errors.ArtifactError, match="no learner of this version"):
        rh.learn.Learner.from_bytes(_parts.build(schema, sections | {"kind": version}))
