"""Revisions that answer a finding, through the Python surface."""

from __future__ import annotations

import json

import pytest

import rheostat as rh

QUESTION = "Write a function that adds two numbers."


def start(depth: int = 2, **rules: bool) -> rh.Run:
    ladder = rh.Ladder([rh.Rung("code", model="small", depth=depth)])
    return rh.Governor(ladder, rules=rh.Rules(low_top_logprob=None, **rules)).plan(QUESTION).start()  # type: ignore[arg-type]


def test_a_finding_reaches_the_request_of_the_revision() -> None:
    run = start(revise_on_finding=True)
    call = run.next()[0]
    assert call.finding is None
    assert not run.observe("refuted", "add(2, 2) is 5, not 4").stops
    call.sample().finish("def add(a, b): return 5")
    revision = run.next()[0]
    assert (revision.kind, revision.finding) == ("revise", "add(2, 2) is 5, not 4")
    body = json.loads(revision.rewrite(b'{"messages":[{"role":"user","content":"q"}]}', "openai.chat", revise="Correct it.").body)
    assert [turn["content"] for turn in body["messages"]] == [
        "q",
        "def add(a, b): return 5",
        "add(2, 2) is 5, not 4\n\nCorrect it.",
    ]


@pytest.mark.parametrize(
    ("on_finding", "calls", "ended"), [(True, 1, "no finding asks for the planned revision"), (False, 2, None)]
)
def test_a_revision_on_nothing_is_refused_by_name(on_finding: bool, calls: int, ended: str | None) -> None:
    run = start(revise_on_finding=on_finding)
    run.next()[0].sample().finish("def add(a, b): return a + b")
    run.next()
    assert (run.spent.calls, run.ended) == (calls, ended)


def test_words_are_text() -> None:
    with pytest.raises(TypeError, match="words"):
        start().observe("refuted", 5)  # type: ignore[arg-type]
