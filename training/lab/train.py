"""Trains the lab's models from nothing: `python -m training.lab.train tiny medium large`.

A run is its size, its number of steps and its seed: the rate falls with the steps, the examples come from the seed, and time is
only reported. The state is saved every 500 steps, and a run that was cut resumes to the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
if os.environ.get("MALLOC_TRIM_THRESHOLD_") is None:  # else a tenth of the time goes to giving memory back and asking again
    print("hint: MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=4000000000 makes this faster under glibc")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np

from .examples import batches as stream
from .model import Shape, Weights, initial, start, update
from .vocabulary import build

# width, layers, heads, steps
SIZES = {"tiny": (32, 2, 2, 40_000), "medium": (64, 3, 4, 40_000), "large": (128, 5, 4, 32_000)}
FALLS = {"large": (44_000, 14_000)}
"""Where the rate does not fall to nothing over all of a run: the steps that this would take, and the step from which it falls
faster. The large model bears less noise: at two thirds of the full rate its loss stood still."""
WARM_UP = 50
KEPT_EVERY = 500
RECENT = 500
"""Steps over which the reported loss is averaged."""


def rate(step: int, steps: int, horizon: int, bend: int) -> float:
    """The share of the full learning rate at a step of a run.

    It falls towards the horizon, and from the bend on to nothing, fast at first (1 - sqrt: Hägele et al. 2024).
    """
    falling = 1.0 - min(step, bend) / horizon
    faster = 1.0 - math.sqrt((step - bend) / (steps - bend)) if step > bend else 1.0
    return min(1.0, (step + 1) / WARM_UP) * max(0.02, falling * faster)


def shape_of(size: str, vocabulary: int, said: int) -> Shape:
    """The shape of one of the sizes."""
    width, layers, heads, *_ = SIZES[size]
    return Shape(width, layers, heads, vocabulary, said)


def train(size: str, out: Path, *, steps: int | None = None, seed: int = 7, stop: int | None = None) -> None:
    """Trains one size and writes `<out>/<size>.npz`, going on from `<out>/<size>.part.npz` if that is of the same run.

    `stop`: leaves off after this many steps, as if cut.
    """
    tokenizer = build()
    shape = shape_of(size, len(tokenizer), tokenizer.sayable)
    horizon, bend = FALLS.get(size, (SIZES[size][3],) * 2) if steps is None else (steps, steps)
    steps = SIZES[size][3] if steps is None else steps
    part = out / f"{size}.part.npz"
    weights = initial(shape, seed)
    state = start(weights)
    facts: dict[str, Any] = {"size": size, "steps": steps, "seed": seed, "tokens": 0, "seconds": 0}
    step, recent = 0, list[float]()
    if part.exists() and (kept := load(part))[1]["run"] == [size, steps, seed]:
        weights, state, at = kept[0]["weights"], kept[0]["state"], kept[1]
        step, recent, facts["tokens"], facts["seconds"] = at["step"], at["recent"], at["tokens"], at["seconds"]
    batches = stream(seed + 1, tokenizer)
    for _ in range(step):
        next(batches)
    began = time.monotonic() - facts["seconds"]
    values: list[jax.Array] = []
    while step < min(steps, stop or steps):
        batch = next(batches)
        facts["tokens"] += int((batch[1] > 0).sum())
        now = jnp.float32(rate(step, steps, horizon, bend))
        weights, state, value = update(weights, state, tuple(map(jnp.asarray, batch)), now, shape.heads)
        values.append(value)
        step += 1
        if step % RECENT == 0 or step == steps:
            recent, values = [*recent, *map(float, values)][-RECENT:], []
            facts["seconds"] = round(time.monotonic() - began)
            print(f"{size} step {step} of {steps}, {facts['tokens'] / 1e6:.2f}M tokens, {facts['seconds']} s,"
                  f" loss {np.mean(recent):.4f}", flush=True)  # fmt: skip
        if step % KEPT_EVERY == 0 or step == stop:
            recent, values = [*recent, *map(float, values)][-RECENT:], []
            at = {"run": [size, steps, seed], "step": step, "recent": recent, **{k: facts[k] for k in ("tokens", "seconds")}}
            save(part, {"weights": weights, "state": state}, at)
    if step == steps:
        save(out / f"{size}.npz", weights, facts | {"loss": float(np.mean(recent))})
        part.unlink(missing_ok=True)
        print(json.dumps(facts), flush=True)


def save(path: Path, weights: Weights, facts: dict[str, Any]) -> None:
    """A tree of arrays, with the facts of the run as JSON; written aside first, so that a cut run leaves no half a file."""
    aside = path.with_suffix(".tmp.npz")
    arrays: dict[str, Any] = {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8), **_flat(weights)}
    np.savez(aside, **arrays)
    aside.replace(path)


def load(path: Path) -> tuple[Weights, dict[str, Any]]:
    """Returns what `save` wrote."""
    tree: Weights = {}
    with np.load(path, allow_pickle=False) as file:
        facts = json.loads(file["facts"].tobytes())
        for name in file.files:
            *above, last = name.split(".")
            branch = tree
            for key in above:
                branch = branch.setdefault(key, {})
            branch[last] = jnp.asarray(file[name])
    del tree["facts"]
    return tree, facts


def _flat(tree: Weights, above: str = "") -> dict[str, np.ndarray]:
    """The leaves of a tree, each by its way: blocks.query."""
    flat: dict[str, np.ndarray] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": np.asarray(value)}
    return flat


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", choices=tuple(SIZES))
    parser.add_argument("--out", type=Path, default=Path("training/lab/out"))
    parser.add_argument("--steps", type=int, help="instead of the size's own: another run")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stop", type=int, help="leave off after so many steps; the same command without it goes on")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for size in arguments.sizes:
        train(size, arguments.out, steps=arguments.steps, seed=arguments.seed, stop=arguments.stop)


if __name__ == "__main__":
    main()
