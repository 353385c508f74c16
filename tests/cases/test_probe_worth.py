"""The worth of probing first, learned from answers, against an oracle."""

from __future__ import annotations

import itertools
import random

import pytest

import rheostat as rh
from rheostat.learn import ProbeWorth

WEIGHT, AGREE = 4.0, (0.63, 0.82)
RIGHT = [(0.27, 0.69), (0.47, 0.76), (0.74, 0.83)]
Row = tuple[list[str | None], float | None, float | None]


def ways_by_definition(rows: list[Row], low_usd: float, high_usd: float) -> list[tuple[float, float]]:
    """Cost and share of right answers of each of the four ways, as docs/strategies.md defines them."""
    rows = [row for row in rows if len(row[0]) > 1]
    first = [row for row in rows if row[0][0] is not None and row[0][0] == row[0][1]]
    drawn = [row for row in first if len(row[0]) > 2]
    both = [row for row in drawn if row[0][2] == row[0][0]]
    agree = (len(first) + WEIGHT * AGREE[0]) / (len(rows) + WEIGHT)
    third = (len(both) + WEIGHT * AGREE[1]) / (len(drawn) + WEIGHT)
    shares = [1 - agree, agree * (1 - third), agree * third]
    classes = [[row for row in rows if row not in first], [row for row in drawn if row not in both], both]
    pairs, split = [row for row in first if len(row[0]) == 2], [0.0, 1 - third, third]
    right = [[0.0] * 3, [0.0] * 3]
    for which, i in itertools.product((0, 1), range(3)):
        own = [score for row in classes[i] if (score := (row[1], row[2])[which]) is not None]
        unsplit = [score for row in pairs if (score := (row[1], row[2])[which]) is not None]
        number = len(own) + split[i] * len(unsplit)
        score_sum = sum(own) + split[i] * sum(unsplit)
        right[which][i] = shares[i] * (score_sum + WEIGHT * RIGHT[i][which]) / (number + WEIGHT)
    low, high = right
    return [
        (high_usd, sum(high)),
        (low_usd, sum(low)),
        (2 * low_usd + shares[0] * high_usd, high[0] + low[1] + low[2]),
        ((2 + agree) * low_usd + (1 - shares[2]) * high_usd, high[0] + high[1] + low[2]),
    ]


def drawn(rng: random.Random, count: int) -> list[Row]:
    rows: list[Row] = []
    for i in range(count):
        answers: list[str | None] = [rng.choice(["7", "7", "8", None]) for _ in range(rng.choice([0, 1, 2, 3, 3, 4]))]
        low, high = (rng.choice([None, 0.0, 1.0, 0.5]) for _ in range(2))
        rows.append(([f"{answer}{i}" if answer else None for answer in answers], low, high))
    return rows


@pytest.mark.parametrize("seed", range(40))
def test_the_four_ways_are_those_of_the_definition(seed: int) -> None:
    rng = random.Random(seed)
    rows = drawn(rng, rng.choice([0, 1, 5, 60]))
    worth = ProbeWorth()
    for answers, low, high in rows:
        worth.add(answers, low=low, high=high)
    ways = worth.ways(low_usd=0.001, high_usd=0.02)
    assert [way.probes for way in ways] == [0, 1, 2, 3]
    expected = [number for pair in ways_by_definition(rows, 0.001, 0.02) for number in pair]
    assert [number for way in ways for number in (way.usd, way.p_correct)] == pytest.approx(expected)
    usd_per_error = rng.choice([0.0, 0.01, 0.1, 5.0])
    best = min(ways, key=lambda way: way.usd + usd_per_error * (1.0 - way.p_correct))
    assert worth.choose(low_usd=0.001, high_usd=0.02, usd_per_error=usd_per_error) == best


def test_parts_merge_to_the_whole_and_survive_bytes() -> None:
    rows = drawn(random.Random(5), 50)
    whole, parts = ProbeWorth(), [ProbeWorth(), ProbeWorth()]
    for i, (answers, low, high) in enumerate(rows):
        whole.add(answers, low=low, high=high)
        parts[i % 2].add(answers, low=low, high=high)
    parts[0].merge(parts[1])
    again = ProbeWorth.from_bytes(parts[0].to_bytes())
    assert again.to_bytes() == whole.to_bytes()
    assert again.counted == whole.counted
    doubled = whole.counted[0] * 2
    whole.merge(whole)
    assert whole.counted[0] == doubled


def test_agreement_alone_moves_the_choice() -> None:
    split, sure = ProbeWorth(), ProbeWorth()
    for _ in range(200):
        split.add(["1", "2"])
        sure.add(["1", "1.0", "$1"])
    prices = {"low_usd": 0.001, "high_usd": 0.02}
    assert split.ways(**prices)[2].usd > 0.02
    assert sure.ways(**prices)[2].usd < 0.003
    assert split.counted == (200, 0)


def test_bad_values_are_named() -> None:
    worth = ProbeWorth()
    nan = float("nan")
    for name, score in (("low", 1.5), ("high", -0.1), ("low", nan)):
        with pytest.raises(rh.errors.InvalidValueError, match=name):
            worth.add(["1", "1"], **{name: score})
    with pytest.raises(rh.errors.InvalidValueError, match="high_usd"):
        worth.choose(low_usd=0.1, high_usd=-1.0, usd_per_error=1.0)
    with pytest.raises(rh.errors.InvalidValueError, match="usd_per_error"):
        worth.choose(low_usd=0.1, high_usd=1.0, usd_per_error=float("inf"))
    with pytest.raises(rh.errors.InvalidTypeError, match=r"answers\[1\]"):
        worth.add(["1", 2])  # type: ignore[list-item]
    data = bytearray(worth.to_bytes())
    data[-1] ^= 1
    for bad in (b"", bytes(data), rh.Estimator().to_bytes()[:64]):
        with pytest.raises(rh.errors.ArtifactError):
            ProbeWorth.from_bytes(bad)
    assert worth.counted == (0, 0)
