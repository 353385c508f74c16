"""The step scorer (a process reward model): after each step of a working, the chance that all is right so far.

It begins as the medium model, and reads a working as that model would go on: how likely each token was to it, by how much another
would have been likelier, and both summed up so far, goes into one more block, which judges at the end of each step. All of it is
then trained, on workings sampled from the tiny and the medium model, and on right workings that one change spoiled. The order of
parts is fixed and the steps are numbered, so a step is right exactly when the text so far equals the right working. Searches
are left out: they have a verifier. `python -m training.lab.scorer` samples, trains and writes `out/steps.npz`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import jax
import jax.numpy as jnp
import numpy as np

from rheostat_lab import Lab, Question, Request
from rheostat_lab.questions import MIX, of_kind
from rheostat_lab.tokens import Tokenizer

from .examples import question
from .export import LEAST, SCALE, THINKING
from .model import Shape, Weights, initial, norm, through
from .train import SIZES, load, save

BASE = "medium"
SHAPE = Shape(SIZES[BASE][0], SIZES[BASE][1] + 1, SIZES[BASE][2], 0, 0)
WIDTHS, ROWS = (64, 128, 288), 8
SPOILED = 0.5
"""The share of examples that are right workings with at most one change; the others were sampled."""
SAMPLES = 4
"""Workings of each question, so that right and wrong ones of the same question can be told apart."""

Judged = tuple[list[int], list[int]]
"""Tokens, and at each of them 1 or 0 where a step ends that is right or wrong so far, else -1."""


def shape_of(vocabulary: int, said: int) -> Shape:
    """Returns its shape: the judge's numbers and the inputs of surprise count like further tokens that it can write."""
    return Shape(SHAPE.width, SHAPE.layers, SHAPE.heads, vocabulary, said + 9)


def begin(base: Weights, seed: int) -> Weights:
    """The weights it begins with: those of the base, one more block, and a judge that says one half to everything."""
    last = initial(Shape(SHAPE.width, 1, SHAPE.heads, 1, 1), seed)["blocks"]
    blocks = {name: jnp.concatenate([base["blocks"][name], value]) for name, value in last.items()}
    rng = np.random.default_rng(seed)
    surprise = jnp.asarray(rng.standard_normal((4, SHAPE.width)) * 0.3, jnp.float32)
    told = {"surprise": surprise, "directly": jnp.zeros((4, 1)), "gain_judge": jnp.ones(SHAPE.width)}
    return {**base, **told, "blocks": blocks, "judge": jnp.zeros((SHAPE.width, 1))}


def scores(weights: Weights, tokens: jax.Array) -> jax.Array:
    """Logits [B, T] that all is right so far."""
    positions, together = jnp.broadcast_to(jnp.arange(tokens.shape[1]), tokens.shape), jnp.ones_like(tokens)
    first, last = ({name: value[part] for name, value in weights["blocks"].items()} for part in (slice(-1), slice(-1, None)))
    x = through(first, weights["embedding"][tokens], together, positions, SHAPE.heads)
    before = jax.nn.log_softmax(norm(x, weights["gain"]) @ weights["head"], -1)[:, :-1]
    told = jnp.minimum(tokens[:, 1:], before.shape[-1] - 1)
    here = jnp.maximum(jnp.take_along_axis(before, told[..., None], -1), LEAST)
    doubts = jnp.concatenate([here, jnp.minimum(before.max(-1, keepdims=True) - here, -LEAST)], -1)
    working = jnp.cumsum(jnp.isin(tokens, jnp.array(THINKING)), 1)[:, :-1, None]  # what follows the mode is the working
    doubts = jnp.pad(doubts * working, ((0, 0), (1, 0), (0, 0)))
    doubts = jnp.concatenate([doubts, jnp.cumsum(doubts, 1)], -1) * SCALE
    x = through(last, x + doubts @ weights["surprise"], together, positions, SHAPE.heads)
    return (norm(x, weights["gain_judge"]) @ weights["judge"] + doubts @ weights["directly"])[..., 0]


def sampled(lab: Lab, model: str, asked: list[Question], seed: int) -> list[Judged]:
    """Workings of a model, `SAMPLES` of each question in one mode, at temperatures of 0.8 and 1."""
    rng = Random(seed)
    modes = [rng.choice(("lo", "hi")) for _ in asked]
    requests = [
        Request(q.text, mode, temperature=rng.choice((0.8, 1.0)), seed=seed + SAMPLES * i + k)  # type: ignore[arg-type]
        for i, (q, mode) in enumerate(zip(asked, modes, strict=True))
        for k in range(SAMPLES)
    ]
    tokenizer = lab[model].tokenizer
    made = []
    for i, stream in enumerate(lab[model].serve(requests)):
        q, mode = asked[i // SAMPLES], modes[i // SAMPLES]
        right = tokenizer.encode(q.long if mode == "hi" else q.short)
        made.append(judged(tokenizer, stream.prompt, stream.tokens[: stream.thought], right))
    return made


def judged(tokenizer: Tokenizer, prompt: list[int], working: list[int], right: list[int]) -> Judged:
    """A working with the inputs of each of its steps."""
    end = tokenizer.encode(";")[0]
    told = [-1] * len(prompt)
    for i, token in enumerate(working):
        told.append(int(working[: i + 1] == right[: i + 1]) if token == end else -1)
    return [*prompt, *working][: WIDTHS[-1]], told[: WIDTHS[-1]]


def spoiled(rng: Random, tokenizer: Tokenizer) -> Judged:
    """A right working with one token changed, or a step left out or said twice; one in four is left as it is."""
    q = question(rng)
    while q.family == "reach":
        q = question(rng)
    mode = rng.choice(("lo", "hi"))
    right = tokenizer.encode(q.long if mode == "hi" else q.short)
    prompt = [tokenizer.bos, *tokenizer.encode(q.text), tokenizer.modes[mode]]
    return judged(tokenizer, prompt, _spoil(rng, tokenizer, right) if rng.random() < 0.75 else right, right)


def _spoil(rng: Random, tokenizer: Tokenizer, right: list[int]) -> list[int]:
    end = tokenizer.encode(";")[0]
    ends = [i + 1 for i, token in enumerate(right) if token == end]
    if len(ends) > 1 and rng.random() < 0.15:
        i = rng.randrange(len(ends) - 1)
        begins = ends[i - 1] if i else 0
        return right[:begins] + right[ends[i] :] if rng.random() < 0.5 else right[: ends[i]] + right[begins:]
    at = rng.choice([i for i, token in enumerate(right) if token != end])
    alike = [i for i in range(tokenizer.sayable) if _sort(tokenizer, i) == _sort(tokenizer, right[at]) and i != right[at]]
    working = [*right[:at], rng.choice(alike), *right[at + 1 :]]
    return working if rng.random() < 0.5 else working[: next(e for e in ends if e > at)]


def _sort(tokenizer: Tokenizer, token: int) -> str:
    word = tokenizer.words[token]
    return "digit" if word.isdecimal() else "word" if word.isalpha() else "number" if word.startswith("#") else "sign"


def batches(made: list[Judged], tokenizer: Tokenizer, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of one example each, of about one length together: for ever, the sampled ones in a new order each time."""
    rng = Random(seed)
    while True:
        fresh = [spoiled(rng, tokenizer) for _ in range(int(len(made) * SPOILED / (1 - SPOILED)))]
        yield from rows([*made, *fresh], rng)


def rows(made: list[Judged], rng: Random) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All examples once, in batches; the few that fill none are left over."""
    order = sorted(range(len(made)), key=lambda i: (len(made[i][0]), rng.random()))
    groups = [order[i : i + ROWS] for i in range(0, len(order) - ROWS + 1, ROWS)]
    rng.shuffle(groups)
    for group in groups:
        longest = max(len(made[i][0]) for i in group)
        width = next(width for width in WIDTHS if width >= longest)
        tokens, told = np.zeros((ROWS, width), np.int32), np.full((ROWS, width), -1, np.int32)
        for row, i in enumerate(group):
            ids, marks = made[i]
            tokens[row, : len(ids)], told[row, : len(marks)] = ids, marks
        yield tokens, told


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
    """The chance that a right step scores above a wrong one; a tie is half of one."""
    values, at = np.unique(score, return_inverse=True)
    ends = np.cumsum(np.bincount(at, minlength=len(values)))
    ranks = (ends - (np.diff(ends, prepend=0) - 1) / 2)[at]
    positives = right.sum()
    return float((ranks[right == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(right) - positives)))


def preferred(finals: list[tuple[float, int]]) -> tuple[int, float]:
    """Pairs of a right and a wrong working of one question: how many, and in what share of them the right one scores more."""
    pairs = [
        1.0 if x > y else 0.5 if x == y else 0.0
        for i in range(0, len(finals), SAMPLES)
        for x, right in finals[i : i + SAMPLES]
        for y, other in finals[i : i + SAMPLES]
        if right > other
    ]
    return len(pairs), float(np.mean(pairs)) if pairs else 0.0


def measured(weights: Weights, made: list[Judged]) -> dict[str, float]:
    """AUROC over steps, and over pairs of workings of one question, by their last steps."""
    judge = jax.jit(scores)
    score, told, finals = [], [], []
    for ids, marks in made:
        padded = np.zeros((1, WIDTHS[-1]), np.int32)
        padded[0, : len(ids)] = ids
        z = np.asarray(judge(weights, jnp.asarray(padded)))[0]
        ends = [i for i, mark in enumerate(marks) if mark >= 0]
        score += [float(z[i]) for i in ends]
        told += [marks[i] for i in ends]
        # A working without any step is taken for a wrong one, which scores least.
        finals.append((float(z[ends[-1]]), marks[ends[-1]]) if ends else (-np.inf, 0))
    pairs, share = preferred(finals)
    right = np.array(told)
    return {
        "right_share": round(float(right.mean()), 4),
        "auroc": round(auroc(np.array(score), right), 4),
        "pairs": pairs,
        "preferred": round(share, 4),
    }


def trained(lab: Lab, base: Weights, *, questions: int, steps: int, full_rate: float, seed: int) -> tuple[Weights, int]:
    """Returns the weights after a number of steps, and the number of workings that were sampled for them."""
    rng, tokenizer, began = Random(seed), lab.weights.tokenizer(), time.monotonic()
    made: list[Judged] = []
    for i, model in enumerate(("lab-tiny", "lab-medium")):
        asked = [q for q in (question(rng) for _ in range(questions // 2)) if q.family != "reach"]
        made += sampled(lab, model, asked, seed + i * 1_000_000)
    print(f"{len(made)} workings, {time.monotonic() - began:.0f} s", flush=True)
    weights = begin(base, seed)
    state: State = (weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights))
    stream, recent = batches(made, tokenizer, seed), list[jax.Array]()
    for step in range(1, steps + 1):
        tokens, told = next(stream)
        rate = jnp.float32(full_rate * min(1.0, step / 200) * max(0.02, 1 - step / steps))
        state, value = update(state, jnp.asarray(tokens), jnp.asarray(told), jnp.float32(step), rate)
        recent.append(value)
        if step % 500 == 0:
            loss, recent = np.mean([float(v) for v in recent]), []
            print(f"step {step} of {steps}, {time.monotonic() - began:.0f} s, loss {loss:.4f}", flush=True)
    return state[0], len(made)


def held_out(lab: Lab, weights: Weights, seed: int = 77) -> dict[str, dict[str, float]]:
    """Measures its judgement on each model's workings of other questions, in the mix of everyday traffic."""
    rng = Random(seed)
    kinds = [kind for kind, share in MIX.items() for _ in range(round(600 * share))]
    asked = [q for q in (of_kind(rng, kind) for kind in kinds) if q.family != "reach"]
    return {model: measured(weights, sampled(lab, model, asked, seed * 1_000_000)) for model in lab.models}


def main() -> None:
    """Reads the arguments, trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("lab/rheostat_lab/models"))
    parser.add_argument("--out", type=Path, default=Path("training/lab/out"))
    parser.add_argument("--questions", type=int, default=6000, help="whose workings are sampled")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=0.0005)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--measure", action="store_true", help="what was trained, again, on the models as they are now")
    arguments = parser.parse_args()
    lab, path = Lab.load(arguments.weights, capacity=64), arguments.out / "steps.npz"
    if arguments.measure:
        weights, facts = load(path)
    else:
        began, base = time.monotonic(), load(arguments.out / f"{BASE}.npz")[0]
        weights, count = trained(
            lab, base, questions=arguments.questions, steps=arguments.steps, full_rate=arguments.rate, seed=arguments.seed
        )
        facts = {"size": "steps", "steps": arguments.steps, "seed": arguments.seed, "sampled": count}
        facts["seconds"] = round(time.monotonic() - began)
        save(path, weights, facts)
    facts["held_out"] = held_out(lab, weights)
    print(json.dumps(facts), flush=True)
    save(path, weights, facts)


if __name__ == "__main__":
    main()
