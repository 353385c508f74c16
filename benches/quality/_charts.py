"""What is bought for what: named points, cost to the right and worth upwards, as SVG."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from benches.quality import _labels

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 60, 24, 44, 54
COLOURS = ("#64748b", "#c2410c", "#0b6e99", "#4d7c0f", "#7e22ce", "#be185d")


@dataclass(frozen=True)
class Point:
    """A named point."""

    name: str
    x: float
    y: float


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two positive ones, few enough to be read."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    many = math.log10(high / low) > 2
    steps = (1, 2, 5) if many else (1, 1.5, 2, 3, 4, 5, 6, 8)
    return [step * 10.0**decade for decade in decades for step in steps if low * 0.999 <= step * 10.0**decade <= high * 1.001]


def chart(title: str, x_label: str, y_label: str, groups: Mapping[str, Sequence[Point]], lines: Collection[str]) -> str:
    """A chart with a logarithmic horizontal axis.

    Args:
        title: Above the chart.
        x_label: Below it.
        y_label: At its upper left.
        groups: The points, in the order of the legend.
        lines: The groups whose points are joined; those of the others are named.
    """
    points = [point for group in groups.values() for point in group]
    x0, x1 = (math.log(f(p.x for p in points)) for f in (min, max))
    y0, y1 = (f(p.y for p in points) for f in (min, max))
    pad = (y1 - y0) * 0.06 or 0.5

    def at(x: float, y: float) -> tuple[float, float]:
        across, up = (math.log(x) - x0) / ((x1 - x0) or 1.0), (y - y0 + pad) / (y1 - y0 + 2 * pad)
        return LEFT + 12 + across * (WIDTH - LEFT - RIGHT - 90), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="38">{escape(y_label)}</text>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_label)}</text>',
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#111"/>',
    ]
    for tick in _ticks(math.exp(x0), math.exp(x1)):
        if x0 - 1e-9 <= math.log(tick) <= x1 + 1e-9:
            x, _ = at(tick, y0)
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{tick:g}</text>')
    for i in range(6):
        value = y0 + (y1 - y0) * i / 5
        _, y = at(math.exp(x0), value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>')
    spots = {name: [at(p.x, p.y) for p in group] for name, group in groups.items()}
    for place, (name, group) in enumerate(groups.items()):
        colour = COLOURS[place % len(COLOURS)]
        if name in lines:
            parts.append(f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in spots[name])}" fill="none" stroke="{colour}"/>')
        for (x, y), point in zip(spots[name], group, strict=True):
            said = escape(f"{point.name}: {point.x:.2f}, {point.y:.2f}")
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"><title>{said}</title></circle>')
        x, y = LEFT + 80 + 110 * place, 38
        parts.append(f'<circle cx="{x}" cy="{y - 4}" r="4" fill="{colour}"/><text x="{x + 8}" y="{y}">{escape(name)}</text>')
    parts += _names(groups, lines, spots)
    return "\n".join([*parts, "</svg>", ""])


def _names(
    groups: Mapping[str, Sequence[Point]], lines: Collection[str], spots: Mapping[str, Sequence[tuple[float, float]]]
) -> list[str]:
    """The names of the points that no line joins, each with a line to its point where it had to go further off."""
    colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(groups)}
    alone = [
        (spot, p.name, colours[name])
        for name in groups
        if name not in lines
        for spot, p in zip(spots[name], groups[name], strict=True)
    ]
    joined = [spot for name in lines if name in groups for spot in spots[name]]
    view = _labels.Box(LEFT + 2, TOP, WIDTH - 4, HEIGHT - BOTTOM - 2)
    boxes = _labels.place([(*spot, name) for spot, name, _ in alone], joined, view)
    parts = []
    for ((x, y), name, colour), (box, end) in zip(alone, boxes, strict=True):
        if end:
            line = f"M{x:.1f} {y:.1f}L{end[0]:.1f} {end[1]:.1f}"
            parts.append(f'<path d="{line}" stroke="{colour}" stroke-width="0.5" opacity="0.6"/>')
        halo = 'paint-order="stroke" stroke="#ffffff" stroke-width="2.5"'
        at = f'x="{(box.x0 + box.x1) / 2:.1f}" y="{box.y1 - 2:.1f}" text-anchor="middle"'
        parts.append(f'<text {at} font-size="{_labels.SIZE:g}" fill="{colour}" {halo}>{escape(name)}</text>')
    return parts
