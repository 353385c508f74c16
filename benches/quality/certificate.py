"""Error rate of a vote's certificate, simulated, and read after every sample.

Six distributions, near ties and an exact tie among them, at three levels; then answers whose length depends on what they say,
failures that are independent of the answer, and cuts that are not; and the Beta rule, whose 0.95 is no error rate. The theorem is
in docs/certificate.md. Exits 1 when a rate that it bounds is above its bound by more than three binomial standard deviations.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import rheostat as rh
from rheostat._cli import _show

DISTRIBUTIONS: dict[str, tuple[float, ...]] = {
    ".45 .40 .15": (0.45, 0.40, 0.15),
    ".36 .34 .30": (0.36, 0.34, 0.30),
    ".501 .499": (0.501, 0.499),
    ".55 .45": (0.55, 0.45),
    ".20 5 x .16": (0.20, 0.16, 0.16, 0.16, 0.16, 0.16),
    ".50 .50": (0.5, 0.5),
}
"""By name: the probabilities of the answers "a", "b", …; the first is the mode, unless it is tied."""
ALPHAS = (0.05, 0.1, 0.2)

Tell = Callable[[rh.Vote, str, int, random.Random], object]


@dataclass(frozen=True)
class Row:
    """One scenario: the share of runs that certified (or, by the Beta rule, stopped on) a wrong answer, and what is allowed."""

    scenario: str
    distribution: str
    alpha: float
    runs: int
    wrong: float
    most: float | None
    certified: float
    samples: float

    @property
    def holds(self) -> bool:
        """True if the rate is within its bound plus three binomial standard deviations."""
        return self.most is None or self.wrong <= self.most


def _in_order(vote: rh.Vote, answer: str, _index: int, _rng: random.Random) -> None:
    vote.add(answer)


def _fails(vote: rh.Vote, answer: str, _index: int, rng: random.Random) -> None:
    vote.add(None if rng.random() < 0.3 else answer)


def _cut(vote: rh.Vote, answer: str, _index: int, rng: random.Random) -> None:
    """Half of the mode's samples look unsure and are cut, and said to be."""
    if answer == "a" and rng.random() < 0.5:
        vote.cut()
    else:
        vote.add(answer)


def _cut_in_silence(vote: rh.Vote, answer: str, _index: int, rng: random.Random) -> None:
    if answer != "a" or rng.random() >= 0.5:
        vote.add(answer)


def _by_launch(vote: rh.Vote, answer: str, index: int, _rng: random.Random) -> None:
    vote.add(answer, index)


SCENARIOS: list[tuple[str, Tell, bool, bool]] = [
    ("one after another", _in_order, False, True),
    ("3 in 10 fail, whatever they say", _fails, False, True),
    ("short answers are wrong; by launch", _by_launch, True, True),
    ("short answers are wrong; by arrival", _in_order, True, False),
    ("cut for low confidence, and said", _cut, False, True),
    ("cut for low confidence, in silence", _cut_in_silence, False, False),
]
"""Name; the function that feeds a vote; True if all samples fly at once and "a" finishes last; True if the theorem bounds it."""
BETA = "the Beta rule at 0.95"


def simulate(
    tell: Tell,
    shares: Sequence[float],
    alpha: float,
    runs: int,
    cap: int,
    *,
    late: bool = False,
    rule: Any = "certified",
    seed: int = 1,
) -> tuple[int, int, float]:
    """Counts runs that ended on a wrong answer by the rule itself, runs on any wrong answer, and the mean number of samples.

    Args:
        tell: Tells a vote of one answer.
        shares: The probabilities of the answers "a", "b", ….
        alpha: Error rate of the vote.
        runs: Number of votes.
        cap: The most samples of one.
        late: All samples fly at once, and those that say "a" come last.
        rule: Stop rule of the vote.
        seed: Of all draws.
    """
    rng, names = random.Random(seed), "abcdefgh"[: len(shares)]
    wrong = ended = samples = 0
    for _ in range(runs):
        vote = rh.Vote(rule=rule, alpha=alpha, cap=cap, normalise="exact")
        drawn = list(enumerate(rng.choices(names, shares, k=cap)))
        if late:
            drawn.sort(key=lambda sample: sample[1] == "a")
        for index, answer in drawn:
            tell(vote, answer, index, rng)
            if vote.stopped:
                break
        ended += vote.agreed
        wrong += vote.agreed and (vote.answer != "a" or shares[0] <= shares[1])
        samples += vote.consumed
    return wrong, ended, samples / runs


def measure(runs: int, cap: int, seed: int = 1) -> list[Row]:
    """Every scenario; all distributions and levels for the first, one near tie at 0.1 for the others."""
    rows = []
    for scenario, tell, late, bounded in SCENARIOS:
        plain = tell is _in_order and not late
        for name, shares in DISTRIBUTIONS.items() if plain else [(".55 .45", DISTRIBUTIONS[".55 .45"])]:
            for alpha in ALPHAS if plain else (0.1,):
                wrong, certified, samples = simulate(tell, shares, alpha, runs, cap, late=late, seed=seed)
                most = alpha + 3.0 * (alpha * (1.0 - alpha) / runs) ** 0.5 if bounded else None
                rows.append(Row(scenario, name, alpha, runs, wrong / runs, most, certified / runs, samples))
    for name, shares in DISTRIBUTIONS.items():
        wrong, stopped, samples = simulate(_in_order, shares, 0.05, runs, cap, rule="beta", seed=seed)
        rows.append(Row(BETA, name, 0.05, runs, wrong / runs, None, stopped / runs, samples))
    return rows


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--runs", type=int, default=2_000, metavar="N", help="votes in each scenario (2000)")
    parser.add_argument("--cap", type=int, default=256, metavar="N", help="the most samples of a vote (256)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all draws (1)")


def run(args: argparse.Namespace) -> int:
    """Simulate, show, and check."""
    if args.runs < 1 or not 1 <= args.cap <= 10_000:
        print("--runs must be at least 1, and --cap between 1 and 10000", file=sys.stderr)
        return 2
    rows = measure(args.runs, args.cap, args.seed)
    if args.json:
        _show.as_json([{**asdict(row), "holds": row.holds} for row in rows])
    else:
        _show.table(
            f"Certificates that err, of {args.runs:,} votes of at most {args.cap} samples",
            ["scenario", "distribution", ">alpha", ">wrong", ">at most", ">decided", ">samples"],
            [
                (
                    row.scenario,
                    row.distribution,
                    row.alpha,
                    f"{100 * row.wrong:.2f} %",
                    "-" if row.most is None else f"{100 * row.most:.2f} %",
                    f"{100 * row.certified:.1f} %",
                    f"{row.samples:.1f}",
                )
                for row in rows
            ],
            caption="at most: alpha and three binomial standard deviations; - where the theorem promises nothing",
        )
    return int(not all(row.holds for row in rows))
