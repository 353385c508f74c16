"""Governed requests as spans and metrics of OpenTelemetry (extra `otel`), for programs that embed rheostat.

The instrumentation of an SDK has a span for each request to a provider. This one has what no SDK knows: the decision, and each
step of its run. It is made when the request has ended, as a child of the span that is current then, under the names that the
proxy uses. No word of a query is in it.
"""

from __future__ import annotations

import time
from typing import Any

from rheostat._checks import wrong_type
from rheostat._decision import Decision
from rheostat._extras import need

__all__ = ["Telemetry"]

_SECONDS = [0.01 * 2**n for n in range(14)]
"""Bounds of times, in seconds: those of the GenAI conventions."""


class Telemetry:
    """Reports decisions to OpenTelemetry.

    Args:
        tracer_provider: An `opentelemetry.trace.TracerProvider`; the global one if not given.
        meter_provider: An `opentelemetry.metrics.MeterProvider`; the global one if not given.

    Raises:
        MissingExtraError: The extra `otel` is not installed.

    Example:
        >>> import rheostat as rh
        >>> telemetry = Telemetry()
        >>> governor = rh.Governor(rh.Ladder([rh.Rung("only")]))
        >>> plan = governor.plan("Why?")
        >>> with plan.start() as run:
        ...     _ = run.next()[0].sample(0).finish(answer="Because.")
        >>> telemetry.report(Decision(plan, run, governor))
    """

    def __init__(self, *, tracer_provider: Any = None, meter_provider: Any = None) -> None:
        metrics, trace = need("opentelemetry.metrics", "otel"), need("opentelemetry.trace", "otel")
        self._trace = trace
        self._tracer = trace.get_tracer("rheostat", tracer_provider=tracer_provider)
        meter = metrics.get_meter("rheostat", meter_provider=meter_provider)
        self._seconds = meter.create_histogram(
            "rheostat.run.duration", "s", "From a run's start to its last event.", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._runs = meter.create_counter("rheostat.runs", "{run}", "Governed requests that have ended.")
        self._tokens = meter.create_counter("rheostat.tokens", "{token}", "Output tokens, thinking included.")
        self._cost = meter.create_counter("rheostat.cost", "{USD}", "US dollars, at the ladder's prices.")

    def report(self, decision: Decision, *, session: str | None = None, tenant: str | None = None) -> None:
        """Reports a decision whose run has ended: a span with an event for each step, and the metrics of its rung.

        Args:
            decision: The decision, as `rheostat.decision_of` gives it.
            session: The conversation, for the attribute `gen_ai.conversation.id`.
            tenant: The customer. It is an attribute of the span and of no metric, so that their number stays bounded.

        Raises:
            InvalidTypeError: It is no decision.
        """
        if not isinstance(decision, Decision):
            raise wrong_type("decision", decision, "a Decision")
        plan, run = decision.plan, decision.run
        spent = run.spent
        ended = time.time_ns()
        began = ended - int(spent.seconds * 1e9)
        given = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": decision.model,
            "gen_ai.conversation.id": session,
            "rheostat.plan.id": plan.id,
            "rheostat.plan.version": plan.version,
            "rheostat.plan.rung": plan.rung.name,
            "rheostat.rung": decision.rung,
            "rheostat.difficulty": plan.estimate.difficulty,
            "rheostat.p_correct": plan.p_correct,
            "rheostat.reasons": plan.reasons,
            "rheostat.settled": run.settled,
            "rheostat.ended": run.ended,
            "rheostat.ceiling.hit": run.phase == "ceiling",
            "rheostat.spent.tokens": spent.tokens,
            "rheostat.spent.usd": spent.usd,
            "rheostat.spent.calls": spent.calls,
            "rheostat.expected_usd": plan.expected_usd,
            "rheostat.tenant": tenant,
        }
        attributes = {name: value for name, value in given.items() if value is not None}
        span = self._tracer.start_span(f"rheostat {decision.rung}", attributes=attributes, start_time=began)
        for event in run.trail:
            step = {"rheostat.phase": str(event.phase), "rheostat.reason": event.reason, "rheostat.rung": event.rung.name}
            span.add_event("rheostat.action", step, began + int(event.at * 1e9))
        if not run.settled and run.answer is None:
            span.set_status(self._trace.StatusCode.ERROR, run.ended)
        span.end(ended)
        of_rung = {"rheostat.rung": decision.rung, "rheostat.settled": run.settled}
        self._seconds.record(spent.seconds, of_rung)
        self._runs.add(1, of_rung)
        self._tokens.add(spent.tokens, of_rung)
        self._cost.add(spent.usd, of_rung)
