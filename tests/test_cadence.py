"""The cadence's drivers, with clocks that only waits move on, and its Python surface."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

import rheostat as rh
from benches.quality import cadence as bench
from rheostat.cadence import AsyncDriver, Done, Driver, run
from rheostat.errors import ArtifactError, InvalidTypeError, InvalidValueError, StateError

MODES = [(600, "fast"), (60, "think")]


class Clock:
    """A clock that waits move on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def capped(usd: float = 1.0) -> rh.Cadence:
    """A cadence with a cap for the day."""
    return rh.Cadence(MODES, cap=rh.Cap("session", usd=usd, per=86_400), usd=0.1)


def test_a_day_stays_within_its_cap_and_reports_each_beat() -> None:
    cadence, clock, rungs = capped(), Clock(), []

    def beat(beat: rh.types.Beat) -> Done:
        rungs.append(beat.rung)
        clock.now += 2.0
        return Done(found=len(rungs) < 3, usd=beat.usd)

    run(cadence, beat, clock=clock, wait=clock.wait, until=86_400)
    assert cadence.spent.usd == pytest.approx(1.0)
    assert len(rungs) == cadence.counts.beats == 10
    assert cadence.counts.refused > 0
    assert "think" in rungs
    assert [t.cause for t in cadence.drain_transitions()][:1] == ["found"]
    assert cadence.drain_transitions() == []


@pytest.mark.parametrize("told", [None, True, 0.5, "done"])
def test_a_beat_that_tells_nothing_is_an_error_and_costs_all_that_it_might(told: object) -> None:
    cadence, clock = capped(), Clock()
    with pytest.raises(InvalidTypeError, match=r"what a beat returns: got \w+, wanted a rheostat.cadence.Done"):
        run(cadence, lambda _: told, clock=clock, wait=clock.wait, until=86_400)  # type: ignore[arg-type, return-value]
    assert (cadence.spent.usd, cadence.counts.beats) == (0.1, 1)


def test_no_model_is_asked_where_nothing_has_changed() -> None:
    cadence, clock, asked = capped(), Clock(), []
    changes = [5_000.0, 40_000.0]

    def changed() -> bool:
        return bool(changes) and changes[0] <= clock.now

    def beat(beat: rh.types.Beat) -> Done:
        asked.append(beat.at)
        changes.pop(0)
        return Done(found=True, usd=0.01)

    run(cadence, beat, preflight=changed, clock=clock, wait=clock.wait, until=86_400)
    assert len(asked) == 2
    assert cadence.counts.unchanged > 40
    assert cadence.spent.usd == pytest.approx(0.02)


def test_a_beat_that_raises_counts_as_if_it_had_spent_all() -> None:
    cadence, clock = capped(), Clock()

    def beat(beat: rh.types.Beat) -> Done:
        raise LookupError(beat.rung)

    with pytest.raises(LookupError):
        run(cadence, beat, clock=clock, wait=clock.wait)
    assert cadence.spent.usd == pytest.approx(0.1)


def test_asyncio_drives_and_signals_wake() -> None:
    cadence, clock = capped(5.0), Clock()
    beats: list[rh.types.Beat] = []

    async def drive() -> None:
        async def wait(event: asyncio.Event, seconds: float) -> None:
            # A message comes 100 seconds after the third beat.
            if len(beats) == 3 and seconds > 100 and not told:
                clock.wait(100)
                told.append(driver.signal("message"))
                await asyncio.wait_for(event.wait(), 5)
                return
            clock.wait(seconds)

        async def beat(beat: rh.types.Beat) -> Done:
            beats.append(beat)
            return Done(salience=0.0, usd=0.01)

        driver = AsyncDriver(cadence, beat, clock=clock, wait=wait)
        await driver.run(until=6_000)

    told: list[rh.types.Wake] = []
    asyncio.run(drive())
    assert told[0].woken
    assert told[0].delay == 0
    assert beats[3].reason == "signal"
    assert beats[3].at - beats[2].at == pytest.approx(100)


def test_a_cancelled_beat_of_asyncio_counts_as_if_it_had_spent_all() -> None:
    cadence, clock = capped(), Clock()

    async def drive() -> None:
        begun = asyncio.Event()

        async def beat(_: rh.types.Beat) -> Done:
            begun.set()
            await asyncio.Event().wait()
            return Done()

        task = asyncio.ensure_future(AsyncDriver(cadence, beat, clock=clock).run())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(drive())
    assert cadence.spent.usd == pytest.approx(0.1)


def test_a_thread_drives_until_it_is_stopped() -> None:
    clock, beaten = Clock(), [threading.Event(), threading.Event()]
    cadence = rh.Cadence(MODES)

    def beat(beat: rh.types.Beat) -> Done:
        beaten[beat.at > 0].set()
        return Done()

    with Driver(cadence, beat, clock=clock) as driver:
        assert beaten[0].wait(30)
        clock.now = 601.0
        # The thread sleeps; a signal makes it look again.
        driver.signal("message")
        assert beaten[1].wait(30)
    assert driver.error is None
    assert cadence.counts.beats == 2


def test_an_exception_ends_the_thread_and_is_kept() -> None:
    def beat(_: rh.types.Beat) -> Done:
        raise LookupError("gone")

    driver = Driver(rh.Cadence(MODES), beat, clock=Clock()).start()
    assert driver._thread is not None
    driver._thread.join(30)
    assert isinstance(driver.error, LookupError)


def test_a_state_goes_on_in_another_process() -> None:
    first = capped()
    first.start(at=0)
    first.tick(found=True, usd=0.1, at=1)
    first.signal("message", at=2)
    second = capped()
    second.restore(first.state())
    assert second.next(at=3) == first.next(at=3)
    assert second.worth() == first.worth()
    assert second.spent == first.spent
    with pytest.raises(ArtifactError, match="2 modes, and the settings have 3"):
        rh.Cadence([*MODES, (30, "deep")]).restore(first.state())


BAD: dict[str, Callable[[], object]] = {
    "modes must be between 2 and 8 modes, got 0": lambda: rh.Cadence([]),
    "floor must be between": lambda: rh.Cadence(MODES, floor=0),
    "usd must be above 0 and at most the cap": lambda: rh.Cadence(MODES, cap=rh.Cap("session", usd=1)),
    "cached_usd must be at most 0.1": lambda: rh.Cadence(MODES, usd=0.1, cached_usd=0.2),
    "salience must be between 0 and 1, got 2": lambda: rh.Cadence(MODES).tick(salience=2),
    "strength must be above 0": lambda: rh.Cadence(MODES).signal("a", 0),
    "mode must be between 0 and 1, got 2": lambda: rh.Cadence(MODES).force(2, 1e10),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_values_are_named(message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        BAD[message]()


def test_wrong_types_and_states_are_named() -> None:
    with pytest.raises(InvalidTypeError, match=r"modes\[0\]"):
        rh.Cadence([5])  # type: ignore[list-item]
    with pytest.raises(InvalidTypeError, match="cap"):
        rh.Cadence(MODES, cap=5)  # type: ignore[arg-type]
    cadence = rh.Cadence(MODES)
    cadence.start(at=0)
    with pytest.raises(StateError, match="in flight"):
        cadence.unchanged(at=1)


def test_it_is_earlier_than_a_fixed_interval_at_equal_ticks() -> None:
    there = bench.world("bursty", 60, 1)
    delay = {}
    for name, signalled in (("fixed", False), ("Cadence", False), ("Cadence", True)):
        make = bench.RULES[name]
        found = bench.simulate(make(bench.scale_for(make, 4.0, there, signalled)), there, signalled)
        assert found.ticks == pytest.approx(4.0, rel=0.03)
        delay[name, signalled] = found.delay
    assert delay["Cadence", False] < 0.75 * delay["fixed", False]
    assert delay["Cadence", True] < delay["fixed", False] / 3
