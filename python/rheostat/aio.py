"""The ready-made host: serves a run with any asyncio client.

async def client(call, index):
    stream = await llm.chat(model=call.model, max_tokens=call.max_tokens, stream=True)
    async for delta in stream:
        yield Chunk(text=delta.text, logprob=delta.logprob, top_logprobs=delta.top_logprobs)
    yield Chunk(usage=Usage(input=stream.input_tokens, output=stream.output_tokens))

answer = await serve(governor.plan(query).start(), client)
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rheostat._native import Action, Call, Run, Sample
from rheostat.errors import InvalidTypeError, InvalidValueError, StateError

__all__ = ["Chunk", "Client", "Usage", "Watch", "serve"]


@dataclass(frozen=True)
class Usage:
    """What a provider says that one stream has cost so far, in tokens; None is what it does not say.

    `input` includes `cached`, `output` includes `reasoning`. A later one replaces an earlier one.

    Example:
        >>> Usage(input=20, output=3)
        Usage(input=20, cached=None, output=3, reasoning=None)
    """

    input: int | None = None
    cached: int | None = None
    output: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True)
class Chunk:
    """One piece of one stream. Everything is optional; several things at once are told in the order of the fields.

    Attributes:
        text: Text of the answer, or of the thinking where the provider shows it.
        logprob: The token's own log-probability.
        top_logprobs: Those of its likeliest candidates. With either of the two, the chunk is one token.
        tokens: How many tokens `text` is, where that is known and no log-probability is.
        step: The score of a reasoning step that has just ended, in [0, 1].
        probe: What the model would answer now, when the client has asked it.
        probe_prob: The model's own probability for it.
        usage: The stream's cost so far.
        answer: The final answer, where the client can tell it from the text.

    Example:
        >>> Chunk(text="Paris", logprob=-0.1, top_logprobs=[-0.1, -3.0]).usage is None
        True
    """

    text: str = ""
    logprob: float | None = None
    top_logprobs: Sequence[float] | None = None
    tokens: int | None = None
    step: float | None = None
    probe: str | None = None
    probe_prob: float | None = None
    usage: Usage | None = None
    answer: str | None = None


Client: TypeAlias = Callable[[Call, int], Any]
"""Called with a call and the index of one of its samples. Returns an async iterator of `Chunk` or `str`, or an awaitable
of one, or an awaitable of a single `Chunk` or `str`."""

Watch: TypeAlias = Callable[[Call, int, Action], None]
"""Called with a call, the index of one of its samples, and what the run answered to it."""


async def serve(
    run: Run,
    client: Client,
    *,
    concurrency: int = 16,
    answer: Callable[[str], str | None] | None = None,
    watch: Watch | None = None,
    tick: float = 0.1,
) -> str | None:
    """Serve a run to its end, and close it.

    Samples are sent as the run grants them and overlap. A stream that is stopped is closed at once, and so is everything
    in flight when the run has its answer or meets its ceiling. A stream that raises counts as failed: the run tries again,
    goes up or ends, as its plan allows.

    Args:
        run: The run, as `plan.start()` made it.
        client: What sends one sample's request; see `Client`. It should ask for `call.max_tokens` tokens at most.
        concurrency: The most streams at once, at least 1. What is granted beyond them waits its turn.
        answer: Takes the final answer out of a stream's whole text, or None when it is not there. Without it, the answer
            is what the stream's last `Chunk.answer` says, or else the whole text.
        watch: Told of each action other than to go on, with the call and the sample that it answers (for a larger thinking
            budget without a new call, see `Ladder(thinking="raise")`: the action's `tokens` are the new budget).
        tick: How often the run learns that time has passed while no stream says anything, in seconds.

    Returns:
        `run.answer`: the settled answer, or the best so far, or None. `run.settled` and `run.spent` tell the rest.

    Raises:
        InvalidValueError: `concurrency` or `tick` is out of bounds.
        Exception: What the client raised last, when no stream gave an answer and at least one failed.

    Example:
        >>> import asyncio, rheostat as rh
        >>> from rheostat.aio import serve
        >>> async def client(call, index):
        ...     return "Paris"
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), policy=rh.policy.Utility(usd_per_error=2.0))
        >>> asyncio.run(serve(governor.plan("What is the capital of France?").start(), client))
        'Paris'
    """
    if concurrency < 1:
        raise InvalidValueError(f"concurrency: {concurrency} is not allowed; it must be at least 1")
    if not tick > 0:
        raise InvalidValueError(f"tick: {tick} is not allowed; it must be above 0")
    with run:
        return await _Host(run, client, concurrency=concurrency, answer=answer, watch=watch, tick=tick).serve()


class _Open:
    """A call that has streams which have not ended, and what each is known to have cost."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.left = set(range(call.samples))
        self.samples = [call.sample(i) for i in range(call.samples)]
        self.usage: dict[int, Usage] = {}
        self.answered = False

    def report(self, index: int, usage: Usage) -> Action:
        """Tell the run what the call has cost: reported where it is known, counted elsewhere."""
        self.usage[index] = usage
        output = sum(self._output(i) for i in range(self.call.samples))
        total = {name: self._sum(name) for name in ("input", "cached", "reasoning")}
        return self.call.usage(output=output, **total)

    def _output(self, index: int) -> int:
        usage = self.usage.get(index)
        if usage is None or usage.output is None:
            return self.samples[index].readings.tokens
        return usage.output

    def _sum(self, name: str) -> int | None:
        # Of a field that only some streams report, the sum would be too small.
        told = [getattr(usage, name) for usage in self.usage.values()]
        known = [value for value in told if value is not None]
        return sum(known) if len(known) == self.call.samples else None


class _Host:
    def __init__(
        self,
        run: Run,
        client: Client,
        *,
        concurrency: int,
        answer: Callable[[str], str | None] | None,
        watch: Watch | None,
        tick: float,
    ) -> None:
        self.run, self.client, self.concurrency, self.tick = run, client, concurrency, tick
        self.extract, self.watch = answer, watch
        self.waiting: list[tuple[_Open, int]] = []
        self.tasks: dict[asyncio.Task[None], tuple[_Open, int]] = {}
        self.wake = asyncio.Event()
        self.error: Exception | None = None
        self.over = False

    async def serve(self) -> str | None:
        try:
            while not self.over:
                self._ask()
                if not self.tasks:
                    break
                await self._wait()
        finally:
            await self._end()
        if self.run.answer is None and self.error is not None:
            raise self.error
        return self.run.answer

    def _ask(self) -> None:
        """Take what the run grants now, and send as much as may overlap."""
        for call in self.run.next():
            opened = _Open(call)
            self.waiting += [(opened, i) for i in range(call.samples)]
        while self.waiting and len(self.tasks) < self.concurrency:
            opened, index = self.waiting.pop(0)
            if index in opened.left:
                task = asyncio.get_running_loop().create_task(self._stream(opened, index))
                self.tasks[task] = (opened, index)
                task.add_done_callback(self._ended)

    async def _wait(self) -> None:
        """Until something asks for attention, or time has passed."""
        try:
            await asyncio.wait_for(self.wake.wait(), self.tick)
        except asyncio.TimeoutError:
            self._obey(self.run.tick(), None)
        self.wake.clear()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.pop(task, None)
        self.wake.set()

    async def _stream(self, opened: _Open, index: int) -> None:
        """One stream, from its request to its end."""
        sample, told = opened.samples[index], _Told()
        try:
            stopped = await self._read(opened, index, sample, told)
        except Exception as error:  # noqa: BLE001  # Whatever a client raises is a failed stream, not a failed host.
            self._fail(opened, index, error)
            return
        if index in opened.left:
            self._finish(opened, index, told, stopped)

    async def _read(self, opened: _Open, index: int, sample: Sample, told: _Told) -> bool:
        """Tell the run each piece; whether the stream was stopped before its end."""
        pieces = _pieces(self.client(opened.call, index))
        try:
            async for piece in pieces:
                chunk = _chunk(piece)
                told.add(chunk)
                for action in _events(sample, chunk):
                    if self._obey(action, (opened, index)):
                        return True
                if chunk.usage is not None and self._obey(opened.report(index, chunk.usage), (opened, index)):
                    return True
                # What was just told may have granted something, such as a probe.
                self._ask()
        finally:
            await pieces.aclose()
        return False

    def _finish(self, opened: _Open, index: int, told: _Told, stopped: bool) -> None:
        """A stream has ended, by itself or by being stopped: of a stopped one, only a certain answer counts."""
        opened.left.discard(index)
        if self.extract is not None:
            answer = told.answer or self.extract(told.text)
        else:
            answer = told.answer if stopped else told.answer or told.text
        opened.answered |= answer is not None
        self._obey(opened.samples[index].finish(answer), (opened, index))

    def _fail(self, opened: _Open, index: int, error: Exception) -> None:
        """A stream has failed. Others of its call may yet answer; the last of a call without an answer fails the call."""
        self.error = error
        if index not in opened.left:
            return
        opened.left.discard(index)
        if opened.left or opened.answered:
            self._obey(opened.samples[index].finish(), (opened, index))
        else:
            self._obey(opened.call.fail(f"{type(error).__name__}: {error}"), None)

    def _obey(self, action: Action, stream: tuple[_Open, int] | None) -> bool:
        """Do what an action says; whether the stream that it answered is to stop."""
        if self.watch is not None and stream is not None and action.kind != "continue":
            self.watch(stream[0].call, stream[1], action)
        if action.kind == "ramp":
            self.wake.set()
        if not action.stops:
            return False
        if action.scope == "run":
            self.over = True
            self.wake.set()
        elif action.scope == "call" and stream is not None:
            self._cancel(stream[0], but=stream[1])
        return True

    def _cancel(self, opened: _Open, but: int) -> None:
        """Stop a call's other streams."""
        for task, (owner, index) in list(self.tasks.items()):
            if owner is opened and index != but and index in opened.left:
                opened.left.discard(index)
                opened.samples[index].finish()
                task.cancel()
        for waiting in [one for one in self.waiting if one[0] is opened]:
            self.waiting.remove(waiting)
        # Those that never began are not owed an end of their own: they fail with the call.

    async def _end(self) -> None:
        """Close what is in flight, and say so to the run: streams that began first, then what was never sent."""
        tasks = list(self.tasks.items())
        for task, _ in tasks:
            task.cancel()
        await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)
        calls = {id(opened): opened for opened, _ in self.waiting}
        for _, (opened, index) in tasks:
            if index in opened.left:
                opened.left.discard(index)
                opened.samples[index].finish()
        for opened in calls.values():
            if opened.left:
                try:
                    opened.call.fail("not needed any more")
                except StateError:
                    pass  # All its streams had ended.


class _Told:
    """What a stream has said."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.answer: str | None = None

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def add(self, chunk: Chunk) -> None:
        if chunk.text:
            self.parts.append(chunk.text)
        if chunk.answer is not None:
            self.answer = chunk.answer


def _events(sample: Sample, chunk: Chunk) -> list[Action]:
    actions = []
    if chunk.logprob is not None or chunk.top_logprobs is not None:
        actions.append(sample.token(chunk.logprob, chunk.top_logprobs, chunk.text or None))
    elif chunk.text or chunk.tokens:
        actions.append(sample.text(chunk.text, chunk.tokens))
    if chunk.step is not None:
        actions.append(sample.step(chunk.step))
    if chunk.probe is not None:
        actions.append(sample.probe(chunk.probe, chunk.probe_prob))
    return actions


async def _pieces(reply: Any) -> AsyncGenerator[Any, None]:
    """Whatever a client returns, as the pieces of a stream."""
    if inspect.isawaitable(reply):
        reply = await reply
    if not hasattr(reply, "__aiter__"):
        yield reply
        return
    try:
        async for piece in reply:
            yield piece
    finally:
        close = getattr(reply, "aclose", None)
        if close is not None:
            await close()


def _chunk(piece: Any) -> Chunk:
    if isinstance(piece, Chunk):
        return piece
    if isinstance(piece, str):
        return Chunk(text=piece)
    raise InvalidTypeError(f"client: got {type(piece).__name__}, wanted a Chunk or a str")
