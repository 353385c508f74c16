"""Output of the verbs: tables for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that steer a terminal or reorder a line, and halves of surrogate pairs. Prompts and records may hold any of them."""


def plain(text: Any) -> str:
    r"""Returns a text for a terminal: characters that would steer it are written as their escapes.

    Example:
        >>> print(plain("a\x1b]0;title\x07b"))
        a\x1b]0;title\x07b
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), str(text))


def as_json(value: Any) -> None:
    """Prints a value as JSON; a list of several elements takes one line per element."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def rich(module: str) -> Any:
    """A module of rich, which draws tables and colours; None where it is not installed: then they are plain text."""
    try:
        return import_module(f"rich.{module}")
    except ImportError:
        return None


def _print(shown: Any) -> None:
    """Prints what rich has drawn: as wide as the terminal, or wide enough without one."""
    rich("console").Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(shown)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "") -> None:
    """Prints a table.

    Args:
        title: Its title.
        columns: Heads of the columns; `>` sets a column to the right, `~` lets it be cut.
        rows: One cell per column each; shown as `str` shows them.
        caption: Text below the table.
    """
    drawn = rich("table")
    if drawn is None:
        _plain_table(title, columns, rows, caption)
        return
    text, box = rich("text"), rich("box")
    shown = drawn.Table(
        title=plain(title), title_justify="left", title_style="bold", caption=plain(caption) or None, box=box.SIMPLE_HEAD
    )
    shown.caption_justify = "left"
    for head in columns:
        cut, right = head.startswith("~"), head.startswith(">")
        shown.add_column(
            head.lstrip(">~"),
            justify="right" if right else "left",
            no_wrap=cut or right,
            overflow="ellipsis" if cut else "fold",
        )
    for row in rows:
        # `Text`, because square brackets in a prompt are not mark-up.
        shown.add_row(*(text.Text(plain(cell)) for cell in row))
    _print(shown)


def lines(pairs: Iterable[tuple[str, Any]]) -> None:
    """Prints names and values in two columns, without a frame."""
    drawn = rich("table")
    if drawn is None:
        _plain_rows([(plain(name), plain(value)) for name, value in pairs], [False, False])
        return
    text = rich("text")
    grid = drawn.Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(name, text.Text(plain(value)))
    _print(grid)


def _plain_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], caption: str) -> None:
    heads = [head.lstrip(">~") for head in columns]
    cells = [[plain(cell) for cell in row] for row in rows]
    cells = [[one_line(cell) if head.startswith("~") else cell for head, cell in zip(columns, row, strict=True)] for row in cells]
    print(plain(title))
    right = [head.startswith(">") for head in columns]
    widths = _plain_rows([heads], right, [heads, *cells])
    print("  ".join("-" * width for width in widths))
    _plain_rows(cells, right, [heads, *cells])
    if caption:
        print(plain(caption))


def _plain_rows(rows: Sequence[Sequence[str]], right: Sequence[bool], among: Sequence[Sequence[str]] = ()) -> list[int]:
    """Prints rows in columns as wide as their widest cell, and returns the widths."""
    widths = [max(map(_width, column)) for column in zip(*(among or rows), strict=True)]
    for row in rows:
        padded = []
        for cell, width, to_right in zip(row, widths, right, strict=True):
            gap = " " * (width - _width(cell))
            padded.append(gap + cell if to_right else cell + gap)
        print("  ".join(padded).rstrip())
    return widths


def _width(text: str) -> int:
    """The columns that a text takes of a terminal: two for each wide character, none for a mark upon another."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def one_line(text: str, width: int = 60) -> str:
    """Returns a text on one line, cut to a width."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
