"""Clients that change one address: what curl, LiteLLM and LangChain get through the proxy is what they get alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from typing import Any

import pytest

from tests.provider import Loopback, Says
from tests.proxied import ASK, Proxy


@pytest.fixture(autouse=True)
def says(provider: Loopback) -> None:
    provider.provider.script = lambda *_: Says(["Pa", "ris"])


def urls(proxy: Proxy, provider: Loopback) -> list[tuple[str, str]]:
    """The model and the address of a client alone, and through the proxy."""
    return [("small", provider.url), ("auto", proxy.url + "/v1")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("stream", [False, True])
def test_curl(proxy: Proxy, provider: Loopback, stream: bool) -> None:
    bodies = []
    for model, url in urls(proxy, provider):
        fields = json.dumps({"model": model, "messages": ASK, "stream": stream})
        command = [
            "curl",
            "-sSN",
            "--fail-with-body",
            "-H",
            "content-type: application/json",
            "-d",
            fields,
            url + "/chat/completions",
        ]
        bodies.append(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    if not stream:
        alone, governed = map(json.loads, bodies)
        assert governed["choices"][0]["message"]["content"] == alone["choices"][0]["message"]["content"] == "Paris"
        return
    texts = []
    for body in bodies:
        lines = [line[6:] for line in body.splitlines() if line.startswith(b"data: ")]
        assert lines[-1] == b"[DONE]"
        deltas = [choice["delta"] for line in lines[:-1] for choice in json.loads(line)["choices"]]
        texts.append("".join(delta.get("content") or "" for delta in deltas))
    assert texts == ["Paris", "Paris"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("stream", [False, True])
def test_litellm(proxy: Proxy, provider: Loopback, stream: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        litellm = pytest.importorskip("litellm", reason="litellm is not installed")
    texts = []
    for model, url in urls(proxy, provider):
        given: dict[str, Any] = {"model": f"openai/{model}", "messages": ASK, "api_base": url, "api_key": "key", "stream": stream}
        reply = litellm.completion(**given, num_retries=0)
        if stream:
            texts.append("".join(chunk.choices[0].delta.content or "" for chunk in reply))
        else:
            texts.append(reply.choices[0].message.content)
    assert texts == ["Paris", "Paris"]
    assert [asked["model"] for asked in provider.provider.asked] == ["small", "small"]


def test_langchain(proxy: Proxy, provider: Loopback) -> None:
    chat = pytest.importorskip("langchain_openai", reason="langchain-openai is not installed").ChatOpenAI
    for model, url in urls(proxy, provider):
        client = chat(model=model, base_url=url, api_key="key", max_retries=0)
        assert client.invoke("What is the capital of France?").content == "Paris"
        assert "".join(str(part.content) for part in client.stream("What is the capital of France?")) == "Paris"
