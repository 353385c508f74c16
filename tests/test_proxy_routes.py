"""Routes of the proxy: settings by path, by the model's name, and by tenant."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.provider import Loopback, Says
from tests.proxied import ASK, HARD, LADDER, PROGRAM, Proxy, running, upstream

ROUTES = """
[[route]]
name = "careful"
models = ["auto-careful"]
judge = "buffer"
allow = ["large"]
ceiling = { tokens = 700 }

[[route]]
name = "team"
tenants = ["team-a"]
allow = ["small"]
"""


def record(proxy: Proxy, reply: httpx.Response) -> Any:
    return httpx.get(f"{proxy.url}/decisions/{reply.headers['x-rheostat-plan']}").json()


def chat(proxy: Proxy, model: str, messages: Any = ASK, **headers: str) -> httpx.Response:
    return proxy.post("/v1/chat/completions", {"model": model, "messages": messages}, **headers)


def test_a_name_has_a_route_of_its_own(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, ROUTES, upstream(provider.url)) as proxy:
        careful, usual = chat(proxy, "auto-careful"), chat(proxy, "auto")
        assert (careful.headers["x-rheostat-model"], usual.headers["x-rheostat-model"]) == ("large", "small")
        one, other = record(proxy, careful), record(proxy, usual)
        assert (one["route"], other["route"]) == ("careful", "proxy")
        assert one["plan"]["limit"]["tokens"] == 700 < other["plan"]["limit"]["tokens"]
        names = {model["id"] for model in httpx.get(proxy.url + "/v1/models").json()["data"]}
        assert names == {"auto", "auto-careful", "small", "large"}
        # The decision alone and the body alone are those of the route, too.
        assert proxy.post("/v1/route", {"model": "auto-careful", "messages": ASK}).json()["model"] == "large"
        assert chat(proxy, "auto-careful", x_rheostat_mutate="1").json()["model"] == "large"


def test_a_tenant_has_a_route_of_its_own(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, ROUTES, upstream(provider.url)) as proxy:
        for tenant, model in (("team-a", "small"), ("team-b", "large")):
            assert chat(proxy, "auto", HARD, x_rheostat_tenant=tenant).headers["x-rheostat-model"] == model


@pytest.mark.parametrize(
    ("path", "judge", "whole"), [("/v1/chat/completions", "buffer", True), ("/v1/responses", "buffer", False)]
)
def test_a_path_has_a_contract_of_its_own(tmp_path: Path, provider: Loopback, path: str, judge: str, whole: bool) -> None:
    """A stream that breaks off: where all is held back the client gets an error, where nothing is, a broken reply."""
    provider.provider.script = lambda *_: Says(["Pa"], breaks=ConnectionResetError("reset"))
    table = '\n[proxy]\nlisten = "127.0.0.1:0"\njudge = "never_restart"\n'
    route = f'\n[[route]]\nname = "held"\npath = "{path}"\njudge = "{judge}"\n'
    with running(tmp_path, table, route, upstream(provider.url)) as proxy:
        fields = {"model": "auto", "messages": ASK, "stream": True}
        if whole:
            assert proxy.post("/v1/chat/completions", fields).status_code == 502
        else:
            with pytest.raises(httpx.RemoteProtocolError):
                proxy.post("/v1/chat/completions", fields)


OF_A_PATH = """
[[route]]
name = "held"
path = "/v1/chat/completions"
allow = ["small"]

[[route]]
name = "bought"
path = "/v1/responses"
models = ["auto-deep"]
tenants = ["team-a"]
allow = ["large"]
"""


@pytest.mark.parametrize(
    ("body", "headers", "models"),
    [
        ({"messages": HARD}, {}, ["small"]),
        ({"messages": HARD}, {"x_rheostat_path": "/v1/chat/completions/"}, ["small"]),
        ({"messages": HARD}, {"x_rheostat_path": "/v1/messages"}, ["large", "small"]),
        ({"messages": HARD}, {"anthropic_version": "2023-06-01"}, ["large", "small"]),
        ({"input": HARD}, {}, ["large", "small"]),
        ({"input": HARD, "model": "auto-deep"}, {"x_rheostat_tenant": "team-a"}, ["large"]),
        ({"input": HARD[0]["content"], "model": "auto-deep"}, {"x_rheostat_tenant": "team-a"}, ["large"]),
    ],
)
def test_a_decision_alone_is_that_of_the_route_of_its_path(
    tmp_path: Path, provider: Loopback, body: Any, headers: dict[str, str], models: list[str]
) -> None:
    with running(tmp_path, OF_A_PATH, upstream(provider.url)) as proxy:
        routed = proxy.post("/v1/route", body, **headers).json()
        # A gateway may fall back along the list: it has no model that the route forbids.
        assert (routed["model"], routed["models"]) == (models[0], models)


def test_the_path_of_a_decision_alone_is_one_of_the_api(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, upstream(provider.url)) as proxy:
        refused = proxy.post("/v1/route", {"messages": ASK}, x_rheostat_path="/v1/embeddings")
        assert refused.status_code == 400
        assert 'unknown x-rheostat-path "/v1/embeddings"' in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/v1/chat/completions", {"messages": ASK}, {"x_rheostat_tenant": "team-a"}),
        ("/v1/responses", {"input": ASK}, {"x_rheostat_tenant": "team-b"}),
        ("/v1/responses", {"input": ASK}, {}),
        ("/v1/route", {"input": ASK}, {}),
        ("/v1/chat/completions", {"messages": ASK}, {"x_rheostat_mutate": "1"}),
    ],
)
def test_a_name_of_a_route_is_refused_elsewhere(
    tmp_path: Path, provider: Loopback, path: str, body: Any, headers: dict[str, str]
) -> None:
    """It would be governed without the route's ceiling and its models."""
    # Without a route for all requests of a path, which would take the name, too.
    with running(tmp_path, OF_A_PATH[OF_A_PATH.index('[[route]]\nname = "bought"') :], upstream(provider.url)) as proxy:
        refused = proxy.post(path, {"model": "auto-deep", **body}, **headers)
        assert (refused.status_code, provider.provider.requests) == (400, [])
        assert 'on the path and by the tenants of its route "bought", got auto-deep' in refused.json()["error"]["message"]


@pytest.mark.parametrize(("value", "rewritten"), [("1", True), ("True", True), ("no", False), ("0", False), ("", False)])
def test_a_body_is_rewritten_where_that_is_switched_on(tmp_path: Path, provider: Loopback, value: str, rewritten: bool) -> None:
    with running(tmp_path, upstream(provider.url)) as proxy:
        reply = chat(proxy, "auto", x_rheostat_mutate=value).json()
        assert ("messages" in reply, len(provider.provider.requests)) == (rewritten, int(not rewritten))


def test_a_path_of_no_api_is_not_found(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, upstream(provider.url)) as proxy:
        assert proxy.post("/elsewhere", {}).status_code == 404


WRONG = {
    'name = ""': 'route "": name must be 1 to 64 bytes long, got 0',
    'name = "a"\npath = "/v1/embeddings"': 'route "a": unknown path "/v1/embeddings"',
    'name = "a"\njudge = "later"': 'route "a": unknown judge "later"',
    'name = "a"\nallow = ["huge"]': 'route "a": unknown allow "huge"',
    'name = "a"\nallow = []': "at least one model of the ladder",
    'name = "a"\nconcurrency = 0': "concurrency must be between 1 and 1024, got 0",
    'name = "a"\nhold_seconds = -1.0': "hold_seconds must be between 0 and 86400 seconds, got -1",
    'name = "a"\nmodels = [""]': "names",
    'name = "a"\nceiling = { tokens = 0 }': "ceiling: tokens",
    'name = "a"\nother = 1': "other",
    'path = "/v1/messages"': "name",
}


@pytest.mark.parametrize(("route", "says"), WRONG.items())
def test_a_wrong_route_is_refused_by_name(tmp_path: Path, route: str, says: str) -> None:
    config = tmp_path / "proxy.toml"
    config.write_text(f"{LADDER}\n[[route]]\n{route}\n{upstream('http://127.0.0.1:9/v1')}", encoding="utf-8")
    checked = subprocess.run([PROGRAM, "--config", config, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert says in checked.stderr
