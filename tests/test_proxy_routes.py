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
