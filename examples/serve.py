"""The ready-made host: `rheostat.aio.serve` sends the calls, reads the streams, and follows the run's actions.

`client` stands for yours: it makes one request and yields what comes back. This one is synthetic; a real one is as long.
"""

import asyncio
from collections.abc import AsyncIterator

import streams

import rheostat as rh
from rheostat.aio import Chunk, Usage, serve

ladder = rh.Ladder(
    [
        rh.Rung("one", model="small-model", output_price=0.40),
        rh.Rung("vote", model="small-model", thinking_tokens=2_048, samples=8, output_price=0.40),
    ]
)
governor = rh.Governor(ladder, ceiling=rh.Ceiling(tokens=50_000))


async def client(call: rh.Call, index: int) -> AsyncIterator[Chunk]:
    """One stream. A real client would open it here, with `call.model` and `call.max_tokens`."""
    count, answer = 400 + 10 * index, "42" if index != 2 else "41"
    for i, top_logprobs in enumerate(streams.tokens(seed=index, count=count)):
        yield Chunk(logprob=top_logprobs[0], top_logprobs=top_logprobs)
        if i % 50 == 0:
            await asyncio.sleep(0)  # where a real client waits for its network
    yield Chunk(usage=Usage(input=30, output=count), answer=answer)


async def main() -> None:
    """Serve one query that the user wants a vote on."""
    plan = governor.plan("How many of the numbers from 1 to 200 are divisible by 3 and not by 2 or 5?", rung="vote")
    run = plan.start()
    answer = await serve(run, client)
    print(f"{answer} (settled: {run.settled}, because {run.ended})")
    print(run.spent)


if __name__ == "__main__":
    asyncio.run(main())
