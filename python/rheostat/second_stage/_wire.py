"""A check of ONNX files before the runtime reads them: a whole model, and no reference to other files.

ONNX is protocol buffers. A tensor may name another file, which the runtime would open relative to the working directory; a
model given as one file must not do so. Only the fields that lead to tensors are walked.
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_INTO: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""Fields, per message, that lead to tensors (onnx.proto)."""
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_DEEPEST = 64
_MOST_TAG = (1 << 32) - 1
"""Largest tag. A reader with 32-bit tags, as protobuf's own, drops the bits above, and would see another field."""
_MOST_FIELDS = 2_000_000


class NotOnnxError(ValueError):
    """The bytes are not an ONNX model, or not one that stands alone; the message gives the reason."""


def check(content: bytes) -> None:
    """Walks a model.

    Raises:
        NotOnnxError: It is truncated, damaged or holds no graph, nests too deeply, or keeps tensors in other files.
    """
    view = memoryview(content)
    left = _MOST_FIELDS
    graphs = 0
    waiting = [("model", 0, len(view), 0)]
    while waiting:
        kind, at, end, depth = waiting.pop()
        if depth > _DEEPEST:
            raise NotOnnxError(f"messages nested more than {_DEEPEST} deep")
        for field, wire, value, start in _fields(view, at, end):
            left -= 1
            if left < 0:
                raise NotOnnxError(f"more than {_MOST_FIELDS} fields")
            if kind == "tensor" and (field == _EXTERNAL_DATA or (field == _DATA_LOCATION and value != 0)):
                raise NotOnnxError("a tensor lies in another file (external data); save the model as one file")
            into = _INTO[kind].get(field)
            if into is not None and wire == _BYTES:
                graphs += kind == "model" and into == "graph"
                waiting.append((into, start, start + value, depth + 1))
    if graphs != 1:
        raise NotOnnxError(f"{graphs} graphs where a model has 1")


def _fields(view: memoryview, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yields each field's number, its wire type, its value (or its length in bytes), and the offset of its bytes."""
    while at < end:
        tag, at = _varint(view, at, end)
        if tag > _MOST_TAG:
            raise NotOnnxError(f"no protocol buffer: a tag above 2^32 before byte {at}")
        field, wire = tag >> 3, tag & 7
        value = 0
        if wire in {_VARINT, _BYTES}:
            value, at = _varint(view, at, end)
        start = at
        if wire == _BYTES:
            at += value
        elif wire == _FIXED64:
            at += 8
        elif wire == _FIXED32:
            at += 4
        elif wire != _VARINT:
            raise NotOnnxError(f"no protocol buffer: wire type {wire} at byte {start}")
        if at > end or field == 0:
            raise NotOnnxError(f"damaged or truncated at byte {start}")
        yield field, wire, value, start


def _varint(view: memoryview, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            raise NotOnnxError(f"truncated at byte {at}")
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 64:
                raise NotOnnxError(f"no protocol buffer: a number above 2^64 before byte {at}")
            return value, at
    raise NotOnnxError(f"damaged at byte {at}")
