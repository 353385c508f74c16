"""A ladder, and bodies of requests, for the cases of real traffic."""

import json
from typing import Any

import pytest

import rheostat as rh

HARD = "Prove that there are infinitely many primes congruent to 3 mod 4."
EASY = "What is the capital of France?"


def governor(**options: Any) -> rh.Governor:
    """A ladder on which HARD goes to the top and EASY to the bottom."""
    ladder = rh.Ladder(
        [
            rh.Rung("fast", output_price=0.4, ability=0.80, context_window=128_000, capabilities=["tools"]),
            rh.Rung(
                "think",
                thinking_tokens=4_096,
                answer_tokens=2_048,
                output_price=3.0,
                ability=0.82,
                context_window=200_000,
                capabilities=["tools", "vision"],
            ),
            rh.Rung(
                "deep",
                thinking_tokens=8_192,
                answer_tokens=4_096,
                output_price=10.0,
                ability=0.90,
                capabilities=["tools", "vision", "files", "audio"],
            ),
        ],
        default="think",
        start_max="deep",
    )
    return rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=0.40), seed=1, **options)


def plan(body: dict[str, Any], g: rh.Governor | None = None, **options: Any) -> rh.Plan:
    """Plans a body. Its bytes and the parsed body make one plan."""
    if g is not None:
        return g.plan(body=json.dumps(body), **options)
    made, parsed = governor().plan(body=json.dumps(body), **options), governor().plan(body=body, **options)
    told, again = ([p.turn, p.structure, p.rung.name, p.samples, p.asked_effort, p.asked_samples] for p in (made, parsed))
    assert told == again
    # Of a long text a sample is counted, which begins elsewhere behind escapes.
    assert parsed.input_tokens == pytest.approx(made.input_tokens, rel=0.01, abs=2)
    return made


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **more}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def reminder(words: str) -> str:
    return f"<system-reminder>\n{words}\n</system-reminder>"


def scored(p: rh.Plan) -> tuple[str, int]:
    return p.turn, p.structure["ask_bytes"]


CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
