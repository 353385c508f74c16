"""Everyday turns of a word or two under shares, and what shares say about themselves."""

from __future__ import annotations

import warnings
from collections import Counter

import pytest

import rheostat as rh
from rheostat import config
from rheostat.policy import Shares

RUNGS = [rh.Rung("fast", output_price=0.4), rh.Rung("think", output_price=2.0), rh.Rung("deep", output_price=10.0)]
COURTESIES = [
    "thanks!",
    "ok",
    "yes",
    "no",
    "lol",
    "👍",
    "🙏",
    "Danke dir!",
    "merci beaucoup",
    "спасибо",
    "谢谢你",
    "ok thanks",
    "bye",
]
BARE = ["help", "continue", "stop", "?", "please", "do it"]


@pytest.mark.parametrize("text", COURTESIES)
def test_thanks_and_agreement_cost_nothing(text: str) -> None:
    governor = rh.Governor(rh.Ladder(RUNGS))
    for _ in range(50):
        plan = governor.plan(text)
        assert (plan.rung.name, plan.quantile) == ("fast", None)
        assert any("thanks" in reason for reason in plan.reasons)
    assert governor.plan(messages=[{"role": "user", "content": text}]).rung.name == "fast"


@pytest.mark.parametrize("text", BARE)
def test_a_text_that_says_nothing_takes_the_default_rung_and_gives_the_true_reason(text: str) -> None:
    plan = rh.Governor(rh.Ladder(RUNGS)).plan(text)
    assert (plan.rung.name, plan.quantile) == ("think", None)
    low = plan.estimate.coverage < 0.2
    assert any(("coverage is too low" if low else "say nothing by themselves") in reason for reason in plan.reasons)
    assert not any("shares policy" in reason for reason in plan.reasons)


def test_thanks_keep_the_rung_of_a_session() -> None:
    governor = rh.Governor(rh.Ladder(RUNGS, start_max="deep"))
    hard = governor.plan("Prove that there are infinitely many primes congruent to 3 mod 4.", session="s")
    assert governor.plan("ok", session="s").rung.name == hard.rung.name != "fast"


@pytest.mark.parametrize("turns", [COURTESIES, BARE, COURTESIES + BARE])
def test_everyday_turns_count_in_the_shares(turns: list[str]) -> None:
    forms = (
        "What is the capital of country {i}?",
        "A train leaves at 9:{i}. When does it arrive?",
        "Prove that {i} is no square.",
    )
    for shares in ([0.7, 0.25, 0.05], [1.0, 0.0, 0.0]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            governor = rh.Governor(rh.Ladder(RUNGS), policy=Shares(shares))
        texts = (turns[i // 5 % len(turns)] if i % 5 == 0 else forms[i * 7 % 3].format(i=i) for i in range(1_500))
        counts = Counter(governor.plan(text).rung.name for text in texts)
        for rung, share in zip(RUNGS, shares, strict=True):
            assert abs(counts[rung.name] / 1_500 - share) <= 0.02, counts


def test_shares_that_cannot_be_used_and_budgets_out_of_reach_are_told() -> None:
    with pytest.warns(UserWarning, match=r'"deep" has a share of 0\.05 that no query can use'):
        rh.Governor(rh.Ladder(RUNGS, start_max="think"), policy=Shares([0.7, 0.25, 0.05]))
    for usd, words in ((1e-6, "less than the lowest rung"), (1e4, "more than")):
        with pytest.warns(UserWarning, match=words):
            rh.Governor(rh.Ladder(RUNGS), policy=Shares.for_budget(usd_per_1000=usd))
    budget = Shares.for_budget(usd_per_1000=0.15)
    assert budget.shares is None
    rh.Governor(rh.Ladder(RUNGS), policy=budget)
    assert budget.shares is not None
    assert abs(sum(budget.shares) - 1) < 1e-9
    with pytest.raises(rh.errors.InvalidValueError, match="prices"):
        rh.Governor(rh.Ladder([rh.Rung("a"), rh.Rung("b")]), policy=Shares.for_budget(usd_per_1000=1.0))


@pytest.mark.parametrize("table", ["shares = [0.5, 0.5]", 'kind = "threshold"\nthresholds = [0.1]', "usd_per_error = 2.0"])
def test_a_policy_in_a_file_that_does_not_fit_names_file_and_table(table: str) -> None:
    rungs = "".join(f'[[rung]]\nname = "{name}"\n' for name in "abc")
    with pytest.raises(rh.errors.InvalidValueError, match=r"^x\.toml: policy: "):
        config.loads(f"{rungs}[policy]\n{table}", source="x.toml")


def test_a_model_that_only_the_top_rung_has_is_no_limit_of_start_max() -> None:
    rungs = [rh.Rung("fast", model="f"), rh.Rung("think", model="t"), rh.Rung("deep", model="d")]
    plan = rh.Governor(rh.Ladder(rungs)).plan("Prove that 7 is prime.", models=["d"])
    assert plan.rung.name == "deep"
    assert not any("a prompt alone buys" in reason for reason in plan.reasons)


def test_a_moved_threshold_is_told() -> None:
    governor = rh.Governor(rh.Ladder(RUNGS))
    plans = [governor.plan("What is the capital of France?") for _ in range(400)]
    dear = [plan for plan in plans if plan.rung.name != "fast"]
    assert dear
    assert any(any("threshold had moved" in reason for reason in plan.reasons) for plan in dear)
