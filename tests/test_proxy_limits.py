"""Limits of the proxy: sizes, places, the queue and times; and TLS."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.provider import Loopback, Says
from tests.proxied import ASK, LADDER, PROGRAM, Proxy, running, until, upstream

FIELDS = {"model": "auto", "messages": ASK}


def table(*lines: str) -> str:
    return "\n".join(['\n[proxy]\nlisten = "127.0.0.1:0"', *lines, ""])


def connect(proxy: Proxy) -> socket.socket:
    host, port = proxy.url.split("//")[1].split(":")
    return socket.create_connection((host, int(port)), timeout=30)


@pytest.mark.parametrize("model", ["auto", "large"])
def test_beyond_the_places_requests_wait_and_beyond_the_queue_they_are_refused(
    tmp_path: Path, provider: Loopback, model: str
) -> None:
    go = threading.Event()

    def slow(*_: object) -> Says:
        go.wait(30)
        return Says()

    provider.provider.script = slow
    limits = table("max_requests = 2", "queue = 3", "queue_seconds = 60.0")
    with running(tmp_path, limits, upstream(provider.url)) as proxy, ThreadPoolExecutor(5) as pool:
        fields = {**FIELDS, "model": model}
        asked = [pool.submit(proxy.post, "/v1/chat/completions", fields) for _ in range(5)]
        until(lambda: proxy.metric("requests_waiting") == 3)
        refused = proxy.post("/v1/chat/completions", fields)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["error"]["type"] == "overloaded_error"
        # What costs no upstream is answered all the same.
        assert httpx.get(proxy.url + "/healthz").text == "ok\n"
        assert proxy.post("/v1/route", {"messages": ASK}).status_code == 200
        go.set()
        assert [one.result().status_code for one in asked] == [200] * 5
        assert proxy.metric("requests_waiting") == 0
        assert proxy.post("/v1/chat/completions", fields).status_code == 200


def test_a_request_that_waits_too_long_is_refused(tmp_path: Path, provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says(["Pa"], hangs=True)
    limits = table("max_requests = 1", "queue_seconds = 0.2", 'judge = "never_restart"')
    with running(tmp_path, limits, upstream(provider.url)) as proxy:
        with httpx.stream("POST", proxy.url + "/v1/chat/completions", json={**FIELDS, "stream": True}) as held:
            parts = held.iter_bytes()
            next(parts)
            assert proxy.post("/v1/chat/completions", FIELDS).status_code == 503
        # The client that held the place has left.
        provider.provider.script = lambda *_: Says()
        until(lambda: proxy.post("/v1/chat/completions", FIELDS).status_code == 200)


def test_a_client_that_leaves_the_queue_takes_no_place(tmp_path: Path, provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says(["Pa"], hangs=True)
    limits = table("max_requests = 1", "queue = 1", "queue_seconds = 60.0", 'judge = "never_restart"')
    fields = {**FIELDS, "stream": True}
    with (
        running(tmp_path, limits, upstream(provider.url)) as proxy,
        httpx.stream("POST", proxy.url + "/v1/chat/completions", json=fields) as held,
    ):
        parts = held.iter_bytes()
        next(parts)
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(proxy.url + "/v1/chat/completions", json=FIELDS, timeout=0.3)
            until(lambda: proxy.metric("requests_waiting") == 0)


def test_heads_are_bounded_by_settings(tmp_path: Path, provider: Loopback) -> None:
    with running(tmp_path, table("max_head = 8192", "max_headers = 20"), upstream(provider.url)) as proxy:
        assert proxy.post("/v1/chat/completions", FIELDS, x_long="a" * 4_000).status_code == 200
        assert proxy.post("/v1/chat/completions", FIELDS, x_long="a" * 9_000).status_code == 431
        assert proxy.post("/v1/chat/completions", FIELDS, **{f"x_{n}": "a" for n in range(30)}).status_code == 431


def test_an_idle_connection_has_its_own_time_and_a_slow_head_another(tmp_path: Path, provider: Loopback) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    for read, idle, head_is_cut in ((0.3, 60.0, True), (60.0, 0.3, False)):
        limits = table(f"read_seconds = {read}", f"idle_seconds = {idle}")
        with running(tmp_path, limits, upstream(provider.url)) as proxy, connect(proxy) as slow, connect(proxy) as idler:
            idler.sendall(whole)
            assert idler.recv(4_096).startswith(b"HTTP/1.1 200 ")
            slow.sendall(whole[:20])
            ended, other = (slow, idler) if head_is_cut else (idler, slow)
            assert ended.recv(4_096) == b""
            # The other is served long after that.
            other.sendall(whole if other is idler else whole[20:])
            assert other.recv(4_096).startswith(b"HTTP/1.1 200 ")


def test_a_long_answer_is_no_idle_time(tmp_path: Path, provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says(["Pa"], hangs=True)
    limits = table("read_seconds = 0.2", "idle_seconds = 0.2", 'judge = "never_restart"')
    with running(tmp_path, limits, upstream(provider.url)) as proxy:
        fields = {**FIELDS, "stream": True}
        with httpx.stream("POST", proxy.url + "/v1/chat/completions", json=fields, timeout=1.0) as reply:
            parts = reply.iter_bytes()
            next(parts)
            # Five times the bounds later it is the client that gives up.
            with pytest.raises(httpx.ReadTimeout):
                next(parts)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("max_head = 100", "proxy: max_head must be between 8192 and 1048576, got 100"),
        ("max_headers = 0", "proxy: max_headers must be between 1 and 4096, got 0"),
        ("max_requests = 0", "proxy: max_requests must be between 1 and 1048576, got 0"),
        ("queue = 2_000_000", "proxy: queue must be between 0 and 1048576, got 2000000"),
        ("queue = -1", "proxy: queue"),
        ("queue_seconds = nan", "proxy: queue_seconds must be between 0 and 86400 seconds"),
        ("idle_seconds = 0.0", "proxy: idle_seconds must be between 0.1 and 86400 seconds, got 0"),
        ("[learning]\noutcomes = 0", "learning: outcomes must be at least 1, got 0"),
        ("[learning]\ngrowth = 11.0", "learning: growth must be between 0 and 10, got 11"),
        ("[learning]\nseconds = 0.0", "learning: seconds must be a finite number above 0, got 0"),
        ('[tls]\ncertificate = "none.pem"\nkey = "none.pem"', "tls: certificate: the file none.pem"),
        ('[tls]\ncertificate = "none.pem"', "key"),
    ],
)
def test_a_wrong_limit_is_refused_by_name(tmp_path: Path, line: str, says: str) -> None:
    config = tmp_path / "proxy.toml"
    config.write_text(LADDER + table(line) + upstream("http://127.0.0.1:9/v1"), encoding="utf-8")
    checked = subprocess.run([PROGRAM, "--config", config, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert says in checked.stderr


def test_outcomes_are_learned_from_only_where_the_settings_say_so(tmp_path: Path, provider: Loopback) -> None:
    learning = "\n[learning]\noutcomes = 1\ngrowth = 0.0\n"
    with running(tmp_path, learning, upstream(provider.url)) as proxy:
        for n in range(4):
            reply = proxy.post(
                "/v1/chat/completions", {"model": "auto", "messages": [{"role": "user", "content": f"{n} plus {n}?"}]}
            )
            proxy.post("/v1/outcomes", {"id": reply.headers["x-rheostat-plan"], "rung": "fast", "score": 1.0})
        until(lambda: proxy.metric("outcomes_total") == 4)
    with running(tmp_path, "\n[learning]\nenabled = false\n", upstream(provider.url)) as proxy:
        reply = proxy.post("/v1/chat/completions", FIELDS)
        assert (
            proxy.post("/v1/outcomes", {"id": reply.headers["x-rheostat-plan"], "rung": "fast", "score": 1.0}).status_code == 200
        )
        assert proxy.metric("outcomes_total") == 0


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for this machine, which signs itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl, which makes the certificate")
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -addext subjectAltName=IP:127.0.0.1".split()
    command = ["openssl", *new, "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(chain)]
    subprocess.run(command, check=True, capture_output=True)
    return chain, key


def trusts(chain: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=chain)


def test_clients_speak_tls_and_a_new_certificate_is_read_at_sighup(tmp_path: Path, provider: Loopback) -> None:
    first, second = certificate(tmp_path, "first"), certificate(tmp_path, "second")
    chain, key = tmp_path / "tls.pem", tmp_path / "tls.key"

    def install(pair: tuple[Path, Path]) -> None:
        chain.write_bytes(pair[0].read_bytes())
        key.write_bytes(pair[1].read_bytes())

    install(first)
    tls = f'\n[tls]\ncertificate = "{chain}"\nkey = "{key}"\n'
    with running(tmp_path, tls, upstream(provider.url)) as proxy, ExitStack() as stack:
        assert proxy.url.startswith("https://")
        lines: list[str] = []
        out = proxy.process.stdout
        assert out is not None
        threading.Thread(target=lambda: lines.extend(iter(out.readline, "")), daemon=True).start()
        before = stack.enter_context(httpx.Client(verify=trusts(first[0]), base_url=proxy.url))
        assert before.post("/v1/chat/completions", json=FIELDS).json()["choices"][0]["message"]["content"] == "4"
        with pytest.raises(httpx.ConnectError):
            httpx.get(proxy.url + "/healthz", verify=trusts(second[0]))
        # A client that speaks no TLS gets nothing, and harms no other.
        with connect(proxy) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            assert not plain.recv(4_096).startswith(b"HTTP/")
        # A key that does not fit changes nothing.
        key.write_bytes(second[1].read_bytes())
        proxy.process.send_signal(signal.SIGHUP)
        assert proxy.process.stderr is not None
        assert "tls: certificate and key" in proxy.process.stderr.readline()
        assert httpx.get(proxy.url + "/healthz", verify=trusts(first[0])).text == "ok\n"
        install(second)
        proxy.process.send_signal(signal.SIGHUP)
        until(lambda: any("is in use" in line for line in lines))
        assert httpx.get(proxy.url + "/healthz", verify=trusts(second[0])).text == "ok\n"
        # A connection that is there goes on.
        assert before.get("/healthz").text == "ok\n"
        with pytest.raises(httpx.ConnectError):
            httpx.get(proxy.url + "/healthz", verify=trusts(first[0]))
