"""Weak answers by default: the same verdict for any number of candidates and any length, on real shapes of rows."""

from __future__ import annotations

import math
import random

import pytest

import rheostat as rh

LADDER = rh.Ladder(
    [rh.Rung("small", answer_tokens=5_000, output_price=1.0), rh.Rung("large", answer_tokens=5_000, output_price=9.0)]
)


def start(rules: rh.Rules | None = None, ladder: rh.Ladder = LADDER) -> rh.Run:
    return rh.Governor(ladder, rules=rules).plan("q", rung=ladder.rungs[0].name).start()


def row(top: float, rng: random.Random) -> list[float]:
    """The logarithms of twenty candidates' chances, the largest first, as a model with a large vocabulary gives them."""
    rest, chances = 1.0 - math.exp(top), [math.exp(top)]
    for _ in range(19):
        chances.append(min(chances[-1], rest * rng.uniform(0.2, 0.6)))
        rest -= chances[-1]
    return [math.log(max(chance, 1e-12)) for chance in chances]


def weak_at(rows: list[list[float]], k: int, rules: rh.Rules | None = None) -> int | None:
    """The token at which the run goes up, from 1."""
    sample = start(rules).sample(0)
    for n, candidates in enumerate(rows, 1):
        action = sample.token(candidates[0], candidates[:k])
        if action.kind == rh.RAMP:
            assert "confidence" in action.reason
            return n
    return None


@pytest.mark.parametrize("length", [3, 12, 60, 256, 1_000])
@pytest.mark.parametrize("mean", [0.02, 0.3, 0.8, 1.2, 2.0])
def test_one_five_or_twenty_candidates_are_one_verdict(mean: float, length: int) -> None:
    rng = random.Random(length + int(100 * mean))
    rows = [row(-rng.expovariate(1 / mean), rng) for _ in range(length)]
    assert len({weak_at(rows, k) for k in (1, 2, 5, 20)}) == 1


@pytest.mark.parametrize("length", [10, 40, 100, 255, 400, 3_000])
def test_no_length_is_too_short_to_be_judged(length: int) -> None:
    rng = random.Random(length)
    assert weak_at([row(-0.2, rng)] * length, 5) is None
    assert weak_at([row(-2.0, rng)] * length, 5) == 2
    # An answer that is sure but for one word is none to doubt.
    rows = [row(-0.05, rng)] * length
    rows[length // 2] = row(-3.0, rng)
    assert weak_at(rows, 5) is None


def test_few_ordinary_streams_raise_an_alarm_at_any_length() -> None:
    # Surprisals of a mean of a third of the bar: by the bound at most 1 in 100, however long the stream.
    for length in (20, 200, 2_000):
        rng = random.Random(length)
        alarms = 0
        for _ in range(200):
            sample = start().sample(0)
            alarms += sample.tokens([-rng.expovariate(1 / 0.3) for _ in range(length)]).kind == rh.RAMP
        assert alarms <= 4


def test_the_default_yields_to_a_bar_of_the_rung_and_can_be_turned_off() -> None:
    unsure = [row(-2.5, random.Random(0))] * 60
    assert weak_at(unsure, 20) == 1
    assert weak_at(unsure, 20, rh.Rules(low_top_logprob=None)) is None
    rungs = [
        rh.Rung("small", answer_tokens=5_000, doubt=rh.Doubt(low_logprob=-30.0)),
        rh.Rung("large", answer_tokens=5_000, output_price=9.0),
    ]
    sample = start(ladder=rh.Ladder(rungs)).sample(0)
    assert {sample.token(candidates[0], candidates).kind for candidates in unsure} == {rh.CONTINUE}
    with pytest.raises(rh.errors.InvalidValueError, match="low_top_logprob"):
        rh.Rules(low_top_logprob=0.5)


def test_readings_say_what_was_judged() -> None:
    sample = start().sample(0)
    sample.tokens([], [[-1.0, -1.5]] * 10)
    assert sample.readings.lowest_top_logprob == pytest.approx(-1.0 + 1.5 / 10 - 1.5 / 256)
    # The shorter streams' own bars have the margin, too.
    sample = start(rh.Rules(low_logprob=-9.0)).sample(0)
    sample.tokens([-1.0] * 300)
    assert sample.readings.lowest_logprob == pytest.approx(-1.0)
