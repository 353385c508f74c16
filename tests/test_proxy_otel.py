"""Traces and metrics of the proxy, as an OpenTelemetry collector gets them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.provider import Loopback, Says
from tests.proxied import ASK, LADDER, PROGRAM, Proxy, running, until, upstream

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"


class Collector:
    """A collector on the loopback interface: keeps what it gets, and answers by a list of statuses, then with 200."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []

    def spans(self) -> list[dict[str, Any]]:
        return [
            span
            for path, body in self.got
            if path == "/v1/traces"
            for resource in body["resourceSpans"]
            for scope in resource["scopeSpans"]
            for span in scope["spans"]
        ]

    def metrics(self) -> dict[str, Any]:
        """The newest metrics, by name."""
        newest = next(body for path, body in reversed(self.got) if path == "/v1/metrics")
        return {one["name"]: one for one in newest["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}

    def counts(self) -> bool:
        """True once it has metrics."""
        return any(path == "/v1/metrics" for path, _ in self.got)


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status = collector.statuses.pop(0) if self.path == "/v1/traces" and collector.statuses else 200
            collector.headers.append({name.lower(): value for name, value in self.headers.items()})
            if status == 200:
                collector.got.append((self.path, body))
            self.send_response(status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def table(collector: Collector, *lines: str) -> str:
    return "\n".join(["\n[otel]", f'endpoint = "{collector.url}"', "seconds = 0.1", *lines, ""])


def given(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """Attributes as a table, with whole numbers as such."""
    return {one["key"]: int(v) if k == "intValue" else v for one in attributes for k, v in one["value"].items()}


def ask(proxy: Proxy, **headers: str) -> Any:
    return proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}, **headers)


def test_a_request_is_a_trace_of_itself_and_of_what_it_sent(tmp_path: Path, provider: Loopback) -> None:
    with collecting() as collector, running(tmp_path, table(collector), upstream(provider.url)) as proxy:
        reply = ask(proxy, traceparent=f"{PARENT}-01", x_rheostat_session="s-1")
        assert reply.status_code == 200
        until(lambda: len(collector.spans()) == 2)
        own, sent = sorted(collector.spans(), key=lambda span: span["kind"])
        assert own["traceId"] == sent["traceId"] == PARENT.split("-")[1]
        assert own["parentSpanId"] == PARENT.split("-")[2]
        assert sent["parentSpanId"] == own["spanId"]
        # The upstream sees the span that is its own parent.
        assert provider.provider.requests[-1].headers["traceparent"] == f"00-{own['traceId']}-{sent['spanId']}-01"
        assert (own["kind"], own["name"], sent["kind"], sent["name"]) == (2, "POST /v1/chat/completions", 3, "chat small")
        assert int(own["startTimeUnixNano"]) <= int(sent["startTimeUnixNano"]) <= int(sent["endTimeUnixNano"])
        about, call = given(own["attributes"]), given(sent["attributes"])
        assert about["rheostat.plan.id"] == reply.headers["x-rheostat-plan"]
        assert about["rheostat.rung"] == about["rheostat.plan.rung"] == "fast"
        assert about["gen_ai.conversation.id"] == "s-1"
        assert about["gen_ai.request.model"] == "auto"
        assert about["rheostat.settled"] is True
        assert about["rheostat.ceiling.hit"] is False
        assert about["rheostat.spent.calls"] == 1
        assert 0 <= about["rheostat.difficulty"] <= 1
        assert call["gen_ai.operation.name"] == "chat"
        assert call["gen_ai.provider.name"] == "openai"
        assert call["gen_ai.request.model"] == "small"
        assert call["gen_ai.usage.input_tokens"] == 9
        assert call["gen_ai.usage.output_tokens"] == 3
        assert call["server.address"] == "127.0.0.1"
        assert "error.type" not in call
        assert {event["name"] for event in own["events"]} == {"rheostat.action"}
        # No word of the query is in what was sent.
        assert "capital" not in json.dumps(collector.got)


def test_the_clients_decision_about_its_trace_is_kept(tmp_path: Path, provider: Loopback) -> None:
    with collecting() as collector, running(tmp_path, table(collector), upstream(provider.url)) as proxy:
        ask(proxy, traceparent=f"{PARENT}-00")
        assert provider.provider.requests[-1].headers["traceparent"].endswith("-00")
        # One that is not valid is none, as the standard has it.
        ask(proxy, traceparent="00-zz-01")
        until(lambda: len(collector.spans()) == 2)
        assert {span["traceId"] for span in collector.spans()} != {PARENT.split("-")[1]}
        until(collector.counts)
        assert len(collector.spans()) == 2


def test_failures_are_errors_and_each_attempt_is_a_span(tmp_path: Path, provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says([], status=401)
    with collecting() as collector, running(tmp_path, table(collector), upstream(provider.url)) as proxy:
        assert ask(proxy).status_code == 401
        until(lambda: len(collector.spans()) == 2)
        own, sent = sorted(collector.spans(), key=lambda span: span["kind"])
        assert own["status"] == sent["status"] == {"code": 2, "message": "status 401"}
        assert given(own["attributes"])["error.type"] == given(sent["attributes"])["error.type"]
        until(
            lambda: (
                collector.counts() and bool(collector.metrics()["gen_ai.client.operation.duration"]["histogram"]["dataPoints"])
            )
        )
        point = collector.metrics()["gen_ai.client.operation.duration"]["histogram"]["dataPoints"][0]
        assert given(point["attributes"])["error.type"] == given(sent["attributes"])["error.type"]


def test_a_stream_that_breaks_behind_its_first_byte_is_an_error(tmp_path: Path, provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says(["Pa"], breaks=ConnectionResetError("reset"))
    at_once = '\n[proxy]\nlisten = "127.0.0.1:0"\njudge = "never_restart"\n'
    with collecting() as collector, running(tmp_path, table(collector), at_once, upstream(provider.url)) as proxy:
        with pytest.raises(httpx.RemoteProtocolError):
            proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK, "stream": True})
        until(lambda: len(collector.spans()) == 2)
        assert [span["status"]["code"] for span in collector.spans()] == [2, 2]


def test_metrics_have_the_names_of_the_conventions_and_bounded_attributes(tmp_path: Path, provider: Loopback) -> None:
    with collecting() as collector, running(tmp_path, table(collector), upstream(provider.url)) as proxy:
        for n in range(5):
            ask(proxy, x_rheostat_session=f"s{n}", x_rheostat_tenant=f"t{n}")
        until(
            lambda: (
                collector.counts()
                and sum(int(p["asInt"]) for p in collector.metrics()["rheostat.runs"]["sum"]["dataPoints"]) == 5
            )
        )
        metrics = collector.metrics()
        duration = metrics["gen_ai.client.operation.duration"]
        assert duration["unit"] == "s"
        assert sum(int(point["count"]) for point in duration["histogram"]["dataPoints"]) == 5
        assert duration["histogram"]["dataPoints"][0]["explicitBounds"][0] == 0.01
        tokens = metrics["gen_ai.client.inference.usage.output_tokens"]["sum"]
        assert tokens["isMonotonic"] is True
        assert sum(int(point["asInt"]) for point in tokens["dataPoints"]) == 15
        decided = metrics["rheostat.decide.duration"]["histogram"]["dataPoints"][0]
        assert decided["explicitBounds"][0] == 5e-6
        assert len(decided["bucketCounts"]) == len(decided["explicitBounds"]) + 1
        named = json.dumps(metrics)
        assert not any(f'"{who}{n}"' in named for who in "st" for n in range(5)), "neither sessions nor tenants are attributes"


def test_words_are_sent_only_where_the_settings_say_so(tmp_path: Path, provider: Loopback) -> None:
    with collecting() as collector, running(tmp_path, table(collector, "prompts = true"), upstream(provider.url)) as proxy:
        made = ask(proxy).headers["x-rheostat-plan"]
        until(lambda: len(collector.spans()) == 2)
        own = min(collector.spans(), key=lambda span: span["kind"])
        assert given(own["attributes"])["rheostat.ask"] == ASK[0]["content"]
        assert "capital" not in httpx.get(f"{proxy.url}/decisions/{made}").text


def test_a_collector_that_is_away_holds_up_nobody_and_gets_the_spans_later(tmp_path: Path, provider: Loopback) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = f'\n[otel]\nendpoint = "http://127.0.0.1:{taken.getsockname()[1]}"\nseconds = 0.1\nqueue = 3\n'
        with running(tmp_path, away, upstream(provider.url)) as proxy:
            for _ in range(20):
                assert ask(proxy).status_code == 200
            # What does not fit the queue is dropped and counted.
            until(lambda: proxy.metric("spans_dropped_total") >= 30)
            assert proxy.process.stderr is not None
            assert "traces and metrics are not taken" in proxy.process.stderr.readline()
    with collecting() as collector, running(tmp_path, table(collector), upstream(provider.url)) as proxy:
        collector.statuses = [503, 429]
        ask(proxy)
        until(lambda: len(collector.spans()) == 2)
        collector.statuses = [400]
        ask(proxy)
        until(lambda: proxy.metric("spans_dropped_total") == 2)
        assert len(collector.spans()) == 2


def test_the_orderly_end_sends_what_waits(tmp_path: Path, provider: Loopback) -> None:
    with collecting() as collector:
        slow = f'\n[otel]\nendpoint = "{collector.url}"\nseconds = 3600.0\nheaders_env = "COLLECTOR"\n'
        with running(tmp_path, slow, upstream(provider.url), COLLECTOR="x-own=secret-1, x-other = 2") as proxy:
            ask(proxy)
            proxy.process.send_signal(signal.SIGTERM)
            assert proxy.process.wait(30) == 0
        assert len(collector.spans()) == 2
        assert collector.metrics()
        assert collector.headers[-1]["x-own"] == "secret-1"
        assert collector.headers[-1]["x-other"] == "2"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('endpoint = "ftp://x"', "otel: endpoint must be an http or https address"),
        ('endpoint = "http://user:secret@host"', "an address with a user's name"),
        ("traces = 2.0", "otel: traces must be between 0 and 1, got 2"),
        ("queue = 0", "otel: queue must be between 1 and 1048576, got 0"),
        ("seconds = 0.0", "otel: seconds must be between 0.1 and 86400 seconds, got 0"),
        ('headers_env = "NOT_SET_ANYWHERE"', "otel: headers_env: the environment variable NOT_SET_ANYWHERE is not set"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, lines: str, says: str) -> None:
    config = tmp_path / "proxy.toml"
    config.write_text(f"{LADDER}\n[otel]\n{lines}\n{upstream('http://127.0.0.1:9/v1')}", encoding="utf-8")
    checked = subprocess.run([PROGRAM, "--config", config, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert says in checked.stderr
    assert "secret" not in checked.stderr
