"""One question on the lab's models: which requests it makes, and how its answers are judged without knowing the right one."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from rheostat.lab.engine import Mode, Request
from rheostat.lab.experiment.bank import TOP, Asked
from rheostat.lab.experiment.rungs import TEMPERATURE
from rheostat.lab.questions import Question, reach

MOST_TOKENS = 256


class Served:
    """A question, as a host knows it: its text, and a verifier where the text says how an answer is checked."""

    def __init__(self, question: Question, seed: int = 0) -> None:
        self.question = question
        self.text = question.text
        self.seed = zlib.crc32(question.text.encode()) + seed
        self.verify: Callable[[str], bool] | None = reach.verifier(question.text)

    def request(self, model: str, mode: Mode, sample: int | None = None, draft: str | None = None) -> Asked:
        """A request: greedy, or the `sample`-th draw. The same draw of a question is the same everywhere."""
        return model, Request(
            self.text,
            mode,
            max_tokens=MOST_TOKENS,
            temperature=0.0 if sample is None else TEMPERATURE,
            seed=0 if sample is None else self.seed + sample,
            top_logprobs=TOP,
            draft=draft,
        )

    def accepted(self, answer: str | None) -> str | None:
        """The answer, or None where it can be checked and is wrong."""
        if answer is None or self.verify is None or self.verify(answer):
            return answer
        return None

    def right(self, answer: str | None) -> bool:
        """Whether an answer is right. For the report alone: no host asks this."""
        return self.question.right(answer)
