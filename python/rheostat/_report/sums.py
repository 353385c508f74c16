"""Sums of a log by bin of difficulty, and their reader."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from rheostat._native import Ladder, OffPolicySums, Rung, Vote
from rheostat._tune import MIN_COVERAGE, asked_by, uncut
from rheostat.records._log import Entry, LogFile, without_queries

Reals = npt.NDArray[np.float64]
DIALS = ("model", "thinking", "samples", "depth", "all")
"""Dials that a rung sets, and all of them together."""
BINS = 256
"""Bins of difficulty; one more has the queries of low coverage, which take the default rung."""
_Replayed = tuple[Entry, int, int, list[float]]
"""An entry, its logged and its new rung, and P(correct) by rung."""
MOST_WAITING = 1_000_000
"""Rows that wait for an outcome, about 200 bytes each."""
_Waiting = TypeVar("_Waiting")
_BATCH = 512
_SHOWN = 5


@dataclass
class Sums:
    """The sums of a log, or of a part of it. Arrays have a row per bin, and a column per rung."""

    rungs: int
    queries: Reals = field(init=False)
    logged: Reals = field(init=False)
    """Expected cost on the logged rung, its square, and P(correct) there; by bin and logged rung."""
    cost: Reals = field(init=False)
    """By dial, bin, logged rung and rung: expected cost with the rung's dial, its square, and its product with the logged one."""
    chance: Reals = field(init=False)
    """P(correct) on each rung."""
    paired: Reals = field(init=False)
    """Rows with scores of both rungs, score minus the logged rung's, and its square."""
    on_rung: Reals = field(init=False)
    """By logged rung: queries; graded ones, their scores and P(correct); logged cost, and the expected cost of the same rows."""
    totals: dict[str, float] = field(default_factory=dict)
    off_policy: OffPolicySums = field(default_factory=OffPolicySums)
    forms: dict[str, int] = field(default_factory=dict)
    easiest: list[tuple[float, str]] = field(default_factory=list)
    hardest: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Makes the arrays."""
        bins, rungs = BINS + 1, self.rungs
        self.queries = np.zeros(bins)
        self.logged = np.zeros((3, bins, rungs))
        self.cost = np.zeros((len(DIALS), 3, bins, rungs, rungs))
        self.chance = np.zeros((bins, rungs))
        self.paired = np.zeros((3, bins, rungs))
        self.on_rung = np.zeros((6, rungs))

    def count(self, name: str, by: float = 1.0) -> None:
        """Adds to a total."""
        self.totals[name] = self.totals.get(name, 0.0) + by

    def total(self, name: str) -> float:
        """Returns a total."""
        return self.totals.get(name, 0.0)

    def merge(self, other: Sums) -> None:
        """Adds the sums of another part, on the same ladder."""
        for name in ("queries", "logged", "cost", "chance", "paired", "on_rung"):
            mine = getattr(self, name)
            mine += getattr(other, name)
        for key, value in other.totals.items():
            self.count(key, value)
        for form, count in other.forms.items():
            self.forms[form] = self.forms.get(form, 0) + count
        self.off_policy.merge(other.off_policy)
        self.easiest = heapq.nsmallest(_SHOWN, self.easiest + other.easiest)
        self.hardest = heapq.nlargest(_SHOWN, self.hardest + other.hardest)


class Reader:
    """Reads logs into sums on one ladder."""

    def __init__(self, ladder: Ladder, *, prompts: bool = False, progress: Callable[[int], None] | None = None) -> None:
        """`prompts` keeps the easiest and hardest prompts; `progress` gets the number of rows, now and then."""
        self.ladder, self.prompts, self.progress = ladder, prompts, progress
        self.names = [rung.name for rung in ladder.rungs]
        self.default = self.names.index(ladder.default.name)
        self.governor = uncut(ladder)
        self.hybrids = [[_hybrid(logged, ladder, dial) for logged in ladder.rungs] for dial in DIALS]

    def read(self, *paths: str | PathLike[str]) -> Sums:
        """Returns the sums of files that are one log: an outcome may be in another file than its query."""
        sums = Sums(len(self.names))
        batch: list[tuple[Entry, Any]] = []
        outcomes: list[Entry] = []
        pending: dict[str, tuple[int, float]] = {}

        def flush() -> None:
            self._add(sums, batch, pending)
            for outcome in outcomes:
                self._outcome(sums, outcome, pending)
            batch.clear()
            outcomes.clear()

        log = LogFile(*paths, progress=self.progress)
        for entry in log:
            if entry.outcome:
                outcomes.append(entry)
            elif (asked := asked_by(entry, self.governor, self.names)) is None:
                sums.count("without a query")
            else:
                batch.append((entry, asked))
            if max(len(batch), len(outcomes)) >= _BATCH:
                flush()
        flush()
        for name, count in (("rows", log.rows), ("torn", log.torn), ("unknown", log.unknown)):
            sums.count(name, count)
        sums.forms = dict(log.forms)
        return sums

    def replay(self, paths: Sequence[str | PathLike[str]], parts: Reals) -> OffPolicySums:
        """Reads a log again, and returns the off-policy sums of the rungs that `assign` gives.

        The queries of a bin that is split are divided by a digest of their id.
        """
        sums, ends = OffPolicySums(), np.cumsum(parts, axis=1)[:, :-1]
        rows: dict[str, _Replayed] = {}
        for entry in LogFile(*paths, progress=self.progress):
            if entry.outcome:
                row = rows.pop(str(entry.id), None) or rows.pop(str(entry.trace), None)
                if row is not None and entry.score is not None and entry.rung in {None, self.names[row[1]]}:
                    _grade(sums, row, entry.score)
            elif entry.propensity is not None and (asked := asked_by(entry, self.governor, self.names)) is not None:
                logged = self.rung_of(entry)
                difficulty, coverage, _, _, chances = asked
                place = min(int(difficulty * BINS), BINS - 1) if coverage >= MIN_COVERAGE else BINS
                draw = zlib.crc32(str(entry.id or entry.query).encode(errors="replace")) / 2**32
                new = int(np.searchsorted(ends[place], draw, side="right"))
                if logged is None or not all(0.0 <= chance <= 1.0 for chance in chances):
                    continue
                if entry.score is not None:
                    _grade(sums, (entry, logged, new, chances), entry.score)
                else:
                    entry.query = entry.record = None
                    _wait(rows, entry.id, (entry, logged, new, chances))
        return sums

    def rung_of(self, entry: Entry) -> int | None:
        """Returns the index of the rung that answered: by its name, else by its model and the thinking that it did."""
        if entry.rung in self.names:
            return self.names.index(str(entry.rung))
        if entry.model is None:
            return None
        fits = [i for i, rung in enumerate(self.ladder.rungs) if _same_model(rung.model, entry.model)]
        thought = entry.reasoning_tokens or 0.0
        enough = [i for i in fits if self.ladder.rungs[i].thinking_tokens >= thought]
        return enough[0] if enough else fits[-1] if fits else None

    def _add(self, sums: Sums, batch: Sequence[tuple[Entry, Any]], pending: dict[str, tuple[int, float]]) -> None:
        if not batch:
            return
        difficulty, coverage, tokens, output = (np.array([asked[i] for _, asked in batch], float) for i in range(4))
        chances = np.array([asked[4] for _, asked in batch], float)
        found = [self.rung_of(entry) for entry, _ in batch]
        logged = np.array([self.default if rung is None else rung for rung in found])
        for at, (entry, _) in enumerate(batch):
            tokens[at] = tokens[at] if entry.input_tokens is None else entry.input_tokens
            output[at] = self._answer(entry, found[at], float(output[at]))
        bins = np.where(coverage >= MIN_COVERAGE, np.minimum((difficulty * BINS).astype(int), BINS - 1), BINS)
        each = np.arange(len(batch))
        costs = self._costs(logged, difficulty, tokens, output)
        before = costs[-1, each, logged]
        np.add.at(sums.queries, bins, 1.0)
        for i, values in enumerate((before, before**2, chances[each, logged])):
            np.add.at(sums.logged[i], (bins, logged), values)
        for dial in range(len(DIALS)):
            for i, values in enumerate((costs[dial], costs[dial] ** 2, costs[dial] * before[:, None])):
                np.add.at(sums.cost[dial, i], (bins, logged), values)
        np.add.at(sums.chance, bins, chances)
        for at, (entry, _) in enumerate(batch):
            self._entry(sums, entry, found[at], float(before[at]))
            rung, place, chance = int(logged[at]), int(bins[at]), float(chances[at, logged[at]])
            if found[at] is not None:
                if entry.score is not None:
                    self._graded(sums, rung, entry.score, chance)
                else:
                    # A score may name the trace alone: then it is that of its last answer.
                    for key in (entry.id, entry.trace):
                        _wait(pending, key, (rung, chance))
            self._paired(sums, entry, rung, place)
            if self.prompts and entry.query is not None:
                text = str(entry.query.get("text") or entry.query.get("messages") or entry.query.get("body"))[:400]
                sums.easiest = heapq.nsmallest(_SHOWN, [*sums.easiest, (float(difficulty[at]), text)])
                sums.hardest = heapq.nlargest(_SHOWN, [*sums.hardest, (float(difficulty[at]), text)])

    def _costs(self, logged: npt.NDArray[np.int64], difficulty: Reals, tokens: Reals, output: Reals) -> Reals:
        """Returns the expected cost by dial, query and rung."""
        costs = np.zeros((len(DIALS), len(logged), len(self.names)))
        for rung in np.unique(logged):
            rows = logged == rung
            columns = SimpleNamespace(difficulty=difficulty[rows], tokens=tokens[rows], output_tokens=output[rows])
            for dial in range(len(DIALS)):
                costs[dial, rows] = self.hybrids[dial][rung].expected_usd(columns)
        return costs

    def _entry(self, sums: Sums, entry: Entry, rung: int | None, expected: float) -> None:
        usd = entry.usd if entry.usd is not None else self._priced(entry, rung)
        sums.count("on a rung", rung is not None)
        sums.count("failed", entry.failed)
        sums.count("with a propensity", entry.propensity is not None)
        if rung is not None:
            sums.on_rung[0, rung] += 1
        if usd is not None and rung is not None:
            sums.count("priced")
            sums.count("usd", usd)
            sums.on_rung[4:, rung] += (usd, expected)
            sums.count("with tokens", entry.output_tokens is not None)
            if entry.cut:
                sums.count("cut")
                sums.count("usd of cut", usd)
        if len(entry.answers) > 1:
            vote = Vote(cap=max(len(entry.answers), 2))
            for answer in entry.answers:
                if vote.stopped:
                    break
                vote.add(answer)
            full = Vote(cap=max(len(entry.answers), 2))
            for answer in entry.answers:
                full.add(answer)
            sums.count("voted")
            sums.count("samples", len(entry.answers))
            sums.count("samples used", vote.consumed)
            sums.count("votes changed", vote.answer != full.answer)
            pair = Vote(cap=2)
            for answer in entry.answers[:2]:
                pair.add(answer)
            sums.count("first two agree", list(pair.counts.values()) == [2])

    def _answer(self, entry: Entry, rung: int | None, expected: float) -> float:
        """Returns the tokens of the answer without its thinking: the log's if they are known, else the expected ones."""
        if entry.output_tokens is None:
            return expected
        if entry.reasoning_tokens is None and (rung is None or self.ladder.rungs[rung].thinking_tokens > 0):
            return expected
        return max(entry.output_tokens - (entry.reasoning_tokens or 0.0), 1.0)

    def _priced(self, entry: Entry, rung: int | None) -> float | None:
        if rung is None or entry.input_tokens is None or entry.output_tokens is None:
            return None
        one = self.ladder.rungs[rung]
        cached = min(entry.cached_tokens or 0.0, entry.input_tokens)
        cached_price = one.input_price if one.cached_price is None else one.cached_price
        paid = (entry.input_tokens - cached) * one.input_price + cached * cached_price
        return (paid + entry.output_tokens * one.output_price) / 1e6

    def _outcome(self, sums: Sums, entry: Entry, pending: dict[str, tuple[int, float]]) -> None:
        row = pending.get(str(entry.id)) or pending.get(str(entry.trace))
        if row is not None and entry.score is not None and entry.rung in {None, self.names[row[0]]}:
            self._graded(sums, row[0], entry.score, row[1])

    @staticmethod
    def _graded(sums: Sums, rung: int, score: float, chance: float) -> None:
        sums.on_rung[1:4, rung] += (1.0, score, chance)

    def _paired(self, sums: Sums, entry: Entry, rung: int, place: int) -> None:
        scores = entry.scores or {}
        if (before := scores.get(self.names[rung])) is None:
            return
        for i, name in enumerate(self.names):
            if name in scores:
                change = scores[name] - before
                sums.paired[:, place, i] += (1.0, change, change * change)


def _hybrid(logged: Rung, ladder: Ladder, dial: str) -> Ladder:
    """Returns the ladder with the logged rung's settings, but for one dial; `all` is the ladder itself."""
    if dial == "all":
        return ladder

    def one(rung: Rung) -> Rung:
        priced = rung if dial == "model" else logged
        return Rung(
            rung.name,
            model=rung.model,
            thinking_tokens=(rung if dial == "thinking" else logged).thinking_tokens,
            samples=(rung if dial == "samples" else logged).samples,
            depth=(rung if dial == "depth" else logged).depth,
            input_price=priced.input_price,
            output_price=priced.output_price,
            answer_tokens=priced.answer_tokens,
        )

    return Ladder([one(rung) for rung in ladder.rungs])


def _wait(rows: dict[str, _Waiting], key: str | None, row: _Waiting) -> None:
    """Keeps a row until its outcome comes. Beyond `MOST_WAITING` the oldest is given up."""
    if key is not None:
        rows[key] = row
        if len(rows) > MOST_WAITING:
            del rows[next(iter(rows))]


def _same_model(named: str, logged: str) -> bool:
    """Returns True if a log's name is the model's, with a provider before it or a date behind it."""
    short, other = (name.rsplit("/", 1)[-1].lower() for name in (named, logged))
    rest = other.removeprefix(short)
    return short == other or (other.startswith(short) and rest[:1] in {"-", "@", ":"} and rest[1:5].isdigit())


def _grade(sums: OffPolicySums, row: _Replayed, score: float) -> None:
    entry, logged, new, chances = row
    sums.add(
        same=logged == new,
        propensity=float(entry.propensity or 1.0),
        score=score,
        predicted_logged=chances[logged],
        predicted_new=chances[new],
        group=entry.session,
    )


def assign(sums: Sums, shares: Sequence[float], default: int) -> Reals:
    """Returns, per bin and rung, the part of the bin's queries that take the rung. A bin at a threshold is split."""
    ranked = sums.queries[:BINS]
    ends = np.cumsum(ranked)
    limits = np.concatenate([[0.0], np.cumsum(shares)]) * max(float(ends[-1]), 1.0)
    limits[-1] = max(limits[-1], ends[-1])
    inside = np.minimum(ends[:, None], limits[None, 1:]) - np.maximum((ends - ranked)[:, None], limits[None, :-1])
    parts = np.zeros((BINS + 1, len(shares)))
    parts[:BINS] = np.clip(inside, 0.0, None) / np.maximum(ranked, 1.0)[:, None]
    parts[BINS, default] = 1.0
    return parts


def read(reader: Reader, paths: Iterable[str | PathLike[str]], shares: Sequence[float]) -> Sums:
    """Reads logs as one. Logs with propensities are read twice, since the shares must be known first.

    Raises:
        OSError: A log cannot be read.
        MalformedError: A log has no row of a known form, or a record does not fit the schema.
        InvalidValueError: No row has a query.
    """
    named = list(paths)
    sums = reader.read(*named)
    if not sums.queries.sum():
        raise without_queries(named, int(sums.total("rows")), int(sums.total("torn")))
    if sums.total("with a propensity"):
        sums.off_policy.merge(reader.replay(named, assign(sums, shares, reader.default)))
    return sums
