"""The step scorer (a process reward model): after each step of a working, the chance that all is right so far.

Trained on the models' own workings, sampled at temperature 1, whose steps are compared with the right working's: the order of
parts is fixed and the steps are numbered, so a step is right exactly when it says what the right working says. Searches are left
out: they have a verifier. `python -m training.lab.scorer` samples, trains and writes `out/steps.npz`.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from random import Random

import jax
import jax.numpy as jnp
import numpy as np

from rheostat.lab import Lab, Request
from rheostat.lab.tokens import Tokenizer

from .examples import question
from .model import Shape, Weights, hidden, initial
from .train import save

SHAPE = (48, 2, 3)
WIDTH = 256


def scorer_shape(vocabulary: int) -> Shape:
    """Its size: one number is said."""
    return Shape(SHAPE[0], SHAPE[1], SHAPE[2], vocabulary, 1)


def examples(lab: Lab, count: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Sequences and, at each token, 1 or 0 where a step ends that is right or wrong so far, else -1."""
    rng = Random(seed)
    made = []
    for model in ("lab-tiny", "lab-medium"):
        asked = [q for q in (question(rng) for _ in range(count // 2)) if q.family != "reach"]
        requests = [Request(q.text, rng.choice(("lo", "hi")), temperature=1.0, seed=i) for i, q in enumerate(asked)]
        for q, request, stream in zip(asked, requests, lab[model].serve(requests), strict=True):
            right = lab[model].tokenizer.encode(q.long if request.mode == "hi" else q.short)
            ids = [*stream.prompt, *stream.tokens[: stream.thought]]
            made.append(
                (ids[:WIDTH], labels(lab[model].tokenizer, stream.prompt, stream.tokens[: stream.thought], right)[:WIDTH])
            )
    return made


def labels(tokenizer: Tokenizer, prompt: list[int], working: list[int], right: list[int]) -> list[int]:
    """What each token of a working is told: at a step's end, whether it and all before it are as they should be."""
    end = tokenizer.encode(";")[0]
    told = [-1] * len(prompt)
    for i, token in enumerate(working):
        told.append(int(working[: i + 1] == right[: i + 1]) if token == end else -1)
    return told


def batches(made: list[tuple[list[int], list[int]]], seed: int, rows: int = 8) -> list[tuple[np.ndarray, ...]]:
    """Rows of one example each, of one length together."""
    order = sorted(range(len(made)), key=lambda i: len(made[i][0]))
    groups = [order[i : i + rows] for i in range(0, len(order) - rows + 1, rows)]
    Random(seed).shuffle(groups)
    out = []
    for group in groups:
        width = -(-max(len(made[i][0]) for i in group) // 32) * 32
        tokens, told = np.zeros((rows, width), np.int32), np.full((rows, width), -1, np.int32)
        for row, i in enumerate(group):
            ids, marks = made[i]
            tokens[row, : len(ids)], told[row, : len(marks)] = ids, marks
        out.append((tokens, told))
    return out


def scores(weights: Weights, tokens: jax.Array) -> jax.Array:
    """Logits [B, T]."""
    positions = jnp.broadcast_to(jnp.arange(tokens.shape[1]), tokens.shape)
    return (hidden(weights, tokens, jnp.ones_like(tokens), positions, SHAPE[2]) @ weights["judge"])[..., 0]


def loss(weights: Weights, tokens: jax.Array, told: jax.Array) -> jax.Array:
    """Mean logistic loss at the steps' ends."""
    z, mask = scores(weights, tokens), told >= 0
    each = jnp.logaddexp(0.0, jnp.where(told == 1, -z, z))
    return jnp.sum(each * mask) / jnp.maximum(jnp.sum(mask), 1)


State = tuple[Weights, Weights, Weights]


@partial(jax.jit, donate_argnums=(0,))
def update(state: State, tokens: jax.Array, told: jax.Array, step: jax.Array, rate: jax.Array) -> tuple[State, jax.Array]:
    """One step of Adam, on weights and both moments."""
    weights, first, second = state
    value, grads = jax.value_and_grad(loss)(weights, tokens, told)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, grads)
    second = jax.tree.map(lambda v, g: 0.98 * v + 0.02 * g * g, second, grads)

    def moved(w: jax.Array, m: jax.Array, v: jax.Array) -> jax.Array:
        return w - rate * (m / (1 - 0.9**step)) / (jnp.sqrt(v / (1 - 0.98**step)) + 1e-9)

    return (jax.tree.map(moved, weights, first, second), first, second), value


def auroc(score: np.ndarray, right: np.ndarray) -> float:
    """The chance that a right step scores above a wrong one."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    positives = right.sum()
    return float((ranks[right == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(right) - positives)))


def main() -> None:
    """Reads the arguments, trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("lab/rheostat_lab"))
    parser.add_argument("--out", type=Path, default=Path("training/lab/out"))
    parser.add_argument("--examples", type=int, default=12_000)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=11)
    arguments = parser.parse_args()
    lab = Lab.load(arguments.weights, capacity=64)
    made = examples(lab, arguments.examples, arguments.seed)
    held, made = made[:1000], made[1000:]
    weights = {**initial(scorer_shape(len(lab.weights.tokenizer())), arguments.seed)}
    del weights["head"]
    weights["judge"] = jnp.zeros((SHAPE[0], 1))
    state: State = (weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights))
    began, step, epoch, seconds = time.monotonic(), 0, 0, 60 * arguments.minutes
    while (done := (time.monotonic() - began) / seconds) < 1:
        for tokens, told in batches(made, epoch):
            done = (time.monotonic() - began) / seconds
            if done >= 1:
                break
            step += 1
            rate = jnp.float32(0.003 * min(1.0, step / 50) * max(0.02, 1 - done))
            state, value = update(state, jnp.asarray(tokens), jnp.asarray(told), jnp.float32(step), rate)
            if step % 200 == 0:
                print(f"step {step} {done:.0%} epoch {epoch} loss {float(value):.3f}", flush=True)
        epoch += 1
    weights = state[0]
    found = [(np.asarray(scores(weights, jnp.asarray(tokens))), told) for tokens, told in batches(held, 0)]
    score = np.concatenate([z[told >= 0] for z, told in found])
    right = np.concatenate([told[told >= 0] for _, told in found])
    facts = {"size": "steps", "steps": step, "tokens": 0, "seed": arguments.seed, "examples": len(made)}
    facts |= {"seconds": round(time.monotonic() - began), "right_share": round(float(right.mean()), 4)}
    facts["auroc"] = round(auroc(score, right), 4)
    print(facts, flush=True)
    save(arguments.out / "steps.npz", weights, facts)


if __name__ == "__main__":
    main()
