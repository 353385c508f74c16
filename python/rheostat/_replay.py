"""Replay of recorded queries through runs, to see which calls a run would make, and which tokens it would save."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rheostat import policy
from rheostat._native import Call, Ceiling, Governor, Ladder, Run, Rung
from rheostat._trace import Recorded, Stream
from rheostat.host import Chunk, Usage, serve

TOKENS_PER_SECOND = 50.0
"""Speed at which a recorded stream is replayed, in tokens per second of the run's time."""

CHUNK = 64
"""Tokens after which overlapping streams take turns."""


@dataclass(frozen=True)
class Replayed:
    """Result of one recorded query.

    `samples` counts the streams that were begun. `full_…` are the sums over all streams of the lowest rung.
    """

    id: str
    answer: str | None
    settled: bool
    ended: str
    rung: str
    escalations: int
    tokens: int
    samples: int
    full_answer: str | None
    full_tokens: int
    full_samples: int
    gold: str | None

    @property
    def right(self) -> bool | None:
        """True if the answer is right; None if the right one is not known."""
        return None if self.gold is None else self.answer == self.gold

    @property
    def full_right(self) -> bool | None:
        """True if the full vote is right; None if the right answer is not known."""
        return None if self.gold is None else self.full_answer == self.gold


def implied_ladder(recorded: Recorded) -> Ladder:
    """Returns the ladder that a query was recorded on: a rung per tier, with its samples and room for the longest."""
    rungs = []
    for i, tier in enumerate(recorded.tiers):
        longest = max((stream.tokens for stream in tier), default=0)
        model = recorded.models[i] if i < len(recorded.models) else f"recorded-{i}"
        name = f"{i}:{model}"
        rungs.append(Rung(name, model, samples=max(len(tier), 1), thinking_tokens=longest, answer_tokens=max(longest, 1)))
    return Ladder(rungs, default=rungs[0].name)


def implied_governor(recorded: Recorded) -> Governor:
    """Returns a governor on the implied ladder that starts at its lowest rung and may climb to the top."""
    ladder = implied_ladder(recorded)
    total = sum(stream.tokens for tier in recorded.tiers for stream in tier)
    ceiling = Ceiling(tokens=max(4 * total, 1 << 20), usd=1e6, seconds=1e9, samples=1 << 16, escalations=len(ladder))
    return Governor(ladder, policy=policy.Utility(usd_per_error=1.0), ceiling=ceiling, seed=0)


def replay(recorded: Recorded, governor: Governor | None = None, *, concurrency: int = 1) -> Replayed:
    """Reports a recording to a run, sample by sample, and follows its actions.

    Args:
        recorded: The query with its streams.
        governor: Makes the plan; by default a governor on the ladder that the query was recorded on.
        concurrency: Number of streams that overlap. With 1, samples are drawn one after another, as late as possible.
    """
    governor = governor or implied_governor(recorded)
    first = governor.ladder[0].name if len(governor.ladder) == len(recorded.tiers) else None
    run = governor.plan(recorded.query, rung=first, at=0.0).start(at=0.0)
    for call, result, error in recorded.turns:
        run.turn(call, result, error=error, at=0.0)
    tape = _Tape(recorded, [rung.name for rung in recorded_rungs(run, recorded)])
    # A recorded text is no answer: its stream's answer was recorded beside it, or there was none.
    serve(run, tape.client, concurrency=max(concurrency, 1), answer=lambda _: None, clock=lambda: tape.now)
    tier = recorded.tiers[0]
    votes = Counter(stream.answer for stream in tier if stream.answer is not None)
    return Replayed(
        id=recorded.id,
        answer=run.answer,
        settled=run.settled,
        ended=run.ended or run.phase,
        rung=run.rung.name,
        escalations=run.escalations,
        tokens=run.spent.tokens,
        samples=tape.taken.total(),
        full_answer=votes.most_common(1)[0][0] if votes else None,
        full_tokens=sum(stream.tokens for stream in tier),
        full_samples=len(tier),
        gold=recorded.gold,
    )


class _Tape:
    """A client whose model is the recording, and a clock that runs as its streams are read."""

    def __init__(self, recorded: Recorded, rungs: list[str]) -> None:
        self.recorded, self.rungs = recorded, rungs
        self.taken = Counter[int]()
        self.going = 0
        self.now = 0.0

    def client(self, call: Call, _index: int) -> Iterator[Chunk]:
        """Returns the next recorded stream of the call's tier; none if the recording has no more."""
        tier = min(self.rungs.index(call.rung.name) if call.rung.name in self.rungs else 0, len(self.recorded.tiers) - 1)
        at = self.taken[tier]
        self.taken[tier] += 1
        if at >= len(self.recorded.tiers[tier]):
            return
        stream = self.recorded.tiers[tier][at]
        self.going += 1
        try:
            yield from self._pieces(stream, call.max_tokens)
        finally:
            self.going -= 1
        if not stream.tokens:
            # The size is unknown; a report releases the reservation.
            yield Chunk(usage=Usage(output=0))
        if stream.tokens <= call.max_tokens:
            yield Chunk(answer=stream.answer)

    def _pieces(self, stream: Stream, most: int) -> Iterator[Chunk]:
        """Yields a stream's tokens in chunks, with the recorded probes and step scores between them."""
        end = min(stream.tokens, most)
        marks = sorted({*range(CHUNK, end, CHUNK), *(min(at, end) for at, _, _ in stream.probes), end})
        probes = list(stream.probes)
        steps = list(stream.steps)
        done = 0
        for mark in marks:
            if mark > done:
                self.now += (mark - done) / TOKENS_PER_SECOND / self.going
                own, top = stream.logprobs[done:mark], stream.top_logprobs[done:mark]
                text = slice(len(stream.text) * done // stream.tokens, len(stream.text) * mark // stream.tokens)
                yield Chunk(
                    # Without log-probabilities of its own, a token counts as certain.
                    logprobs=own if len(own) == mark - done else [0.0] * (mark - done),
                    top_logprobs=top if len(top) == mark - done else None,
                    text=stream.text[text],
                )
                done = mark
            while probes and probes[0][0] <= done:
                _, answer, prob = probes.pop(0)
                yield Chunk(probe=answer, probe_prob=prob)
            if steps and mark != end:
                yield Chunk(step=steps.pop(0))
        for score in steps:
            yield Chunk(step=score)


def recorded_rungs(run: Run, recorded: Recorded) -> list[Rung]:
    """Returns the rungs that stand for the recording's tiers."""
    return [run.rung] if len(recorded.tiers) == 1 else list(implied_ladder(recorded).rungs)
