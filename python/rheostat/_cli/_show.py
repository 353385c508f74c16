"""Output of the verbs: tables for people, JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rheostat._extras import need

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


def console() -> Any:
    """Returns the console of tables: as wide as the terminal, or wide enough without one."""
    rich: Any = need("rich.console", "cli")
    plain = not sys.stdout.isatty()
    return rich.Console(width=160 if plain else None, highlight=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "") -> None:
    """Prints a table.

    Args:
        title: Its title.
        columns: Heads of the columns; `>` sets a column to the right, `~` lets it be cut.
        rows: One cell per column each; shown as `str` shows them.
        caption: Text below the table.
    """
    rich: Any = need("rich.table", "cli")
    text: Any = need("rich.text", "cli")
    box: Any = need("rich.box", "cli")
    shown = rich.Table(
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
    console().print(shown)


def lines(pairs: Iterable[tuple[str, Any]]) -> None:
    """Prints names and values in two columns, without a frame."""
    rich: Any = need("rich.table", "cli")
    text: Any = need("rich.text", "cli")
    grid = rich.Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(name, text.Text(plain(value)))
    console().print(grid)


def one_line(text: str, width: int = 60) -> str:
    """Returns a text on one line, cut to a width."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
