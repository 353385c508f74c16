"""The proxy, between real clients and a scripted provider, over the loopback interface."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.provider import Loopback, Says
from tests.proxied import ASK, HARD, LADDER, PROGRAM, Proxy, running, until, upstream


def script(provider: Loopback, answer: Callable[[dict[str, Any], int], Says]) -> None:
    provider.provider.script = answer


def models(provider: Loopback) -> list[str]:
    return [asked["model"] for asked in provider.provider.asked]


def test_a_client_gets_what_it_would_get_alone(proxy: Proxy, provider: Loopback) -> None:
    script(provider, lambda *_: Says(["Pa", "ris"]))
    alone = openai.OpenAI(base_url=provider.url, api_key="key").chat.completions.create(model="large", messages=ASK)
    reply = proxy.openai().chat.completions.with_raw_response.create(model="auto", messages=ASK)
    assert reply.parse().choices[0].message.content == alone.choices[0].message.content == "Paris"
    assert models(provider) == ["large", "small"]
    assert reply.headers["x-rheostat-rung"] == "fast"
    assert reply.headers["x-rheostat-settled"] == "true"
    assert float(reply.headers["x-rheostat-usd"]) > 0


def test_a_hard_ask_goes_to_the_higher_rung(proxy: Proxy, provider: Loopback) -> None:
    proxy.openai().chat.completions.create(model="auto", messages=HARD)
    assert models(provider) == ["large"]


def test_a_stream_comes_as_it_was_sent(proxy: Proxy, provider: Loopback) -> None:
    script(provider, lambda *_: Says(["Pa", "ris"]))
    stream = proxy.openai().chat.completions.create(model="auto", messages=ASK, stream=True)
    pieces = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]
    assert "".join(piece or "" for piece in pieces) == "Paris"
    whole = httpx.post(proxy.url + "/v1/chat/completions", json={"model": "auto", "messages": ASK, "stream": True}).content
    # The usage was asked for by the proxy, and is no event of the client's.
    assert whole.endswith(b"data: [DONE]\n\n")
    assert b'"usage"' not in whole


def test_other_models_and_paths_pass_through_byte_for_byte(proxy: Proxy, provider: Loopback) -> None:
    script(provider, lambda *_: Says(raw=b'{"odd":  [1,2 ], "z":1e5}', usage=None))
    body = b'{ "model":"large",  "x":[1.50, 1e3], "stream": true, "messages":[]}'
    reply = httpx.post(proxy.url + "/v1/chat/completions", content=body, headers={"x-own": "1"})
    assert reply.content == b'{"odd":  [1,2 ], "z":1e5}'
    sent = provider.provider.requests[-1]
    assert sent.content == body
    assert sent.headers["x-own"] == "1"
    httpx.post(proxy.url + "/v1/embeddings?a=b", content=b'{"model": "auto", "input": "x"}')
    assert provider.provider.requests[-1].url.raw_path == b"/v1/embeddings?a=b"
    assert proxy.metric("passed_total") == 2


@pytest.mark.parametrize("path", ["/v1/../admin", "/v1/%2e%2e/admin", "/admin", "/v1/a%2f..%2f..%2fb"])
def test_no_path_leads_out_of_the_api(proxy: Proxy, provider: Loopback, path: str) -> None:
    host, port = proxy.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}".encode())
        answered = b"".join(iter(lambda: raw.recv(4096), b""))
    # What goes up or is escaped is refused; what is no path of the API is not found.
    assert answered.startswith(b"HTTP/1.1 404 " if path == "/admin" else b"HTTP/1.1 400 ")
    assert provider.provider.asked == []


ERRORS = [
    (Says([], status=401), 401, 1),
    (Says([], status=400), 400, 1),
    (Says([], status=404), 404, 1),
    (Says([], status=500), 500, None),
    (Says([], status=429, headers={"retry-after": "0"}), 429, None),
    (Says(["Pa"], breaks=ConnectionResetError("reset")), 502, None),
    (Says([], breaks=ConnectionResetError("reset")), 502, None),
    (Says(raw=b"data: {]\n\n", usage=None), 502, None),
    (Says(raw=b"", usage=None), 502, None),
]


@pytest.mark.parametrize(("says", "status", "requests"), ERRORS)
def test_each_failure_has_one_outcome(proxy: Proxy, provider: Loopback, says: Says, status: int, requests: int | None) -> None:
    script(provider, lambda *_: says)
    reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
    assert reply.status_code == status
    asked = len(provider.provider.asked)
    assert asked == requests if requests else 1 < asked < 8
    assert reply.json()["error"]["message"]
    assert reply.headers["x-should-retry"] == "false"
    # It serves the next as if nothing had been.
    script(provider, lambda *_: Says())
    assert proxy.openai().chat.completions.create(model="auto", messages=ASK).choices[0].message.content == "4"


def test_a_failing_model_is_replaced_by_the_next_rung(proxy: Proxy, provider: Loopback) -> None:
    script(provider, lambda fields, _: Says([], status=503) if fields["model"] == "small" else Says(["Paris"]))
    reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
    assert reply.json()["choices"][0]["message"]["content"] == "Paris"
    assert reply.headers["x-rheostat-rung"] == "deep"
    assert proxy.metric("fallbacks_total") == 1


def test_an_upstream_that_cannot_be_reached_has_a_stand_in(tmp_path: Path, provider: Loopback) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = upstream(f"http://127.0.0.1:{closed.getsockname()[1]}/v1", name="away")
        rung = '[[rung]]\nname = "only"\nmodel = "small"\ndeployment = "away"\nfallbacks = ["mock"]\n'
        with running(tmp_path, away, upstream(provider.url), ladder=rung) as proxy:
            for _ in range(3):
                reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
                assert reply.json()["choices"][0]["message"]["content"] == "4"


def test_a_stream_that_breaks_behind_its_first_byte_is_no_whole_reply(tmp_path: Path, provider: Loopback) -> None:
    script(provider, lambda *_: Says(["Pa"], breaks=ConnectionResetError("reset")))
    table = '\n[proxy]\nlisten = "127.0.0.1:0"\njudge = "never_restart"\n'
    with running(tmp_path, table, upstream(provider.url)) as proxy:
        fields = {"model": "auto", "messages": ASK, "stream": True}
        with (
            httpx.stream("POST", proxy.url + "/v1/chat/completions", json=fields) as reply,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            for _ in reply.iter_bytes():
                pass


def closed(provider: Loopback) -> threading.Event:
    """Set once a response of a provider is closed."""
    event, bytes_of = threading.Event(), provider.provider.answer

    def answer(request: httpx.Request, *, asynchronous: bool) -> httpx.Response:
        response = bytes_of(request, asynchronous=asynchronous)
        close = response.stream.close

        def closes() -> None:
            close()
            event.set()

        response.stream.close = closes
        return response

    provider.provider.answer = answer  # type: ignore[method-assign]
    return event


def test_a_client_that_leaves_takes_its_upstream_request_with_it(tmp_path: Path, provider: Loopback) -> None:
    script(provider, lambda *_: Says(["Pa"], hangs=True))
    left = closed(provider)
    table = '\n[proxy]\nlisten = "127.0.0.1:0"\njudge = "never_restart"\n'
    with running(tmp_path, table, upstream(provider.url)) as proxy:
        for stream in (True, False):
            left.clear()
            fields = {"model": "auto", "messages": ASK, "stream": stream}
            if stream:
                with httpx.stream("POST", proxy.url + "/v1/chat/completions", json=fields) as reply:
                    next(reply.iter_bytes())
            else:
                with pytest.raises(httpx.ReadTimeout):
                    httpx.post(proxy.url + "/v1/chat/completions", json=fields, timeout=0.3)
            assert left.wait(30)
        assert provider.provider.open == 0


def test_a_client_that_takes_nothing_is_left(tmp_path: Path, provider: Loopback) -> None:
    # More than all buffers on the way hold.
    script(provider, lambda *_: Says(["x" * 1_000_000] * 60))
    left = closed(provider)
    table = '\n[proxy]\nlisten = "127.0.0.1:0"\njudge = "never_restart"\nwrite_seconds = 0.2\n'
    with running(tmp_path, table, upstream(provider.url)) as proxy:
        fields = {"model": "auto", "messages": ASK, "stream": True, "max_tokens": 100_000_000}
        with httpx.stream("POST", proxy.url + "/v1/chat/completions", json=fields):
            assert left.wait(60)


def test_a_key_names_its_tenant_and_no_other_opens(tmp_path: Path, provider: Loopback) -> None:
    key = '\n[[key]]\ntenant = "team-a"\nenv = "TEAM_A_KEY"\n\n[[cap]]\nscope = "tenant"\ntokens = 5_000\n'
    environment = {"TEAM_A_KEY": "secret-a", "UPSTREAM_KEY": "secret-up"}
    with running(tmp_path, upstream(provider.url, key_env="UPSTREAM_KEY"), key, **environment) as proxy:
        for wrong in ("x", "secret", "secret-b", "secret-aa"):
            reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}, authorization=f"Bearer {wrong}")
            assert reply.status_code == 401
            assert reply.json()["error"]["type"] == "authentication_error"
        assert provider.provider.asked == []
        client = proxy.openai(api_key="secret-a")
        # What a client writes of its tenant does not count.
        client.chat.completions.create(model="auto", messages=ASK, extra_headers={"x-rheostat-tenant": "team-b"})
        assert provider.provider.requests[-1].headers["authorization"] == "Bearer secret-up"
        assert "x-rheostat-tenant" not in provider.provider.requests[-1].headers
        script(provider, lambda *_: Says(usage=(9, 4_990)))
        client.chat.completions.create(model="auto", messages=ASK)
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="auto", messages=ASK)
        assert httpx.get(proxy.url + "/healthz").text == "ok\n"
        assert httpx.get(proxy.url + "/metrics").status_code == 401


def test_bodies_are_bounded(tmp_path: Path, provider: Loopback) -> None:
    table = '\n[proxy]\nlisten = "127.0.0.1:0"\nmax_body = 1_000\n'
    with running(tmp_path, table, upstream(provider.url)) as proxy:
        fields = {"model": "auto", "messages": [{"role": "user", "content": "x" * 2_000}]}
        assert proxy.post("/v1/chat/completions", fields).status_code == 413
        chunked = httpx.post(proxy.url + "/v1/chat/completions", content=iter([b"{" + b" " * 2_000]))
        assert chunked.status_code == 413
        assert provider.provider.asked == []


@pytest.mark.parametrize(
    "body", [b'{"model": "auto"}', b'{"model": "auto", "messages": 5}', b'{"messages": [{}], "model": "auto"}']
)
def test_a_body_that_is_no_request_is_refused_in_the_providers_form(proxy: Proxy, body: bytes) -> None:
    reply = httpx.post(proxy.url + "/v1/chat/completions", content=body)
    assert reply.status_code == 400
    assert reply.json()["error"]["message"]


def test_several_answers_are_refused_by_name(proxy: Proxy) -> None:
    with pytest.raises(openai.BadRequestError, match="n must be 1"):
        proxy.openai().chat.completions.create(model="auto", messages=ASK, n=3)


def test_the_decision_alone(proxy: Proxy, provider: Loopback) -> None:
    routed = proxy.post("/v1/route", {"messages": HARD})
    assert routed.json()["rung"] == routed.headers["x-rheostat-rung"] == "deep"
    assert routed.json()["models"] == ["large", "small"]
    assert proxy.post("/v1/route", {"messages": ASK}).json()["models"] == ["small", "large"]
    fields = {"model": "auto", "messages": ASK, "x": 1}
    mutated = proxy.post("/v1/chat/completions", fields, x_rheostat_mutate="1")
    assert mutated.json() == {**fields, "model": "small", "max_tokens": 4096}
    assert proxy.post("/v1/route", 5).status_code == 400
    assert provider.provider.asked == []


def test_tiers_are_chosen_and_other_questions_refused(proxy: Proxy) -> None:
    criteria = {"SIMPLE": "lookups", "REASONING": "proofs"}
    asked = {
        "state": "Classify this message:\n" + HARD[0]["content"],
        "questions": {"tier": {"type": "choice", "criteria": criteria}},
    }
    answer = proxy.post("/v1/systemone", asked).json()["answers"]["tier"]
    assert answer["choice"] == "REASONING"
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    questions = [{"type": "choice", "name": "model", "choices": [{"value": "small"}, {"value": "large"}]}]
    decided = proxy.post("/v1/decisions", {"model": "m", "input": ASK, "questions": questions}).json()
    assert decided["answers"][0]["choice"] == "small"
    spam = {"state": "x", "questions": {"spam": {"type": "choice", "criteria": {"spam": "", "ham": ""}}}}
    refused = proxy.post("/v1/systemone", spam)
    assert refused.status_code == 400
    assert "difficulty" in refused.json()["error"]["message"]


def test_the_headers_name_the_rung_of_the_reply_that_is_given(tmp_path: Path, provider: Loopback) -> None:
    """Samples that disagree lead up the ladder; the higher rung fails, so that the reply is one of the lower rung."""
    script(provider, lambda asked, n: Says([f"The answer is {n}."]) if asked["model"] == "small" else Says(status=400))
    ladder = LADDER.replace("output_price = 0.4", "output_price = 0.4\nsamples = 3")
    with running(tmp_path, upstream(provider.url), ladder=ladder) as proxy:
        reply = proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK})
    assert "large" in models(provider)
    assert reply.status_code == 200
    assert reply.json()["choices"][0]["message"]["content"].startswith("The answer is ")
    assert (reply.headers["x-rheostat-rung"], reply.headers["x-rheostat-model"]) == ("fast", "small")
    assert reply.headers["x-rheostat-settled"] == "false"


def test_outcomes_are_taken_and_wrong_ones_named(proxy: Proxy) -> None:
    reply = proxy.openai().chat.completions.with_raw_response.create(model="auto", messages=ASK)
    one = {"id": reply.headers["x-rheostat-plan"], "rung": reply.headers["x-rheostat-rung"], "score": 1.0}
    assert proxy.post("/v1/outcomes", one).json() == {"taken": 1}
    assert proxy.post("/v1/outcomes", [one, {**one, "kind": "thumbs"}]).json() == {"taken": 2}
    for wrong in ({**one, "score": 2}, {**one, "rung": "none"}, {**one, "id": "x"}, {**one, "kind": "x"}, {}, 5):
        assert proxy.post("/v1/outcomes", wrong).status_code == 400
        # All or none: a list that is sent again after an error counts nothing twice.
        refused = proxy.post("/v1/outcomes", [one, one, wrong])
        assert refused.status_code == 400
        if isinstance(wrong, dict) and wrong:
            assert "outcome 2:" in refused.json()["error"]["message"]
    until(lambda: proxy.metric("outcomes_total") == 3)


def test_a_good_file_is_taken_at_a_hangup_and_a_bad_one_changes_nothing(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, upstream(provider.url)) as proxy:
        assert proxy.process.stdout is not None
        assert proxy.process.stderr is not None
        config = tmp_path / "proxy.toml"
        good = config.read_text(encoding="utf-8")
        config.write_text(good + "[nonsense]\n", encoding="utf-8")
        proxy.process.send_signal(signal.SIGHUP)
        assert "the old settings stay" in proxy.process.stderr.readline()
        proxy.openai().chat.completions.create(model="auto", messages=ASK)
        config.write_text(good.replace('"small"', '"other"'), encoding="utf-8")
        proxy.process.send_signal(signal.SIGHUP)
        assert "is in use" in proxy.process.stdout.readline()
        proxy.openai().chat.completions.create(model="auto", messages=ASK)
        assert models(provider) == ["small", "other"]


def test_a_file_that_is_taken_while_a_body_comes_loses_no_request(tmp_path: Path, provider: Loopback) -> None:
    """The rules of a request and the ladder of its plan are of one file, also where upstreams and rungs have other names."""
    with running(tmp_path, upstream(provider.url, models=["small", "large"])) as proxy:
        config = tmp_path / "proxy.toml"
        good = config.read_text(encoding="utf-8")
        other = good.replace('"small"', '"tiny"').replace('"large"', '"huge"').replace('"mock"', '"another"')
        body = json.dumps({"model": "auto", "messages": ASK}).encode()
        host = httpx.URL(proxy.url)
        with socket.create_connection((host.host, host.port or 80), timeout=30) as client:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
            client.sendall(head.encode() + body[:10])
            # Its head has been read when another request of a later connection is answered.
            proxy.openai().chat.completions.create(model="auto", messages=ASK)
            config.write_text(other, encoding="utf-8")
            proxy.process.send_signal(signal.SIGHUP)
            assert proxy.process.stdout is not None
            assert "is in use" in proxy.process.stdout.readline()
            client.sendall(body[10:])
            reply = b"".join(iter(lambda: client.recv(65_536), b""))
        assert reply.startswith(b"HTTP/1.1 200"), reply
        assert b"x-rheostat-model: tiny" in reply


def test_a_stream_in_flight_is_finished_before_the_proxy_ends(tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slowly(*_: Any) -> Says:
        reached.set()
        assert go_on.wait(30)
        return Says(["Paris"])

    with Loopback(slowly) as provider, running(tmp_path, upstream(provider.url)) as proxy:
        replies: list[Any] = []
        ask = threading.Thread(
            target=lambda: replies.append(proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}))
        )
        ask.start()
        assert reached.wait(30)
        proxy.process.send_signal(signal.SIGTERM)
        go_on.set()
        ask.join(30)
        assert replies[0].json()["choices"][0]["message"]["content"] == "Paris"
        assert proxy.process.wait(30) == 0


WRONG = [
    ("", "upstream"),
    (upstream("ftp://x/v1"), "url"),
    (upstream("http://user:password@x/v1"), "url"),
    (upstream("http://x/v1", models=["other"]), "model"),
    (upstream("http://x/v1", key_env="NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE"),
    (upstream("http://x/v1", surfaces=["no"]), "surface"),
    (upstream("http://x/v1") + '[[rung]]\nname = "third"\nmodel = "m"\ndeployment = "nowhere"\n', "nowhere"),
    (upstream("http://x/v1", colour="red"), "colour"),
    (upstream("http://x/v1") + '[proxy]\nlisten = "0.0.0.0:80"\n', "listen"),
    (upstream("http://x/v1") + '[proxy]\nlisten = "x"\n', "listen"),
    (upstream("http://x/v1") + '[proxy]\njudge = "x"\n', "judge"),
    (upstream("http://x/v1") + "[proxy]\nmax_body = 0\n", "max_body"),
]


@pytest.mark.parametrize(("tables", "named"), WRONG)
def test_a_wrong_configuration_is_named_and_nothing_starts(tmp_path: Path, tables: str, named: str) -> None:
    config = tmp_path / "proxy.toml"
    config.write_text(LADDER + tables, encoding="utf-8")
    checked = subprocess.run([PROGRAM, "--config", config, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert named in checked.stderr
    assert "password" not in checked.stderr
    assert len(checked.stderr.strip().splitlines()) == 1


@pytest.mark.filterwarnings("ignore:Item.*ReadOnly:UserWarning")
def test_litellm_asks_it_for_tiers_without_code(proxy: Proxy) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        litellm = pytest.importorskip("litellm", reason="litellm is not installed")
    tiers = {"SIMPLE": "fast", "MEDIUM": "fast", "COMPLEX": "own", "REASONING": "own"}
    deployments = [
        {"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_key": "none", "mock_response": f"by {name}"}}
        for name in ("fast", "own")
    ]
    smart = {
        "model_name": "smart",
        "litellm_params": {
            "model": "auto_router/complexity_router",
            "complexity_router_config": {
                "tiers": tiers,
                "classifier_type": "oss_classifier",
                "opensource_classifier_config": {"provider": "bespoke", "model": "nimble", "api_base": proxy.url},
            },
        },
    }
    router = litellm.Router(model_list=[smart, *deployments])

    async def ask() -> list[str]:
        replies = [await router.acompletion(model="smart", messages=messages) for messages in (ASK, HARD)]
        await litellm.close_litellm_async_clients()
        return [str(reply.choices[0].message.content) for reply in replies]

    assert asyncio.run(ask()) == ["by fast", "by own"]
    assert proxy.metric("plans_total") == 2
