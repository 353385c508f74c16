"""Material that people paste beside their words makes a query longer, not harder: rows of data, mails, mentions of a bot."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cases.traffic import EASY, HARD, assistant, chat, governor, plan, scored, user

ROWS: dict[str, str] = {
    "table": "id,name,amount,date\n" + "\n".join(f"{i},item{i},{i * 3.7:.2f},2026-11-{i % 28 + 1:02d}" for i in range(200)),
    "log": "\n".join(
        f"2026-11-30T10:00:{i % 60:02d}Z ERROR worker-{i} failed to renew the lease: timeout after {i * 13}ms" for i in range(150)
    ),
    "json": json.dumps([{"id": i, "tags": ["a", "b"], "v": i * 1.5} for i in range(120)], indent=1),
    "numbers": "\n".join(f"{i} {i * 37} {i * 1001}" for i in range(200)),
    "levels": "\n".join(f"INFO:root:step {i} took {i * 7} ms" for i in range(200)),
}
QUESTIONS = [
    "What is the first line?",
    "How many rows are there?",
    "Translate the header into German.",
    "What is the name of the newest entry?",
]
PLACES: list[Callable[[str, str], str]] = [
    lambda ask, rows: f"{ask}\n\n{rows}",
    lambda ask, rows: f"{rows}\n\n{ask}",
    lambda ask, rows: f"{ask}\n```\n{rows}\n```",
    lambda ask, rows: f"{rows}\n\n{ask}\n\n{rows}",
]


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS.keys())
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("ask", [*QUESTIONS, HARD])
def test_the_words_decide_and_not_the_rows_beside_them(ask: str, place: Callable[[str, str], str], rows: str) -> None:
    alone, beside = governor().plan(ask), governor().plan(place(ask, rows))
    assert scored(beside) == ("ask", len(ask))
    assert beside.estimate.difficulty == alone.estimate.difficulty
    assert beside.rung.name == alone.rung.name
    assert beside.structure["document_bytes"] > len(rows) // 2
    assert plan(chat(user(place(ask, rows)))).structure["ask_bytes"] == len(ask)


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS.keys())
@pytest.mark.parametrize("ask", ["", "Solve this:\n\n", "Solve the problem below.\n\n"])
def test_rows_without_words_of_their_own_are_the_ask(ask: str, rows: str) -> None:
    p = governor().plan(ask + rows)
    assert p.structure["ask_bytes"] > len(rows) // 2
    assert p.rung.name != "fast"


@pytest.mark.parametrize("ask", ["What is wrong here?", "Is this right?", "Fix it."])
def test_words_that_say_nothing_beside_rows_are_no_easy_ask(ask: str) -> None:
    assert governor().plan(f"{ask}\n\n{ROWS['log']}").rung.name != "fast"


@pytest.mark.parametrize(
    "lines",
    [
        [f"[10:00:{i:02d}] bob: prove that the sum of the first {i} odd numbers is a square" for i in range(60)],
        [f'{{"question": "Prove that there are at least {i} primes of this form."}}' for i in range(60)],
        [f"    assert f({i}, a, b) == g(x, y)" for i in range(60)],
        [f"from a{i} import b,c,d" for i in range(60)],
        [f"2026-11-30 10:00:{i:02d} Bob: I think we should prove the bound info first" for i in range(60)],
        [f"Show that the set {i};the map;the sum are open" for i in range(60)],
        [f"{i}. Show that the map, the set and the sum are open." for i in range(60)],
    ],
)
def test_what_may_ask_is_no_row(lines: list[str]) -> None:
    text = "Please do it all.\n\n" + "\n".join(lines)
    assert governor().plan(text).structure["ask_bytes"] == len(text)


def test_rows_of_a_long_text_are_found_on_both_sides_of_the_cut() -> None:
    rows = ROWS["log"] * 20
    p = governor().plan(f"{EASY}\n\n{rows}")
    assert (scored(p), p.rung.name) == (("ask", len(EASY)), "fast")


MAILS: list[Callable[[str], str]] = [
    lambda ask: (
        f"From: Bob <bob@example.org>\nTo: help@example.org\nSubject: Re: a question\n\n{ask}\n\n-- \nBob\nHead of Things\n"
    ),
    lambda ask: f"Von: Eva <eva@example.org>\nGesendet: Montag, 30. November 2026 10:00\nBetreff: Frage\n\n{ask}",
    lambda ask: (
        f"{ask}\n\nOn Mon, Nov 30, 2026 at 10:00 AM Bob <bob@example.org> wrote:\n> Here is what I found so far.\n> It is long.\n"
    ),
    lambda ask: (
        f"{ask}\n\nAm Mo., 30. Nov. 2026 um 10:00 Uhr schrieb Eva <eva@example.org>:\n> Hier ist, was ich fand.\n> Es ist lang.\n"
    ),
    lambda ask: f"<@U012AB3CD> {ask}",
    lambda ask: f"<at>Bot</at> <at>Eva</at> {ask}",
    lambda ask: f"[Replying to Bob id:55]\nWhat about Paris?\n[/Replying]\n{ask}",
    lambda ask: f"[Request interrupted by user]\n{ask}",
    lambda ask: f"```src/a.py (1-3)\nx = 1\ny = 2\n```\n\n{ask}",
    lambda ask: f'Attached document(s):\n```md\n# "notes.pdf"\nParis is in France.\n```\n\n{ask}',
    lambda ask: (
        "Here is the user's editor context as a JSON object. This is for your information only.\n"
        f'```json\n{{"activeFile": {{"path": "/a.ts"}}}}\n```\n\n{ask}'
    ),
]


@pytest.mark.parametrize("wrap", MAILS)
def test_an_address_is_no_word_of_the_human(wrap: Callable[[str], str]) -> None:
    for ask in (HARD, EASY, "hi"):
        assert scored(plan(chat(user(wrap(ask))))) == ("ask", len(ask))
    p = plan(chat(user(wrap(HARD)), assistant("Here is my plan. Shall I go on?"), user(wrap("yes, do it"))))
    assert (scored(p), p.rung.name) == (("continuation", len(HARD)), "deep")


@pytest.mark.parametrize(
    "ask",
    [
        "Note: explain it\nAlso: prove it for every prime.",
        "What does <@U012AB3CD> mean in Slack?",
        "```src/a.py\nx = 1\n```\nFix it.",
        "To: do\nit must be proved that the sum is even.",
        "At 10:00 on 2026-11-30 Bob wrote:\nthe lemma is false. Is it?",
    ],
)
def test_words_that_look_like_one_stay(ask: str) -> None:
    assert scored(plan(chat(user(ask)))) == ("ask", len(ask))
