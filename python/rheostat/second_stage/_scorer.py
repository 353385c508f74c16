"""A scorer in an ONNX file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Literal

import numpy as np

from rheostat._checks import invalid
from rheostat._native import feature_specs, features_batch
from rheostat.errors import InvalidTypeError, InvalidValueError
from rheostat.second_stage._file import first_line, load

_WANTED = (
    "one input: uint8 or int64 [batch, length] (bytes), string [batch] (texts), or float32 [batch, {features}] (features); "
    "one output: float32 or float64 {said}"
)
_LONGEST = 65_536
_PROBES = ("What is the capital of France?", "", "\u00e4\u20ac\U0001f600 " * 1_000)
"""Texts on which a file is tried: an ask, an empty text, and one that is longer than its input."""


@dataclass(frozen=True)
class Signature:
    """Inputs and outputs of a file.

    Attributes:
        kind: `"bytes"`, `"text"` or `"features"`.
        input: The input's name.
        dtype: The input's element type, in ONNX's words.
        length: Bytes of a text that are read, half from the head and half from the tail. 0: texts are read whole.
        output: The output's name.
        rungs: The rungs whose chances it returns; none if it returns a difficulty.
    """

    kind: Literal["bytes", "text", "features"]
    input: str
    dtype: str
    length: int
    output: str
    rungs: tuple[str, ...] = ()


class OnnxScorer:
    """A network in an ONNX file. Called with a text, it returns the difficulty in [0, 1], or P(correct) per rung.

    The file has one input; `batch` is 1 or free:

    - `uint8` [batch, length]: the text's bytes (UTF-8), padded with zeros. A longer text is cut to its first `length // 2` and
      its last `length − length // 2` bytes.
    - `int64` [batch, length]: the same bytes, each plus 1; 0 is padding.
    - `string` [batch]: the text.
    - `float32` [batch, features]: the row of `rheostat.features.extract_batch([text], inputs=True)`.

    and one output, `float32` or `float64`: [batch] or [batch, 1], the difficulty (the share in [0, 1] of a mixed panel of models
    that would fail); or, with `rungs`, [batch, rungs], the chance in [0, 1] that each answers correctly.

    The file is checked before the runtime reads it, and then tried on three texts. It runs on one core, and any thread may call
    it.

    Args:
        path: The file.
        rungs: Names of the rungs, in the order of the output's columns.
        length: Bytes of a text that are read, for a file whose length is free.
        largest: Largest file, in bytes.

    Raises:
        MissingExtraError: The extra `onnx` is not installed.
        ArtifactError: The file cannot be read, is too large, damaged, keeps tensors in other files, or has another signature;
            the message names what it found and what it wants.
        InvalidValueError: `length` or `largest` is out of bounds.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        rungs: Sequence[str] = (),
        length: int = 512,
        largest: int = 64 * 1024 * 1024,
    ) -> None:
        """Reads, checks and tries the file."""
        if isinstance(rungs, str) or not all(isinstance(name, str) for name in rungs):
            raise InvalidTypeError("rungs: a sequence of rungs' names is wanted")
        if len(set(rungs)) != len(rungs):
            raise invalid("rungs", list(rungs), "names that differ")
        if not 2 <= length <= _LONGEST:
            raise invalid("length", length, f"between 2 and {_LONGEST}")
        if largest < 1:
            raise invalid("largest", largest, "at least 1")
        self._file = load(path, largest)
        self._session, self._refused = self._file.session, self._file.refused
        self.signature = self._sign(length, tuple(rungs))
        for text in _PROBES:
            try:
                self(text)
            except InvalidValueError as error:
                raise self._refused(str(error)) from error
            except Exception as error:
                raise self._refused(f"it fails on a text of {len(text)} characters: {first_line(error)}") from error

    def __call__(self, text: str) -> float | dict[str, float]:
        """Returns the difficulty of a text, in [0, 1]; with `rungs`, P(correct) of each.

        Raises:
            InvalidTypeError: The text is not a `str`.
            InvalidValueError: The file's output is outside [0, 1].
        """
        if not isinstance(text, str):
            raise InvalidTypeError(f"text: a str is wanted, not {type(text).__name__}")
        said = self._session.run([self.signature.output], {self.signature.input: self._feed(text)})[0]
        rungs = self.signature.rungs
        wanted = {(1, len(rungs))} if rungs else {(1,), (1, 1)}
        if said.shape not in wanted or said.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
            found = f"{said.dtype} {list(said.shape)}"
            shape = f"[1, {len(rungs)}]" if rungs else "[1] or [1, 1]"
            raise InvalidValueError(f"output {self.signature.output!r}: {found} for one text; float32 {shape} is wanted")
        values = [float(value) for value in said.reshape(-1)]
        for value in values:
            if not 0.0 <= value <= 1.0:
                what = "chance" if rungs else "difficulty"
                raise invalid(f"output {self.signature.output!r}: {what}", value, "between 0 and 1")
        return dict(zip(rungs, values, strict=True)) if rungs else values[0]

    def _feed(self, text: str) -> np.ndarray[Any, Any]:
        signature = self.signature
        if signature.kind == "text":
            return np.array([text], dtype=object)
        if signature.kind == "features":
            return np.asarray(features_batch([text], inputs=True, threads=1)[0], np.float32)
        data, most = text.encode("utf-8", "replace"), signature.length
        if len(data) > most:
            data = data[: most // 2] + data[-(most - most // 2) :]
        row = np.zeros((1, most), np.uint8 if "uint8" in signature.dtype else np.int64)
        row[0, : len(data)] = np.frombuffer(data, np.uint8)
        if row.dtype == np.int64:
            row[0, : len(data)] += 1
        return row

    def _sign(self, length: int, rungs: tuple[str, ...]) -> Signature:
        features = len(feature_specs())
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        found = "; ".join(
            f"{what} {place.name!r}: {place.type} {place.shape}"
            for what, places in (("input", inputs), ("output", outputs))
            for place in places
        )
        said_as = "[batch] or [batch, 1], the difficulty in [0, 1]"
        if rungs:
            said_as = f"[batch, {len(rungs)}], P(correct) of {', '.join(rungs)}"
        wrong = self._refused(f"found {found}; wanted {_WANTED.format(features=features, said=said_as)}")
        if len(inputs) != 1 or len(outputs) != 1:
            raise wrong
        (given,), (said,) = inputs, outputs
        shapes: tuple[list[int | None], ...] = ([None, len(rungs)],) if rungs else ([None], [None, 1])
        if said.type not in {"tensor(float)", "tensor(double)"} or not _fits(said.shape, *shapes):
            raise wrong
        of: dict[str, Any] = {"input": given.name, "dtype": given.type, "output": said.name, "rungs": rungs}
        if given.type == "tensor(string)" and _fits(given.shape, [None]):
            return Signature(kind="text", length=0, **of)
        if given.type == "tensor(float)" and _fits(given.shape, [None, features]):
            return Signature(kind="features", length=0, **of)
        if given.type in {"tensor(uint8)", "tensor(int64)"} and len(given.shape) == 2 and _fits(given.shape[:1], [None]):
            fixed = given.shape[1]
            if not isinstance(fixed, int):
                return Signature(kind="bytes", length=length, **of)
            if 2 <= fixed <= _LONGEST:
                return Signature(kind="bytes", length=fixed, **of)
        raise wrong


def _fits(shape: list[Any], *wanted: list[int | None]) -> bool:
    """Returns True if a declared shape is one of these; None stands for the batch, which is free or 1."""
    free = [place if isinstance(place, int) else None for place in shape]
    return any(
        len(free) == len(one)
        and all(have in {None, 1} if want is None else have in {None, want} for have, want in zip(free, one, strict=True))
        for one in wanted
    )
