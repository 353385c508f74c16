"""Trains the lab's models from nothing: `python -m training.lab.train tiny medium large`.

Time-based: each model trains for its minutes on one core, at a rate that falls to nothing, so it ends on the minute on any
machine. The steps a run took are kept with its weights; `--steps` repeats exactly so many,
which together with the seed is what makes a run reproducible.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
if os.environ.get("MALLOC_TRIM_THRESHOLD_") is None:  # else a tenth of the time goes to giving memory back and asking again
    print("hint: MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=4000000000 makes this faster under glibc")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax.numpy as jnp
import numpy as np

from .examples import batches as stream
from .model import Shape, Weights, grown, initial, start, update
from .vocabulary import build

# width, layers, heads, minutes on one core
SIZES = {"tiny": (32, 2, 2, 25.0), "medium": (80, 3, 5, 48.0), "large": (80, 6, 5, 39.0)}
WARM_UP = 50
CHECKPOINT_SECONDS = 120.0


def rate(done: float, step: int, grown: bool = False) -> float:
    """The share of the full learning rate after `done` (0 to 1) of a run; less for one that has learnt much already."""
    warm = min(1.0, (step + 1) / WARM_UP)
    return warm * max(0.02, 1.0 - done) * (0.5 if grown else 1.0)


def shape_of(size: str, vocabulary: int, said: int) -> Shape:
    """The shape of one of the sizes."""
    width, layers, heads, *_ = SIZES[size]
    return Shape(width, layers, heads, vocabulary, said)


def train(
    size: str, out: Path, *, minutes: float | None = None, steps: int | None = None, seed: int = 7, grow: Path | None = None
) -> None:
    """Trains one size, with a checkpoint every two minutes, and writes `<out>/<size>.npz`.

    Stops after `steps`, if given, else after `minutes`. `grow`: weights of the same width and fewer layers to begin with.
    """
    tokenizer = build()
    shape = shape_of(size, len(tokenizer), tokenizer.sayable)
    weights = initial(shape, seed) if grow is None else grown(load(grow)[0], shape.layers, seed)
    state = start(weights)
    # Another stream of examples than the one that the smaller model has seen.
    batches = stream(seed + (1 if grow is None else 2), tokenizer)
    seconds = 60 * (SIZES[size][3] if minutes is None else minutes)
    began = saved = time.monotonic()
    step, tokens, recent = 0, 0, []
    while True:
        elapsed = time.monotonic() - began
        done = step / steps if steps else elapsed / seconds
        if done >= 1:
            break
        batch = next(batches)
        tokens += int((batch[1] > 0).sum())
        weights, state, value = update(
            weights, state, tuple(map(jnp.asarray, batch)), jnp.float32(rate(done, step, grow is not None)), shape.heads
        )
        recent.append(float(value))
        step += 1
        if step == 1:  # compiling is not training
            began = saved = time.monotonic()
        if step % 500 == 0:
            speed = tokens / (time.monotonic() - began)
            loss = np.mean(recent[-500:])
            print(f"{size} step {step} {done:.0%} {tokens / 1e6:.2f}M tokens {speed:.0f}/s loss {loss:.4f}", flush=True)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            save(out / f"{size}.part.npz", weights, {"size": size, "steps": step, "tokens": tokens, "seed": seed})
            saved = time.monotonic()
    facts = {
        "size": size,
        "steps": step,
        "tokens": tokens,
        "seed": seed,
        "loss": float(np.mean(recent[-500:])),
        "seconds": round(time.monotonic() - began),
    }
    save(out / f"{size}.npz", weights, facts)
    (out / f"{size}.part.npz").unlink(missing_ok=True)
    print(json.dumps(facts), flush=True)


def save(path: Path, weights: Weights, facts: dict[str, object]) -> None:
    """Weights, flat, with the facts of the run as JSON; written aside first, so that a cut run leaves no half a file."""
    flat = {name: np.asarray(value) for name, value in weights.items() if name != "blocks"}
    flat |= {f"blocks.{name}": np.asarray(value) for name, value in weights["blocks"].items()}
    aside = path.with_suffix(".tmp.npz")
    np.savez(aside, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **flat)
    aside.replace(path)


def load(path: Path) -> tuple[Weights, dict[str, object]]:
    """What `save` wrote."""
    with np.load(path, allow_pickle=False) as file:
        facts = json.loads(file["facts"].tobytes())
        flat = {name: jnp.asarray(file[name]) for name in file.files if name != "facts"}
    weights: Weights = {name: value for name, value in flat.items() if "." not in name}
    weights["blocks"] = {name.removeprefix("blocks."): value for name, value in flat.items() if "." in name}
    return weights, facts


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", choices=tuple(SIZES))
    parser.add_argument("--out", type=Path, default=Path("training/lab/out"))
    parser.add_argument("--minutes", type=float, help="instead of the size's own")
    parser.add_argument("--steps", type=int, help="stop after so many, to repeat a run")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--grow", type=Path, help="begin with these weights, of the same width and fewer layers")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for size in arguments.sizes:
        train(
            size,
            arguments.out,
            minutes=arguments.minutes,
            steps=arguments.steps,
            seed=arguments.seed,
            grow=arguments.grow,
        )


if __name__ == "__main__":
    main()
