"""The types of values that are only returned: for annotations, and to read what their fields mean.

Example:
    >>> import rheostat as rh
    >>> estimate: rh.types.Estimate = rh.Estimator().estimate("Why is the sky blue?")
    >>> 0.0 <= estimate.difficulty <= 1.0
    True
    >>> rh.Ledger([rh.Cap("fleet", tokens=9, usd=1.0)]).room()
    Amount(tokens=9, usd=1.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from rheostat._native import (
    ActionKind,
    CalibrationReport,
    Decided,
    Estimate,
    EstimateBatch,
    Estimator,
    Event,
    Explanation,
    Grading,
    Hold,
    Information,
    LedgerStats,
    Limit,
    Outcome,
    PlanBatch,
    Readings,
    Spent,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "Ability",
    "Account",
    "ActionKind",
    "Allocation",
    "Amount",
    "AnswerVotes",
    "Beat",
    "Bias",
    "Block",
    "BodyChange",
    "BodyPart",
    "BodyReading",
    "CadenceCounts",
    "Calibration",
    "Clamp",
    "Contribution",
    "Decided",
    "Estimate",
    "EstimateBatch",
    "Event",
    "Explanation",
    "FeatureArrays",
    "Grading",
    "Hold",
    "Information",
    "Interval",
    "KeepAlive",
    "LedgerStats",
    "Limit",
    "Outcome",
    "Pace",
    "PlanBatch",
    "PriorRow",
    "ProbeChoice",
    "Promise",
    "Readings",
    "Refusal",
    "Rewritten",
    "RungFit",
    "RungPair",
    "ScoreChoice",
    "SessionStats",
    "SignalWorth",
    "SleepJob",
    "SleepPlan",
    "SleepRefusal",
    "Spent",
    "StepChance",
    "TokenRange",
    "TopTokens",
    "Transition",
    "UpstreamBreaker",
    "Wake",
    "Woken",
    "WorstCase",
]


class Ability(NamedTuple):
    """A rung's ability, with its thinking, samples and depth."""

    value: float
    """The accuracy that it is expected to reach on the reference set, in (0, 1)."""
    assumed: bool
    """True if it follows from the rung's place on the ladder and was not given."""


class Allocation(NamedTuple):
    """One budget over many queries."""

    rungs: npt.NDArray[np.uint64]
    """Each query's rung, by its index."""
    cost: float
    """The cost of all queries."""
    gain: float
    """The gain of all queries."""
    bound: float
    """The gain that no allocation can exceed."""
    price: float
    """The gain of one more unit of cost: the budget's shadow price."""


class Amount(NamedTuple):
    """An amount of compute."""

    tokens: int
    """Output tokens, thinking included."""
    usd: float
    """US dollars."""


class Account(NamedTuple):
    """One account of a ledger."""

    key: str
    """The name of the query, session or tenant."""
    held: Amount
    """Reserved and not settled yet."""
    spent: Amount
    """Settled."""


class AnswerVotes(NamedTuple):
    """One answer of a call, with its votes."""

    answer: str
    """The answer."""
    votes: int
    """Number of samples that gave it."""


class UpstreamBreaker(NamedTuple):
    """An upstream that has failed of late."""

    deployment: str
    """The deployment."""
    model: str
    """The model."""
    state: Literal["closed", "open", "half_open"]
    """Requests go out, or none, or one as a trial."""
    failures: int
    """Failures in a row."""
    seconds: float
    """Seconds until a request may go out, 0.0 if one may now."""


class Beat(NamedTuple):
    """The next beat of a loop."""

    at: float
    """The time at which it is due, in seconds."""
    delay: float
    """Seconds until then."""
    mode: int
    """Index of its mode, 0 for the slowest."""
    rung: str
    """The rung of its mode."""
    reason: Literal["first", "belief", "lock", "forced", "signal", "cap", "cache", "exhausted", "running"]
    """The reason for its time; the page on cadence has what each means."""
    locked: bool
    """True if its mode is locked."""
    tokens: int
    """Output tokens that it may spend; 0 where the cap has no room."""
    usd: float
    """US dollars that it may spend; 0 where the cap has no room."""


class CadenceCounts(NamedTuple):
    """Counts of a cadence."""

    beats: int
    """Beats that were started."""
    refused: int
    """Beats that were due and not started, because the cap had no room."""
    unchanged: int
    """Beats that were not needed, because the host's own check found nothing changed."""
    signals: int
    """Signals."""
    wakes: int
    """Signals that brought a beat forward."""
    lost: int
    """Beats whose end was never reported. What they might have cost counts as spent."""


class SignalWorth(NamedTuple):
    """The worth of a kind of signal, as learned."""

    kind: str
    """The kind."""
    precision: float
    """Chance that a beat after it finds something."""
    recall: float
    """Chance that something to find was announced by it."""
    false_rate: float
    """False ones per second."""


class Transition(NamedTuple):
    """A change of a cadence's mode."""

    at: float
    """The time, in seconds."""
    before: int
    """Index of the mode before."""
    after: int
    """Index of the mode after."""
    cause: Literal["found", "signal", "lock_over", "quiet", "forced", "force_over", "exhausted", "funded"]
    """The reason; the page on cadence has what each means."""


class Wake(NamedTuple):
    """The effect of a signal."""

    at: float
    """The time of the next beat, in seconds."""
    delay: float
    """Seconds until then; 0 is now."""
    woken: bool
    """True if the signal has brought the beat forward."""
    reason: str
    """The reason for the time, as for a `Beat`."""


class KeepAlive(NamedTuple):
    """Weighs a refresh of a provider's cached prefix."""

    pays: bool
    """True if it pays."""
    chance: float
    """Chance of a query within the cache's life."""
    break_even: float
    """The chance from which on it pays."""
    usd: float
    """Expected saving, in US dollars; below 0 where it does not pay."""


class SleepJob(NamedTuple):
    """Work that sleep has granted."""

    id: int
    """Names the job, and the artefact that comes of it."""
    candidate: int
    """Index of the candidate."""
    form: str
    """The form in which to run it."""
    tokens: int
    """The most output tokens that it may cost."""
    usd: float
    """The most US dollars that it may cost."""
    value: float
    """Expected saving in US dollars, its cost not subtracted."""
    chance: float
    """The chance of a hit, of one query, that it was weighed with."""


class SleepRefusal(NamedTuple):
    """A candidate that is not precomputed."""

    candidate: int
    """Index of the candidate."""
    reason: Literal["no_evidence", "unpaid", "cap", "kept"]
    """The reason; the page on sleep has what each means."""
    chance: float
    """The chance of a hit, of one query, that it was weighed with."""
    break_even: float | None
    """The chance from which on it would pay; None if no chance is enough."""


class SleepPlan(NamedTuple):
    """Work for idle time, and what was refused."""

    jobs: list[SleepJob]
    """Granted work, the best value per dollar first."""
    refused: list[SleepRefusal]
    """The other candidates."""
    queries: float
    """Queries expected before an artefact made at once would be invalid."""
    predicted: float
    """Lower bound on the share of the context's queries that are predicted."""


class Woken(NamedTuple):
    """The artefact for a live query, if there is one. A hit is speculative: it was precomputed for a predicted query."""

    hit: bool
    """True if an artefact may be used."""
    artefact: int | None
    """Its id: that of its job."""
    age: float
    """Seconds since it was made; 0 without a hit."""
    reason: Literal["hit", "unknown", "changed", "unpredicted", "not_made", "running", "expired"]
    """`"hit"`, or the reason of the miss."""


class Bias(NamedTuple):
    """Scores less chances, on average."""

    mean: float
    """Above 0: chances are too low."""
    error: float
    """Standard error of the mean."""


class Block(NamedTuple):
    """A part of a shared budget, leased by one ledger."""

    scope: str
    """Scope of its cap."""
    key: str
    """Name of the account."""
    cap: int
    """Index of its cap."""
    window: int
    """Index of the cap's window."""
    tokens: int
    """Output tokens."""
    picodollars: int
    """Money, in 10⁻¹² US dollars."""


class BodyChange(NamedTuple):
    """A change of a request's body, or something that it could not say. Values are JSON."""

    field: str
    """The parameter, as a path from the top of the body; for what a surface cannot express, the plan's name for it."""
    before: str | None
    """The client's value, cut to 80 bytes; None if there was none."""
    after: str | None
    """The new value; None if the parameter was removed, or was not written."""
    why: str
    """The reason: `"plan"`, `"level"`, `"least"`, `"floor"`, `"most"`, `"refused"`, `"renamed"`, `"limit"`, `"ceiling"`,
    `"forced_tool"`, `"tool_loop"`, `"tools"`, `"prefill"`, `"client"`, `"path"`, `"unsupported"` or `"unknown"`; the page on the
    wire has what each means."""


class Rewritten(NamedTuple):
    """The body of one request, written by `Call.rewrite`."""

    body: bytes
    """The body to send."""
    changes: tuple[BodyChange, ...]
    """The changed parameters, and all that the body could not say."""


class BodyPart(NamedTuple):
    """A part of a request's body, and how it is read."""

    place: str
    """Its place, such as `messages[2]`, or `messages[2] <system-reminder>` for a block in it."""
    kind: str
    """The kind that it is taken for, such as `"ask"`, `"tool result"` or `"limit"`."""
    bytes: int
    """Bytes of its text, names and numbers."""
    tokens: int
    """Estimated tokens."""
    row: str
    """The row of a table that decided; empty for a role."""


class BodyReading(NamedTuple):
    """A request's body, and how it is read."""

    parts: list[BodyPart]
    """Its parts, in its order."""
    needs: list[str]
    """Capabilities that it needs."""
    chore: bool
    """True if a program asks for a chore beside the conversation."""
    planning: bool
    """True if the harness says that work is being planned."""
    doubtful: bool
    """True if a program may have written the newest message in the human's role."""


class Calibration(NamedTuple):
    """A calibrated estimator."""

    estimator: Estimator
    """The estimator."""
    reports: list[CalibrationReport]
    """One for each rung of the log."""


class Clamp(NamedTuple):
    """A field of a plan that was cut."""

    field: str
    """The field, such as `"samples"`."""
    wanted: float
    """Its value on the rung."""
    granted: float
    """Its value in the plan."""


class Contribution(NamedTuple):
    """A feature's or a word's part of a difficulty."""

    name: str
    """The feature, or the word."""
    value: float
    """The feature's value, or the word's count."""
    contribution: float
    """Its part of the location, in logits. Above 0: it makes the query harder."""


class FeatureArrays(NamedTuple):
    """Features of many texts. Text `i` has the words `words[indptr[i]:indptr[i + 1]]`, in order."""

    values: npt.NDArray[np.float32]
    """One row per text, one column per feature."""
    indptr: npt.NDArray[np.int64]
    """The first word of each text, and the end of the last."""
    words: npt.NDArray[np.uint32]
    """32-bit hashes of words."""


class Interval(NamedTuple):
    """An interval of real numbers."""

    low: float
    """Its lower end."""
    high: float
    """Its upper end."""


class Pace(NamedTuple):
    """The current period of a paced budget."""

    price: float
    """The budget's shadow price: what a dollar of compute counts as, in dollars."""
    spent: float
    """US dollars spent."""
    queries: int
    """Number of queries planned."""
    expected: float
    """Number of queries still expected."""


class PriorRow(NamedTuple):
    """One kind of question in a `VotePrior`."""

    first: float
    """Probability of the likeliest answer."""
    second: float
    """Probability of the second."""
    weight: float
    """Number of votes that were so."""


class ProbeChoice(NamedTuple):
    """A way to answer a query, as a `learn.ProbeWorth` expects it."""

    probes: int
    """Samples of the low rung: 0 goes straight to the high rung, 1 takes the low rung's answer, 2 and 3 probe first."""
    usd: float
    """Expected cost, in US dollars."""
    p_correct: float
    """Expected share of right answers."""


class Promise(NamedTuple):
    """A promise that a log allows: one of a `Guaranteed` policy's offers."""

    max_loss: float
    """The mean loss that is not passed, in points of score."""
    confidence: float
    """Confidence of all offers together."""
    saved: float
    """Share of the top rung's expected cost that the log's queries save, in [0, 1]."""
    mean_loss: float
    """Mean loss on the log."""
    units: int
    """Number of independent units."""
    threshold: float
    """Points of score that a saved US dollar may cost, by expectation."""


class Refusal(NamedTuple):
    """An answer of a gateway to its client in place of a provider's."""

    kind: str
    """`"budget"`, `"body"`, `"context"` or `"capability"`."""
    status: int
    """The HTTP status: 429, 400, 413 or 400."""
    retry_after: int | None
    """Seconds until the used-up cap's window ends, for the header `retry-after`; None where waiting does not help."""
    message: str
    """The reason, in words."""
    body: bytes
    """The body: JSON in the form of the surface's own errors."""


class RungFit(NamedTuple):
    """One rung's part of a fit."""

    rung: str
    """The rung's name."""
    outcomes: int
    """Number of its outcomes."""
    mean_score: float
    """Mean of its scores."""
    ability: float
    """Its fitted ability, in (0, 1)."""
    brier_prior: float
    """Brier score of the prior on held-out queries."""
    brier: float
    """Brier score with its head on held-out queries."""


class RungPair(NamedTuple):
    """Two rungs, by name."""

    low: str
    """The lower one."""
    high: str
    """The higher one."""


class ScoreChoice(NamedTuple):
    """A number of samples to choose among, as a `learn.ScoreWorth` expects it."""

    samples: int
    """Samples; 1 is not scored."""
    usd: float
    """Expected cost, in US dollars."""
    p_correct: float
    """Expected share of right answers."""


class SessionStats(NamedTuple):
    """The sessions that a governor keeps."""

    kept: int
    """Number of sessions."""
    bytes: int
    """Their memory."""


class StepChance(NamedTuple):
    """P(correct) of a path by the scores of its steps."""

    low: float
    """At least this, with the table's confidence."""
    mid: float
    """The estimate."""
    high: float
    """At most this, with the table's confidence."""


class TokenRange(NamedTuple):
    """A range of numbers of tokens."""

    low: int
    """Its lower end."""
    high: int
    """Its upper end."""


class TopTokens(NamedTuple):
    """The likeliest tokens, the likeliest first."""

    ids: npt.NDArray[np.uint32]
    """Their ids."""
    logprobs: npt.NDArray[np.float32]
    """Their log-probabilities."""


class WorstCase(NamedTuple):
    """The most that a plan's rung may cost before anything fails or ramps."""

    tokens: int
    """Output tokens, thinking included."""
    usd: float
    """US dollars."""
    requests: int
    """Requests: samples, revisions and scores."""
