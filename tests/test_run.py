"""The host-driven loop: calls are granted, streams say what they say, the run ramps, stops, and never passes its ceiling."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rheostat as rh

SURE, UNSURE = [-0.01] + [-16.0] * 19, [math.log(1 / 20)] * 20
HARD = "Find all pairs of positive integers (m, n) such that m^2 + n divides n^2 + m."


def test_one_answer_settles_a_run_of_one_sample(governor: rh.Governor) -> None:
    run = governor.plan(HARD, rung="fast", at=0.0).start()
    assert run.phase == "started"
    (call,) = run.next(at=0.0)
    assert (call.id, call.kind, call.model, call.samples, call.resume) == (0, "generate", "small-model", 1, None)
    assert call.rung.name == "fast"
    assert call.max_tokens == call.rung.max_tokens
    assert run.next(at=0.0) == []
    assert not run.done
    sample = call.sample()
    action = sample.token(-0.01, SURE, text="4", at=0.5)
    assert action.kind == rh.CONTINUE
    assert (action.kind.value, str(action.kind), hash(action.kind)) == ("continue", "continue", hash("continue"))
    assert not action.stops
    action = sample.finish("42", at=1.0)
    assert (action.kind, action.scope, action.stops, action.dial, action.rung) == (rh.STOP, "run", True, None, None)
    call.usage(input=100, cached=40, output=7, reasoning=5, at=1.5)
    run.close(at=1.5)
    assert run.done
    assert (run.answer, run.settled, run.certified) == ("42", True, False)
    spent = run.spent
    assert (spent.tokens, spent.samples, spent.calls, spent.seconds) == (7, 1, 1, 1.5)
    assert spent.usd == pytest.approx((100 * 0.05 + 7 * 0.40) / 1e6)
    assert run.ended == "the sample finished with an answer"
    assert run.trail[0].reason == "started from its plan"


def test_low_confidence_ramps_to_the_next_rung(governor: rh.Governor) -> None:
    with governor.plan(HARD, rung="fast").start() as run:
        sample = run.next()[0].sample()
        actions = [sample.token(row[0], row) for row in [SURE] * 100 + [UNSURE] * 400]
        ramp = next(action for action in actions if action.kind == rh.RAMP)
        assert (ramp.dial, ramp.scope, ramp.stops) == ("model", "call", True)
        assert ramp.rung is not None
        assert ramp.rung.name == "think"
        assert "confidence" in ramp.reason
        sample.finish()
        (call,) = run.next()
        assert call.model == "mid-model"
        call.sample().finish("42")
    assert (run.answer, run.settled, run.escalations, run.rung.name) == ("42", True, 1, "think")


def test_samples_that_stream_at_once_keep_windows_of_their_own(governor: rh.Governor) -> None:
    with governor.plan(HARD, rung="deep").start() as run:
        (call,) = run.next()
        samples = [call.sample(i) for i in range(call.samples)]
        assert [sample.id for sample in samples] == list(range(call.samples))
        rng = np.random.default_rng(0)
        own = [rh.Confidence(window=256) for _ in samples]
        for _ in range(400):
            for i, sample in enumerate(samples):
                row = np.sort(-rng.uniform(8, 20 + i, 20))[::-1].tolist()
                own[i].update(row)
                assert not sample.token(row[0], row).stops
        for sample, confidence in zip(samples, own, strict=True):
            readings = sample.readings
            assert readings.tokens == 400
            assert readings.group == pytest.approx(confidence.group)
            assert readings.lowest == pytest.approx(confidence.lowest)
            assert readings.invalid == 0


def test_agreement_stops_in_launch_order(governor: rh.Governor) -> None:
    with governor.plan(HARD, rung="deep").start() as run:
        (call,) = run.next()
        assert call.samples == 5
        # The last four finish first: they are counted only once the first has, so that short answers have no head start.
        for i in (4, 3, 2, 1):
            assert not call.sample(i).finish("42").stops
        action = call.sample(0).finish("42")
        assert (action.kind, action.scope) == (rh.STOP, "run")
    assert (run.answer, run.settled) == ("42", True)


@pytest.mark.parametrize(("usd_per_error", "kind", "dial"), [(20.0, rh.RAMP, "samples"), (0.5, rh.STOP, None)])
def test_disagreement_ramps_where_it_is_worth_the_price(
    ladder: rh.Ladder, usd_per_error: float, kind: rh.types.ActionKind, dial: str | None
) -> None:
    governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=usd_per_error))
    with governor.plan(HARD, rung="deep").start() as run:
        (call,) = run.next()
        actions = [call.sample(i).finish(str(i)) for i in range(5)]
        assert (actions[-1].kind, actions[-1].dial) == (kind, dial)
        assert run.settled is False
        assert [call.samples for call in run.next()] == ([5] if kind == rh.RAMP else [])


def test_lone_surrogates_in_what_comes_back_are_repaired(governor: rh.Governor) -> None:
    with governor.plan(HARD).start() as run:
        (call,) = run.next()
        sample = call.sample(0)
        assert sample.token(-1.0, text="half a pair: \ud83d").kind == rh.CONTINUE
        assert sample.text("and the other half: \ude00", 5).kind == rh.CONTINUE
        assert sample.probe("4\ud800").kind == rh.CONTINUE
        sample.finish("4\ud800")
        assert run.answer == "4\ufffd"


@pytest.mark.parametrize("period", [0, 4097])
def test_a_period_of_loops_out_of_bounds_is_refused(period: int) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match=rf"loop_period must be between 1 and 4096 words, got {period}"):
        rh.Rules(loop_period=period)


def test_rules_are_data(ladder: rh.Ladder) -> None:
    rules = rh.Rules(ramps=[rh.Ramp("stall", [rh.Move("escalate")])], low_confidence=None)
    governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0), rules=rules)
    with governor.plan(HARD, rung="fast").start() as run:
        (call,) = run.next()
        for _ in range(300):
            assert call.sample(0).token(-1.0, [-1.0] * 20).kind == rh.CONTINUE
        action = run.observe("stall")
        assert (action.kind, action.dial, action.stops) == (rh.RAMP, "model", True)
        with pytest.raises(rh.errors.UnknownNameError, match="known: low_confidence"):
            run.observe("boredom")  # type: ignore[arg-type]
    assert governor.version != rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0)).version


def test_a_ladder_says_how_thinking_is_lengthened() -> None:
    rungs = [rh.Rung("think", thinking_tokens=1_000, answer_tokens=100), rh.Rung("deep", thinking_tokens=4_000)]
    for way, dial, tokens in [
        ("restart", "thinking_tokens", 2_000),
        ("raise", "thinking_tokens", 1_000),
        ("never", "model", None),
    ]:
        ladder = rh.Ladder(rungs, thinking=way)  # type: ignore[arg-type]
        governor = rh.Governor(ladder, policy=rh.policy.Threshold([0.99]))
        with governor.plan(HARD, rung="think").start() as run:
            sample = run.sample(0)
            actions = [sample.token(-1.0, [-1.0] * 20) for _ in range(64)]
            ramp = next(action for action in actions if action.kind == rh.RAMP)
            assert (ramp.dial, ramp.tokens) == (dial, tokens)
    with pytest.raises(rh.errors.UnknownNameError, match="known: never, restart, continue, raise"):
        rh.Ladder(rungs, thinking="longer")  # type: ignore[arg-type]
    with pytest.raises(rh.errors.UnknownNameError, match="known: thinking_tokens"):
        rh.Ladder(rungs, forbid=["breadth"])  # type: ignore[list-item]
    assert not run.settled


def test_equal_probes_settle(governor: rh.Governor) -> None:
    with governor.plan(HARD, rung="fast").start() as run:
        sample = run.next()[0].sample()
        sample.text("Let me think. ", tokens=4)
        assert not sample.probe("7", 0.9).stops
        assert not sample.probe(" 7 ", 0.9).stops
        assert sample.probe("7", 0.9).stops
        sample.finish()
    assert (run.answer, run.settled) == ("7", True)


def test_a_failed_call_is_tried_again(governor: rh.Governor) -> None:
    with governor.plan(HARD, rung="fast").start() as run:
        (call,) = run.next()
        action = call.fail(ConnectionError("reset by peer"))
        assert not action.stops
        (again,) = run.next()
        assert again.model == call.model
        again.sample().finish("42")
    assert run.settled
    assert any(event.detail == "reset by peer" for event in run.trail)


def test_the_deadline_holds_without_a_word_from_the_stream(governor: rh.Governor) -> None:
    plan = governor.plan(HARD, rung="fast", ceiling=rh.Ceiling(seconds=10))
    run = plan.start(at=100.0)
    sample = run.next(at=100.0)[0].sample()
    sample.token(at=101.0)
    assert not run.tick(at=109.9).stops
    action = run.tick(at=110.0)
    assert (action.kind, action.scope) == (rh.CEILING, "run")
    assert sample.token(at=111.0).kind == rh.CEILING
    sample.finish("late", at=112.0)
    assert (run.answer, run.settled, run.done) == ("late", False, True)


def test_a_run_of_one_stream_needs_no_loop(governor: rh.Governor) -> None:
    with governor.plan("hi", rung="fast").start() as run:
        assert run.sample(0).finish("hello").stops
    assert run.answer == "hello"


@pytest.mark.parametrize("logits", [np.float32, np.float64, list])
def test_full_rows_of_logits_count_as_tokens(governor: rh.Governor, logits: type) -> None:
    row = np.zeros(50_000)
    row[7] = 20.0
    with governor.plan(HARD, rung="fast").start() as run:
        sample = run.next()[0].sample()
        for _ in range(3):
            sample.logits(row.tolist() if logits is list else row.astype(logits))
        assert sample.readings.tokens == 3
        assert sample.readings.entropy == pytest.approx(rh.logit_stats(row).entropy)


def test_tokens_at_once_are_tokens_one_by_one(governor: rh.Governor) -> None:
    rows = np.random.default_rng(3).uniform(-20, -5, (300, 20)).astype(np.float32)
    plan = governor.plan(HARD, rung="fast")
    with plan.start() as one, plan.start() as many:
        single, batch = one.next()[0].sample(), many.next()[0].sample()
        for row in rows:
            single.token(float(row[0]), row)
        batch.tokens(rows[:, 0], rows)
        assert single.readings.tokens == batch.readings.tokens == 300
        assert single.readings.group == pytest.approx(batch.readings.group)
        assert single.readings.lowest == pytest.approx(batch.readings.lowest)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["next", "token", "tokens", "text", "probe", "step", "finish", "fail", "usage", "tick"]),
        st.integers(0, 30),
        st.floats(allow_nan=True, allow_infinity=True),
    ),
    max_size=120,
)


@pytest.mark.filterwarnings("ignore:rung .* does not fit its ceiling:UserWarning")
@settings(max_examples=200, deadline=None)
@given(EVENTS, st.integers(1, 20_000), st.integers(1, 12))
def test_no_order_of_events_passes_a_ceiling(events: list[tuple[str, int, float]], tokens: int, samples: int) -> None:
    ladder = rh.Ladder([rh.Rung("a", answer_tokens=50, output_price=5.0), rh.Rung("b", answer_tokens=500, samples=4)])
    ceiling = rh.Ceiling(tokens=tokens, samples=samples, usd=0.02, seconds=1e6)
    run = rh.Governor(ladder, rh.policy.Utility(1.0), ceiling).plan(HARD).start(at=0.0)
    calls: list[rh.Call] = []
    streams: list[tuple[rh.Call, rh.Sample, list[int]]] = []
    for what, which, value in events:
        if what == "next":
            for call in run.next(at=value):
                calls.append(call)
                streams += [(call, call.sample(i), [0]) for i in range(call.samples)]
        elif what == "tick":
            run.tick(at=value)
        elif streams:
            call, sample, written = streams[which % len(streams)]
            # An honest engine: it never writes more than it was granted.
            room = call.max_tokens - written[0]
            try:
                if what in ("token", "tokens"):
                    n = min(1 if what == "token" else which, room)
                    written[0] += n
                    sample.tokens([value] * n, [[value] * 3] * n, at=value) if n else sample.text("", 0)
                elif what == "text":
                    n = min(which, room)
                    written[0] += n
                    sample.text("x" * which, n, at=value)
                elif what == "probe":
                    sample.probe(str(which % 3), value, at=value)
                elif what == "step":
                    sample.step(value, at=value)
                elif what == "finish":
                    written[0] = call.max_tokens
                    sample.finish(str(which % 3), at=value)
                elif what == "fail":
                    call.fail("no", at=value)
                    for other in streams:
                        if other[0].id == call.id:
                            other[2][0] = call.max_tokens
            except rh.errors.StateError:
                pass
        spent = run.spent
        assert spent.tokens <= tokens
        assert spent.samples <= samples
    granted = sum(call.max_tokens * call.samples for call in calls if call.id == 0)
    assert granted <= tokens
