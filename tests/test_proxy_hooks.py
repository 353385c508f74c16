"""Outcomes that other programs send to the proxy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.provider import Loopback
from tests.proxied import ASK, Proxy, running, until, upstream


def ask(proxy: Proxy) -> str:
    reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
    return str(reply.headers["x-rheostat-plan"])


def test_scores_of_langfuse_are_learned_from(proxy: Proxy) -> None:
    plan = ask(proxy)
    scores: list[dict[str, Any]] = [
        {
            "id": "s1",
            "traceId": "t",
            "name": "correct",
            "value": 0.5,
            "metadata": {"rheostat_plan": plan, "rheostat_rung": "deep"},
        },
        {"traceId": plan, "name": "correct", "value": 1, "dataType": "BOOLEAN", "source": "ANNOTATION"},
        {"traceId": plan, "name": "tone", "value": "friendly", "dataType": "CATEGORICAL"},
        {"traceId": "another program's", "name": "correct", "value": 1},
        {"name": "of a session", "sessionId": "s", "value": 1},
    ]
    assert proxy.post("/v1/outcomes/langfuse", scores[0]).json() == {"taken": 1, "passed_over": 0}
    assert proxy.post("/v1/outcomes/langfuse", scores).json() == {"taken": 2, "passed_over": 3}
    assert proxy.post("/v1/outcomes/langfuse", {"data": scores[:2]}).json() == {"taken": 2, "passed_over": 0}
    until(lambda: proxy.metric("outcomes_total") == 5)


def event(name: str = "gen_ai.evaluation.result", /, **attributes: Any) -> dict[str, Any]:
    given = [{"key": key.replace("__", "."), "value": value} for key, value in attributes.items()]
    return {"timeUnixNano": "1", "eventName": name, "attributes": given}


def logs(*records: dict[str, Any]) -> dict[str, Any]:
    return {"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": list(records)}]}]}


def test_events_of_opentelemetry_are_learned_from(proxy: Proxy) -> None:
    of: dict[str, Any] = {"rheostat__plan__id": {"stringValue": ask(proxy)}}
    good = event(**of, gen_ai__evaluation__score__value={"doubleValue": 0.25})
    whole = event(**of, rheostat__rung={"stringValue": "deep"}, gen_ai__evaluation__score__value={"intValue": "1"})
    other = event("other", **of, gen_ai__evaluation__score__value={"doubleValue": 0.25})
    label = event(**of, gen_ai__evaluation__score__label={"stringValue": "pass"})
    older = {**good, "eventName": None}
    older["attributes"] = [*good["attributes"], {"key": "event.name", "value": {"stringValue": "gen_ai.evaluation.result"}}]
    sent = proxy.post("/v1/outcomes/otel", logs(good, whole, other, label, older))
    assert sent.json() == {"taken": 3, "passed_over": 1}
    until(lambda: proxy.metric("outcomes_total") == 3)
    assert proxy.post("/v1/outcomes/otel", {"resourceLogs": []}).json() == {"taken": 0, "passed_over": 0}


@pytest.mark.parametrize("path", ["langfuse", "otel"])
def test_what_is_no_score_is_refused_or_passed_over(proxy: Proxy, path: str) -> None:
    plan = ask(proxy)
    assert httpx.post(f"{proxy.url}/v1/outcomes/{path}", content=b"{").status_code == 400
    bodies: list[Any] = [5, "x", [], {}, [[]], {"data": 5}, {"resourceLogs": [5, {"scopeLogs": {}}]}]
    for body in bodies:
        reply = proxy.post(f"/v1/outcomes/{path}", body)
        assert (reply.status_code, reply.json()["taken"]) == (200, 0)
    for score in (1.5, -1, 1e300):
        of: dict[str, Any] = {
            "rheostat__plan__id": {"stringValue": plan},
            "gen_ai__evaluation__score__value": {"doubleValue": score},
        }
        refused = proxy.post(f"/v1/outcomes/{path}", logs(event(**of)) if path == "otel" else {"traceId": plan, "value": score})
        assert refused.status_code == 400
        assert "score" in refused.json()["error"]["message"]


def test_a_tenant_scores_no_other_tenants_decision(tmp_path: Path, provider: Loopback) -> None:
    keys = '\n[[key]]\ntenant = "a"\nenv = "A"\n\n[[key]]\ntenant = "b"\nenv = "B"\n'
    with running(tmp_path, upstream(provider.url), keys, A="key-a", B="key-b") as proxy:
        asked = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}, authorization="Bearer key-a")
        score = {"traceId": asked.headers["x-rheostat-plan"], "value": 1}
        given = [proxy.post("/v1/outcomes/langfuse", score, authorization=f"Bearer key-{who}").json()["taken"] for who in "ba"]
        assert given == [0, 1]
        assert proxy.post("/v1/outcomes/langfuse", score).status_code == 401
        rung = {"metadata": {"rheostat_rung": "fast"}}
        reply = proxy.post("/v1/outcomes/langfuse", {**score, **rung}, authorization="Bearer key-b")
        assert reply.json() == {"taken": 0, "passed_over": 1}
        one = {"id": score["traceId"], "rung": "fast", "score": 0}
        refused = proxy.post("/v1/outcomes", [{**one, "id": "0-0"}, one], authorization="Bearer key-b")
        assert refused.status_code == 400
        assert "outcome 1: id must be that of a decision for the key's own tenant" in refused.json()["error"]["message"]
        assert proxy.post("/v1/outcomes", one, authorization="Bearer key-a").json() == {"taken": 1}
