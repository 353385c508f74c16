"""Events of upstreams, and the result of each: tests/golden/host.json, through the proxy. The waits are real, and shortened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.host_vectors import HOST
from tests.provider import Loopback, Says
from tests.proxied import running, upstream

GOLDEN: dict[str, Any] = json.loads(HOST.read_text(encoding="utf-8"))
# A client that leaves, and an upstream that cannot be reached, are played in test_proxy.py.
CASES = [
    case
    for case in GOLDEN["cases"]
    if "leaves_after" not in case and all(reply.get("fails") != "unreached" for reply in case["replies"])
]
STATUSES = {"rate_limit": 429, "overloaded": 503, "permanent": 401, "refusal": 400}
SHORT = 0.1
"""Seconds in place of each time that a provider asks to wait, but for those that are beyond the deadline."""


@dataclass
class Pieces(Says):
    """A reply of a case: its bytes as they are cut there."""

    cut: tuple[str, ...] = ()

    def events(self, _model: str) -> Iterator[bytes]:
        yield from (piece.encode() for piece in self.cut)


def says(reply: dict[str, Any], *, is_bounded: bool) -> Says:
    """The reply of a provider that a case tells."""
    kind, cut = reply.get("fails"), tuple(reply.get("pieces", []))
    if kind not in STATUSES:
        breaks = httpx.ReadError("reset") if kind else None
        return Pieces(pieces=list(cut), cut=cut, breaks=breaks)
    seconds = reply.get("retry_after")
    wait = {} if seconds is None else {"retry-after": str(seconds if is_bounded else SHORT)}
    code = "content_filter" if kind == "refusal" else None
    return Says(status=STATUSES[kind], headers=wait, body={"error": {"message": "no", "type": "test", "code": code}})


def toml(table: str, fields: dict[str, Any]) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
    return "\n".join([table, *lines]) + "\n"


class Play:
    """One case, once for a client that streams and once for one that does not."""

    def __init__(self, tmp_path: Path, case: dict[str, Any]) -> None:
        self.case, self.tmp_path = case, tmp_path

    def ask(self, *, stream: bool) -> tuple[httpx.Response | None, bytes, list[dict[str, Any]]]:
        """The response, its bytes, and the requests of the proxy."""
        replies = list(self.case["replies"])
        bounded = "ceiling" in self.case
        with Loopback(lambda *_: says(replies.pop(0), is_bounded=bounded)) as provider, self.running(provider) as proxy:
            message = {"role": "user", "content": GOLDEN["ask"]}
            fields = {"model": "auto", "messages": [message], "stream": stream}
            response, shown = None, bytearray()
            try:
                with httpx.stream("POST", proxy.url + "/v1/chat/completions", json=fields, timeout=30) as response:
                    for part in response.iter_raw():
                        shown += part
            except httpx.RemoteProtocolError:
                shown += b"(broken)"
            return response, bytes(shown), [self.request(one) for one in provider.provider.requests]

    def request(self, request: httpx.Request) -> dict[str, Any]:
        fields = json.loads(request.content)
        name = request.url.path.split("/")[1]
        asked = {"model": fields["model"], "max_tokens": fields.get("max_completion_tokens", fields.get("max_tokens"))}
        return asked | ({} if name == "v1" else {"deployment": name})

    def running(self, provider: Loopback) -> Any:
        case, ladder = self.case, dict(self.case["ladder"])
        rungs = [toml("[[rung]]", rung) for rung in ladder.pop("rungs")]
        head = "\n".join(f"{name} = {json.dumps(value)}" for name, value in ladder.items()) + "\n"
        named = sorted(
            {one for rung in case["ladder"]["rungs"] for one in (rung.get("deployment"), *rung.get("fallbacks", [])) if one}
        )
        upstreams = [upstream(provider.url.replace("/v1", f"/{name}/v1"), name=name) for name in named]
        settings = {"listen": "127.0.0.1:0", "concurrency": 1, "hold_seconds": 3600.0}
        settings |= {name: case[name] for name in ("judge", "hold_tokens") if name in case}
        tables = [toml(f"[{name}]", case[name]) for name in ("rules", "ceiling") if name in case]
        return running(
            self.tmp_path,
            toml("[proxy]", settings),
            *tables,
            *(upstreams or [upstream(provider.url)]),
            ladder=head + "".join(rungs),
        )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_proxy_does_what_every_host_does(tmp_path: Path, case: dict[str, Any]) -> None:
    wanted = case["leads_to"]
    requests = [{name: value for name, value in one.items() if name != "kind"} for one in wanted["requests"]]
    play = Play(tmp_path, case)
    response, shown, asked = play.ask(stream=True)
    assert asked == requests
    assert response is not None
    if "error" not in wanted:
        assert (response.status_code, shown.decode()) == (200, wanted.get("shown", ""))
    elif "shown" in wanted and case.get("judge") == "never_restart":
        assert shown.decode() == wanted["shown"] + "(broken)"
    response, shown, asked = play.ask(stream=False)
    assert response is not None
    if case.get("judge") == "never_restart" and "error" in wanted:
        # A client that takes the whole reply has seen nothing: the run is free to ask again.
        return
    assert asked == requests
    if "reply" in wanted and "error" not in wanted:
        assert json.loads(shown) == wanted["reply"]
        spent = [response.headers[f"x-rheostat-{name}"] for name in ("settled", "calls", "tokens")]
        assert spent == [str(wanted["settled"]).lower(), str(wanted["calls"]), str(wanted["tokens"])]
        rungs = case["ladder"]["rungs"]
        assert response.headers["x-rheostat-rung"] == rungs[wanted["rung"]]["name"]
    elif "reply" not in wanted:
        assert response.status_code >= 400
