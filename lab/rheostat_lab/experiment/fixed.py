"""Fixed rungs: every question gets one rung, all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.bank import Asked, Bank, Record
from rheostat_lab.experiment.rungs import Level
from rheostat_lab.prices import Price


@dataclass(frozen=True)
class Spent:
    """Tokens of one question."""

    answer: str | None
    read: tuple[tuple[str, int], ...]
    """Tokens read, by model; a call of several samples reads its prompt once."""
    written: tuple[tuple[str, int], ...]
    """Tokens written, by model."""
    steps: int
    """Tokens that had to be written one after another."""

    def usd(self, prices: Mapping[str, Price]) -> float:
        """Returns their cost under a price list."""
        read = sum(tokens * prices[model].input for model, tokens in self.read)
        return (read + sum(tokens * prices[model].output for model, tokens in self.written)) / 1e6


def first_requests(served: Served, level: Level) -> list[Asked]:
    """The requests of a rung's first round."""
    if level.samples == 1:
        return [served.request(level.model, level.mode)]
    return [served.request(level.model, level.mode, sample) for sample in range(level.samples)]


def serve(bank: Bank, asked: Sequence[Served], level: Level) -> list[Spent]:
    """Serves all questions on one rung.

    The answer is the most common one of its samples, or one that passes its check. Each further round of the rung's depth revises
    that answer, and the result counts as one more vote.
    """
    bank.fill(request for served in asked for request in first_requests(served, level))
    rounds = [[bank[request] for request in first_requests(served, level)] for served in asked]
    votes = [Counter(a for r in records if (a := s.accepted(r.answer))) for s, records in zip(asked, rounds, strict=True)]
    read = [records[0].read for records in rounds]
    steps = [max(r.written for r in records) for records in rounds]
    for _ in range(level.depth - 1):
        again = [s.request(level.model, level.mode, draft=leader(v)) if v else None for s, v in zip(asked, votes, strict=True)]
        bank.fill(request for request in again if request is not None)
        for i, request in enumerate(again):
            if request is None:
                continue
            record = bank[request]
            rounds[i].append(record)
            read[i] += record.read
            steps[i] += record.written
            if answer := asked[i].accepted(record.answer):
                votes[i][answer] += 1
    return [
        Spent(
            leader(vote) or last_resort(records),
            ((level.model, tokens),),
            ((level.model, sum(r.written for r in records)),),
            step,
        )
        for vote, records, tokens, step in zip(votes, rounds, read, steps, strict=True)
    ]


def leader(votes: Counter[str]) -> str | None:
    """The most common answer; of equals, the first."""
    return votes.most_common(1)[0][0] if votes else None


def last_resort(records: Sequence[Record]) -> str | None:
    """Returns the first answer of the records, refuted or not; None if they have none."""
    return next((r.answer for r in records if r.answer is not None), None)
