"""The bars of the benchmarks, as data.

`at_most` and `at_least` are in the row's own unit; `ratio` is against the first rival of the row, in our favour.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .words import SCRIPTS


@dataclass(frozen=True)
class Bar:
    """A bar: any of the three, all of which count when given."""

    at_most: float | None = None
    at_least: float | None = None
    ratio: float | None = None


BARS: dict[str, Bar] = {
    "decide/58/latin": Bar(at_most=400, ratio=450),
    "decide/477/latin": Bar(at_most=1_000, ratio=800),
    "decide/2000/latin": Bar(at_most=3_000, ratio=600),
    "decide/131072/latin": Bar(at_most=40_000),
    "script/477/worst": Bar(at_most=2.2),
    **{f"script/131072/{script}": Bar(at_most=60_000) for script in SCRIPTS},
    "cold/58/latin": Bar(at_most=2.0),
    "cold/477/latin": Bar(at_most=1.8),
    "token/list_and_text": Bar(at_most=220),
    "host/token": Bar(at_most=1_000),
    "host/request": Bar(at_most=40),
    "body/8192": Bar(at_most=6_000),
    "gateway/8192": Bar(at_most=6_000),
    "batch/1": Bar(at_least=1e6),
    "confidence/list": Bar(at_most=160),
    "confidence/batch": Bar(at_most=25),
    "logits/151936": Bar(ratio=6),
    "vote/beta": Bar(at_most=60),
    "vote/dirichlet": Bar(at_most=3_000),
    "records/jsonl/plan": Bar(at_least=50_000),
    "records/jsonl/run": Bar(at_least=50_000),
    "ledger/file": Bar(at_most=30),
    "sessions/1000000": Bar(at_most=512),
    "streams/100000/signals_alone": Bar(at_most=1536),
    "streams/100000/run": Bar(at_most=1536),
    "size/artifact": Bar(at_most=4e6),
    "size/native": Bar(at_most=3.4e6),
    "import/time": Bar(at_most=4),
    "import/memory": Bar(at_most=20),
}
"""By row key. Rows without a bar are shown all the same."""


@dataclass(frozen=True)
class Rival:
    """A competitor's number in a row; `value` is None when there is none, and `note` says why."""

    name: str
    value: float | None
    p99: float | None = None
    note: str = ""


@dataclass
class Row:
    """One line of the record: what was measured, ours and theirs, in `unit`."""

    key: str
    title: str
    unit: str
    value: float | None
    p99: float | None = None
    rivals: list[Rival] = field(default_factory=list)
    note: str = ""
    higher_is_better: bool = False

    def ratio(self, rival: Rival) -> float | None:
        """Ratio to `rival`'s time; None if either number is missing."""
        if not self.value or not rival.value:
            return None
        return self.value / rival.value if self.higher_is_better else rival.value / self.value

    @property
    def bar(self) -> Bar | None:
        """The bar of this row, if it has one."""
        return BARS.get(self.key)

    def misses(self) -> list[str]:
        """By how much each part of the bar is missed; empty when all are met or there is no bar."""
        bar, out = self.bar, list[str]()
        if bar is None:
            return out
        if self.value is None:
            return ["not measured"]
        if bar.at_most is not None and self.value > bar.at_most:
            out.append(f"{self.value / bar.at_most:.2f}x the limit")
        if bar.at_least is not None and self.value < bar.at_least:
            out.append(f"{self.value / bar.at_least:.2f} of the goal")
        if bar.ratio is not None:
            ratio = self.ratio(self.rivals[0]) if self.rivals else None
            if ratio is None:
                out.append("no ratio: competitor not measured")
            elif ratio < bar.ratio:
                out.append(f"ratio {ratio:.0f} of {bar.ratio:.0f}" if ratio >= 10 else f"ratio {ratio:.1f} of {bar.ratio:.0f}")
        return out

    def verdict(self) -> str:
        """Returns "met", or by how much the bar is missed; empty for a row without a bar."""
        if self.bar is None:
            return ""
        misses = self.misses()
        return "missed: " + "; ".join(misses) if misses else "met"
