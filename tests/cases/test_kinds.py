"""Fresh members of kinds that were mended before: thanks by name, complaints with content, boxes, signs in words."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import rheostat as rh
from rheostat.votes import normalise

HARD = "Prove that for every prime p congruent to 1 mod 4 there is exactly one way to write p as the sum of two squares."
PROOF = "Let p = 4k + 1. Then -1 is a quadratic residue, so p divides m^2 + 1, and descent gives the two squares."
EASY = "What is the capital of France?"


def governor() -> rh.Governor:
    """A ladder whose default lies between its ends."""
    rungs = [rh.Rung("fast", output_price=0.4), rh.Rung("mid", output_price=2.0), rh.Rung("deep", output_price=10.0)]
    return rh.Governor(rh.Ladder(rungs, default="mid", start_max="deep"))


def turn(words: str, ask: str = HARD, answer: str = PROOF) -> list[dict[str, str]]:
    """A message behind an answer."""
    roles = ("user", "assistant", "user")
    return [{"role": role, "content": text} for role, text in zip(roles, (ask, answer, words), strict=True)]


@pytest.mark.parametrize(
    "words",
    [
        "Thank you, Claude.",
        "thanks ChatGPT",
        "thnx m8",
        "Thanks a lot, that was super helpful 🙏",
        "Thank you for the explanation",
        "that is all for today, thanks",
        "no more questions, thanks",
        "Danke schön und schönen Abend noch",
        "merci beaucoup pour ton aide",
        "gracias, eres el mejor",
        "grazie mille, sei stato utilissimo",
        "labai ačiū",
    ],
)
def test_thanks_take_the_lowest_rung_whatever_stands_beside_them(words: str) -> None:
    plan = governor().plan(messages=turn(words))
    assert (plan.turn, plan.rung.name) == ("continuation", "fast")


@pytest.mark.parametrize(
    "words",
    [
        "Thank you, Claude. Now prove that it is unique for every prime.",
        "thanks, that was wrong",
        "Thanks for this, is the bound optimal?",
        "Claude",
        "that was all wrong",
    ],
)
def test_what_thanks_and_asks_or_complains_is_no_thanks(words: str) -> None:
    assert not any("thanks" in reason for reason in governor().plan(messages=turn(words)).reasons)


@pytest.mark.parametrize(
    "words",
    [
        "that does not work",
        "did not help",
        "it throws an error",
        "still doesn't compile",
        "this contradicts what you said before",
        "even worse",
        "wtf",
        "sure?",
        "really?",
        "You forgot the second river.",
        "you missed the case n = 0",
        "It still fails with KeyError: 'x'",
        "Du hast vergessen, den leeren Fall zu prüfen",
        "你漏了n=0的情况",
    ],
)
def test_a_complaint_takes_a_session_up_a_rung(words: str) -> None:
    owner = governor()
    assert owner.plan(messages=[{"role": "user", "content": EASY}], session="s").rung.name == "fast"
    assert owner.plan(messages=turn(words, EASY, "Paris."), session="s").rung.name != "fast"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("\\boxed{3}个月", "\\boxed{3}年"),
        ("\\boxed{3}万", "3"),
        ("\\boxed{3}分之一", "3"),
        ("\\boxed{3} million", "3"),
        ("\\boxed{3}.5", "3"),
        ("\\boxed{2} is wrong", "2"),
    ],
)
def test_what_stands_behind_a_box_may_change_it(a: str, b: str) -> None:
    assert normalise(a) != normalise(b)


@pytest.mark.parametrize("text", ["\\boxed{42}。", "\\boxed{42}です", "\\boxed{42}입니다", "答案是\\boxed{42}，因为它是偶数"])
def test_a_sentence_behind_a_box_does_not(text: str) -> None:
    assert normalise(text) == "42"


@pytest.mark.parametrize(
    ("text", "number"),
    [("minus 5", "-5"), ("negative 7.", "-7"), ("menos 7", "-7"), ("moins 5 degrés", "-5"), ("7 minus 5", "5"), ("负 5", "-5")],
)
def test_a_sign_in_words_is_a_sign(text: str, number: str) -> None:
    assert normalise(text, "number") == number


PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 400}}
SHOT = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "screenshot", "arguments": "{}"}}],
}
TAKEN = {"role": "tool", "tool_call_id": "1", "content": "Screenshot taken."}


@pytest.mark.parametrize(
    "label",
    [
        None,
        "Screenshot of the page:",
        "[image from screenshot]",
        "Here is the image that the tool returned.",
        "Attached image(s) from tool result:",
    ],
)
def test_a_picture_of_a_tool_is_no_ask(label: str | None) -> None:
    words = [] if label is None else [{"type": "text", "text": label}]
    shown = {"role": "user", "content": [*words, PICTURE]}
    plan = governor().plan(messages=[{"role": "user", "content": HARD}, SHOT, TAKEN, shown])
    assert (plan.turn, plan.structure["ask_bytes"]) == ("tool_result", len(HARD))


@pytest.mark.parametrize("words", ["Why is the button of this page grey?", "Move the chart to the left, as in this screenshot."])
def test_a_picture_with_an_ask_behind_a_tool_is_one(words: str) -> None:
    shown = {"role": "user", "content": [{"type": "text", "text": words}, PICTURE]}
    plan = governor().plan(messages=[{"role": "user", "content": HARD}, SHOT, TAKEN, shown])
    assert (plan.turn, plan.structure["ask_bytes"]) == ("ask", len(words))


def test_bytes_of_media_weigh_as_much_as_their_base64() -> None:
    data = bytes(range(256)) * 4_000

    def tokens(value: object) -> int:
        file = {"document": {"format": "pdf", "name": "report", "source": {"bytes": value}}}
        return governor().plan(messages=[{"role": "user", "content": [{"text": "Sum it up."}, file]}]).input_tokens

    assert tokens(data) > 10_000
    assert abs(tokens(data) - tokens(base64.b64encode(data).decode())) <= 1


TOOL = "Thought: I look.\n\n```bash\nls\n```"


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (TOOL, "a.rs\nb.rs\n(Open file: /repo/a.rs)\n(Current directory: /repo)\nbash-$"),
        (TOOL, "a.rs\n[Current working directory: /w]\n[Python interpreter: /bin/python]\n[Command finished with exit code 0]"),
        ("✿FUNCTION✿: ls\n✿ARGS✿: {}", "✿RESULT✿: a.rs\n✿RETURN✿:"),
        ("<|python_tag|>ls()", "[stdout]a.rs[/stdout]"),
    ],
)
def test_a_result_is_known_by_its_foot_too(call: str, result: str) -> None:
    plan = governor().plan(messages=turn(result, f"Solve this issue: {HARD}", call))
    assert (plan.turn, plan.rung.name) == ("tool_result", "deep")


@pytest.mark.parametrize(
    "chore",
    [
        "Write a short one-sentence question that the user can ask that naturally follows from the previous questions.",
        "### Task:\nGenerate a detailed prompt for am image generation task based on the given language and context.",
        "A new session was started via /new or /reset. Greet the user in your configured persona, if one is provided.",
    ],
)
def test_more_chores_of_programs(chore: str) -> None:
    plan = governor().plan(messages=turn(chore), session="s")
    assert (plan.purpose, plan.rung.name) == ("housekeeping", "fast")


def test_an_agent_of_planning_plans() -> None:
    messages = [
        {"role": "system", "content": "You are a PLANNING AGENT, NOT an implementation agent."},
        {"role": "user", "content": "Add a cache to the loader."},
    ]
    assert governor().plan(messages=messages, session="s").purpose == "planning"
    messages[0]["content"] = "You are a planning agent for weddings."
    assert governor().plan(messages=messages, session="s").purpose == "answer"


@pytest.mark.parametrize(
    "signed",
    [
        {"content": "x", "provider_specific_fields": {"thought_signatures": ["abc"]}},
        {
            "content": None,
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "f", "arguments": "{}", "provider_specific_fields": {"thought_signature": "abc"}},
                }
            ],
        },
    ],
)
def test_signed_thinking_is_seen_deeper_down(signed: dict[str, Any]) -> None:
    messages: list[dict[str, Any]] = [*turn("why?")[:1], {"role": "assistant", **signed}, {"role": "user", "content": "why?"}]
    assert governor().plan(messages=messages).strip_thinking == ["*"]


def test_generations_of_cohere_are_samples() -> None:
    assert governor().plan(body=b'{"message": "hi", "num_generations": 3}').asked_samples == 3
