"""One model on onnxruntime: its logits after some tokens, and its memory of earlier ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rheostat_lab.weights import Weights

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

BLOCK = 64
"""Positions by which a memory grows."""
_NOTHING = np.float32(-1e9)


class Network:
    """A model of the lab, loaded. One thread uses it at a time.

    Args:
        weights: Where the models are.
        name: Name of the model.
        threads: Cores that one forward pass uses. The models are small: more than one seldom helps.

    Raises:
        ArtifactError: The file is damaged.
    """

    def __init__(self, weights: Weights, name: str, threads: int = 1) -> None:
        import onnxruntime  # Here, because questions and prices do without it, and it takes long to import.

        data = weights.read(name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        facts = weights.facts(name)
        self.name = name
        self.layers: int = facts["layers"]
        self.heads: int = facts["heads"]
        self.size: int = facts["width"] // facts["heads"]
        self.parameters: int = facts["parameters"]
        self._outputs = [output.name for output in self._session.get_outputs()]

    def read(self, tokens: Ints) -> tuple[Floats, list[Floats]]:
        """Reads rows of tokens [B, T] from their beginning.

        Returns:
            Logits at each token [B, T, said], and the memory: key and value of each layer, in turn
            [B, heads, T, size].
        """
        batch, length = tokens.shape
        positions = np.broadcast_to(np.arange(length), tokens.shape)
        empty = np.zeros((batch, self.heads, 0, self.size), np.float32)
        ahead = np.triu(np.full((length, length), _NOTHING, np.float32), 1)
        causal = np.broadcast_to(ahead, (batch, 1, length, length))
        return self._run(tokens, positions, np.zeros((batch, 1, 1, 0), np.float32), causal, [empty] * (2 * self.layers))

    def write(self, tokens: Ints, memory: Memory, rows: int) -> Floats:
        """Writes one token [B] for each of the first `rows` rows of a memory, and returns the logits [B, said]."""
        lengths = memory.lengths[:rows]
        memory.reserve(int(lengths.max()) + 1)
        bias = np.where(np.arange(memory.room)[None, :] < lengths[:, None], np.float32(0), _NOTHING)[:, None, None, :]
        past = [part[:rows] for part in memory.parts]
        here = np.zeros((rows, 1, 1, 1), np.float32)
        said, new = self._run(tokens[:, None], lengths[:, None], bias, here, past)
        index = np.arange(rows)
        for part, value in zip(memory.parts, new, strict=True):
            part[index, :, lengths] = value[:, :, 0]
        memory.lengths[:rows] += 1
        return said[:, 0]

    def _run(
        self, tokens: Ints, positions: Ints, past_bias: Floats, new_bias: Floats, past: list[Floats]
    ) -> tuple[Floats, list[Floats]]:
        feed = {"tokens": tokens, "positions": positions, "past_bias": past_bias, "new_bias": new_bias}
        for i in range(self.layers):
            feed[f"past_key_{i}"], feed[f"past_value_{i}"] = past[2 * i], past[2 * i + 1]
        said, *new = self._session.run(self._outputs, feed)
        return said, new


class Memory:
    """Keys and values of the streams of one model, one row each. Rows in use are the first ones; the rest is room."""

    def __init__(self, network: Network, rows: int) -> None:
        self._shape = (rows, network.heads, network.size)
        self.lengths = np.zeros(rows, np.int64)
        self.room = BLOCK
        self.parts = [self._empty() for _ in range(2 * network.layers)]

    def _empty(self) -> Floats:
        rows, heads, size = self._shape
        return np.zeros((rows, heads, self.room, size), np.float32)

    def reserve(self, positions: int) -> None:
        """Makes room for a number of positions, or gives back what is no longer needed."""
        needed = max(BLOCK, -(-positions // BLOCK) * BLOCK)
        if needed == self.room:
            return
        kept = min(needed, self.room)
        self.room, old = needed, self.parts
        self.parts = [self._empty() for _ in old]
        for new, before in zip(self.parts, old, strict=True):
            new[:, :, :kept] = before[:, :, :kept]

    def store(self, row: int, parts: list[Floats], source: int, length: int) -> None:
        """Puts what was read, row `source` of `parts`, into a row."""
        self.reserve(max(length, int(self.lengths.max())))
        for part, value in zip(self.parts, parts, strict=True):
            part[row, :, :length] = value[source, :, :length]
        self.lengths[row] = length

    def move(self, source: int, target: int) -> None:
        """Moves a row to another place, so that the rows in use stay the first ones."""
        length = self.lengths[source]
        for part in self.parts:
            part[target, :, :length] = part[source, :, :length]
        self.lengths[target], self.lengths[source] = length, 0
