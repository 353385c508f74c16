"""ONNX files: read within a bound, checked before the runtime reads them, and loaded for one core."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from rheostat._extras import need
from rheostat.errors import ArtifactError
from rheostat.second_stage import _wire

__all__ = ["OnnxFile", "first_line", "load"]


@dataclass(frozen=True)
class OnnxFile:
    """A loaded file."""

    path: Path
    session: Any

    def refused(self, why: str) -> ArtifactError:
        """Returns the error that refuses it."""
        return ArtifactError(f"{self.path}: {why}")


def load(path: str | PathLike[str], largest: int) -> OnnxFile:
    """Loads a file of at most `largest` bytes.

    Raises:
        MissingExtraError: The extra `onnx` is not installed.
        ArtifactError: It cannot be read, is too large, damaged, or keeps tensors in other files.
    """
    runtime: Any = need("onnxruntime", "onnx")
    file = OnnxFile(Path(path), None)
    content = _read(file, largest)
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
    options.log_severity_level = 4
    try:
        return OnnxFile(file.path, runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"]))
    except Exception as error:  # The runtime's errors have no common base but this.
        raise file.refused(f"the runtime cannot load it: {first_line(error)}") from error


def _read(file: OnnxFile, largest: int) -> bytes:
    try:
        with file.path.open("rb") as opened:
            content = opened.read(largest + 1)
    except OSError as error:
        raise ArtifactError(f"{file.path}: it cannot be read: {error.strerror or error}") from error
    if len(content) > largest:
        raise file.refused(f"more than {largest} bytes; `largest` says how many may be read")
    try:
        _wire.check(content)
    except _wire.NotOnnxError as error:
        raise file.refused(str(error)) from error
    return content


def first_line(error: BaseException) -> str:
    """Returns the first line of an error's message, cut."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
