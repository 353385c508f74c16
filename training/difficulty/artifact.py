"""Writes the artifact format of ``rust/core/src/artifact``: sections with lengths and checksums, little-endian."""

from __future__ import annotations

import struct
import zlib

import numpy as np

MAGIC = b"RHEO"
FORMAT = 1


def build(schema: int, sections: dict[str, bytes]) -> bytes:
    """The bytes of an artifact."""
    head = MAGIC + struct.pack("<HHQ", FORMAT, len(sections), schema)
    out = [head, struct.pack("<I", zlib.crc32(head))]
    for name, data in sections.items():
        start = name.encode().ljust(8, b"\0") + struct.pack("<I", len(data))
        if len(start) != 12:
            raise ValueError(f"section name {name!r}: at most 8 bytes")
        out += [start, struct.pack("<I", zlib.crc32(start + data)), data]
    return b"".join(out)


def read(content: bytes) -> dict[str, np.ndarray]:
    """The numbers of an artifact's sections, without its name and its set of words."""
    sections, at = {}, 20
    for _ in range(struct.unpack_from("<H", content, 6)[0]):
        name, size = content[at : at + 8].rstrip(b"\0").decode(), struct.unpack_from("<I", content, at + 8)[0]
        data = content[at + 16 : at + 16 + size]
        at += 16 + size
        if name not in ("name", "seen"):
            sections[name] = np.frombuffer(data, np.int8 if name in ("words", "pairs") else "<f4").astype(float)
    return sections


def floats(values: np.ndarray | list[float]) -> bytes:
    """Numbers as 32-bit floats."""
    return np.asarray(values, "<f4").tobytes()


def signed(values: np.ndarray) -> tuple[bytes, float]:
    """Numbers as signed bytes, and the unit that they count in. The largest becomes 127."""
    unit = float(np.abs(values).max()) / 127.0 or 1.0
    return np.round(values / unit).astype(np.int8).tobytes(), unit


def bits(hashes: np.ndarray, count: int) -> bytes:
    """A set of hashes as one bit each, at the hash modulo ``count``."""
    field = np.zeros(count, bool)
    field[hashes % count] = True
    return np.packbits(field, bitorder="little").tobytes()
