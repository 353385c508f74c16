"""Fresh members of kinds that were mended before: thanks by name, complaints with content, boxes, signs in words."""

from __future__ import annotations

import base64

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
