"""The comparison as one HTML page: no script, nothing fetched, light and dark."""

from __future__ import annotations

import math
from html import escape

from rheostat_lab.experiment.arms import Arm
from rheostat_lab.experiment.choose import frontier
from rheostat_lab.experiment.compare import Comparison
from rheostat_lab.experiment.numbers import paired
from rheostat_lab.experiment.report import as_dict, sentences
from rheostat_lab.experiment.rungs import LEVELS

_STYLE = """
:root { --ink: #1d2330; --soft: #5b6474; --line: #d9dee7; --paper: #ffffff;
  --governor: #0b7a5b; --fixed: #44546a; --other: #b3541e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf1; --soft: #9aa5b8; --line: #323a48; --paper: #151920;
    --governor: #4cc79c; --fixed: #93a4bd; --other: #e8935a; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0.2rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } p, li { max-width: 46rem; }
.soft { color: var(--soft); } .big { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1.5rem 0; }
.big div { min-width: 9rem; } .big b { display: block; font-size: 2rem; line-height: 1.1; color: var(--governor); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } .wide { overflow-x: auto; }
th, td { text-align: right; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } tr.ours td { font-weight: 600; color: var(--governor); }
svg { width: 100%; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .axis { stroke: var(--line); }
svg .soft { fill: var(--soft); }
"""


def page(found: Comparison) -> str:
    """The whole page."""
    difference = found.difference
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences(found))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>rheostat lab: {found.options.questions} questions</title><style>{_STYLE}</style></head><body>
<h1>Compute where it is needed</h1>
<p class="soft">{found.options.questions} questions, 70 % answered at a glance, 25 % in a few steps, 5 % novel; three language
models that run on this machine; prices: {escape(found.options.prices)}.</p>
<div class="big"><div><b>{found.saved:.1%}</b>of the cost saved</div>
<div><b>{100 * difference.mean:+.2f}</b>points of accuracy, not below {100 * difference.low:+.2f} at 95 %</div>
<div><b>{found.overhead["governor_us"]:.0f} µs</b>to decide, a question</div></div>
<h2>What was found</h2><ul>{said}</ul>
<h2>Accuracy and cost</h2>{_frontier(found)}
<h2>Every way of serving</h2><div class="wide">{_arms(found)}</div>
<h2>By kind of question</h2><div class="wide">{_kinds(found)}</div>
<h2>What the governor did</h2>{_governor(found)}
</body></html>
"""


def _frontier(found: Comparison) -> str:
    """Accuracy over cost, the cost on a logarithmic axis."""
    width, height, left, right, top, bottom = 900, 420, 60, 170, 20, 50
    arms = list(found.arms.values())
    low, high = math.log10(min(a.cost for a in arms)) - 0.1, math.log10(max(a.cost for a in arms)) + 0.1
    floor = max(0.0, math.floor(min(a.accuracy for a in arms) * 10 - 0.5) / 10)

    def x(cost: float) -> float:
        return left + (math.log10(cost) - low) / (high - low) * (width - left - right)

    def y(accuracy: float) -> float:
        return height - bottom - (accuracy - floor) / (1 - floor) * (height - top - bottom)

    parts = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="Accuracy over cost of every way of serving">']
    for i in range(round(floor * 10), 11):
        level = y(i / 10)
        parts.append(f'<line class="axis" x1="{left}" x2="{width - right}" y1="{level:.1f}" y2="{level:.1f}"/>')
        parts.append(f'<text class="soft" x="{left - 8}" y="{level + 4:.1f}" text-anchor="end">{10 * i} %</text>')
    for power in range(math.ceil(low), math.floor(high) + 1):
        parts.append(f'<line class="axis" x1="{x(10**power):.1f}" x2="{x(10**power):.1f}" y1="{top}" y2="{height - bottom}"/>')
        label = (
            f'<text class="soft" x="{x(10**power):.1f}" y="{height - bottom + 18}" text-anchor="middle">${10.0**power:g}</text>'
        )
        parts.append(label)
    parts.append(f'<text class="soft" x="{left}" y="{height - 10}">US dollars for a thousand questions</text>')
    line = " ".join(f"{x(a.cost):.1f},{y(a.accuracy):.1f}" for a in (found.arms[level.name] for level in frontier(found.arms)))
    parts.append(f'<polyline points="{line}" fill="none" stroke="var(--fixed)" stroke-dasharray="4 4"/>')
    taken: list[tuple[float, float]] = []
    parts += [_point(a, x(a.cost), y(a.accuracy), taken) for a in sorted(arms, key=lambda a: a.name != "governor")]
    return "".join([*parts, "</svg>"])


def _point(arm: Arm, x: float, y: float, taken: list[tuple[float, float]]) -> str:
    ours = arm.name == "governor"
    color = "var(--governor)" if ours else "var(--fixed)" if arm.name in {level.name for level in LEVELS} else "var(--other)"
    if ours:
        # To its left, where it stands alone: what is as accurate is dearer.
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{color}"/>'
        return f'{dot}<text x="{x - 12:.1f}" y="{y + 4:.1f}" text-anchor="end" font-weight="700">{escape(arm.name)}</text>'
    label = y + 4
    # A label makes way for those that stand there already.
    while any(abs(label - other) < 13 and abs(x - place) < 150 for place, other in taken):
        label += 13
    taken.append((x, label))
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"/>'
    # A thin line leads from a dot to a label that had to go far.
    lead = f'<line class="axis" x1="{x:.1f}" y1="{y:.1f}" x2="{x + 9:.1f}" y2="{label - 4:.1f}"/>' if label - y > 10 else ""
    return lead + dot + f'<text x="{x + 10:.1f}" y="{label:.1f}">{escape(arm.name)}</text>'


def _arms(found: Comparison) -> str:
    names = ("served", "right", "95 %", "to the maximum", "$ / 1000", "saved", "tokens in a row")
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"
    rows = []
    for arm in found.arms.values():
        low, high = arm.interval
        points = 100 * paired(arm.right, found.maximum.right).mean
        cells = [
            escape(arm.name),
            f"{arm.accuracy:.1%}",
            f"{100 * low:.1f}–{100 * high:.1f}",
            f"{points:+.2f}",
            f"{arm.cost:.4f}",
        ]
        cells += [f"{1 - arm.cost / found.maximum.cost:.1%}", f"{arm.steps.mean():.0f}"]
        rows.append(_row(cells, "ours" if arm.name == "governor" else ""))
    return f"<table>{head}{''.join(rows)}</table>"


def _kinds(found: Comparison) -> str:
    head = "<tr><th>kind</th><th>questions</th><th>maximum</th><th>governor</th><th>saved</th></tr>"
    rows = [
        _row([escape(name), f"{k['questions']:.0f}", f"{k['maximum']:.1%}", f"{k['governor']:.1%}", f"{k['saved']:.1%}"])
        for name, k in as_dict(found)["kinds"].items()
    ]
    return f"<table>{head}{''.join(rows)}</table>"


def _governor(found: Comparison) -> str:
    detail = found.governor.detail
    titles = (("Started on", "planned"), ("Ended on", "ended"), ("Calls", "calls"))
    counted = ((title, ", ".join(f"{escape(name)} {n}" for name, n in detail[key].items())) for title, key in titles)
    parts = [f"<p>{title}: {counts}</p>" for title, counts in counted]
    ramps = ", ".join(f"{escape(reason)} {count}" for reason, count in detail["ramps"].items()) or "never"
    return "".join([*parts, f"<p>Ramped: {ramps}</p><p>Settled: {detail['settled']:.1%}</p>"])


def _row(cells: list[str], kind: str = "") -> str:
    start = f'<tr class="{kind}">' if kind else "<tr>"
    return start + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
