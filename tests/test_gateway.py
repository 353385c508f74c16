"""The door for gateways: the body of a request in; a plan, a body, headers or a refusal out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh

GOLDEN = json.loads((Path(__file__).parent / "golden" / "rewrite.json").read_text(encoding="utf-8"))
ASK = b'{"model":"auto","messages":[{"role":"user","content":"Why is the sky blue?"}]}'


def governor(ceiling: rh.Ceiling | None = None, **rung: Any) -> rh.Governor:
    return rh.Governor(rh.Ladder([rh.Rung("only", **rung)]), ceiling=ceiling)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['surface']}: {case['name']}")
def test_golden_vectors(case: dict[str, Any]) -> None:
    one = governor(
        rh.Ceiling(tokens=case.get("most_tokens", 1_000_000), samples=max(case["most_samples"], case.get("samples", 1))),
        model=case["model"],
        thinking_tokens=case["thinking_tokens"],
        answer_tokens=case["answer_tokens"],
        samples=case.get("samples", 1),
    )

    def decide(body: bytes) -> rh.types.Decided:
        wishes = case.get("keep_wishes", False)
        return one.decide_and_rewrite(body, case["surface"], votes="samples" in case, keep_wishes=wishes)

    decided = decide(case["body"].encode())
    assert decided.body is not None
    assert decided.body.decode() == case["new"]
    # A limit of the client's is the plan's, too, so the plan has given way before the body.
    wanted = [change for change in case["changes"] if change != "thinking_tokens limit"]
    assert [f"{change.field} {change.why}" for change in decided.changes] == wanted
    assert decide(decided.body).body == decided.body


def test_a_decision_has_its_plan() -> None:
    one = governor(model="gpt-4o", answer_tokens=300)
    decided = one.decide_and_rewrite(ASK, "openai.chat")
    assert decided.plan is not None
    assert decided.plan.rung.name == "only"
    assert decided.plan.estimate.explain().features
    assert decided.headers["x-rheostat-plan"] == decided.plan.id
    assert decided.reject is None
    assert decided.error is None
    one.outcome(decided.plan.id, rung="only", score=1.0)
    assert repr(decided) == 'Decided(rung="only", changes=2, reject=None)'


def test_a_body_that_says_it_all_is_the_same_object() -> None:
    body = b'{"model":"gpt-4o","max_tokens":300,"messages":[{"role":"user","content":"Why?"}]}'
    decided = governor(model="gpt-4o", answer_tokens=300).decide_and_rewrite(body, "openai.chat")
    assert decided.body is body
    assert decided.changes == ()
    assert governor(model="gpt-4o", answer_tokens=300).decide_and_rewrite(body.decode(), "openai.chat").body == body


def test_a_refusal_is_in_the_surfaces_form() -> None:
    decided = governor().decide_and_rewrite(b'{"messages": []}', "anthropic.messages")
    assert decided.body is None
    assert decided.reject is not None
    assert (decided.reject.kind, decided.reject.status, decided.reject.retry_after) == ("body", 400, None)
    assert json.loads(decided.reject.body) == {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": decided.reject.message},
    }
    assert decided.headers == {"x-rheostat-rejected": "body"}


def test_a_used_up_cap_says_when_to_come_back() -> None:
    ledger = rh.Ledger([rh.Cap("tenant", tokens=0, per=3600.0)], offset=0.0)
    ladder = rh.Ladder([rh.Rung("only")])
    one = rh.Governor(ladder, ledger=ledger)
    decided = one.decide_and_rewrite(ASK, "openai.chat", tenant="acme", at=3600.0 * 5 - 90, fail_open=True)
    assert decided.reject is not None
    assert (decided.reject.kind, decided.reject.status, decided.reject.retry_after) == ("budget", 429, 90)


def test_a_host_may_fail_open() -> None:
    decided = governor().decide_and_rewrite(b"?", "openai.chat", fail_open=True)
    assert decided.body == b"?"
    assert decided.plan is None
    assert decided.error == "body is malformed at byte 0: expected a value"
    assert decided.headers == {"x-rheostat-error": decided.error}


def test_bad_arguments_are_the_hosts_errors() -> None:
    one = governor()
    with pytest.raises(rh.errors.UnknownNameError, match="unknown surface"):
        one.decide_and_rewrite(ASK, "openai")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidTypeError, match="body: got dict"):
        one.decide_and_rewrite({"messages": []}, "openai.chat")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.UnknownNameError, match="unknown rung"):
        one.decide_and_rewrite(ASK, "openai.chat", rung="none")
    for name, value in (("votes", 1), ("keep_wishes", "x"), ("fail_open", None)):
        with pytest.raises(rh.errors.InvalidTypeError, match=f"{name}: got .*, wanted bool"):
            one.decide_and_rewrite(ASK, "openai.chat", **{name: value})  # type: ignore[arg-type]


def test_a_body_may_be_any_bytes() -> None:
    one = governor(model="gpt-4o", answer_tokens=300)
    sent = one.decide_and_rewrite(ASK, "openai.chat").body
    for body in (bytearray(ASK), memoryview(ASK), memoryview(bytearray(ASK)), ASK.decode()):
        assert one.decide_and_rewrite(body, "openai.chat").body == sent
    view = memoryview(bytearray(ASK))
    view.release()
    with pytest.raises(rh.errors.InvalidTypeError, match="body: got memoryview"):
        one.decide_and_rewrite(view, "openai.chat")
