"""The lab: three real language models, small enough for any machine, to show and to test adaptive compute with.

They need no key and no network; the weights are part of the distribution.
"""

from __future__ import annotations

from pathlib import Path

from rheostat.errors import UnknownNameError
from rheostat_lab.engine import MODES, Engine, Mode, Request, Stream
from rheostat_lab.network import Network
from rheostat_lab.prices import LISTS, Price
from rheostat_lab.questions import FAMILIES, KINDS, MIX, Question
from rheostat_lab.tokens import Tokenizer
from rheostat_lab.weights import Weights

__all__ = [
    "FAMILIES", "KINDS", "LISTS", "MIX", "MODES", "Engine", "Lab", "Mode", "Network", "Price", "Question", "Request", "Stream",
    "Tokenizer", "Weights",
]  # fmt: skip


class Lab:
    """The lab's models, each with its engine.

    Example:
        >>> lab = Lab.load()                                            # doctest: +SKIP
        >>> lab.ask("What is 12 + 30, left to right?", "lab-large")     # doctest: +SKIP
        '42'
    """

    def __init__(self, engines: dict[str, Engine], weights: Weights) -> None:
        self.engines = engines
        self.weights = weights

    @classmethod
    def load(cls, directory: str | Path | None = None, capacity: int = 32) -> Lab:
        """Loads all models.

        Args:
            directory: A directory of weights. Default: those that come with this distribution.
            capacity: The most streams of one model that run at once.

        Raises:
            ArtifactError: A file is damaged.
        """
        weights = Weights.find(directory)
        tokenizer = weights.tokenizer()
        return cls({name: Engine(Network(weights, name), tokenizer, capacity) for name in weights.names}, weights)

    def __getitem__(self, model: str) -> Engine:
        """Returns the engine of a model. Raises UnknownNameError."""
        try:
            return self.engines[model]
        except KeyError:
            raise UnknownNameError(f"model: {model!r} is not one of {', '.join(self.engines)}") from None

    @property
    def models(self) -> tuple[str, ...]:
        """The models, smallest first."""
        return tuple(self.engines)

    def ask(self, text: str, model: str, mode: Mode = "hi") -> str | None:
        """Answers one question, greedily and alone."""
        engine = self[model]
        stream = engine.add(Request(text, mode))
        engine.drain()
        return stream.answer
