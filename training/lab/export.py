"""Weights to ONNX: one graph for reading a prompt and for writing a token, with the keys and values of earlier tokens as inputs.

Inputs, for B streams, T new tokens, P positions of cache:
    tokens [B, T] int64, positions [B, T] int64
    past_bias [B, 1, 1, P]: 0 where the cache holds something, -1e9 where not;  new_bias [B, 1, T, T]: the same among new tokens
    past_key_i, past_value_i [B, heads, P, size] for each layer i
Outputs:
    logits [B, T, sayable];  new_key_i, new_value_i [B, heads, T, size]

The cache is only read: scores on old and on new tokens are computed apart and joined before the softmax, so a step copies
nothing but scores. Norm gains are folded into the matrices that follow, weights are kept as fp16 and computed as fp32.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from rheostat_lab.tokens import SPECIALS

from .model import EPSILON, ROTARY_BASE, Weights

OPSET = 17
LEAST = -12.0
"""Lower bound of the log-probabilities that the step scorer gets."""
SCALE = 0.25
"""Scale of the log-probabilities that the step scorer gets."""
THINKING = tuple(SPECIALS.index(mode) for mode in ("<lo>", "<hi>"))
"""Tokens that precede a working."""
POSITIONS = 512


class Graph:
    """A graph being written: nodes and constants, each named by what it is."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._count = 0

    def node(self, kind: str, *inputs: str, outputs: list[str] | None = None, **attributes: object) -> str:
        """Adds a node; the name of its (first) output."""
        self._count += 1
        names = outputs or [f"{kind.lower()}_{self._count}"]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0]

    def constant(self, name: str, value: np.ndarray) -> str:
        """Adds a constant as it is."""
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def weight(self, name: str, value: np.ndarray) -> str:
        """Adds a weight: kept as fp16, used as fp32."""
        self.constant(name, np.asarray(value, np.float16))
        return self.node("Cast", name, to=TensorProto.FLOAT)

    def norm(self, x: str) -> str:
        """RMSNorm without its gain."""
        mean = self.node("ReduceMean", self.node("Mul", x, x), axes=[-1], keepdims=1)
        root = self.node("Sqrt", self.node("Add", mean, "epsilon"))
        return self.node("Div", x, root)


def export(weights: Weights, heads: int) -> onnx.ModelProto:
    """The ONNX model of weights."""
    graph, x, _ = _read(weights, heads, weights["blocks"]["query"].shape[0])
    graph.node("Identity", _head(graph, "head", x, weights["gain"], weights["head"]), outputs=["logits"])
    return _model(graph, weights["blocks"]["query"].shape, heads, weights["head"].shape[1])


def export_scorer(weights: Weights, heads: int) -> onnx.ModelProto:
    """The ONNX model of the step scorer's weights (see `scorer.py`). It reads whole rows only: its cache stays empty."""
    last = weights["blocks"]["query"].shape[0] - 1
    graph, x, block = _read(weights, heads, last)
    said = weights["head"].shape[1]
    logits = _head(graph, "head", x, weights["gain"], weights["head"])
    for name, value in (("one", [1]), ("all", [2**31]), ("minus_one", [-1]), ("zero", [0]), ("front", [0, 1, 0, 0, 0, 0])):
        graph.constant(name, np.array(value, np.int64))
    graph.constant("sayable", np.array(said - 1, np.int64))
    graph.constant("axis", np.array(1, np.int64))
    for name, number in (("least", LEAST), ("most", -LEAST), ("scale", SCALE)):
        graph.constant(name, np.float32(number).reshape(1))
    before = graph.node("Slice", graph.node("LogSoftmax", logits, axis=-1), "zero", "minus_one", "one")
    tokens = graph.node("Min", graph.node("Slice", "tokens", "one", "all", "one"), "sayable")
    here = graph.node("GatherElements", before, graph.node("Unsqueeze", tokens, "minus_one"), axis=2)
    best = graph.node("ReduceMax", before, axes=[-1], keepdims=1)
    here = graph.node("Max", here, "least")
    doubts = graph.node("Concat", here, graph.node("Min", graph.node("Sub", best, here), "most"), axis=-1)
    lo, hi = (graph.node("Equal", "tokens", graph.constant(f"mode_{i}", np.array(i, np.int64))) for i in THINKING)
    seen = graph.node("CumSum", graph.node("Cast", graph.node("Or", lo, hi), to=TensorProto.FLOAT), "axis")
    working = graph.node("Unsqueeze", graph.node("Slice", seen, "zero", "minus_one", "one"), "minus_one")
    doubts = graph.node("Pad", graph.node("Mul", doubts, working), "front")
    doubts = graph.node("Mul", graph.node("Concat", doubts, graph.node("CumSum", doubts, "axis"), axis=-1), "scale")
    x = graph.node("Add", x, graph.node("MatMul", doubts, graph.weight("surprise", weights["surprise"])))
    directly = graph.node("MatMul", doubts, graph.weight("directly", weights["directly"]))
    judged = _head(graph, "judge", block(x, last), weights["gain_judge"], weights["judge"])
    graph.node("Add", judged, directly, outputs=["logits"])
    return _model(graph, weights["blocks"]["query"].shape, heads, 1)


def _read(weights: Weights, heads: int, layers: int) -> tuple[Graph, str, Callable[[str, int], str]]:
    """A graph up to what the first `layers` blocks say, and how another block is added."""
    blocks = {name: np.asarray(value, np.float32) for name, value in weights["blocks"].items()}
    width = blocks["query"].shape[1]
    size = width // heads
    blocks["query"] = blocks["query"] / np.sqrt(size)
    graph = Graph()
    graph.constant("epsilon", np.float32(EPSILON).reshape(1))
    graph.constant("heads_shape", np.array([0, 0, heads, size], np.int64))
    graph.constant("width_shape", np.array([0, 0, width], np.int64))
    radians = np.arange(POSITIONS)[:, None] * ROTARY_BASE ** (-np.arange(size // 2) / (size // 2))
    for name, table in (("cosines", np.cos(radians)), ("sines", np.sin(radians))):
        graph.constant(name, table.astype(np.float32)[:, None, :])
    angles = graph.node("Gather", "cosines", "positions"), graph.node("Gather", "sines", "positions")
    x = graph.node("Gather", graph.weight("embedding", weights["embedding"]), "tokens", axis=0)

    def block(x: str, i: int) -> str:
        return _block(graph, i, x, {name: value[i] for name, value in blocks.items()}, angles)

    for i in range(layers):
        x = block(x, i)
    return graph, x, block


def _head(graph: Graph, name: str, x: str, gain: np.ndarray, matrix: np.ndarray) -> str:
    return graph.node("MatMul", graph.norm(x), graph.weight(name, np.asarray(matrix, np.float32) * np.asarray(gain)[:, None]))


def _block(graph: Graph, i: int, x: str, b: Weights, angles: tuple[str, str]) -> str:
    joined = np.concatenate([b["query"], b["key"], b["value"]], 1) * b["gain_attend"][:, None]
    projected = graph.node("MatMul", graph.norm(x), graph.weight(f"attend_{i}", joined))
    parts = [f"{name}_{i}" for name in ("q", "k", "v")]
    graph.node("Split", projected, outputs=parts, axis=-1)
    q, k, v = (graph.node("Reshape", part, "heads_shape") for part in parts)
    q, k = (_turn(graph, f"{name}_{i}", part, *angles) for name, part in (("q", q), ("k", k)))
    q = graph.node("Transpose", q, perm=[0, 2, 1, 3])
    k = graph.node("Transpose", k, outputs=[f"new_key_{i}"], perm=[0, 2, 1, 3])
    v = graph.node("Transpose", v, outputs=[f"new_value_{i}"], perm=[0, 2, 1, 3])
    old = graph.node("MatMul", q, graph.node("Transpose", f"past_key_{i}", perm=[0, 1, 3, 2]))
    new = graph.node("MatMul", q, graph.node("Transpose", k, perm=[0, 1, 3, 2]))
    old, new = graph.node("Add", old, "past_bias"), graph.node("Add", new, "new_bias")
    shares = graph.node("Softmax", graph.node("Concat", old, new, axis=-1), axis=-1)
    cut = graph.node("Concat", graph.node("Shape", old, start=3), graph.node("Shape", new, start=3), axis=0)
    graph.node("Split", shares, cut, outputs=[f"old_share_{i}", f"new_share_{i}"], axis=-1)
    mixed = graph.node(
        "Add", graph.node("MatMul", f"old_share_{i}", f"past_value_{i}"), graph.node("MatMul", f"new_share_{i}", v)
    )
    mixed = graph.node("Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), "width_shape")
    x = graph.node("Add", x, graph.node("MatMul", mixed, graph.weight(f"out_{i}", b["out"])))
    up = graph.node("MatMul", graph.norm(x), graph.weight(f"up_{i}", b["up"] * b["gain_think"][:, None]))
    up = graph.node("Relu", up)
    return graph.node("Add", x, graph.node("MatMul", graph.node("Mul", up, up), graph.weight(f"down_{i}", b["down"])))


def _turn(graph: Graph, name: str, x: str, cosine: str, sine: str) -> str:
    a, b = f"{name}_a", f"{name}_b"
    graph.node("Split", x, outputs=[a, b], axis=-1)
    left = graph.node("Sub", graph.node("Mul", a, cosine), graph.node("Mul", b, sine))
    right = graph.node("Add", graph.node("Mul", a, sine), graph.node("Mul", b, cosine))
    return graph.node("Concat", left, right, axis=-1)


def _model(graph: Graph, shape: tuple[int, ...], heads: int, said: int) -> onnx.ModelProto:
    def tensor(name: str, *shape: str | int, kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, list(shape))

    layers, size = shape[0], shape[1] // heads
    inputs = [tensor("tokens", "B", "T", kind=TensorProto.INT64), tensor("positions", "B", "T", kind=TensorProto.INT64)]
    inputs += [tensor("past_bias", "B", 1, 1, "P"), tensor("new_bias", "B", 1, "T", "T")]
    outputs = [tensor("logits", "B", "T", said)]
    for i in range(layers):
        for part in ("key", "value"):
            inputs.append(tensor(f"past_{part}_{i}", "B", heads, "P", size))
            outputs.append(tensor(f"new_{part}_{i}", "B", heads, "T", size))
    made = helper.make_graph(graph.nodes, "rheostat-lab", inputs, outputs, graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="rheostat")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model
