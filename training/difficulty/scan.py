"""The Rust scan of texts: the inputs of linear models, and the hashes of words and pairs of words.

The scan itself is run (``cargo run --example scan_export``), so training and serving cannot differ.
"""

from __future__ import annotations

import functools
import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

ROOT = Path(__file__).parents[2]
BUCKETS = 1 << 14
_SHIFT = 18  # the upper 14 bits of a hash choose its bucket


@dataclass(frozen=True)
class Scans:
    """Of ``n`` texts: ``inputs`` (n × features), and for text ``i`` its hashes ``words[starts[i]:starts[i + 1]]``."""

    inputs: np.ndarray
    starts: np.ndarray
    words: np.ndarray
    pairs: np.ndarray

    def counts(self) -> np.ndarray:
        """Number of words of each text."""
        return np.diff(self.starts)

    def bag(self, hashes: np.ndarray) -> sparse.csr_matrix:
        """Hashed counts, by row, over the root of the number of words: what the artifact's tables are multiplied with."""
        rows = np.repeat(np.arange(len(self.starts) - 1), self.counts())
        scale = 1.0 / np.sqrt(np.maximum(self.counts(), 1))
        shape = (len(self.starts) - 1, BUCKETS)
        return sparse.csr_matrix((scale[rows], (rows, hashes >> _SHIFT)), shape=shape)


@functools.cache
def schema() -> tuple[int, list[str]]:
    """The schema hash that an artifact carries, and the names of the features."""
    lines = _example("schema", b"").decode().splitlines()
    return int(lines[0], 16), lines[1:]


def scan(texts: list[str]) -> Scans:
    """Scans texts with the default window."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    output = _example("scan_export", b"".join(struct.pack("<I", len(text)) + text for text in encoded))
    features = len(schema()[1])
    inputs = np.empty((len(texts), features), np.float32)
    words, pairs, starts = [], [], [0]
    at = 0
    for row in range(len(texts)):
        inputs[row] = np.frombuffer(output, "<f4", features, at)
        at += 4 * features
        (count,) = struct.unpack_from("<I", output, at)
        at += 4
        hashes = np.frombuffer(output, "<u4", 2 * count, at)
        at += 8 * count
        words.append(hashes[:count])
        pairs.append(hashes[count:])
        starts.append(starts[-1] + count)
    if at != len(output):
        raise RuntimeError(f"the scan wrote {len(output)} bytes; {at} were expected")
    return Scans(inputs, np.array(starts), np.concatenate(words), np.concatenate(pairs))


@functools.cache
def _program(name: str) -> Path:
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "rheostat", "--example", name], check=True, cwd=ROOT)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "examples" / name


def _example(name: str, data: bytes) -> bytes:
    return subprocess.run([_program(name)], input=data, stdout=subprocess.PIPE, check=True).stdout
