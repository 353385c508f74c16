"""Where the names of points go, so that each can be read: clear of one another, of the points, and inside the chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIZE = 9.0
"""Of the type, in pixels."""
ADVANCE = 0.48
"""The width of a character, in parts of the size; on average, sans-serif type is a little narrower."""
RADII = (7.0, 12.0, 18.0, 26.0, 36.0, 48.0, 62.0, 78.0, 96.0, 120.0)
ANGLES = tuple(math.radians(a) for a in (-30, 30, -150, 150, -90, 90, 0, 180, -60, 60, -120, 120))
CROSSING = 80.0
"""What a line through a name or a point weighs, in pixels of a longer line."""
COVERING = 3.0
"""What a covered pixel of a point weighs; one of a name weighs ten times as much."""
DOT = 4.5
"""What a point covers around its middle, in pixels."""


Line = tuple[tuple[float, float], tuple[float, float]]
"""Two ends."""


@dataclass(frozen=True)
class Box:
    """A rectangle, by its left upper and right lower corners."""

    x0: float
    y0: float
    x1: float
    y1: float

    def shared(self, other: Box) -> float:
        """The area that both cover."""
        across, down = min(self.x1, other.x1) - max(self.x0, other.x0), min(self.y1, other.y1) - max(self.y0, other.y0)
        return across * down if across > 0 and down > 0 else 0.0

    def inside(self, other: Box) -> bool:
        """Whether all of it lies in the other."""
        return self.x0 >= other.x0 and self.y0 >= other.y0 and self.x1 <= other.x1 and self.y1 <= other.y1

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def crossed(self, line: Line) -> bool:
        """Whether a line passes through it."""
        (x, y), (u, v) = line
        steps = range(1, 20)
        return any(self.x0 < x + (u - x) * i / 20 < self.x1 and self.y0 < y + (v - y) * i / 20 < self.y1 for i in steps)

    def corner(self, x: float, y: float) -> tuple[float, float]:
        """The point of it that is nearest."""
        return min(max(x, self.x0), self.x1), min(max(y, self.y0), self.y1)


def place(
    names: Sequence[tuple[float, float, str]], taken: Sequence[tuple[float, float]], view: Box
) -> list[tuple[Box, tuple[float, float] | None]]:
    """A box for each name, and where a line to its point ends when the box lies away from it.

    Each goes near, where the fewest others are in its way; those with the most neighbours go last.

    Args:
        names: Points with their names.
        taken: Other points that must stay visible.
        view: What the boxes must stay inside.
    """
    dots = [Box(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in (*((x, y) for x, y, _ in names), *taken)]
    crowd = [sum(math.hypot(x - u, y - v) < 60 for u, v, _ in names) for x, y, _ in names]
    placed: dict[int, Box] = {}
    lines: list[Line] = []
    for i in sorted(range(len(names)), key=lambda i: (crowd[i], i)):
        x, y, name = names[i]
        boxes = [_beside(x, y, len(name), radius, angle) for radius in RADII for angle in ANGLES]
        fitting = [box for box in boxes if box.inside(view)] or boxes
        others = list(placed.values())

        def cost(box: Box, x: float = x, y: float = y, others: Sequence[Box] = others) -> float:
            line = ((x, y), box.corner(x, y))
            passed = [dot for dot in dots if not dot.holds(x, y)]
            crossed = sum(other.crossed(line) for other in (*passed, *others)) + sum(box.crossed(old) for old in lines)
            covered = sum(box.shared(dot) for dot in dots) + 10 * sum(box.shared(other) for other in others)
            return CROSSING * crossed + COVERING * covered + math.dist(*line)

        placed[i] = min(fitting, key=cost)
        lines.append(((x, y), placed[i].corner(x, y)))
    found = []
    for i, (x, y, _) in enumerate(names):
        end = placed[i].corner(x, y)
        found.append((placed[i], end if math.dist(end, (x, y)) > RADII[1] else None))
    return found


def _beside(x: float, y: float, characters: int, radius: float, angle: float) -> Box:
    """The box of a text whose nearest side is so far off in that direction."""
    width, height = characters * SIZE * ADVANCE, SIZE * 1.15
    along, up = math.cos(angle), math.sin(angle)
    left = x + radius * along - width * (1 - along) / 2
    top = y + radius * up - height * (1 - up) / 2
    return Box(left, top, left + width, top + height)
