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

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .model import EPSILON, ROTARY_BASE, Weights

OPSET = 17
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


def export(weights: Weights, heads: int, last: str = "logits", head: np.ndarray | None = None) -> onnx.ModelProto:
    """The ONNX model of weights. `head` replaces the model's own, for one that says something else; `last` names its output."""
    blocks = {name: np.asarray(value, np.float32) for name, value in weights["blocks"].items()}
    layers, width = blocks["query"].shape[:2]
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
    for i in range(layers):
        x = _block(graph, i, x, {name: value[i] for name, value in blocks.items()}, angles)
    matrix = np.asarray(weights["head"] if head is None else head, np.float32) * np.asarray(weights["gain"])[:, None]
    graph.node("MatMul", graph.norm(x), graph.weight("head", matrix), outputs=[last])
    return _model(graph, layers, (heads, size), last, matrix.shape[1])


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


def _model(graph: Graph, layers: int, head: tuple[int, int], last: str, said: int) -> onnx.ModelProto:
    def tensor(name: str, *shape: str | int, kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, list(shape))

    heads, size = head
    inputs = [tensor("tokens", "B", "T", kind=TensorProto.INT64), tensor("positions", "B", "T", kind=TensorProto.INT64)]
    inputs += [tensor("past_bias", "B", 1, 1, "P"), tensor("new_bias", "B", 1, "T", "T")]
    outputs = [tensor(last, "B", "T", said)]
    for i in range(layers):
        for part in ("key", "value"):
            inputs.append(tensor(f"past_{part}_{i}", "B", heads, "P", size))
            outputs.append(tensor(f"new_{part}_{i}", "B", heads, "T", size))
    made = helper.make_graph(graph.nodes, "rheostat-lab", inputs, outputs, graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="rheostat")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model
