"""Served under the governor: many runs side by side, in rounds.

In each round every run grants its calls, the models compute all of them in one batch, and every run gets the tokens a few at a
time, as from a stream.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import rheostat as rh
from rheostat_lab.experiment.asked import Draws, Served
from rheostat_lab.experiment.bank import Asked, Bank, Record
from rheostat_lab.experiment.fixed import Spent
from rheostat_lab.experiment.rungs import engine_of
from rheostat_lab.experiment.scores import READER, Scores

NOW = 0.0
"""The experiment's clock stands still, so that no deadline has an effect."""
CHUNK = 16
"""Tokens per report to a run, as servers under load put several into a chunk. A stop comes up to 15 tokens late,
and they are paid for."""
BLIND = 0.5
"""Difficulty of every question if the estimate is left out."""


@dataclass
class Result:
    """Result of one question."""

    spent: Spent
    planned: str
    """The rung that the plan chose."""
    last: str
    """The rung on which it ended."""
    settled: bool
    ended: str
    calls: Counter[str] = field(default_factory=Counter)
    """Calls by rung and kind."""
    ramps: Counter[str] = field(default_factory=Counter)
    """Ramps by their reason."""


class _Host:
    """Host of one question: sends the run's calls, and reports the tokens to it."""

    def __init__(self, served: Served, plan: rh.Plan, call: Callable[..., Any], scores: Scores | None) -> None:
        self.served = served
        self.scores = scores
        self.planned = plan.rung.name
        self.call = call
        self.run: rh.Run = call(plan.start, at=NOW)
        self.draws = Draws(served)
        self.read: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self.steps = 0
        self.calls: Counter[str] = Counter()
        self.ramps: Counter[str] = Counter()
        self.verified: str | None = None
        self.refuted: str | None = None

    def ask(self) -> list[tuple[rh.Call, list[Asked | None]]]:
        """Returns the calls that the run wants now, and the request of each sample. None: the answer takes no model."""
        wanted = []
        for call in self.call(self.run.next, at=NOW):
            self.calls[f"{call.rung.name} {call.kind}"] += 1
            wanted.append((call, [self.draws.next(call) for _ in range(call.samples)]))
        return wanted

    def tell(self, call: rh.Call, requests: Sequence[Asked | None], records: Sequence[Record | None]) -> None:
        """Reports a call's tokens to the run: its samples side by side, a few tokens of each in turn."""
        told = [0] * len(records)
        samples = [self.call(call.sample, i) for i in range(len(records))]
        open_samples = set(range(len(records)))
        while open_samples:
            for i in sorted(open_samples):
                record, request = records[i], requests[i]
                if record is None or self.verified is not None:
                    self.finish(samples[i], open_samples, i, self.verified or self.draws.verdict(call))
                    continue
                end = min(told[i] + CHUNK, record.written, call.max_tokens)
                action = self.hear(samples[i], record, told[i], end)
                self.note(action)
                if not action.stops and self.scores is not None and request is not None:
                    action = self.judge(samples[i], self.scores.of(request), told[i], end, action)
                told[i] = end
                if action.stops:
                    scope = open_samples if action.scope in {"call", "run"} else {i}
                    for j in sorted(scope):
                        self.finish(samples[j], open_samples, j, None)
                elif end == record.written:
                    self.finish(samples[i], open_samples, i, self.answer(record))
                elif end == call.max_tokens:
                    self.finish(samples[i], open_samples, i, None)
        output = sum(told)
        reading = max((record.read for record in records if record is not None), default=0)
        self.call(call.usage, input=reading, output=output, at=NOW)
        model = engine_of(call.model)
        self.read[model] += reading
        if self.scores is not None:
            # The scorer reads each token once, a step at a time, because it keeps its memory.
            self.read[READER] += reading + output
        self.written[model] += output
        self.steps += max(told)

    def hear(self, sample: rh.Sample, record: Record, begin: int, end: int) -> rh.Action:
        """Reports a few tokens. If answers can be checked, they are only counted, because the check is better evidence."""
        if self.served.verify is not None:
            action: rh.Action = self.call(sample.text, "", end - begin, at=NOW)
        else:
            action = self.call(sample.tokens, record.logprobs[begin:end], at=NOW)
        return action

    def judge(self, sample: rh.Sample, scores: Sequence[tuple[int, float]], begin: int, end: int, action: rh.Action) -> rh.Action:
        """Returns the scores of the steps that ended within a few tokens; none for questions with a check."""
        for at, score in scores if self.served.verify is None else ():
            if begin < at <= end and not action.stops:
                action = self.call(sample.step, score, at=NOW)
                self.note(action)
        return action

    def finish(self, sample: rh.Sample, open_samples: set[int], i: int, answer: str | None) -> None:
        open_samples.discard(i)
        self.note(self.call(sample.finish, answer, at=NOW))

    def note(self, action: rh.Action) -> None:
        if action.kind == rh.RAMP:
            self.ramps[f"{action.reason}: {action.dial}"] += 1

    def answer(self, record: Record) -> str | None:
        """Returns a sample's answer, if it passes its check. A checked answer stands for all samples in flight."""
        answer = self.served.accepted(record.answer)
        if answer is None:
            self.refuted = self.refuted or record.answer
        elif self.served.verify is not None:
            self.verified = answer
        return answer

    def result(self) -> Result:
        run = self.run
        answer = run.answer or self.verified or self.refuted
        spent = Spent(answer, tuple(self.read.items()), tuple(self.written.items()), self.steps)
        return Result(spent, self.planned, run.rung.name, run.settled, run.ended or "", self.calls, self.ramps)


class Stopwatch:
    """Time spent in the governor alone: plans, and every event of every run."""

    def __init__(self) -> None:
        self._look = self.seconds = 0.0
        # The time of reading the clock and of passing arguments is not the governor's.
        self._look = min(self._watched() for _ in range(5)) - min(_direct() for _ in range(5))

    def _watched(self) -> float:
        """Returns the stopwatch's time of one call."""
        self.seconds = 0.0
        for _ in range(_TRIES):
            self.call(rh.clock)
        seconds, self.seconds = self.seconds, 0.0
        return seconds / _TRIES

    def call(self, function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        """Calls a function of the governor, and adds its time."""
        began = time.perf_counter()
        result = function(*args, **keywords)
        self.seconds += time.perf_counter() - began - self._look
        return result


_TRIES = 2000


def _direct() -> float:
    """Returns the time of that call without the stopwatch."""
    began = time.perf_counter()
    for _ in range(_TRIES):
        rh.clock()
    middle = time.perf_counter()
    for _ in range(_TRIES):
        pass
    return (2 * middle - began - time.perf_counter()) / _TRIES


def _untimed(function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    return function(*args, **keywords)


def serve(
    bank: Bank,
    governor: rh.Governor,
    asked: Sequence[Served],
    progress: Callable[[int], None] | None = None,
    *,
    rung: str | None = None,
    blind: bool = False,
    scores: Scores | None = None,
    watch: Stopwatch | None = None,
) -> list[Result]:
    """Serves all questions under a governor.

    Args:
        bank: The models and their records.
        governor: Makes the plans.
        asked: The questions.
        progress: Called after each round with the number of ended runs.
        rung: First rung of every run, instead of the plan's.
        blind: True takes all questions for equally hard.
        scores: Scores of the steps of each working, for the runs.
        watch: Measures the time of every call of the governor.
    """
    clock = _untimed if watch is None else watch.call
    given: dict[str, Any] = ({} if rung is None else {"rung": rung}) | ({"difficulty": BLIND} if blind else {})
    hosts = [_Host(served, clock(governor.plan, served.text, at=NOW, **given), clock, scores) for served in asked]
    going = list(hosts)
    while going:
        wanted = [(host, *item) for host in going for item in host.ask()]
        bank.fill(request for *_, requests in wanted for request in requests if request is not None)
        for host, call, requests in wanted:
            host.tell(call, requests, [None if request is None else bank[request] for request in requests])
        before = len(going)
        going = [host for host in going if not host.run.done]
        if progress is not None and len(going) < before:
            progress(before - len(going))
    results = []
    for host in hosts:
        host.call(host.run.close, at=NOW)
        results.append(host.result())
    return results
