"""Journals of what processes do, and books made of them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

BASE = 1_000_000.0
"""When the virtual clocks begin, in seconds."""


class Journal:
    """Lines that are in the file when `write` returns, whatever happens to the process then."""

    def __init__(self, path: Path) -> None:
        """Go on with a file, or begin one."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, *words: object) -> None:
        """One line."""
        os.write(self._file, (" ".join(str(word) for word in words) + "\n").encode())


@dataclass
class Books:
    """Sums over journals."""

    granted: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    """By reservation: tenant, claim, real cost."""
    settling: dict[int, int] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    twice: int = 0
    denied: int = 0
    lines: int = 0
    names: list[str] = field(default_factory=list)
    latest: float = BASE
    wrong: list[str] = field(default_factory=list)

    def read(self, path: Path) -> None:
        """Enter one journal."""
        for line in path.read_text().splitlines():
            self.lines += 1
            what, *rest = line.split()
            if what == "try":
                self.latest = max(self.latest, float(rest[0]))
            elif what == "denied":
                self.denied += 1
            elif what == "name":
                self.names.append(rest[0])
            elif what == "granted":
                self.granted[int(rest[0])] = (rest[1], int(rest[2]), int(rest[3]))
            elif what == "settling":
                self.settling[int(rest[0])] = int(rest[1])
            elif what in {"settled", "again"}:
                wanted = "settled" if what == "settled" else "nothing"
                if rest[1] != wanted:
                    self.wrong.append(f"reservation {rest[0]}: {what} answered {rest[1]}")
                self.twice += what == "again"
                self.settled.add(int(rest[0]))

    @property
    def spent(self) -> int:
        """Returns the real cost of every call, reported or not."""
        return sum(cost for _, _, cost in self.granted.values())
