"""The engine: many streams of one model at once, one token each at every step.

An added stream joins at the next step, and one that ends makes room at once (continuous batching). The engine does not wait and
starts no thread: the caller of `step` drives it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rheostat._checks import invalid
from rheostat.errors import InvalidValueError
from rheostat_lab.network import Floats, Memory, Network
from rheostat_lab.sampling import choose, likeliest, log_softmax
from rheostat_lab.tokens import Tokenizer

Mode = Literal["no", "lo", "hi"]
MODES: tuple[Mode, ...] = ("no", "lo", "hi")

LONGEST_PROMPT = 200
LONGEST = 448
"""Positions of a stream, prompt and output together."""
MOST_TOP = 20


@dataclass(frozen=True)
class Request:
    """One request to an engine.

    Attributes:
        text: The question.
        mode: How to work: "no" answers at once, "lo" writes a short working first, "hi" a long one.
        thinking_tokens: Most tokens of working; then the answer is forced. None: no limit.
        max_tokens: The most tokens in all; the stream is cut there.
        temperature: 0 is greedy.
        top_p: Draws from the likeliest tokens that together have this probability.
        seed: Seed of the stream's randomness.
        top_logprobs: Number of top log-probabilities that are kept at every step, up to 20.
        logits: True keeps each step's whole row of logits.
        draft: An earlier answer to look at again.
    """

    text: str
    mode: Mode = "lo"
    thinking_tokens: int | None = None
    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    top_logprobs: int = 0
    logits: bool = False
    draft: str | None = None

    def check(self) -> None:
        """Raises InvalidValueError naming the first value that is out of bounds."""
        _bound("mode", self.mode, self.mode in MODES, f"one of {', '.join(MODES)}")
        _bound("thinking_tokens", self.thinking_tokens, self.thinking_tokens is None or self.thinking_tokens >= 0, "at least 0")
        _bound("max_tokens", self.max_tokens, self.max_tokens >= 1, "at least 1")
        _bound("temperature", self.temperature, 0 <= self.temperature <= 2, "between 0 and 2")
        _bound("top_p", self.top_p, 0 < self.top_p <= 1, "above 0 and at most 1")
        _bound("seed", self.seed, self.seed >= 0, "at least 0")
        _bound("top_logprobs", self.top_logprobs, 0 <= self.top_logprobs <= MOST_TOP, f"between 0 and {MOST_TOP}")


def _bound(name: str, value: object, holds: bool, bound: str) -> None:
    if not holds:
        raise invalid(name, repr(value), bound)


class Stream:
    """One answer being written.

    Attributes:
        tokens: The tokens so far, `<ans>` and the end included. All of them are paid for.
        logprobs: The log-probability of each, under the model as it is (at temperature 1).
        top_ids, top_logprobs: The likeliest tokens at each step and their log-probabilities, if requested.
        logits: The whole rows, if requested.
        thought: Number of tokens of the working.
        thinking_tokens: The most tokens of working. It may be raised, or lowered, while the stream runs.
        ended: None while it runs, then "stop", "length" or "cancelled".
    """

    def __init__(self, request: Request, tokenizer: Tokenizer, prompt: list[int]) -> None:
        self.request = request
        self.prompt = prompt
        self.thinking_tokens = request.thinking_tokens
        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        self.top_ids: list[list[int]] = []
        self.top_logprobs: list[list[float]] = []
        self.logits: list[Floats] = []
        self.thought = 0
        self.answering = False
        self.ended: str | None = None
        self._tokenizer = tokenizer
        self._random = np.random.Generator(np.random.PCG64(request.seed))

    def cancel(self) -> None:
        """Stops the stream: it gets no more tokens, and its place is free at the next step."""
        if self.ended is None:
            self.ended = "cancelled"

    @property
    def working(self) -> str:
        """Text before the answer."""
        return self._tokenizer.decode(self.tokens[: self.thought])

    @property
    def answer(self) -> str | None:
        """The answer, or None if there is none yet, or none at all."""
        if self.ended != "stop":
            return None
        return self._tokenizer.decode(self.tokens[self.thought :]) or None

    def draw(self) -> float:
        """Draws a uniform number from the stream's randomness."""
        return float(self._random.random())

    def forced(self) -> bool:
        """True if the working has used up its budget, so that the answer comes next."""
        return not self.answering and self.thinking_tokens is not None and self.thought >= self.thinking_tokens

    def push(self, token: int, logprob: float) -> None:
        """Appends a token."""
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if token == self._tokenizer.eos:
            self.ended = "stop"
        elif token == self._tokenizer.ans:
            self.answering = True
        elif not self.answering:
            self.thought += 1
        full = len(self.tokens) >= self.request.max_tokens or len(self.prompt) + len(self.tokens) >= LONGEST
        if self.ended is None and full:
            self.ended = "length"


class Engine:
    """Streams of one model.

    Args:
        network: The model.
        tokenizer: Its tokenizer.
        capacity: The most streams that run at once; further ones wait their turn.

    Attributes:
        advanced: The streams that got a token in the last step; a stream that was admitted in it is listed twice.
        read_tokens, written_tokens: Tokens computed so far.

    Example:
        >>> from rheostat_lab import Lab
        >>> lab = Lab.load()                                        # doctest: +SKIP
        >>> stream = lab["lab-large"].add(Request("Start with 17, add 25. What is the result?"))    # doctest: +SKIP
        >>> lab["lab-large"].drain()                                # doctest: +SKIP
        >>> stream.working, stream.answer                           # doctest: +SKIP
        ('#1 + 25 = 42 ;', '42')
    """

    def __init__(self, network: Network, tokenizer: Tokenizer, capacity: int = 32) -> None:
        if capacity < 1:
            raise invalid("capacity", capacity, "at least 1")
        self.network = network
        self.tokenizer = tokenizer
        self.capacity = capacity
        self.read_tokens = 0
        self.written_tokens = 0
        self._memory = Memory(network, capacity)
        self.advanced: list[Stream] = []
        self._waiting: deque[Stream] = deque()
        self._running: list[Stream] = []

    def prompt(self, request: Request) -> list[int]:
        """The tokens of a request's prompt.

        Raises:
            InvalidValueError: It is longer than the models read.
        """
        t = self.tokenizer
        ids = [t.bos, *t.encode(request.text[: 16 * LONGEST_PROMPT])]
        if request.draft is not None:
            ids += [t.rev, *t.encode(request.draft[: 16 * LONGEST_PROMPT])]
        ids.append(t.modes[request.mode])
        if len(ids) > LONGEST_PROMPT or len(request.text) > 16 * LONGEST_PROMPT:
            raise InvalidValueError(f"text: a prompt of {len(ids)} tokens is too long; it must have at most {LONGEST_PROMPT}")
        return ids

    def add(self, request: Request) -> Stream:
        """A new stream, which begins at the next step that has room.

        Raises:
            InvalidValueError: A value of the request is out of bounds.
        """
        request.check()
        stream = Stream(request, self.tokenizer, self.prompt(request))
        self._waiting.append(stream)
        return stream

    @property
    def running(self) -> int:
        """Streams that have a place."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Streams that wait for one."""
        return len(self._waiting)

    def step(self) -> bool:
        """Computes one token for every running stream, and lists them in `advanced`. Returns False if there is nothing to do."""
        self.advanced = []
        self._drop()
        self._admit()
        if not self._running:
            return bool(self.advanced or self._waiting)
        # A stream that was just admitted has its first token already, from reading its prompt.
        rows = len(self._running)
        last = np.fromiter((s.tokens[-1] for s in self._running), np.int64, rows)
        said = self.network.write(last, self._memory, rows)
        self._take(self._running, said)
        self._drop()
        return True

    def drain(self) -> None:
        """Steps until nothing is left to do."""
        while self.step():
            pass

    def serve(self, requests: Iterable[Request]) -> list[Stream]:
        """Serves requests to their end."""
        streams = [self.add(request) for request in requests]
        self.drain()
        return streams

    def _admit(self) -> None:
        """Admits waiting streams, and reads their prompts in one batch."""
        new: list[Stream] = []
        while self._waiting and len(self._running) + len(new) < self.capacity:
            stream = self._waiting.popleft()
            if stream.ended is None:
                new.append(stream)
        if not new:
            return
        longest = max(len(s.prompt) for s in new)
        tokens = np.zeros((len(new), longest), np.int64)
        for i, stream in enumerate(new):
            tokens[i, : len(stream.prompt)] = stream.prompt
        said, parts = self.network.read(tokens)
        for i, stream in enumerate(new):
            self._memory.store(len(self._running), parts, i, len(stream.prompt))
            self._running.append(stream)
        self.read_tokens += sum(len(s.prompt) for s in new)
        ends = np.fromiter((len(s.prompt) - 1 for s in new), np.int64, len(new))
        self._take(new, said[np.arange(len(new)), ends])
        self._drop()

    def _take(self, streams: list[Stream], logits: Floats) -> None:
        """Draws one token for each stream from the model's logits."""
        requests = [s.request for s in streams]
        logprobs = log_softmax(logits)
        tokens = choose(
            logits,
            np.array([r.temperature for r in requests]),
            np.array([r.top_p for r in requests]),
            np.array([s.draw() if r.temperature > 0 else 0.0 for s, r in zip(streams, requests, strict=True)]),
        )
        forced = [i for i, stream in enumerate(streams) if stream.forced()]
        tokens[forced] = self.tokenizer.ans
        k = max(r.top_logprobs for r in requests)
        ids, tops = likeliest(logprobs, k) if k else (None, None)
        own = logprobs[np.arange(len(streams)), tokens].tolist()
        for i, (stream, request, token) in enumerate(zip(streams, requests, tokens.tolist(), strict=True)):
            if ids is not None and tops is not None and request.top_logprobs:
                stream.top_ids.append(ids[i, : request.top_logprobs].tolist())
                stream.top_logprobs.append(tops[i, : request.top_logprobs].tolist())
            if request.logits:
                stream.logits.append(logits[i].copy())
            stream.push(token, own[i])
        self.written_tokens += len(streams)
        self.advanced += streams

    def _drop(self) -> None:
        """Takes places away from streams that have ended; the last one moves into each gap."""
        row = 0
        while row < len(self._running):
            if self._running[row].ended is None:
                row += 1
                continue
            last = len(self._running) - 1
            if row < last:
                self._memory.move(last, row)
                self._running[row] = self._running[last]
            self._memory.lengths[last] = 0
            self._running.pop()
