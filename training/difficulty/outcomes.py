"""The outcome data as one table: a prompt, the group it belongs to, and the share of a panel of models that got it right.

Rules (see the data's README): RouteLLM's questions are a benchmark, so neither they nor anything that overlaps them is
ever trained on. Overlap is matched by the normalised stem of the question, not by the file it came from.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
COLUMNS = ["prompt", "group", "family", "accuracy", "domain", "out_chars"]
_BROKEN_MODELS = ("llama3-chatqa", "codegemma")  # format failures, not wrong answers

_MMLU_PRO_DOMAINS = {
    "math": "mathematics",
    "physics": "science",
    "chemistry": "science",
    "biology": "science",
    "engineering": "science",
    "health": "medicine",
    "law": "law",
    "business": "business",
    "economics": "business",
    "history": "humanities",
    "philosophy": "humanities",
    "psychology": "humanities",
    "computer science": "code",
}
_LLMROUTER_DOMAINS = {
    "mbpp": "code",
    "human_eval": "code",
    "math": "mathematics",
    "gpqa": "science",
    "arc_challenge": "science",
    "openbook_qa": "science",
    "commongen": "language",
    "commonsense_qa": "everyday",
}


def folder() -> Path:
    """Where the outcome data is: ``RHEOSTAT_DATA``, or ``../shared/data`` beside the project."""
    path = Path(os.environ.get("RHEOSTAT_DATA", ROOT.parent / "shared" / "data"))
    if not (path / "mmlu_pro_models.parquet").is_file():
        raise SystemExit(f"no outcome data in {path}: set RHEOSTAT_DATA to the folder that holds the .parquet files")
    return path


def stem(prompt: str) -> str:
    """The question without its options, in lower case, letters and digits only."""
    question = re.split(r"\n\s*\(?[A-D][.):]\s", prompt, maxsplit=1)[0]
    return re.sub(r"[\W_]+", "", question.lower())[:300]


def beginning(question: str) -> str:
    """Returns a key that two copies of one question share even if a line was added to one. Short questions only match whole."""
    return question[:80] if len(question) >= 80 else question


def load() -> pd.DataFrame:
    """Every row that may be trained on."""
    parts = [_mmlu_pro(), _zeroeval(), _llmrouter(), _bbh(), _livecodebench()]
    table = pd.concat(parts, ignore_index=True)[COLUMNS]
    table = table[table["accuracy"].notna()]
    forbidden = {stem(p) for p in pd.read_parquet(folder() / "routellm_mmlu_gsm8k.parquet", columns=["prompt"])["prompt"]}
    gsm8k = pd.read_parquet(folder() / "gsm8k_openai_4solvers.parquet", columns=["prompt"])["prompt"]
    forbidden |= {stem(p) for p in gsm8k}
    forbidden |= {beginning(s) for s in forbidden}
    stems = table["prompt"].map(stem)
    table = table[~stems.isin(forbidden) & ~stems.map(beginning).isin(forbidden)]
    return table.drop_duplicates("prompt").reset_index(drop=True)


def thinking() -> pd.DataFrame:
    """BBH's prompts, and whether a chain of thought made a wrong answer right (1) or not (0)."""
    table = pd.read_parquet(folder() / "bbh_direct_vs_cot.parquet")
    right, thought = table["direct_correct"].astype(bool), table["cot_correct"].astype(bool)
    return table.assign(helped=(thought & ~right).astype(float), group=table["dataset"])[["prompt", "group", "helped"]]


def models() -> pd.DataFrame:
    """One row for each prompt and model of the large panels: prompt, model, right in [0, 1]."""
    parts = []
    for file, prefix in [("mmlu_pro_models", "correct:"), ("zeroeval", "correct:"), ("llmrouter_9models", "score:")]:
        table = pd.read_parquet(folder() / f"{file}.parquet").drop_duplicates("prompt").set_index("prompt")
        columns = [c for c in table.columns if c.startswith(prefix) and not any(broken in c for broken in _BROKEN_MODELS)]
        long = table[columns].astype(float).stack().rename("right").dropna().reset_index()
        parts.append(long.rename(columns={"level_1": "model"}).assign(family=file))
    return pd.concat(parts, ignore_index=True)


def _panel(table: pd.DataFrame, prefix: str) -> pd.Series:
    columns = [c for c in table.columns if prefix in c and not any(broken in c for broken in _BROKEN_MODELS)]
    return table[columns].astype(float).mean(axis=1)


def _mmlu_pro() -> pd.DataFrame:
    table = pd.read_parquet(folder() / "mmlu_pro_models.parquet")
    table = table[~table["src"].str.startswith("ori_mmlu-")]
    return table.assign(
        group="mmlu-pro/" + table["category"],
        family="mmlu-pro",
        accuracy=_panel(table, "correct:"),
        out_chars=_panel(table, "out_chars:"),
        domain=table["category"].map(_MMLU_PRO_DOMAINS),
    )


def _zeroeval() -> pd.DataFrame:
    table = pd.read_parquet(folder() / "zeroeval.parquet")
    table = table[table["dataset"] != "zeroeval/gsm"]
    domains = {"zeroeval/math-l5": "mathematics", "zeroeval/crux": "code", "zeroeval/numersense-v2": "everyday"}
    return table.assign(
        group=table["dataset"],
        family=table["dataset"],
        accuracy=_panel(table, "correct:"),
        out_chars=_panel(table, "out_chars:"),
        domain=table["dataset"].map(domains),
    )


def _llmrouter() -> pd.DataFrame:
    table = pd.read_parquet(folder() / "llmrouter_9models.parquet")
    # MGSM's English questions are GSM8K's test questions, with a line added.
    table = table[~table["dataset"].isin(["gsm8k", "mmlu", "agentverse-mgsm"])]
    return table.assign(
        group="llmrouter/" + table["dataset"],
        family="llmrouter/" + table["dataset"],
        accuracy=_panel(table, "score:"),
        out_chars=np.nan,
        domain=table["dataset"].map(_LLMROUTER_DOMAINS),
    )


def _bbh() -> pd.DataFrame:
    table = pd.read_parquet(folder() / "bbh_direct_vs_cot.parquet")
    # One model, without and with a chain of thought: the mean of the two is its panel.
    accuracy = table[["direct_correct", "cot_correct"]].astype(float).mean(axis=1)
    return table.assign(group=table["dataset"], family="bbh", accuracy=accuracy, domain=None, out_chars=table["cot_chars"])


def _livecodebench() -> pd.DataFrame:
    table = pd.read_parquet(folder() / "livecodebench_difficulty.parquet")
    return table.assign(
        group="livecodebench", family="livecodebench", accuracy=_panel(table, "pass1:"), domain="code", out_chars=np.nan
    )
