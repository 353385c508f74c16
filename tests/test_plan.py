"""A query becomes a plan: the same one for each of its shapes, every time, and one by one as in a batch."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh

TEXTS = [
    "What is the capital of France?",
    "Prove that there are infinitely many primes congruent to 3 mod 4.",
    "用python写函数解析日志",
    "Докажите, что корень из двух иррационален.",
    "  padded \n\n with\tspace  ",
    'He said "no" and left \\ for good.',
    "emoji 🎉 and a nul \x00 and a control \x1b",
    "word " * 20_000,
]


def told(plan: rh.Plan) -> dict[str, Any]:
    """A plan without the half of its id that is drawn at random."""
    out = plan.to_dict()
    out["id"] = plan.id.split("-")[0]
    return out


@pytest.mark.parametrize("text", TEXTS)
def test_text_messages_and_body_give_one_plan(governor: rh.Governor, text: str) -> None:
    message = {"role": "user", "content": text}
    parts = {"role": "user", "content": [{"type": "text", "text": text}]}
    plan = told(governor.plan(text))
    assert told(governor.plan(text.encode())) == plan
    assert told(governor.plan(messages=[message])) == plan
    assert told(governor.plan(messages=[parts])) == plan
    for messages in ([message], [parts]):
        for ascii_only in (True, False):
            body = json.dumps({"model": "any", "messages": messages}, ensure_ascii=ascii_only)
            assert told(governor.plan(body=body.encode())) == plan
            assert told(governor.plan(body=body)) == plan


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_one_plan_in_every_shape(text: str) -> None:
    governor = rh.Governor(rh.Ladder([rh.Rung("a"), rh.Rung("b", output_price=1.0)]), policy=rh.policy.Utility(0.5), seed=1)
    plan = told(governor.plan(text))
    assert told(governor.plan(messages=[{"role": "user", "content": text}])) == plan
    assert told(governor.plan(body=json.dumps({"messages": [{"role": "user", "content": text}]}).encode())) == plan


def test_the_newest_human_ask_is_what_is_scored(governor: rh.Governor) -> None:
    ask = "What is the capital of France?"
    alone = governor.plan(ask)
    system = "You are an expert mathematician. Prove every theorem rigorously, step by step, by induction. " * 20
    long = governor.plan(
        messages=[
            {"role": "system", "content": system},
            {"role": "user", "content": "Prove the Riemann hypothesis by contradiction."},
            {"role": "assistant", "content": "That is an open problem."},
            {"role": "user", "content": ask},
        ]
    )
    assert long.estimate.difficulty == pytest.approx(alone.estimate.difficulty, abs=0.25)
    assert long.structure["messages"] == 4
    assert long.structure["system_bytes"] == len(system.encode())
    assert long.input_tokens > alone.input_tokens
    assert long.turn == "ask"


def test_a_continuation_says_so_and_is_scored_by_what_it_continues(governor: rh.Governor) -> None:
    ask = {"role": "user", "content": "Refactor the login module and prove that no session is lost."}
    reply = {"role": "assistant", "content": "Shall I begin with the table of sessions?"}
    plan = governor.plan(messages=[ask, reply, {"role": "user", "content": "yes, do it"}])
    assert plan.turn == "continuation"
    assert plan.estimate.difficulty == pytest.approx(governor.plan(messages=[ask]).estimate.difficulty, abs=0.25)


def test_tool_results_are_structure_and_no_words(governor: rh.Governor) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "run", "arguments": "{}"}}
    result = "Traceback (most recent call last): prove theorem lemma corollary " * 50
    plan = governor.plan(
        messages=[
            {"role": "user", "content": "Run the tests."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": result},
        ]
    )
    assert plan.turn == "tool_result"
    assert plan.structure["tool_calls"] == 1
    assert plan.structure["tool_result_bytes"] == len(result)
    assert plan.estimate.difficulty == pytest.approx(governor.plan("Run the tests.").estimate.difficulty, abs=0.25)


@pytest.mark.filterwarnings("ignore:the utility policy planned")  # as it is meant to: the prompts are the same
def test_a_batch_plans_as_one_by_one(governor: rh.Governor, prompts: list[dict[str, str]]) -> None:
    texts = [*(row["text"] for row in prompts), *TEXTS, "", "\n"]
    single = [governor.plan(text) for text in texts]
    for threads in (1, 2, 7):
        batch = governor.plan_batch(texts, threads=threads)
        assert len(batch) == len(texts)
        assert [rung.name for rung in batch.rungs()] == [plan.rung.name for plan in single]
        for field in ("thinking_tokens", "samples", "depth", "p_correct", "input_tokens"):
            np.testing.assert_array_equal(getattr(batch, field), [getattr(plan, field) for plan in single])
        for field in ("difficulty", "coverage"):
            np.testing.assert_array_equal(getattr(batch, field), [getattr(plan.estimate, field) for plan in single])


def test_estimates_in_a_batch_are_those_of_one_by_one(prompts: list[dict[str, str]]) -> None:
    estimator = rh.Estimator()
    texts = [row["text"] for row in prompts]
    single, batch = [estimator.estimate(text) for text in texts], estimator.estimate_batch(texts)
    for field in ("difficulty", "coverage", "tokens", "output_tokens"):
        np.testing.assert_array_equal(getattr(batch, field), [getattr(one, field) for one in single])
    assert batch.domain == [one.domain for one in single]
    np.testing.assert_array_equal(batch.p_correct(0.7), [one.p_correct(0.7) for one in single])


def test_equal_governors_plan_equally_and_say_so(ladder: rh.Ladder) -> None:
    def made() -> rh.Governor:
        return rh.Governor(ladder, policy=rh.policy.Utility(2.0), ceiling=rh.Ceiling(tokens=50_000))

    one, two = made(), made()
    assert one.version == two.version
    for text in TEXTS:
        assert told(one.plan(text)) == told(two.plan(text))
    other = rh.Governor(ladder, policy=rh.policy.Utility(2.5), ceiling=rh.Ceiling(tokens=50_000))
    assert other.version != one.version


def test_ids_name_decisions(governor: rh.Governor) -> None:
    ids = [governor.plan("the same").id for _ in range(100)]
    assert len(set(ids)) == 100
    assert len({i.split("-")[0] for i in ids}) == 1
    assert governor.plan("another").id.split("-")[0] != ids[0].split("-")[0]


def test_the_user_s_own_rung_wins_and_models_bound(governor: rh.Governor) -> None:
    hard = "Prove that there are infinitely many primes congruent to 3 mod 4."
    assert governor.plan("hi", rung="deep").rung.name == "deep"
    assert governor.plan(hard, models=["small-model"]).rung.name == "fast"


def test_a_tighter_ceiling_clamps_and_says_so(governor: rh.Governor) -> None:
    plan = governor.plan("Prove it.", rung="deep", ceiling=rh.Ceiling(tokens=10_000, samples=2))
    assert plan.limit.tokens == 10_000
    assert plan.samples <= 2
    assert {field for field, _, _ in plan.clamped} & {"samples", "thinking_tokens"}
    looser = governor.plan("Prove it.", ceiling=rh.Ceiling(tokens=10**9))
    assert looser.limit.tokens == 200_000


def test_low_coverage_is_not_easy(governor: rh.Governor) -> None:
    for text in ("", "   ", "…", "\U0010ffff" * 5):
        plan = governor.plan(text)
        assert plan.rung.name == "think", text
        assert plan.reasons


def test_surrogates_are_repaired_on_every_path_alike(governor: rh.Governor) -> None:
    text, mended = "a \ud800 b", "a \ufffd b"
    plan = governor.plan(text)
    assert plan.structure["repaired"]
    assert plan.estimate.difficulty == governor.plan(mended).estimate.difficulty
    assert governor.plan(messages=[{"role": "user", "content": text}]).structure["repaired"]
    assert governor.plan(body=b'{"messages": [{"role": "user", "content": "a \\ud800 b"}]}').structure["repaired"]
    pair = governor.plan(body=b'{"messages": [{"role": "user", "content": "\\ud83c\\udf89"}]}')
    assert not pair.structure["repaired"]


def test_a_huge_query_is_read_within_its_window(governor: rh.Governor) -> None:
    text = "Prove it. " * 2_000_000
    assert governor.plan(text).structure["total_bytes"] == len(text)
    assert rh.Estimator(window=1024).estimate(text).tokens > 1_000_000


def test_plans_keep_no_secrets(governor: rh.Governor) -> None:
    secret = "zanzibarine-4711"
    plan = governor.plan(f"Tell me about {secret}.", session="s", tenant="t")
    assert secret not in plan.to_json()
    assert secret not in repr(plan)


def test_an_explanation_is_of_its_own_text_whatever_the_thread_read_since() -> None:
    governor, estimator = rh.Governor(rh.Ladder([rh.Rung("only")])), rh.Estimator()
    plans = [governor.plan(text) for text in TEXTS]
    for _ in range(2):
        for text, plan in zip(TEXTS, plans, strict=True):
            assert repr(plan.estimate.explain()) == repr(plan.estimate.explain()) == repr(estimator.estimate(text).explain())
    newest = governor.plan(TEXTS[0])
    assert newest.estimate.explain().words == estimator.estimate(TEXTS[0]).explain().words


def test_an_explanation_sums_to_what_it_explains() -> None:
    for text in TEXTS[:5]:
        estimate = rh.Estimator().estimate(text)
        why = estimate.explain()
        assert why.difficulty == estimate.difficulty
        total = why.bias + sum(c for _, _, c in why.features) + sum(c for _, _, c in why.words)
        assert total == pytest.approx(why.location, abs=1e-6)


def test_p_correct_rises_with_ability() -> None:
    estimate = rh.Estimator().estimate("Prove that the square root of 2 is irrational.")
    chances = [estimate.p_correct(ability) for ability in (0.05, 0.3, 0.6, 0.9, 0.99)]
    assert chances == sorted(chances)
    assert 0.0 < chances[0] < chances[-1] < 1.0
