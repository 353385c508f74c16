"""The charts: SVG that holds every name as text, and equal files for equal charts."""

import pytest

pytest.importorskip("adjustText", reason="the dependency group `bench` is not installed")

from benches.quality import _charts


def test_a_chart_of_lines_holds_its_names_escaped() -> None:
    line = _charts.Line("this & that", [0.0, 1.0], [0.0, 2.0], low=[0.0, 1.0], high=[1.0, 3.0])
    text = _charts.lines("a < b", "x", "y", [line], x_ticks=[0.0, 1.0], x_names=["none", "all"])
    assert text.startswith("<svg")
    for name in ("this &amp; that", "a &lt; b", ">none<", ">all<"):
        assert name in text


def test_a_frontier_names_the_points_that_no_line_joins() -> None:
    groups = {
        "ours": [_charts.Point("first", 1.0, 80.0), _charts.Point("second", 3.0, 90.0)],
        "fixed": [_charts.Point(f"alone {i}", 1.0 + i / 100, 85.0) for i in range(5)],
    }
    text = _charts.frontier("made", "cost", "right, %", groups, {"ours"})
    assert text.startswith("<svg")
    assert "first" not in text
    assert all(f"alone {i}" in text for i in range(5))
    assert text == _charts.frontier("made", "cost", "right, %", groups, {"ours"})
