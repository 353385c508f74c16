"""A comparer of formulas by computer algebra (extra `math`): math-verify, and SymPy behind it.

Example:
    >>> import rheostat as rh
    >>> from rheostat.symbolic import same  # doctest: +SKIP
    >>> vote = rh.Vote(same=same)  # doctest: +SKIP
"""

from __future__ import annotations

import re
import threading

from rheostat.votes import normalise

__all__ = ["same"]

_WORD = re.compile(r"(?<!\\)\b(?!(?:sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|sqrt|pi)\b)[^\W\d_]{2,}")
_SYMBOL = re.compile(r"[\\^=+*/()√π∞-]")
_LONGEST = 400


def same(first: str, second: str, *, timeout: int = 3) -> bool:
    """Returns True if two formulas are equal by computer algebra, in either direction.

    Answers with words or units are never the same here: math-verify drops both. Of `Vote(same=…)`, which compares forms before.

    Args:
        first: An answer.
        second: Another.
        timeout: Seconds for each step of math-verify. It is kept by a signal, so it holds in the main thread only.

    Raises:
        ImportError: math-verify is not installed (`pip install 'rheostat[math]'`).
    """
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

    if not (_is_formula(first) and _is_formula(second)):
        return False
    limit = timeout if threading.current_thread() is threading.main_thread() else None
    kinds = (LatexExtractionConfig(), ExprExtractionConfig())

    def read(answer: str) -> list[object]:
        text = answer if "$" in answer or "\\boxed" in answer else f"${answer}$"
        parsed: list[object] = parse(text, extraction_config=kinds, parsing_timeout=limit, raise_on_error=False)
        return parsed

    one, other = read(first), read(second)
    if not (one and other):
        return False
    checks = ((one, other), (other, one))
    return any(verify(gold, answer, timeout_seconds=limit, raise_on_error=False) for gold, answer in checks)


def _is_formula(answer: str) -> bool:
    """True if an answer is a formula without words or units."""
    form = normalise(answer, "math")
    plain = re.sub(r"\\(?:text|mathrm|operatorname)\{([^}]*)\}", r" \1 ", answer)
    bare = re.sub(r"\\[a-zA-Z]+", " ", plain)
    return len(form) <= _LONGEST and bool(_SYMBOL.search(form)) and not _WORD.search(bare)
