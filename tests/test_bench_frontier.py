"""The frontier bench plays recorded rows through real runs: on rows made here, whose outcome can be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from benches.quality import frontier


def mbpp_rows(n: int = 40) -> list[dict[str, Any]]:
    # Every fourth task fails on the lower model, and its gate says so; the upper one is always right and ten times the price.
    names = ["lower", "upper"]
    return [
        {"id": f"task-{i}", "ladder": names, "gate": [float(i % 4 > 1), 1.0], "ok": [int(i % 4 > 1), 1], "usd": [0.001, 0.01]}
        for i in range(n)
    ]


def by_way(rows: list[frontier.Row]) -> dict[str, frontier.Row]:
    return {row.way: row for row in rows}


def test_the_controller_equals_the_cascade_where_errors_are_dear_and_the_lower_rung_where_they_are_cheap() -> None:
    rows = by_way(frontier.mbpp(mbpp_rows(), "made", resamples=50))
    cascade, dear, cheap = rows["gate cascade"], rows["controller, $1 an error"], rows["controller, $0.001 an error"]
    assert (dear.cost, dear.quality) == pytest.approx((cascade.cost, cascade.quality))
    assert (cascade.cost, cascade.quality) == pytest.approx((0.001 + 0.01 * 0.5, 1.0))
    assert (cheap.cost, cheap.quality, cheap.escalated) == pytest.approx((0.001, 0.5, 0.0))


def test_an_agents_turns_are_runs() -> None:
    def rung(model: str, passes: bool, usd: float) -> dict[str, Any]:
        return {"model": model, "gate_pass": passes, "oracle_correct": passes, "cost_usd": usd, "gate_score": float(passes)}

    def turn(lower: bool, errors: int) -> dict[str, Any]:
        rungs = [rung("lower", lower, 0.001), rung("upper", True, 0.01)]
        return {"tool_errors": errors, "tool_results": 0, "assistant_turns": 0, "repeated_tool_calls": 0, "rungs": rungs}

    rows = [{"id": "a", "turns": [turn(True, 0), turn(True, 0)]}, {"id": "b", "turns": [turn(False, 0), turn(True, 2)]}]
    found = by_way(frontier.agent(rows, resamples=50))
    assert found["controller: gate"].cost == pytest.approx(found["gate cascade in each turn"].cost)
    # The second turn of b has two tool errors: the run starts over on the upper rung without asking the lower one.
    assert found["controller: gate, tool errors, stalls"].cost == pytest.approx((0.002 + 0.011 + 0.01) / 2)


def test_probes_stop_a_run_where_the_rule_says() -> None:
    settled = [[-9.0, -0.001], [-9.0, -0.001], *[[-9.0, -0.0001]] * 9]
    row = {
        "q": "1",
        "seed": 0,
        "gold": "B",
        "n_tok": 1_000,
        "prefix": [100 * i for i in range(11)],
        "pred": "AB" + "B" * 9,
        "lp": settled,
    }
    found = by_way(frontier.gemma([row], resamples=50))
    assert found["controller, 2 equal probes"].cost == pytest.approx(0.2)
    assert found["controller, 4 equal probes"].cost == pytest.approx(0.4)
    assert found["controller, a probe of 0.99"].cost == pytest.approx(0.0)
    assert found["controller, 3 equal probes"].quality == 1.0


def test_the_plot_names_every_way_that_is_not_the_controllers() -> None:
    pytest.importorskip("adjustText", reason="the dependency group `bench` is not installed")
    rows = frontier.mbpp(mbpp_rows(), "made", resamples=50)
    picture = frontier.plot("made", rows)
    assert picture.startswith("<svg")
    assert all(row.way in picture for row in rows if row.kind != "controller")
