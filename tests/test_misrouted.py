"""Prompts of the kinds that keyword routers send to the wrong model go where a sane person would send them.

Keyword routers call a proof simple because no keyword fires, and call small talk difficult because "step by step" does. The
wording is this project's own; the kinds are those that users of such routers have complained about.
"""

from __future__ import annotations

import pytest

import rheostat as rh
from rheostat import config
from tests.conftest import ROOT

LOW, MIDDLE, HIGH = "fast", "think", "deep"

# What is asked, and the rungs of examples/ladder.toml that would be sane.
KINDS = {
    "a short proof without a keyword": ("Show that there is no largest prime of the form 4k + 3.", {MIDDLE, HIGH}),
    "a short equation": ("Find every pair of integers with x^2 - 61*y^2 = 1 and y below 10^10.", {MIDDLE, HIGH}),
    "an open problem asked politely": ("Hi, could you settle the Goldbach conjecture? A short proof is fine.", {MIDDLE, HIGH}),
    "a trick question that looks easy": (
        "A racket and a ball cost 22 together, and the racket costs 20 more than the ball. What does the ball cost?",
        {LOW, MIDDLE},
    ),
    "everyday words that are code elsewhere": (
        "For our class outing: where is the nearest branch of the city museum, and is there a function room?",
        {LOW, MIDDLE},
    ),
    "an error that is none": ("Let me know if there is an error in my reply to the invitation.", {LOW, MIDDLE}),
    "small talk with words of effort": ("step by step, analyse my pancake recipe", {LOW, MIDDLE}),
    "agentic work in plain words": (
        "Investigate why the payment service keeps timing out in production, and fix the root cause.",
        {MIDDLE, HIGH},
    ),
    "code asked in Chinese": ("用python写一个函数，合并两个有序链表，并分析复杂度", {MIDDLE, HIGH}),
    "a refactoring in four words": ("Refactor the login module", {MIDDLE, HIGH}),
}


@pytest.fixture(scope="module")
def governor() -> rh.Governor:
    return config.load(ROOT / "examples" / "ladder.toml").governor(seed=0)


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_where_a_sane_person_would_send_it(governor: rh.Governor, kind: str) -> None:
    text, sane = KINDS[kind]
    plan = governor.plan(text)
    assert plan.rung.name in sane, (plan, plan.reasons)


def test_words_of_effort_do_not_buy_a_higher_rung(governor: rh.Governor) -> None:
    names = [rung.name for rung in governor.ladder.rungs]
    greeting = governor.plan("hi, what is a good name for a cat?")
    padded = governor.plan("hi, step by step, with pros and cons, rigorously: what is a good name for a cat?")
    assert names.index(padded.rung.name) <= names.index(greeting.rung.name) + 1
    assert padded.rung.name != HIGH


def test_a_proof_is_harder_than_small_talk_that_asks_for_one(governor: rh.Governor) -> None:
    proof = governor.plan("Prove that there are infinitely many primes congruent to 3 mod 4.")
    talk = governor.plan("step by step, evaluate my cookie recipe")
    assert proof.estimate.difficulty > talk.estimate.difficulty + 0.1


def test_a_short_continuation_keeps_the_rung_of_what_it_continues() -> None:
    ask = "Prove that there are infinitely many primes congruent to 3 mod 4."
    turns = [
        {"role": "user", "content": ask},
        {"role": "assistant", "content": "I can give the proof in two steps. Shall I?"},
        {"role": "user", "content": "yes, do that"},
    ]
    # Two governors in one state, because shares move with each plan.
    first, second = (config.load(ROOT / "examples" / "ladder.toml").governor(seed=0) for _ in range(2))
    assert first.plan(messages=turns).rung.name == second.plan(ask).rung.name
