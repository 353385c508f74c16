"""Seeded prompts and chat bodies of an exact UTF-8 size, all distinct."""

from __future__ import annotations

import json
import random
import string
from typing import Any

from .words import SCRIPTS

_FORMATTER = string.Formatter()
_POOLED_ABOVE = 4_096
"""Beyond this size a prompt is put together from paragraphs made once: a sentence at a time would take minutes."""


def _sentence(rng: random.Random, words: dict[str, tuple[str, ...]], frames: tuple[str, ...]) -> str:
    out: list[str] = []
    for literal, slot, _, _ in _FORMATTER.parse(rng.choice(frames)):
        out.append(literal)
        if slot in ("n", "m", "k"):
            out.append(str(rng.randint(2, {"n": 9_999, "m": 999, "k": 12}[slot])))
        elif slot is not None:
            out.append(rng.choice(words[slot]))
    return "".join(out)


def _cut(text: str, size: int) -> bytes:
    """The first `size` bytes of `text`, cut between characters and filled up with full stops."""
    raw = text.encode()[:size].decode(errors="ignore").encode()
    return raw + b"." * (size - len(raw))


def _grown(rng: random.Random, script: str, size: int) -> bytes:
    words, frames, gap = rng.choice(SCRIPTS[script])
    parts: list[str] = []
    have = 0
    while have < size:
        sentence = _sentence(rng, words, frames)
        have += len(sentence.encode()) + len(gap)
        parts.append(sentence)
    return _cut(gap.join(parts), size)


def prompts(script: str, size: int, count: int, seed: int = 1) -> list[bytes]:
    """`count` distinct prompts in `script` (a key of `words.SCRIPTS`) of exactly `size` bytes of UTF-8.

    Equal arguments give equal prompts, on every machine.
    """
    rng = random.Random(f"{script}-{size}-{seed}")
    seen: set[bytes] = set()
    pool = [_grown(rng, script, 2_048).decode() for _ in range(1_500)] if size > _POOLED_ABOVE else []
    while len(seen) < count:
        if pool:
            ask = _grown(rng, script, 160).decode()
            seen.add(_cut("\n\n".join([ask, *rng.choices(pool, k=size // 2_048 + 1)]), size))
        else:
            seen.add(_grown(rng, script, size))
    made = sorted(seen)
    rng.shuffle(made)
    return made


def bodies(size: int, count: int, seed: int = 1) -> list[bytes]:
    """`count` distinct chat-completions request bodies of exactly `size` bytes, whose newest ask is at most 500 bytes.

    Each has a system prompt, a history of turns with one tool call and its result, two tool definitions, and sampling
    parameters: what a gateway gets from an agent in the middle of its work.
    """
    rng = random.Random(f"body-{size}-{seed}")
    asks = prompts("latin", 420, count, seed)
    pool = [_grown(rng, "latin", 600).decode() for _ in range(2_000)]
    tool = {
        "type": "function",
        "function": {
            "name": "search_orders",
            "description": "Find orders by customer, by date or by state.",
            "parameters": {"type": "object", "properties": {"customer": {"type": "string"}, "limit": {"type": "integer"}}},
        },
    }
    made: list[bytes] = []
    for number, ask in enumerate(asks):
        system = " ".join(rng.choices(pool, k=3))
        call = {"id": f"call_{number}", "type": "function", "function": {"name": "search_orders", "arguments": '{"limit": 5}'}}
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": system},
            {"role": "user", "content": rng.choice(pool)},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call["id"], "content": ""},
            {"role": "assistant", "content": rng.choice(pool)},
            {"role": "user", "content": ask.decode()},
        ]
        body = {"model": "auto", "messages": messages, "tools": [tool], "temperature": 0.7, "max_tokens": 2_048, "stream": True}
        room = size - len(json.dumps(body).encode())
        messages[3]["content"] = _cut(" ".join(rng.choices(pool, k=room // 600 + 1)), room).decode()
        made.append(json.dumps(body).encode())
    return made
