"""Does a small network of bytes know more than the first stage, on tasks that neither has seen?

`python training/second_stage/train.py` leaves each kind of outcome set out in turn, trains on the others, and writes
`report.json` beside itself: for each group of prompts the rank correlation of what the network says with the share of models that
fail, beside that of the first stage (`training/difficulty/report.json`, the same kinds held out) and of length. With `--output
FILE` it then trains on everything and writes the network as ONNX. Outcome data: RHEOSTAT_DATA.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import network
import numpy as np
import onnx
import onnxruntime
from scipy import special, stats

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "difficulty"))

import outcomes  # noqa: E402
from validate import HELD_OUT  # noqa: E402

REPORT = HERE / "report.json"
SEED = 20_261_124
EPOCHS, BATCH = 4, 64
RATE, DECAY = 2e-3, 1e-2
DRAWS = 10_000


class Rows:
    """What is trained on: bytes, the share that fails, a weight, and the group, whose base rate is an intercept of its own."""

    def __init__(self) -> None:
        self.table = outcomes.load()
        self.data = np.stack([network.encode(prompt) for prompt in self.table["prompt"]])
        self.failures = 1.0 - self.table["accuracy"].to_numpy(np.float32)
        sizes = self.table.groupby("group")["prompt"].transform("size").to_numpy(np.float32)
        self.weights = 1.0 / np.sqrt(sizes)
        rate = self.table.assign(f=self.failures).groupby("group")["f"].transform("mean")
        self.intercept = special.logit(np.clip(rate.to_numpy(np.float32), 0.02, 0.98))


@jax.jit
def step(weights: network.Weights, moments: tuple, rate: float, batch: tuple) -> tuple:
    """One step of AdamW on the cross-entropy within groups."""
    data, failures, intercept, scale = batch

    def loss(weights: network.Weights) -> jnp.ndarray:
        z = network.location(weights, data) + intercept
        return jnp.mean(scale * (jnp.logaddexp(0.0, z) - failures * z))

    slopes = jax.grad(loss)(weights)
    first, second, count = moments
    count = count + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slopes)
    second = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, second, slopes)

    def move(w: jnp.ndarray, m: jnp.ndarray, v: jnp.ndarray) -> jnp.ndarray:
        towards = m / (1 - 0.9**count) / (jnp.sqrt(v / (1 - 0.99**count)) + 1e-8)
        return w - rate * (towards + DECAY * w)

    return jax.tree.map(move, weights, first, second), (first, second, count)


def train(rows: Rows, chosen: np.ndarray, seed: int) -> network.Weights:
    """A network of the chosen rows."""
    weights = network.start(seed)
    zeros = jax.tree.map(jnp.zeros_like, weights)
    moments = (zeros, zeros, 0)
    rng = np.random.default_rng(seed)
    places = np.flatnonzero(chosen)
    scale = rows.weights / rows.weights[chosen].mean()
    total, done = EPOCHS * (len(places) // BATCH), 0
    for _ in range(EPOCHS):
        order = rng.permutation(places)
        for at in range(0, len(order) - BATCH + 1, BATCH):
            index = order[at : at + BATCH]
            batch = (rows.data[index], rows.failures[index], rows.intercept[index], scale[index])
            rate = RATE * 0.5 * (1.0 + np.cos(np.pi * done / total))
            weights, moments = step(weights, moments, rate, batch)
            done += 1
    return weights


def say(weights: network.Weights, data: np.ndarray) -> np.ndarray:
    """What a network says, in logits."""
    parts = [network.location(weights, jnp.asarray(part)) for part in np.array_split(data, max(len(data) // 512, 1))]
    return np.concatenate([np.asarray(part) for part in parts])


def leave_out(rows: Rows) -> list[dict[str, object]]:
    """By group of prompts: the rank correlations of the network, the first stage and length with the share that fails."""
    first = {g["group"]: g for g in json.loads((HERE.parent / "difficulty" / "report.json").read_text("utf-8"))["groups"]}
    found = []
    for number, (kind, families) in enumerate(HELD_OUT.items()):
        began = time.perf_counter()
        held = rows.table["family"].isin(families).to_numpy()
        weights = train(rows, ~held, SEED + number)
        said = say(weights, rows.data[held])
        table = rows.table[held].assign(said=said, failures=rows.failures[held])
        for group, part in table.groupby("group"):
            if group in first:
                rank = float(stats.spearmanr(part["said"], part["failures"]).statistic)
                known = first[group]
                found.append(
                    {
                        "kind": kind,
                        "group": group,
                        "rows": len(part),
                        "network": round(rank, 4),
                        "first_stage": known["spearman"],
                        "length": known["by_length"],
                    }
                )
        mine = [g for g in found if g["kind"] == kind]
        means = {name: round(float(np.mean([g[name] for g in mine])), 3) for name in ("network", "first_stage", "length")}
        print(f"{kind}: {means}, {time.perf_counter() - began:.0f} s", flush=True)
    return found


def interval(values: np.ndarray) -> list[float]:
    """The mean, and its 95 % interval by a bootstrap over groups."""
    draws = np.random.default_rng(SEED).choice(values, (DRAWS, len(values))).mean(axis=1)
    return [round(float(x), 4) for x in (values.mean(), *np.quantile(draws, [0.025, 0.975]))]


def cost(weights: network.Weights) -> dict[str, float]:
    """Bytes of the file, and the median milliseconds of one text on one core."""
    content = network.export(weights).SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    text = network.encode("Which of these numbers is a prime, and why? " * 12)[None]
    seconds = []
    for _ in range(300):
        began = time.perf_counter()
        session.run(None, {"bytes": text})
        seconds.append(time.perf_counter() - began)
    gap = abs(float(session.run(None, {"bytes": text})[0][0, 0]) - float(special.expit(say(weights, text)[0])))
    if gap > 1e-4:
        raise SystemExit(f"the exported network differs from the trained one by {gap}")
    return {"bytes": len(content), "milliseconds": round(float(np.median(seconds)) * 1e3, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="train on everything, too, and write the network there")
    arguments = parser.parse_args()
    rows = Rows()
    groups = leave_out(rows)
    columns = {name: np.array([g[name] for g in groups], float) for name in ("network", "first_stage", "length")}
    report = {
        "rows": len(rows.table),
        **{name: interval(values) for name, values in columns.items()},
        "network_less_first_stage": interval(columns["network"] - columns["first_stage"]),
        "network_less_length": interval(columns["network"] - columns["length"]),
        "cost": cost(network.start(SEED)),
        "groups": groups,
    }
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in report.items() if name != "groups"}, indent=1))
    if arguments.output:
        weights = train(rows, np.ones(len(rows.table), bool), SEED)
        weights["bias"] = weights["bias"] + float(np.average(rows.intercept, weights=rows.weights))
        onnx.save(network.export(weights), arguments.output)


if __name__ == "__main__":
    main()
