"""A loop that looks into an inbox: `python examples/inbox.py`. Like a cron job, but it looks often only while messages come.

The clock is simulated, so that a day takes no time; a real loop leaves `clock` and `wait` out, or uses `rheostat.cadence.Driver`.
"""

import rheostat as rh
from rheostat.cadence import Done, run

MESSAGES = [9.2, 9.3, 9.45, 9.7, 10.1, 14.5, 14.6, 14.9]
"""When messages come, in hours."""

governor = rh.Governor(rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("think", output_price=3.0)]))
cadence = rh.Cadence([(1_800, "fast"), (300, "think")], floor=60, cap=rh.Cap("session", usd=5.0, per=86_400), usd=0.05)
clock, unread = [0.0], [hour * 3_600 for hour in MESSAGES]


def wait(seconds: float) -> None:
    """Moves the clock on."""
    clock[0] += seconds


def changed() -> bool:
    """A free look: no model is asked."""
    return any(time <= clock[0] for time in unread)


def beat(beat: rh.types.Beat) -> Done:
    """Answers what has come. The plan would be run here."""
    plan = governor.plan("Answer the new messages.", rung=beat.rung, ceiling=rh.Ceiling(usd=beat.usd))
    now = clock[0]
    come = [time for time in unread if time <= now]
    unread[:] = unread[len(come) :]
    late = sum(now - time for time in come) / len(come) / 60
    print(f"{now / 3_600:05.2f} h: {len(come)} messages, {late:.0f} minutes old, on {plan.rung.name} ({beat.reason})")
    return Done(found=True, usd=0.02)


run(cadence, beat, preflight=changed, clock=lambda: clock[0], wait=wait, until=86_400)
print(f"{cadence.counts.beats} beats, {cadence.counts.unchanged} free looks, ${cadence.spent.usd:.2f} of $5")
for transition in cadence.drain_transitions():
    print(f"{transition.at / 3_600:05.2f} h: mode {transition.before} to {transition.after}: {transition.cause}")
