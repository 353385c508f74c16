"""A network that reads bytes: an embedding, two convolutions, two pools, one weight for each of what is left.

No tokenizer: a text is the bytes of its head and tail, padded with zeros. The mean is over every position, padding included, so
it knows how long a text is.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LENGTH = 512
EMBEDDING, CHANNELS = 16, 64
FIRST, FIRST_STRIDE = 8, 4
SECOND, SECOND_STRIDE = 3, 2
Weights = dict[str, jnp.ndarray]


def encode(text: str) -> np.ndarray:
    """The bytes that are read of a text, as `rheostat.second_stage` hands them over."""
    data = text.encode("utf-8", "replace")
    if len(data) > LENGTH:
        data = data[: LENGTH // 2] + data[-(LENGTH - LENGTH // 2) :]
    return np.frombuffer(data.ljust(LENGTH, b"\0"), np.uint8)


def start(seed: int) -> Weights:
    """Weights to begin with."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> jnp.ndarray:
        fan = max(int(np.prod(shape[1:])), 1)
        return jnp.asarray(rng.normal(0.0, np.sqrt(2.0 / fan), shape), jnp.float32)

    return {
        "embedding": normal(256, EMBEDDING) * 0.5,
        "first": normal(CHANNELS, EMBEDDING, FIRST),
        "first_bias": jnp.zeros(CHANNELS),
        "second": normal(CHANNELS, CHANNELS, SECOND),
        "second_bias": jnp.zeros(CHANNELS),
        "mean": jnp.zeros(CHANNELS),
        "most": jnp.zeros(CHANNELS),
        "bias": jnp.zeros(()),
    }


def location(weights: Weights, data: jnp.ndarray) -> jnp.ndarray:
    """How hard texts [batch, LENGTH] are, in logits."""
    known = (data > 0).astype(jnp.float32)[:, None, :]
    x = weights["embedding"][data].transpose(0, 2, 1) * known
    for name, stride in (("first", FIRST_STRIDE), ("second", SECOND_STRIDE)):
        x = jax.lax.conv_general_dilated(x, weights[name], (stride,), "VALID")
        x = jax.nn.relu(x + weights[f"{name}_bias"][None, :, None])
    return x.mean(axis=2) @ weights["mean"] + x.max(axis=2) @ weights["most"] + weights["bias"]


def export(weights: Weights) -> onnx.ModelProto:
    """The network as ONNX, with the signature of `rheostat.second_stage`: bytes in, difficulty in [0, 1] out."""
    table = np.array(weights["embedding"])
    table[0] = 0.0  # padding
    constants = {name: np.asarray(weights[name], np.float32) for name in ("first", "first_bias", "second", "second_bias")} | {
        "table": table,
        "mean": np.asarray(weights["mean"], np.float32)[:, None],
        "most": np.asarray(weights["most"], np.float32)[:, None],
        "bias": np.asarray(weights["bias"], np.float32).reshape(1, 1),
    }
    node = helper.make_node
    nodes = [
        node("Cast", ["bytes"], ["places"], to=TensorProto.INT64),
        node("Gather", ["table", "places"], ["rows"]),
        node("Transpose", ["rows"], ["columns"], perm=[0, 2, 1]),
        node("Conv", ["columns", "first", "first_bias"], ["c1"], strides=[FIRST_STRIDE]),
        node("Relu", ["c1"], ["r1"]),
        node("Conv", ["r1", "second", "second_bias"], ["c2"], strides=[SECOND_STRIDE]),
        node("Relu", ["c2"], ["r2"]),
        node("GlobalAveragePool", ["r2"], ["average"]),
        node("GlobalMaxPool", ["r2"], ["greatest"]),
        node("Flatten", ["average"], ["a"]),
        node("Flatten", ["greatest"], ["g"]),
        node("MatMul", ["a", "mean"], ["am"]),
        node("MatMul", ["g", "most"], ["gm"]),
        node("Add", ["am", "gm"], ["sum"]),
        node("Add", ["sum", "bias"], ["location"]),
        node("Sigmoid", ["location"], ["difficulty"]),
    ]
    graph = helper.make_graph(
        nodes,
        "second_stage",
        [helper.make_tensor_value_info("bytes", TensorProto.UINT8, ["batch", LENGTH])],
        [helper.make_tensor_value_info("difficulty", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model
