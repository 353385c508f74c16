"""Streams that repeat one token for ever, as an engine does whose numbers have become NaN (token 0 is often "!").

Varied: the repeated text, prose before it, the size of the grant, and the three ways to report a token. Tokenizers differ:
in some, each digit, bracket or exclamation mark is a token of its own, so the counted tokens decide and not the length of
the text.
"""

from __future__ import annotations

import pytest

import rheostat as rh

WAYS = ("log-probability", "counted text", "counted before its text")


def sample_of(grant: int) -> tuple[rh.Run, rh.Sample]:
    rung = rh.Rung("only", model="m", answer_tokens=grant, output_price=1.0)
    run = rh.Governor(rh.Ladder([rung]), ceiling=rh.Ceiling(tokens=10 * grant)).plan("q").start()
    return run, run.next()[0].sample()


def hear(sample: rh.Sample, text: str, way: str) -> rh.Action:
    if way == "log-probability":
        return sample.token(-0.01, text=text)
    if way == "counted text":
        return sample.text(text, tokens=1)
    sample.tokens([-0.01])
    return sample.text(text, tokens=0)


def tokens_read(unit: str, lead: str, way: str, grant: int) -> tuple[int, str]:
    """Tokens that come before the stream is stopped, and why it is."""
    run, sample = sample_of(grant)
    for piece in lead.split(" "):
        hear(sample, piece + " ", way)
    for _ in range(2 * grant):
        action = hear(sample, unit, way)
        if action.stops:
            return run.spent.tokens, action.reason
    raise AssertionError("the stream was not stopped at its grant")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("grant", [8_000, 16_000, 32_000])
@pytest.mark.parametrize("unit", ["!", "0", "3", "!!!!", "[", "(", "\ufffd", "\U0001f602", "<br>", " the", "...", "-", "null,"])
@pytest.mark.parametrize("lead", ["", "The answer is the following sum of all of them: "])
def test_one_token_for_ever_is_stopped_by_its_count(unit: str, lead: str, way: str, grant: int) -> None:
    read, reason = tokens_read(unit, lead, way, grant)
    assert "circles" in reason
    assert read <= 0.6 * grant


@pytest.mark.parametrize("unit", ["[0, 0, 0], ", "0,0\n", "0x0, ", "142857", "| 0 | 0 |\n", "\\\\ "])
def test_a_repetition_in_small_tokens_is_stopped_by_its_count(unit: str) -> None:
    run, sample = sample_of(16_000)
    for k in range(32_000):
        action = sample.token(-0.01, text=unit[k % len(unit)])
        if action.stops:
            break
    assert "circles" in action.reason
    assert run.spent.tokens <= 0.8 * 16_000


def test_the_tokens_of_a_whole_answer_are_not_those_of_the_repetition_in_it() -> None:
    answer = " ".join(f"word{k}" for k in range(4_000)) + "\n" + "one sheep, " * 90
    for before in (False, True):
        _, sample = sample_of(16_000)
        if before:
            sample.tokens([-0.1] * 9_000)
        assert not sample.text(answer, tokens=0 if before else 9_000).stops
        assert not sample.text(" and so on. " + answer[:900], tokens=3_000).stops
