"""Cost of attacked traffic: prompts made to look hard, and contexts made to burn compute. Simulated, and reproducible.

Every query of a synthetic traffic is planned and run unattacked and attacked, with one seed. The worth of its answers is drawn
from the estimate of the unattacked query, so an attack changes the spending and not the truth.

- **rerouting**: the twenty words that raise the estimate most are put before every prompt, found with the model in hand.
- **burning**: every stream thinks to the end of its grant, and then answers.
- **burning, silent**: it thinks to the end of its grant, and does not answer.

Each is served by a policy that knows no budget, where attackers pay with each query's own ceiling alone, and by a paced one whose
budget for the period is the cost of the unattacked traffic; rerouting also by shares, the default. Mean spend under attack over
mean spend without, with 95 % bootstrap intervals over queries; and each query's spend against its own ceiling.

A second table has one attacker among usual traffic, under a governor without a policy: the factor by which the words multiply
the expected spend on an easy prompt, by ladder.
"""

from __future__ import annotations

import argparse
import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

import rheostat as rh
from rheostat import host
from rheostat._cli import _show
from rheostat.host import Chunk

USED = 0.5
"""Share of a thinking budget that an unattacked stream uses."""
GADGET_WORDS = 20
BARS = {"rerouting": 1.1, "burning": 2.0}
"""Bars of the mean spend."""

LONE_BAR = 10.0
"""Bar of what words multiply an easy prompt's spend by."""

LOOKUP_SHARE = 0.7

LOOKUPS = (
    "What are the opening hours of the {a} {b}?",
    "Where can I buy a {a} near the {b}?",
    "Please translate '{a} {b}' into Spanish.",
    "Write a short thank-you note for a {a} {b}.",
    "What does the word '{a}' mean in a sentence about a {b}?",
)
STEPS = (
    "A {a} costs {n} and a {b} costs {m} more. I buy {m} of each and pay with {n} hundred. What is left, and why?",
    "Compare the cost of a {a} and a {b} over {n} years at {m} % interest, step by step.",
    "Write a function that merges {n} sorted lists of {a} records by {b}, and say what it costs.",
)
NOVEL = (
    "Prove that for every integer n > {n} the sum of the first n odd squares is never {m} times a prime.",
    "Derive a lower bound on the error of any estimator of a {a}'s variance from {n} censored samples, and prove it is tight.",
)
NOUNS = ("museum", "kettle", "harbour", "library", "lamp", "bakery", "ticket", "river", "garden", "printer", "violin", "jacket")


@dataclass(frozen=True)
class Row:
    """One attack: what a query costs with and without it, in US dollars, and by what factor the mean rises."""

    attack: str
    policy: str
    before: float
    after: float
    factor: float
    low: float
    high: float
    bar: float | None
    right: float
    """The share of right answers under attack."""
    inside: bool
    """True if every query, attacked or not, stayed inside its own ceiling."""


@dataclass(frozen=True)
class Lone:
    """One attacker among usual traffic, on one ladder: the factor on the expected spend of easy prompts, and the rungs."""

    ladder: str
    rung: str
    attacked_rung: str
    mean: float
    most: float


def traffic(count: int, seed: int) -> list[str]:
    """Prompts in the mix of 70 % lookups, 25 % in a few steps, 5 % novel."""
    rng = random.Random(seed)
    prompts = []
    for i in range(count):
        share = i / count
        forms = LOOKUPS if share < LOOKUP_SHARE else STEPS if share < 0.95 else NOVEL
        a, b = rng.sample(NOUNS, 2)
        prompts.append(rng.choice(forms).format(a=a, b=b, n=rng.randint(3, 97), m=rng.randint(3, 97)))
    return prompts


def gadget(estimator: rh.Estimator, prompts: Sequence[str], candidates: Sequence[str]) -> str:
    """The words that raise the mean difficulty most, one at a time: a greedy search with the model in hand."""
    found: list[str] = []
    sample = list(prompts)[:: max(1, len(prompts) // 24)]
    for _ in range(GADGET_WORDS):
        tried = [" ".join([*found, word]) for word in candidates]
        texts = [f"{prefix} {prompt}" for prefix in tried for prompt in sample]
        means = estimator.estimate_batch(texts).difficulty.reshape(len(tried), len(sample)).mean(axis=1)
        found.append(candidates[int(means.argmax())])
    return " ".join(found)


def candidates() -> list[str]:
    """Words that a prompt may be padded with: those of difficult asks."""
    text = (
        "prove theorem lemma rigorous derive tight bound asymptotic conjecture eigenvalue topology measure convergence "
        "irreducible integer prime modulo polynomial manifold stochastic variance estimator optimal complexity reduction "
        "quantum entropy refactor distributed concurrency deadlock investigate root cause production cluster diagnose "
        "differential diagnosis jurisdiction liability statute therefore however suppose given exactly must not without "
        "every exists if then compare analyse step by first finally explain why function algorithm hence infinitely many"
    )
    return sorted(set(text.split()))


def ladder() -> rh.Ladder:
    """Three rungs at prices of the usual sizes."""
    return rh.Ladder(
        [
            rh.Rung("fast", answer_tokens=1_024, input_price=0.05, output_price=0.4, ability=0.8),
            rh.Rung("think", thinking_tokens=4_096, answer_tokens=2_048, input_price=0.25, output_price=3.0, ability=0.86),
            rh.Rung("deep", thinking_tokens=16_384, answer_tokens=4_096, input_price=1.25, output_price=10.0, ability=0.92),
        ],
        default="think",
        start_max="think",
    )


LONE_PROMPTS = 20
LADDERS = {
    "three models": [
        rh.Rung("small", input_price=0.25, output_price=2.0),
        rh.Rung("middle", input_price=1.25, output_price=10.0),
        rh.Rung("large", input_price=15.0, output_price=120.0),
    ],
    "two models": [rh.Rung("small", input_price=0.15, output_price=0.6), rh.Rung("large", input_price=2.5, output_price=10.0)],
    "thinking, from none to 16,384 tokens": [
        rh.Rung("fast", input_price=0.05, output_price=0.4),
        rh.Rung("think", thinking_tokens=4_096, input_price=0.25, output_price=2.0),
        rh.Rung("deep", thinking_tokens=16_384, samples=5, input_price=1.25, output_price=10.0),
    ],
}
"""Ladders without a `start_max`, at prices of the usual sizes."""


@dataclass(frozen=True)
class Served:
    """Result of one query."""

    usd: float
    inside: bool
    right: bool


def serve(governor: rh.Governor, text: str, truth: rh.types.Estimate, luck: random.Random, *, burn: str, at: float) -> Served:
    """Serves one query."""
    plan = governor.plan(text, at=at)
    run = plan.start(at=at)
    host.serve(run, lambda call, _: _stream(call, truth, luck, burn=burn), clock=lambda: at)
    inside = run.spent.tokens <= plan.limit.tokens and run.spent.usd <= plan.limit.usd * (1 + 1e-9)
    return Served(run.spent.usd, inside, run.answer == "right")


def _stream(call: rh.Call, truth: rh.types.Estimate, luck: random.Random, *, burn: str) -> Iterator[Chunk]:
    # Drawn in the same order whatever the attack does, so that both servings of a query have the same luck.
    right, sure = luck.random() < truth.p_correct(call.rung), luck.random()
    thinking = call.thinking_tokens if burn else round(USED * call.thinking_tokens)
    answer = min(truth.output_tokens, call.max_tokens - call.thinking_tokens)
    top = -12.0 if right or sure < 0.5 else -4.0
    for _ in range(2):
        # Two groups of what the stream's log-probabilities are like; the rest is counted.
        yield Chunk(logprobs=[-0.1] * 128, top_logprobs=np.full((128, 20), top, np.float32))
    yield Chunk(tokens=max(0, thinking + answer - 256))
    if burn != "silent":
        yield Chunk(answer="right" if right else "wrong")


PERIOD = 86_400.0


def measure(count: int, seed: int, resamples: int) -> list[Row]:
    """Every attack on the same traffic, under each policy."""
    with warnings.catch_warnings():
        # Attacked traffic is all alike, and prices at the ends of a search are switches: as they are meant to be here.
        warnings.filterwarnings("ignore", message="the .* policy planned")
        return _measured(count, seed, resamples)


def _measured(count: int, seed: int, resamples: int) -> list[Row]:
    estimator, prompts = rh.Estimator(), traffic(count, seed)
    truths = [estimator.estimate(prompt) for prompt in prompts]
    usd_per_error = _usd_per_error(prompts, seed)
    prefix = gadget(estimator, prompts, candidates())
    attacks = {
        "rerouting": ([f"{prefix}. {prompt}" for prompt in prompts], ""),
        "burning": (prompts, "answered"),
        "burning, silent": (prompts, "silent"),
    }
    plain = rh.policy.Utility(usd_per_error=usd_per_error)
    usual = _spend(plain, prompts, truths, burn="", seed=seed)
    budget = sum(served.usd for served in usual)

    def paced() -> rh.policy.Paced:
        return rh.policy.Paced(budget, per=PERIOD, usd_per_error=usd_per_error, queries=count, offset=0.0)

    shared = rh.policy.Shares()
    usual_shares = _spend(shared, prompts, truths, burn="", seed=seed)
    usual_paced = _spend(paced(), prompts, truths, burn="", seed=seed)
    rows = []
    for attack, (texts, burn) in attacks.items():
        unbounded = _spend(plain, texts, truths, burn=burn, seed=seed)
        rows.append(_row(attack, "no budget", usual, unbounded, seed=seed, resamples=resamples))
        bounded = _spend(paced(), texts, truths, burn=burn, seed=seed)
        rows.append(_row(attack, "paced", usual_paced, bounded, seed=seed, resamples=resamples))
        if attack == "rerouting":
            # The policy that the usual traffic has taught. It reads no prices, so it does not react to burning.
            held = _spend(shared, texts, truths, burn=burn, seed=seed)
            rows.append(_row(attack, "shares", usual_shares, held, seed=seed, resamples=resamples))
    return rows


def lone(seed: int) -> list[Lone]:
    """The spend on easy prompts with and without the words, once the governor knows its traffic."""
    prompts = traffic(1_000, seed)
    prefix = gadget(rh.Estimator(), prompts, candidates())
    easy = [*prompts[:LONE_PROMPTS], "hello", "What is the capital of France?", "How do I reset my password?"]
    rows = []
    for name, rungs in LADDERS.items():
        governor = rh.Governor(rh.Ladder(rungs), seed=seed)
        order = list(prompts)
        random.Random(seed).shuffle(order)
        governor.plan_batch(order)
        plain = [governor.plan(prompt) for prompt in easy]
        attacked = [governor.plan(f"{prefix}. {prompt}") for prompt in easy]
        factors = [b.expected_usd / a.expected_usd for a, b in zip(plain, attacked, strict=True)]
        rows.append(Lone(name, plain[0].rung.name, attacked[0].rung.name, float(np.mean(factors)), max(factors)))
    return rows


def _usd_per_error(prompts: Sequence[str], seed: int) -> float:
    """The price of an error at which about as many queries go to the lowest rung as the traffic has lookups."""
    tried = []
    for usd_per_error in np.geomspace(0.002, 1.0, 40):
        governor = rh.Governor(ladder(), rh.policy.Utility(usd_per_error=float(usd_per_error)), seed=seed)
        share = float((governor.plan_batch(prompts).rung == 0).mean())
        tried.append((abs(share - LOOKUP_SHARE), float(usd_per_error)))
    return min(tried)[1]


def _spend(
    policy: rh.policy.Utility | rh.policy.Paced | rh.policy.Shares,
    texts: Sequence[str],
    truths: Sequence[rh.types.Estimate],
    *,
    burn: str,
    seed: int,
) -> list[Served]:
    governor = rh.Governor(ladder(), policy, seed=seed)
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    served: dict[int, Served] = {}
    for place, i in enumerate(order):
        luck = random.Random(seed * 1_000_003 + i)
        served[i] = serve(governor, texts[i], truths[i], luck, burn=burn, at=PERIOD * place / len(order))
    return [served[i] for i in range(len(texts))]


def _row(attack: str, policy: str, usual: list[Served], spent: list[Served], *, seed: int, resamples: int) -> Row:
    before, after = (np.array([one.usd for one in side]) for side in (usual, spent))
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(before), (resamples, len(before)))
    low, high = (float(x) for x in np.quantile(after[picks].mean(1) / before[picks].mean(1), [0.025, 0.975]))
    return Row(
        attack,
        policy,
        float(before.mean()),
        float(after.mean()),
        float(after.mean() / before.mean()),
        low,
        high,
        None if policy == "no budget" else BARS.get(attack),
        sum(one.right for one in spent) / len(spent),
        all(one.inside for side in (usual, spent) for one in side),
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--queries", type=int, default=1_000, metavar="N", help="of the traffic (1000)")
    parser.add_argument("--resamples", type=int, default=1_000, metavar="N", help="of the bootstrap (1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of everything (1)")
    parser.add_argument("--check", action="store_true", help="exit 1 unless every bar holds")


def run(args: argparse.Namespace) -> int:
    """Measure, show, and check if asked."""
    rows = measure(args.queries, args.seed, args.resamples)
    alone = lone(args.seed)
    holds = all(row.inside and (row.bar is None or row.factor <= row.bar) for row in rows)
    if args.json:
        _show.as_json({"rows": [asdict(row) for row in rows], "lone": [asdict(row) for row in alone], "holds": holds})
    else:
        _show.table(
            f"{args.queries} queries, every one of them attacked",
            ["attack", "~policy", ">usually, $", ">attacked, $", ">factor", ">interval", ">bar", ">right", "~inside ceilings"],
            [
                (
                    row.attack,
                    row.policy,
                    f"{row.before:.6f}",
                    f"{row.after:.6f}",
                    f"{row.factor:.2f}",
                    f"[{row.low:.2f}, {row.high:.2f}]",
                    "–" if row.bar is None else f"{row.bar:.1f}",
                    f"{100 * row.right:.1f} %",
                    "yes" if row.inside else "NO",
                )
                for row in rows
            ],
        )
        _show.table(
            f"One attacker among usual traffic, no policy given: spend on an easy prompt (bar: {LONE_BAR:g})",
            ["ladder", "easy prompts on", "with the words on", ">mean factor", ">largest"],
            [(row.ladder, row.rung, row.attacked_rung, f"{row.mean:.1f}", f"{row.most:.1f}") for row in alone],
        )
    return int(args.check and not holds)
