"""Attacks on the proxy over the loopback interface: each is refused or outlasted, and the next client is served."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.provider import Loopback
from tests.proxied import ASK, Proxy, running, upstream

BODY = json.dumps({"model": "auto", "messages": ASK}).encode()
TABLE = '\n[proxy]\nlisten = "127.0.0.1:0"\nread_seconds = 1.0\nmax_connections = 400\nmax_body = 100_000\n'


@pytest.fixture
def proxy(tmp_path: Path, provider: Loopback) -> Iterator[Proxy]:
    with running(tmp_path, TABLE, upstream(provider.url)) as started:
        yield started


def connect(proxy: Proxy) -> socket.socket:
    host, port = proxy.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def rest(peer: socket.socket) -> bytes:
    return b"".join(iter(lambda: peer.recv(65_536), b""))


def raw(proxy: Proxy, *parts: bytes) -> bytes:
    """Sends bytes, and returns all that comes until the proxy closes."""
    with connect(proxy) as peer:
        try:
            for part in parts:
                peer.sendall(part)
            return rest(peer)
        except ConnectionError:
            return b""


def head(*lines: str, path: str = "/v1/chat/completions") -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "host: x", "connection: close", *lines, "", ""]).encode("latin-1")


def served(proxy: Proxy) -> None:
    assert proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}).status_code == 200


def test_slow_heads_and_bodies_are_cut_off(proxy: Proxy, provider: Loopback) -> None:
    slow = [connect(proxy) for _ in range(30)]
    for number, peer in enumerate(slow):
        whole = head(f"content-length: {len(BODY)}") + BODY
        peer.sendall(whole[: 20 if number % 2 else len(whole) - 3])
    served(proxy)
    # Each is closed by the proxy: the sockets of this test wait no longer than 30 s.
    answers = [rest(peer) for peer in slow]
    for peer in slow:
        peer.close()
    assert all(answer == b"" or answer.startswith(b"HTTP/1.1 408 ") for answer in answers)
    assert len(provider.provider.asked) == 1
    served(proxy)


BOMBS = {
    "one long header": head("x-a: " + "a" * 200_000),
    "many headers": head(*(f"x-{n}: a" for n in range(5_000))),
    "a long path": head(path="/v1/" + "a" * 200_000),
    "a head without an end": b"POST /v1/chat/completions HTTP/1.1\r\n" + b"x: a\r\n" * 20_000,
    "a body that says its size": head("content-length: 99999999999") + b"{",
    "a size beyond all numbers": head("content-length: 99999999999999999999999999") + b"{",
    "a body that does not": head("transfer-encoding: chunked") + b"ffff\r\n" + b"a" * 65_535 + b"\r\nffff\r\n" + b"a" * 65_535,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused(proxy: Proxy, provider: Loopback, bomb: bytes) -> None:
    answer = raw(proxy, bomb)
    assert answer == b"" or answer.startswith(tuple(b"HTTP/1.1 %d " % status for status in (400, 408, 413, 414, 431)))
    assert provider.provider.asked == []
    served(proxy)


DEEP = [
    b'{"model": "auto", "messages": ' + b"[" * 40_000,
    b'{"model": "auto", "messages": ' + b"[" * 40_000 + b"]" * 40_000 + b"}",
    b'{"a":' * 15_000 + b"1" + b"}" * 15_000,
    b'{"model": "auto", "model": "large", "messages": []}',
    b'{"model": "auto", "messages": [{"role": "user", "content": "\xff\xfe"}]}',
    b'{"model": "auto", "messages": [{"role": "user", "content": "\\ud800"}]}',
    b"\x00" * 1_000,
]


@pytest.mark.parametrize("body", DEEP)
def test_bodies_that_are_hard_to_read_harm_nobody(proxy: Proxy, body: bytes) -> None:
    for path in (
        "/v1/chat/completions",
        "/v1/messages",
        "/v1/responses",
        "/v1/route",
        "/v1/systemone",
        "/v1/decisions",
        "/v1/outcomes",
    ):
        assert httpx.post(f"{proxy.url}/v1/{path}", content=body, timeout=30).status_code < 600
    served(proxy)


SMUGGLED = b"POST /v1/smuggled HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
SMUGGLING = {
    "two lengths": head(f"content-length: {len(BODY)}", "content-length: 0") + BODY + SMUGGLED,
    "length and chunks": head("content-length: 4", "transfer-encoding: chunked") + b"0\r\n\r\n" + SMUGGLED,
    "chunks twice": head("transfer-encoding: chunked", "transfer-encoding: identity") + b"0\r\n\r\n" + SMUGGLED,
    "hidden chunks": head("transfer-encoding : chunked", "content-length: 2") + b"{}" + SMUGGLED,
    "chunks by tab": head("transfer-encoding:\tchunked,\tidentity", "content-length: 2") + b"{}" + SMUGGLED,
    "folded": head("x-a: b\r\n content-length: 2") + SMUGGLED,
    "a signed length": head("content-length: +2") + b"{}" + SMUGGLED,
    "a size that is no number": head("transfer-encoding: chunked") + b"0x2\r\n{}\r\n0\r\n\r\n" + SMUGGLED,
    "an extension with a break": head("transfer-encoding: chunked") + b"2;a\n\r\n{}\r\n0\r\n\r\n" + SMUGGLED,
    "a bare break": head("x-a: b\nx-c: d", "content-length: 2") + b"{}" + SMUGGLED,
}


@pytest.mark.parametrize("attack", SMUGGLING.values(), ids=SMUGGLING)
def test_no_second_request_is_smuggled_past_the_first(proxy: Proxy, provider: Loopback, attack: bytes) -> None:
    raw(proxy, attack)
    assert all(not request.url.path.endswith("/smuggled") for request in provider.provider.requests)
    # What goes on is framed anew, by one length.
    for request in provider.provider.requests:
        assert "transfer-encoding" not in request.headers
        assert request.headers.get_list("content-length", split_commas=True) == [str(len(request.content))]
    served(proxy)


def test_headers_of_the_connection_do_not_reach_the_upstream(proxy: Proxy, provider: Loopback) -> None:
    body = b'{"model": "large", "messages": []}'
    asked = (
        head(f"content-length: {len(body)}", "x-own: 1", "te: trailers", "upgrade: h2c", "proxy-authorization: Basic x") + body
    )
    raw(proxy, asked.replace(b"connection: close", b"connection: close, x-own"))
    sent = provider.provider.requests[-1].headers
    assert not {"x-own", "te", "upgrade", "proxy-authorization"} & set(sent)


def test_guesses_of_keys_are_refused_alike(tmp_path: Path, provider: Loopback) -> None:
    key = '\n[[key]]\ntenant = "a"\nenv = "A"\n'
    guesses = ["", "s", "secret-", "Secret-a", "secret-a\x00", "secret-aa", "x" * 4_000, "\xe9"]
    with running(tmp_path, TABLE, upstream(provider.url), key, A="secret-a") as proxy:
        answers = set()
        for guess in guesses:
            for way in (f"authorization: Bearer {guess}", f"authorization: {guess}", f"x-api-key: {guess}", f"api-key: {guess}"):
                answer = raw(proxy, head(way, f"content-length: {len(BODY)}") + BODY)
                status, _, behind = answer.partition(b"\r\n")
                assert status.startswith((b"HTTP/1.1 401 ", b"HTTP/1.1 400 ")), (way, status)
                answers.add(behind.partition(b"\r\n\r\n")[2])
        # No answer tells how near a guess was.
        assert len(answers) <= 2
        # A wrong key beside a right one does not open.
        both = head("x-api-key: wrong", "authorization: Bearer secret-a", f"content-length: {len(BODY)}") + BODY
        assert raw(proxy, both).startswith(b"HTTP/1.1 401 ")
    assert provider.provider.asked == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["x-rheostat-session", "x-rheostat-tenant", "x-own", "accept"]), value=st.binary(max_size=80))
def test_any_bytes_in_a_header_are_refused_or_harmless(proxy: Proxy, name: str, value: bytes) -> None:
    answer = raw(
        proxy, head(f"content-length: {len(BODY)}", path="/v1/route")[:-2] + name.encode() + b": " + value + b"\r\n\r\n" + BODY
    )
    assert answer == b"" or answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 400 ", b"HTTP/1.1 408 ", b"HTTP/1.1 404 "))


def test_300_clients_at_once_are_served(tmp_path: Path, provider: Loopback) -> None:
    limits = httpx.Limits(max_connections=300, max_keepalive_connections=300)
    # The clients share one interpreter: one of them may take seconds to send its head.
    with running(tmp_path, TABLE.replace("read_seconds = 1.0", "read_seconds = 60.0"), upstream(provider.url)) as proxy:
        with httpx.Client(base_url=proxy.url, limits=limits, timeout=120) as client, ThreadPoolExecutor(300) as pool:
            replies = list(pool.map(lambda _: client.post("/v1/chat/completions", content=BODY), range(600)))
        assert [reply.status_code for reply in replies] == [200] * 600
        assert proxy.metric("runs_total") == 600
        assert proxy.metric("requests_open") == proxy.metric("streams_open") == 0


@pytest.mark.parametrize(
    "foreign",
    ["origin: https://evil.example", "origin: null", "sec-fetch-site: cross-site"],
)
def test_pages_of_other_sites_cannot_spend_where_no_key_is_asked_for(
    tmp_path: Path, proxy: Proxy, provider: Loopback, foreign: str
) -> None:
    asked = head(foreign, "content-type: text/plain", f"content-length: {len(BODY)}") + BODY
    assert raw(proxy, asked).startswith(b"HTTP/1.1 403 ")
    assert provider.provider.requests == []
    # Who has a key may ask from a page.
    key = '\n[[key]]\ntenant = "a"\nenv = "A"\n'
    with running(tmp_path, TABLE, upstream(provider.url), key, A="secret-a") as keyed:
        asked = head(foreign, "authorization: Bearer secret-a", f"content-length: {len(BODY)}") + BODY
        assert raw(keyed, asked).startswith(b"HTTP/1.1 200 ")
