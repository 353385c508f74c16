"""The proxy's OpenAPI document, and what a fuzzer that reads it finds."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import jsonschema
import pytest

from tests.conftest import ROOT
from tests.provider import Loopback
from tests.proxied import ASK, Proxy, running, upstream

METHODS = {"get", "post"}


def test_the_document_names_every_path_of_the_proxys_own(proxy: Proxy) -> None:
    document = httpx.get(proxy.url + "/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    source = (ROOT / "rust" / "proxy" / "src" / "server.rs").read_text(encoding="utf-8")
    served = set(re.findall(r'\(&Method::\w+, "(/[^"]+)"\)', source)) | {"/healthz", "/readyz", "/decisions/{id}"}
    surfaces = {"/v1/chat/completions", "/v1/responses", "/v1/messages"}
    assert set(document["paths"]) == served | surfaces
    for path, operations in document["paths"].items():
        assert set(operations) <= METHODS, path
        for operation in operations.values():
            for response in operation["responses"].values():
                for content in response["content"].values():
                    if "$ref" not in content.get("schema", {"$ref": ""}):
                        jsonschema.Draft202012Validator.check_schema(content["schema"])


def test_a_key_is_in_the_document_where_one_is_wanted(tmp_path: Path, provider: Loopback) -> None:
    key = '\n[[key]]\ntenant = "a"\nenv = "A"\n'
    with running(tmp_path, upstream(provider.url), key, A="key-a") as proxy:
        assert httpx.get(proxy.url + "/openapi.json").status_code == 401
        document = httpx.get(proxy.url + "/openapi.json", headers={"authorization": "Bearer key-a"}).json()
    assert document["security"] == [{"key": []}]
    assert "401" in document["paths"]["/v1/route"]["post"]["responses"]
    assert document["paths"]["/healthz"]["get"]["security"] == []


def test_answers_are_what_the_document_says(proxy: Proxy) -> None:
    document = httpx.get(proxy.url + "/openapi.json").json()

    def valid(path: str, method: str, reply: httpx.Response) -> None:
        said = document["paths"][path][method]["responses"][str(reply.status_code)]["content"]
        schema = said[reply.headers["content-type"].split(";")[0]]["schema"] | {"components": document["components"]}
        body = reply.json() if "json" in reply.headers["content-type"] else reply.text
        jsonschema.validate(body, schema)

    routed = proxy.post("/v1/route", {"messages": ASK})
    valid("/v1/route", "post", routed)
    valid("/v1/route", "post", proxy.post("/v1/route", {"messages": 5}))
    graded = {"id": routed.json()["id"], "rung": "fast", "score": 0.5}
    for body in (graded, [graded, graded], {**graded, "score": 2.0}, {**graded, "more": 1}):
        valid("/v1/outcomes", "post", proxy.post("/v1/outcomes", body))
    for path in ("/live", "/decisions", "/v1/models", "/metrics", "/healthz", "/readyz"):
        valid(path, "get", httpx.get(proxy.url + path))


def test_a_path_of_the_proxys_own_has_one_method_and_no_request_is_traced(proxy: Proxy, provider: Loopback) -> None:
    document = httpx.get(proxy.url + "/openapi.json").json()
    for path, operations in document["paths"].items():
        if path in {"/v1/chat/completions", "/v1/responses", "/v1/messages", "/healthz", "/readyz"}:
            continue
        (own,) = operations
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"} - {own.upper()}:
            reply = httpx.request(method, proxy.url + path.replace("{id}", "x"))
            assert (reply.status_code, reply.headers["allow"]) == (405, own.upper()), (method, path)
    assert httpx.request("TRACE", proxy.url + "/v1/embeddings").status_code == 405
    assert provider.provider.requests == []


class Willing(BaseHTTPRequestHandler):
    """An upstream that says the same to everything."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        events = b'"stream":true' in body.replace(b" ", b"")
        choice = {
            "index": 0,
            "delta": {"content": "4"},
            "message": {"role": "assistant", "content": "4"},
            "finish_reason": "stop",
        }
        whole = json.dumps({"id": "c", "object": "chat.completion", "choices": [choice]}).encode()
        said = b"data: " + whole + b"\n\ndata: [DONE]\n\n" if events else whole
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if events else "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def do_GET(self) -> None:
        if "content-length" not in self.headers:
            self.headers["content-length"] = "0"
        self.do_POST()

    def log_message(self, *_: object) -> None:
        pass


for _method in ("HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "QUERY"):
    setattr(Willing, f"do_{_method}", Willing.do_GET)


@pytest.mark.skipif(importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed")
@pytest.mark.timeout(300)
def test_a_fuzzer_that_reads_the_document_finds_nothing(tmp_path: Path) -> None:
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Willing)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with running(tmp_path, upstream(f"http://127.0.0.1:{server.server_address[1]}/v1")) as proxy:
        command = [sys.executable, "-m", "schemathesis.cli", "run", proxy.url + "/openapi.json", "--checks", checks]
        command += ["--max-examples", "15", "--generation-deterministic", "--no-color", "--continue-on-failure"]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, cwd=tmp_path)
        assert ran.returncode == 0, ran.stdout[-8_000:] + ran.stderr[-2_000:]
        assert re.search(r"\d{3,} generated", ran.stdout), ran.stdout[-2_000:]
        # It serves the next as if nothing had been.
        assert proxy.post("/v1/chat/completions", {"model": "auto", "messages": ASK}).status_code == 200
    server.shutdown()
    server.server_close()
