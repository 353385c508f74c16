"""Loops, and answers that repeat themselves: a loop is stopped, an answer is not."""
# ruff: noqa: PT018 -- a case's values are read together

import pytest

import rheostat as rh
from tests.cases.twins import first, start

ANSWERS = {
    "blank grid": "0 0 0 0 0 0 0 0 0 0\n" * 10,
    "wide grid": ". " * 40 + "\n" + ("# " * 40 + "\n") * 30,
    "zero matrix": "[" + ", ".join("[" + ", ".join(["0"] * 30) + "]" for _ in range(30)) + "]",
    "latex matrix": "\\begin{pmatrix}\n" + ("0 & 0 & 0 & 0 & 0 & 0 & 0 & 0 \\\\\n" * 60) + "\\end{pmatrix}",
    "null array": "[" + "null, " * 800 + "null]",
    "floats": "[" + "0.0, " * 900 + "0.0]",
    "json objects": '{"rows": [' + '{"name": null, "value": 0},\n' * 200 + "{}]}",
    "pretty json": "{\n" + '  "items": [\n' + '    {\n      "a": 0\n    },\n' * 150 + "    {}\n  ]\n}",
    "table": "| a | b | c |\n|---|---|---|\n" + "| yes | no | yes |\n" * 100,
    "fenced code": "```python\n" + "    x.append(0)\n" * 300 + "```",
    "bare code": "int main() {\n" + '    puts("hi");\n' * 150 + "}",
    "verse": ("Row, row, row your boat, gently down the stream.\nMerrily, merrily, merrily, life is but a dream.\n\n") * 8,
    "counting sheep": "one sheep, " * 60,
    "labels": "- neutral\n" * 250,
    "checklist": "- [x] done\n" * 250,
    "label words": "neutral\n" * 400,
    "comma list": "neutral, " * 500,
    "assembly": "nop\n" * 800,
    "mantra": "\u5357\u65e0\u963f\u5f25\u9640\u4f5b" * 150,
    "lines to write": "I will not talk in class. " * 200,
    "csv": "name,value\n" + "unknown,0\n" * 100,
}
"""Texts that are answers, though they repeat themselves."""


def pieces(text: str, cut: str) -> list[str]:
    """A text cut in one of several ways."""
    if cut == "whole":
        return [text]
    if cut == "lines":
        return text.splitlines(keepends=True)
    size = {"characters": 1, "words": 7, "blocks": 500}[cut]
    return [text[i : i + size] for i in range(0, len(text), size)]


@pytest.mark.parametrize("cut", ["whole", "lines", "characters", "words", "blocks"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_repeats_itself_is_an_answer(name: str, cut: str) -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert not any(sample.text(piece).stops for piece in pieces(ANSWERS[name], cut))
    sample.finish(answer=ANSWERS[name])
    assert run.settled and run.answer == ANSWERS[name].strip()


LOOPS = {
    "word": "again ",
    "sentence": "Wait, let me check that once more, because I am not sure. ",
    "paragraph": "So the first term is two. Then the second one is four. Hence the sum must be six.\n\n",
    "list": "- the same point again\n",
    "exclamation marks": "!",
    "letters": "ha",
    "emoji": "\U0001f600",
    "digits": "3",
    "repeating decimal": "142857",
    "line feeds": "\n",
    "spaces": " ",
    "tabs": "\t",
    "non-breaking spaces": "\u00a0",
    "spaces and line feeds": " \n",
    "chinese": "\u7b49\u4e00\u4e0b\u3002",
    "thai": "\u0e2d\u0e35\u0e01\u0e04\u0e23\u0e31\u0e49\u0e07",
}
"""Pieces of text that go on for ever."""


@pytest.mark.parametrize("lead", ["", '{"answer": 1, "done": true}', "0.", "The result follows.\n"])
@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_stopped_before_its_grant_is_spent(name: str, lead: str) -> None:
    text = lead + LOOPS[name] * (40_000 // len(LOOPS[name]))
    stops = set()
    for cut in ("characters", "words", "blocks"):
        run = start(answer_tokens=16_000)
        _, sample = first(run)
        read = 0
        for piece in pieces(text, cut):
            read += len(piece)
            action = sample.text(piece)
            if action.stops:
                break
        assert action.stops and "circles" in action.reason, cut
        stops.add(read // 600)
    # Pieces of up to 500 characters do not change where it stops.
    assert max(stops) - min(stops) <= 1


@pytest.mark.parametrize("name", LOOPS)
def test_the_detector_sees_loops_without_white_space(name: str) -> None:
    loops = rh.signals.Loops(1024)
    loops.text(LOOPS[name] * (20_000 // len(LOOPS[name])))
    assert loops.finish()


def test_a_stream_that_ends_with_an_answer_is_finished_whatever_it_looped_over() -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert sample.text("again " * 6000).stops
    sample.finish(answer="Paris")
    assert run.answer == "Paris"


@pytest.mark.parametrize("period", [1, 7, 31, 33, 101, 251, 333, 501, 999])
def test_a_long_period_without_white_space_is_seen(period: int) -> None:
    letters = "".join(chr(97 + (i * i * 7 + i * 13 + i // 5) % 26) for i in range(period))
    loops = rh.signals.Loops(1024)
    assert loops.text(letters * (60_000 // period))


@pytest.mark.parametrize("lead", ["The value lies in [0, 1), so. ", "Take a[i and go. ", "```python\nx=1\n\nNow ", "x = {"])
def test_an_open_bracket_or_fence_does_not_switch_the_guard_off(lead: str) -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert sample.text(lead + "I will check it once more now. " * 2000).stops


def test_a_loop_behind_a_short_repetition_is_still_found() -> None:
    run = start(answer_tokens=16_000)
    _, sample = first(run)
    assert not sample.text("0 " * 100 + "\nNow the proof. ").stops
    assert sample.text("Wait, let me see. " * 3000).stops
