"""The output: a plain text table while it runs, a JSON record, and a Markdown page for the docs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .bars import Row

_HEADER = ("what", "unit", "rheostat p50", "p99", "competitor", "its p50", "its p99", "ratio", "bar", "verdict")
_WIDTHS = (39, 11, 13, 9, 28, 12, 12, 8, 18, 0)
_RIGHT = {2, 3, 5, 6, 7}


def number(value: float | None) -> str:
    """A number short enough to compare: three or four significant digits, thousands separated."""
    if value is None:
        return "-"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def bar_text(row: Row) -> str:
    """The bar as a reader wants it: "<= 400, >= 300x"."""
    bar = row.bar
    if bar is None:
        return ""
    parts = []
    if bar.at_most is not None:
        parts.append(f"<= {number(bar.at_most)}")
    if bar.at_least is not None:
        parts.append(f">= {number(bar.at_least)}")
    if bar.ratio is not None:
        parts.append(f">= {number(bar.ratio)}x")
    return ", ".join(parts)


def cells(row: Row) -> list[tuple[str, ...]]:
    """The table lines of one row: ours with the first rival, then one line for each further rival."""
    lines: list[tuple[str, ...]] = []
    ours = (row.title, row.unit, number(row.value), number(row.p99))
    verdict = row.verdict() or ("" if row.value is not None else row.note)
    for at, rival in enumerate(row.rivals or [None]):
        left = ours if at == 0 else ("", "", "", "")
        right = (bar_text(row), verdict) if at == 0 else ("", "")
        if rival is None:
            lines.append((*left, "", "", "", "", *right))
            continue
        ratio = row.ratio(rival)
        their = "not installed" if rival.value is None else number(rival.value)
        lines.append((*left, rival.name, their, number(rival.p99), f"{number(ratio)}x" if ratio else "-", *right))
    return lines


def text_line(line: tuple[str, ...]) -> str:
    """One line of the plain text table."""
    padded = [c.rjust(w) if at in _RIGHT else c.ljust(w) for at, (c, w) in enumerate(zip(line, _WIDTHS, strict=True))]
    return " ".join(padded).rstrip()


def header() -> str:
    """The table's head."""
    return text_line(_HEADER)


def summary(rows: list[Row]) -> str:
    """Returns the number of bars that are met, and the names of the others."""
    barred = [row for row in rows if row.bar is not None]
    missed = [row for row in barred if row.misses()]
    said = f"{len(barred) - len(missed)} of {len(barred)} bars met"
    return said + ("; missed: " + ", ".join(row.key for row in missed) if missed else "")


def _no_details(note: str) -> str:
    """Returns notes without paths of the machine that an import error may contain."""
    return "not installed" if note.startswith("not installed") else note


def record(rows: list[Row], about: dict[str, Any]) -> dict[str, Any]:
    """The whole run as one JSON object."""
    out = []
    for row in rows:
        told = asdict(row)
        for rival, seen in zip(told["rivals"], row.rivals, strict=True):
            rival["ratio"] = row.ratio(seen)
            rival["note"] = _no_details(seen.note)
        told["bar"] = asdict(row.bar) if row.bar else None
        told["verdict"] = row.verdict()
        out.append(told)
    return {**about, "summary": summary(rows), "rows": out}


def markdown(rows: list[Row], about: dict[str, Any]) -> str:
    """The page for the docs."""
    machine, versions = about["machine"], about["versions"]
    load = about["load"]
    taken = (
        f"Taken on {about['date']} by `make bench`: {machine['cpu']}, {machine['cores']} cores "
        f"({', '.join(machine['instructions'])}), {machine['memory_gb']} GB, {machine['system']}. "
        f"Load average {load['before']} before and {load['after']} after."
    )
    said = [
        "# Benchmarks, latest record",
        "",
        taken,
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        "",
        f"**{summary(rows)}.** How each number is taken: benches/README.md. p50 and p99 are in the row's unit, ratios of p50.",
        "",
        "| " + " | ".join(_HEADER) + " |",
        "|" + "|".join("--:" if at in _RIGHT else "---" for at in range(len(_HEADER))) + "|",
    ]
    for row in rows:
        said += ["| " + " | ".join(line) + " |" for line in cells(row)]
    said += ["", "## Notes", ""]
    said += [f"- `{row.key}`: {row.note}" for row in rows if row.note]
    said += [f"- {rival.name} in `{row.key}`: {_no_details(rival.note)}" for row in rows for rival in row.rivals if rival.note]
    return "\n".join(said) + "\n"


def write(rows: list[Row], about: dict[str, Any], folder: Path) -> list[Path]:
    """Write `<date>.json` and `latest.md` in `folder`; the paths written."""
    folder.mkdir(exist_ok=True)
    as_json, as_page = folder / f"{about['date']}.json", folder / "latest.md"
    as_json.write_text(dump(record(rows, about)))
    as_page.write_text(markdown(rows, about))
    return [as_json, as_page]


def dump(told: dict[str, Any]) -> str:
    """JSON as it is stored: readable, numbers rounded to what they mean."""

    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 2)
        if isinstance(value, dict):
            return {key: rounded(inner) for key, inner in value.items()}
        return [rounded(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(rounded(told), indent=1, ensure_ascii=False) + "\n"
