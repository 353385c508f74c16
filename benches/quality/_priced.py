"""The average improvement in quality over a price range, against mixing the models at random (RouterBench, arXiv 2403.12031).

Two sets have prices: RouteLLM's pair on MMLU and GSM8K, and pairs of MMLU-Pro's models on its questions that come from MMLU,
which the shipped model was not trained on. A call costs its tokens at the list prices below: the prompt's and the answer's
characters, four to a token. Routers know what an answer of each model costs on average, not what it will cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import rheostat as rh
from benches.quality import _curve, _data
from rheostat._extras import need
from rheostat.evaluate.metrics import aiq

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
PER_TOKEN = 4.0
LABELS = (200, 1_500)
POINTS = 51
"""Number of shares of strong calls at which a router is evaluated."""
PRICES: dict[str, tuple[float, float]] = {
    # OpenAI's list price of gpt-4-1106-preview, November 2023.
    "gpt-4-1106-preview": (10.0, 30.0),
    # Google's list prices for prompts up to 128k tokens, October 2024.
    "gemini-1.5-pro-002": (1.25, 5.0),
    "gemini-1.5-flash-002": (0.075, 0.30),
    # AI21's list price, August 2024.
    "jamba-1.5-large": (2.0, 8.0),
    # Together's list prices by size, 2024: up to 4B 0.10, 8B 0.20, 21B 0.30, 41B 0.80, 80B 0.90, 110B 1.80; Mixtral 8x7B 0.60.
    **dict.fromkeys(["Phi-3-mini-4k-instruct"], (0.10, 0.10)),
    **dict.fromkeys(
        [
            *("Llama-2-7b-hf", "Meta-Llama-3-8B", "Meta-Llama-3_1-8B", "Meta-Llama-3_1-8B-Instruct", "Mistral-7B-v0.1"),
            *("Mistral-7B-v0.2-hf", "Mistral-7B-Instruct-v0.1", "Mistral-7B-Instruct-v0.2", "Qwen1.5-7B-Chat", "Yi-6B"),
            *("Yi-6b-Chat", "mathstral-7B"),
        ],
        (0.20, 0.20),
    ),
    **dict.fromkeys(["Llama-2-13b-hf", "gemma-7b"], (0.30, 0.30)),
    **dict.fromkeys(["Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B-v0.1"], (0.60, 0.60)),
    **dict.fromkeys(["Yi-34B", "c4ai-command-r-v01"], (0.80, 0.80)),
    **dict.fromkeys(
        [
            *("Llama-2-70b-hf", "Meta-Llama-3-70B", "Meta-Llama-3_1-70B", "Meta-Llama-3_1-70B-Instruct"),
            "Qwen1.5-72B-Chat",
        ],
        (0.90, 0.90),
    ),
    **dict.fromkeys(["Qwen1.5-110B"], (1.80, 1.80)),
}
"""US dollars for a million tokens of input and of output."""
PAIRS = (
    ("gemini-1.5-flash-002", "gemini-1.5-pro-002"),
    ("Meta-Llama-3_1-8B-Instruct", "Meta-Llama-3_1-70B-Instruct"),
    ("Mixtral-8x7B-Instruct-v0.1", "gemini-1.5-pro-002"),
)
"""Of MMLU-Pro's models: one vendor's two sizes, an open model's two sizes, and the least and the most of the price range."""


@dataclass(frozen=True)
class Pair:
    """Prompts with the outcome and the price, in US dollars, of a weak and of a strong model."""

    name: str
    models: tuple[str, str]
    prompts: list[str]
    outcome: tuple[Numbers, Numbers]
    usd: tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Row:
    """One router on one pair: its AIQ, and by how much it is above the zero router's, with the interval of the difference."""

    data: str
    weak: str
    strong: str
    router: str
    aiq: float
    above: float
    low: float
    high: float


def pairs() -> list[Pair]:
    """Every pair with prices.

    Raises:
        MissingDataError: There is no data.
    """
    folder = _data.folder()
    parquet: Any = need("pyarrow.parquet", "parquet")
    table = parquet.read_table(folder / "routellm_mmlu_gsm8k.parquet").to_pydict()
    clean = ~np.array(table["contaminated"], bool)
    subject = np.array(table["dataset"]).astype(str)
    names = ("Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview")
    found = []
    for name, rows in (("MMLU", np.char.startswith(subject, "mmlu/")), ("GSM8K", subject == "gsm8k")):
        columns = [table[f"{side}_{what}"] for what in ("correct", "out_chars") for side in ("weak", "strong")]
        found.append(_pair(name, names, table["prompt"], columns, clean & rows))
    path = folder / "mmlu_pro_models.parquet"
    if path.is_file():
        table = parquet.read_table(path).to_pydict()
        source = np.array(table["src"]).astype(str)
        unseen = np.char.startswith(source, "ori_mmlu-")
        for weak, strong in PAIRS:
            columns = [table[f"{what}:{model}"] for what in ("correct", "out_chars") for model in (weak, strong)]
            found.append(_pair("MMLU-Pro, from MMLU", (weak, strong), table["prompt"], columns, unseen))
    return found


def _pair(name: str, models: tuple[str, str], prompts: list[str], columns: list[Any], rows: npt.NDArray[np.bool_]) -> Pair:
    weak, strong, weak_size, strong_size = (np.array(column, float) for column in columns)
    rows = rows & np.isfinite(weak) & np.isfinite(strong)
    chosen = [prompt for prompt, keep in zip(prompts, rows, strict=True) if keep]
    size = np.array([len(prompt) for prompt in chosen], float)
    usd = []
    for model, answer in zip(models, (weak_size[rows], strong_size[rows]), strict=True):
        known = np.isfinite(answer)
        # MMLU's answers in RouteLLM's file are one letter, and their length is not given.
        answer[~known] = answer[known].mean() if known.any() else PER_TOKEN
        usd.append((size * PRICES[model][0] + answer * PRICES[model][1]) / PER_TOKEN * 1e-6)
    return Pair(name, models, chosen, (weak[rows], strong[rows]), (usd[0], usd[1]))


def table(pair: Pair, effort: _curve.Effort) -> list[Row]:
    """Every router on a pair. Those with labels are scored on the rows without, and averaged over draws of labels."""
    everything = np.arange(len(pair.prompts))
    rng = np.random.default_rng(effort.seed)
    low, high = (float(np.clip(outcome.mean(), 0.05, 0.95)) for outcome in pair.outcome)
    scorers: dict[str, Callable[[], Numbers]] = {
        "random": lambda: rng.random(len(pair.prompts)),
        "prompt length": lambda: np.array([len(prompt) for prompt in pair.prompts], float),
        "rheostat, no labels": lambda: _per_dollar(
            rh.Estimator().gain(pair.prompts, min(low, high - 0.01), high), _expected(pair, everything, everything)
        ),
        "oracle": lambda: _per_dollar(pair.outcome[1] - pair.outcome[0], pair.usd[1] - pair.usd[0]),
    }
    rows = [_row(pair, name, [(score(), everything)], effort) for name, score in scorers.items()]
    for labels in (count for count in LABELS if count <= 0.6 * len(pair.prompts)):
        ranked = []
        for repeat in range(effort.repeats):
            order = np.random.default_rng([effort.seed, repeat]).permutation(len(pair.prompts))
            ranked.append((_fitted(pair, order[:labels], order[labels:]), order[labels:]))
        rows.insert(-1, _row(pair, f"rheostat, {labels:,} labels", ranked, effort))
    return rows


def _fitted(pair: Pair, labelled: Rows, rest: Rows) -> Numbers:
    ladder = rh.Ladder([rh.Rung("weak", model="weak"), rh.Rung("strong", model="strong")])
    outcomes = {"weak": pair.outcome[0][labelled], "strong": pair.outcome[1][labelled]}
    fitted = rh.fit([pair.prompts[i] for i in labelled], outcomes, ladder)
    gain = fitted.gain([pair.prompts[i] for i in rest], "weak", "strong")
    return _per_dollar(gain, _expected(pair, labelled, rest))


def _expected(pair: Pair, labelled: Rows, rest: Rows) -> Numbers:
    """Returns the expected extra cost of the strong model: a prompt's price is known, an answer's is the labelled mean."""
    size = np.array([len(pair.prompts[i]) for i in range(len(pair.prompts))], float)
    extra = np.zeros(len(rest))
    for sign, model, usd in zip((-1.0, 1.0), pair.models, pair.usd, strict=True):
        prompt = size * PRICES[model][0] / PER_TOKEN * 1e-6
        extra += sign * (prompt[rest] + float((usd - prompt)[labelled].mean()))
    return extra


def _per_dollar(gain: Numbers, extra: Numbers) -> Numbers:
    """Returns the gain per extra dollar, the order that spends a budget best. Losses come last, the most expensive at the end."""
    extra = np.maximum(extra, 1e-9)
    return np.where(gain >= 0.0, gain / extra, gain * extra)


def _row(pair: Pair, router: str, ranked: list[tuple[Numbers, Rows]], effort: _curve.Effort) -> Row:
    """The mean over rankings; resampled rows of each share its draws of the bootstrap."""
    points = [_points(pair, score, rows) for score, rows in ranked]
    each = np.array([_measure(*columns) for columns in points])
    differences = []
    for number, (columns, (_, rows)) in enumerate(zip(points, ranked, strict=True)):
        rng = np.random.default_rng([effort.seed, number])
        for _ in range(max(1, effort.draws // len(ranked))):
            times = np.bincount(rng.integers(0, len(rows), len(rows)), minlength=len(rows)).astype(float)
            differences.append(_measure(*columns, times)[1])
    low, high = np.quantile(differences, [0.025, 0.975])
    mean = each.mean(axis=0)
    return Row(pair.name, *pair.models, router, float(mean[0]), float(mean[1]), float(low), float(high))


def _points(pair: Pair, score: Numbers, rows: Rows) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Outcome and price of both models, in the falling order of the score."""
    order = rows[np.argsort(-score, kind="stable")]
    return pair.outcome[0][order], pair.outcome[1][order], pair.usd[0][order], pair.usd[1][order]


def _measure(weak: Numbers, strong: Numbers, cheap: Numbers, dear: Numbers, times: Numbers | None = None) -> tuple[float, float]:
    """AIQ over the range between the two models' mean prices, and by how much it is above the zero router's."""
    times = np.ones(len(weak)) if times is None else times
    total = float(times.sum())
    quality = np.concatenate([[0.0], np.cumsum(times * (strong - weak))]) / total + float(times @ weak) / total
    price = np.concatenate([[0.0], np.cumsum(times * (dear - cheap))]) / total + float(times @ cheap) / total
    at = np.linspace(0, len(weak), POINTS).astype(int)
    least, most = float(price[0]), float(price[-1])
    ends = [price[0], price[-1]], [quality[0], quality[-1]]
    mixed = aiq(*ends, least=least, most=most)
    routed = aiq(price[at].tolist(), quality[at].tolist(), least=least, most=most)
    return routed, routed - mixed
