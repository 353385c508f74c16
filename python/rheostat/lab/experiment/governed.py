"""Served under the governor: many runs side by side, in rounds.

In each round every run says what it wants, the models compute it all in one batch, and every run hears it a few tokens at a
time, as it would from a stream.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import rheostat as rh
from rheostat.lab.experiment.asked import Draws, Served
from rheostat.lab.experiment.bank import Asked, Bank, Record
from rheostat.lab.experiment.fixed import Spent

NOW = 0.0
"""The experiment's clock stands: no deadline takes part in it."""
CHUNK = 8
"""Tokens that a run is told of at once, as servers send them under load."""


@dataclass
class Result:
    """How one question went."""

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
    """Why it ramped."""


class _Host:
    """One question's host: it sends what the run asks for, and tells it what came back."""

    def __init__(self, served: Served, plan: rh.Plan, call: Callable[..., Any]) -> None:
        self.served = served
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
        """What the run wants now, and the request that each sample of it is. None: it is answered without a model."""
        wanted = []
        for call in self.call(self.run.next, at=NOW):
            self.calls[f"{call.rung.name} {call.kind}"] += 1
            wanted.append((call, [self.draws.next(call) for _ in range(call.samples)]))
        return wanted

    def tell(self, call: rh.Call, records: Sequence[Record | None]) -> None:
        """Tells the run what came back of a call: its samples side by side, a few tokens of each in turn."""
        told = [0] * len(records)
        samples = [call.sample(i) for i in range(len(records))]
        open_samples = set(range(len(records)))
        while open_samples:
            for i in sorted(open_samples):
                record = records[i]
                if record is None or self.verified is not None:
                    self.finish(samples[i], open_samples, i, self.verified or self.draws.verdict(call))
                    continue
                end = min(told[i] + CHUNK, record.written, call.max_tokens)
                action = self.hear(samples[i], record, told[i], end)
                told[i] = end
                self.note(action)
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
        self.read[call.model] += reading
        self.written[call.model] += output
        self.steps += max(told)

    def hear(self, sample: rh.Sample, record: Record, begin: int, end: int) -> rh.Action:
        """A few tokens. Where answers can be checked, the check says more than the model's doubts: there it only counts."""
        if self.served.verify is not None:
            action: rh.Action = self.call(sample.text, "", end - begin, at=NOW)
        else:
            action = self.call(sample.tokens, record.logprobs[begin:end], record.tops[begin:end], at=NOW)
        return action

    def finish(self, sample: rh.Sample, open_samples: set[int], i: int, answer: str | None) -> None:
        open_samples.discard(i)
        self.note(self.call(sample.finish, answer, at=NOW))

    def note(self, action: rh.Action) -> None:
        if action.kind == rh.RAMP:
            self.ramps[f"{action.reason}: {action.dial}"] += 1

    def answer(self, record: Record) -> str | None:
        """What a sample answers, if it holds. One that was checked is the answer of all that are still in flight."""
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
    """Time spent in the governor, and nowhere else: plans, and every event of every run."""

    def __init__(self) -> None:
        self.seconds = 0.0
        # What looking at the clock twice takes is not the governor's.
        looks = [time.perf_counter() for _ in range(2001)]
        self._look = (looks[-1] - looks[0]) / 2000

    def call(self, function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        """Calls a function of the governor's."""
        began = time.perf_counter()
        result = function(*args, **keywords)
        self.seconds += time.perf_counter() - began - self._look
        return result


def _untimed(function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    return function(*args, **keywords)


def serve(
    bank: Bank,
    governor: rh.Governor,
    asked: Sequence[Served],
    progress: Callable[[int], None] | None = None,
    *,
    rung: str | None = None,
    watch: Stopwatch | None = None,
) -> list[Result]:
    """Serves all questions under a governor.

    Args:
        bank: The models, and what they have said.
        governor: Makes the plans.
        asked: The questions.
        progress: Told how many runs have ended, after each round.
        rung: Where every run starts, whatever the estimate says.
        watch: Takes the time of every call of the governor.
    """
    clock = _untimed if watch is None else watch.call
    hosts = [_Host(served, clock(governor.plan, served.text, rung=rung, at=NOW), clock) for served in asked]
    going = list(hosts)
    while going:
        wanted = [(host, *item) for host in going for item in host.ask()]
        bank.fill(request for *_, requests in wanted for request in requests if request is not None)
        for host, call, requests in wanted:
            host.tell(call, [None if request is None else bank[request] for request in requests])
        before = len(going)
        going = [host for host in going if not host.run.done]
        if progress is not None and len(going) < before:
            progress(before - len(going))
    results = []
    for host in hosts:
        host.call(host.run.close, at=NOW)
        results.append(host.result())
    return results
