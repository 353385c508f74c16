"""The outcome data that benches measure on, found by RHEOSTAT_DATA."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rheostat._extras import need

DEFAULT = Path("../shared/data")
"""Where the data is looked for without RHEOSTAT_DATA, from the working directory."""
TEMPLATED = "mmlu/moral_scenarios"
"""One subject of MMLU whose prompts are all of one template, easy to learn: shown apart."""


@dataclass(frozen=True)
class Outcomes:
    """Prompts with the outcomes of a weak and of a strong model, in [0, 1]."""

    name: str
    prompts: list[str]
    weak: npt.NDArray[np.float64]
    strong: npt.NDArray[np.float64]

    def part(self, rows: npt.NDArray[np.bool_], name: str) -> Outcomes:
        """The rows that are chosen, under a name."""
        prompts = [prompt for prompt, chosen in zip(self.prompts, rows, strict=True) if chosen]
        return Outcomes(name, prompts, self.weak[rows], self.strong[rows])


class MissingDataError(Exception):
    """The data is not there; the message is one line that says where it was looked for."""


def folder() -> Path:
    """The folder of the outcome data.

    Raises:
        MissingDataError: There is none.
    """
    path = Path(os.environ.get("RHEOSTAT_DATA", DEFAULT))
    if not (path / "routellm_mmlu_gsm8k.parquet").is_file():
        raise MissingDataError(
            f"no outcome data in {path}: set RHEOSTAT_DATA to the folder that holds routellm_mmlu_gsm8k.parquet"
        )
    return path


def routellm() -> list[Outcomes]:
    """RouteLLM's MMLU, MMLU without its templated subject, and GSM8K; rows that it marks as contaminated are left out."""
    path = folder() / "routellm_mmlu_gsm8k.parquet"
    parquet: Any = need("pyarrow.parquet", "parquet")
    table = parquet.read_table(path).to_pydict()
    clean = ~np.array(table["contaminated"], bool)
    weak, strong = (np.array(table[name], float) for name in ("weak_correct", "strong_correct"))
    subject = np.array(table["dataset"])
    everything = Outcomes("all", table["prompt"], weak, strong)
    mmlu = clean & np.char.startswith(subject.astype(str), "mmlu/")
    return [
        everything.part(mmlu, "MMLU"),
        everything.part(mmlu & (subject != TEMPLATED), "MMLU without moral_scenarios"),
        everything.part(clean & (subject == "gsm8k"), "GSM8K"),
    ]
