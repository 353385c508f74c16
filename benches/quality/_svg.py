"""Small line charts as SVG, without a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 40, 56
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#475569", "#b91c1c", "#0f766e")


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


def chart(
    title: str, x_label: str, y_label: str, lines: Sequence[Line], *, x_ticks: Sequence[float] = (), x_names: Sequence[str] = ()
) -> str:
    """A chart of lines; the axes span what is drawn.

    Args:
        title: Above the chart.
        x_label: Below it.
        y_label: Beside it.
        lines: What is drawn, in the order of the legend.
        x_ticks: Where the horizontal axis is marked; five even marks if not given.
        x_names: What those marks are called; their numbers if not given.
    """
    xs = [x for line in lines for x in line.x]
    ys = [y for line in lines for y in (*line.y, *line.low, *line.high)]
    pad = (max(ys) - min(ys)) * 0.06 or 0.1
    view = _View(min(xs), max(xs), min(ys) - pad, max(ys) + pad)
    ticks = list(x_ticks) or [view.x0 + (view.x1 - view.x0) * i / 4 for i in range(5)]
    names = list(x_names) or [f"{tick:g}" for tick in ticks]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
        *_axes(view, ticks, names, x_label, y_label),
    ]
    for place, line in enumerate(lines):
        parts += _draw(view, line, COLOURS[place % len(COLOURS)], place)
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True)
class _View:
    x0: float
    x1: float
    y0: float
    y1: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x0) / ((self.x1 - self.x0) or 1.0)
        up = (y - self.y0) / ((self.y1 - self.y0) or 1.0)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def _axes(view: _View, ticks: Sequence[float], names: Sequence[str], x_label: str, y_label: str) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#111"/>']
    for tick, name in zip(ticks, names, strict=True):
        x, _ = view.at(tick, view.y0)
        parts.append(f'<path d="M{x:.1f} {bottom}v5" stroke="#111"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 19}" text-anchor="middle">{escape(name)}</text>')
    for i in range(6):
        value = view.y0 + (view.y1 - view.y0) * i / 5
        _, y = view.at(view.x0, value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>')
    middle = (TOP + bottom) / 2
    parts.append(f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 14}" text-anchor="middle">{escape(x_label)}</text>')
    rotated = f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
    return [*parts, f"{rotated}{escape(y_label)}</text>"]


def _draw(view: _View, line: Line, colour: str, place: int) -> list[str]:
    points = [view.at(x, y) for x, y in zip(line.x, line.y, strict=True)]
    parts = []
    for x, low, high in zip(line.x, line.low, line.high, strict=False):
        (at, bottom), (_, top) = view.at(x, low), view.at(x, high)
        parts.append(f'<path d="M{at:.1f} {bottom:.1f}V{top:.1f}" stroke="{colour}" stroke-opacity="0.45"/>')
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
    if line.dots:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    y = TOP + 14 + place * 20
    start = WIDTH - RIGHT + 14
    parts.append(f'<path d="M{start} {y}h22" stroke="{colour}" stroke-width="2"{dashes}/>')
    parts.append(f'<text x="{start + 28}" y="{y + 4}">{escape(line.name)}</text>')
    return parts
