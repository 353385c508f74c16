"""One question on the lab's models: its requests, and the check of its answers without knowing the right one."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable

import rheostat as rh
from rheostat_lab.engine import Mode, Request
from rheostat_lab.experiment.bank import Asked
from rheostat_lab.experiment.rungs import TEMPERATURE, engine_of, mode_of
from rheostat_lab.questions import Question, reach

MOST_TOKENS = 256


class Served:
    """A question as a host knows it: its text, and a verifier if the text defines one."""

    def __init__(self, question: Question | str, seed: int = 0) -> None:
        self.question = None if isinstance(question, str) else question
        self.text = question if isinstance(question, str) else question.text
        self.seed = zlib.crc32(self.text.encode()) + seed
        self.verify: Callable[[str], bool] | None = reach.verifier(self.text)

    def request(self, model: str, mode: Mode, sample: int | None = None, draft: str | None = None) -> Asked:
        """Returns a request: greedy, or the `sample`-th draw. A draw of a question is equal in every arm."""
        return model, Request(
            self.text,
            mode,
            max_tokens=MOST_TOKENS,
            temperature=0.0 if sample is None else TEMPERATURE,
            seed=0 if sample is None else self.seed + sample,
            draft=draft,
        )

    def accepted(self, answer: str | None) -> str | None:
        """Returns the answer, or None if it fails its check."""
        if answer is None or self.verify is None or self.verify(answer):
            return answer
        return None

    def right(self, answer: str | None) -> bool:
        """Returns True if an answer is right. Only the report may call it; a host does not know."""
        return self.question is not None and self.question.right(answer)


class Draws:
    """Requests of the calls of one run: each sample is a draw of its own."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._drawn: Counter[tuple[str, str]] = Counter()

    def next(self, call: rh.Call) -> Asked | None:
        """The request of the next sample of a call. None: the host answers it without a model."""
        model, mode = engine_of(call.model), mode_of(call.thinking_tokens)
        if call.kind == "verify":
            # Without a check, the comparison is with another working of the question.
            return None if self.served.verify else self.served.request(model, "lo" if mode == "hi" else "hi")
        if call.kind == "revise":
            return self.served.request(model, mode, draft=call.resume)
        if call.rung.samples == 1:
            return self.served.request(model, mode)
        self._drawn[model, mode] += 1
        return self.served.request(model, mode, self._drawn[model, mode] - 1)

    def verdict(self, call: rh.Call) -> str:
        """The host's own answer to a call that is not for a model."""
        return "yes" if call.resume and self.served.accepted(call.resume) else "no"
