"""Governed requests as spans and metrics of OpenTelemetry."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import rheostat as rh
from rheostat._decision import Decision
from rheostat.errors import InvalidTypeError, MissingExtraError
from rheostat.otel import Telemetry

pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is not installed")


def decided(ask: str = "What is the capital of France?", answer: str | None = "Paris") -> Decision:
    governor = rh.Governor(rh.Ladder([rh.Rung("fast", model="small", output_price=0.4), rh.Rung("deep", model="large")]))
    plan = governor.plan(ask)
    run = plan.start(at=0.0)
    while calls := run.next(at=1.0):
        for call in calls:
            call.sample(0).finish(answer=answer, at=3.0) if answer else call.fail("no", at=3.0)
            call.usage(input=9, output=2, at=3.0)
    run.close(at=3.0)
    return Decision(plan, run, governor)


class Kept:
    """An SDK that keeps what it gets."""

    def __init__(self) -> None:
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import InMemoryMetricReader
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        self.reader, self.exporter, self.tracers = InMemoryMetricReader(), InMemorySpanExporter(), TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.telemetry = Telemetry(tracer_provider=self.tracers, meter_provider=MeterProvider([self.reader]))

    def metrics(self) -> dict[str, Any]:
        data: Any = self.reader.get_metrics_data()
        return {one.name: one.data.data_points for one in data.resource_metrics[0].scope_metrics[0].metrics}


def test_a_decision_is_a_span_below_the_current_one() -> None:
    kept, decision = Kept(), decided()
    with kept.tracers.get_tracer("mine").start_as_current_span("own") as own:
        kept.telemetry.report(decision, session="s-1", tenant="acme")
    span: Any = kept.exporter.get_finished_spans()[0]
    assert span.parent.span_id == own.get_span_context().span_id
    assert span.name == "rheostat fast"
    assert span.attributes["rheostat.plan.id"] == decision.plan.id
    assert span.attributes["rheostat.rung"] == span.attributes["rheostat.plan.rung"] == "fast"
    assert span.attributes["gen_ai.request.model"] == "small"
    assert span.attributes["gen_ai.conversation.id"] == "s-1"
    assert span.attributes["rheostat.tenant"] == "acme"
    assert span.attributes["rheostat.spent.tokens"] == 2
    assert span.attributes["rheostat.reasons"] == tuple(decision.plan.reasons)
    assert span.end_time - span.start_time == 3_000_000_000
    assert [event.attributes["rheostat.reason"] for event in span.events] == [event.reason for event in decision.run.trail]
    assert all(span.start_time <= event.timestamp <= span.end_time for event in span.events)
    # No word of the query or of the answer is in it.
    assert "Paris" not in span.to_json()
    assert "France" not in span.to_json()


def test_metrics_have_rungs_and_neither_sessions_nor_tenants() -> None:
    kept = Kept()
    for n in range(5):
        kept.telemetry.report(decided(), session=f"s{n}", tenant=f"t{n}")
    metrics = kept.metrics()
    assert set(metrics) == {"rheostat.run.duration", "rheostat.runs", "rheostat.tokens", "rheostat.cost"}
    (runs,) = metrics["rheostat.runs"]
    assert (runs.value, dict(runs.attributes)) == (5, {"rheostat.rung": "fast", "rheostat.settled": True})
    assert metrics["rheostat.tokens"][0].value == 10
    assert metrics["rheostat.cost"][0].value == pytest.approx(5 * 2 * 0.4e-6)
    (times,) = metrics["rheostat.run.duration"]
    assert (times.count, times.sum, times.explicit_bounds[0]) == (5, 15.0, 0.01)


def test_a_request_without_an_answer_is_an_error() -> None:
    kept, decision = Kept(), decided(answer=None)
    kept.telemetry.report(decision)
    span: Any = kept.exporter.get_finished_spans()[0]
    assert span.status.is_ok is False
    assert span.status.description == decision.run.ended


@pytest.mark.parametrize("wrong", [None, "x", object()])
def test_what_is_no_decision_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidTypeError, match="decision"):
        Telemetry().report(wrong)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    with pytest.raises(MissingExtraError, match="otel"):
        Telemetry()
