"""A small network over hashed words, fitted to every model of every panel at once. Tried, and not shipped (``tried.py``).

Words and pairs have embeddings that are averaged (as fastText's), structure is mapped beside them, and each model has a head.
Each group of prompts has its base rate for each model as an offset, so what is learned is what makes a prompt harder within its
task.
"""

from __future__ import annotations

import numpy as np
from data import SEED, Data
from scipy import sparse, special

DIMENSIONS, EPOCHS, BATCH, RATE, DECAY, DROPPED = 16, 8, 256, 3e-3, 1e-3, 0.3


class Encoder:
    """A fitted network. ``right`` holds outcomes by row and model, NaN where there is none."""

    def __init__(self, data: Data, right: np.ndarray, rows: np.ndarray) -> None:
        features = len(data.names)
        self.words = data.design[:, features:].astype(np.float32).tocsr()
        self.structure = np.clip(data.standard(data.scans.inputs), -4.0, 4.0).astype(np.float32)
        self.right = right
        self.known = ~np.isnan(right)
        self.group = np.unique(data.table["group"].to_numpy(str), return_inverse=True)[1]
        self.offset = self._offsets()
        rng = np.random.default_rng(SEED)
        self.parts = {
            "words": rng.normal(0.0, 0.05, (self.words.shape[1], DIMENSIONS)),
            "structure": rng.normal(0.0, 0.05, (features, DIMENSIONS)),
            "bias": np.zeros(DIMENSIONS),
            "heads": rng.normal(0.0, 0.1, (DIMENSIONS, right.shape[1])),
            "common": rng.normal(0.0, 0.1, (DIMENSIONS, 1)),
        }
        self.parts = {name: part.astype(np.float32) for name, part in self.parts.items()}
        self.seen = self.known[rows].any(axis=0)
        self._fit(rows[self.known[rows].any(axis=1)], data.weights.astype(np.float32), rng)
        with np.errstate(invalid="ignore"):
            self.ability = np.nanmean(np.where(self.known[rows], right[rows], np.nan)[:, self.seen], axis=0)

    def failures(self, rows: np.ndarray) -> np.ndarray:
        """How much likelier than usual the models that were fitted fail, in logits."""
        return -self._logits(self._hidden(self.words[rows], self.structure[rows])).mean(axis=1)

    def gain(self, rows: np.ndarray) -> np.ndarray:
        """The heads of the abler third of the models less those of the least able third."""
        said = self._logits(self._hidden(self.words[rows], self.structure[rows]))
        order = np.argsort(self.ability)
        third = len(order) // 3
        return said[:, order[-third:]].mean(axis=1) - said[:, order[:third]].mean(axis=1)

    def _logits(self, hidden: np.ndarray) -> np.ndarray:
        return (hidden @ (self.parts["heads"] + self.parts["common"]))[:, self.seen]

    def _hidden(self, words: sparse.csr_matrix, structure: np.ndarray) -> np.ndarray:
        return np.tanh(words @ self.parts["words"] + structure @ self.parts["structure"] + self.parts["bias"])

    def _offsets(self) -> np.ndarray:
        offset = np.zeros_like(self.right)
        for group in np.unique(self.group):
            rows = self.group == group
            count = self.known[rows].sum(axis=0)
            offset[rows] = special.logit((np.nansum(self.right[rows], axis=0) + 0.5) / (count + 1.0))
        return offset

    def _fit(self, rows: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> None:
        """Adam on the logistic loss, each row's models weighing as one."""
        first = {name: np.zeros_like(part) for name, part in self.parts.items()}
        second = {name: np.zeros_like(part) for name, part in self.parts.items()}
        step = 0
        for _ in range(EPOCHS):
            for batch in np.array_split(rng.permutation(rows), max(1, len(rows) // BATCH)):
                step += 1
                for name, slope in self._slopes(batch, weights, rng).items():
                    first[name] = 0.9 * first[name] + 0.1 * slope
                    second[name] = 0.999 * second[name] + 0.001 * slope**2
                    scaled = np.sqrt(second[name] / (1.0 - 0.999**step)) + 1e-8
                    self.parts[name] -= RATE * (first[name] / (1.0 - 0.9**step)) / scaled

    def _slopes(self, batch: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
        words, structure, known = self.words[batch], self.structure[batch], self.known[batch]
        kept = (rng.random(words.data.shape) > DROPPED).astype(np.float32) / (1.0 - DROPPED)
        words = sparse.csr_matrix((words.data * kept, words.indices, words.indptr), words.shape)
        hidden = self._hidden(words, structure)
        heads = self.parts["heads"] + self.parts["common"]
        wrong = np.where(known, special.expit(hidden @ heads + self.offset[batch]) - np.nan_to_num(self.right[batch]), 0.0)
        wrong *= (4.0 * weights[batch] / len(batch) / known.sum(axis=1))[:, None]
        back = (wrong @ heads.T) * (1.0 - hidden**2)
        of_heads = hidden.T @ wrong
        return {
            "words": words.T @ back + DECAY * self.parts["words"],
            "structure": structure.T @ back + DECAY * self.parts["structure"],
            "bias": back.sum(axis=0),
            "heads": of_heads + 10.0 * DECAY * self.parts["heads"],
            "common": of_heads.sum(axis=1, keepdims=True) + DECAY * self.parts["common"],
        }
