r"""Process reward models beside a run: an ONNX file, a pooling endpoint, or any function, asked off the loop.

A step scorer is called with the question and the steps so far, and returns a score in [0, 1] for each step. `StepScoring` cuts a
stream into steps while it is written, asks the scorer in threads of its own, and reports the scores by `Sample.step(score,
at_step=i)`: late and out of order, if they come so. The stream never waits for a score. What a score leads to is the run's to
decide (`Rules`, `Rung(steps=…)`, docs/strategies.md#process-rewards); the host hears it with the stream's next event.

Example:
    >>> import rheostat as rh
    >>> from rheostat.step_scorers import StepScoring
    >>> run = rh.Governor(rh.Ladder([rh.Rung("fast")])).plan("What is 2 + 2 + 2?").start()
    >>> sample = run.next()[0].sample()
    >>> with StepScoring(lambda question, steps: [0.9] * len(steps)) as scoring:
    ...     with scoring.watch(sample, "What is 2 + 2 + 2?") as stream:
    ...         for piece in ("2 + 2 = 4\n", "\n4 + 2", " = 6\n\nThe answer is 6."):
    ...             stream.text(piece)
    ...     scoring.join()
    True
    >>> scoring.counts["scored"], sample.readings.steps
    (3, 0.9)
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rheostat._checks import invalid, whole, wrong_type
from rheostat._extras import need
from rheostat._native import Sample
from rheostat._step_scores import read_step_scores
from rheostat.errors import InvalidTypeError, InvalidValueError, StateError
from rheostat.second_stage._file import load

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Encode", "OnnxStepScorer", "PoolingScorer", "StepScorer", "StepScoring", "WatchedStream"]

StepScorer: TypeAlias = Callable[[str, Sequence[str]], Sequence[float]]
"""Called with the question and the steps so far. Returns a score in [0, 1] for each step; NaN for one that it cannot score."""

Encode: TypeAlias = Callable[[str, Sequence[str]], tuple[Sequence[int], Sequence[int]]]
"""A tokenizer: the token ids of a question with its steps, and the position of each step's last token among them."""

_MOST_TOKENS = 1 << 20
_LARGEST_STEP = 1 << 16
"""A step that is longer, in characters, ends where it is."""


class StepScoring:
    """Scores the steps of streams while they are written.

    Args:
        scorer: A step scorer. It is called in this object's threads, and must allow that.
        separator: Text between two steps.
        workers: Threads that score, 1 to 64.
        waiting: Most calls of the scorer that wait, 1 to 1,048,576. A step for which there is no room is not scored (`counts`).

    Attributes:
        counts: `"scored"` steps, `"failed"` calls of the scorer, `"dropped"` steps for which there was no room.
        error: The scorer's newest error, or None.

    Raises:
        InvalidTypeError: `scorer` is no function, or `separator` no text.
        InvalidValueError: A value is out of bounds.
    """

    def __init__(self, scorer: StepScorer, *, separator: str = "\n\n", workers: int = 1, waiting: int = 1_024) -> None:
        """Starts no thread before the first step."""
        if not callable(scorer):
            raise wrong_type("scorer", scorer, "a function of a question and its steps")
        if not isinstance(separator, str):
            raise wrong_type("separator", separator, "a str")
        if not separator:
            raise invalid("separator", "an empty text", "at least one character")
        if not 1 <= whole("workers", workers) <= 64:
            raise invalid("workers", workers, "between 1 and 64")
        if not 1 <= whole("waiting", waiting) <= 1 << 20:
            raise invalid("waiting", waiting, "between 1 and 1048576")
        self._scorer, self.separator, self._most = scorer, separator, waiting
        self.counts = {"scored": 0, "failed": 0, "dropped": 0}
        self.error: Exception | None = None
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="rheostat-steps")
        self._changed = threading.Condition()
        self._open, self._closed = 0, False

    def watch(self, sample: Sample, question: str) -> WatchedStream:
        """Returns the stream of a sample. Give it the text as it comes, and close it at its end, by `with` or `close`."""
        if not isinstance(question, str):
            raise wrong_type("question", question, "a str")
        return WatchedStream(self, sample, question)

    def join(self, timeout: float | None = None) -> bool:
        """Waits until every step so far has been scored. False if that takes longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def close(self) -> None:
        """Ends the threads; steps that still wait are not scored."""
        self._closed = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._changed:
            self._open = 0
            self._changed.notify_all()

    def __enter__(self) -> Self:
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def ask(self, sample: Sample, question: str, steps: tuple[str, ...]) -> None:
        """Asks for the score of the newest of some steps, in a thread."""
        if self._closed:
            raise StateError("the step scoring is closed")
        with self._changed:
            if self._open >= self._most:
                self.counts["dropped"] += 1
                return
            self._open += 1
        self._threads.submit(self._score, sample, question, steps)

    def _score(self, sample: Sample, question: str, steps: tuple[str, ...]) -> None:
        error, score = None, math.nan
        try:
            scores = self._scorer(question, steps)
            if len(scores) != len(steps):
                raise InvalidValueError(f"the scorer returned {len(scores)} scores for {len(steps)} steps")
            score = float(scores[-1])
            sample.step(score, at_step=len(steps) - 1)
        except Exception as caught:  # noqa: BLE001  # A scorer may fail in any way, and no stream fails with it.
            error = caught
        with self._changed:
            self.counts["scored" if error is None else "failed"] += 1
            self.error = error or self.error
            self._open = max(0, self._open - 1)
            self._changed.notify_all()


class WatchedStream:
    """The stream of one sample, cut into steps. Made by `StepScoring.watch`."""

    def __init__(self, scoring: StepScoring, sample: Sample, question: str) -> None:
        """Begins with no step."""
        self._scoring, self._sample, self._question = scoring, sample, question
        self._steps: tuple[str, ...] = ()
        self._rest = ""

    def text(self, piece: str) -> None:
        """Takes the next piece of the text, as long or short as it comes."""
        if not isinstance(piece, str):
            raise wrong_type("piece", piece, "a str")
        *whole_steps, self._rest = (self._rest + piece).split(self._scoring.separator)
        for step in whole_steps:
            self._add(step)
        while len(self._rest) > _LARGEST_STEP:
            self._add(self._rest[:_LARGEST_STEP])
            self._rest = self._rest[_LARGEST_STEP:]

    def close(self) -> None:
        """Takes the text since the last separator as the last step."""
        rest, self._rest = self._rest, ""
        self._add(rest)

    def _add(self, step: str) -> None:
        # Two separators in a row have no step between them.
        if step.strip():
            self._steps += (step.strip(),)
            self._scoring.ask(self._sample, self._question, self._steps)

    def __enter__(self) -> Self:
        """Returns itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Closes it, unless the stream broke off: then its last step is not whole."""
        if kind is None:
            self.close()


class PoolingScorer:
    """The form of vLLM's `/pooling` endpoint for a process reward model.

    Args:
        post: Sends a body to the endpoint, and returns its reply: as an object, or as JSON.
        model: The model's name.
        tag: The text that ends a step for the model, such as `"<extra_0>"` of Qwen2.5-Math-PRM. The endpoint returns a row for
            each of them.
        system: The system message of the model's prompt; none if not given.

    Raises:
        InvalidTypeError: `post` is no function, or another argument no text.
        InvalidValueError: `tag` is empty.

    Example:
        >>> from rheostat.step_scorers import PoolingScorer
        >>> scorer = PoolingScorer(lambda body: {"data": [{"data": [[0.2, 0.8], [0.6, 0.4]]}]}, "prm")
        >>> scorer("What is 2 + 2 + 2?", ["2 + 2 = 4", "4 + 2 = 7"])
        [0.8, 0.4]
    """

    def __init__(
        self, post: Callable[[dict[str, Any]], Any], model: str, *, tag: str = "<extra_0>", system: str | None = None
    ) -> None:
        """Sends nothing."""
        if not callable(post):
            raise wrong_type("post", post, "a function that sends a body")
        for name, text in (("model", model), ("tag", tag), ("system", system)):
            if not isinstance(text, str) and not (name == "system" and text is None):
                raise wrong_type(name, text, "a str")
        if not tag:
            raise invalid("tag", "an empty text", "at least one character")
        self._post, self.model, self.tag, self.system = post, model, tag, system

    def body(self, question: str, steps: Sequence[str]) -> dict[str, Any]:
        """Returns the body of a request: the question, and an answer whose steps each end with the tag."""
        messages = [] if self.system is None else [{"role": "system", "content": self.system}]
        # A step's own text must not end another one.
        said = "".join(step.replace(self.tag, "") + self.tag for step in steps)
        messages += [{"role": "user", "content": question.replace(self.tag, "")}, {"role": "assistant", "content": said}]
        return {"model": self.model, "messages": messages, "add_generation_prompt": False}

    def __call__(self, question: str, steps: Sequence[str]) -> list[float]:
        """Returns the scores of the steps.

        Raises:
            InvalidTypeError: The reply has no known form.
            InvalidValueError: It has scores for another number of steps.
        """
        scores = read_step_scores(self._post(self.body(question, steps)))
        if len(scores) != len(steps):
            raise InvalidValueError(
                f"the reply has {len(scores)} scores for {len(steps)} steps: is {self.tag!r} the model's tag?"
            )
        return scores


class OnnxStepScorer:
    """A process reward model in an ONNX file.

    The file has an input `int64` [batch, tokens], and may have a second one, `attention_mask`, of the same form. It has one
    output of floats, [batch, tokens], [batch, tokens, 1] or [batch, tokens, 2], which is read where steps end. These are scores,
    their logits, or the chances (or logits) of a wrong and of a right step. It runs on one core, in the calling thread; any
    thread may call it.

    Args:
        path: The file.
        encode: The model's tokenizer; see `Encode`.
        largest: Largest file, in bytes.

    Raises:
        MissingExtraError: The extra `onnx` is not installed.
        ArtifactError: The file cannot be read, is too large, damaged, keeps tensors in other files, or has another signature.
        InvalidTypeError: `encode` is no function.
    """

    def __init__(self, path: str | PathLike[str], encode: Encode, *, largest: int = 1 << 30) -> None:
        """Reads and checks the file."""
        if not callable(encode):
            raise wrong_type("encode", encode, "a function of a question and its steps")
        if whole("largest", largest) < 1:
            raise invalid("largest", largest, "at least 1")
        need("onnxruntime", "onnx")
        self._encode, file = encode, load(path, largest)
        self._session = file.session
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        ids = [place.name for place in inputs if place.name != "attention_mask"]
        fits = all(place.type == "tensor(int64)" and len(place.shape) == 2 for place in inputs)
        floats = len(outputs) == 1 and outputs[0].type in {"tensor(float)", "tensor(double)"} and len(outputs[0].shape) in {2, 3}
        if len(ids) != 1 or not fits or not floats:
            places = [(what, place) for what, all_places in (("input", inputs), ("output", outputs)) for place in all_places]
            found = "; ".join(f"{what} {place.name!r}: {place.type} {place.shape}" for what, place in places)
            wanted = "int64 [batch, tokens] and perhaps its attention_mask; one output of floats, [batch, tokens(, 1 or 2)]"
            raise file.refused(f"found {found}; wanted {wanted}")
        self._ids, self._masked, self._output = ids[0], len(inputs) == 2, outputs[0].name

    def __call__(self, question: str, steps: Sequence[str]) -> list[float]:
        """Returns the scores of the steps.

        Raises:
            InvalidTypeError: `encode` returned no ids.
            InvalidValueError: It returned other positions than one for each step, or the file another number of rows.
        """
        try:
            ids, ends = self._encode(question, steps)
            row = np.asarray(ids, np.int64).reshape(1, -1)
            places = [whole("position", end) for end in ends]
        except (TypeError, ValueError) as error:
            raise InvalidTypeError(f"encode: token ids and positions are wanted: {error}") from error
        if not 1 <= row.size <= _MOST_TOKENS:
            raise invalid("encode: tokens", row.size, f"between 1 and {_MOST_TOKENS}")
        if len(places) != len(steps) or any(not 0 <= place < row.size for place in places):
            raise invalid("encode: positions", places, f"{len(steps)}, each below {row.size}")
        feed = {self._ids: row} | ({"attention_mask": np.ones_like(row)} if self._masked else {})
        rows = self._session.run([self._output], feed)[0]
        if rows.ndim not in {2, 3} or rows.shape[:2] != row.shape:
            raise InvalidValueError(f"output {self._output!r}: {list(rows.shape)} for {row.size} tokens")
        return read_step_scores(rows[0][places])
