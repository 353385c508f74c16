"""The reader of process reward models' replies: a score in [0, 1] for each step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rheostat._checks import invalid, whole, wrong_type

__all__ = ["read_step_scores"]

_MOST = 1 << 20
"""Most steps of one text."""
_ONE = 1e-3
"""Distance of a sum of probabilities from 1."""


def read_step_scores(reply: Any, *, item: int = 0) -> list[float]:
    """Reads the scores of a text's steps from the reply of a process reward model.

    Args:
        reply: One of these, as an object or as JSON:

            - vLLM's `/pooling`: `data[].data`, a row for each step that the model's tag ends;
            - vLLM's `LLM.encode` and `LLM.reward`: an output with `outputs.data`, or a list of them;
            - rows of numbers, one for each step.

            A row of two is the chance of a wrong and of a right step (a softmax over them, where they do not sum to 1). A row of
            one, or a number, is the step's score. Where a number of a text is outside [0, 1], all of them are logits.
        item: Index of the text, where the reply has several.

    Returns:
        A score in [0, 1] for each step, for `Sample.step` and `learn.StepCalibration.add`. A number that is not finite is NaN,
        which they count as invalid or refuse.

    Raises:
        InvalidTypeError: The reply has none of these shapes.
        InvalidValueError: It has no such text, or more than 1,048,576 steps.

    Example:
        >>> from rheostat.signals import read_step_scores
        >>> read_step_scores({"data": [{"index": 0, "data": [[0.1, 0.9], [0.75, 0.25]]}]})
        [0.9, 0.25]
        >>> [round(score, 3) for score in read_step_scores([[2.0], [-1.0]])]
        [0.881, 0.269]
    """
    rows = _rows(reply, whole("item", item))
    if len(rows) > _MOST:
        raise invalid("steps", len(rows), f"at most {_MOST}")
    numbers = [_numbers(row) for row in rows]
    widths = {len(row) for row in numbers}
    if not widths:
        return []
    if widths == {2}:
        return [_right(*row) for row in numbers]
    if widths != {1}:
        raise wrong_type("reply", reply, "rows of one number or of two")
    scores = [row[0] for row in numbers]
    finite = [score for score in scores if math.isfinite(score)]
    if all(0.0 <= score <= 1.0 for score in finite):
        return [score if math.isfinite(score) else math.nan for score in scores]
    return [_sigmoid(score) for score in scores]


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _rows(reply: Any, item: int) -> Sequence[Any]:
    """The rows of one text."""
    if isinstance(data := _get(reply, "data"), (list, tuple)) and data and _get(data[0], "data") is not None:
        # Texts are found by their index, and by their place where they have none.
        by_index = [one for at, one in enumerate(data) if (_get(one, "index") if _get(one, "index") is not None else at) == item]
        return _plain(_get(_chosen(by_index, 0, item, len(data)), "data"))
    if isinstance(reply, (list, tuple)) and reply and _get(reply[0], "outputs") is not None:
        reply = _chosen(reply, item, item, len(reply))
    if (outputs := _get(reply, "outputs")) is not None:
        return _plain(_get(outputs, "data"))
    if item:
        raise invalid("item", item, "0: the reply has one text")
    return _plain(reply)


def _chosen(texts: Sequence[Any], at: int, item: int, count: int) -> Any:
    if not 0 <= at < len(texts):
        raise invalid("item", item, f"below the {count} texts of the reply")
    return texts[at]


def _plain(rows: Any) -> Sequence[Any]:
    """Rows as a list: tensors and arrays have `tolist`."""
    if (to_list := getattr(rows, "tolist", None)) is not None:
        rows = to_list()
    if not isinstance(rows, (list, tuple)):
        raise wrong_type("reply", rows, "a reply of a process reward model, or rows of numbers")
    return rows


def _numbers(row: Any) -> list[float]:
    values = _plain(row) if isinstance(row, (list, tuple)) or hasattr(row, "tolist") else [row]
    numbers = []
    for value in values:
        if value is None:
            numbers.append(math.nan)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers.append(math.nan if abs(value) > _HUGE else float(value))
        else:
            raise wrong_type("reply", value, "a number")
    return numbers


_HUGE = 1e300
"""Whole numbers beyond this have no float."""


def _right(wrong: float, right: float) -> float:
    """The chance of a right step among two classes."""
    if 0.0 <= wrong <= 1.0 and 0.0 <= right <= 1.0 and abs(wrong + right - 1.0) <= _ONE:
        return right
    return _sigmoid(right - wrong)


def _sigmoid(logit: float) -> float:
    if not math.isfinite(logit):
        return math.nan
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-logit))
    return math.exp(logit) / (1.0 + math.exp(logit))
