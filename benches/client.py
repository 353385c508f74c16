"""The governed client beside the bare one, in processor time: `python -m benches.client`.

A scripted transport in this process answers at once, a chunk for each event. Bare, wrapped and governed requests take turns, so
that a change of the machine's speed meets all. *Wrapped* is a client of httpx that sends each request as a new one and hands its
bytes on: less than that no wrapper of a client does.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai

import rheostat as rh
import rheostat.httpx

URL = "http://provider/v1/chat/completions"
ASK = [{"role": "user", "content": "What is 2 + 2?"}]
TOKENS = 400
ROUNDS, BLOCK = 20, 10


def _event(fields: object) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def _events(tokens: int) -> list[bytes]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    piece = _event(head | {"choices": [{"index": 0, "delta": {"content": " word"}, "finish_reason": None}]})
    end = _event(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 20, "completion_tokens": tokens, "total_tokens": 20 + tokens}
    return [piece] * tokens + [end, _event(head | {"choices": [], "usage": usage}), b"data: [DONE]\n\n"]


class _Bytes(httpx.SyncByteStream):  # type: ignore[misc]
    def __init__(self, parts: list[bytes], close: Callable[[], None] = lambda: None) -> None:
        self.parts, self.close = parts, close

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts


class _Provider(httpx.BaseTransport):  # type: ignore[misc]
    def __init__(self, tokens: int) -> None:
        self.parts = _events(tokens)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=_Bytes(self.parts))


class _Wrapped(httpx.Client):  # type: ignore[misc]
    def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:  # noqa: ARG002
        again = httpx.Request("POST", request.url, headers=request.headers, stream=httpx.ByteStream(request.read()))
        reply = super().send(again, stream=True, **options)
        return httpx.Response(200, headers=reply.headers, stream=_Bytes(reply.iter_raw(), reply.close), request=request)


def _sending(client: httpx.Client, model: str) -> Callable[[], None]:
    def send() -> None:
        body = json.dumps({"model": model, "messages": ASK, "stream": True}).encode()
        request = client.build_request("POST", URL, content=body, headers={"content-type": "application/json"})
        reply = client.send(request, stream=True)
        for _ in reply.iter_bytes():
            pass
        reply.close()

    return send


def _creating(client: openai.OpenAI, model: str) -> Callable[[], None]:
    def create() -> None:
        stream: Any = client.chat.completions.create(model=model, messages=ASK, stream=True)
        for _ in stream:
            pass

    return create


def _contenders(tokens: int) -> dict[str, Callable[[], None]]:
    governor = rh.Governor(rh.Ladder([rh.Rung("only", model="m", output_price=1.0)]))
    bare, wrapped = httpx.Client(transport=_Provider(tokens)), _Wrapped(transport=_Provider(tokens))
    sdk = openai.OpenAI(api_key="key", http_client=bare)
    return {
        "httpx": _sending(bare, "m"),
        "httpx, wrapped": _sending(wrapped, "m"),
        "httpx, governed": _sending(rheostat.httpx.govern(bare, governor), "auto"),
        "openai": _creating(sdk, "m"),
        "openai, governed": _creating(rh.openai.govern(sdk, governor), "auto"),
    }


def _times(contenders: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """The microseconds of each: the least, since other processes only add. Turns are blocks, for warm caches."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            call()
            for _ in range(BLOCK):
                start = time.process_time_ns()
                call()
                taken[name].append((time.process_time_ns() - start) / 1e3)
    return {name: min(times) for name, times in taken.items()}


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description="the governed client beside the bare one")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"turns of {BLOCK} requests, {ROUNDS} if not given")
    rounds = parser.parse_args().rounds
    warnings.simplefilter("ignore")
    short, long = _times(_contenders(1), rounds), _times(_contenders(TOKENS + 1), rounds)
    print(f"{'µs of processor time':24}{'a request':>12}{'over bare':>12}{'a token':>12}{'over bare':>12}")
    for name, request in short.items():
        bare = name.partition(",")[0]
        token, bare_token = ((long[one] - short[one]) / TOKENS for one in (name, bare))
        print(f"{name:24}{request:12.0f}{request - short[bare]:12.0f}{token:12.2f}{token - bare_token:12.2f}")


if __name__ == "__main__":
    main()
