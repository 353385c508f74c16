"""Where in a TOML text a message's field stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(#.*)?$")
_FIELD = re.compile(r"""^\s*["']?([\w\-]+)["']?\s*=\s*(.*)$""")
_NAMED = re.compile(r'^(\w+) (?:"([^"]*)"|(\d+)): ')
_WORD = re.compile(r"\w+")

_CALLED = {"period": "per"}
"""Fields that the core calls otherwise."""


@dataclass(frozen=True)
class _Line:
    number: int
    table: str
    index: int
    field: str
    value: str


def line_of(text: str, message: str) -> int | None:
    r"""The line that a message about a table's field means, counted from 1; None where it cannot be told.

    Example:
        >>> line_of('[[rung]]\nname = "fast"\nsamples = 0', 'rung "fast": samples: 0 is not allowed')
        3
    """
    lines = _read(text)
    named = _NAMED.match(message)
    if named:
        table, rest = named[1], message[named.end() :]
        index = int(named[3]) if named[3] else _index(lines, table, named[2] or "")
    else:
        head, colon, rest = message.partition(": ")
        is_table = bool(colon) and any(line.table == head for line in lines)
        table, index, rest = (head, 0, rest) if is_table else ("", 0, message)
    mine = [line for line in lines if line.table == table and line.index == index]
    words = set(_WORD.findall(rest))
    words |= {name for core, name in _CALLED.items() if core in words}
    fields = [line for line in mine if line.field and line.field in words]
    fields = fields or [line for line in mine if line.field and line.value.strip("\"' ") in words]
    found = fields or [line for line in mine if not line.field]
    return found[0].number if found else None


def _index(lines: list[_Line], table: str, name: str) -> int:
    for line in lines:
        if line.table == table and line.field in {"name", "key"} and line.value.strip().strip("\"'").startswith(name):
            return line.index
    return 0


def _read(text: str) -> list[_Line]:
    lines: list[_Line] = []
    table, counts = "", {"": 0}
    for number, raw in enumerate(text.splitlines(), 1):
        header = _HEADER.match(raw)
        if header:
            table = header[2]
            counts[table] = counts.get(table, -1) + 1
            lines.append(_Line(number, table, counts[table], "", ""))
        elif field := _FIELD.match(raw):
            lines.append(_Line(number, table, counts[table], field[1], field[2]))
    return lines
