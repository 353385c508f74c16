"""The proxy beside what runs today: decisions on paper, and a share of the clients that is governed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

import rheostat as rh
from rheostat.records import Canary
from tests.provider import Loopback
from tests.proxied import ASK, HARD, LADDER, PROGRAM, Proxy, running, upstream
from tests.test_proxy_watch import PAGE, Elements


def asked(proxy: Proxy, model: str, messages: Any = ASK, **headers: str) -> httpx.Response:
    return proxy.post("/v1/chat/completions", {"model": model, "messages": messages}, **headers)


def test_a_request_is_served_as_it_is_and_decided_on_paper(tmp_path: Path, provider: Loopback) -> None:
    body = b'{"model": "large",  "messages": [{"role":"user","content":"What is the capital of France?"}], "x": 1.50}'
    with running(tmp_path, "\n[shadow]\n", upstream(provider.url)) as proxy:
        reply = httpx.post(proxy.url + "/v1/chat/completions", content=body)
        assert provider.provider.requests[-1].content == body
        assert reply.json()["model"] == "large"
        assert reply.headers["x-rheostat-arm"] == "stable"
        record = httpx.get(f"{proxy.url}/decisions/{reply.headers['x-rheostat-plan']}").json()
        assert record["plan"]["rung"] == "fast"
        assert record["arm"] == "stable"
        assert record["served"]["model"] == "large"
        assert record["served"]["rung"] == "deep"
        assert record["served"]["expected_usd"] > record["plan"]["expected_usd"]
        assert "run" not in record
        # The rung that served can be graded: that is what the estimate learns from before it decides anything.
        graded = {"id": reply.headers["x-rheostat-plan"], "rung": "deep", "score": 1.0}
        assert proxy.post("/v1/outcomes", graded).json() == {"taken": 1}
        asked(proxy, "large", HARD)
        asked(proxy, "unknown-model")
        live = httpx.get(proxy.url + "/live").json()
        paper = {one["rung"]: one for one in live["paper"]}
        assert (paper["fast"]["plans"], paper["fast"]["compared"], paper["deep"]["plans"]) == (2, 1, 1)
        assert paper["fast"]["served_usd"] > paper["fast"]["decided_usd"] > 0
        assert paper["deep"]["served_usd"] == paper["deep"]["decided_usd"]
        assert (live["plans"], live["runs"]) == (0, 0), "what is on paper is no traffic of the governor's"
        assert "2 requests asked for a model of the ladder" in Elements(httpx.get(proxy.url + "/live", headers=PAGE).text).words
        assert proxy.metric("paper_plans_total") == proxy.metric("passed_total") == 3


def test_what_cannot_be_decided_is_served_all_the_same(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, "\n[shadow]\n", upstream(provider.url)) as proxy:
        reply = proxy.post("/v1/chat/completions", {"model": "large", "messages": 5})
        assert reply.status_code == 200
        assert "x-rheostat-plan" not in reply.headers
        assert proxy.metric("undecided_total") == 1


def test_only_the_models_that_are_named_are_decided(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, '\n[shadow]\nmodels = ["large"]\nshare = 1.0\n', upstream(provider.url)) as proxy:
        assert "x-rheostat-arm" not in asked(proxy, "small", x_rheostat_session="s").headers
        assert asked(proxy, "large", x_rheostat_session="s").headers["x-rheostat-arm"] == "candidate"
        assert "x-rheostat-arm" not in asked(proxy, "auto", x_rheostat_session="s").headers


def test_a_share_of_the_clients_is_governed_and_each_stays_on_its_side(tmp_path: Path, provider: Loopback) -> None:
    shadow = '\n[shadow]\nshare = 0.4\nsalt = "first"\n'
    governor = rh.Governor(rh.Ladder([rh.Rung("only")]))
    canary = Canary(governor, governor, share=0.4, salt="first")
    with running(tmp_path, shadow, upstream(provider.url)) as proxy:
        sides: dict[int, str] = {}
        for turn in range(2):
            for n in range(30):
                reply = asked(proxy, "large", x_rheostat_session=f"s{n}")
                arm = reply.headers["x-rheostat-arm"]
                assert sides.setdefault(n, arm) == arm, turn
                # The same rule as in Python, so that a client is on one side in every process.
                assert canary.arm(f"s{n}") == arm
                # The candidate's are governed, the others served as they are.
                assert ("x-rheostat-rung" in reply.headers) == (arm == "candidate")
                assert provider.provider.asked[-1]["model"] == reply.headers.get("x-rheostat-model", "large")
        assert set(sides.values()) == {"stable", "candidate"}
        # Without a session the tenant is the key, and without both nothing would hold a client on its side.
        for tenant in ("t0", "t1", "t2", "t3", "t4"):
            assert asked(proxy, "large", x_rheostat_tenant=tenant).headers["x-rheostat-arm"] == canary.arm(tenant)
        assert asked(proxy, "large").headers["x-rheostat-arm"] == "stable"
        # What cannot be governed is served as it is, on either side.
        candidate = next(n for n, arm in sides.items() if arm == "candidate")
        fields = {"model": "large", "messages": ASK, "n": 2}
        several = proxy.post("/v1/chat/completions", fields, x_rheostat_session=f"s{candidate}")
        assert (several.status_code, several.headers["x-rheostat-arm"]) == (200, "stable")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("share = 1.5", "shadow: share must be between 0 and 1, got 1.5"),
        ("share = nan", "shadow: share must be between 0 and 1"),
        ('by = "hash"', 'shadow: unknown by "hash"'),
        (f'salt = "{"x" * 65}"', "shadow: salt must be at most 64 bytes long"),
        ('models = [""]', "shadow: models"),
    ],
)
def test_a_wrong_shadow_is_refused(tmp_path: Path, table: str, says: str) -> None:
    config = tmp_path / "proxy.toml"
    config.write_text(f"{LADDER}\n[shadow]\n{table}\n{upstream('http://127.0.0.1:9/v1')}", encoding="utf-8")
    checked = subprocess.run([PROGRAM, "--config", config, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert says in checked.stderr
