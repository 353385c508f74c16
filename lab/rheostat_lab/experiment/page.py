"""The comparison as one HTML page: no script, nothing fetched, light and dark."""

from __future__ import annotations

import io
from html import escape

from rheostat_lab.experiment.choose import frontier
from rheostat_lab.experiment.compare import Comparison
from rheostat_lab.experiment.numbers import paired
from rheostat_lab.experiment.report import as_dict, sentences
from rheostat_lab.experiment.rungs import LEVELS

_GOVERNOR, _FIXED, _OTHER = "#0b7a5b", "#6b7c96", "#c2581f"
"""Colours with enough contrast on white and on black paper."""
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
svg text { fill: currentColor; }
"""


def page(found: Comparison) -> str:
    """The whole page. Needs matplotlib."""
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
    """Accuracy over cost, the cost on a logarithmic axis, as an inline SVG whose ink is the page's."""
    import matplotlib
    from matplotlib.figure import Figure

    fixed = {level.name for level in LEVELS}
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "rheostat", "font.size": 9.0}):
        figure = Figure(figsize=(9.0, 4.6), layout="constrained")
        axes = figure.add_subplot()
        hull = [found.arms[level.name] for level in frontier(found.arms)]
        axes.plot([arm.cost for arm in hull], [100 * arm.accuracy for arm in hull], "--", color=_FIXED, linewidth=1)
        for arm in found.arms.values():
            ours = arm.name == "governor"
            color = _GOVERNOR if ours else _FIXED if arm.name in fixed else _OTHER
            axes.plot(arm.cost, 100 * arm.accuracy, "o", color=color, markersize=8 if ours else 5)
            # The governor's name stands to its left, where it is alone: what is as accurate is dearer.
            side = {"xytext": (-8, -3), "ha": "right", "weight": "bold"} if ours else {"xytext": (6, -3)}
            axes.annotate(arm.name, (arm.cost, 100 * arm.accuracy), textcoords="offset points", **side)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("${x:g}")
        axes.yaxis.set_major_formatter("{x:g} %")
        axes.set_xlabel("US dollars for a thousand questions")
        axes.spines[["right", "top"]].set_visible(False)
        axes.grid(alpha=0.3)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    picture = out.getvalue()
    return picture[picture.index("<svg") :].replace("#000000", "currentColor")


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
