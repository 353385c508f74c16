"""How a question is worked out on paper: arithmetic steps, written short or split by place value.

The order of the parts is fixed (hundreds, tens, ones) and the steps are numbered, so that a trace has one right form and
a low log-probability in it means doubt, not a free choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LARGEST = 999
"""No number in a question or a trace is larger."""


@dataclass(frozen=True)
class Arithmetic:
    """One operation on two whole numbers; `shown` when the left one is not simply the last result."""

    left: int
    sign: str
    right: int
    shown: bool = False

    @property
    def value(self) -> int:
        """The result."""
        return apply(self.left, self.sign, self.right)


@dataclass(frozen=True)
class Note:
    """A step that is not arithmetic: what the short and the long form of it say."""

    short: str
    long: str


Step = Arithmetic | Note


def apply(left: int, sign: str, right: int) -> int:
    """`left sign right` for + - * and exact /.

    >>> apply(17, "+", 25), apply(42, "*", 2), apply(84, "/", 7)
    (42, 84, 12)
    """
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if sign == "/" and right and left % right == 0:
        return left // right
    raise ValueError(f"cannot work out {left} {sign} {right}: the sign must be + - * or an exact /")


def chain(start: int, operations: Iterable[tuple[str, int]]) -> list[Step]:
    """The steps of operations applied one after another to `start`."""
    steps: list[Step] = []
    for sign, right in operations:
        step = Arithmetic(start, sign, right)
        steps.append(step)
        start = step.value
    return steps


def short(steps: Sequence[Step]) -> str:
    """The short form: one equation a step.

    >>> short(chain(17, [("+", 25), ("*", 2)]))
    '#1 + 25 = 42 ; #2 * 2 = 84 ;'
    """
    return " ".join(f"#{i} {_short(step)} ;" for i, step in enumerate(steps, 1))


def long(steps: Sequence[Step]) -> str:
    """The long form: each operation split by place value, largest part first.

    >>> long(chain(17, [("+", 25), ("*", 2)]))
    '#1 17 + 25 : + 20 = 37 , + 5 = 42 ; #2 42 * 2 : 40 * 2 = 80 , 2 * 2 = 4 , = 84 ;'
    """
    return " ".join(f"#{i} {_long(step)} ;" for i, step in enumerate(steps, 1))


def _short(step: Step) -> str:
    if isinstance(step, Note):
        return step.short
    equation = f"{step.sign} {step.right} = {step.value}"
    return f"{step.left} {equation}" if step.shown else equation


def _long(step: Step) -> str:
    if isinstance(step, Note):
        return step.long
    head = f"{step.left} {step.sign} {step.right}"
    if step.sign in "+-":
        parts = _parts(step.right)
        if len(parts) < 2:
            return f"{head} = {step.value}"
        lines, value = [], step.left
        for part in parts:
            value = apply(value, step.sign, part)
            lines.append(f"{step.sign} {part} = {value}")
        return f"{head} : " + " , ".join(lines)
    split, other = max(step.left, step.right), min(step.left, step.right)
    parts = _parts(split)
    if step.sign == "/" or len(parts) < 2:
        return f"{head} = {step.value}"
    return f"{head} : " + " , ".join(f"{part} * {other} = {part * other}" for part in parts) + f" , = {step.value}"


def _parts(number: int) -> list[int]:
    """The number by place value, zeros left out: 250 is 200 and 50."""
    digits = str(number)
    parts = [int(digit) * 10 ** (len(digits) - 1 - i) for i, digit in enumerate(digits)]
    return [part for part in parts if part]
