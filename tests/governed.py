"""Governed clients of a scripted provider, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai

import rheostat as rh
from rheostat._decision import Decision
from tests.provider import Provider, Says

ASK: list[Any] = [{"role": "user", "content": "What is 2 + 2?"}]


def cascade(agree: int = 2, **options: Any) -> rh.Governor:
    rungs = [rh.Rung("small", model="small", output_price=0.4), rh.Rung("large", model="large", output_price=8.0)]
    return rh.Governor(rh.Ladder.cascade(*rungs, agree=agree), **options)


def ladder(*models: str, **options: Any) -> rh.Governor:
    rungs = [rh.Rung(model, model=model, output_price=0.4 * 10**i) for i, model in enumerate(models)]
    return rh.Governor(rh.Ladder(rungs, default=models[0]), **options)


def decided(response: object) -> Decision:
    decision = rh.decision_of(response)
    assert decision is not None
    return decision


def by_model(**says: Says) -> Callable[[dict[str, Any], int], Says]:
    return lambda fields, _: says[fields["model"]]


def governed(provider: Provider, governor: rh.Governor, **options: Any) -> openai.OpenAI:
    return rh.openai.govern(openai.OpenAI(api_key="key", http_client=provider.client()), governor, **options)


def governed_async(provider: Provider, governor: rh.Governor, **options: Any) -> openai.AsyncOpenAI:
    return rh.openai.govern(openai.AsyncOpenAI(api_key="key", http_client=provider.async_client()), governor, **options)
