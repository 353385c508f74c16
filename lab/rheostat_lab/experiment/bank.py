"""Records of the models' answers, so that none is computed twice: one record for each request to each model.

A record is a whole stream. A run that stops a stream early pays for the tokens up to there, as if the stream had been cancelled;
the rest is not used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheostat_lab import Lab, Request


@dataclass(frozen=True)
class Record:
    """One stream, whole."""

    read: int
    """Tokens of its prompt."""
    thought: int
    tokens: npt.NDArray[np.int16]
    logprobs: npt.NDArray[np.float32]
    answer: str | None

    @property
    def written(self) -> int:
        """Number of written tokens."""
        return len(self.logprobs)

    @property
    def mean_logprob(self) -> float:
        """Mean log-probability of the written tokens."""
        return float(self.logprobs.mean())


Asked = tuple[str, Request]


class Bank:
    """Records by model and request. The order of computing does not depend on the order of asking."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.seconds: dict[str, float] = dict.fromkeys(lab.models, 0.0)
        self.written: dict[str, int] = dict.fromkeys(lab.models, 0)
        self._records: dict[Asked, Record] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, asked: Asked) -> Record:
        """A record that was filled in."""
        return self._records[asked]

    def fill(self, wanted: Iterable[Asked], progress: Callable[[int], None] | None = None) -> None:
        """Computes what is missing, model by model, as many streams at once as the engine holds."""
        missing = [asked for asked in dict.fromkeys(wanted) if asked not in self._records]
        for model in self.lab.models:
            engine = self.lab[model]
            began, before = time.process_time(), engine.written_tokens
            requests = [request for name, request in missing if name == model]
            # Sorted by length, so that a short stream seldom waits beside a long one's memory.
            requests.sort(key=lambda request: (request.mode, len(request.text)))
            for i in range(0, len(requests), 8 * engine.capacity):
                part = requests[i : i + 8 * engine.capacity]
                for request, stream in zip(part, engine.serve(part), strict=True):
                    tokens, logprobs = np.array(stream.tokens, np.int16), np.array(stream.logprobs, np.float32)
                    self._records[model, request] = Record(len(stream.prompt), stream.thought, tokens, logprobs, stream.answer)
                if progress is not None:
                    progress(len(part))
            self.seconds[model] += time.process_time() - began
            self.written[model] += engine.written_tokens - before

    def seconds_per_token(self, model: str) -> float:
        """Returns the mean processor time of a token so far, many streams at once."""
        return self.seconds[model] / max(1, self.written[model])

    def alone(self, model: str, requests: Iterable[Request]) -> float:
        """Returns the processor time of a token with one stream at a time. Nothing is recorded."""
        engine = self.lab[model]
        began, before = time.process_time(), engine.written_tokens
        for request in requests:
            engine.serve([request])
        return (time.process_time() - began) / max(1, engine.written_tokens - before)
