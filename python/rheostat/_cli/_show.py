"""What the verbs print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rheostat._extras import need


def as_json(value: Any) -> None:
    """Print a value as JSON, one line for each element of a list that is not alone."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()


def console() -> Any:
    """Where tables go: as wide as the terminal, or wide enough when there is none."""
    rich: Any = need("rich.console", "cli")
    plain = not sys.stdout.isatty()
    return rich.Console(width=160 if plain else None, highlight=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "") -> None:
    """Print a table.

    Args:
        title: Its title.
        columns: Their heads; one that begins with `>` is set to the right, one that begins with `~` may be cut.
        rows: As many cells each as there are columns; shown as `str` shows them.
        caption: What is said below it.
    """
    rich: Any = need("rich.table", "cli")
    text: Any = need("rich.text", "cli")
    box: Any = need("rich.box", "cli")
    shown = rich.Table(title=title, title_justify="left", title_style="bold", caption=caption or None, box=box.SIMPLE_HEAD)
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
        # As plain text: square brackets in a prompt are not mark-up.
        shown.add_row(*(text.Text(str(cell)) for cell in row))
    console().print(shown)


def lines(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print names and values in two columns, without a frame."""
    rich: Any = need("rich.table", "cli")
    text: Any = need("rich.text", "cli")
    grid = rich.Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(name, text.Text(str(value)))
    console().print(grid)


def one_line(text: str, width: int = 60) -> str:
    """A text on one line, cut to a width."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
