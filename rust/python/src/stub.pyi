# The head of the generated stub: the names that the bindings' annotations use, and what PyO3 has no words for.
# `tools/make_stub.py` copies it; a function here takes the place of the one that PyO3 describes, and its docstring.
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypedDict, overload

import numpy as np
import numpy.typing as npt
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
from typing_extensions import Self

_Numbers: TypeAlias = Sequence[float | None] | npt.NDArray[Any]
_Rows: TypeAlias = Sequence[Sequence[float | None]] | npt.NDArray[Any]
_Reals: TypeAlias = npt.NDArray[np.float64]
_Text: TypeAlias = str | bytes | bytearray | memoryview
_Messages: TypeAlias = Iterable[Mapping[str, Any]]
_Body: TypeAlias = _Text | Mapping[str, Any]
_Name: TypeAlias = str | bytes | int | np.integer[Any]
# Names out of closed sets; tests/test_stub.py holds those that are arguments to what the core knows.
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

# An array has one dimension or two; only lists say which before the program runs.
@overload
def logit_stats(logits: Sequence[float], *, dtype: _Dtype | None = None) -> LogitStats: ...
@overload
def logit_stats(logits: Sequence[Sequence[float]], *, dtype: _Dtype | None = None) -> LogitStatsBatch: ...
@overload
def logit_stats(logits: _Array, *, dtype: _Dtype | None = None) -> Any: ...
