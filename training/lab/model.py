"""A decoder-only transformer in JAX: RMSNorm, rotary positions, squared-ReLU, no biases; and its optimiser, Muon with Adam."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Weights = dict[str, Any]
ROTARY_BASE = 1000.0
EPSILON = 1e-6


@dataclass(frozen=True)
class Shape:
    """The size of a model. `said`: how many of the tokens the head can say."""

    width: int
    layers: int
    heads: int
    vocabulary: int
    said: int

    @property
    def parameters(self) -> int:
        """Number of parameters, norm gains folded away."""
        return 12 * self.width**2 * self.layers + self.width * (self.vocabulary + self.said)


def initial(shape: Shape, seed: int) -> Weights:
    """Random weights: embedding [V, d], head [d, S], and per layer q k v o [d, d], up [d, 4d], down [4d, d], gains [d]."""
    rng = np.random.default_rng(seed)
    d, layers = shape.width, shape.layers

    def matrix(rows: int, columns: int, scale: float = 1.0) -> jax.Array:
        return jnp.asarray(rng.standard_normal((layers, rows, columns)) * scale / np.sqrt(rows), jnp.float32)

    small = 1 / np.sqrt(2 * layers)
    return {
        "embedding": jnp.asarray(rng.standard_normal((shape.vocabulary, d)) * 0.02, jnp.float32),
        "head": jnp.asarray(rng.standard_normal((d, shape.said)) / np.sqrt(d) * 0.5, jnp.float32),
        "gain": jnp.ones(d),
        "blocks": {
            "query": matrix(d, d), "key": matrix(d, d), "value": matrix(d, d), "out": matrix(d, d, small),
            "up": matrix(d, 4 * d), "down": matrix(4 * d, d, small),
            "gain_attend": jnp.ones((layers, d)), "gain_think": jnp.ones((layers, d)),
        },
    }  # fmt: skip


def norm(x: jax.Array, gain: jax.Array) -> jax.Array:
    """RMSNorm."""
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + EPSILON) * gain


def rotations(positions: jax.Array, size: int) -> tuple[jax.Array, jax.Array]:
    """Cosine and sine [..., size / 2] of rotary positions, for halves of a head."""
    frequencies = ROTARY_BASE ** (-jnp.arange(0, size // 2) / (size // 2))
    angle = positions[..., None] * frequencies
    return jnp.cos(angle), jnp.sin(angle)


def turn(x: jax.Array, cosine: jax.Array, sine: jax.Array) -> jax.Array:
    """Turns heads [..., h, d] by their positions."""
    a, b = jnp.split(x, 2, -1)
    cosine, sine = cosine[..., None, :], sine[..., None, :]
    return jnp.concatenate([a * cosine - b * sine, a * sine + b * cosine], -1)


def hidden(weights: Weights, tokens: jax.Array, segments: jax.Array, positions: jax.Array, heads: int) -> jax.Array:
    """Returns the normed output of the last block: [B, T, d]."""
    x = weights["embedding"][tokens]
    return norm(through(weights["blocks"], x, segments, positions, heads), weights["gain"])


def through(blocks: Weights, x: jax.Array, segments: jax.Array, positions: jax.Array, heads: int) -> jax.Array:
    """Returns the output of some blocks for x [B, T, d]. Tokens see their own segment only, and nothing to the right."""
    batch, length, d = x.shape
    size = d // heads
    cosine, sine = rotations(positions, size)
    seen = (segments[:, :, None] == segments[:, None, :]) & jnp.tril(jnp.ones((length, length), bool))
    bias = jnp.where(seen, 0.0, -1e9)[:, None]
    for i in range(blocks["query"].shape[0]):
        b = {name: value[i] for name, value in blocks.items()}
        h = norm(x, b["gain_attend"])
        q, k, v = ((h @ b[name]).reshape(batch, length, heads, size) for name in ("query", "key", "value"))
        q, k = turn(q, cosine, sine), turn(k, cosine, sine)
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(size) + bias
        mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores, -1), v).reshape(batch, length, d)
        x = x + mixed @ b["out"]
        up = jax.nn.relu(norm(x, b["gain_think"]) @ b["up"])
        x = x + (up * up) @ b["down"]
    return x


def loss(weights: Weights, batch: tuple[jax.Array, ...], heads: int) -> jax.Array:
    """Mean cross-entropy of the learnt tokens, each from what stands before it."""
    tokens, segments, positions, learnt = batch
    logits = hidden(weights, tokens[:, :-1], segments[:, :-1], positions[:, :-1], heads) @ weights["head"]
    target, mask = tokens[:, 1:], learnt[:, 1:]
    picked = jnp.take_along_axis(logits, jnp.minimum(target, logits.shape[-1] - 1)[..., None], -1)[..., 0]
    return jnp.sum((jax.nn.logsumexp(logits, -1) - picked) * mask) / jnp.maximum(jnp.sum(mask), 1)


def orthogonal(g: jax.Array) -> jax.Array:
    """The nearest orthogonal matrix, nearly: five Newton-Schulz steps (Jordan et al. 2024, "Muon")."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = g.shape[-2] > g.shape[-1]
    x = jnp.swapaxes(g, -1, -2) if tall else g
    x = x / (jnp.linalg.norm(x, axis=(-2, -1), keepdims=True) + 1e-7)
    for _ in range(5):
        s = x @ jnp.swapaxes(x, -1, -2)
        x = a * x + (b * s + c * s @ s) @ x
    return jnp.swapaxes(x, -1, -2) if tall else x


MATRICES = ("query", "key", "value", "out", "up", "down")


def start(weights: Weights) -> Weights:
    """The optimiser's state."""
    zeros = jax.tree.map(jnp.zeros_like, weights)
    return {"first": zeros, "second": jax.tree.map(jnp.zeros_like, weights), "step": jnp.zeros((), jnp.int32)}


@partial(jax.jit, static_argnames=("heads",), donate_argnums=(0, 1))
def update(
    weights: Weights, state: Weights, batch: tuple[jax.Array, ...], rate: jax.Array, heads: int
) -> tuple[Weights, Weights, jax.Array]:
    """One step: Muon on the block matrices (rate 0.02, momentum 0.95, decay), Adam on the rest (rate 0.003), clipped at 1."""
    value, grads = jax.value_and_grad(loss)(weights, batch, heads)
    total = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(grads)))
    grads = jax.tree.map(lambda g: g * jnp.minimum(1.0, 1.0 / (total + 1e-9)), grads)
    step = state["step"] + 1

    def adam(w: jax.Array, g: jax.Array, m: jax.Array, v: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        m, v = 0.9 * m + 0.1 * g, 0.98 * v + 0.02 * g * g
        return w - 0.003 * rate * (m / (1 - 0.9**step)) / (jnp.sqrt(v / (1 - 0.98**step)) + 1e-9), m, v

    def muon(w: jax.Array, g: jax.Array, m: jax.Array, v: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        m = 0.95 * m + g
        change = orthogonal(g + 0.95 * m) * np.sqrt(max(1.0, w.shape[-2] / w.shape[-1]))
        return w - 0.02 * rate * (change + 0.1 * w), m, v

    new: dict[str, Weights] = {"weights": {"blocks": {}}, "first": {"blocks": {}}, "second": {"blocks": {}}}
    for name in ("embedding", "head", "gain"):
        result = adam(weights[name], grads[name], state["first"][name], state["second"][name])
        new["weights"][name], new["first"][name], new["second"][name] = result
    for name in weights["blocks"]:
        rule = muon if name in MATRICES else adam
        result = rule(*(tree["blocks"][name] for tree in (weights, grads, state["first"], state["second"])))
        new["weights"]["blocks"][name], new["first"]["blocks"][name], new["second"]["blocks"][name] = result
    return new["weights"], {"first": new["first"], "second": new["second"], "step": step}, value
