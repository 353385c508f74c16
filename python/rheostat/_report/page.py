"""A report as text, and as one HTML page: inline style and SVG, light and dark, no script, no request."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from rheostat.evaluate import zero_router

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 340, 64, 48, 16, 24

SAME = 0.002
"""A smaller change of the mean score is not in the headline."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2126; --soft: #5b6670; --line: #d6dbe0; --back: #ffffff; --card: #f5f7f9;
  --own: #0b62c4; --other: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb6; --line: #3a424a; --back: #14181c; --card: #1d2329;
  --own: #6fb1ff; --other: #e0aa4d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
p { margin: .4rem 0; max-width: 46rem; }
.soft, caption, figcaption { color: var(--soft); }
.lead { font-size: 1.1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; white-space: nowrap; padding: .35rem .6rem; vertical-align: top; }
th, td { border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); }
th:first-child, td:first-child, td.words, th.words { text-align: left; }
td.words { min-width: 14rem; white-space: normal; }
figure { margin: .6rem 0; }
svg { width: 100%; height: auto; max-width: 44rem; background: var(--card); border-radius: 6px; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .axis { stroke: var(--line); } svg .soft { fill: var(--soft); }
svg .own { stroke: var(--own); fill: none; stroke-width: 2; } svg .dot { fill: var(--own); }
svg .mix { stroke: var(--other); fill: none; stroke-width: 1.5; stroke-dasharray: 5 4; } svg .rung { fill: var(--other); }
ul { padding-left: 1.2rem; } li { margin: .2rem 0; overflow-wrap: anywhere; }
@media print { body { background: #fff; color: #000; } }
"""


def text(report: dict[str, Any]) -> Iterator[str]:
    """Yields the lines of a report."""
    yield from _lead(report)
    yield ""
    yield from _columns(_settings(report))
    yield ""
    yield from _rivals(report)
    yield ""
    yield from _columns(_dials(report))
    yield ""
    yield from _risk(report)
    yield ""
    yield from _data(report)
    for title, prompts in report["prompts"].items():
        if prompts:
            yield f"\n{title.capitalize()} prompts"
            for difficulty, prompt in prompts:
                yield f"  {difficulty:.2f}  {' '.join(prompt.split())[:110]}"


def page(report: dict[str, Any]) -> str:
    """Returns the page of a report."""
    lead, *rest = _lead(report)
    parts = [
        f"<h1>{escape(lead)}</h1>",
        *(f'<p class="lead">{escape(line)}</p>' for line in rest),
        "<h2>Cost and expected quality</h2>",
        _chart(report),
        _table(_settings(report)),
        *(f"<p>{escape(line)}</p>" for line in _rivals(report)),
        "<h2>Each dial</h2>",
        "<p>A dial alone: the settings of the log, and this one dial as the governed policy would have set it.</p>",
        _table(_dials(report)),
        "<h2>Risk and labels</h2>",
        *(f"<p>{escape(line)}</p>" for line in _risk(report)),
        "<h2>The log</h2>",
        *(f'<p class="soft">{escape(line)}</p>' for line in _data(report)),
    ]
    for title, prompts in report["prompts"].items():
        if prompts:
            items = "".join(f"<li>{difficulty:.2f} · {escape(' '.join(prompt.split()))}</li>" for difficulty, prompt in prompts)
            parts.append(f"<h2>{title.capitalize()} prompts</h2><ul>{items}</ul>")
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<title>rheostat report</title><style>{_STYLE}</style></head>\n'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _lead(report: dict[str, Any]) -> list[str]:
    logged, governed = report["logged"], report["governed"]
    whole = next(one for one in report["dials"] if one["dial"] == "all")
    what = "what the log paid" if logged["known"] else f"all queries on {report['default']!r}, since the log names no rung"
    if whole["saved"] is None:
        first = f"{report['queries']:,} queries; the ladder has no prices, so nothing can be said about savings"
        return [first, _expected(report)]
    word = "less" if whole["saved"] >= 0 else "more"
    first = f"The governed policy costs {_percent(abs(whole['saved']))} {word} than {what}"
    change = report["measured"]["change"] if report["measured"]["change"] is not None else whole["expected"]
    if change is not None and change < -SAME:
        best = report["no_worse"]
        saved = max(best["saved"], 0.0) if best else 0.0
        first += f", and {_points(change)} points of quality; at no expected loss, {_percent(saved)} is saved"
    span = f"95 % interval of the saving over the choice of queries: {_percent(whole['low'])} to {_percent(whole['high'])}."
    costs = f"{_usd(governed['usd_per_1000'])} per 1,000 queries instead of {_usd(logged['usd_per_1000'])}"
    return [f"{first}.", f"{costs}, over {report['queries']:,} queries. {span}", _expected(report)]


def _expected(report: dict[str, Any]) -> str:
    measured = report["measured"]
    if measured["change"] is not None:
        span = f"[{_points(measured['low'])}, {_points(measured['high'])}]"
        return f"Measured change of the mean score: {_points(measured['change'])} points {span}, by {measured['by']}."
    before, after = report["logged"]["expected"], report["governed"]["expected"]
    if before is None or after is None:
        return "The change of quality is not known."
    return f"Expected change of quality: {_points(after - before)} points, by the estimate. It is not measured on this log."


def _rivals(report: dict[str, Any]) -> list[str]:
    fixed, mixing, cost = report["rivals"]["fixed"], report["rivals"]["mixing"], report["governed"]["usd_per_1000"]
    lines = []
    if fixed is None:
        lines.append("No fixed rung is expected to be as good as the governed policy.")
    else:
        ratio = f" ({_percent(1 - cost / fixed['usd_per_1000'])} saved by governing)" if fixed["usd_per_1000"] > 0 else ""
        lines.append(
            f"Cheapest fixed rung that is expected to be no worse: {fixed['name']}, {_usd(fixed['usd_per_1000'])}{ratio}."
        )
    if mixing and mixing["usd_per_1000_at_same_quality"]:
        same = mixing["usd_per_1000_at_same_quality"]
        saved = _percent(1 - cost / same)
        lines.append(f"Random mixing of rungs costs {_usd(same)} at the same expected quality ({saved} saved by choosing).")
    return lines


def _risk(report: dict[str, Any]) -> list[str]:
    measured, promise = report["measured"], report["promise"]
    lines = [_expected(report)]
    if measured["reason"]:
        lines.append(f"The log cannot tell what the policy does to the score: {measured['reason']}.")
    loss = f"a loss of at most {100 * promise['max_loss']:g} point(s) at {100 * promise['confidence']:g} % confidence"
    if promise["hopeless"]:
        lines.append(
            f"{loss.capitalize()} cannot be promised of these shares: the measured loss is larger, and labels do not change that."
        )
    else:
        need = f"To promise {loss} takes about {promise['needed']:,} queries with scores of both rungs"
        rest = f"{promise['missing']:,} are missing" if promise["missing"] else "none is missing"
        lines.append(f"{need} (never fewer than {promise['least']:,}); the log has {promise['labels']:,}, so {rest}.")
    best = report["no_worse"]
    if best is not None:
        saved = f"{_percent(best['saved'])} saved"
        price = _usd(best["usd_per_1000"])
        lines.append(f"Cheapest setting that is expected to be no worse than the log: {best['name']}, {price} ({saved}).")
    lines += [
        f"{one['rung']}: {one['graded']:,} graded answers score {one['score']:.3f}; P(correct) said {_number(one['p_correct'])}."
        for one in report["logged"]["rungs"]
        if one["graded"]
    ]
    return lines


def _data(report: dict[str, Any]) -> list[str]:
    data = report["data"]
    forms = ", ".join(f"{count:,} × {name}" for name, count in sorted(data["forms"].items()))
    bad = ", ".join(f"{data[name]:,} {name}" for name in ("torn", "unknown", "without a query", "failed") if data[name])
    lines = [f"{data['rows']:,} rows ({forms}){'; ' + bad if bad else ''}. {data['low coverage']:,} queries of low coverage."]
    if data["priced"]:
        scales = ", ".join(f"{scale:.2f}" for scale in report["scale"])
        lines.append(f"{data['priced']:,} queries have a cost: by rung, {scales} times the expected one.")
    else:
        lines.append("No query has a cost on a rung of the ladder: all costs are expected ones.")
    return lines


def _settings(report: dict[str, Any]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [("setting", *report["rungs"], "USD/1,000", "expected P(correct)")]
    logged = report["logged"]
    total = sum(one["queries"] for one in logged["rungs"])
    if logged["known"] and total:
        shares = [one["queries"] / total for one in logged["rungs"]]
        rows.append(("log", *map(_percent, shares), f"{logged['usd_per_1000']:.4g}", _number(logged["expected"])))
    settings = [report["governed"], *report["fixed"]]
    return [
        *rows,
        *(
            (one["name"], *map(_percent, one["rungs"]), f"{one['usd_per_1000']:.4g}", _number(one["expected"]))
            for one in settings
        ),
    ]


def _dials(report: dict[str, Any]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [("dial", "saved", "95 % interval", "risk", "")]
    for one in report["dials"]:
        span = "–" if one["low"] is None else f"{_percent(one['low'])} to {_percent(one['high'])}"
        if one["low"] is None and one["high"] is not None:
            span = f"at most {_percent(one['high'])}"
        name = "all dials" if one["dial"] == "all" else one["dial"]
        rows.append((name, _percent(one["saved"]), span, _risk_of(one), one["note"]))
    return rows


def _risk_of(dial: dict[str, Any]) -> str:
    risk = dial["risk"]
    if risk is None:
        return "–"
    if "changed" in risk:
        return f"{_percent(risk['changed'])} of answers change [{_percent(risk['low'])}, {_percent(risk['high'])}]"
    if risk["change"] is None:
        return "not measured" if dial["expected"] is None else f"{_points(dial['expected'])} points expected, not measured"
    return f"{_points(risk['change'])} points [{_points(risk['low'])}, {_points(risk['high'])}]"


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    last = len(widths) - 1
    for row in rows:
        cells = [
            f"{cell:<{widths[i]}}" if i == 0 or (i == last and not rows[0][i]) else f"{cell:>{widths[i]}}"
            for i, cell in enumerate(row)
        ]
        yield "  ".join(cells).rstrip()


def _table(rows: Sequence[Sequence[str]]) -> str:
    words = [not head for head in rows[0]]

    def line(cells: Sequence[str], tag: str) -> str:
        shown = (f"<{tag}{' class=words' if words[i] else ''}>{escape(cell)}</{tag}>" for i, cell in enumerate(cells))
        return f"<tr>{''.join(shown)}</tr>"

    body = "\n".join(line(row, "td") for row in rows[1:])
    return f'<div class="wide"><table><thead>{line(rows[0], "th")}</thead><tbody>{body}</tbody></table></div>'


def _chart(report: dict[str, Any]) -> str:
    """Returns the chart: the governed policy's curve over cost, each fixed rung, and random mixing of them."""
    known = [one for one in [*report["curve"], *report["fixed"], report["governed"]] if one["expected"] is not None]
    if len(known) < 2 or report["rivals"]["mixing"] is None:
        return "<p>The log has no P(correct) for each rung, so there is no curve.</p>"
    xs, ys = [one["usd_per_1000"] for one in known], [one["expected"] for one in known]
    low, high = min(ys), max(ys)
    pad = max((high - low) * 0.12, 0.005)
    low, high = max(low - pad, 0.0), min(high + pad, 1.0)
    least, most = min(xs) / 1.3, max(xs) * 1.3
    if least <= 0:
        return "<p>The ladder has no prices, so there is no curve.</p>"

    def across(usd: float) -> float:
        # Rungs are a factor apart, so costs are on a logarithmic scale.
        return _LEFT + math.log(usd / least) / math.log(most / least) * (_WIDTH - _LEFT - _RIGHT)

    def at(one: dict[str, Any]) -> tuple[float, float]:
        x = across(one["usd_per_1000"])
        return round(x, 1), round(_TOP + (high - one["expected"]) / (high - low) * (_HEIGHT - _TOP - _BOTTOM), 1)

    def path(points: Sequence[dict[str, Any]]) -> str:
        return "M" + " L".join(f"{x} {y}" for x, y in map(at, points))

    by_cost = sorted(report["fixed"], key=lambda one: float(one["usd_per_1000"]))
    mixed = _mixed([(one["usd_per_1000"], one["expected"]) for one in by_cost])
    curve = sorted([*report["curve"], report["governed"], by_cost[0]], key=lambda one: float(one["usd_per_1000"]))
    marks = []
    for i in range(5):
        value, cost = low + (high - low) * i / 4, least * (most / least) ** (i / 4)
        y = _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)
        x = across(cost)
        marks.append(f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        marks.append(f'<text class="soft" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.3f}</text>')
        marks.append(f'<text class="soft" x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{cost:.3g}</text>')
    for one in report["fixed"]:
        x, y = at(one)
        side, shift, down = ("end", -8, -8) if x > _WIDTH * 0.7 else ("start", 8, 16)
        marks.append(f'<circle class="rung" cx="{x}" cy="{y}" r="4"/>')
        marks.append(f'<text x="{x + shift}" y="{y + down}" text-anchor="{side}">{escape(one["name"])}</text>')
    x, y = at(report["governed"])
    middle_x = (_LEFT + _WIDTH - _RIGHT) / 2
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Expected quality over cost">{"".join(marks)}'
        f'<path class="mix" d="{path(mixed)}"/><path class="own" d="{path(curve)}"/>'
        f'<circle class="dot" cx="{x}" cy="{y}" r="5"/><text x="{x + 8}" y="{y - 8}">governed</text>'
        f'<text class="soft" x="{middle_x}" y="{_HEIGHT - 8}" text-anchor="middle">US dollars per 1,000 queries</text></svg>'
        "<figcaption>Expected P(correct) over cost. Line: shares by difficulty. Dashed: random mixing.</figcaption></figure>"
    )


def _mixed(points: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    """Returns the line of random mixing through the hull of (cost, quality) points, close enough for a logarithmic scale."""
    hull = zero_router([x for x, _ in points], [y for _, y in points])
    line = [{"usd_per_1000": hull[0][0], "expected": hull[0][1]}]
    for (x, y), (to_x, to_y) in pairwise(hull):
        steps = (step / 16 for step in range(1, 17))
        line += [{"usd_per_1000": x + (to_x - x) * part, "expected": y + (to_y - y) * part} for part in steps]
    return line


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _usd(value: float) -> str:
    return f"${value:.4g}"
