"""Stop rules by their definitions, in exact or plain arithmetic: slow, and obviously right."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction


def lead(answers: Sequence[str]) -> tuple[int, int]:
    """The votes of the two most frequent answers."""
    counts = [n for _, n in Counter(answers).most_common(2)]
    return counts[0], counts[1] if len(counts) > 1 else 0


def beta(a: int, b: int) -> Fraction:
    """P(p > 1/2) for p ~ Beta(a + 1, b + 1): a binomial tail, in whole numbers."""
    n = a + b + 1
    return Fraction(sum(math.comb(n, i) for i in range(a + 1)), 2**n)


def loses(a: int, b: int, remaining: int) -> Fraction:
    """P(the leader does not lead after `remaining` more votes on the two), by Polya's urn in whole numbers."""
    odds = {0: Fraction(1)}
    for drawn in range(remaining):
        after: dict[int, Fraction] = {}
        for k, p in odds.items():
            second = Fraction(b + 1 + k, a + b + 2 + drawn)
            after[k] = after.get(k, Fraction(0)) + p * (1 - second)
            after[k + 1] = after.get(k + 1, Fraction(0)) + p * second
        odds = after
    return sum((p for k, p in odds.items() if b + k >= a + remaining - k), Fraction(0))


def dirichlet(counts: Sequence[int], steps: int = 4_000) -> float:
    """P(the first is the largest) of a Dirichlet(counts + 1) vector, by Simpson's rule over gamma variables."""
    first, rivals = counts[0], counts[1:]
    most = first + 12.0 * math.sqrt(first + 1) + 30.0

    def below(x: float, n: int) -> float:
        term, total = math.exp(-x), 0.0
        for i in range(n + 1):
            total += term
            term *= x / (i + 1)
        return 1.0 - total

    def value(x: float) -> float:
        if x <= 0.0:
            return 0.0
        density = math.exp(first * math.log(x) - x - math.lgamma(first + 1))
        return density * math.prod(below(x, n) for n in rivals)

    h = most / steps
    inner = sum(value(i * h) * (4 if i % 2 else 2) for i in range(1, steps))
    return (inner + value(most)) * h / 3


def esc(answers: Sequence[str], window: int) -> tuple[int, str] | None:
    """Returns ESC's number of samples and its answer; None when no window agrees."""
    for end in range(window, len(answers) + 1, window):
        if len(set(answers[end - window : end])) == 1:
            return end, answers[end - 1]
    return None


def wealth(a: int, b: int, point: float | None) -> Fraction:
    """The wealth of one bet after a votes for the answer and b for its rival.

    All at `point`, or half at 0.98 and half uniform over (1/2, 1].
    """

    def single(q: Fraction) -> Fraction:
        return (2 * q) ** a * (2 - 2 * q) ** b

    if point is not None:
        return single(Fraction(point))
    n = a + b
    uniform = Fraction(sum(math.comb(n + 1, i) for i in range(a + 1)), (n + 1) * math.comb(n, a))
    return (single(Fraction(0.98)) + uniform) / 2


def certified(answers: Sequence[str], alpha: float, point: float | None = None) -> int | None:
    """After how many samples the leader is certified, by the definition; None when it never is."""
    for n in range(1, len(answers) + 1):
        drawn = answers[:n]
        counts: Counter[str] = Counter()
        leader = drawn[0]
        for answer in drawn:
            counts[answer] += 1
            if counts[answer] > counts[leader]:
                leader = answer
        number = list(dict.fromkeys(drawn)).index(leader) + 1
        since = Counter(drawn[drawn.index(leader) + 1 :])
        own = since.pop(leader, 0)
        rival = max(since.values(), default=0)
        if wealth(own, rival, point) >= Fraction(number * (number + 1)) / Fraction(alpha):
            return n
    return None
