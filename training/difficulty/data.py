"""The rows of training, their scans, and what is computed of them once."""

from __future__ import annotations

import random
from collections.abc import Callable

import asks
import numpy as np
import outcomes
import pandas as pd
import perturb
import scan
from scipy import sparse

SEED = 20_261_124
#: How many prompts are perturbed for the noise penalty.
PERTURBED = 6_000
#: How much more the authors' own asks weigh than their number says: outcome sets hold exams, and traffic does not.
ASKS_WEIGHT = 4.0

#: Structure counts up to what this share of the outcome rows has.
GREATEST_SHARE = 0.95
#: Words up to which meanings add up: then their sum falls as the root of the number (`rust/core/src/estimate/location.rs`).
SPREAD = 48
#: The first feature of content, which counts asks; the first that counts words of a meaning.
FIRST_CONTENT = "asks_lookup"
FIRST_MEANING = "question_words"

#: Features without a weight: a script says nothing about how hard it is what is asked in it.
SCRIPTS = [
    *("latin_extended", "greek", "cyrillic", "hebrew", "arabic", "indic", "southeast_asian", "han", "kana", "hangul"),
    "other_script",
]


class Data:
    """Every row that may be trained on, and the authors' own asks.

    ``design`` holds, by row: the standardised inputs, hashed words, hashed pairs. ``rewording`` and ``rewrapping`` are the
    differences between the designs of some rows (``noisy``) and of their copies: reworded in any way, and in another template
    only. ``groups`` tells the outcome sets' groups apart.
    """

    def __init__(self) -> None:
        self.table = pd.concat([outcomes.load(), asks.load(SEED)], ignore_index=True)
        self.schema, self.names = scan.schema()
        self.scans = scan.scan(self.table["prompt"].tolist())
        self.failures = 1.0 - self.table["accuracy"].to_numpy(float)
        self.family = self.table["family"].to_numpy(str)
        self.real = self.family != "asks"
        sizes = self.table.groupby("group")["prompt"].transform("size").to_numpy(float)
        # Each group of prompts weighs as the root of its size, so that no large set drowns the others.
        self.weights = 1.0 / np.sqrt(sizes)
        self.weights *= np.where(self.real, 1.0, ASKS_WEIGHT)
        self.weights *= len(sizes) / self.weights.sum()
        self.least, self.greatest = np.quantile(self.scans.inputs, [0.001, 0.999], axis=0)
        # Material has more of everything that structure counts than any question.
        size = slice(self.names.index(FIRST_CONTENT))
        self.greatest[size] = np.quantile(self.scans.inputs[self.real, size], GREATEST_SHARE, axis=0)
        clipped = np.clip(self.scans.inputs, self.least, self.greatest).astype(float)
        self.means = np.average(clipped, axis=0, weights=self.weights)
        deviations = np.sqrt(np.average((clipped - self.means) ** 2, axis=0, weights=self.weights))
        self.deviations = np.where(deviations > 1e-3, deviations, np.inf)
        self.deviations[[self.names.index(name) for name in SCRIPTS]] = np.inf
        self.design = self.rows(self.scans)
        group, _ = pd.factorize(self.table["group"])
        ones = self.real.astype(float)
        self.groups = sparse.csr_matrix((ones, (np.arange(len(group)), group)))
        rng = random.Random(SEED)
        self.noisy = np.array(rng.sample(range(len(self.table)), min(PERTURBED, len(self.table))))
        self.rewording = self._moved((perturb.perturb, perturb.paraphrase), rng)
        self.rewrapping = self._moved((perturb.rewrap,), rng)

    def _moved(self, changes: tuple[Callable[..., str], ...], rng: random.Random) -> sparse.csr_matrix:
        copies = [rng.choice(changes)(self.table["prompt"][i], perturb.FIT, rng) for i in self.noisy]
        return (self.design[self.noisy] - self.rows(scan.scan(copies))).tocsr()

    def standard(self, inputs: np.ndarray) -> np.ndarray:
        """Inputs with mean 0 and deviation 1; what lies beyond the range of training counts as its end."""
        return (np.clip(inputs, self.least, self.greatest).astype(float) - self.means) / self.deviations

    def rows(self, scans: scan.Scans) -> sparse.csr_matrix:
        """The design of scanned texts."""
        spread = np.sqrt(np.minimum(1.0, SPREAD / np.maximum(scans.counts(), 1)))
        inputs = self.standard(scans.inputs)
        inputs[:, self.names.index(FIRST_MEANING) :] *= spread[:, None]
        bags = [sparse.diags(spread) @ scans.bag(hashes) for hashes in (scans.words, scans.pairs)]
        return sparse.hstack([sparse.csr_matrix(inputs), *bags]).tocsr()

    def seen_words(self, often: int, rows: np.ndarray | None = None) -> np.ndarray:
        """Returns the hashes of words that occur in at least `often` prompts, of all or of the given rows."""
        prompts = np.repeat(np.arange(len(self.table)), self.scans.counts())
        known = np.ones(len(prompts), bool) if rows is None else rows[prompts]
        distinct = np.unique(np.column_stack([self.scans.words[known], prompts[known]]), axis=0)[:, 0]
        hashes, counts = np.unique(distinct, return_counts=True)
        return hashes[counts >= often]
