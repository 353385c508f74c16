"""The charts of the benches, as SVG, drawn by matplotlib."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import matplotlib
from adjustText import adjust_text
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#475569", "#b91c1c", "#0f766e")
STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9.0,
    "grid.color": "#e5e7eb",
    "svg.fonttype": "none",  # Text stays text: smaller, and it can be searched.
    "svg.hashsalt": "rheostat",  # Equal charts are equal files.
}


@dataclass(frozen=True)
class Line:
    """A named line: points, and for each an interval if there is one. `dashed` is for references."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    dashed: bool = False
    dots: bool = True


@dataclass(frozen=True)
class Point:
    """A point of a chart: cost, above 0, and worth."""

    name: str
    x: float
    y: float


def lines(
    title: str, x_label: str, y_label: str, drawn: Sequence[Line], *, x_ticks: Sequence[float] = (), x_names: Sequence[str] = ()
) -> str:
    """A chart of lines.

    Args:
        title: Above the chart.
        x_label: Below it.
        y_label: Beside it.
        drawn: In the order of the legend.
        x_ticks: Where the horizontal axis is marked, if not at round numbers.
        x_names: The names of those marks.
    """
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes(title, x_label, y_label, (8.0, 4.6))
        for place, line in enumerate(drawn):
            colour, dash = COLOURS[place % len(COLOURS)], "--" if line.dashed else "-"
            marker = "o" if line.dots else ""
            axes.plot(line.x, line.y, dash, marker=marker, markersize=4, color=colour, label=line.name)
            if line.low:
                axes.vlines(line.x, line.low, line.high, color=colour, alpha=0.45, linewidth=1)
        if x_ticks:
            axes.set_xticks(x_ticks, x_names)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
        return _svg(figure)


def frontier(title: str, x_label: str, y_label: str, groups: Mapping[str, Sequence[Point]], joined: Collection[str]) -> str:
    """Draws worth against cost, with the cost on a logarithmic axis.

    Args:
        title: Above the chart.
        x_label: Below it.
        y_label: Beside it.
        groups: The points, in the order of the legend.
        joined: The groups whose points are joined by a line; the points of the others are named.
    """
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes(title, x_label, y_label, (9.0, 5.4))
        texts = []
        for place, (name, points) in enumerate(groups.items()):
            colour = COLOURS[place % len(COLOURS)]
            x, y = [point.x for point in points], [point.y for point in points]
            axes.plot(x, y, linestyle="-" if name in joined else "none", marker="o", markersize=4, color=colour, label=name)
            if name not in joined:
                texts += [axes.text(point.x, point.y, point.name, fontsize=7, color=colour) for point in points]
        every = [point for points in groups.values() for point in points]
        wide = max(point.x for point in every) > 100 * min(point.x for point in every)
        axes.set_xscale("log")
        axes.margins(0.06, 0.12)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if wide else (1, 1.5, 2, 3, 4, 5, 6, 8)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.legend(loc="lower right", frameon=False)
        adjust_text(
            texts,
            x=[point.x for point in every],
            y=[point.y for point in every],
            ax=axes,
            expand=(1.1, 1.5),
            force_text=(0.3, 0.8),
            arrowprops={"arrowstyle": "-", "color": "#94a3b8", "linewidth": 0.5},
        )
        return _svg(figure)


def _axes(title: str, x_label: str, y_label: str, size: tuple[float, float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)  # Names are placed by their size in pixels, which a bare figure cannot tell.
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontweight="bold")
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return "\n".join(line.rstrip() for line in text[text.index("<svg") :].splitlines()) + "\n"
