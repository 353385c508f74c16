"""The whole loop in one file: estimate, plan, run, signals, ceiling. `python examples/quickstart.py`."""

import streams

import rheostat as rh

ladder = rh.Ladder(
    [
        rh.Rung("fast", model="small-model", input_price=0.05, output_price=0.40),  # US dollars per million tokens
        rh.Rung("think", model="mid-model", thinking_tokens=4_096, input_price=0.25, output_price=2.00),
        rh.Rung("deep", model="large-model", thinking_tokens=16_384, samples=5, input_price=1.25, output_price=10.00),
    ],
    default="think",
    start_max="think",
)
governor = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=100_000, usd=1.00, seconds=120))

plan = governor.plan("Prove that there are infinitely many primes congruent to 3 mod 4.")
print(plan)
for reason in plan.reasons:
    print("  because", reason)

with plan.start() as run:
    while calls := run.next():  # empty: settled, or nothing more may be granted
        for call in calls:
            print(call)
            for i in range(call.samples):
                sample = call.sample(i)
                # Where your client reads its model's stream. Here a synthetic one, which loses its confidence below the top.
                doubt = 300 if call.rung != ladder[-1] else None
                for top_logprobs in streams.tokens(seed=i, count=900, doubt_after=doubt):
                    action = sample.token(top_logprobs[0], top_logprobs)
                    if action.stops:
                        print("  ", action)
                        break
                action = sample.finish(answer=None if action.stops else "By contradiction: …")
                if action.scope == "run" and action.stops:
                    break  # settled, or at the ceiling: the remaining samples need not be drawn

print(f"answer: {run.answer!r}, settled: {run.settled}, because {run.ended}")
print(run.spent)
governor.outcome(plan.id, rung=run.rung.name, score=1.0, kind="graded")  # now or hours later
