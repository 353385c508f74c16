"""Votes from Python: each rule against its definition, launch order, weights, normal forms, bytes, allocation, bad input."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh
from tests.oracle import votes as oracle

ANSWERS = st.lists(st.sampled_from("aaaaabbc"), min_size=1, max_size=40)
RULES = [
    "beta",
    "majority",
    "curtail",
    "unanimous",
    "horizon",
    "dirichlet",
    "crp",
    "esc",
    "entropy",
    "sprt",
    "bayes",
    "certified",
]


def prior() -> rh.votes.VotePrior:
    return rh.votes.VotePrior.learn([(40, 0, 40), (39, 1, 40), (30, 6, 40), (20, 18, 40)])


def vote(rule: str, cap: int = 40, **options: float) -> rh.Vote:
    return rh.Vote(rule=rule, cap=cap, prior=prior(), **options)  # type: ignore[arg-type]


def stops(vote: rh.Vote, answers: list[str]) -> int | None:
    """After how many samples the rule itself stops."""
    for n, answer in enumerate(answers, 1):
        if vote.add(answer):
            return n if vote.agreed else None
    return None


@pytest.mark.parametrize("confidence", [0.6, 0.9, 0.95, 0.99])
def test_beta_is_a_binomial_tail_for_every_split(confidence: float) -> None:
    for total in range(1, 61):
        for b in range(total // 2 + 1):
            a = total - b
            one = rh.Vote(rule="beta", confidence=confidence, cap=1_000)
            # Opposed votes first: there the rule cannot stop before the last one.
            answers = ["a", "b"] * b + ["a"] * (a - b)
            expected = next((n for n in range(1, total + 1) if oracle.beta(*oracle.lead(answers[:n])) >= confidence), None)
            assert stops(one, answers) == expected, (a, b)


def test_beta_decides_as_adaptive_consistency() -> None:
    package = pytest.importorskip("adaptive_consistency", reason="AdaptiveConsistency is not installed")
    theirs = package.BetaStoppingCriteria(0.95)
    for total in range(1, 61):
        for b in range(total // 2 + 1):
            answers = ["a"] * (total - b) + ["b"] * b
            assert bool(theirs.should_stop(answers)["stop"]) == (oracle.beta(total - b, b) >= 0.95), (total - b, b)


@settings(deadline=None)
@given(ANSWERS)
def test_horizon_equals_polyas_urn(answers: list[str]) -> None:
    def lost(n: int) -> bool:
        a, b = oracle.lead(answers[:n])
        return a > b and oracle.loses(a, b, 40 - n) <= 0.05

    expected = next((n for n in range(1, len(answers) + 1) if lost(n)), None)
    assert stops(vote("horizon"), answers) == expected


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("aaaaaabbcd"), min_size=1, max_size=24))
def test_dirichlet_equals_integration(answers: list[str]) -> None:
    from collections import Counter

    def chance(n: int) -> float:
        counts = [count for _, count in Counter(answers[:n]).most_common()]
        return oracle.dirichlet(counts) if len(counts) > 2 else float(oracle.beta(*oracle.lead(answers[:n])))

    # On the boundary itself the two may differ by their rounding.
    chances = [chance(n) for n in range(1, len(answers) + 1)]
    expected = next((n for n, p in enumerate(chances, 1) if p >= 0.95), None)
    if all(abs(p - 0.95) > 1e-6 for p in chances):
        assert stops(vote("dirichlet"), answers) == expected


@settings(deadline=None)
@given(ANSWERS, st.integers(2, 7))
def test_esc_equals_its_definition(answers: list[str], window: int) -> None:
    one = vote("esc", window=window)
    expected = oracle.esc(answers, window)
    assert stops(one, answers) == (expected and expected[0])
    if expected:
        assert one.answer == expected[1]


@settings(deadline=None)
@given(st.lists(st.sampled_from("aaaaaaaabbc"), min_size=1, max_size=40), st.sampled_from([0.01, 0.05, 0.2, 0.5]))
def test_certificates_equal_their_definition(answers: list[str], alpha: float) -> None:
    assert stops(vote("certified", alpha=alpha), answers) == oracle.certified(answers, alpha)
    assert stops(vote("sprt", alpha=alpha, odds=0.75), answers) == oracle.certified(answers, alpha, 0.75)


def test_certified_can_be_read_with_any_rule() -> None:
    for rule in ["curtail", "beta", "horizon"]:
        one = rh.Vote(rule=rule, confidence=0.99999, cap=40)  # type: ignore[arg-type]
        seen = []
        for answer in ["b", *"a" * 11]:
            one.add(answer)
            seen.append(one.certified)
        # 6/alpha for the second answer that appears: the eighth draw after its first.
        assert seen == [False] * 9 + [True] * 3, rule
    assert rh.Vote(rule="certified").add("a") is False


def test_near_ties_are_certified_wrongly_at_most_alpha() -> None:
    rng, wrong, runs = random.Random(1), 0, 400
    for _ in range(runs):
        one = rh.Vote(rule="certified", alpha=0.2, cap=200)
        while not one.add(rng.choices("ab", (0.49, 0.51))[0]):
            pass
        wrong += one.certified and one.answer == "a"
    # Three binomial standard deviations above alpha.
    assert wrong <= runs * 0.2 + 3 * (runs * 0.2 * 0.8) ** 0.5


@pytest.mark.parametrize("rule", RULES)
def test_launch_order_is_what_counts(rule: str) -> None:
    rng = random.Random(rule)
    for _ in range(20):
        answers = [rng.choice(["a", "a", "a", "b", "c", None]) for _ in range(30)]
        ordered, shuffled = vote(rule, 30), vote(rule, 30)
        for answer in answers:
            ordered.add(answer)
        for index in rng.sample(range(30), 30):
            shuffled.add(answers[index], index)
        assert (ordered.counts, ordered.answer, ordered.certified) == (shuffled.counts, shuffled.answer, shuffled.certified)


@pytest.mark.parametrize("rule", RULES)
def test_copies_and_bytes_go_on_alike(rule: str) -> None:
    rng = random.Random(rule)
    one = vote(rule)
    for _ in range(5):
        one.add(rng.choice("ab"), weight=rng.choice([1.0, 0.5]))
    one.add("a", index=9)
    others = [one.copy(), copy.copy(one), copy.deepcopy(one), rh.Vote.from_bytes(one.to_bytes())]
    for _ in range(20):
        answer = rng.choice("aab")
        results = {(v.add(answer), v.answer, v.certified, v.agreement) for v in [one, *others]}
        assert len(results) == 1
    assert all(v.to_bytes() == one.to_bytes() for v in others)


def test_a_copy_goes_its_own_way() -> None:
    one = rh.Vote()
    other = one.copy()
    other.add("x")
    assert (one.votes, other.votes) == (0, 1)


def test_answers_are_the_same_when_they_mean_the_same() -> None:
    one = rh.Vote(cap=40)
    assert [one.add(answer) for answer in ["1,000", "1000.0", "$1000", "\\boxed{1e3}"]] == [False, False, False, True]
    assert one.counts == {"1,000": 4}
    exact = rh.Vote(normalise="exact")
    exact.add("1,000")
    exact.add("1000")
    assert len(exact.counts) == 2


def test_normalise_may_be_a_function() -> None:
    def last_word(answer: str) -> str | None:
        return answer.rsplit(maxsplit=1)[-1].lower() if answer.strip() else None

    one = rh.Vote(normalise=last_word)
    for answer in ["it is Paris", "PARIS", " ", "surely paris"]:
        one.add(answer)
    assert (one.counts, one.consumed) == ({"it is Paris": 3}, 4)
    back = rh.Vote.from_bytes(one.to_bytes(), normalise=last_word)
    assert back.add("oh paris") is True
    with pytest.raises(rh.errors.InvalidTypeError, match="str or None"):
        rh.Vote(normalise=len).add("x")  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        rh.Vote(normalise=lambda answer: answer * (1 // 0)).add("x")


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["auto", "exact", "number", "option", "yes_no", "math", "json", "code", "text"]))
def test_normal_forms_are_their_own(text: str, kind: str) -> None:
    form = rh.votes.normalise(text, kind)  # type: ignore[arg-type]
    assert rh.votes.normalise(form, kind) == form  # type: ignore[arg-type]


def test_cut_samples_suspend_and_abstentions_do_not() -> None:
    cut, abstained = rh.Vote(rule="certified"), rh.Vote(rule="certified")
    cut.cut()
    abstained.abstain()
    for _ in range(8):
        cut.add("a")
        abstained.add("a")
    assert (cut.certified, cut.suspended) == (False, True)
    assert (abstained.certified, abstained.suspended) == (True, False)
    changed = rh.Vote(rule="certified")
    changed.suspend()
    assert changed.suspended
    assert rh.Vote.from_bytes(changed.to_bytes()).suspended


def test_weights() -> None:
    one = rh.Vote(rule="majority", confidence=0.9)
    one.add("a", weight=1.0)
    assert one.add("b", weight=9.0) is True
    assert (one.answer, one.weights, one.counts) == ("b", {"b": 9.0, "a": 1.0}, {"a": 1, "b": 1})
    assert rh.votes.softmax_weights([0.0, 0.0, float("nan")]) == [0.5, 0.5, 0.0]
    assert rh.votes.borda_weights([3.0, 1.0, 2.0], power=1.0) == pytest.approx([3.0, 1.0, 2.0])
    assert rh.votes.confidence_weights([9.0, 4.0], keep=0.5) == [9.0, 0.0]


def test_a_learned_prior_needs_fewer_samples() -> None:
    easy = rh.votes.VotePrior.learn([(40, 0, 40)] * 95 + [(20, 18, 40)] * 5)
    hard = rh.votes.VotePrior.learn([(20, 18, 40)] * 100)
    # The prior of an easy task is sure after one sample. It may be another task's, so it halves the doubt at most.
    assert stops(rh.Vote(rule="bayes", prior=easy), ["a"] * 40) == 3
    assert stops(rh.Vote(rule="bayes", prior=easy, confidence=0.6), ["a"] * 40) == 2
    assert stops(rh.Vote(rule="beta"), ["a"] * 40) == 4
    # Four agreeing samples are luck where answers are known to be split; the Beta rule would stop there.
    assert stops(rh.Vote(rule="bayes", prior=hard), ["a"] * 40) == 13
    assert sum(weight for _, _, weight in easy.rows) == pytest.approx(102.0)
    assert rh.votes.VotePrior([(1.0, 0.0, 1.0)]).leads(1, 0) == 1.0


def test_a_batch_gives_its_budget_where_it_matters() -> None:
    rng = random.Random(4)
    shares = [0.98, 0.95, 0.6] * 40
    batch = rh.votes.BatchAllocator(len(shares), budget=3 * len(shares))
    while queries := batch.next(16):
        for query in queries:
            batch.add(query, "x" if rng.random() < shares[query] else rng.choice("yz"))
    assert (batch.spent, batch.left, len(batch)) == (360, 0, 120)
    hard = sum(batch.vote(query).votes for query in range(2, 120, 3))
    assert hard > 360 / 2
    assert batch.answer(0) == "x"
    with pytest.raises(rh.errors.StateError, match="waits for no answer"):
        batch.add(0, "x")


def test_a_batch_asks_the_harder_by_its_prior_first() -> None:
    batch = rh.votes.BatchAllocator(3, budget=6, p_correct=np.array([0.9, 0.4, 0.7]))
    for query in batch.next(3):
        batch.add(query, "7")
    assert batch.next(3) == [1, 2, 0]
    for wrong in ([0.5], [0.5, 0.5, 1.5], [0.5, 0.5, float("nan")]):
        with pytest.raises(rh.errors.InvalidValueError, match="p_correct"):
            rh.votes.BatchAllocator(3, budget=6, p_correct=wrong)
    with pytest.raises(rh.errors.InvalidTypeError, match="p_correct"):
        rh.votes.BatchAllocator(3, budget=6, p_correct="high")


def test_a_price_meets_its_target() -> None:
    rng = random.Random(5)
    allocator = rh.votes.OnlineAllocator(target=3)
    for i in range(3_000):
        one = rh.Vote(rule="curtail", cap=24)
        while not allocator.enough(one):
            one.add("x" if rng.random() < [0.98, 0.6][i % 5 == 0] else rng.choice("yz"))
        allocator.finish(one)
    assert allocator.finished == 3_000
    assert allocator.average == pytest.approx(3.0, abs=0.1)
    assert 1e-4 <= allocator.price <= 1.0


def test_bad_input_is_a_typed_error() -> None:
    with pytest.raises(rh.errors.UnknownNameError, match="beta, majority"):
        rh.Vote(rule="bets")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.UnknownNameError, match="auto, exact"):
        rh.Vote(normalise="numbers")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidTypeError, match="a name or a function"):
        rh.Vote(normalise=3)  # type: ignore[arg-type]
    for options in [{"alpha": 0.0}, {"alpha": float("nan")}, {"odds": 1.0}, {"concentration": -1.0}, {"confidence": 0.5}]:
        with pytest.raises(rh.errors.InvalidValueError, match=next(iter(options))):
            rh.Vote(**options)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidValueError, match="prior"):
        rh.Vote(rule="bayes")
    one = rh.Vote()
    for weight in [-1.0, float("nan"), float("inf")]:
        with pytest.raises(rh.errors.InvalidValueError, match="weight"):
            one.add("a", weight=weight)
    with pytest.raises(rh.errors.InvalidValueError, match="below the cap of 40"):
        one.add("a", 40)
    with pytest.raises(rh.errors.ArtifactError):
        rh.Vote.from_bytes(b"RHEO")
    with pytest.raises(rh.errors.InvalidValueError, match="shares"):
        rh.votes.VotePrior([(0.3, 0.4, 1.0)])
    with pytest.raises(rh.errors.InvalidValueError, match="between 1 and the cap"):
        rh.votes.OnlineAllocator(target=99)


def test_great_and_many_answers_are_survived() -> None:
    one = rh.Vote(rule="curtail", cap=10_000)
    for i in range(6):
        one.add(f"{i}" + "x" * (1 << 20))
    assert one.dropped >= 2
    assert one.suspended
    for i in range(12_000):
        one.add(str(i))
    assert one.stopped
    assert one.late > 0
    lone = rh.Vote()
    lone.add("\ud800")
    assert lone.counts == {"\ufffd": 1}


def test_a_run_tells_of_its_certificate() -> None:
    ladder = rh.Ladder([rh.Rung("vote", model="small", samples=12, input_price=0.1, output_price=0.4)], default="vote")
    governor = rh.Governor(ladder, rules=rh.Rules(vote="certified", alpha=0.05))
    with governor.plan("What is 6 times 7?").start() as run:
        (call,) = run.next()
        ended = [call.sample(i).finish(answer="42").stops for i in range(8)]
    assert ended == [False] * 7 + [True]
    assert (run.answer, run.settled, run.certified) == ("42", True, True)
    with pytest.raises(rh.errors.InvalidValueError, match="alpha"):
        rh.Rules(alpha=0.0)


@pytest.mark.parametrize("number", [-1, -(10**30), 10**30, 2**64])
def test_a_number_that_fits_nowhere_is_named(number: int) -> None:
    one, batch = rh.Vote(), rh.votes.BatchAllocator(2, budget=4)
    cases: list[tuple[str, Callable[[], object]]] = [
        ("cap", lambda: rh.Vote(cap=number)),
        ("window", lambda: rh.Vote(rule="esc", window=number)),
        ("index", lambda: one.add("7", index=number)),
        ("index", lambda: one.abstain(number)),
        ("index", lambda: one.cut(index=number)),
        ("queries", lambda: rh.votes.BatchAllocator(number, budget=4)),
        ("budget", lambda: rh.votes.BatchAllocator(2, budget=number)),
        ("query", lambda: batch.add(number, "7")),
        ("query", lambda: batch.answer(number)),
        ("query", lambda: batch.vote(number)),
        ("most", lambda: batch.next(number)),
        ("cap", lambda: rh.votes.OnlineAllocator(3, cap=number)),
    ]
    for name, refused in cases:
        with pytest.raises(rh.errors.InvalidValueError, match=f"{name}.*{number}"):
            refused()
    assert (one.votes, batch.left) == (0, 4)
    with pytest.raises(TypeError):
        one.add("7", index=1.5)  # type: ignore[arg-type]
