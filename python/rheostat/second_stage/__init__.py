"""A second stage: a scorer of your own, asked about a query if its answer is expected to be worth its price.

The estimate takes a microsecond and is sometimes unsure. Where the price of a mistake is known (`rheostat.policy.Utility`,
`Paced`) and rungs are close, a slower opinion can pay for itself, such as a network trained on your own traffic. `SecondStage`
computes the expected worth of an opinion for each query, asks for it off the event loop, within a deadline and behind a circuit
breaker, and lets the governor plan with it. If none comes, the first stage's plan stands, and the reason is counted.

>>> import rheostat as rh
>>> from rheostat.second_stage import SecondStage
>>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
>>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=0.02))
>>> with SecondStage(lambda text: 0.9, spread=1.0, usd_per_call=0.0) as second:
...     plan = second.plan(governor, "Which of these two proofs is wrong, and where?")
...     plan.estimate.difficulty, second.counts["used"]
(0.9, 1)
"""

from rheostat.second_stage._breaker import Breaker
from rheostat.second_stage._scorer import OnnxScorer, Signature
from rheostat.second_stage._stage import REASONS, Opinion, SecondStage, measure_spread

__all__ = ["REASONS", "Breaker", "OnnxScorer", "Opinion", "SecondStage", "Signature", "measure_spread"]
