"""Versions and plan ids computed from docs/identity.md alone: its tables are read, not repeated."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
MASK = (1 << 64) - 1
SECRETS = (
    0x2D358DCCAA6C78A5,
    0x8BB84B93962EACC9,
    0x4B33A62ED433D4A3,
    0x4D5A2DA51DE1AA47,
    0xA0761D6478BD642F,
    0xE7037ED1A0B428DB,
    0x90ED1765281C388C,
)


def mix(a: int, b: int) -> int:
    """The two halves of the 128-bit product, folded."""
    product = a * b
    return (product & MASK) ^ (product >> 64)


def rapidhash(data: bytes) -> int:
    """Rapidhash version 3, default seed and secrets."""
    seed, length = mix(SECRETS[2], SECRETS[1]), len(data)

    def word(at: int) -> int:
        return int.from_bytes(data[at : at + 8], "little")

    start = 0
    if length > 112:
        lanes = [seed] * 7
        while length - start > 112:
            lanes = [mix(word(start + 16 * i) ^ SECRETS[i], word(start + 16 * i + 8) ^ lane) for i, lane in enumerate(lanes)]
            start += 112
        seed = 0
        for lane in lanes:
            seed ^= lane
    rest = length - start
    if length > 16:
        for i, secret in enumerate((2, 2, 1, 1, 2, 1)):
            if rest > 16 * (i + 1):
                seed = mix(word(start + 16 * i) ^ SECRETS[secret], word(start + 16 * i + 8) ^ seed)
        a, b = word(length - 16) ^ rest, word(length - 8)
    elif length >= 4:
        size = 8 if length >= 8 else 4
        seed ^= length
        a, b = (int.from_bytes(part, "little") for part in (data[:size], data[-size:]))
    else:
        a, b = (data[0] << 45 | data[-1], data[length >> 1]) if data else (0, 0)
    product = (a ^ SECRETS[1]) * (b ^ seed)
    return mix((product & MASK) ^ 0xAAAAAAAAAAAAAAAA, (product >> 64) ^ SECRETS[1] ^ rest)


def _records() -> dict[str, list[str]]:
    rows = re.findall(r"^\| ([a-z_, ]+) \|(.*)\|$", PAGE.split("## Records")[1].split("## The query")[0], re.MULTILINE)
    fields = {name: re.findall(r"\w+", names) for kinds, names in rows for name in kinds.split(", ")}
    del fields["record"]
    return fields


RECORDS = _records()
"""The fields of each record, in order, as the page has them."""


class Record:
    """A record of the page: its name, and its fields' values by name."""

    def __init__(self, name: str, /, **fields: object) -> None:
        """Every field of the page must be given, and no other."""
        assert set(fields) == set(RECORDS[name]), set(fields) ^ set(RECORDS[name])
        self.name, self.values = name, [fields[field] for field in RECORDS[name]]


class Pair(tuple[object, ...]):
    """Two values without a tag of their own."""

    __slots__ = ()


def encode(value: object) -> bytes:
    """A value as bytes."""
    if value is None:
        return b"\x06"
    if isinstance(value, bool):
        return b"\x05" if value else b"\x04"
    if isinstance(value, int):
        return b"\x01" + struct.pack("<Q", value)
    if isinstance(value, float):
        return b"\x02" + struct.pack("<d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\x03" + struct.pack("<Q", len(text)) + text
    if isinstance(value, Record):
        name = value.name.encode()
        return b"\x08" + struct.pack("<Q", len(name)) + name + b"".join(map(encode, value.values))
    if isinstance(value, Pair):
        return b"".join(map(encode, value))
    assert isinstance(value, Sequence)
    return b"\x07" + struct.pack("<Q", len(value)) + b"".join(map(encode, value))


def digest(value: object) -> int:
    """The digest of a value."""
    return rapidhash(encode(value))


def query_digest(version: str, ask: bytes, structure: Mapping[str, int], last: Iterable[int]) -> str:
    """The first half of a plan's id; `last` are its numbers 12 to 14."""
    s = structure
    sizes = [s[f"{part}_bytes"] for part in ("ask", "total", "system", "history", "tool_result", "document")]
    counts = [s["messages"] << 32 | s["images"], s["tools_offered"] << 32 | s["tool_calls"], s["tool_bytes"]]
    numbers = [rapidhash(version.encode()), rapidhash(ask), *sizes, *counts, *last]
    return f"{rapidhash(struct.pack('<14Q', *numbers)):016x}"
