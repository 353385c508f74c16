# The head of the generated stub: the names that the bindings' annotations use, and what PyO3 has no words for.
# `tools/make_stub.py` copies it; a function here takes the place of the one that PyO3 describes, and its docstring.
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, overload

import numpy as np
import numpy.typing as npt
from typing_extensions import Self

_Numbers: TypeAlias = Sequence[float] | npt.NDArray[Any]
_Rows: TypeAlias = Sequence[Sequence[float]] | npt.NDArray[Any]
_Reals: TypeAlias = npt.NDArray[np.float64]
_Counts: TypeAlias = npt.NDArray[np.uint32]
_Text: TypeAlias = str | bytes | bytearray
_Messages: TypeAlias = Iterable[Mapping[str, Any]]
_Name: TypeAlias = str | bytes | int | np.integer[Any]
_OutcomeKind: TypeAlias = Literal["graded", "judge", "thumbs", "retry", "escalation"]
_Phase: TypeAlias = Literal["started", "sampling", "thinking", "escalating", "settled", "ceiling", "exhausted", "closed"]
_Settled: TypeAlias = Literal["settled", "late", "nothing"]

class _Array(Protocol):
    def __dlpack_device__(self) -> Any: ...

# An array has one dimension or two; only lists say which before the program runs.
@overload
def logit_stats(logits: Sequence[float], *, dtype: str | None = None) -> LogitStats: ...
@overload
def logit_stats(logits: Sequence[Sequence[float]], *, dtype: str | None = None) -> LogitStatsBatch: ...
@overload
def logit_stats(logits: _Array, *, dtype: str | None = None) -> Any: ...
