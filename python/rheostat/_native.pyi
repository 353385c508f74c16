# Generated from rust/python by tools/make_stub.py; `make stub` writes it anew, `make lint` checks that it is fresh.
import numpy as np
import numpy.typing as npt
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from rheostat._host import ActionCallback, Clock
from rheostat._pieces import Usage
from rheostat.types import (
    Ability,
    Account,
    Allocation,
    Amount,
    AnswerVotes,
    Beat,
    Bias,
    Block,
    BodyChange,
    BodyReading,
    CadenceCounts,
    Calibration,
    Clamp,
    Contribution,
    FeatureArrays,
    Interval,
    KeepAlive,
    Pace,
    PriorRow,
    ProbeChoice,
    Promise,
    Refusal,
    Rewritten,
    RungFit,
    RungPair,
    ScoreChoice,
    SessionStats,
    SignalWorth,
    SleepPlan,
    StepChance,
    TokenRange,
    TopTokens,
    Transition,
    UpstreamBreaker,
    Wake,
    Woken,
    WorstCase,
)
from typing import Any, Final, Literal, Protocol, TypeAlias, TypedDict, final, overload
from typing_extensions import Self, disjoint_base

__all__ = [
    "__version__",
    "Action",
    "ActionKind",
    "ArtifactError",
    "BatchAllocator",
    "Cadence",
    "CalibrationReport",
    "Call",
    "Candidate",
    "Cap",
    "Ceiling",
    "Chunk",
    "Confidence",
    "ConfigFile",
    "Decided",
    "DeniedError",
    "Doubt",
    "Drift",
    "DriftReport",
    "Estimate",
    "EstimateBatch",
    "Estimator",
    "Event",
    "ExitRule",
    "Explanation",
    "FeatureSpec",
    "FitReport",
    "Governor",
    "Grading",
    "Guaranteed",
    "Hold",
    "HostRules",
    "Information",
    "InvalidTypeError",
    "InvalidValueError",
    "Ladder",
    "Learner",
    "Learning",
    "LearningStep",
    "Ledger",
    "LedgerStats",
    "Limit",
    "LogitStats",
    "LogitStatsBatch",
    "Loops",
    "MalformedError",
    "MarkerCounts",
    "Markers",
    "Move",
    "OffPolicySums",
    "OnlineAllocator",
    "Outcome",
    "OutcomeReader",
    "Paced",
    "Plan",
    "PlanBatch",
    "ProbeWorth",
    "Ramp",
    "Readings",
    "Repetition",
    "ReplyEvent",
    "ReplyReader",
    "RheostatError",
    "Rules",
    "Run",
    "Rung",
    "Sample",
    "ScoreWorth",
    "ScoredOutcome",
    "Scorer",
    "Sessions",
    "Shares",
    "Sleep",
    "Spent",
    "StateError",
    "StepCalibration",
    "StepTable",
    "StepWatch",
    "Stream",
    "Threshold",
    "UnknownNameError",
    "Utility",
    "Verdict",
    "Vote",
    "VotePrior",
    "Watch",
    "allocate",
    "apgr",
    "at_exit",
    "at_fork",
    "borda_weights",
    "build_info",
    "calibrate",
    "calibrate_doubt",
    "calibrate_exit",
    "certify",
    "clock",
    "confidence_weights",
    "config_schema",
    "control_risk",
    "cpt",
    "explain_body",
    "feature_specs",
    "features",
    "features_batch",
    "fit",
    "is_blank",
    "labels_needed",
    "lease_scripts",
    "logit_stats",
    "normalise",
    "read_failure",
    "read_head",
    "read_retry_after",
    "read_usage",
    "record_lines",
    "softmax_weights",
    "top_tokens",
]
__version__: str
_Numbers: TypeAlias = Sequence[float | None] | npt.NDArray[Any]
_Rows: TypeAlias = Sequence[Sequence[float | None]] | npt.NDArray[Any]
_Reals: TypeAlias = npt.NDArray[np.float64]
_Text: TypeAlias = str | bytes | bytearray | memoryview
_Messages: TypeAlias = Iterable[Mapping[str, Any]]
_Body: TypeAlias = _Text | Mapping[str, Any]
_Name: TypeAlias = str | bytes | int | np.integer[Any]
_AnswerForm: TypeAlias = Literal["auto", "exact", "number", "option", "yes_no", "math", "json", "code", "text"]
_CardSource: TypeAlias = Literal["installed", "genai-prices", "litellm", "shipped"]
_Choose: TypeAlias = Literal["score", "vote"]
_Dial: TypeAlias = Literal["thinking_tokens", "samples", "depth", "model"]
_Domain: TypeAlias = Literal[
    "mathematics", "code", "science", "medicine", "law", "business", "humanities", "language", "everyday", "unknown"
]
_DoubtSignal: TypeAlias = Literal["low_logprob", "low_confidence", "low_top_logprob"]
_Dtype: TypeAlias = Literal["float32", "float16", "bfloat16"]
_Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
_Evidence: TypeAlias = Literal[
    "low_confidence",
    "low_steps",
    "uncertain",
    "branching",
    "hedging",
    "loop",
    "disagreement",
    "no_answer",
    "refuted",
    "failure",
    "stall",
    "tool_errors",
]
_FailureKind: TypeAlias = Literal["permanent", "rate_limit", "overloaded", "unreached", "transient", "refusal"]
_Judge: TypeAlias = Literal["before_first_byte", "never_restart", "buffer"]
_Move: TypeAlias = Literal["replace", "samples", "think", "revise", "verify", "escalate"]
_OutcomeKind: TypeAlias = Literal["graded", "judge", "thumbs", "retry", "escalation"]
_PathValue: TypeAlias = Literal["last", "least"]
_Phase: TypeAlias = Literal["started", "sampling", "thinking", "escalating", "settled", "ceiling", "exhausted", "closed"]
_Purpose: TypeAlias = Literal["answer", "planning", "housekeeping", "compaction"]
_Scope: TypeAlias = Literal["query", "session", "tenant", "fleet"]
_Settled: TypeAlias = Literal["settled", "late", "nothing"]
_ReplySurface: TypeAlias = Literal[
    "openai.chat",
    "openai.responses",
    "anthropic.messages",
    "gemini.generate",
    "ollama.chat",
    "ollama.generate",
    "bedrock.converse",
    "cohere.chat",
    "mistral.chat",
    "vllm.chat",
    "openrouter.chat",
    "deepseek.chat",
]
_Surface: TypeAlias = Literal[
    "openai.chat",
    "openai.responses",
    "anthropic.messages",
    "gemini.generate",
    "ollama.chat",
    "ollama.generate",
    "bedrock.converse",
    "cohere.chat",
    "mistral.chat",
    "vllm.chat",
    "openrouter.chat",
    "deepseek.chat",
]
_Test: TypeAlias = Literal["binomial", "hoeffding_bentkus", "betting", "paired"]
_Thinking: TypeAlias = Literal["never", "restart", "continue", "raise"]
_VoteRule: TypeAlias = Literal[
    "beta", "majority", "curtail", "unanimous", "horizon", "dirichlet", "crp", "esc", "entropy", "sprt", "bayes", "certified"
]
_Walk: TypeAlias = Literal["fixed_sequence", "bonferroni"]

class _Efforts(TypedDict):
    model: str
    efforts: Sequence[_Effort]

class _Array(Protocol):
    def __dlpack_device__(self) -> Any: ...

@overload
def logit_stats(logits: Sequence[float], *, dtype: _Dtype | None = None) -> LogitStats:
    """Reads full-vocabulary logits: statistics of one row, or of each row of a two-dimensional array.

    Logits may have any real scale; no softmax is needed before. −∞ is a masked token; a NaN counts as masked and is
    counted. `float32`, `float16` and `bfloat16` in C order are read in place, anything else is converted to `float32` first.

    Args:
        logits: One row, or rows: a numpy array, any object with `__dlpack__` on the processor (a torch tensor, for one),
            or a sequence of numbers.
        dtype: `"float32"`, `"float16"` or `"bfloat16"`, where the object does not say: numpy has no bfloat16, so its
            bits come as `uint16`.

    Returns:
        `LogitStats` for one row, `LogitStatsBatch` for rows.

    Raises:
        InvalidValueError: A row is empty, or wholly masked, or holds +∞.
        InvalidTypeError: Not numbers, or not the bits of the `dtype` that was given.
        UnknownNameError: No such `dtype`.

    Example:
        >>> import numpy as np, rheostat as rh
        >>> round(rh.logit_stats(np.zeros(8, dtype=np.float32)).entropy, 4) == round(float(np.log(8)), 4)
        True
        >>> bits = np.array([0x3F80, 0x3F80], dtype=np.uint16)  # 1.0 and 1.0
        >>> rh.logit_stats(bits, dtype="bfloat16").max_prob
        0.5
    """

@overload
def logit_stats(logits: Sequence[Sequence[float]], *, dtype: _Dtype | None = None) -> LogitStatsBatch: ...
@overload
def logit_stats(logits: _Array, *, dtype: _Dtype | None = None) -> Any: ...

class RheostatError(Exception):
    """The base of every error that rheostat raises on purpose. Each kind below it is also the built-in that fits."""

class DeniedError(RheostatError, RuntimeError):
    """A reservation that does not fit a cap: `cap`, `wanted` and `left` say which and by how much."""

    cap: str | None
    wanted: float | None
    left: float | None

class InvalidTypeError(RheostatError, TypeError):
    """A value of the wrong type. The message names the type that was given and the one that was wanted."""

class InvalidValueError(RheostatError, ValueError):
    """A value outside its bound. The message names the value and the bound."""

class MalformedError(RheostatError, ValueError):
    """Input that does not parse, with the byte where reading stopped."""

class StateError(RheostatError, RuntimeError):
    """A call that does not fit the state of its object, such as a second `finish`."""

class ArtifactError(RheostatError, ValueError, OSError):
    """A model artifact that is damaged, too large, or of another version."""

class UnknownNameError(RheostatError, KeyError):
    """A name that is not in its table, such as a rung's or a rule's. The message lists the names that are."""

@final
class Action:
    """The answer of a run to an event.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("fast")])
        >>> plan = rh.Governor(ladder, policy=rh.policy.Utility(2.0)).plan("What is the capital of France?")
        >>> with plan.start() as run:
        ...     action = run.sample(0).finish(answer="Paris")
        >>> action.kind == rh.STOP, action.stops
        (True, True)
    """

    @property
    def dial(self) -> _Dial | None:
        """The dial that a ramp turns: `"thinking_tokens"`, `"samples"`, `"depth"` or `"model"`."""

    @property
    def kind(self) -> ActionKind:
        """The action's kind."""

    @property
    def reason(self) -> str:
        """The reason, in words."""

    @property
    def rung(self) -> Rung | None:
        """The rung that a ramp goes to, when it changes."""

    @property
    def scope(self) -> Literal["sample", "unsent", "call", "run"]:
        """The subject of the action: `"sample"`, `"unsent"` (samples of the call that were not sent yet), `"call"` or `"run"`."""

    @property
    def stops(self) -> bool:
        """True if the host must stop reading the scope: a stop, a ceiling, or a ramp that abandons it."""

    @property
    def tokens(self) -> int | None:
        """Tokens that a ramp of thinking grants: the new budget, or the addition for a stream that goes on."""

@final
class ActionKind:
    """Kind of an action: `CONTINUE`, `RAMP` (more compute is granted: ask the run for it), `STOP` or `CEILING` (a limit is
    reached). Equal to its name in small letters, so it compares and serialises as a string.
    """

    CEILING: Final[ActionKind]
    CONTINUE: Final[ActionKind]
    RAMP: Final[ActionKind]
    STOP: Final[ActionKind]

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    @property
    def value(self) -> Literal["continue", "ramp", "stop", "ceiling"]:
        """The kind's name, in small letters."""

@final
class BatchAllocator:
    """Gives the samples of one budget to a batch of queries, always to the one whose next samples are expected to raise the
    share of its final answer most, by sample: the knowledge gradient with lookahead (Frazier & Powell 2010) on Pólya's
    urn, whose concentration is learned from how many queries' first two answers differ. Every query gets a first sample
    before any gets a second.

    Args:
        queries: How many queries, from 1 to a million.
        budget: How many samples, over all of them.
        cap: The most samples of one query.
        normalise: As of `Vote`.
        p_correct: For each query the probability, in [0, 1], that an answer is right, as far as it is known beforehand:
            `estimate.p_correct(rung)`, or the history of its kind. Harder queries then get their second samples first.
            Only how the queries compare counts, the level is learned from the batch; votes are counted as without it.

    Raises:
        InvalidValueError: An option is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> batch = rh.votes.BatchAllocator(2, budget=8)
        >>> answers = [iter("77777777"), iter("12121212")]
        >>> while queries := batch.next(1):
        ...     for query in queries:
        ...         batch.add(query, next(answers[query]))
        >>> [batch.vote(query).votes for query in range(2)]
        [2, 6]
    """

    def __len__(self) -> int: ...
    def __new__(
        cls,
        queries: int,
        budget: int,
        *,
        cap: int = 40,
        normalise: _AnswerForm | Callable[[str], str | None] | None = None,
        p_correct: npt.ArrayLike | None = None,
    ) -> Self: ...
    def add(self, query: int, answer: str | None) -> None:
        """The answer of a sample that was given out; None when it gave none. It has been paid for all the same.

        Raises:
            InvalidValueError: The query is not in the batch.
            StateError: The query waits for no answer.
        """

    def answer(self, query: int) -> str | None:
        """A query's leading answer, or None before its first."""

    @property
    def left(self) -> int:
        """Samples that have not been given out."""

    def next(self, most: int = 1) -> list[int]:
        """The queries to sample next, by number, one sample each, at most `most`. Empty when the budget is given out, or
        every query that could have another waits for an answer.
        """

    @property
    def spent(self) -> int:
        """Samples whose answers are in."""

    def vote(self, query: int) -> Vote:
        """A copy of a query's vote."""

@final
class Cadence:
    """When an agent's loop runs next and on which rung: within floor and ceiling, under a cap.

    It keeps a posterior over modes from what beats find and what signals say. A likely mode is locked for some beats; only a signal
    from outside can prolong that. It has no clock and sends nothing: the host waits until `next` says, asks `start`, and reports by
    `tick`. `rheostat.cadence` has drivers for asyncio and threads. Thread-safe.

    Args:
        modes: Pairs of an interval in seconds and a rung's name, slowest first; 2 to 8. The slowest one is the pace of rest. The
            intervals' ratio is the one of the square-root rule: a mode four times as fast is for sixteen times as much to find.
        floor: Least seconds between the starts of two beats, whatever happens.
        ceiling: Most seconds between them, whatever happens.
        lock: Most beats that a lock lasts.
        cooldown: Seconds after the end of a beat before a signal may start another one.
        cap: Bound on what all beats spend. Its scope and key are names only: it is this cadence's own.
        tokens: The most output tokens of one beat; needed where the cap bounds tokens.
        usd: The most US dollars of one beat, its context read without a cache; needed where the cap bounds money.
        cached_usd: Price of a beat that finds its context in the provider's cache. If given, delays are just under the cache's life
            where that is cheaper, and never just above.
        cache_ttl: Seconds for which the provider keeps a context cached.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> cadence = rh.Cadence([(600, "fast"), (60, "think")], cap=rh.Cap("session", usd=5, per=86_400), usd=0.05)
        >>> beat = cadence.start(at=0)
        >>> beat.rung, beat.usd
        ('fast', 0.05)
        >>> cadence.tick(found=True, usd=0.02, at=3)
        >>> cadence.next(at=3).delay, cadence.next(at=3).reason
        (57.0, 'lock')
    """

    def __new__(
        cls,
        modes: Iterable[tuple[float, str]],
        *,
        floor: float = 5.0,
        ceiling: float = 3600.0,
        lock: int = 20,
        cooldown: float = 60.0,
        cap: Cap | None = None,
        tokens: int = 0,
        usd: float = 0.0,
        cached_usd: float | None = None,
        cache_ttl: float = 300.0,
    ) -> Self: ...
    @property
    def chances(self) -> list[float]:
        """The posterior chances of the modes, slowest first."""

    @property
    def counts(self) -> CadenceCounts:
        """Its counts so far."""

    def drain_transitions(self) -> list[Transition]:
        """The transitions since the last call, oldest first. At most 1,024 are kept."""

    def force(self, mode: int, until: float, *, at: float | None = None) -> None:
        """Holds a mode until a time, whatever beats find. Floor, ceiling and cap hold all the same.

        Args:
            mode: Index of the mode, 0 for the slowest.
            until: The time at which it ends.
            at: The time, as for `next`.

        Raises:
            InvalidValueError: No such mode, or `until` is before `at`.
        """

    def next(self, *, at: float | None = None) -> Beat:
        """The next beat, as things stand. It claims nothing.

        Args:
            at: The time, in seconds from 0 to 1e11; Unix time if not given. Windows of the cap start at multiples of their length.

        Raises:
            InvalidValueError: The time is out of bounds.
        """

    @property
    def overshoot(self) -> Amount:
        """Spending above what beats had been granted."""

    def restore(self, state: bytes) -> None:
        """Goes on from a state.

        Raises:
            ArtifactError: The state is damaged, or has another number of modes. Nothing has changed then.
        """

    @property
    def room(self) -> Amount | None:
        """The rest of the cap in its window, or None without a cap."""

    def signal(self, kind: str, strength: float = 1.0, *, at: float | None = None) -> Wake:
        """Takes note of something that happened outside, such as a message or a changed file. It may lock a mode anew, and it brings
        the next beat forward where that is worth its price: after the cooldown, not before the floor, never past the cap.

        Args:
            kind: The kind of signal, at most 32 of them. How often a kind is right, and how much it misses, is learned.
            strength: Above 0 and at most 1.
            at: The time, as for `next`.

        Raises:
            InvalidValueError: A value is out of bounds.
            UnknownNameError: There are 32 other kinds already.
        """

    @property
    def spent(self) -> Amount:
        """Spending of all beats since it was made."""

    def start(self, *, at: float | None = None) -> Beat | None:
        """Starts the beat that is due, and claims what it may cost. None when it is not due yet, when another one is in flight, or when
        the cap has no room: then this beat is over without a cost, and the next one is due after the ceiling.

        Args:
            at: The time, as for `next`.

        Raises:
            InvalidValueError: The time is out of bounds.
        """

    def state(self) -> bytes:
        """Its knowledge, spending and waits, as bytes. Settings and transitions are not in it."""

    def tick(
        self, *, found: bool = False, salience: float | None = None, tokens: int = 0, usd: float = 0.0, at: float | None = None
    ) -> None:
        """Ends the beat in flight. Without one it is a look that the host had by itself.

        Args:
            found: True if it found something to do.
            salience: How sure that is, in [0, 1], instead of `found`.
            tokens: Output tokens that it has cost.
            usd: US dollars that it has cost. Above the beat's grant they are counted in full, and the next beats wait for them.
            at: The time, as for `next`.

        Raises:
            InvalidValueError: A value is out of bounds. Nothing has changed then.
        """

    def unchanged(self, *, at: float | None = None) -> None:
        """Notes that nothing has changed since the last beat, as a free check has shown: the beat that was due is not needed.

        Args:
            at: The time, as for `next`.

        Raises:
            StateError: A beat is in flight.
        """

    def worth(self) -> list[SignalWorth]:
        """The worth of each kind of signal, as learned."""

@final
class CalibrationReport:
    """How one rung's chances were calibrated, by outcomes that were held out. A constant chance has no calibration error, so read
    it beside the Brier score.
    """

    @property
    def brier(self) -> float:
        """Brier score after; never above the one before."""

    @property
    def brier_before(self) -> float:
        """Brier score before."""

    @property
    def brier_constant(self) -> float:
        """Brier score of the mean score as everyone's chance."""

    @property
    def error(self) -> float:
        """Expected calibration error after."""

    @property
    def error_before(self) -> float:
        """Expected calibration error before, in ten bins of equally many."""

    @property
    def method(self) -> Literal["none", "platt", "isotonic"]:
        """`"none"`, `"platt"` or `"isotonic"`."""

    @property
    def outcomes(self) -> int:
        """Outcomes that it rests on."""

    @property
    def rung(self) -> str:
        """The rung's name."""

@final
class Call:
    """One granted request: send it as it says, tell its samples what comes back, and say what it cost."""

    @property
    def answers(self) -> list[AnswerVotes]:
        """Answers of lower rungs, the best last: for a host that shows them to the next model."""

    @property
    def attempt(self) -> int:
        """Times that it was sent before: 0 for a first attempt."""

    @property
    def delay(self) -> float:
        """Seconds to wait before it is sent: a failed call that is tried again. 0 for any other."""

    @property
    def deployment(self) -> str | None:
        """The upstream to send it to: the rung's deployment, or one of its fallbacks. None for the host's only one."""

    @property
    def drawn(self) -> int:
        """Samples of its rung that were asked for before, and that its answers are compared with: they must be able to differ. 0 where
        nothing is compared.
        """

    def fail(
        self,
        error: object,
        *,
        kind: _FailureKind | None = None,
        sent: bool | None = None,
        retry_after: float | None = None,
        at: float | None = None,
    ) -> Action:
        """Reports that the call failed: its open streams end without an answer.

        The kind says what follows: another attempt on the rung (within `Rules.retries`, the governor's retry budget and the
        ceiling; see `delay`), then the next rung, as a fallback. After `"permanent"` (a bad key, a bad request) the run ends,
        and `"refusal"` is not tried again on its rung.

        Args:
            error: The error, kept in words for the trail.
            kind: The kind; `"transient"` if not given.
            sent: True if the request reached its engine, which may have spent the grant: then the grant stays reserved until
                `usage` is reported, at most to the end of the run (in a ledger: until the reservation expires). False: the
                grant is free again at once. By default the kind tells, and a stream that brought tokens was sent.
            retry_after: Seconds that the provider asks to wait.
            at: The time, in seconds of a monotonic clock.

        Raises:
            StateError: It has ended or failed before.
            UnknownNameError: No such kind.
        """

    @property
    def finding(self) -> str | None:
        """The finding that a revision answers: a verifier's reply, or the words of `Run.observe`. Or None."""

    @property
    def id(self) -> int:
        """Its number in the run, from 0."""

    @property
    def kind(self) -> Literal["generate", "revise", "verify", "probe", "score", "distil", "refine"]:
        """Its purpose: `"generate"`, `"revise"`, `"verify"`, `"probe"`, `"score"`, `"distil"` or `"refine"`."""

    @property
    def max_tokens(self) -> int:
        """The most that each sample may write, in tokens, thinking included."""

    @property
    def model(self) -> str:
        """The rung's model."""

    @property
    def parent(self) -> int | None:
        """The number in the run of the sample that it is about: the one that is probed or scored. Or None."""

    @property
    def resume(self) -> str | None:
        """The text to start from: the draft to revise, the answer to verify, the answer to score, the partial output to probe or
        continue. Or None.
        """

    def rewrite(
        self,
        body: _Text,
        surface: _Surface,
        *,
        streams: bool = True,
        sample: int = 0,
        answers: int = 1,
        revise: str | None = None,
        verify: str | None = None,
        probe: str | None = None,
        score: str | None = None,
        distil: str | None = None,
        refine: str | None = None,
        resume: str | None = None,
    ) -> Rewritten:
        """Writes the call into the body of the client's request: model, limit, thinking, the number of answers, and the
        turns that a revision, a verification, a probe or a continuation adds. All other bytes stay as they are.

        Args:
            body: The raw JSON of the client's request: bytes, or a `str`.
            surface: Its format, as for `Governor.decide_and_rewrite`.
            streams: True to ask for a stream that reports its usage; False for a whole reply.
            sample: The number of the sample in the call, from 0. Samples whose answers are compared are written so that they can differ:
                only the first keeps a temperature of 0, and each has a seed of its own.
            answers: Number of answers that the request asks for, at least 1: one, or all samples of the call.
            revise, verify, probe, score, distil, refine, resume: The wish behind the resumed text, in place of rheostat's own: to improve a draft; to
                judge an answer, beginning with the verdict; to give the final answer now; to score an answer by a number; to
                distil drafts into notes; to answer by notes; to go on where the text was cut.

        Returns:
            The body to send, and what was changed.

        Raises:
            MalformedError: The body is no JSON object.
            UnknownNameError: No such surface.

        Example:
            >>> import rheostat as rh
            >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="gpt-4o-mini", answer_tokens=500)]))
            >>> ask = b'{"model":"auto","messages":[{"role":"user","content":"Why is the sky blue?"}]}'
            >>> with governor.plan(body=ask).start() as run:
            ...     call = run.next()[0]
            ...     call.rewrite(ask, "openai.chat").body
            b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Why is the sky blue?"}],"max_completion_tokens":500,"stream":true,"stream_options":{"include_usage":true}}'
        """

    @property
    def rung(self) -> Rung:
        """The rung that it is made on."""

    def sample(self, index: int = 0) -> Sample:
        """One of its streams, from 0.

        Raises:
            InvalidValueError: The call has no such sample.
        """

    @property
    def samples(self) -> int:
        """Number of samples to draw."""

    @property
    def thinking_tokens(self) -> int:
        """Tokens of `max_tokens` that are for thinking; the others are for the answer."""

    def usage(
        self,
        *,
        input: int | None = None,
        cached: int | None = None,
        written: int | None = None,
        output: int | None = None,
        reasoning: int | None = None,
        at: float | None = None,
    ) -> Action:
        """Reports the provider's usage: tokens over all samples of the call, from its beginning. It may be reported more than
        once, and spending never falls: each field takes the maximum of its reports, a missing one changes nothing, and a
        zero for a stream that wrote something is not used (`Spent.invalid` counts it). `input` includes `cached` (read from
        the provider's cache) and `written` (written to it), `output` includes `reasoning`; where a part is the larger, the
        provider counts it apart, and all are added. `at` overrides the time, in seconds of a monotonic clock.

        Report it, or `Sample.usage`, before asking `Run.next` again. A stream that ended while its cost was not known keeps
        its whole grant reserved until then.
        """

@final
class Candidate:
    """A predicted query of a context: what precomputing its answer would cost, and what a hit would save.

    Args:
        key: Names the query. A wake with the same key is a hit: a digest of the query's normal form, or of a cluster of queries.
        usd: US dollars that precomputing may cost at once, writes to a provider's cache included.
        tokens: Output tokens that it may cost, where the cap bounds them.
        live_usd: Cost of a live answer, in US dollars.
        hit_usd: Cost of an answer with the artefact.
        seconds: Seconds that a user waits less.
        weight: How likely it is among the predicted ones, in [0, 1]. Only ratios count.

    Raises:
        InvalidValueError: A number is negative; other bounds are checked by `Governor.sleep`.
    """

    def __new__(
        cls,
        key: str,
        *,
        usd: float,
        live_usd: float,
        hit_usd: float = 0.0,
        tokens: int = 0,
        seconds: float = 0.0,
        weight: float = 1.0,
    ) -> Self: ...
    @property
    def key(self) -> str:
        """Names the query."""

@final
class Cap:
    """A bound on what a scope may spend, in tokens, in dollars, or in dollars of escalated spend.

    Escalated spend is the money of calls on rungs above a query's entry rung, which is the lowest one that has what the query needs:
    their samples, ramps, retries and scores. When it is used up, plans and ramps stay on the entry rung.

    Args:
        scope: Whose spending: `"query"`, `"session"`, `"tenant"` or `"fleet"`.
        tokens: The most output tokens, thinking included.
        usd: The most US dollars.
        escalated_usd: The most US dollars of escalated spend. A cap that is leased has none.
        per: Length of a window, in seconds, aligned to multiples of it; for ever if not given.
        key: Name of the one session or tenant that it caps. Caps with a name replace those of the scope at large.
        block: Tokens and dollars of one lease, if the cap is leased from a shared store.
        credit: Tokens and dollars that may be spent in a window before its first lease has come.

    Raises:
        UnknownNameError: No such scope.
        InvalidValueError: It bounds nothing, or a value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.Cap("tenant", usd=10.0, per=86_400)
        Cap('tenant', usd=10, per=86400)
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        scope: _Scope,
        *,
        tokens: int | None = None,
        usd: float | None = None,
        escalated_usd: float | None = None,
        per: float | None = None,
        key: str | None = None,
        block: tuple[int, float] | None = None,
        credit: tuple[int, float] = ...,
    ) -> Self: ...
    @property
    def block(self) -> Amount | None:
        """Amount of one lease, or None if the cap is not leased."""

    @property
    def escalated_usd(self) -> float | None:
        """The most US dollars of escalated spend, or None."""

    @property
    def key(self) -> str | None:
        """The one session or tenant that it is for, or None."""

    @property
    def per(self) -> float | None:
        """The window in seconds, or None for ever."""

    @property
    def scope(self) -> _Scope:
        """The scope whose spending it bounds."""

    @property
    def tokens(self) -> int | None:
        """The most output tokens, or None."""

    @property
    def usd(self) -> float | None:
        """The most US dollars, or None."""

@final
class Ceiling:
    """The hard limits of one query. A limit that is not given is derived from the ladder, so that a run may use up
    every rung, never infinity.

    Args:
        tokens: Output tokens including thinking, over all samples, retries and probes.
        usd: Money in US dollars: input, cached and output tokens at the rungs' prices.
        seconds: Time from the run's start to its newest event.
        samples: Streams sent to generate an answer, over all calls, those that fail or are given up included. Revisions are
            bounded by `depth`, verifications and probes by their rules.
        depth: Rounds on one rung.
        escalations: Escalations to a higher rung; 0: none.

    Raises:
        InvalidValueError: A limit is not a positive number.

    Example:
        >>> import rheostat as rh
        >>> rh.Ceiling(tokens=100_000, usd=1.00).tokens
        100000
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        *,
        tokens: int | None = None,
        usd: float | None = None,
        seconds: float | None = None,
        samples: int | None = None,
        depth: int | None = None,
        escalations: int | None = None,
    ) -> Self: ...
    @property
    def depth(self) -> int | None:
        """Rounds on one rung."""

    @property
    def escalations(self) -> int | None:
        """Escalations to a higher rung."""

    @property
    def samples(self) -> int | None:
        """Samples."""

    @property
    def seconds(self) -> float | None:
        """Seconds."""

    @property
    def tokens(self) -> int | None:
        """Output tokens, thinking included."""

    @property
    def usd(self) -> float | None:
        """US dollars."""

@disjoint_base
class Chunk:
    """One piece of one stream. Every field is optional; the run gets them in this order.

    Args:
        text: Text of the answer.
        thinking: Text of the thinking, where the provider shows it apart from the answer. It comes before `text`, is watched as
            the text is, and is no part of the answer.
        logprob: The token's own log-probability.
        top_logprobs: The log-probabilities of its likeliest candidates. With either of the two, the chunk is one token.
        logprobs: The own log-probabilities of several tokens that came at once; `top_logprobs` is then a row for each.
        tokens: The number of tokens in `text`, where it is known and no log-probability is.
        step: The score of a reasoning step that has just ended, in [0, 1].
        score: The score of the whole answer, in [0, 1]; on a call of kind `"score"`, of the answer that it asks about.
        probe: The answer that the model would give now, where the client has asked for it.
        probe_prob: The model's own probability for that answer.
        usage: The stream's cost so far: a `Usage`, or what `Usage.read` reads.
        answer: The final answer, where the client can tell it from the text.
        finish_reason: The provider's word for the end of the stream, such as `"stop"` or `"max_tokens"`. Without it, a text that
            ends exactly at its grant counts as cut.

    Example:
        >>> from rheostat.host import Chunk
        >>> Chunk(text="Paris", logprob=-0.1, top_logprobs=[-0.1, -3.0])
        Chunk(text='Paris', logprob=-0.1, top_logprobs=[-0.1, -3.0])
    """

    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __new__(
        cls,
        text: str | None = None,
        thinking: str | None = None,
        logprob: float | None = None,
        top_logprobs: Sequence[Any] | npt.NDArray[Any] | None = None,
        logprobs: Sequence[float] | npt.NDArray[Any] | None = None,
        tokens: int | None = None,
        step: float | None = None,
        score: float | None = None,
        probe: str | None = None,
        probe_prob: float | None = None,
        usage: Usage | Mapping[str, Any] | Any = None,
        answer: str | None = None,
        finish_reason: str | None = None,
    ) -> Self: ...
    @property
    def answer(self) -> str | None:
        """The final answer."""

    @property
    def finish_reason(self) -> str | None:
        """The provider's word for the end of the stream."""

    @property
    def logprob(self) -> float | None:
        """The token's own log-probability."""

    @property
    def logprobs(self) -> Sequence[float] | npt.NDArray[Any] | None:
        """The own log-probabilities of several tokens."""

    @property
    def probe(self) -> str | None:
        """The answer that the model would give now."""

    @property
    def probe_prob(self) -> float | None:
        """The model's own probability for that answer."""

    @property
    def score(self) -> float | None:
        """The score of the whole answer, in [0, 1]."""

    @property
    def step(self) -> float | None:
        """The score of a reasoning step, in [0, 1]."""

    @property
    def text(self) -> str:
        """Text of the answer."""

    @property
    def thinking(self) -> str:
        """Text of the thinking."""

    @property
    def tokens(self) -> int | None:
        """The number of tokens in the text."""

    @property
    def top_logprobs(self) -> Sequence[Any] | npt.NDArray[Any] | None:
        """The log-probabilities of the likeliest candidates."""

    @property
    def usage(self) -> Usage | Mapping[str, Any] | Any:
        """The stream's cost so far."""

@final
class Confidence:
    """The confidence of one stream, by DeepConf's definitions, in O(k) per token.

    *Token confidence* is the negative mean of the top k log-probabilities of a token, in nats: high when the
    distribution is peaked. *Group confidence* is its mean over a sliding window of tokens.

    Values that cannot be log-probabilities are counted in `invalid` and survived: a NaN is left out, a positive one
    is taken as 0, an empty row does not count as a token.

    Args:
        window: Tokens in a group, at least 1.
        rounded: True rounds as the deepconf package does: each token's confidence and the lowest full group, to three decimals.

    Raises:
        InvalidValueError: The window is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> confidence = rh.Confidence(window=2)
        >>> confidence.update([-0.5, -1.5]), confidence.update([-2.0, -4.0])
        (1.0, 3.0)
        >>> confidence.group
        2.0
    """

    def __new__(cls, window: int = 2048, *, rounded: bool = False) -> Self: ...
    def __sizeof__(self) -> int: ...
    def bottom(self, share: float = 0.1) -> float:
        """The mean of the lowest `share` of all groups, at least one; NaN before the first token. Sketched, and off by at
        most 1/16 of the groups at the edge of the share.

        Raises:
            InvalidValueError: The share is not above 0 and at most 1.
        """

    @property
    def full(self) -> bool:
        """True if a window has filled. Rules that cut a stream wait for that."""

    @property
    def group(self) -> float:
        """The mean over the newest window, in nats; NaN before the first token."""

    @property
    def invalid(self) -> int:
        """Number of values that were left out or mended."""

    @property
    def lowest(self) -> float:
        """The lowest group confidence over all full windows, in nats; a shorter stream is one group."""

    @property
    def rounded(self) -> bool:
        """True if it rounds as the deepconf package does."""

    @property
    def tail(self) -> float:
        """The mean over the stream's last window, in nats."""

    @property
    def tokens(self) -> int:
        """Number of tokens that counted."""

    def update(self, top_logprobs: _Numbers) -> float:
        """Counts one token by the log-probabilities of its top candidates, and returns its confidence in nats; NaN when
        the row held nothing usable.
        """

    def update_batch(self, top_logprobs: _Rows) -> int:
        """Counts many tokens, one row of an array each, and returns how many counted. The interpreter is let go
        meanwhile.
        """

    @property
    def window(self) -> int:
        """Tokens in a group."""

@final
class ConfigFile:
    """Contents of a configuration file. Use `rheostat.config`, not this."""

    @property
    def caps(self) -> list[Cap]:
        """The caps."""

    @property
    def ceiling(self) -> Ceiling | None:
        """The ceiling, or None."""

    @staticmethod
    def decode(data: bytes, source: str) -> ConfigFile:
        """Reads a file's bytes, as `read` does.

        Raises:
            MalformedError: They are not UTF-8, too.
        """

    def keeping(self, earlier: ConfigFile) -> ConfigFile:
        """Copies it with the policy of an earlier reading, and all that it has learned, if the file has not changed it."""

    def keeps_ledger(self, earlier: ConfigFile) -> bool:
        """True if an earlier reading's ledger may stay in use."""

    @property
    def ladder(self) -> Ladder:
        """The ladder."""

    @property
    def ledger_file(self) -> tuple[str, bool, float] | None:
        """The ledger's file: path, whether it survives the loss of power, and seconds to wait for other processes; or None."""

    @property
    def ledger_options(self) -> dict[str, Any]:
        """Keywords of the ledger."""

    @property
    def ledger_server(self) -> tuple[str | None, str | None, str, float, float] | None:
        """The server that leases blocks of the caps: URL, or environment variable with it; prefix; seconds of grace and timeout; or None."""

    @staticmethod
    def max_bytes() -> int:
        """The largest file, in bytes."""

    @property
    def policy(self) -> Shares | Threshold | Utility | Paced | None:
        """The policy, or None."""

    @staticmethod
    def read(text: str, source: str) -> ConfigFile:
        """Reads a text. Errors name it `source`.

        Raises:
            MalformedError: It is not TOML, or too large or nested too deep.
            UnknownNameError: It has an unknown field or policy.
            InvalidTypeError: A field has the wrong type.
            InvalidValueError: A value is out of bounds.
        """

    @property
    def rules(self) -> Rules | None:
        """The rules, or None."""

    @property
    def sessions(self) -> Sessions | None:
        """Settings of sessions, or None."""

    @property
    def sleep(self) -> Sleep | None:
        """Settings of sleep, or None."""

@final
class Decided:
    """The decision about the body of one request.

    Example:
        >>> import rheostat as rh
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="gpt-5", answer_tokens=500)]))
        >>> ask = b'{"model":"auto","messages":[{"role":"user","content":"Why is the sky blue?"}]}'
        >>> decided = governor.decide_and_rewrite(ask, "openai.chat")
        >>> decided.body
        b'{"model":"gpt-5","messages":[{"role":"user","content":"Why is the sky blue?"}],"max_completion_tokens":500,"reasoning_effort":"minimal"}'
        >>> decided.changes[1]
        BodyChange(field='reasoning_effort', before=None, after='"minimal"', why='floor')
        >>> decided.headers["x-rheostat-model"]
        'gpt-5'
    """

    @property
    def body(self) -> bytes | None:
        """The body to send: the client's, but for the parameters that `changes` lists. None if the request is refused."""

    @property
    def changes(self) -> tuple[BodyChange, ...]:
        """The changes of the body, and all that it could not say."""

    @property
    def error(self) -> str | None:
        """The reason why the body could not be read or written, where it is sent all the same."""

    @property
    def headers(self) -> dict[str, str]:
        """Headers for the client or the next hop, as printable ASCII: `x-rheostat-plan`, `-rung`, `-model`, `-difficulty`, `-version`,
        `-changed`, `-rejected` and `-error`, those that apply.
        """

    @property
    def plan(self) -> Plan | None:
        """The plan. None for a body that could not be read, and where the ledger refused."""

    @property
    def reject(self) -> Refusal | None:
        """The refusal, to be sent to the client in place of a provider's answer, or None."""

@final
class Doubt:
    """When the streams of a rung are weak, in the place of the bars in `Rules`, and what such doubts have been worth.

    Models differ in how sure they sound: one bar for a whole ladder is too high for some of its rungs and too low for the
    others. What a doubt finds is what going up a rung because of it is weighed with, and what `policy.Utility` looks ahead
    with: a low rung whose wrong answers are caught is worth trying first. `signals.calibrate_doubt` makes one from a log.

    Args:
        low_confidence: A stream whose lowest group confidence (over `Rules.window`) falls below this is weak, in nats. None: the
            bar in `Rules`.
        low_logprob: A stream whose own tokens' mean log-probability over a window falls below this is weak. None: the bar in
            `Rules`.
        low_top_logprob: A stream is weak if the mean log-probability of each token's likeliest candidate, over the newest 256
            tokens, falls below this. None: the bar in `Rules`, or no bar where one of the other two is given.
        caught: The share of the rung's wrong answers that are doubted, in [0, 1]. 0: nothing is known.
        false_alarms: The share of its right answers that are doubted as well, in [0, 1].

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.Rung("fast", doubt=rh.Doubt(low_logprob=-1.5, caught=0.9, false_alarms=0.1)).doubt
        Doubt(low_logprob=-1.5, caught=0.9, false_alarms=0.1)
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        *,
        low_confidence: float | None = None,
        low_logprob: float | None = None,
        low_top_logprob: float | None = None,
        caught: float = 0.0,
        false_alarms: float = 0.0,
    ) -> Self: ...
    @property
    def caught(self) -> float:
        """The share of wrong answers that are doubted."""

    @property
    def false_alarms(self) -> float:
        """The share of right answers that are doubted as well."""

    @property
    def low_confidence(self) -> float | None:
        """The bar of the lowest group confidence, or None for that in `Rules`."""

    @property
    def low_logprob(self) -> float | None:
        """The bar of the lowest mean log-probability, or None for that in `Rules`."""

    @property
    def low_top_logprob(self) -> float | None:
        """The bar of the likeliest candidates' lowest mean log-probability, or None for that in `Rules`."""

@final
class Drift:
    """Compares traffic with that of the calibration, and outcomes with P(correct). Constant time per query, without a lock.
    Thread-safe. A governor has its own (`Governor.drift`); this one is for estimates without a governor.

    Args:
        reference: At least 100 estimates of the calibration's traffic (`estimator.estimate_batch(texts)`), or an estimator that
            was fitted or calibrated on it.
        window: Number of newest queries, and of newest outcomes, that are compared: 100 to 1,000,000.

    Raises:
        InvalidValueError: Too few estimates, an estimator without a reference, or a window out of bounds.

    Example:
        >>> import rheostat as rh
        >>> estimator = rh.Estimator()
        >>> drift = rh.learn.Drift(estimator.estimate_batch([f"what is the capital of country {i}?" for i in range(200)]), window=200)
        >>> for i in range(200):
        ...     drift.update(estimator.estimate(f"Prove that every graph of degree {i} has property P, rigorously."))
        >>> drift.report().verdict
        'drifted'
    """

    def __new__(cls, reference: EstimateBatch | Estimator, *, window: int = 1000) -> Self: ...
    def outcome(self, p_correct: float, score: float) -> None:
        """Adds an answer's score, and the P(correct) that its plan had.

        Raises:
            InvalidValueError: Not both in [0, 1].
        """

    def report(self) -> DriftReport:
        """The comparison now."""

    def update(self, estimate: Estimate) -> None:
        """Adds a query's estimate."""

@final
class DriftReport:
    """Comparison of the newest traffic with the reference, and of the newest outcomes with P(correct)."""

    @property
    def bias(self) -> Bias | None:
        """Scores less P(correct), over the newest window of outcomes. None before the second outcome."""

    @property
    def drifted(self) -> bool:
        """True if `shifted`, `overconfident` or `underconfident`."""

    @property
    def limit(self) -> float:
        """Index above which a property has shifted: 0.25, or more if chance alone could reach that in so small a window or reference."""

    @property
    def outcomes(self) -> int:
        """Number of outcomes seen."""

    @property
    def overconfident(self) -> bool:
        """True if P(correct) is too high on average."""

    @property
    def seen(self) -> int:
        """Number of queries seen."""

    @property
    def shifted(self) -> bool:
        """True if the traffic has shifted."""

    @property
    def since(self) -> int | None:
        """Number of queries that a governor had seen when it noticed the present drift; None without drift."""

    @property
    def stability(self) -> dict[str, float]:
        """Population stability index of each tracked property that the reference has; empty until the window is full."""

    @property
    def underconfident(self) -> bool:
        """True if P(correct) is too low on average."""

    @property
    def verdict(self) -> Literal["steady", "drifted", "filling", "no reference"]:
        """`"steady"`, `"drifted"`, `"filling"` (the window is not full yet) or `"no reference"` (only outcomes are watched)."""

    @property
    def window(self) -> int:
        """Number of newest queries, and of newest outcomes, that are compared."""

@final
class Estimate:
    """The estimate of a query, made before any compute is spent on it."""

    @property
    def coverage(self) -> float:
        """Share of the query, in [0, 1], that is like anything in training. Near 0 the difficulty is a guess, which is not "easy"."""

    @property
    def difficulty(self) -> float:
        """Difficulty of the query, in [0, 1]."""

    @property
    def domain(self) -> _Domain:
        """Subject of the query, such as `"mathematics"` or `"unknown"`."""

    def explain(self) -> Explanation:
        """The contribution of each feature and word to the difficulty."""

    @property
    def output_range(self) -> TokenRange:
        """The range in which eight of ten such answers are expected to lie, in tokens."""

    @property
    def output_tokens(self) -> int:
        """Expected tokens of the answer, without thinking."""

    def p_correct(self, rung: Rung | str | float) -> float:
        """Calibrated probability, in [0, 1], that a rung answers correctly.

        Args:
            rung: A `Rung` or an ability above 0 and below 1; for the estimate of a plan also a rung's name.

        Raises:
            InvalidValueError: The ability is out of bounds, or the rung has none and no ladder is known.
            UnknownNameError: No rung of the plan's ladder has that name.
        """

    @property
    def thinking_helps(self) -> float:
        """Probability, in [0, 1], that thinking before the answer makes a wrong answer right."""

    @property
    def tokens(self) -> int:
        """Expected input tokens of the whole query."""

@final
class EstimateBatch:
    """The fields of `Estimate` as arrays, one value for each text."""

    def __len__(self) -> int: ...
    @property
    def coverage(self) -> npt.NDArray[np.float64]:
        """Share of each query, in [0, 1], that is like anything in training."""

    @property
    def difficulty(self) -> npt.NDArray[np.float64]:
        """Difficulty of each query, in [0, 1]."""

    @property
    def domain(self) -> list[_Domain]:
        """Subject of each query."""

    @property
    def output_tokens(self) -> npt.NDArray[np.uint32]:
        """Expected tokens of the answer, without thinking."""

    def p_correct(self, rung: Rung | str | float) -> npt.NDArray[np.float64]:
        """P(correct) of a rung for each query. As `Estimate.p_correct`, without a ladder."""

    @property
    def tokens(self) -> npt.NDArray[np.uint32]:
        """Expected input tokens."""

@final
class Estimator:
    """Tells how difficult a query is, from its text alone, in about a microsecond. Immutable; may be shared by threads.

    `Estimator()` is the model that ships with this library; `Estimator.load(path)` reads another.

    Args:
        window: The most bytes of a query that are read, head and tail; 16 KiB if not given.

    Example:
        >>> import rheostat as rh
        >>> 0.0 <= rh.Estimator().estimate("Prove that there are infinitely many primes.").difficulty <= 1.0
        True
    """

    def __new__(cls, *, window: int | None = None) -> Self: ...
    def estimate(self, text: _Text | None = None, *, messages: _Messages | None = None, body: _Body | None = None) -> Estimate:
        """Estimates one query: text, or chat messages, or a provider's raw body.

        Raises:
            InvalidValueError: Not exactly one of the three.
            InvalidTypeError: One of a wrong type.
            MalformedError: The body is not such JSON.
        """

    def estimate_batch(self, texts: Iterable[_Text], *, threads: int | None = None) -> EstimateBatch:
        """Estimates many texts at once, on all cores. The interpreter is let go meanwhile.

        Args:
            texts: An iterable of `str` or bytes.
            threads: How many threads to use; one per core if not given.
        """

    @staticmethod
    def from_bytes(data: bytes, *, window: int | None = None) -> Estimator:
        """Reads a model artifact from bytes.

        Raises:
            ArtifactError: It is damaged, too large, or of another version or feature schema.
        """

    def gain(
        self, texts: Iterable[_Text], low: Rung | str | float, high: Rung | str | float, *, threads: int | None = None
    ) -> npt.NDArray[np.float64]:
        """Expected gain in P(correct) of one rung over another, for each text. Send queries to the higher rung in its falling order.
        Without outcomes it rises with the ask's length, which no learned prior beats on a new task (docs/quality.md); outcomes
        move it.

        Args:
            texts: An iterable of `str` or bytes.
            low: A `Rung`, the name of one that this estimator has learned, or an ability above 0 and below 1.
            high: The other one.
            threads: How many threads to use; one per core if not given.

        Raises:
            InvalidValueError: An ability is out of bounds, or a rung has none and nothing was learned of it.
            UnknownNameError: Nothing was learned of a rung of that name.
        """

    @staticmethod
    def load(path: str | PathLike[str], *, window: int | None = None) -> Estimator:
        """Reads a model artifact from a file.

        Raises:
            OSError: The file cannot be read.
            ArtifactError: It is damaged, too large, or of another version or feature schema.
        """

    @property
    def reference(self) -> int | None:
        """Number of estimates in the reference; None without one."""

    @property
    def report(self) -> FitReport | None:
        """How heads were fitted and how well they do; None for a model without."""

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the model to a file.

        Raises:
            OSError: The file cannot be written.
        """

    def to_bytes(self) -> bytes:
        """The model as bytes."""

    @property
    def version(self) -> str:
        """The model's name and checksum; equal versions decide equally."""

    def with_reference(self, estimates: EstimateBatch) -> Estimator:
        """Copies the estimator with another reference, which a governor compares traffic with (`Governor.drift`). Fitting and
        calibrating set it to the texts of their log. Estimates and version do not change.

        Raises:
            InvalidValueError: Fewer than 100 estimates.

        Example:
            >>> import rheostat as rh
            >>> estimator = rh.Estimator()
            >>> known = estimator.with_reference(estimator.estimate_batch([f"what is {i} plus {i}?" for i in range(200)]))
            >>> known.reference, rh.Estimator.from_bytes(known.to_bytes()).reference
            (200, 200)
        """

@final
class Event:
    """One transition or decision of a run."""

    @property
    def at(self) -> float:
        """Seconds since the start."""

    @property
    def call(self) -> int | None:
        """The call that it concerns, by number, or None."""

    @property
    def detail(self) -> str | None:
        """The host's own words, such as an error's, or None."""

    @property
    def phase(self) -> _Phase:
        """The phase after it."""

    @property
    def reason(self) -> str:
        """Why, in words."""

    @property
    def rung(self) -> Rung:
        """The rung that it concerns."""

@final
class ExitRule:
    """The result of calibrating an exit."""

    @property
    def bound(self) -> float | None:
        """The smallest loss that could have been promised in its place; None where nothing was promised."""

    @property
    def exits(self) -> float:
        """The share of streams that it ends before their end."""

    @property
    def mean_loss(self) -> float | None:
        """The mean loss on the log; None where nothing was promised."""

    @property
    def reason(self) -> str:
        """The promise, or why there is none, in words."""

    @property
    def saved(self) -> float:
        """The share of tokens that the rule saves on the log; 0 where it never exits."""

    @property
    def threshold(self) -> float | None:
        """Exit at the first checkpoint whose score reaches this; None where nothing could be promised: then never exit."""

    @property
    def units(self) -> int | None:
        """Independent units that the promise rests on; None where nothing was promised."""

@final
class Explanation:
    """The parts of an estimate's difficulty, in logits. The bias and all contributions sum to the location."""

    @property
    def bias(self) -> float:
        """Location of a query with average features, in logits."""

    @property
    def difficulty(self) -> float:
        """Difficulty of the query, in [0, 1]."""

    @property
    def features(self) -> list[Contribution]:
        """The features that contributed, the largest first."""

    @property
    def location(self) -> float:
        """The difficulty in logits, before calibration of its scale."""

    @property
    def words(self) -> list[Contribution]:
        """The words and pairs of words that contributed, with their counts, the largest first."""

@final
class FeatureSpec:
    """One feature: its place in a vector is its place in `feature_specs()`."""

    @property
    def kind(self) -> Literal["count", "share"]:
        """`"count"` for counts and sizes, `"share"` for shares and means."""

    @property
    def meaning(self) -> str:
        """Its meaning, in one line."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def unit(self) -> str:
        """Its unit."""

@final
class FitReport:
    """How heads were fitted, and how well they do on queries that were held out of the fit. Brier scores are mean squared
    errors of chances.
    """

    @property
    def apgr(self) -> float:
        """Average performance gap recovered in the heads' order; a little below that on new queries."""

    @property
    def apgr_prior(self) -> float:
        """Average performance gap recovered on held-out queries in the prior's order (0.5 is random); NaN without a pair."""

    @property
    def brier(self) -> float:
        """Brier score with heads on held-out queries; never above the prior's."""

    @property
    def brier_prior(self) -> float:
        """The prior's Brier score on held-out queries, with each rung's level learned."""

    @property
    def folds(self) -> int:
        """In how many parts groups were held out in turn."""

    @property
    def groups(self) -> int:
        """Independent groups among them."""

    @property
    def interval(self) -> Interval:
        """A bootstrap interval (95 %, over groups) of the difference of the two."""

    @property
    def kept_prior(self) -> bool:
        """True if no change is kept: P(correct) is the prior's, with each rung's level learned."""

    @property
    def mean_gain(self) -> float:
        """Their mean difference in score."""

    @property
    def outcomes(self) -> int:
        """Outcomes on rungs of the ladder."""

    @property
    def pair(self) -> RungPair | None:
        """The two rungs whose gain was ranked; None without enough queries that both answered."""

    @property
    def pairs(self) -> int:
        """Number of queries that both answered."""

    @property
    def queries(self) -> int:
        """Different queries among them."""

    @property
    def rungs(self) -> list[RungFit]:
        """Each rung's part of the fit."""

    @property
    def share(self) -> float:
        """Share, in [0, 1], of the learned change in P(correct) that is kept: as much as held-out outcomes support."""

@final
class Governor:
    """Decides how much compute each query gets. Thread-safe; make one and share it.

    Args:
        ladder: The rungs that there are.
        policy: Weighs cost against quality: `Shares`, `Threshold`, `Utility`, `Guaranteed` or `Paced` of `rheostat.policy`;
            `Shares()` if not given.
        ceiling: What no query may ever exceed; derived from the ladder where it is not given.
        estimator: Another model than the shipped one.
        rules: What runs go by: which evidence turns which dial, and which settles; see `Rules`.
        window: The most bytes of a query that are read, head and tail; 16 KiB if not given.
        outcomes: How many outcomes are kept until they are drained; the oldest are dropped and counted.
        sessions: How sessions are kept: `Sessions`.
        ledger: What plans are cut to and runs draw on: a `Ledger`, or a store that has one.
        drift: How many of the newest queries, and of the newest outcomes, are looked at for `drift`: 0 for none, or from 100
            to 16,384.
        seed: Makes plan ids repeatable; drawn at random if not given. Decisions do not depend on it.
        sleep: How it may precompute while nothing is asked: `rheostat.sleep.Sleep`. If not given, it does not.
        overrides: False if no query may name its rung: a rung is then reached through the policy only.

    Raises:
        InvalidValueError: A value is out of bounds, or policy and ladder do not fit each other.
        InvalidTypeError: Not a ladder, a policy, a ceiling or an estimator.

    Warns:
        UserWarning: A rung that no query can ever reach; and, once, when a plan is made: more than 95 % of the last 200
            queries were planned on one rung.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
        >>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0))
        >>> governor.plan("What is the capital of France?").rung.name in ("fast", "deep")
        True
    """

    def __new__(
        cls,
        ladder: Ladder,
        policy: Shares | Threshold | Utility | Guaranteed | Paced | None = None,
        ceiling: Ceiling | None = None,
        *,
        estimator: Estimator | None = None,
        rules: Rules | None = None,
        window: int | None = None,
        outcomes: int = 65536,
        sessions: Sessions | None = None,
        ledger: Any = None,
        drift: int = 1024,
        seed: int | None = None,
        sleep: Sleep | None = None,
        overrides: bool = True,
    ) -> Self: ...
    def breakers(self, at: float | None = None) -> list[UpstreamBreaker]:
        """The breakers of upstreams that have failed of late. An upstream is a deployment and a model.

        Args:
            at: The time, in seconds of the runs' clock; `rheostat.clock()` if not given.

        Example:
            >>> import rheostat as rh
            >>> rh.Governor(rh.Ladder([rh.Rung("only", model="small-model")])).breakers()
            []
        """

    def decide_and_rewrite(
        self,
        body: _Text,
        surface: _Surface,
        *,
        session: str | None = None,
        tenant: str | None = None,
        ceiling: Ceiling | None = None,
        models: Sequence[str] | None = None,
        rung: str | None = None,
        purpose: _Purpose | None = None,
        votes: bool = False,
        keep_wishes: bool = False,
        fail_open: bool = False,
        at: float | None = None,
    ) -> Decided:
        """Decides the budget of a request and writes it into the request's body: one call for a gateway. All bytes but those of the
        changed parameters stay as they are.

        Args:
            body: The raw JSON of the request: bytes, or a `str`.
            surface: Its format: `"openai.chat"`, `"openai.responses"`, `"anthropic.messages"`, `"gemini.generate"`,
                `"ollama.chat"`, `"ollama.generate"`, `"bedrock.converse"`, `"cohere.chat"`, `"mistral.chat"`, `"vllm.chat"`,
                `"openrouter.chat"` or `"deepseek.chat"`.
            session, tenant, ceiling, models, rung, purpose, at: As for `plan`.
            votes: True if the host votes on several answers: the plan's samples are written. Else the client's own number stays, up to
                the ceiling.
            keep_wishes: True if a client's own effort, or budget of thinking, wins over the plan's, with the room that it needs, up to
                the client's limit and the ceiling.
            fail_open: True to send a body that cannot be read as it is, and a query that fits no rung on the plan's; else both are
                refused. A used-up cap is refused in any case.

        Nothing is reserved: requests that are decided at one time may each count on the same room. A host that caps a payer's
        spending starts a run from the plan, which reserves each call.

        Raises:
            InvalidValueError: A value out of bounds.
            InvalidTypeError: Something of a wrong type.
            UnknownNameError: No such surface or rung, or no rung has one of the models.
        """

    def drain_outcomes(self) -> list[Outcome]:
        """The outcomes that are kept, oldest first; they are kept no longer."""

    @property
    def drift(self) -> DriftReport | None:
        """Comparison of queries with those of the estimator's fit or calibration, and of graded and judged answers of the planned rung
        with P(correct). None if `drift=0`. Noticed drift is part of the version and a reason of plans, until it is over or the
        estimator is replaced.
        """

    def escalated(self, session: str, rung: str, *, at: float | None = None) -> None:
        """Takes note that evidence has taken a session's run up to a rung: the session stays there, until several easier
        asks in a row bring it down.

        Raises:
            UnknownNameError: No such rung.
        """

    def forget(self, session: str) -> bool:
        """Forgets a session. True when there was one."""

    def information(
        self,
        text: _Text | None = None,
        *,
        spread: float,
        messages: _Messages | None = None,
        body: _Body | None = None,
        session: str | None = None,
        tenant: str | None = None,
        ceiling: Ceiling | None = None,
        models: Sequence[str] | None = None,
        rung: str | None = None,
        purpose: _Purpose | None = None,
        at: float | None = None,
    ) -> Information:
        """The value of a second opinion on a query's difficulty. Nothing is planned or remembered.

        Args:
            text, messages, body, session, tenant, ceiling, models, rung, purpose, at: As for `plan`.
            spread: By how many logits the opinion moves the difficulty from the estimate's: one standard deviation, at most 8.

        Raises:
            InvalidValueError: What `plan` raises it for, or a spread out of bounds.

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
            >>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=0.0))
            >>> chat = [{"role": "user", "content": "What is the capital of France?"}]
            >>> governor.information(messages=chat, spread=1.0)
            Information(usd=0.0, change=0.0)
        """

    def keep_alive(
        self, context: str, *, read_usd: float, write_usd: float, ttl: float, query_rate: float | None = None
    ) -> KeepAlive:
        """Weighs a refresh of a context's prefix in a provider's cache: it pays where the chance of a query within the cache's life is
        above `read / (write - read)`.

        Args:
            context: The context.
            read_usd: Price of reading the prefix from the cache once, in US dollars.
            write_usd: Price of writing it to the cache.
            ttl: Seconds for which the provider keeps it after a read.
            query_rate: Queries per second; the context's if not given.

        Raises:
            InvalidValueError: A value is out of bounds.
            StateError: The governor was made without `sleep=`.
        """

    @property
    def ladder(self) -> Ladder:
        """The ladder."""

    def outcome(self, plan: str, *, rung: str, score: float, kind: _OutcomeKind = "graded", at: float | None = None) -> None:
        """Reports how a query turned out, now or hours later, from any process. Outcomes are kept, within bounds, until
        the host drains them.

        Args:
            plan: The plan's id.
            rung: The name of the rung that gave the answer.
            score: How good it was, in [0, 1].
            kind: How that is known: `"graded"`, or another name that the error for a wrong one lists.
            at: When, in seconds of Unix time; now if not given.

        Raises:
            InvalidValueError: The score is outside [0, 1], or the id is no plan's.
            UnknownNameError: No such rung or kind.
        """

    def outcomes(self) -> list[Outcome]:
        """The outcomes that are kept, oldest first."""

    @property
    def outcomes_dropped(self) -> int:
        """Number of outcomes dropped because the buffer was full."""

    def plan(
        self,
        text: _Text | None = None,
        *,
        messages: _Messages | None = None,
        body: _Body | None = None,
        session: str | None = None,
        tenant: str | None = None,
        ceiling: Ceiling | None = None,
        models: Sequence[str] | None = None,
        rung: str | None = None,
        purpose: _Purpose | None = None,
        difficulty: float | None = None,
        p_correct: dict[str, float] | None = None,
        at: float | None = None,
    ) -> Plan:
        """Decides the budget of one query, before any compute is spent on it. Give exactly one of text, messages and
        body.

        Args:
            text: The query as `str` (or bytes, which need not be UTF-8).
            messages: Chat messages in the shapes of OpenAI or Anthropic. The newest human ask is what is scored.
            body: A chat-completions, responses or messages request: its raw JSON bytes, or the parsed request as a dict or another
                mapping, which is read where it is. Both make the same plan.
            session: The conversation that it belongs to.
            tenant: The customer that it belongs to. `Plan.reasons` says if it changes nothing: the ledger caps no tenant, and
                the policy is not `Paced`.
            ceiling: A tighter ceiling for this query. What is looser than the governor's is cut to it, and said.
            models: The models that may be used.
            rung: The user's own choice of a rung, which wins. The plan's reasons and its record say so.
            purpose: `"answer"`, `"planning"` (at least the default rung), `"housekeeping"` (the lowest rung, and no part of the
                session) or `"compaction"` (the session's rung, and no part of it). In a session it is recognised if not given.
            difficulty: How hard it is, in [0, 1], from a second stage (`rheostat.second_stage`): it takes the place of the
                estimate's.
            p_correct: P(correct), in [0, 1], by the names of rungs, from a second stage: each takes the place of the estimate's.
            at: The time that the run starts from, in seconds of a monotonic clock; the clock's if not given.

        Raises:
            InvalidValueError: Not exactly one query, or a value out of bounds.
            InvalidTypeError: Something of a wrong type.
            UnknownNameError: No such rung, or no rung has one of the models.
            MalformedError: The body is not such JSON; the message says at which byte.
            DeniedError: A cap of the ledger is used up.
            StateError: A rung, where the governor takes no overrides.
        """

    def plan_batch(self, texts: Iterable[_Text], *, threads: int | None = None) -> PlanBatch:
        """Decides many texts at once, on all cores. The interpreter is let go meanwhile.

        Args:
            texts: An iterable of `str` or bytes.
            threads: How many threads to use; one per core if not given.

        Raises:
            InvalidTypeError: An element is neither; the message says which.
        """

    def replace_estimator(self, estimator: Estimator) -> None:
        """Uses another estimator from now on, such as one that a `Learner` has solved for. Plans that are being made, and runs
        of plans made before, keep theirs.

        Raises:
            InvalidTypeError: Not an estimator.
        """

    def restore_sleep(self, state: bytes) -> None:
        """Goes on from a state of sleep. Jobs have new ids from then on, also where the state is older than the newest job.

        Raises:
            ArtifactError: The state is damaged. Nothing has changed then.
            StateError: The governor was made without `sleep=`.
        """

    @property
    def sessions(self) -> SessionStats:
        """The sessions that are kept, and their memory."""

    def should_grade(self, plan: Plan, rate: float = 0.05) -> Grading:
        """Decides if a plan's answer should be graded. The share drawn is about `rate` for an average query, up to four times that
        for the most informative and a quarter for the least. Weigh graded answers by 1 / propensity, and means are unbiased. One
        plan gives one decision.

        Args:
            plan: The plan.
            rate: The share of mean queries to grade, above 0 and at most 1.

        Raises:
            InvalidValueError: The rate is out of bounds.
        """

    def sleep(
        self,
        context: str,
        candidates: Iterable[Candidate],
        *,
        fingerprint: str | bytes,
        ttl: float,
        query_rate: float | None = None,
        change_rate: float | None = None,
        at: float | None = None,
    ) -> SleepPlan:
        """Decides what to precompute for a context while nothing is asked. Needs a governor with `sleep=`.

        A candidate is granted where its cost, at the price of compute, is below what its hits are expected to save before the sources
        change. How often predictions hit is learned from wakes, so that sleep refuses at first. Costs are claimed from sleep's own
        cap, best value per dollar first. Run each job in its form, and report it by `slept`.

        Args:
            context: Names the context: a document, a repository, a conversation.
            candidates: The predicted queries, at most 256.
            fingerprint: Identifies the state of the sources, 1 to 64 bytes or characters, such as a digest of them.
            ttl: Seconds for which an artefact may be used.
            query_rate: Queries per second; learned from wakes if not given.
            change_rate: Changes of the sources per second; learned from fingerprints if not given.
            at: The time, in seconds from 0 to 1e11; Unix time if not given.

        Raises:
            InvalidValueError: A value is out of bounds.
            StateError: The governor was made without `sleep=`.
        """

    @property
    def sleep_spent(self) -> Amount | None:
        """Spending of sleep since the governor was made. None without `sleep=`."""

    def sleep_state(self) -> bytes:
        """The knowledge of sleep about each context, its spending and its jobs in flight, as bytes for `restore_sleep`. Artefacts are not
        in it: the host keeps them.

        Raises:
            StateError: The governor was made without `sleep=`.
        """

    def slept(self, job: int, *, tokens: int = 0, usd: float = 0.0, made: bool = True, at: float | None = None) -> None:
        """Reports a job of `sleep`. Its artefact may be used from now on, unless the sources have changed meanwhile.

        Args:
            job: The job's id, which is the artefact's.
            tokens: Output tokens that it has cost.
            usd: US dollars that it has cost.
            made: False if it failed.
            at: The time, as for `sleep`.

        Raises:
            StateError: There is no such job in flight.
        """

    def unserved(
        self, run: Run, surface: _Surface, *, session: str | None = None, tenant: str | None = None, at: float | None = None
    ) -> Refusal | None:
        """The refusal of a query whose run has no answer, because a cap of the ledger left no room for its calls. None for a run that
        ended otherwise.

        A plan reserves nothing: others may have used up the cap when the run asks for its first call.

        Args:
            run: The run, which has ended.
            surface: The format of the client's request, as for `decide_and_rewrite`.
            session, tenant, at: As for `plan`.

        Raises:
            UnknownNameError: No such surface.
        """

    @property
    def version(self) -> str:
        """Name of the deciding state: equal versions give equal plans."""

    def wake(self, context: str, key: str, *, fingerprint: str | bytes, at: float | None = None) -> Woken:
        """Looks for an artefact for a live query. A hit was made from sources with this very fingerprint, within its life; a stale one is
        never returned. Call it for each query of the context, also where nothing was precomputed: it teaches how often predictions hit.

        Args:
            context: The context.
            key: The query's key, as in its `Candidate`.
            fingerprint: Identifies the state of the sources now.
            at: The time, as for `sleep`.

        Raises:
            InvalidValueError: A value is out of bounds.
            StateError: The governor was made without `sleep=`.
        """

    @property
    def warnings(self) -> tuple[str, ...]:
        """Rungs that no query can reach, in words."""

    def woke(self, context: str, *, right: bool) -> None:
        """Notes how the answer of a hit turned out.

        Args:
            context: The context.
            right: True if the answer was right.

        Raises:
            StateError: The context is not known, or the governor was made without `sleep=`.
        """

@final
class Grading:
    """The decision to grade an answer; true if it should be graded."""

    def __bool__(self) -> bool: ...
    @property
    def grade(self) -> bool:
        """True if the answer should be graded."""

    @property
    def propensity(self) -> float:
        """The chance with which that was drawn. Weigh graded answers by one over it: means are unbiased then."""

@final
class Guaranteed:
    """The rung that is expected to lose little for each dollar that it saves against the top one, with a promise: the mean score lost
    against always using the top rung is at most `max_loss`, with the given confidence. Until a log has certified it, and where none
    can, it takes the top rung; `reason` says why, and `offers` holds weaker promises that the log allows. What is certified holds
    for one estimator and ladder; a governor with others takes the top rung.

    Args:
        max_loss: The mean loss, in points of score, above 0 and below 1.
        confidence: How sure that must be, above 0 and below 1.

    Raises:
        InvalidValueError: A value out of bounds.

    Example:
        >>> import rheostat as rh
        >>> policy = rh.policy.Guaranteed(max_loss=0.02)
        >>> policy.certified, policy.reason
        (False, 'no log has certified anything yet')
    """

    def __new__(cls, max_loss: float = 0.01, confidence: float = 0.95) -> Self: ...
    def accept(self, max_loss: float) -> Guaranteed:
        """A copy that keeps one of its `offers` in place of what was asked.

        Args:
            max_loss: The offer's `max_loss`.

        Raises:
            InvalidValueError: No offer has that loss.

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder([rh.Rung("fast", model="small"), rh.Rung("deep", model="large")])
            >>> log = [f"sum the invoice of order {i}" for i in range(150)], {"fast": [1.0] * 150, "deep": [1.0] * 150}
            >>> policy = rh.policy.Guaranteed(max_loss=0.01).calibrate(*log, ladder)
            >>> policy.certified, policy.labels_needed
            (False, 299)
            >>> policy.accept(policy.offers[0].max_loss).saved
            1.0
        """

    def calibrate(
        self,
        texts: Iterable[_Text],
        outcomes: dict[str, Any],
        ladder: Ladder,
        groups: Iterable[_Name | None] | None = None,
        *,
        estimator: Estimator | None = None,
    ) -> Guaranteed:
        """The policy as a log allows it: Learn then Test over thresholds, from the safest on. Scores of 0 and 1 are tested by the exact
        test of paired outcomes, others, and means over groups, by betting.

        Args:
            texts: The queries, as `str` or bytes: a sample of the traffic, and none that the estimator was fitted to.
            outcomes: For every rung of the ladder the scores of its answers, one for each text, in [0, 1]. Texts without all
                of them (NaN) are left out.
            ladder: The rungs.
            groups: The independent unit of each text, such as a user. Texts of one ask are one group if not given.
            estimator: The one that the governor will have; the shipped model if not given.

        Raises:
            InvalidValueError: A rung without scores, or a score outside [0, 1].
            UnknownNameError: No rung of that name.
        """

    @property
    def certified(self) -> bool:
        """True if a threshold is certified."""

    @property
    def confidence(self) -> float:
        """Confidence level of the promise."""

    @property
    def labels_needed(self) -> int | None:
        """Number of independent units that would certify, with a chance of 80 %, the boldest choice that lost at most half of
        `max_loss` on the log; None if that saves no more than what is certified.
        """

    @property
    def max_loss(self) -> float:
        """The mean loss that must not be passed."""

    @property
    def offers(self) -> list[Promise]:
        """Weaker promises that the log allows, the strongest first, each of which saves at least a hundredth more than the one
        before: losses of 1.5, 2, 3, 5 and 10 times `max_loss`. All of them hold together with the policy's confidence.
        """

    @property
    def reason(self) -> str:
        """The certified promise, or the reason that there is none, in words."""

    @property
    def saved(self) -> float | None:
        """Share of the top rung's expected cost that the log's queries save, in [0, 1]; None if nothing is certified."""

    @property
    def threshold(self) -> float | None:
        """Points of score that a saved US dollar may cost, by expectation: a rung is chosen by `threshold` times the dollars that it
        saves against the top rung, less the points that it loses. On a ladder without prices, going down all the way saves 1. None
        if nothing is certified.
        """

@final
class Hold:
    """A live reservation. As a context manager it is released at the end, unless it has been settled."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    @property
    def id(self) -> int:
        """Its number, for `Ledger.settle` elsewhere in this process."""

    def release(self, *, at: float | None = None) -> _Settled:
        """Ends it; nothing was spent."""

    def settle(self, *, tokens: int = 0, usd: float = 0.0, escalated_usd: float = 0.0, at: float | None = None) -> _Settled:
        """Ends it with what was really spent. Answers as `Ledger.settle`.

        Raises:
            InvalidValueError: The money is negative or no number.
        """

@disjoint_base
class HostRules:
    """The rules of a host; `rheostat.host.Host` adds what reads an exception."""

    def __new__(
        cls,
        run: Run,
        *,
        answer: Callable[[str], str | None] | None = None,
        score: Callable[[str], float | None] | None = None,
        watch: ActionCallback | None = None,
        clock: Clock | None = None,
    ) -> Self: ...
    def answers(self, call: Call) -> int:
        """Number of answers that the request of a call's first stream asks for: all samples of the call, or 1."""

    def best(self) -> Stream | None:
        """The stream whose reply gave the run's answer; without an answer the one that wrote most. None before any reply."""

    def broken(self, stream: Stream) -> str | None:
        """Why a stream's reply broke off, in words; None if it did not."""

    def cancelled(self) -> list[Stream]:
        """Returns the streams that were abandoned since the last call of this method; close their I/O."""

    @property
    def clock(self) -> Any | None:
        """The clock of its events, if it is not the process's."""

    def close(self) -> None:
        """Ends what is in flight, then what was never sent, then the run."""

    def end(self, stream: Stream) -> None:
        """Reports that a stream has ended. If it was stopped, or cut at its grant, only an answer of its client counts."""

    def failed(self, stream: Stream, error: str, *, kind: _FailureKind | None = None, retry_after: float | None = None) -> bool:
        """Reports that a stream has failed, as `Sample.fail` does. A stream that has told its answer, or its end, has ended with it.
        Returns True if it failed.
        """

    def hear(self, stream: Stream, piece: Chunk | str | bytes) -> bool:
        """As `tell`, for the loop of a driver: returns True while it only has to read the stream's next piece. If False, see whether all is
        `steady`, and whether the stream is `going` and `ending`.

        Raises:
            InvalidTypeError: As `tell`.
            StateError: As `tell`.
        """

    @property
    def invalid(self) -> int:
        """Number of values that a provider cannot have meant, such as a negative count. They are left out."""

    def next(self, room: int = 1073741824) -> list[Stream]:
        """Asks the run for calls. Returns the streams to open now, at most `room` and all probes; the others wait.

        Raises:
            StateError: The run is closed.
            StoreError: The ledger is kept in a file that is busy or broken. Nothing was granted; ask again.
        """

    @property
    def over(self) -> bool:
        """True once the run has its answer or has met its ceiling: nothing more is to be sent or read."""

    def reads(
        self,
        surface: _ReplySurface,
        *,
        reports_usage: bool = False,
        judge: _Judge = "before_first_byte",
        hold_tokens: int = 64,
        hold_seconds: float = 2.0,
        together: bool | None = None,
    ) -> None:
        """From now on, `tell` reads the bytes of replies: their events are the stream's pieces, and may be shown to a user.

        Args:
            surface: The format of the replies.
            reports_usage: True if the user gets the event that has nothing but the usage.
            judge: When the first event goes out; see `rheostat.httpx.govern`.
            hold_tokens: Events of content that are held back.
            hold_seconds: Seconds that they are held back.
            together: True to ask for all samples of a call in one request, where the surface has a parameter for that; False for a
                request each. None: where the model is known to take it.

        Raises:
            UnknownNameError: No reply of this surface is read.
            InvalidValueError: A bound is below 0.
        """

    def rest(self) -> bytes:
        """The bytes that are left when the run has ended: of what was shown, or else of the best reply."""

    @property
    def run(self) -> Run:
        """The run that is served."""

    @property
    def shown(self) -> Stream | None:
        """The stream that the user sees, or None."""

    @property
    def steady(self) -> bool:
        """True while the open streams only have to be read. If False, ask `next` and `cancelled`: a call may be granted, a stream was
        given up, or all is `over`.
        """

    def take(self) -> bytes:
        """The bytes that may go out to the user now. Once some have, the run only goes on, raises the budget or stops."""

    def tell(self, stream: Stream, piece: Chunk | str | bytes) -> bool:
        """Passes a piece of a stream to the run. Returns True to read on; if False, call `end` and close the stream's I/O.

        A stream that has used up its grant is read on for up to 64 pieces, because its usage and its answer may come last; its
        content is not. Close one that stays silent.

        Args:
            stream: One of its streams.
            piece: A `Chunk`, or a `str`; after `reads`, bytes of the stream's reply, and no bytes for its end.

        Raises:
            InvalidTypeError: The piece is neither.
            StateError: The stream belongs to another host.
        """

    def tick(self) -> None:
        """Lets time pass, so that a deadline is met while all streams are silent."""

    @property
    def unanswered(self) -> bool:
        """True if nothing came that is an answer: then the last error of its streams is what the caller gets."""

    def waits(self, stream: Stream) -> None:
        """Notes that a stream's request waits for its call's delay before it is sent. Until then it costs nothing.

        Raises:
            StateError: The stream belongs to another host.
        """

    def whole(self, stream: Stream) -> bytes | None:
        """A stream's reply as one object of its surface, from what has come; one that was cut says so. None if nothing is read."""

@final
class Information:
    """The value of a second opinion on a query."""

    @property
    def ask(self) -> str:
        """The newest human ask, as far as it is read: the subject of the opinion."""

    @property
    def change(self) -> float | None:
        """Probability that another rung is planned with it. None under `Guaranteed`, which uses no other opinion."""

    @property
    def usd(self) -> float | None:
        """Expected saving, in US dollars: the cost of compute and errors on the rung that is planned without it, less that on the
        rung that is planned with it (expected value of sample information). None if the policy puts no price on an error.
        """

    def worth(self, price: float, change: float | None = None) -> bool | None:
        """Decides if a second opinion is worth asking for: if it is expected to save more than its price or, where an error has no
        price, if it is likely enough to change the plan.

        Args:
            price: The opinion's price, in US dollars.
            change: Least probability of another rung, where an error has no price; never enough if not given.

        Returns:
            None if neither applies: the policy prices no error, and `change` is None here or not given.
        """

@disjoint_base
class Ladder:
    """The ordered rungs of a deployment, lowest first.

    Args:
        rungs: At least one `Rung`; names are unique.
        default: The rung for queries of which the estimate knows nothing. If not given: the middle one, but never the lowest
            of several.
        start_max: The highest rung that a prompt alone may start at. If not given: the top one of up to two rungs, and the
            one below the top of more, so that words alone do not buy the top rung. `Shares` of your own may use the top
            rung, unless you name another here.
        thinking: How engines let a sample think longer: `"restart"` (by a new request, which every provider can),
            `"continue"` (from what was written), `"raise"` (while it runs) or `"never"`.
        forbid: Dials that no run may turn: `"samples"`, `"depth"`, `"model"` or `"thinking_tokens"`.

    Raises:
        InvalidValueError: The ladder is empty, a name is used twice, or a rung's field is out of bounds.
        UnknownNameError: `default` or `start_max` is no rung, or no such way to think or dial to forbid.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("deep", samples=5)], default="fast")
        >>> len(ladder), ladder["deep"].samples, ladder.default.name
        (2, 5, 'fast')
    """

    def __contains__(self, key: Any, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __getitem__(self, key: str | int, /) -> Rung: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __len__(self) -> int: ...
    def __new__(
        cls,
        rungs: Iterable[Rung],
        default: str | None = None,
        start_max: str | None = None,
        *,
        thinking: _Thinking = "restart",
        forbid: Sequence[_Dial] | None = None,
    ) -> Self: ...
    def ability(self, name: str) -> Ability:
        """A rung's ability, in (0, 1), with its thinking, samples and depth."""

    @staticmethod
    def cascade(
        *rungs: str | Rung, agree: int = 3, in_turn: bool = False, source: _CardSource = "installed", assume: bool = False
    ) -> Ladder:
        """A ladder that probes first: each rung but the top draws `agree` samples, settles if all of them agree, and otherwise goes up.
        On recorded answers to grade-school arithmetic, three samples of gpt-4o-mini that agree, or else gpt-4o, cost 66 % less than
        gpt-4o at 0.2 points of accuracy (`python -m benches.quality evidence`). Every query starts on the lowest rung.

        Args:
            rungs: Two or more, lowest first. A model's name stands for a `Rung` at its list price.
            agree: How many samples must agree, at least 2.
            in_turn: True draws only as many at once as may decide, which costs less and takes longer.
            source, assume: As for `Ladder.of`.

        Raises:
            InvalidValueError: Fewer than two rungs, two of one name, or an `agree` out of bounds.
            InvalidTypeError: A rung is neither a name nor a `Rung`.
            UnknownNameError: No source knows a model's price; the nearest names are listed.

        Warns:
            UserWarning: A price was assumed.

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder.cascade("gpt-4o-mini", "gpt-4o", agree=3)
            >>> ladder[0].samples, ladder[0].agree, ladder[1].output_price
            (3, 3, 10.0)
        """

    @property
    def default(self) -> Rung:
        """The rung for queries of which the estimate knows nothing."""

    def expected_usd(self, log: Any) -> npt.NDArray[np.float64]:
        """Expected cost of each query of a log on each rung, in US dollars: expected tokens, not caps.

        Args:
            log: An `EstimateBatch`, or an object with the same `difficulty`, `tokens` and `output_tokens`.

        Raises:
            InvalidValueError: Columns of different lengths.
            InvalidTypeError: No such columns.

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
            >>> usd = ladder.expected_usd(rh.Estimator().estimate_batch(["Why is the sky blue?"]))
            >>> usd.shape, bool(usd[0, 0] < usd[0, 1])
            ((1, 2), True)
        """

    @staticmethod
    def of(
        *rungs: str | Rung | _Efforts,
        default: str | None = None,
        start_max: str | None = None,
        source: _CardSource = "installed",
        assume: bool = False,
    ) -> Ladder:
        """A ladder of models by their names, at list prices, with their context windows and capabilities.

        Args:
            rungs: Lowest first. A model's name stands for a `Rung` of it. `{"model": …, "efforts": […]}` stands for one of each
                effort (see `Rung`), called `model:effort`. A budget leaves room for the answer within what the model writes at most.
            default, start_max: As for `Ladder`.
            source: Where the cards of models come from. `"installed"`: genai-prices and LiteLLM's own map, where they are installed, then
                the shipped list. `"genai-prices"` or `"litellm"`: that package before the shipped list. `"shipped"`: that list alone.
                Packages are read, not asked for news over the network. A price that changes by the hour is the day's dearest.
            assume: True assumes a price for a model that no source knows, ten times that of the rung below, with a warning.

        Raises:
            InvalidValueError: No rung, or two of one name.
            InvalidTypeError: A rung is neither a name, nor such a dictionary, nor a `Rung`.
            UnknownNameError: No source knows a model's price; the nearest names are listed. Or `default` or `start_max` names no rung, or
                there is no such effort or source.
            MissingExtraError: The named source is not installed.

        Warns:
            UserWarning: A price was assumed, or an effort is given to a model that takes none.

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder.of("gpt-5-mini", "gpt-5", "gpt-5-pro")
            >>> [rung.output_price for rung in ladder.rungs], ladder.start_max
            ([2.0, 10.0, 120.0], 'gpt-5')
            >>> [rung.name for rung in rh.Ladder.of({"model": "gpt-5", "efforts": ["minimal", "high"]}).rungs]
            ['gpt-5:minimal', 'gpt-5:high']
            >>> rh.Ladder.of("gpt5-mini", source="shipped")
            Traceback (most recent call last):
            rheostat.errors.UnknownNameError: unknown model "gpt5-mini"; known: gpt-5-mini, ...
        """

    @property
    def rungs(self) -> list[Rung]:
        """The rungs, lowest first."""

    @property
    def start_max(self) -> Rung:
        """The highest rung that a prompt alone may start at."""

@final
class Learner:
    """Learns from outcomes while it serves. Thread-safe; memory is bounded by its capacity.

    Args:
        estimator: The prior that is learned on top of; the shipped model if not given.
        capacity: How many outcomes are kept, at most 65,536. Of more, a sample is kept.
        half_life: In how many seconds the weight of an outcome halves; it does not fade if not given.

    Raises:
        InvalidValueError: A value out of bounds.

    Example:
        >>> import rheostat as rh
        >>> fast = rh.Rung("fast", model="small")
        >>> learner = rh.learn.Learner()
        >>> for i in range(40):
        ...     _ = learner.add(f"{'Prove' if i % 2 else 'Name'} number {i}", fast, float(i % 2 == 0))
        >>> len(learner), learner.solve(rh.Ladder([fast])).report.outcomes
        (40, 40)
    """

    def __len__(self) -> int: ...
    def __new__(cls, estimator: Estimator | None = None, *, capacity: int = 8192, half_life: float | None = None) -> Self: ...
    def add(
        self,
        query: _Text | Plan,
        rung: Rung,
        score: float,
        *,
        kind: _OutcomeKind = "graded",
        at: float | None = None,
        id: _Name | None = None,
        group: _Name | None = None,
        weight: float = 1.0,
    ) -> bool:
        """Adds an outcome. One of the same query and rung as another replaces it if it is newer.

        Args:
            query: The text, or the plan that was made for it.
            rung: The rung that answered.
            score: How good the answer was, in [0, 1].
            kind: How that is known: `"graded"`, `"judge"`, `"thumbs"`, `"retry"` or `"escalation"`.
            at: When, in seconds of Unix time; now if not given.
            id: What names the query; the plan's id, or else the text itself, if not given.
            group: The independent unit that it belongs to, such as a user; the ask itself if not given.
            weight: How many outcomes it counts for.

        Returns:
            Whether anything changed.

        Raises:
            InvalidValueError: A value out of bounds.
            UnknownNameError: No such kind.
        """

    @staticmethod
    def from_bytes(data: bytes, estimator: Estimator | None = None) -> Learner:
        """Reads a learner from bytes.

        Raises:
            ArtifactError: It is damaged, too large, or of another version or prior.
        """

    def learn(self, outcomes: Iterable[Outcome], ladder: Ladder) -> int:
        """Adds outcomes of plans that are remembered, such as `governor.drain_outcomes()`.

        Args:
            outcomes: The outcomes.
            ladder: The rungs that they name.

        Returns:
            How many of them were of plans that are remembered.

        Raises:
            UnknownNameError: The ladder has no such rung.
        """

    @staticmethod
    def load(path: str | PathLike[str], estimator: Estimator | None = None) -> Learner:
        """Reads a learner from a file.

        Raises:
            OSError: The file cannot be read.
            ArtifactError: It is damaged, too large, or of another version or prior.
        """

    def merge(self, other: Learner) -> None:
        """Takes in what another learner has seen: in any order, any number of times.

        Raises:
            InvalidValueError: The other has another prior, capacity or half-life.
        """

    def remember(self, plan: Plan, *, group: _Name | None = None) -> None:
        """Remembers a plan's query until its outcome comes, by the plan's id alone. As many of the newest plans are remembered as
        outcomes are kept; they are neither saved nor merged.

        Args:
            plan: The plan.
            group: The independent unit that it belongs to, such as a user; the ask itself if not given.
        """

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the learner to a file.

        Raises:
            OSError: The file cannot be written.
        """

    def solve(self, ladder: Ladder, *, at: float | None = None, folds: int = 5, seed: int = 0) -> Estimator:
        """Fits heads to the outcomes that are kept: an estimator, for a governor to use from now on. It takes from
        milliseconds to seconds, and the interpreter is let go meanwhile.

        Args:
            ladder: The rungs.
            at: Time from which ages are counted, in seconds of Unix time; now if not given.
            folds: Number of parts of the cross-validation.
            seed: Seed of the folds, and of the report's interval.

        Raises:
            InvalidValueError: Fewer than ten outcomes on the ladder's rungs, all scores equal, or a single group.
        """

    def to_bytes(self) -> bytes:
        """The learner as bytes."""

@final
class Learning:
    """Learns from a governor's outcomes on a schedule, a step at a time. `rheostat.learn.Loop` is this with a thread of its own.

    Args:
        governor: The governor. Its plans are remembered from now on, for their outcomes to be learned from.
        learner: Keeps the outcomes. If not given, a new one on top of the governor's model, with its defaults.
        outcomes: Number of new outcomes that it takes to solve again, at least 1.
        growth: Share of the outcomes that the last solution knew, from 0 to 10; new outcomes must reach it, too.
        seconds: Longest wait of an outcome, in seconds. None: until there are enough.
        folds: Number of parts of cross-validation, 2 to 20. A group is held out as a whole.
        seed: Seed of the folds, and of the report's interval.
        at: The time, in seconds of Unix time; now if not given.

    Raises:
        InvalidValueError: A value out of bounds, or a learner on top of another model than the governor's.
        StateError: The governor remembers its plans for another learner.
    """

    def __new__(
        cls,
        governor: Governor,
        learner: Learner | None = None,
        *,
        outcomes: int = 20,
        growth: float = 0.2,
        seconds: float | None = 3600.0,
        folds: int = 5,
        seed: int = 0,
        at: float | None = None,
    ) -> Self: ...
    @property
    def governor(self) -> Governor:
        """The governor."""

    @property
    def learner(self) -> Learner:
        """The learner, which keeps the outcomes."""

    def step(self, at: float | None = None) -> LearningStep:
        """Reads the outcomes that have come, adds them to the learner and, when it is time, solves and replaces the governor's
        estimator. The interpreter is let go meanwhile.

        Args:
            at: The time, in seconds of Unix time; now if not given.
        """

@final
class LearningStep:
    """The result of one step of a `rheostat.learn.Loop`: the outcomes that it read, and what it changed."""

    @property
    def fresh(self) -> int:
        """Of them, those that came or changed since the solution before this step."""

    @property
    def moved(self) -> dict[str, float]:
        """The change of the ability of each rung with outcomes. Empty if the estimator was not replaced."""

    @property
    def outcomes(self) -> int:
        """Outcomes that were read."""

    @property
    def reason(self) -> str | None:
        """The reason why the estimator stays, in words. None if it was replaced, or was not due."""

    @property
    def report(self) -> FitReport | None:
        """The fit of the new solution, with its Brier scores on held-out queries beside those of the prior. None if nothing was
        solved.
        """

    @property
    def rows(self) -> int:
        """Outcomes that the learner keeps."""

    @property
    def unknown(self) -> int:
        """Of them, those of plans that are not remembered: older than the learning, of another governor, or too many ago."""

    @property
    def verdict(self) -> Literal["waiting", "replaced", "kept", "refused"]:
        """`"waiting"` (it is not time to solve), `"replaced"` (what was solved serves), `"kept"` (the estimator that serves rests on
        more outcomes) or `"refused"` (nothing could be solved).
        """

    @property
    def version_after(self) -> str | None:
        """The governor's version since. None where its estimator was not replaced."""

    @property
    def version_before(self) -> str | None:
        """The governor's version before its estimator was replaced. None where it was not."""

@final
class Ledger:
    """Reservations and spending under caps, in process. Thread-safe; make one and share it.

    Reserve before a call, settle after it with what it really cost, or release it if it was never made. A reservation
    takes all the caps that it falls under, or none. What is neither settled nor released ends by itself; a settlement
    that comes after that is still counted, once.

    Args:
        caps: An iterable of `Cap`.
        ttl: Seconds after which a reservation ends by itself.
        accounts: The most accounts kept in each scope. Idle sessions and queries are forgotten, and counted; a tenant
            that has spent in its window is not, and a new one is refused.
        live: The most live reservations.
        offset: How many seconds the clock that windows are aligned to is ahead of the one of `at=`; Unix time if not
            given.
        seed: Makes hashing repeatable; drawn at random if not given.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> ledger = rh.Ledger([rh.Cap("tenant", tokens=1_000)])
        >>> hold = ledger.reserve(tokens=800, tenant="acme")
        >>> ledger.room(tenant="acme").tokens
        200
        >>> hold.settle(tokens=350)
        'settled'
        >>> ledger.reserve(tokens=700, tenant="acme")
        Traceback (most recent call last):
        rheostat.errors.DeniedError: tenant tokens: 700 wanted, 650 left
    """

    def __new__(
        cls,
        caps: Iterable[Cap],
        *,
        ttl: float = 600.0,
        accounts: int = 1000000,
        live: int = 1000000,
        offset: float | None = None,
        seed: int | None = None,
    ) -> Self: ...
    def accounts(self, scope: _Scope, most: int = 1000) -> list[Account]:
        """Accounts of a scope, at most `most` of them, each in the widest window that it has a cap for.

        Raises:
            UnknownNameError: No such scope.
        """

    def align(self, offset: float) -> None:
        """Says how many seconds the clock that windows are aligned to is ahead of the one of `at=`.

        Raises:
            InvalidValueError: Not a finite number.
        """

    @property
    def caps(self) -> list[Cap]:
        """The caps."""

    def escalated_room(
        self, *, query: str | None = None, session: str | None = None, tenant: str | None = None, at: float | None = None
    ) -> float | None:
        """US dollars that are left to a payer under caps on escalated spend, or None if no such cap falls to it."""

    def expire(self, *, at: float | None = None) -> int:
        """Ends every reservation whose time is over, and says how many there were. Reservations do so on their way, too."""

    def flush(self, *, at: float | None = None) -> None:
        """Takes a turn: writes the settlements, and ends what has expired.

        Raises:
            StoreError: The file is busy or broken.
        """

    def keep(self, journal: Any) -> None:
        """Keeps the ledger in a file that other processes may share. For stores. From now on a reservation is made in a turn:
        the ledger calls `journal.begin()`, which locks the file and passes its new records to `replay`, decides, and calls
        `journal.commit(records)`, which appends them and unlocks the file. One thread at a time is in a turn.

        Raises:
            StateError: It is kept in a file already.
        """

    def lease(self, block: tuple[str, str, int, int, int, int], *, dry: bool = False) -> bool:
        """Adds a block that a store gave; `dry` says that it has no more in this window. False when the block's account
        or window has gone, and it must be given back.

        Raises:
            UnknownNameError: No such scope.
        """

    @property
    def owing(self) -> bool:
        """True if there are settlements that are not in the file yet."""

    def rebase(self, *, at: float | None = None) -> None:
        """Sets right a ledger whose clock was once too far ahead: windows go on from now."""

    def release(self, hold: int, *, at: float | None = None) -> _Settled:
        """Ends a reservation without spending. Answers as `settle`."""

    def replay(self, records: bytes) -> None:
        """Plays back records of a journal.

        Raises:
            ArtifactError: A record is damaged, or does not fit the ones before it.
            StateError: A record ends a reservation that was settled here and is not written yet. `restore` the ledger.
        """

    def reserve(
        self,
        *,
        tokens: int = 0,
        usd: float = 0.0,
        escalated_usd: float = 0.0,
        query: str | None = None,
        session: str | None = None,
        tenant: str | None = None,
        ttl: float | None = None,
        at: float | None = None,
    ) -> Hold:
        """Draws a claim on every cap that it falls under, or on none.

        Args:
            tokens: The most output tokens that the call may come to.
            usd: The most US dollars.
            escalated_usd: The part of them for calls above the entry rung.
            query: The query, by its plan's id.
            session: The conversation.
            tenant: The customer.
            ttl: Seconds after which it ends by itself; the ledger's if not given.
            at: The time, in seconds of a monotonic clock; the clock's if not given.

        Raises:
            DeniedError: It does not fit a cap; `cap`, `wanted` and `left` say which and by how much.
            InvalidValueError: A value is out of bounds.
        """

    def restore(self, snapshot: bytes) -> None:
        """Replaces the whole state by a snapshot's.

        Raises:
            ArtifactError: It is damaged, or another version's.
        """

    def room(
        self, *, query: str | None = None, session: str | None = None, tenant: str | None = None, at: float | None = None
    ) -> Amount:
        """The amount that is left under all the caps that fall to a payer."""

    def settle(
        self, hold: int, *, tokens: int = 0, usd: float = 0.0, escalated_usd: float = 0.0, at: float | None = None
    ) -> _Settled:
        """Ends a reservation with what was really spent: `"settled"`; `"late"` when it had expired (the spending counts
        all the same); `"nothing"` when there was nothing to settle, and nothing has changed.

        Raises:
            InvalidValueError: The money is negative or no number.
        """

    def snapshot(self) -> bytes:
        """The whole state, for `restore`."""

    def stats(self) -> LedgerStats:
        """Counts of reservations, accounts and spending."""

    def unlease(self) -> list[Block]:
        """Takes out all that is leased and not committed, to be given back to the store: as `wants`."""

    def wants(self, most: int = 1000, *, at: float | None = None) -> list[Block]:
        """Blocks that a store should lease now."""

@final
class LedgerStats:
    """Counts of a ledger."""

    @property
    def accounts(self) -> int:
        """Accounts kept."""

    @property
    def bytes(self) -> int:
        """Memory, in bytes."""

    @property
    def denied(self) -> int:
        """Reservations refused."""

    @property
    def duplicate(self) -> int:
        """Settlements of what had been settled, was forgotten or never made; they changed nothing."""

    @property
    def evicted(self) -> int:
        """Idle accounts that were forgotten although they had spent."""

    @property
    def expired(self) -> int:
        """Ended by themselves."""

    @property
    def held_tokens(self) -> int:
        """Tokens that they claim."""

    @property
    def late(self) -> int:
        """Settled after they had expired."""

    @property
    def live(self) -> int:
        """Live reservations."""

    @property
    def made(self) -> int:
        """Reservations made."""

    @property
    def settled(self) -> int:
        """Settled or released in time."""

    @property
    def spent_tokens(self) -> int:
        """Tokens spent since the ledger was made."""

    @property
    def spent_usd(self) -> float:
        """US dollars spent since the ledger was made."""

@final
class Limit:
    """A ceiling with every limit resolved."""

    @property
    def depth(self) -> int:
        """Rounds on one rung."""

    @property
    def escalated_usd(self) -> float | None:
        """US dollars for calls above the entry rung, or None where no cap bounds them."""

    @property
    def escalations(self) -> int:
        """Escalations to a higher rung."""

    @property
    def samples(self) -> int:
        """Samples."""

    @property
    def seconds(self) -> float:
        """Seconds."""

    @property
    def tokens(self) -> int:
        """Output tokens, thinking included."""

    @property
    def usd(self) -> float:
        """US dollars."""

@final
class LogitStats:
    """Statistics of the next token's distribution, from one row of logits. In nats; probabilities in [0, 1]."""

    @property
    def entropy(self) -> float:
        """How undecided the distribution is."""

    @property
    def invalid(self) -> int:
        """Number of logits that were NaN."""

    @property
    def log_sum_exp(self) -> float:
        """The logarithm of the sum of exponentials."""

    @property
    def margin(self) -> float:
        """That probability less the second token's."""

    @property
    def max_prob(self) -> float:
        """The probability of the likeliest token."""

    @property
    def self_certainty(self) -> float:
        """KL divergence from the uniform distribution to this one."""

    @property
    def varentropy(self) -> float:
        """Variance of −ln p over the candidates, in nats²."""

@final
class LogitStatsBatch:
    """The fields of `LogitStats` as arrays, one value for each row."""

    def __len__(self) -> int: ...
    @property
    def entropy(self) -> npt.NDArray[np.float64]:
        """How undecided each distribution is."""

    @property
    def invalid(self) -> npt.NDArray[np.uint64]:
        """Number of logits that were NaN."""

    @property
    def log_sum_exp(self) -> npt.NDArray[np.float64]:
        """The logarithm of the sum of exponentials."""

    @property
    def margin(self) -> npt.NDArray[np.float64]:
        """That probability less the second token's."""

    @property
    def max_prob(self) -> npt.NDArray[np.float64]:
        """The probability of the likeliest token."""

    @property
    def self_certainty(self) -> npt.NDArray[np.float64]:
        """KL divergence from the uniform distribution to this one."""

    @property
    def varentropy(self) -> npt.NDArray[np.float64]:
        """Variance of −ln p over the candidates, in nats²."""

@final
class Loops:
    """Finds output that repeats itself: the first token at which, for some period p up to `max_period`, the newest max(3p, 64)
    tokens each equal the token p before.

    Fed either with token ids or with text, whose words are what white space separates (each Chinese, Japanese, Korean or Thai
    character is a word). A token costs about ten nanoseconds plus the call; memory is 1.6 KiB. Once a loop is found it stays
    found, and its `run` goes on while it does.

    Args:
        max_period: The longest period, from 1 to 4,096. Reasoning models also repeat whole passages: a longer period finds
            those, later and at a higher cost (4.25 bytes for each token of it).

    Raises:
        InvalidValueError: The period is out of bounds.

    Example:
        >>> from rheostat.signals import Loops
        >>> loops = Loops()
        >>> next(i for i in range(200) if loops.update(i % 5)), loops.found
        (68, Repetition(period=5, run=64, at=69))
    """

    def __new__(cls, max_period: int = 256) -> Self: ...
    def __sizeof__(self) -> int: ...
    def finish(self) -> bool:
        """The end of the text: counts the last word. Says whether a loop has been found."""

    @property
    def found(self) -> Repetition | None:
        """The loop, once one is found; None before."""

    @property
    def looping(self) -> bool:
        """True if a loop was found and still goes on."""

    @property
    def max_period(self) -> int:
        """The longest period that is looked for."""

    def text(self, chunk: str) -> bool:
        """A chunk of text of any size; a word split over two chunks is one word. Says whether a loop has been found."""

    @property
    def tokens(self) -> int:
        """Number of tokens or words so far."""

    def update(self, token: int) -> bool:
        """One token id, from 0 to 2³² − 1. Says whether a loop has been found, now or before.

        Raises:
            InvalidValueError: The id is not between 0 and 2³² − 1.
        """

    def update_batch(self, tokens: Sequence[int] | npt.NDArray[np.integer[Any]]) -> bool:
        """Many token ids, in order: an array of integers or any sequence of them. Says whether a loop has been found.

        Raises:
            InvalidTypeError: Not one row of integers.
            InvalidValueError: An id is negative or above 2³² − 1; nothing has then been counted.
        """

@final
class MarkerCounts:
    """Number of markers of each kind."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    @property
    def backtracks(self) -> int:
        """ "wait", "let me re-check" …: the model doubts what it wrote."""

    @property
    def branches(self) -> int:
        """ "alternatively", "another approach" …: it tries another way."""

    @property
    def hedges(self) -> int:
        """ "maybe", "I think" …: it is not sure."""

    @property
    def restarts(self) -> int:
        """ "start over" …: it starts again."""

    @property
    def turns(self) -> int:
        """Turns of the reasoning: backtracks, branches and restarts."""

@final
class Markers:
    """Finds the words by which a model says that it turns back, branches, starts again or is not sure, in English, Chinese,
    Japanese, Korean, German, French, Spanish and Russian at once.

    A marker is whole words ("no" is not found in "know"); of a script without spaces, a row of characters. Case does not matter,
    apostrophes are passed over, a hyphen separates words, and no marker reaches over the end of a sentence. Each is found once,
    when the word after its last begins or the text ends, however the chunks are cut.

    Example:
        >>> from rheostat.signals import Markers
        >>> markers = Markers()
        >>> sum(markers.text(chunk).turns for chunk in ("So it is 4. Wa", "it, let me re-", "check: alternatively"))
        2
        >>> markers.finish().branches, markers.words
        (1, 10)
    """

    def __new__(cls) -> Self: ...
    @property
    def counts(self) -> MarkerCounts:
        """Markers so far."""

    @property
    def density(self) -> float:
        """Turns per 1,000 words over the whole text; 0 before the first word."""

    def finish(self) -> MarkerCounts:
        """The end of the text: its last word ends here. Returns the markers that it completed."""

    @property
    def hedging(self) -> float:
        """Hedges per 1,000 words over the whole text."""

    @property
    def recent(self) -> float:
        """As `density`, but a word weighs e times less every 500 words."""

    def text(self, chunk: str) -> MarkerCounts:
        """Reads the next chunk and returns the markers that ended in it."""

    @property
    def words(self) -> int:
        """Words so far; each character of a script without spaces is one."""

@final
class Move:
    """One way to buy more compute, as a part of a `Ramp`.

    Args:
        name: `"replace"` (the weak one of several samples, for another), `"samples"` (another batch), `"think"` (a
            thinking budget `by` times as large), `"revise"` (another round, `most` beyond the plan), `"verify"` (a
            round that judges the answer) or `"escalate"` (the next rung).
        most: How often it may be made on one rung, at most 100. Escalations are bounded by the ceiling.
        by: For `"think"`, the factor, above 1.

    Raises:
        UnknownNameError: No such move.
        InvalidValueError: A number out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.Move("think", most=1, by=2.0)
        Move('think', most=1, by=2.0)
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, name: _Move, *, most: int = 1, by: float = 2.0) -> Self: ...
    @property
    def name(self) -> _Move:
        """The move's name."""

@final
class OffPolicySums:
    """Sums of graded decisions, from which the change of the mean score under a new policy is estimated. Thread-safe.

    The estimate is doubly robust, with a 95 % interval; scores are in [0, 1]. There is no interval while fewer than 30 equal
    rows are behind it. The sums of two parts of a log `merge` to the sums of both.

    Example:
        >>> import rheostat as rh
        >>> sums = rh.guarantee.OffPolicySums()
        >>> for i in range(200):
        ...     sums.add(same=i % 2 == 0, propensity=0.5, score=float(i % 2 == 0), predicted_logged=0.5, predicted_new=0.5)
        >>> sums.graded, sums.tried, sums.change, sums.low > 0.3
        (200, 100, 0.5, True)
    """

    def __new__(cls) -> Self: ...
    def add(
        self,
        *,
        same: bool,
        propensity: float,
        score: float,
        predicted_logged: float,
        predicted_new: float,
        group: _Name | None = None,
    ) -> None:
        """Adds a graded decision.

        Args:
            same: True if the new policy takes the logged rung.
            propensity: Probability with which the logged rung was drawn, above 0 and at most 1.
            score: Score of the answer, in [0, 1].
            predicted_logged: Predicted score of the logged rung, in [0, 1].
            predicted_new: Predicted score of the new rung, in [0, 1].
            group: The session or user. Rows of one group depend on each other; the interval allows for it if each row has one.

        Raises:
            InvalidValueError: A value out of bounds.
        """

    @property
    def change(self) -> float | None:
        """Estimated change of the mean score, new minus logged; None if the log cannot tell."""

    @property
    def differing(self) -> int:
        """Graded decisions that the new policy puts on another rung."""

    @staticmethod
    def from_sums(sums: _Numbers) -> OffPolicySums:
        """Reads the numbers of `to_sums`.

        Raises:
            InvalidValueError: They are no sums: their count is wrong, or one is not finite.
        """

    @property
    def graded(self) -> int:
        """Graded decisions."""

    @property
    def high(self) -> float | None:
        """Upper end of the 95 % interval of `change`."""

    @property
    def low(self) -> float | None:
        """Lower end of the 95 % interval of `change`."""

    @property
    def mean_weight(self) -> float:
        """Mean weight. Near 1 if the propensities are right and the log tried every rung of the new policy."""

    def merge(self, other: OffPolicySums) -> None:
        """Adds the sums of another part of the log."""

    @property
    def missing(self) -> int | None:
        """Graded decisions like these that are missing for an interval; None if none is missing, or if the log never tried
        the new rung.
        """

    @property
    def rows(self) -> float:
        """Number of equal rows that the estimate rests on."""

    @property
    def score_logged(self) -> float:
        """Mean logged score; 0 without a row."""

    @property
    def score_new(self) -> tuple[float, float, float] | None:
        """The new policy's mean score with its 95 % interval, as (mean, low, high); None if the log cannot tell."""

    def to_sums(self) -> list[float]:
        """The sums as a list of numbers, for a file."""

    @property
    def tried(self) -> int:
        """Graded decisions on the new policy's rung, which the log takes at most every other time."""

    @property
    def weighted(self) -> float | None:
        """The change by importance weights alone (self-normalised), as a check; None if the log never took the new rung."""

@final
class OnlineAllocator:
    """Holds a stream of queries to an average number of samples by a price: a vote has enough once the doubt about its
    leader is at most the price, and each finished vote moves the price by what it spent over or under the target.

    Args:
        target: Samples a query, on average; at least 1 and at most the cap.
        cap: The most samples of one query.

    Raises:
        InvalidValueError: The target or the cap is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> allocator = rh.votes.OnlineAllocator(target=3)
        >>> vote = rh.Vote(rule="curtail", cap=24)
        >>> while not allocator.enough(vote):
        ...     _ = vote.add("7")
        >>> allocator.finish(vote)
        >>> vote.answer, allocator.average
        ('7', 3.0)
    """

    def __new__(cls, target: float, cap: int = 24) -> Self: ...
    @property
    def average(self) -> float:
        """Samples a vote so far; 0 before the first is done."""

    def enough(self, vote: Vote) -> bool:
        """True if one more sample of the vote is not worth the current price."""

    def finish(self, vote: Vote) -> None:
        """A vote is done; what it spent moves the price. Votes may finish in any order, and run side by side."""

    @property
    def finished(self) -> int:
        """Votes that are done."""

    @property
    def price(self) -> float:
        """The doubt that is let pass."""

    @property
    def spent(self) -> int:
        """Samples spent by the votes that are done."""

@final
class Outcome:
    """How one query turned out on a rung, as it is kept for calibration and learning."""

    @property
    def at(self) -> float:
        """When it was reported, in seconds of Unix time."""

    @property
    def kind(self) -> _OutcomeKind:
        """How that is known, such as `"graded"`."""

    @property
    def plan_id(self) -> str:
        """The plan's id."""

    @property
    def rung(self) -> str:
        """The rung's name."""

    @property
    def score(self) -> float:
        """How good it was, in [0, 1]."""

@final
class OutcomeReader:
    """Reads the rows of a log of outcomes, for `read_outcomes`."""

    def __new__(cls, ladder: Ladder) -> Self: ...
    def read(self, place: str, row: dict[str, Any]) -> list[ScoredOutcome]:
        """Reads a row: the outcomes that it holds.

        Args:
            place: Name of the row in messages, such as `"log.csv, line 2"`.
            row: The row's values by column.

        Raises:
            InvalidValueError, InvalidTypeError, UnknownNameError: The message names place and field.
        """

@final
class Paced:
    """As `Utility`, at a price of compute that makes a period's budget last: online dual mirror descent (Balseiro, Lu and
    Mirrokni, arXiv 2011.10124). Make one and share it: its price is what it has learned.

    A day's budget is met within 2 % under diurnal and bursty load, as long as there is more to spend it on than it
    buys; it is a pace and no cap: a `Ledger` is the cap. docs/pacing.md has the day that it was measured on.

    Args:
        usd: The budget of each period, in US dollars.
        per: The period in seconds, aligned to Unix time; a day if not given.
        usd_per_error: What a wrong answer costs you, in US dollars: what is not worth it is not bought, though the
            budget would allow it.
        queries: How many queries a period is expected to bring, until one has been seen whole.
        weights: Weights of tenants by name; others have a weight of 1.
        fairness: How strongly a tenant that takes more than its share pays more, from 0 (not at all) to 1.
        offset: How many seconds the clock that periods are aligned to is ahead of the one of `at=`; Unix time if not
            given.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.policy.Paced(usd=500.0, usd_per_error=2.0).price()
        1.0
    """

    def __new__(
        cls,
        usd: float,
        *,
        per: float = 86400.0,
        usd_per_error: float = 1.0,
        queries: float | None = None,
        weights: dict[str, float] | None = None,
        fairness: float = 0.5,
        offset: float | None = None,
    ) -> Self: ...
    def pace(self) -> Pace:
        """The current period: its price, spending and traffic."""

    @property
    def per(self) -> float:
        """The period, in seconds."""

    def price(self, tenant: str | None = None) -> float:
        """Shadow price of a dollar of compute for a tenant: 1 while the budget is not short."""

    @property
    def usd(self) -> float:
        """The budget of each period, in US dollars."""

    @property
    def usd_per_error(self) -> float:
        """Cost of a wrong answer, in US dollars."""

@final
class Plan:
    """The decision about one query, taken before any compute is spent on it. Immutable.

    Example:
        >>> import rheostat as rh
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="m")]), policy=rh.policy.Utility(2.0))
        >>> plan = governor.plan("What is the capital of France?")
        >>> plan.rung.name, plan.samples, 0.0 <= plan.p_correct <= 1.0
        ('only', 1, True)
    """

    def _recorded(self) -> object:
        """The plan without its query, for a queue of records: it keeps no text alive."""

    @property
    def answer_tokens(self) -> int:
        """Room for one sample's final answer, in tokens."""

    @property
    def asked_effort(self) -> str | None:
        """Effort that the client asked for (`"none"` to `"max"`), or None. The plan does not follow it; `rung=` does."""

    @property
    def asked_samples(self) -> int | None:
        """Answers per request that the client asked for, or None for one."""

    @property
    def asked_thinking_tokens(self) -> int | None:
        """Tokens of thinking that the client asked for, or None."""

    @property
    def clamped(self) -> list[Clamp]:
        """The fields that were cut to fit the ceiling or the ladder."""

    @property
    def depth(self) -> int:
        """Rounds: the first generates, each further one revises."""

    @property
    def estimate(self) -> Estimate:
        """The estimate of the query."""

    @property
    def expected_usd(self) -> float:
        """Expected cost of the rung, in US dollars, from expected tokens, not caps."""

    @property
    def id(self) -> str:
        """Names this decision; the first half depends on query, options and version alone."""

    @property
    def input_tokens(self) -> int:
        """Expected input tokens of the whole query."""

    @property
    def limit(self) -> Limit:
        """The ceiling of this query, with every limit resolved."""

    @property
    def p_correct(self) -> float:
        """Calibrated probability, in [0, 1], that the rung answers correctly."""

    @property
    def purpose(self) -> _Purpose:
        """Purpose of the turn: `"answer"`, `"planning"`, `"housekeeping"` or `"compaction"`."""

    @property
    def quantile(self) -> float | None:
        """Share, in [0, 1], of this deployment's queries that were easier; None unless the policy is `Shares` and decided."""

    @property
    def reasons(self) -> list[str]:
        """Reasons for the rung, in words."""

    @property
    def rung(self) -> Rung:
        """The rung to start on."""

    @property
    def samples(self) -> int:
        """Number of samples to draw."""

    def start(self, *, at: float | None = None) -> Run:
        """Starts the run. `at` is the time in seconds of a monotonic clock; what `plan()` was given, or the clock's, if
        it is not given.
        """

    @property
    def strip_thinking(self) -> list[str]:
        """The models whose thinking blocks must be left out of the history that is sent, because another model refuses
        what is signed for them. `"*"` is every model but the plan's own, where the history's are not known.
        """

    @property
    def structure(self) -> dict[str, int]:
        """Sizes and counts of what came with the ask: messages, history, tools, images and so on."""

    @property
    def switch_usd(self) -> float:
        """Expected cost, in US dollars, of leaving the model that has the session's prefix cached; 0 if it stays or nothing is cached."""

    @property
    def thinking_tokens(self) -> int:
        """Budget for thinking, in tokens per sample."""

    def to_dict(self) -> dict[str, Any]:
        """The plan as a dictionary of plain values."""

    def to_json(self) -> str:
        """The plan as JSON."""

    @property
    def turn(self) -> Literal["ask", "continuation", "tool_result", "empty"]:
        """Kind of the newest turn: `"ask"`, `"continuation"`, `"tool_result"` or `"empty"`."""

    @property
    def version(self) -> str:
        """Name of the deciding state: the model's version and a digest of ladder, policy and ceiling."""

    @property
    def worst_case(self) -> WorstCase:
        """The most that the rung may cost before anything fails or ramps: tokens, dollars, requests. `limit` bounds the whole run."""

@final
class PlanBatch:
    """The decisions about many queries: the fields of `Plan` as arrays, one value for each text."""

    def __len__(self) -> int: ...
    @property
    def coverage(self) -> npt.NDArray[np.float64]:
        """Share of each query, in [0, 1], that is like anything in training."""

    @property
    def depth(self) -> npt.NDArray[np.uint32]:
        """Rounds."""

    @property
    def difficulty(self) -> npt.NDArray[np.float64]:
        """How difficult the query is, in [0, 1]."""

    @property
    def input_tokens(self) -> npt.NDArray[np.uint32]:
        """Expected input tokens."""

    @property
    def p_correct(self) -> npt.NDArray[np.float64]:
        """Probability, in [0, 1], that the rung answers correctly."""

    @property
    def quantile(self) -> npt.NDArray[np.float64]:
        """Share, in [0, 1], of this deployment's queries that were easier than each; NaN unless the policy is `Shares` and decided."""

    @property
    def rung(self) -> npt.NDArray[np.uint32]:
        """Each query's rung, by its index on the ladder."""

    def rungs(self) -> list[Rung]:
        """Each query's rung, as objects."""

    @property
    def samples(self) -> npt.NDArray[np.uint32]:
        """Number of samples to draw."""

    @property
    def thinking_tokens(self) -> npt.NDArray[np.uint64]:
        """Budget for thinking, in tokens per sample."""

@final
class ProbeWorth:
    """Learns from a deployment's own answers whether to probe a low rung first, with how many samples, or which rung to ask alone.

    Agreement needs no grade: each query whose low rung gave two or three answers counts. Grades of the low rung's first answer and of
    the high rung's answer, on any of those queries, tell what agreement is worth. Rates start from the mean of 26 tasks of recorded
    answers, which weighs as much as four queries. Keep one for each kind of traffic.

    Example:
        >>> import rheostat as rh
        >>> worth = rh.learn.ProbeWorth()
        >>> for _ in range(50):
        ...     worth.add(["42", "42", "42.0"], low=1.0, high=1.0)
        ...     worth.add(["41", "43", "42"], low=0.0, high=1.0)
        >>> worth.choose(low_usd=0.001, high_usd=0.1, usd_per_error=2.0).probes
        3
    """

    def __new__(cls) -> Self: ...
    def add(self, answers: Iterable[str | None], *, low: float | None = None, high: float | None = None) -> None:
        """Counts one query.

        Args:
            answers: The low rung's answers in launch order, None where there was none; the first three count. They are compared in
                their normal form. With fewer than two, nothing is learned.
            low: The score of its first answer, in [0, 1], if it is known.
            high: The score of the high rung's answer, if it is known.

        Raises:
            InvalidValueError: A score is out of bounds.
        """

    def choose(self, *, low_usd: float, high_usd: float, usd_per_error: float) -> ProbeChoice:
        """The way of least expected cost, errors included.

        Args:
            low_usd: Price of one sample of the low rung, in US dollars.
            high_usd: Price of the high rung's answer.
            usd_per_error: Cost of a wrong answer, as for `policy.Utility`.

        Raises:
            InvalidValueError: A number is negative or not finite.
        """

    @property
    def counted(self) -> tuple[int, int]:
        """Queries counted, and scores among them."""

    @staticmethod
    def from_bytes(data: bytes) -> ProbeWorth:
        """Reads counts from bytes.

        Raises:
            ArtifactError: The bytes are damaged, or are not such counts.
        """

    def merge(self, other: ProbeWorth) -> None:
        """Adds the counts of another one, of another process for example."""

    def to_bytes(self) -> bytes:
        """The counts as bytes."""

    def ways(self, *, low_usd: float, high_usd: float) -> list[ProbeChoice]:
        """The four ways to answer, each with its expected cost and share of right answers: the high rung alone, the low rung alone, two
        probes, three probes in turn.

        Args:
            low_usd: Price of one sample of the low rung, in US dollars.
            high_usd: Price of the high rung's answer.

        Raises:
            InvalidValueError: A price is negative or not finite.
        """

@final
class Ramp:
    """The moves that one kind of evidence leads to. The run takes the first that the ladder permits, the ceiling affords, and whose
    expected gain exceeds its price.

    Args:
        on: `"low_confidence"`, `"low_steps"`, `"uncertain"`, `"branching"`, `"hedging"`, `"loop"`, `"disagreement"`,
            `"no_answer"`, `"refuted"`, `"failure"`, `"stall"` or `"tool_errors"`.
        moves: The moves, the preferred one first.
        odds: By what factor the evidence changes the odds that the answer in hand is right, above 0 and at most 1.

    Raises:
        UnknownNameError: No such evidence.
        InvalidTypeError: Not moves.
        InvalidValueError: The odds are out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.Ramp("stall", [rh.Move("escalate")], odds=0.2)
        Ramp('stall', [Move('escalate')], odds=0.2)
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, on: _Evidence, moves: Iterable[Move], *, odds: float = 0.4) -> Self: ...
    @property
    def moves(self) -> list[Move]:
        """The moves, the preferred one first."""

    @property
    def odds(self) -> float:
        """By what factor it changes the odds that the answer in hand is right."""

    @property
    def on(self) -> _Evidence:
        """The evidence."""

@final
class Readings:
    """Values of the signals of one stream. None: not measured yet."""

    @property
    def chance(self) -> StepChance | None:
        """P(correct) by its steps: a lower bound, the estimate, an upper bound; None without scores or calibration."""

    @property
    def entropy(self) -> float | None:
        """The entropy of the newest row of logits, in nats."""

    @property
    def entropy_rise(self) -> float | None:
        """The largest rise of its entropy over the rules' level, in nats times tokens; None while no bar asks for it."""

    @property
    def equal_probes(self) -> int:
        """Equal probes in a row."""

    @property
    def group(self) -> float | None:
        """The newest group confidence, in nats."""

    @property
    def hedges(self) -> float | None:
        """Hedges per 1,000 words; None while no bar asks for markers."""

    @property
    def invalid(self) -> int:
        """Values that were no log-probabilities, logits or scores."""

    @property
    def lowest(self) -> float | None:
        """The lowest group confidence, in nats."""

    @property
    def lowest_logprob(self) -> float | None:
        """The lowest mean log-probability of its own tokens over a window, with the margin of a short stream: up to 1.5 nats over the
        number of tokens. None while no bar asks for it.
        """

    @property
    def lowest_top_logprob(self) -> float | None:
        """Like `lowest_logprob`, of each token's likeliest candidate since its grant was last raised; None while no bar asks for it."""

    @property
    def steps(self) -> float | None:
        """The mean score of the newest reasoning steps, in [0, 1]."""

    @property
    def tokens(self) -> int:
        """Tokens counted, or estimated from text."""

    @property
    def turns(self) -> float | None:
        """Turns of the reasoning per 1,000 words, the newest words weighing most; None while no bar asks for markers."""

@final
class Repetition:
    """A loop that was found."""

    @property
    def at(self) -> int:
        """Number of tokens before it was found."""

    @property
    def period(self) -> int:
        """Tokens after which the output repeats itself."""

    @property
    def run(self) -> int:
        """Number of tokens so far that equal the token one period before."""

@final
class ReplyEvent:
    """One event of a reply. A whole reply is one event.

    Example:
        >>> from rheostat.wire import ReplyReader
        >>> event, = ReplyReader("openai.chat").feed(b'data: {"choices": [{"delta": {"content": "Four"}}]}\\n\\n')
        >>> event.text, event.done
        ('Four', False)
    """

    @property
    def calls(self) -> bool:
        """True if it has a piece of a tool call of the first choice."""

    @property
    def done(self) -> bool:
        """True if it says that the reply is over."""

    @property
    def error(self) -> str | None:
        """The error that it reports, as `"type: message"`."""

    @property
    def finish_reason(self) -> str | None:
        """The provider's word for the end of the first choice, such as `"stop"`."""

    @property
    def logprobs(self) -> list[float] | None:
        """The log-probabilities of the first choice's tokens in it; NaN for null. None if it has none."""

    @property
    def others(self) -> str | None:
        """The text of other choices than the first, in chat completions; None if it has none. It is paid for, also where one choice was
        asked for.
        """

    @property
    def raw(self) -> bytes:
        """The bytes as they came, with their line ends. All events together are all bytes, so a relay that sends them on changes nothing."""

    @property
    def reasoning(self) -> str | None:
        """The thinking text that it adds to the first choice; None if it adds none."""

    @property
    def text(self) -> str | None:
        """The text that it adds to the first choice's answer or refusal; None if it adds none."""

    @property
    def top_logprobs(self) -> list[list[float]] | None:
        """Those of the likeliest candidates for each of these tokens. None if it has none."""

    @property
    def usage(self) -> tuple[int | None, int | None, int | None, int | None, int | None] | None:
        """The counts of input, cached, written, output and reasoning tokens that it reports; None if it reports no usage."""

@final
class ReplyReader:
    """Reads one reply of a provider, streamed or whole: bytes in, events out.

    Bytes may be cut anywhere. Server-sent events, JSON lines and whole JSON replies are read, whatever the content type says. An
    event that is no JSON is counted in `malformed` and keeps its bytes. Each byte is looked at a constant number of times, and memory
    is bounded.

    Args:
        surface: The format of the reply. vLLM, DeepSeek, OpenRouter and Mistral have names of their own for chat completions.

    Raises:
        UnknownNameError: There is no surface of this name.

    Example:
        >>> from rheostat.wire import ReplyReader
        >>> reader = ReplyReader("openai.chat")
        >>> reader.feed(b'data: {"choices": [{"delta": {"con')
        []
        >>> reader.feed(b'tent": "Four"}}]}\\n\\ndata: [DONE]\\n\\n')[0].text
        'Four'
        >>> reader.end(), reader.text
        ([], 'Four')
        >>> reader.reply()
        b'{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Four"},"logprobs":null,"finish_reason":null}]}'
    """

    def __new__(cls, surface: _ReplySurface) -> Self: ...
    @property
    def calls(self) -> str | None:
        """The tool calls of the first choice so far, as JSON that is equal for equal calls: names and arguments, without ids. None without
        a call.
        """

    def end(self) -> list[ReplyEvent]:
        """Ends the reply.

        Returns:
            The event that no line end has finished: the last one of a stream that broke off, or a whole reply.

        Raises:
            InvalidValueError: What is kept of the reply has more than 64 MiB.
        """

    @property
    def error(self) -> str | None:
        """The first error that the reply reported, as `"type: message"`."""

    def feed(self, data: bytes | bytearray | memoryview) -> list[ReplyEvent]:
        """Reads bytes, cut anywhere. A part of an event is kept for the next bytes.

        Args:
            data: The next bytes of the reply.

        Returns:
            The events that end in these bytes.

        Raises:
            InvalidValueError: An event has more than 16 MiB, or what is kept of the reply more than 64 MiB.
            StateError: The reply has ended.
        """

    @property
    def finish_reason(self) -> str | None:
        """The provider's last word for the end of the first choice."""

    @property
    def malformed(self) -> int:
        """Number of events whose data was no JSON object."""

    @property
    def reasoning(self) -> str:
        """The thinking text of the first choice so far."""

    def reply(self) -> bytes:
        """Builds the reply as one JSON object of its surface, such as a chat completion, from what has come.

        A stream that broke off gives what it said until then; its finish reason is null. Unknown fields of the deltas are kept: strings
        are joined, lists are merged by their items' index, and of other values the last one counts. A reply that came as one object is
        returned as it came.
        """

    @property
    def text(self) -> str:
        """The text of the first choice so far, its refusal included."""

@final
class Rules:
    """The rules of a run, as data: which evidence turns which dial, and which settles. What is not given has a default.

    Args:
        window: Tokens in a group of `low_confidence` and `low_logprob`. A shorter stream is judged by the tokens that it has, with a
            margin that shrinks as one over their number.
        low_confidence: A stream whose lowest group confidence falls below this, in nats, is weak. The scale depends on the number of
            candidates (`top_logprobs`) that the host asks for. None: never.
        low_logprob: A stream whose own tokens' mean log-probability over a window falls below this is weak; with
            `window=1`, one whose least likely token is. It needs no top candidates. None: never.
        low_top_logprob: A stream is weak if the mean log-probability of each token's likeliest candidate, over the newest 256
            tokens, falls below this, in nats. It is the same for any number of candidates. A token without candidates counts with
            its own log-probability. A bar in a rung's `Doubt` takes its place. None: never.
        hysteresis: By how much these bars fall, in nats, for each ramp that a rung has seen.
        dwell: Tokens that a stream writes before it is judged.
        low_steps: A stream whose steps' chance to be right, by the estimate of the rung's table (`Rung(steps=…)`), is below this is weak.
            Without a table, step scores rank answers and are evidence of nothing. None: never.
        reject_below: Early rejection: a stream is given up once the upper bound of its steps' chance is below this, so at most this share
            of the rejected paths was right. It needs calibrated steps (`Rung(steps=…)`); other scores reject nothing. None: never.
        pass_steps: An answer counts only if the lower bound of its steps' chance is at least this; without calibrated scores none does.
            None: answers count, whatever their steps.
        enough: Where scores choose among a rung's samples, the first answer's steps tell how many are drawn: as many as make one right with
            this probability, within the rung's samples. At least 0 and below 1. None: all.
        step_window: Newest steps that must have scores before `low_steps` judges a stream, 1 to 3.
        entropy_level: The entropy that a sure stream's tokens have on the average, in nats.
        entropy_rise: A stream whose entropy has exceeded that level by more than this, in nats summed over its tokens, is
            uncertain. The bar depends on the model. None: never.
        branching: A stream that turns back, branches or starts again more often than this, per 1,000 words, is branching;
            it is judged from 1,000 words on. 40 is a bar that few ordinary texts reach. None: never.
        hedging: A stream that hedges more often than this, per 1,000 words, is hedging. None: never.
        gate: The share of a rung's first streams that sets a bar of confidence, above 0 and at most 1 (DeepConf: 0.9 or
            0.1). Of the later ones, each that falls below the bar is stopped and does not vote. None: no gate.
        gate_warmup: How many streams set that bar, from 1 to 4,096; further ones are granted once these have ended.
        loops: True if a stream that repeats itself is evidence.
        loop_period: The longest period of such a repetition, in words, from 1 to 4,096.
        equal_probes: Number of equal probes in a row that settle the answer. 0: probes never settle.
        probe_prob: A probe whose known probability is below this ends the row.
        exit: A probe whose probability reaches this settles the answer at once: a number, or what `calibrate_exit`
            returned. None: never.
        probe_every: Tokens of a lone stream between two probes that the run asks for. 0: the host probes on its own schedule.
        probe_tokens: Room for a probe's answer.
        stall_calls: The same call with the same result, so often among an agent's last 32 turns (`Run.turn`), is a stall;
            from 2 to 32.
        stall_errors: The same error so often in a row means that the agent's tools keep failing; at least 2.
        stall_idle: Number of turns in a row without a new result that are a stall; at least 2.
        revise_on_finding: True: a planned revision needs a finding against the answer: a verifier's reply, or `Run.observe` with words.
            False: each planned round revises.
        verify_below: An answer with P(correct) below this is verified before it settles. None: never.
        vote: The rule by which samples vote, such as `"horizon"` or `"certified"`.
        confidence: Confidence level of the vote.
        alpha: The probability, at most, that the run ever certifies an answer that is not its rung's likeliest.
        retries: How often a failed call is tried again on its rung.
        breaker_failures: Failures in a row (`"overloaded"`, `"unreached"` or `"transient"`) that open the breaker of an upstream, which is
            a deployment and a model: then it is left alone. 0: never.
        breaker_seconds: Seconds until an open breaker lets one request through, as a trial, above 0 and at most 86,400. Doubled
            after each trial that fails, up to 16 times as long.
        ramps: `Ramp` objects. Evidence without one leads to nothing.

    Raises:
        InvalidValueError: A number out of bounds; the message names it.
        UnknownNameError: No such vote rule.

    Example:
        >>> import rheostat as rh
        >>> rules = rh.Rules(low_confidence=6.0, ramps=[rh.Ramp("disagreement", [rh.Move("samples", most=2)])])
        >>> [ramp.on for ramp in rules.ramps]
        ['disagreement']
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        *,
        window: int = 256,
        low_confidence: float | None = None,
        low_logprob: float | None = None,
        low_top_logprob: float | None = ...,
        hysteresis: float = 0.5,
        dwell: int = 0,
        low_steps: float | None = 0.3,
        reject_below: float | None = None,
        pass_steps: float | None = None,
        enough: float | None = None,
        step_window: int = 3,
        entropy_level: float = 0.2,
        entropy_rise: float | None = None,
        branching: float | None = None,
        hedging: float | None = None,
        gate: float | None = None,
        gate_warmup: int = 16,
        loops: bool = True,
        loop_period: int = 1024,
        equal_probes: int = 3,
        probe_prob: float = 0.0,
        exit: float | ExitRule | None = None,
        probe_every: int = 0,
        probe_tokens: int = 20,
        stall_calls: int = 3,
        stall_errors: int = 2,
        stall_idle: int = 5,
        revise_on_finding: bool = False,
        verify_below: float | None = None,
        vote: _VoteRule = "horizon",
        confidence: float = 0.9,
        alpha: float = 0.05,
        retries: int = 1,
        breaker_failures: int = 5,
        breaker_seconds: float = 5.0,
        ramps: Iterable[Ramp] | None = None,
    ) -> Self: ...
    @property
    def ramps(self) -> list[Ramp]:
        """The ramps."""

    @property
    def vote(self) -> _VoteRule:
        """The rule by which samples vote."""

@final
class Run:
    """One query being served under its plan. Ask it for calls, send them, report what comes back, and follow its actions.

    A run is made by `Plan.start()` and is a context manager, which closes it. All methods may be used from several
    threads. `at` overrides the time of an event, in seconds of a monotonic clock; whoever gives it once should give
    it always.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("fast")])
        >>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0))
        >>> with governor.plan("What is the capital of France?").start() as run:
        ...     while calls := run.next():
        ...         for call in calls:
        ...             action = call.sample(0).finish(answer="Paris")
        ...             action = call.usage(input=9, output=2)
        >>> run.answer, run.settled, run.spent.tokens
        ('Paris', True, 2)
    """

    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    @property
    def answer(self) -> str | None:
        """The settled answer, or the best so far, or None."""

    @property
    def certified(self) -> bool:
        """True if the answer is certified as the likeliest answer of the model on its rung, with an error probability of at most the
        rules' `alpha`. See `Vote.certified`.
        """

    def close(self, *, at: float | None = None) -> None:
        """Ends the run. What is in flight may still be reported, and is counted. Closing twice does nothing."""

    @property
    def done(self) -> bool:
        """True if nothing is in flight and no call will follow."""

    @property
    def ended(self) -> str | None:
        """The reason of the end, in words, or None while the run goes on."""

    @property
    def escalations(self) -> int:
        """Number of escalations so far."""

    @property
    def fallbacks(self) -> int:
        """Number of those escalations that were fallbacks: a call had failed, and the next rung was asked instead."""

    def next(self, *, at: float | None = None) -> list[Call]:
        """The calls to send now. Empty when nothing is to be sent: the run has ended, or must first hear from what is
        in flight; `done` tells which.

        Raises:
            StateError: The run is closed.
            StoreError: The ledger is kept in a file that is busy or broken. Nothing was granted; ask again.
        """

    def observe(self, evidence: _Evidence, words: str | None = None, *, at: float | None = None) -> Action:
        """Reports evidence that no stream shows, of any kind that a `Ramp` may name. The run takes the ramp of its rule.

        Raises:
            UnknownNameError: No such evidence.
        """

    @property
    def phase(self) -> _Phase:
        """Phase of the run: `"started"`, `"sampling"`, `"thinking"`, `"escalating"`, `"settled"`, `"ceiling"`, `"exhausted"` or
        `"closed"`.
        """

    @property
    def rung(self) -> Rung:
        """The rung in use."""

    def sample(self, index: int = 0) -> Sample:
        """The `index`-th sample launched, over all calls. For a host of one stream: `sample(0)` before any `next()`
        grants the first calls itself.

        Raises:
            InvalidValueError: Fewer samples have been launched.
        """

    def set_price_of_compute(self, price: float) -> None:
        """Sets the shadow price of a dollar of compute from now on: 1, or more if a budget is short. Ramps are weighed with it.

        Raises:
            InvalidValueError: Not a finite number of at least 0.
        """

    @property
    def settled(self) -> bool:
        """True if the run ended by its rules, not at the ceiling."""

    def show(self) -> None:
        """Notes that the host shows the stream in flight to its user, who must never see it taken back: from now on the run only goes on,
        raises that stream's thinking budget, or stops. It asks for no other sample, no revision and no other rung, and tries nothing
        again. Signals are still read, and a doubt still keeps the answer from being settled.

        Example:
            >>> import rheostat as rh
            >>> run = rh.Governor(rh.Ladder([rh.Rung("fast"), rh.Rung("deep")])).plan("Why?", rung="fast").start()
            >>> sample = run.next()[0].sample(0)
            >>> run.show()
            >>> _ = sample.finish(None)
            >>> run.next(), run.ended
            ([], 'the user has seen the beginning of this answer')
        """

    @property
    def spent(self) -> Spent:
        """Spending so far."""

    def tick(self, *, at: float | None = None) -> Action:
        """Lets time pass, so that a deadline is noticed while no stream reports."""

    def to_json(self) -> str:
        """The run as JSON: what it spent, where and why it moved. Never a question, an answer or a host's words."""

    @property
    def trail(self) -> list[Event]:
        """The newest 256 events with their reasons, oldest first."""

    @property
    def trail_dropped(self) -> int:
        """Number of older events that the trail has lost."""

    def turn(self, call: str, result: str | None = None, *, error: str | None = None, at: float | None = None) -> Action:
        """One turn of the agent that the run serves: what was called, and its result or its error. The same call with the same
        result, or no new result for a while, is the evidence `"stall"`; the same error again is `"tool_errors"`. Calls are
        equal when they are equal without white space, errors when they differ in numbers only.

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("deep")])
            >>> run = rh.Governor(ladder).plan("Mend the build.", rung="fast").start()
            >>> [run.turn("make", error=f"line {line}: no rule").reason for line in (12, 14)]
            ['nothing speaks against going on', "the agent's tools keep failing"]
        """

    @property
    def unavailable_for(self) -> float | None:
        """Seconds until an upstream may be asked that was left alone because it had failed too often, or None: each call had one."""

@final
class Rung:
    """One level of compute: a model, how far its dials are turned, and what it costs.

    Args:
        name: What the rung is called, unique on its ladder.
        model: What the host sends the request to. The rung's name if not given.
        thinking_tokens: Budget for thinking, per sample. 0 is none.
        effort: The budget by its level: `"none"`, `"minimal"` (512 tokens), `"low"` (1,024), `"medium"` (8,192), `"high"`
            (24,576), `"xhigh"` (32,768) or `"max"` (65,536). In place of `thinking_tokens`.
        thinking_least: The least thinking budget that the provider takes, such as 1,024. A budget that a ceiling cuts
            below this becomes 0, and the plan's `clamped` and P(correct) show it. 0 if any is taken.
        samples: How many samples are drawn, at least 1.
        depth: Rounds, at least 1: the first generates, each further one revises.
        agree: Probe first: the number of equal answers that settles the rung, from 2 to `samples`. If they cannot, the
            run goes up at once. None leaves it to the vote's stop rule.
        best: Best of n: scores choose among the samples. `"score"` takes the answer with the highest score, `"vote"` the answer with the
            largest sum of scores. In place of `agree`.
        distil: Parallel, distil, refine: the samples are drafts, and this is the most tokens of their distillation, by which one more
            request answers. Needs 2 or more `samples` and a `depth` of 1; in place of `agree` and `best`.
        scorer: The model that scores the answers, in calls of their own. None: the host scores them (`serve(score=…)`,
            `Sample.score`), and that costs the run nothing.
        steps: P(correct) by the scores of the model's steps, as `learn.StepCalibration` learned it. None: step scores rank the answers,
            and reject or pass none.
        in_turn: True draws only as many probes at once as may decide, which costs less and takes longer.
        answer_tokens: Room for one sample's final answer.
        input_price: US dollars per million input tokens.
        output_price: US dollars per million output tokens, thinking included.
        cached_price: US dollars per million cached input tokens; the input price if not given.
        written_price: US dollars per million input tokens written to the cache; the input price if not given.
        context_window: The most tokens that model takes in and gives out together.
        capabilities: Abilities of the model besides text: `"vision"`, `"audio"`, `"files"`, `"tools"`, `"json"`.
        ability: Expected accuracy on your reference set, above 0 and below 1. If not given it is assumed from the
            rung's place on the ladder, and marked as assumed.
        doubt: When its streams are weak, and what that has been worth; the bars in `Rules` if not given.
        params: Parameters of its provider that each of its requests carries, as in the body of a request:
            `{"service_tier": "flex"}`. A value takes the place of the client's; a dict joins the client's object member by
            member. What the governor writes itself (the model, limits, thinking, `n`, `stream`) and the conversation are
            refused. At most 64 KiB as JSON.
        deployment: The upstream that its requests go to, by the name that the host knows it by: see `deployments` of
            `rheostat.httpx.govern`. The client's own if not given.
        fallbacks: Deployments of the same model that are asked in its place, in order, where it fails or its breaker is open.
            At most 16.

    Raises:
        InvalidTypeError: `params` cannot be written as JSON.
        InvalidValueError: A value is out of bounds; the message names rung and field.
        UnknownNameError: No query needs such a capability, or there is no such effort.

    Example:
        >>> import rheostat as rh
        >>> rh.Rung("fast", model="small-model", output_price=0.40).samples
        1
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        name: str,
        model: str | None = None,
        *,
        thinking_tokens: int = 0,
        effort: _Effort | None = None,
        thinking_least: int = 0,
        samples: int = 1,
        depth: int = 1,
        agree: int | None = None,
        best: _Choose | None = None,
        distil: int | None = None,
        scorer: Scorer | None = None,
        steps: StepTable | None = None,
        in_turn: bool = False,
        answer_tokens: int | None = None,
        input_price: float = 0.0,
        output_price: float = 0.0,
        cached_price: float | None = None,
        written_price: float | None = None,
        context_window: int | None = None,
        capabilities: Sequence[str] | None = None,
        ability: float | None = None,
        doubt: Doubt | None = None,
        params: Mapping[str, object] | None = None,
        deployment: str | None = None,
        fallbacks: Iterable[str] | None = None,
    ) -> Self: ...
    @property
    def ability(self) -> float | None:
        """Expected accuracy on the reference set, or None when it is to be assumed."""

    @property
    def agree(self) -> int | None:
        """Equal answers that settle the rung, or None when the vote's stop rule does."""

    @property
    def answer_tokens(self) -> int:
        """Room for one sample's final answer, in tokens."""

    @property
    def best(self) -> Literal["score", "vote"] | None:
        """How scores choose among the samples, or None."""

    @property
    def cached_price(self) -> float | None:
        """US dollars per million cached input tokens, or None when it is the input price."""

    @property
    def capabilities(self) -> list[str]:
        """Abilities of the model besides text."""

    @property
    def context_window(self) -> int | None:
        """The most tokens in and out together, or None."""

    @property
    def deployment(self) -> str | None:
        """The upstream that its requests go to, or None for the client's own."""

    @property
    def depth(self) -> int:
        """Rounds: the first generates, each further one revises."""

    @property
    def distil(self) -> int | None:
        """The most tokens of the distillation of its drafts, or None where samples are no drafts."""

    @property
    def doubt(self) -> Doubt | None:
        """When its streams are weak, and what that has been worth, or None."""

    @property
    def effort(self) -> _Effort | None:
        """The level of effort that stands for its thinking budget, or None."""

    @property
    def fallbacks(self) -> list[str]:
        """Deployments that are asked in its place, in order."""

    @property
    def in_turn(self) -> bool:
        """True if probes are drawn in turn rather than at once."""

    @property
    def input_price(self) -> float:
        """US dollars per million input tokens."""

    @property
    def max_tokens(self) -> int:
        """Thinking and answer of one sample in one round, in tokens."""

    @property
    def model(self) -> str:
        """Name of the model that the host sends requests to."""

    @property
    def name(self) -> str:
        """The rung's name."""

    @property
    def output_price(self) -> float:
        """US dollars per million output tokens."""

    @property
    def params(self) -> dict[str, Any]:
        """Parameters of its provider that each of its requests carries, as a new dict."""

    @property
    def samples(self) -> int:
        """Number of samples."""

    @property
    def scorer(self) -> Scorer | None:
        """The model that scores the answers, or None."""

    @property
    def steps(self) -> StepTable | None:
        """P(correct) by the scores of the model's steps, or None."""

    @property
    def thinking_least(self) -> int:
        """The least thinking budget that the provider takes, in tokens; 0 if any is taken."""

    @property
    def thinking_tokens(self) -> int:
        """Budget for thinking, in tokens per sample."""

    @property
    def written_price(self) -> float | None:
        """US dollars per million input tokens written to the cache, or None when it is the input price."""

@final
class Sample:
    """One stream of a call's output. Each event tells what came and returns what to do. `at` overrides the time of an
    event, in seconds of a monotonic clock.
    """

    def cancel(self, *, at: float | None = None) -> Action:
        """Ends a stream that was closed before its end, because it is not needed any more. Its cost is what came of it; on a rung
        that thinks, where tokens may be hidden, the thinking budget stays reserved until its usage is known.

        Raises:
            StateError: It had ended before.
        """

    def fail(
        self,
        error: object,
        *,
        kind: _FailureKind | None = None,
        sent: bool | None = None,
        retry_after: float | None = None,
        at: float | None = None,
    ) -> Action:
        """Reports that the stream failed; the other streams of its call go on. See `Call.fail`.

        Raises:
            StateError: It had ended before.
            UnknownNameError: No such kind.
        """

    def finish(
        self, answer: str | None = None, *, text: str | None = None, finish_reason: str | None = None, at: float | None = None
    ) -> Action:
        """Says that the stream has ended, with its answer if it has one.

        The words of a cut stream are kept as the answer of a run that gets no other. They settle nothing.

        Args:
            answer: The answer, where the host can tell it from the text.
            text: The whole text, which is the answer to an open question. If it spent the grant, it counts as cut, unless
                `finish_reason` says that it is complete.
            finish_reason: The provider's word for the end, such as `"stop"` or `"max_tokens"`. A word that is not known says
                nothing.
            at: The time, in seconds of a monotonic clock.

        Raises:
            StateError: It had ended before.
        """

    @property
    def id(self) -> int:
        """Its number in the run, from 0."""

    def keep(self, text: str) -> None:
        """Keeps the text of a stream that breaks off, before it ends: the answer of a run that gets no other. It settles nothing."""

    def logits(self, logits: _Numbers, *, at: float | None = None) -> Action:
        """One token, by its full row of logits."""

    def probe(self, answer: str, prob: float | None = None, *, at: float | None = None) -> Action:
        """The answer that a probe gave in the middle of the reasoning, with the model's own probability for it where
        that is known.
        """

    @property
    def readings(self) -> Readings:
        """Values of its signals so far."""

    def score(self, score: float, *, at: float | None = None) -> Action:
        """The score of its whole answer, in [0, 1], before it ends: where scores choose among a rung's answers, no scorer is asked for it.
        On the sample of a call of kind `"score"`, the score of the answer that it asks about.
        """

    def step(self, score: float, *, at_step: int | None = None, at: float | None = None) -> Action:
        """The score of one reasoning step, in [0, 1]: the next one, or the one at `at_step`, from 0. Scores may come late and in any order,
        until the stream ends.
        """

    def text(self, text: str, tokens: int | None = None, *, at: float | None = None) -> Action:
        """Text, with its tokens where they are known. Without them four bytes count as one token, unless tokens that were
        reported without text explain it; with `tokens=0` it is not counted, because its tokens are reported elsewhere.
        """

    def token(
        self,
        logprob: float | None = None,
        top_logprobs: _Numbers | None = None,
        text: str | None = None,
        *,
        at: float | None = None,
    ) -> Action:
        """One token: its own log-probability, those of the top candidates (natural logarithms, as many as the provider
        gives), and its text.
        """

    def tokens(self, logprobs: _Numbers, top_logprobs: _Rows | None = None, *, at: float | None = None) -> Action:
        """Many tokens at once: one log-probability each, and a row of top ones each where they are known."""

    def usage(
        self,
        *,
        input: int | None = None,
        cached: int | None = None,
        written: int | None = None,
        output: int | None = None,
        reasoning: int | None = None,
        at: float | None = None,
    ) -> Action:
        """Reports the provider's usage of this stream, cumulative from its beginning; see `Call.usage`. Report it before the
        stream ends, so that its cost is known then. Other streams of the call keep their estimates.
        """

@final
class ScoreWorth:
    """Learns from graded runs how many answers a scorer can tell apart, and how many samples are worth their price.

    The largest of more noisy scores may be the largest error, so width hurts a weak scorer. Each query whose samples were scored and
    graded counts, with every smaller number of samples that it holds. A width is useful if it beats the last useful one by 2.33
    standard errors on at least 20 queries; until then the width is 1. Keep one for each scorer, model and kind of traffic.

    Args:
        by: How the scores choose: `"score"` takes the answer with the highest, `"vote"` the answer with the largest sum.

    Raises:
        UnknownNameError: `by` is another word.

    Example:
        >>> import rheostat as rh
        >>> worth = rh.learn.ScoreWorth("score")
        >>> for i in range(40):
        ...     worth.add(["41", "42"], scores=[0.2, 0.9], right=[0.0, 1.0])
        >>> worth.width, worth.choose(sample_usd=0.001, score_usd=0.0001, usd_per_error=1.0).samples
        (2, 2)
    """

    def __new__(cls, by: _Choose = "score") -> Self: ...
    def add(self, answers: Iterable[str | None], *, scores: Iterable[float | None], right: Iterable[float]) -> None:
        """Counts one query.

        Args:
            answers: The samples' answers in launch order, None where there was none; the first 64 count. They are compared in their
                normal form.
            scores: A score in [0, 1] for each, None where there was none.
            right: How right each is, in [0, 1].

        Raises:
            InvalidValueError: A number is out of bounds, or the lists are not equally long.
        """

    @property
    def by(self) -> str:
        """How the scores choose: `"score"` or `"vote"`."""

    def choose(self, *, sample_usd: float, score_usd: float, usd_per_error: float) -> ScoreChoice:
        """The number of samples of least expected cost, errors included, within `width`.

        Args:
            sample_usd: Price of one sample, in US dollars.
            score_usd: Price of one score. A lone answer is not scored.
            usd_per_error: Cost of a wrong answer, as for `policy.Utility`.

        Raises:
            InvalidValueError: A number is negative or not finite.
        """

    @property
    def counted(self) -> int:
        """Queries counted."""

    @staticmethod
    def from_bytes(data: bytes) -> ScoreWorth:
        """Reads sums from bytes.

        Raises:
            ArtifactError: The bytes are damaged, or are not such sums.
        """

    def merge(self, other: ScoreWorth) -> None:
        """Adds the sums of another one, of another process for example.

        Raises:
            InvalidValueError: Its scores choose in another way.
        """

    def to_bytes(self) -> bytes:
        """The sums as bytes."""

    def ways(self, *, sample_usd: float, score_usd: float) -> list[ScoreChoice]:
        """Every number of samples that was seen, with its expected cost and share of right answers.

        Args:
            sample_usd: Price of one sample, in US dollars.
            score_usd: Price of one score. A lone answer is not scored.

        Raises:
            InvalidValueError: A price is negative or not finite.
        """

    @property
    def width(self) -> int:
        """The number of answers up to which the scorer is shown to tell them apart, for `Scorer(width=…)`; 1 until enough queries show more."""

@final
class ScoredOutcome:
    """One outcome of a log."""

    @property
    def at(self) -> float:
        """Time, in seconds of Unix time."""

    @property
    def group(self) -> str | None:
        """Independent unit, such as a user; None is the ask itself."""

    @property
    def id(self) -> str:
        """Name of the query."""

    @property
    def kind(self) -> _OutcomeKind:
        """Kind of the score, such as `"graded"`."""

    @property
    def rung(self) -> str:
        """The rung that answered."""

    @property
    def score(self) -> float:
        """Score of the answer, in [0, 1]."""

    @property
    def text(self) -> str:
        """The query's text."""

    @property
    def weight(self) -> float:
        """Weight in outcomes."""

@final
class Scorer:
    """A model that scores the answers of a rung, in calls of their own (`Call.kind` is `"score"`), paid from the query's account.

    Args:
        model: Model that the host sends the answers to: a reward model, or a model that judges.
        tokens: Room for one reply, in tokens, at least 1.
        input_price: US dollars per million input tokens: the query and the answer that is scored.
        output_price: US dollars per million output tokens.
        width: The most answers among which it is asked to choose, as `learn.ScoreWorth` finds it; a plan draws no more. None: as many
            as the rung has samples.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> scorer = rh.Scorer("reward-model", input_price=0.05, width=4)
        >>> rh.Rung("many", samples=8, best="score", scorer=scorer).scorer.width
        4
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls, model: str, *, tokens: int = 16, input_price: float = 0.0, output_price: float = 0.0, width: int | None = None
    ) -> Self: ...
    @property
    def input_price(self) -> float:
        """US dollars per million input tokens."""

    @property
    def model(self) -> str:
        """Name of the model that the host sends the answers to."""

    @property
    def output_price(self) -> float:
        """US dollars per million output tokens."""

    @property
    def tokens(self) -> int:
        """Room for one reply, in tokens."""

    @property
    def width(self) -> int | None:
        """The most answers among which it is asked to choose, or None."""

@final
class Sessions:
    """How a governor keeps sessions.

    Args:
        capacity: The most sessions kept; the least recently used goes first.
        ttl: Seconds without use after which a session is over.
        cache_ttl: Seconds after a turn for which the provider keeps its prefix cached.
        down_after: Number of easier asks in a row after which a session comes down.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.Sessions(cache_ttl=3_600).down_after
        3
    """

    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __new__(cls, *, capacity: int = 1000000, ttl: float = 3600.0, cache_ttl: float = 300.0, down_after: int = 3) -> Self: ...
    @property
    def cache_ttl(self) -> float:
        """Seconds for which a provider keeps a prefix cached."""

    @property
    def capacity(self) -> int:
        """The most sessions kept."""

    @property
    def down_after(self) -> int:
        """Easier asks in a row after which a session comes down."""

    @property
    def ttl(self) -> float:
        """Seconds after which an idle session is over."""

@final
class Shares:
    """A share of the queries for each rung: the hardest go highest. Needs no outcome and no price of an error, because only the
    rank of a query among this deployment's own counts. A governor without a policy uses `Shares()`.

    The thresholds are quantiles of the difficulties that came, by a sketch that forgets; they begin with those of 200
    everyday asks. On any traffic each share is kept within 2 points after a thousand queries. Make one and share it: copies
    know what this one knows, and learn by themselves.

    Args:
        shares: One for each rung, lowest first; their sum is 1. If not given, shares that suit any ladder: 70 % on the
            lowest rung, 25 and 5 % on the next of three, and none above the ladder's `start_max`.
        usd_per_1000: Instead of shares: a budget per thousand queries, in US dollars. The governor turns it into shares, by
            what everyday asks are expected to cost on each rung.
        hysteresis: A query of a session stays on the session's rung while it is nearer to a threshold than this, in
            quantiles from 0 to 0.5.
        state: What another has learned: its `state()`.

    Raises:
        InvalidValueError: Shares that do not sum to 1, a share outside [0, 1], a budget that is not above 0, or both; when the
            governor is made: not as many shares as rungs, or a budget for a ladder without prices.
        ArtifactError: The state is damaged.

    Example:
        >>> import rheostat as rh
        >>> governor = rh.Governor(
        ...     rh.Ladder([rh.Rung("fast"), rh.Rung("think"), rh.Rung("deep")]), policy=rh.policy.Shares([0.7, 0.25, 0.05])
        ... )
        >>> plan = governor.plan("What is the capital of France?")
        >>> plan.rung.name, plan.quantile < 0.7
        ('fast', True)
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(
        cls,
        shares: Sequence[float] | None = None,
        *,
        usd_per_1000: float | None = None,
        hysteresis: float = 0.03,
        state: bytes | None = None,
    ) -> Self: ...
    @staticmethod
    def above_lowest(part: float, ladder: Ladder) -> Shares:
        """Shares that put a part of the queries above the lowest rung. Higher rungs get as much less, or more, as in the usual
        shares.

        Args:
            part: That part, in [0, 1].
            ladder: The rungs.

        Raises:
            InvalidValueError: A part outside [0, 1].

        Example:
            >>> import rheostat as rh
            >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("think"), rh.Rung("deep")])
            >>> [round(share, 3) for share in rh.policy.Shares.above_lowest(0.5, ladder).shares]
            [0.5, 0.322, 0.178]
        """

    def absorb(self, state: bytes) -> None:
        """Adds what another process has learned. Give each state once: queries that come twice count twice.

        Raises:
            ArtifactError: The state is damaged; nothing has changed.
        """

    @staticmethod
    def for_budget(*, usd_per_1000: float, ladder: Ladder | None = None, log: Any = None) -> Shares:
        """Shares for a budget. Without a log they are the governor's to choose, by everyday asks; with a ladder and a log they are
        chosen here, by the queries of the log.

        Args:
            usd_per_1000: Expected spending on a thousand queries, in US dollars.
            ladder: The rungs that the log is to be served on.
            log: An `EstimateBatch`, or an object with the same `difficulty`, `tokens` and `output_tokens`.

        Raises:
            InvalidValueError: Not a number above 0, an empty log, or one of ladder and log without the other.

        Example:
            >>> import rheostat as rh
            >>> rh.policy.Shares.for_budget(usd_per_1000=2.5)
            Shares(usd_per_1000=2.5)
            >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
            >>> log = rh.Estimator().estimate_batch([f"What is {i} plus {i}?" for i in range(100)])
            >>> 0 < rh.policy.Shares.for_budget(usd_per_1000=0.2, ladder=ladder, log=log).shares[1] < 0.5
            True
        """

    @property
    def hysteresis(self) -> float:
        """Distance from a threshold, in quantiles, within which a query stays on its session's rung."""

    @property
    def shares(self) -> list[float] | None:
        """One share for each rung, lowest first. If they are the governor's to choose: those that the first governor of this
        object chose, None before.
        """

    def state(self) -> bytes:
        """Returns the learned histograms as bytes: 12 for each of at most 1,024 bins. Save them before a restart, or give them to
        another process.

        Example:
            >>> import rheostat as rh
            >>> shares = rh.policy.Shares([0.8, 0.2])
            >>> rh.policy.Shares([0.8, 0.2], state=shares.state()) == shares
            True
        """

    @property
    def usd_per_1000(self) -> float | None:
        """The budget per thousand queries, in US dollars, or None."""

@final
class Sleep:
    """How a governor sleeps: what may be precomputed while nothing is asked, and from which budget.

    Args:
        cap: Bound on what sleep may spend. It is sleep's own, whatever its scope and key: live queries are served from others.
        usd_per_second: Worth of one second that a user waits less, in US dollars.
        usd_per_error: Cost of a wrong answer that a hit causes, in US dollars.
        confidence: Confidence of the lower bound on the chance of a hit, from 0.5 to 0.999999.
        contexts: Most contexts that are remembered; the least recently used go first.
        forms: The ways in which a provider runs work: its name, the factor on its price, and the seconds until the result is there
            at the latest. A batch at half the price within a day is `("batch", 0.5, 86_400)`. If not given, at once.

    Raises:
        InvalidValueError: A value is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> sleep = rh.sleep.Sleep(rh.Cap("fleet", usd=20, per=86_400), forms=[("now", 1, 0), ("batch", 0.5, 7_200)])
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), sleep=sleep)
        >>> summary = rh.sleep.Candidate("summary", usd=0.02, live_usd=0.05, hit_usd=0.005)
        >>> governor.sleep("report", [summary], fingerprint="v1", ttl=3_600, at=0).refused[0].reason
        'no_evidence'
    """

    def __new__(
        cls,
        cap: Cap,
        *,
        usd_per_second: float = 0.0,
        usd_per_error: float = 0.0,
        confidence: float = 0.9,
        contexts: int = 10000,
        forms: Iterable[tuple[str, float, float]] | None = None,
    ) -> Self: ...
    @property
    def cap(self) -> Cap:
        """Bound on what sleep may spend."""

@final
class Spent:
    """Spending of a run."""

    @property
    def calls(self) -> int:
        """Calls granted."""

    @property
    def escalated_usd(self) -> float:
        """The part of them for calls above the entry rung, the lowest that has what the query needs."""

    @property
    def estimated_tokens(self) -> int:
        """The part of `tokens` that is estimated from text: neither counted nor reported by the provider."""

    @property
    def estimated_usd(self) -> float:
        """The part of `usd` that is estimated: that of `estimated_tokens`, and of input that is not reported."""

    @property
    def invalid(self) -> int:
        """Reported counts that were not used, because they cannot be true."""

    @property
    def samples(self) -> int:
        """Streams sent to generate an answer, those that failed or were abandoned included."""

    @property
    def seconds(self) -> float:
        """Seconds from the start to the newest event."""

    @property
    def tokens(self) -> int:
        """Output tokens, thinking included, over all calls."""

    @property
    def usd(self) -> float:
        """US dollars."""

@final
class StepCalibration:
    """Learns what the scores of reasoning steps have been worth: P(correct) of a path, with bounds, per scorer and model, by the number of
    its steps.

    A process reward model overestimates success, so its scores rank answers, and reject or pass none before they are calibrated. Chances
    rise with the scores. The bounds are those of Clopper and Pearson and hold for all numbers of steps and all scores at once; paths of one
    query weigh as one.

    Args:
        value: The value of a path: `"last"`, the score of its furthest step, or `"least"`, that of its worst.

    Raises:
        UnknownNameError: `value` is another word.

    Example:
        >>> import rheostat as rh
        >>> calibration = rh.learn.StepCalibration()
        >>> for i in range(300):
        ...     calibration.add("prm", "small", [([0.9, 0.95], 1.0 if i % 10 else 0.0)])
        ...     calibration.add("prm", "small", [([0.6, 0.1], 0.0 if i % 20 else 1.0)])
        >>> table = calibration.table("prm", "small")
        >>> table.chance([0.6, 0.1]).high < 0.2 and table.chance([0.9, 0.95]).low > 0.8
        True
    """

    def __new__(cls, value: _PathValue = "last") -> Self: ...
    def add(self, scorer: str, model: str, paths: Iterable[tuple[Iterable[float], float]]) -> None:
        """Counts the paths of one query.

        Args:
            scorer: Name of the scorer.
            model: Name of the model whose steps were scored: a scorer's worth differs between models.
            paths: A pair for each: the scores of its steps in order, and how right its answer was; all in [0, 1].

        Raises:
            InvalidValueError: A number is out of bounds, a name is blank or too long, or it is the 257th pair of a scorer and a model.
        """

    @staticmethod
    def from_bytes(data: bytes) -> StepCalibration:
        """Reads counts from bytes.

        Raises:
            ArtifactError: The bytes are damaged, or are not such counts.
        """

    def merge(self, other: StepCalibration) -> None:
        """Adds the counts of another one, of another process for example.

        Raises:
            InvalidValueError: Its paths have another value, or there would be too many pairs.
        """

    @property
    def pairs(self) -> list[tuple[str, str, int]]:
        """Number of queries by scorer and model."""

    def table(self, scorer: str, model: str, *, confidence: float = 0.9) -> StepTable:
        """The table of a scorer and a model.

        Args:
            scorer: Name of the scorer.
            model: Name of the model.
            confidence: The probability that all its bounds hold, above 0 and below 1.

        Raises:
            InvalidValueError: `confidence` is out of bounds, or the pair has no paths.
        """

    def to_bytes(self) -> bytes:
        """The counts as bytes."""

    @property
    def value(self) -> Literal["last", "least"]:
        """The value of a path: `"last"` or `"least"`."""

@final
class StepTable:
    """P(correct) by the scores of a path's steps, for one scorer and one model: what `StepCalibration.table` returns and a rung takes
    (`Rung(steps=…)`).

    Args:
        data: What `to_bytes` returned.

    Raises:
        ArtifactError: The bytes are damaged, or are not such a table.

    Example:
        >>> import rheostat as rh
        >>> calibration = rh.learn.StepCalibration()
        >>> calibration.add("prm", "small", [([0.1 * (i % 10)], float(i % 10 > 4)) for i in range(300)])
        >>> table = calibration.table("prm", "small")
        >>> rh.learn.StepTable(table.to_bytes()) == table
        True
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs__(self) -> tuple[bytes]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, data: bytes) -> Self: ...
    def answers(self, scores: _Numbers, *, confidence: float, most: int = 64) -> int:
        """The fewest answers among which one is right with a probability of at least `confidence`, by the lower bound of a path's chance:
        log(1 − confidence) / log(1 − low), rounded up.

        Args:
            scores: The scores of its steps, in order. Without any, `most`.
            confidence: The probability, at least 0 and below 1.
            most: The result where no smaller number reaches that.

        Raises:
            InvalidValueError: A number is out of bounds.
        """

    def chance(self, scores: _Numbers) -> StepChance | None:
        """P(correct) of a path: its lower bound, the estimate, its upper bound. None without a score in [0, 1].

        Args:
            scores: The scores of its steps, in order.
        """

    @property
    def confidence(self) -> float:
        """The probability that all bounds hold."""

    @property
    def model(self) -> str:
        """The model whose steps are scored."""

    @property
    def queries(self) -> int:
        """Number of queries that it was learned from."""

    @property
    def scorer(self) -> str:
        """The scorer whose scores it reads."""

    def to_bytes(self) -> bytes:
        """The table as bytes."""

    @property
    def value(self) -> Literal["last", "least"]:
        """The value of a path: `"last"` or `"least"`."""

@final
class StepWatch:
    """Watches a table in service: alarms when paths turn out worse than its lower bounds, or better than its upper ones.

    While all bounds hold, the probability that it ever alarms is at most `alpha` (Ville's inequality).

    Args:
        table: The table.
        alpha: That probability, above 0 and below 1.

    Raises:
        InvalidValueError: `alpha` is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> calibration = rh.learn.StepCalibration()
        >>> for _ in range(200):
        ...     calibration.add("prm", "small", [([0.9], 1.0)])
        >>> watch = rh.learn.StepWatch(calibration.table("prm", "small"))
        >>> any(watch.add([([0.9], 0.0)]) for _ in range(30)), watch.worse
        (True, True)
    """

    def __new__(cls, table: StepTable, *, alpha: float = 0.05) -> Self: ...
    def add(self, paths: Iterable[tuple[Iterable[float], float]]) -> bool:
        """Takes the paths of one query, as `StepCalibration.add` does. Returns True once it alarms.

        Raises:
            InvalidValueError: An outcome is out of bounds.
        """

    @property
    def drifted(self) -> bool:
        """True once it alarms: the table is to be learned anew."""

    @property
    def queries(self) -> int:
        """Number of queries seen."""

    @property
    def worse(self) -> bool:
        """True if paths have turned out worse than the lower bounds."""

@final
class Stream:
    """One sample's stream in a `Host`.

    Example:
        >>> import rheostat as rh
        >>> from rheostat.host import Host
        >>> host = Host(rh.Governor(rh.Ladder([rh.Rung("fast")])).plan("What is the capital of France?").start())
        >>> stream, = host.next()
        >>> stream.call.model, stream.index, stream.delay, stream.over
        ('fast', 0, 0.0, False)
    """

    @property
    def call(self) -> Call:
        """The call that granted it."""

    @property
    def delay(self) -> float:
        """Seconds to wait before it is opened: a failed call that is tried again. 0 for any other."""

    @property
    def ending(self) -> bool:
        """True once its last granted token, its answer or its end has come: only its usage is due, so it need not be waited for long."""

    @property
    def going(self) -> bool:
        """True while more of it is to be read: the newest result of `Host.tell`."""

    @property
    def index(self) -> int:
        """Its number among the call's samples."""

    @property
    def over(self) -> bool:
        """True once it has ended, by itself or with its call or the run."""

@final
class Threshold:
    """The lowest rung whose threshold the difficulty does not pass.

    Args:
        thresholds: Difficulties in [0, 1], rising: one fewer than the ladder has rungs. A query whose difficulty is
            below the first goes to the lowest rung, and so on.

    Raises:
        InvalidValueError: Not rising, or outside [0, 1]; when the governor is made: not as many as the ladder needs.

    Example:
        >>> import rheostat as rh
        >>> rh.policy.Threshold([0.3, 0.7]).thresholds
        [0.3, 0.7]
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, thresholds: Sequence[float]) -> Self: ...
    @property
    def thresholds(self) -> list[float]:
        """Difficulties, rising."""

@final
class Utility:
    """The rung with the least expected cost: its price, plus what an error costs times the chance of one.

    Args:
        usd_per_error: What a wrong answer costs you, in US dollars, at least 0.

    Raises:
        InvalidValueError: Not a number of at least 0.

    Example:
        >>> import rheostat as rh
        >>> rh.policy.Utility(usd_per_error=2.0).usd_per_error
        2.0
    """

    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __hash__(self) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, usd_per_error: float) -> Self: ...
    @property
    def usd_per_error(self) -> float:
        """Cost of a wrong answer, in US dollars."""

@final
class Verdict:
    """A promise, or why there is none. True where something is promised."""

    def __bool__(self) -> bool: ...
    @property
    def bound(self) -> float | None:
        """The smallest loss that could have been promised in its place; None when nothing is promised."""

    @property
    def candidate(self) -> int | None:
        """The boldest candidate that may be used, by its place in the order; None when nothing is promised."""

    @property
    def certified(self) -> bool:
        """True if there is a promise."""

    @property
    def mean_loss(self) -> float | None:
        """Its mean loss on the units; None when nothing is promised."""

    @property
    def reason(self) -> str:
        """In words: what is promised, or why nothing is."""

    @property
    def units(self) -> int | None:
        """Number of independent units that it rests on; None without a promise."""

@final
class Vote:
    """A vote among at most `cap` samples, which says when to stop asking for more.

    Samples are counted in launch order: those that finish first are often the short ones. An answer that comes
    before its turn waits; a sample that will give none must `abstain` or be `cut`, or those behind it wait for ever.

    Args:
        rule: When to stop. With a and b votes for the two leading answers: `"beta"` (posterior of a against b),
            `"horizon"` (probability that the leader loses by the cap), `"dirichlet"` and `"crp"` (posterior over all
            answers, exact), `"bayes"` (with a learned `prior`, which halves the doubt at most), `"esc"` (a unanimous window, which answers),
            `"majority"`, `"entropy"`, `"unanimous"`, `"curtail"` (no remaining sample can change the leader: lossless),
            `"sprt"` and `"certified"` (an error of at most `alpha`).
        confidence: What the rule asks for, above 0.5 and below 1; for `"entropy"` above 0.
        cap: The most samples, from 1 to 10,000.
        alpha: The probability, at most, of ever certifying an answer that is not the likeliest one of the distribution
            that the samples are drawn from (`certified`).
        normalise: What makes two answers the same: `"auto"`, `"exact"`, `"number"`, `"option"`, `"yes_no"`, `"math"`,
            `"json"`, `"code"`, `"text"`, or a function that returns the form to compare, or None for an answer that
            says nothing.
        window: Samples in a window of `"esc"`.
        odds: What `"sprt"` tests against one half, above 0.5 and below 1.
        concentration: Of the process behind `"crp"`, above 0 and at most 100.
        prior: What earlier votes looked like, for `"bayes"`.
        same: A function of two answers that tells if they are the same. It is asked about an answer whose form is new,
            with each earlier answer, until it returns True; not together with a function as `normalise`.
            `rheostat.symbolic.same` asks a computer algebra system.

    Raises:
        UnknownNameError: No such rule or normal form.
        InvalidValueError: An option is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> vote = rh.Vote(rule="beta", confidence=0.95, cap=40)
        >>> [vote.add(answer) for answer in ["42", "42.0", "$42", "\\\\boxed{42}"]], vote.answer
        ([False, False, False, True], '42')
        >>> vote = rh.Vote(rule="certified", alpha=0.05)
        >>> next(i for i in range(40) if vote.add("42")), vote.certified
        (7, True)
    """

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[str, Any]) -> Self: ...
    def __new__(
        cls,
        rule: _VoteRule = "beta",
        confidence: float = 0.95,
        cap: int = 40,
        *,
        alpha: float = 0.05,
        normalise: _AnswerForm | Callable[[str], str | None] | None = None,
        window: int = 5,
        odds: float = 0.75,
        concentration: float = 1.0,
        prior: VotePrior | None = None,
        same: Callable[[str, str], object] | None = None,
    ) -> Self: ...
    def abstain(self, index: int | None = None) -> bool:
        """Counts a sample that gives no answer, decided by that sample alone and by a rule that was fixed beforehand: it
        failed, it reached its length, its answer cannot be read. Says whether to stop.
        """

    def add(self, answer: str | None, index: int | None = None, weight: float = 1.0) -> bool:
        """Counts one sample's answer and says whether to stop. None, and an answer that says nothing, are abstentions.

        Args:
            answer: The answer.
            index: The sample's place in launch order, from 0; without it, it comes after all known ones.
            weight: At least 0. Weights decide `answer`, `agreement` and the rule `"majority"`; other rules are about
                numbers of votes, and stop only while the most votes and the most weight agree.

        Raises:
            InvalidValueError: The index is not below the cap, or the weight is out of bounds.
            StateError: The index has voted before.
        """

    @property
    def agreed(self) -> bool:
        """True if the rule's own condition holds, not the cap alone."""

    @property
    def agreement(self) -> float:
        """The leader's share of the answers counted, or of their weight, in [0, 1]."""

    @property
    def alpha(self) -> float:
        """The probability, at most, of ever certifying a wrong answer."""

    @property
    def answer(self) -> str | None:
        """The leading answer as it was first given, or None before the first."""

    @property
    def cap(self) -> int:
        """The most samples."""

    @property
    def certified(self) -> bool:
        """True if `answer` is certified as the likeliest answer of the distribution that the samples are drawn from. May be read after
        every sample, with any rule; the probability that it is ever true of another answer is at most `alpha`. It is about the
        model's answers, not about truth.
        """

    @property
    def confidence(self) -> float:
        """The confidence that the rule asks for."""

    @property
    def consumed(self) -> int:
        """Samples consumed in launch order, abstentions included."""

    def copy(self) -> Vote:
        """A vote in the same state, which goes its own way."""

    @property
    def counts(self) -> dict[str, int]:
        """Every answer with its votes, most first."""

    def cut(self, index: int | None = None) -> bool:
        """Counts a sample that was stopped for what it or others had said. From its turn on nothing is certified. Says
        whether to stop.
        """

    @property
    def dropped(self) -> int:
        """Answers for which there was no room: a vote keeps 4 MiB of distinct answers."""

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        normalise: Callable[[str], str | None] | None = None,
        *,
        same: Callable[[str, str], object] | None = None,
    ) -> Vote:
        """A vote from `to_bytes`; `normalise` and `same` are the functions that the vote had, if it had any.

        Raises:
            ArtifactError: The bytes are damaged, or are not a vote's.
        """

    @property
    def late(self) -> int:
        """Samples that came after the vote had stopped."""

    @property
    def rule(self) -> _VoteRule:
        """The rule's name."""

    @property
    def stopped(self) -> bool:
        """True if the rule or the cap has stopped the vote."""

    def suspend(self) -> None:
        """Says that samples are no longer draws of one distribution: a changed prompt, temperature or room. From here on
        nothing is certified.
        """

    @property
    def suspended(self) -> bool:
        """True if nothing more can be certified, because a sample was cut or `suspend` was called."""

    def to_bytes(self) -> bytes:
        """The vote as bytes, with checksums: its options, its answers and its samples. A function given as `normalise` is
        not among them.
        """

    @property
    def votes(self) -> int:
        """Answers counted; abstentions are left out."""

    @property
    def weights(self) -> dict[str, float]:
        """Every answer with its weight, most first."""

@final
class VotePrior:
    """Distribution of the answers to one question, learned from earlier votes: the prior of the rule `"bayes"`.

    Args:
        rows: `(p1, p2, weight)`: the probabilities of the likeliest answer and of the second, and how often it was so.
            What the two leave is split among as many equal answers as it takes for none to pass the second.

    Raises:
        InvalidValueError: A row is out of bounds, none has weight, or there are more than 4,096.

    Example:
        >>> import rheostat as rh
        >>> prior = rh.votes.VotePrior.learn([(40, 0, 40), (39, 1, 40), (22, 15, 40)])
        >>> prior.leads(3, 0, 0) > prior.leads(3, 1, 0)
        True
    """

    def __new__(cls, rows: Iterable[tuple[float, float, float]]) -> Self: ...
    def leads(self, first: int, second: int, rest: int = 0) -> float:
        """The probability that an answer with `first` votes is the likeliest one, when another has `second` votes and
        all others together `rest`.
        """

    @classmethod
    def learn(cls, votes: Iterable[tuple[int, int, int]]) -> VotePrior:
        """Learns from the counts of earlier votes: `(first, second, total)` each.

        Raises:
            InvalidValueError: A vote has no samples, or its counts do not fit.
        """

    @property
    def rows(self) -> list[PriorRow]:
        """The rows."""

@final
class Watch:
    """Certifies candidates while a log grows, and may be looked at after every row: the chance that one which passes
    `max_loss` is *ever* certified is at most 1 − `confidence`. It also tells when one is known to pass it. Thread-safe.

    Args:
        candidates: How many there are, from the safest to the boldest; at most 4,096.
        max_loss: The mean loss that must not be passed, strictly within `bounds`.
        confidence: How sure that must be, above 0 and below 1.
        bounds: The least and the greatest loss that there can be.

    Raises:
        InvalidValueError: A value out of bounds.

    Example:
        >>> import rheostat as rh
        >>> watch = rh.guarantee.Watch(1, max_loss=0.1)
        >>> watch.certified is None
        True
        >>> for _ in range(60):
        ...     _ = watch.update([0.0])
        >>> watch.certified, watch.units
        (0, 60)
    """

    def __new__(
        cls, candidates: int, *, max_loss: float, confidence: float = 0.95, bounds: tuple[float, float] = ...
    ) -> Self: ...
    @property
    def certified(self) -> int | None:
        """The boldest candidate of which the loss is promised now, by its place; None when there is none."""

    @staticmethod
    def from_bytes(data: bytes) -> Watch:
        """Reads a watch from bytes. A checksum finds damage; it is no signature.

        Raises:
            ArtifactError: It is damaged, too large, or of another version.
        """

    @property
    def left_out(self) -> int:
        """Rows of new groups that were left out because too many groups were known: about a million are told apart."""

    @staticmethod
    def load(path: str | PathLike[str]) -> Watch:
        """Reads a watch from a file.

        Raises:
            OSError: The file cannot be read.
            ArtifactError: It is damaged, too large, or of another version.
        """

    @property
    def repeated(self) -> int:
        """Number of rows of groups that had been seen before."""

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the watch to a file.

        Raises:
            OSError: The file cannot be written.
        """

    def to_bytes(self) -> bytes:
        """The watch as bytes: all that it needs to go on."""

    @property
    def units(self) -> int:
        """Number of rows that counted."""

    def update(self, losses: _Numbers, *, group: _Name | None = None) -> bool:
        """One more row: each candidate's loss. Of a group only the first row counts; whether this one did is returned.

        Raises:
            InvalidValueError: Not one loss for each candidate, or one out of bounds.
        """

    @property
    def violated(self) -> int | None:
        """The safest candidate that is known to lose more; None when there is none."""

def allocate(gains: npt.NDArray[np.float64], costs: npt.NDArray[np.float64], budget: float) -> Allocation:
    """Chooses a rung for each of many queries so that the sum of gains is as large as a total budget allows.

    Exact if gains are concave in equal steps of cost. Otherwise it is the optimum of the Lagrangian, which loses less
    than one step's gain against the best allocation.

    Args:
        gains: Gain of each query on each rung, such as P(correct): shape (queries, rungs).
        costs: Cost of each query on each rung, at least 0, in the budget's unit: the same shape.
        budget: Total budget. Each query takes at least its cheapest rung, whatever the budget.

    Raises:
        InvalidValueError: The shapes differ, a number is not finite, or a cost or the budget is negative.

    Example:
        >>> import numpy as np, rheostat as rh
        >>> best = rh.policy.allocate(np.array([[0.5, 0.6], [0.2, 0.9]]), np.array([[1.0, 2.0], [1.0, 2.0]]), 3.0)
        >>> best.rungs.tolist(), best.cost
        ([0, 1], 3.0)
    """

def apgr(score: _Numbers, gain: _Numbers, *, bins: int | None = None) -> float:
    """Average performance gap recovered: the area under the recovered gain over the share of calls to the stronger model.

    Args:
        score: One per query; the highest go to the stronger model first. Equal scores count as in random order.
        gain: The stronger model's outcome less the weaker one's, one per query.
        bins: Number of equal shares of a trapezoid; the exact integral if not given.

    Raises:
        InvalidValueError: Lengths differ, or the mean gain is not above 0.
    """

def at_exit() -> None:
    """Waits for calls of Python code; for `atexit`."""

def at_fork(step: str, salt: int | None = None) -> None:
    """Prepares and ends a fork; for `os.register_at_fork`.

    Args:
        step: `"before"` the fork; `"parent"` or `"child"` after it.
        salt: A random number; in the child it keeps plan ids apart from the parent's.

    Raises:
        UnknownNameError: No such step.
    """

def borda_weights(certainties: Sequence[float], power: float = 0.5) -> list[float]:
    """Self-certainty's Borda weights: of n samples, the one of rank r (0 is the most certain) weighs `(n - r) ** power`.

    Args:
        certainties: One for each sample. NaN weighs 0.
        power: Between 0 and 10.

    Raises:
        InvalidValueError: The power is out of bounds, or a certainty is infinite.

    Example:
        >>> import rheostat as rh
        >>> rh.votes.borda_weights([12.0, 20.0, 16.0], power=1.0)
        [1.0, 3.0..., 2.0]
    """

def build_info() -> dict[str, Any]:
    """Returns the version and Cargo profile of the native module. Benchmarks refuse a build whose `"profile"` is not `"release"`.

    Example:
        >>> import rheostat as rh
        >>> sorted(rh.build_info())
        ['abi3', 'model', 'profile', 'target', 'version']
    """

def calibrate(
    texts: Iterable[_Text],
    outcomes: dict[str, Any],
    ladder: Ladder,
    groups: Iterable[_Name | None] | None = None,
    *,
    estimator: Estimator | None = None,
) -> Calibration:
    """Calibrates each rung's P(correct) on a log. Takes the map with the least Brier score on held-out outcomes: none, Platt scaling
    with a shrunk slope and bias, or, from 200 outcomes on, isotonic regression.

    Args:
        texts: The queries, as `str` or bytes.
        outcomes: For each rung's name the scores of its answers, one for each text: in [0, 1], NaN where there is none.
        ladder: The rungs.
        groups: The independent unit of each text. Texts of one ask are one group if not given.
        estimator: What is calibrated; the shipped model if not given. The log must not be the one that it was fitted to.

    Returns:
        A `Calibration`: the calibrated estimator, and a report for each rung of the log.

    Raises:
        InvalidValueError: Fewer than ten outcomes of a rung, or a score outside [0, 1] (the message names rung and row).
        UnknownNameError: No such rung on the ladder, or the estimator has learned other rungs.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("only")])
        >>> scores = {"only": [float(i % 4 == 0) for i in range(40)]}
        >>> report, = rh.learn.calibrate([f"question {i}" for i in range(40)], scores, ladder).reports
        >>> report.brier <= report.brier_before
        True
    """

def calibrate_doubt(
    lowest: Sequence[float] | _Reals,
    scores: Sequence[float] | _Reals,
    *,
    p_correct: float = 0.9,
    signal: _DoubtSignal = "low_logprob",
) -> Doubt:
    """The doubt of a rung from a log of its answers: one is doubted where, by isotonic regression of being right on the stream's
    lowest signal, its chance to be right is below `p_correct`. Where no answer is sure enough, all are doubted; where all are,
    none. What the doubts find is counted on the same log, with half an answer more of either kind.

    Args:
        lowest: For each answer the lowest value of its stream's signal, as `Rules.window` makes it: with a window of 1 the
            log-probability of the least likely token.
        scores: How right each answer was, in [0, 1].
        p_correct: Above 0 and below 1. High where going up a rung costs little beside an error.
        signal: `"low_logprob"`, `"low_confidence"` or `"low_top_logprob"`: which bar it is.

    Raises:
        InvalidValueError: Fewer than 30 answers, tables of two lengths, or a number that is out of bounds (the message names the
            row).
        UnknownNameError: No such signal.

    Example:
        >>> from rheostat.signals import calibrate_doubt
        >>> lowest = [-3.0, -0.1, -0.2, -0.1] * 50
        >>> calibrate_doubt(lowest, [0, 1, 1, 1] * 50, p_correct=0.9).low_logprob
        -0.2
    """

def calibrate_exit(
    scores: _Rows,
    losses: _Rows,
    tokens: _Rows,
    thresholds: Sequence[float] | _Reals | None = None,
    *,
    groups: Iterable[_Name] | None = None,
    max_loss: float = 0.1,
    confidence: float = 0.9,
    test: _Test | None = None,
) -> ExitRule:
    """The boldest exit threshold whose mean loss is at most `max_loss`, with a confidence, from a recorded log (Learn then Test),
    or a refusal that says why.

    Each stream is looked at at the same number of checkpoints, the last of which is its end. Thresholds are tried from the
    highest, which exits latest, down, to the first that cannot be promised. The units are groups, not streams: samples of one
    question stand or fall together, and taking them for independent breaks the promise.

    Args:
        scores: One row for each stream: the signal at each checkpoint, larger meaning surer (a probe's confidence, the number
            of equal probes, minus a variance). NaN never is a reason to exit.
        losses: Of the same shape: what is lost by taking that checkpoint's answer, in [-1, 1]: 1 where it is not the answer of the
            end; or the score of the end minus the score of that answer, so that what the rest of the stream would have
            spoiled counts as a gain.
        tokens: Of the same shape: tokens written by then, which never fall. At a checkpoint without tokens no stream exits.
        thresholds: Those that are tried. None: steps of a quarter logit from 0.27 to 0.99999, for scores that are probabilities.
        groups: For each stream its question, by name or number; each is its own if not given.
        max_loss: The mean loss that is allowed.
        confidence: Of that, in (0, 1).
        test: None takes the one that needs the fewest units: `"paired"` for losses of -1, 0 and 1 without groups, `"betting"`
            for all others. `"hoeffding_bentkus"` and `"binomial"` (losses 0 or 1, one stream a group) are the published ones.

    Raises:
        InvalidValueError: The shapes do not fit, or a number is out of bounds.
        UnknownNameError: No such test.

    Example:
        >>> from rheostat.signals import calibrate_exit
        >>> scores = [[0.9, 1.0], [0.6, 1.0]] * 100
        >>> losses = [[0, 0], [1, 0]] * 100
        >>> calibrate_exit(scores, losses, [[50, 100]] * 200, [0.95, 0.8, 0.5], max_loss=0.05)
        ExitRule(threshold=0.8, saved=0.250, exits=0.500)
        >>> calibrate_exit(scores[:4], losses[:4], [[50, 100]] * 4, [0.95], max_loss=0.05).threshold is None
        True
    """

def certify(
    losses: _Rows,
    *,
    max_loss: float,
    confidence: float = 0.95,
    groups: Iterable[_Name] | None = None,
    method: _Test = "hoeffding_bentkus",
    walk: _Walk = "fixed_sequence",
    bounds: tuple[float, float] = ...,
) -> Verdict:
    """Learn then Test: the boldest candidate whose mean loss is promised not to pass `max_loss`.

    Over the draw of the log, the chance that the promise is wrong is at most 1 − `confidence`.

    Args:
        losses: One row for each query and one column for each candidate, from the safest to the boldest.
        max_loss: The mean loss that must not be passed, strictly within `bounds`.
        confidence: How sure that must be, above 0 and below 1.
        groups: The independent unit of each row: a question or a user. Rows of one group are averaged and count once.
        method: `"binomial"` for losses that are one end of `bounds` or the other, `"hoeffding_bentkus"` for any, `"betting"` for
            any of which most are alike, or `"paired"` for differences of scores that are -1, 0 or 1, which needs the fewest units.
        walk: `"fixed_sequence"` tests from the safest on until one fails; `"bonferroni"` tests each at δ over their number.
        bounds: The least and the greatest loss that there can be.

    Returns:
        A `Verdict`. Where nothing may be promised it says why: keep the safest choice.

    Raises:
        InvalidValueError: A loss outside the bounds (the message names row and candidate), or another value out of bounds.
        UnknownNameError: No such method or walk.

    Example:
        >>> import rheostat as rh
        >>> verdict = rh.guarantee.certify([[0.0, 0.0]] * 90 + [[0.0, 1.0]] * 10, max_loss=0.05)
        >>> verdict.certified, verdict.candidate
        (True, 0)
        >>> bool(rh.guarantee.certify([[0.0]] * 10, max_loss=0.05))
        False
    """

def clock() -> float:
    """The time that events are stamped with where no `at=` is given: seconds of this process's monotonic clock.

    Example:
        >>> import rheostat as rh
        >>> rh.clock() <= rh.clock()
        True
    """

def confidence_weights(lowest: Sequence[float], keep: float = 0.9) -> list[float]:
    """DeepConf's weights: each sample's lowest group confidence, and 0 for all but the highest share of them.

    Args:
        lowest: `Confidence.lowest` of each sample. NaN weighs 0.
        keep: The share that is kept, above 0 and at most 1; at least one sample is.

    Raises:
        InvalidValueError: The share is out of bounds, or a confidence is infinite or negative.

    Example:
        >>> import rheostat as rh
        >>> rh.votes.confidence_weights([9.0, 4.0, 12.0, 11.0], keep=0.5)
        [0.0, 0.0, 12.0, 11.0]
    """

def config_schema() -> str:
    """The JSON Schema of the file, as JSON."""

def control_risk(
    losses: _Rows, *, max_loss: float, groups: Iterable[_Name] | None = None, bounds: tuple[float, float] = ...
) -> Verdict:
    """Conformal risk control: the boldest candidate whose *expected* loss on the next unit is at most `max_loss`.

    A weaker promise than `certify`, with no confidence attached, and one that needs fewer units. Losses should grow along
    the order on every row; where one falls, its greatest value so far is taken.

    Args:
        losses: One row for each query and one column for each candidate, from the safest to the boldest.
        max_loss: The expected loss that must not be passed, strictly within `bounds`.
        groups: The independent unit of each row.
        bounds: The least and the greatest loss that there can be.

    Raises:
        InvalidValueError: A value out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.guarantee.control_risk([[0.0, 1.0]] * 19, max_loss=0.05).candidate
        0
    """

def cpt(score: _Numbers, gain: _Numbers, share: float) -> float:
    """Call-performance threshold: the smallest share of calls to the stronger model that recovers `share` of the whole gain.

    Args:
        score: As in `apgr`.
        gain: As in `apgr`.
        share: Share of the gain, above 0 and at most 1.

    Raises:
        InvalidValueError: As `apgr`, or a share out of bounds.
    """

def explain_body(body: _Text) -> BodyReading:
    """Shows how a body is read: for the command line.

    Raises:
        MalformedError: The body is no request.
    """

def feature_specs() -> list[FeatureSpec]:
    """Every feature, in the order of the vectors.

    Example:
        >>> import rheostat as rh
        >>> rh.features.specs()[0].name
        'bytes'
    """

def features(text: _Text, *, window: int | None = None) -> dict[str, float]:
    """Reads the features of a text, by name, in one pass over the head and the tail of it.

    Args:
        text: `str`, or bytes, which need not be UTF-8.
        window: The most bytes that are read; 16 KiB if not given.

    Raises:
        InvalidTypeError: Neither `str` nor bytes.
        InvalidValueError: The window is out of bounds.

    Example:
        >>> import rheostat as rh
        >>> rh.features.extract("Prove that 2 + 2 = 4.")["reasoning_words"]
        1.0
    """

def features_batch(
    texts: Iterable[_Text], *, window: int | None = None, inputs: bool = False, threads: int | None = None
) -> FeatureArrays:
    """Reads the features of many texts at once, as training needs them. The interpreter is let go meanwhile.

    Args:
        texts: An iterable of `str` or bytes.
        window: The most bytes that are read of each; 16 KiB if not given.
        inputs: Whether the values are as a linear model reads them (counts as log2(1 + x)) rather than as counted.
        threads: How many threads to use; one per core if not given.

    Returns:
        `FeatureArrays`.

    Example:
        >>> import rheostat as rh
        >>> read = rh.features.extract_batch(["one two", "three"])
        >>> read.values.shape[0], read.indptr.tolist()
        (2, [0, 2, 3])
    """

def fit(
    texts: Iterable[_Text],
    outcomes: dict[str, Any],
    ladder: Ladder,
    groups: Iterable[_Name | None] | None = None,
    weights: _Numbers | None = None,
    *,
    kind: _OutcomeKind = "graded",
    estimator: Estimator | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Estimator:
    """Learns a deployment from its outcomes: an estimator whose chances are the prior's, moved by a head for each model.

    Heads are fitted by ridge regression over hashed words, pairs of words and a few features, and are kept only as far as
    they are not worse than the prior on texts held out of the fit; `report` says by how much they are better. Nothing is
    kept of the texts but hashes' weights.

    Args:
        texts: The queries, as `str` or bytes.
        outcomes: For each rung's name the scores of its answers, one for each text: in [0, 1], NaN where there is none.
        ladder: The rungs.
        groups: The independent unit of each text, such as a question that several texts ask or a user: a group is held out
            as a whole. Texts of one ask are one group where it is None, or not given.
        weights: How many outcomes each text's count for, above 0.
        kind: How the scores are known: `"graded"`, `"judge"`, `"thumbs"`, `"retry"` or `"escalation"`; each has a noise level.
        estimator: The prior; the shipped model if not given.
        folds: In how many parts the groups are held out in turn.
        seed: What folds, and the draws of the report's interval, are drawn from.

    Raises:
        InvalidValueError: A score outside [0, 1] (the message names rung and row), columns of different lengths, fewer
            than ten outcomes, all scores equal, or a single group.
        UnknownNameError: No rung of that name on the ladder, or no such kind.

    Example:
        >>> import rheostat as rh
        >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("deep")])
        >>> texts = [f"Prove lemma {i}" if i % 2 else f"What is the capital of country {i}?" for i in range(60)]
        >>> fitted = rh.fit(texts, {"fast": [float(i % 2 == 0) for i in range(60)], "deep": [1.0] * 60}, ladder)
        >>> hard, easy = fitted.gain(["Prove lemma 99", "What is the capital of country 99?"], "fast", "deep")
        >>> bool(hard > easy), fitted.report.outcomes
        (True, 120)
    """

def is_blank(text: str) -> bool:
    """True for a text without a visible character, which is no answer."""

def labels_needed(
    max_loss: float, *, loss: float = 0.0, differ: float | None = None, confidence: float = 0.95, power: float = 0.8
) -> int:
    """The number of independent labelled queries that a promise takes, before any is bought: both answers graded on each.

    Args:
        max_loss: The mean loss to promise, in points of score, above 0 and below 1.
        loss: The mean loss that the cheaper choice is assumed to have, above -1 and below `max_loss`; below 0 if it is better.
        differ: Share of the queries on which it is assumed to be graded differently, better or worse: at least `loss` and at most
            1. A choice that sends a fifth of the queries to a rung that differs on a quarter of them differs on 0.05. As much as
            `loss` if not given: nothing is won.
        confidence: How sure the promise must be, above 0 and below 1.
        power: Chance that it can be made if the losses are as assumed, above 0 and below 1.

    Returns:
        The labels for `certify(method="paired")`, and for `Guaranteed.calibrate` with scores of 0 and 1.

    Raises:
        InvalidValueError: A value out of bounds, or a billion labels would not suffice.

    Example:
        >>> import rheostat as rh
        >>> rh.guarantee.labels_needed(0.02)                # no answer is ever worse
        149
        >>> rh.guarantee.labels_needed(0.02, loss=0.01, differ=0.05)
        3218
    """

def lease_scripts() -> tuple[str, str]:
    """The scripts of a Redis or Valkey server that leases blocks of caps: one leases, one takes back. Use `rheostat.stores.Redis`, not this."""

def normalise(answer: str, kind: _AnswerForm = "auto") -> str:
    """An answer's normal form: the form in which votes compare answers. Every text has one, and a normal form is its own.

    Args:
        answer: The answer.
        kind: `"auto"`, `"exact"`, `"number"`, `"option"`, `"yes_no"`, `"math"`, `"json"`, `"code"` or `"text"`.

    Raises:
        UnknownNameError: No such kind.

    Example:
        >>> import rheostat as rh
        >>> [rh.votes.normalise(answer) for answer in ["1,000.0", "\\\\frac{1}{2}", "(B)", "Yes."]]
        ['1000', '0.5', 'B', 'yes']
        >>> rh.votes.normalise("b. Paris", kind="option")
        'B'
    """

def read_failure(status: int | None = None, codes: Iterable[str] = ...) -> _FailureKind | None:
    """Reads the kind of a failed request.

    Args:
        status: The HTTP status.
        codes: Codes of the error, as its provider wrote them; they tell more than the status.

    Returns:
        The kind, or None if neither is known as a failure.
    """

def read_head(body: bytes) -> tuple[str | None, bool, bool, tuple[str, str] | None] | None:
    """Reads the head of a request's body: the model that it asks for, whether it wants a stream, whether that is to report its usage, and
    the parameter for which it is refused, with the reason. None for a body that is no JSON object.
    """

def read_retry_after(header: str, now: float) -> float | None:
    """Reads the seconds of a `Retry-After` header, which may be a date.

    Args:
        header: The header.
        now: The Unix time, in seconds.

    Returns:
        Seconds to wait, or None for a header that is neither a number of seconds nor a date.
    """

def read_usage(
    json: str, provider: str | None = None
) -> tuple[tuple[int | None, int | None, int | None, int | None, int | None], int] | None:
    """Reads the usage in a provider's response, in an event of its stream, or in a usage object by itself, as JSON.

    Args:
        json: The JSON.
        provider: Read the fields of this provider alone; by default the fields show the provider.

    Returns:
        The counts of input, cached, written, output and reasoning tokens, and the number of counts that cannot be true; None if
        there is no usage.

    Raises:
        UnknownNameError: The table has no such provider.
    """

def record_lines(
    items: Sequence[tuple[float, object, str | None, str | None, str | None, str | None]], head: str, rungs: Sequence[str]
) -> bytes:
    """Decision records as JSON lines, in UTF-8. Written without the interpreter's lock.

    `items` are tuples of Unix time, plan (or a plan's id, for an outcome), the run as JSON, session, tenant, and further
    fields as JSON without braces; all but the first two may be None. Every line begins with `head`, fields as JSON
    without braces. `rungs` are the names whose P(correct) is recorded; the plan's own if there are none.
    """

def softmax_weights(confidences: Sequence[float], temperature: float = 1.0) -> list[float]:
    """CISC's weights: the softmax of confidences over one question's samples. NaN weighs 0.

    Args:
        confidences: One for each sample, on any scale.
        temperature: Above 0; tuned for each model.

    Raises:
        InvalidValueError: The temperature is out of bounds, or a confidence is infinite.

    Example:
        >>> import rheostat as rh
        >>> rh.votes.softmax_weights([2.0, 2.0])
        [0.5, 0.5]
    """

def top_tokens(logits: Sequence[float] | _Array, k: int = 20, *, dtype: _Dtype | None = None) -> TopTokens:
    """The ids of the `k` likeliest tokens of one row, and their log-probabilities, likeliest first; of equals, the one with the
    smaller id. Fewer when the row is shorter or masked.

    Args:
        logits: One row, as for `logit_stats`.
        k: How many.
        dtype: As for `logit_stats`.

    Raises:
        InvalidValueError: Not one row, or one without a distribution, as for `logit_stats`.

    Example:
        >>> from rheostat.signals import top_tokens
        >>> top = top_tokens([0.0, 3.0, 1.0], 2)
        >>> top.ids.tolist(), [round(float(x), 3) for x in top.logprobs]
        ([1, 2], [-0.17, -2.17])
    """
