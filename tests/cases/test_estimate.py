"""The estimate by kind of ask: choices, analyses, words about words, commands in a text, two languages, pasted data, material."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest

import rheostat as rh

PROOF = "Prove that there are infinitely many primes of the form 4k + 3."
DESIGN = "Design a multi-region payment architecture and justify the trade-offs."
MEETING = (
    "The committee met in Lisbon in March and reviewed the budget for the coming year, noting that revenue grew by 4 percent "
    "while costs in logistics rose. Members discussed the schedule of deliveries, the new office and the report that the audit "
    "team had written, and asked for a second reading. "
)


def difficulty(text: str) -> float:
    """The difficulty of a text alone."""
    return rh.Estimator().estimate(text).difficulty


# What a text to change tells its readers to do is not asked for.

INSIDE = [
    "Summarise in one sentence: She analysed the samples, proved her point and derived a formula on the board.",
    "Please translate into German: we met the architect and compare prices every week and plan our trips together.",
    "Translate the following sentence into Italian: Come home and solve your own problems and decide what you want.",
    "Translate into Dutch: First measure, then analyse, then decide, and finally justify the cost.",
    "Make bullets of this: first we plan and architect the system, then implement it, then verify the invariants.",
    "Give me the gist: Workers refactor old pipes and optimize the flow and design new valves since the flood.",
    "Extract all verbs from: They design, prove, and evaluate; then they derive and conclude.",
    "Summarize: The teacher asked them to read chapter four and prove theorem nine and compute the integral.",
]


@pytest.mark.parametrize("text", INSIDE)
def test_commands_inside_a_text_to_change_are_no_asks(text: str) -> None:
    assert difficulty(text) < 0.32


@pytest.mark.parametrize(
    "text",
    [
        "Translate this sentence: 'the sky is blue'. Then prove that the square root of 7 is irrational.",
        "Summarise the following theorem and prove it: every bounded monotone sequence of real numbers converges.",
        "Sorry to bother you, but prove that every subgroup of a cyclic group is cyclic.",
        "1) Prove that every subgroup of a cyclic group is cyclic.",
        "I have a conjecture about primes and I need to prove that it holds for all n.",
        "My lemma is stuck, please prove that every bounded monotone sequence converges.",
    ],
)
def test_an_ask_beside_it_still_is_one(text: str) -> None:
    assert difficulty(text) > 0.55


# Words about words

WORDS = [
    "What does 'prove' mean?",
    'What does "derive" mean',
    'How do I say "prove it" in Spanish?',
    "What's the opposite of 'disprove'?",
    "Why is 'prove' spelled with one o?",
    "Explain the word 'deduce' to a six year old.",
    'What is the noun form of "diagnose"?',
]


@pytest.mark.parametrize("text", WORDS)
def test_a_question_about_a_word_is_not_what_the_word_says(text: str) -> None:
    assert difficulty(text) < 0.37


# Choices and analyses


def logit(p: float) -> float:
    return math.log(p / (1.0 - p))


CHOICES = [
    "Kafka vs RabbitMQ for order events?",
    "Two-phase commit or sagas?",
    "Monorepo or polyrepo for 40 engineers?",
    "Monolith vs microservices for a 5-person team?",
    "Optimistic or pessimistic locking for inventory?",
    "Redis or Memcached for sessions at 50k rps?",
    "Debt or equity for an expansion of 3 million?",
    "Surgery or physiotherapy for a torn meniscus at 55?",
    "REST or gRPC?",
    "TCP or UDP?",
    "ECS or EKS?",
    "SSE or WebSockets?",
    "LLC vs GmbH?",
    "Vue or React?",
    "django vs flask",
    "Svelte or Angular for a dashboard?",
    "Spring or NestJS?",
]
SMALL_CHOICES = [
    "Tea or coffee?",
    "Is it Monday or Tuesday today?",
    "Is a tomato a fruit or a vegetable?",
    "Left or right at the station?",
    "Is the Nile longer than the Amazon?",
    "AM or PM?",
    "iPhone or iPad for my mum?",
    "TEA OR COFFEE?",
    "Spring or summer?",
    "Should I go or react?",
    "A puppet or a spark?",
]


@pytest.mark.parametrize(("work", "small"), [*itertools.product(CHOICES, SMALL_CHOICES)])
def test_a_choice_of_a_profession_is_harder_than_one_of_taste(work: str, small: str) -> None:
    assert difficulty(work) > difficulty(small) + 0.04


@pytest.mark.parametrize("choice", ["REST or gRPC?", "TCP or UDP?", "Kafka or RabbitMQ?", "Rust or Go?"])
def test_a_choice_of_three_words_is_harder_than_an_everyday_explanation(choice: str) -> None:
    assert difficulty(choice) > max(difficulty(plain) for plain in EXPLANATIONS) + 0.03


ANALYSES = [
    "Explain how a Kalman filter works, including the mathematics.",
    "Explain the Black-Scholes model, including its assumptions and where they fail.",
    "Discuss the ethical implications of gene editing in embryos.",
    "Explain how CRDTs converge, including the algebraic conditions.",
    "Explain zero-knowledge proofs, including the mathematics.",
]
EXPLANATIONS = ["Why is the sky blue?", "Explain how to boil an egg.", "Why do cats purr?", "Explain what a noun is."]


@pytest.mark.parametrize(("deep", "plain"), [*itertools.product(ANALYSES, EXPLANATIONS)])
def test_an_analysis_is_harder_than_an_everyday_explanation(deep: str, plain: str) -> None:
    assert difficulty(deep) > difficulty(plain) + 0.08


# Two languages in one text

ENGLISH = "the of and is for with that this from are were you they your our their does did have could"
PROOFS = [
    "Beweise, dass die Wurzel aus 2 irrational ist.",
    "Démontre que toute suite monotone bornée converge.",
    "Demuestra que la raíz de 2 es irracional.",
    "Demonstre que a raiz de 2 é irracional.",
    "Dimostra che ogni successione monotona limitata converge.",
    "Bewijs dat de wortel uit 2 irrationaal is.",
    "Udowodnij, że każdy ograniczony ciąg monotoniczny jest zbieżny.",
    "Sınırlı her monoton dizinin yakınsadığını kanıtlayın.",
    "Chứng minh rằng căn bậc hai của 2 là số vô tỉ.",
]


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("mixed", ["{proof} {english}", "{english} {proof}", "{english}. {proof}", "{proof}\n\n{english}"])
def test_english_function_words_hide_no_proof(proof: str, mixed: str) -> None:
    assert difficulty(mixed.format(proof=proof, english=ENGLISH)) > difficulty(proof) - 0.03


# Pasted data, and material


def logs(n: int) -> str:
    return "\n".join(f"2026-03-04T11:{i % 60:02d}:11Z INFO worker-{i % 7} id={i} path=/api/v1/items status=200" for i in range(n))


def code(n: int) -> str:
    lines = (f"def handler_{i}(request):\n    value = request.get({i})\n    return [x ** 2 for x in value]" for i in range(n))
    return "```python\n" + "\n".join(lines) + "\n```"


def table(n: int) -> str:
    return "id,name,qty,price\n" + "\n".join(f"{i},item{i % 9},{i % 40},{i}.99" for i in range(n))


def zeros(n: int) -> str:
    return "0" * (60 * n)


EASY = ["What is the capital of Portugal?", "hello, how are you?", "How do I reset my password?"]


@pytest.mark.parametrize("pasted", [logs, code, table, zeros])
@pytest.mark.parametrize("lines", [4, 20, 80])
def test_pasted_data_puts_no_easy_ask_beside_a_hard_one(pasted: Callable[[int], str], lines: int) -> None:
    data = pasted(lines)
    easy = max(difficulty(text) for ask in EASY for text in (f"{ask}\n\n{data}", f"{data}\n\n{ask}"))
    hard = min(difficulty(text) for ask in (PROOF, DESIGN) for text in (f"{ask}\n\n{data}", f"{data}\n\n{ask}"))
    assert easy < hard
    assert hard > 0.6


@pytest.mark.parametrize("paragraphs", [4, 24, 60])
@pytest.mark.parametrize(
    "ask",
    [
        "Summarise this in three sentences:\n\n{}",
        "{}\n\nSummarize the text above.",
        "Extract all names as JSON from the following.\n\n{}",
    ],
)
def test_material_is_not_hard_for_being_long(ask: str, paragraphs: int) -> None:
    assert difficulty(ask.format(MEETING * paragraphs)) < 0.48


# Chances without outcomes


@pytest.mark.parametrize("text", [*EXPLANATIONS, *ANALYSES, "hello", "What is 2 + 2?", "Sum the invoices of March by customer."])
@pytest.mark.parametrize("ability", [0.5, 0.7, 0.9])
def test_an_ability_is_the_accuracy_at_the_mean_exam_and_harder_asks_count_by_half(text: str, ability: float) -> None:
    estimate = rh.Estimator().estimate(text)
    beyond = logit(estimate.difficulty) + 0.41
    expected = logit(ability) - beyond * (1.5 if beyond < 0 else 0.5)
    assert logit(estimate.p_correct(ability)) == pytest.approx(expected, abs=1e-6)
