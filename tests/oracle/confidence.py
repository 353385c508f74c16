"""DeepConf's confidences by their definitions, rounding included, on plain lists."""

from __future__ import annotations

from collections.abc import Sequence


def rounded(value: float) -> float:
    return round(value * 1000) / 1000


def tokens(rows: Sequence[Sequence[float]], *, three_decimals: bool) -> list[float]:
    means = [-sum(row) / len(row) for row in rows]
    return [rounded(mean) for mean in means] if three_decimals else means


def groups(confidences: Sequence[float], window: int) -> list[float]:
    if len(confidences) < window:
        return [sum(confidences) / len(confidences)]
    return [sum(confidences[i : i + window]) / window for i in range(len(confidences) - window + 1)]


def bottom(confidences: Sequence[float], window: int, share: float) -> float:
    lowest = sorted(groups(confidences, window))
    kept = lowest[: max(1, int(len(lowest) * share))]
    return sum(kept) / len(kept)
