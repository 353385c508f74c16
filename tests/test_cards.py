"""Ladders of models' names: prices, windows and capabilities, from installed packages or the shipped list."""

from __future__ import annotations

import sys
import time
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import rheostat as rh
from rheostat import _cards

IMAGE = (
    b'{"messages": [{"role": "user", "content": [{"type": "text", "text": "What is that?"},'
    b' {"type": "image_url", "image_url": {"url": "https://x.example/y.png"}}]}]}'
)
MODELS = ("gpt-5-mini", "gpt-4o", "claude-sonnet-4-5", "gemini-2.5-pro", "deepseek-v4-pro")


@pytest.mark.parametrize("model", MODELS)
def test_sources_agree_on_prices_and_capabilities(model: str) -> None:
    shipped = rh.Ladder.of(model, source="shipped")[0]
    for source in ("litellm", "genai-prices", "installed"):
        pytest.importorskip("genai_prices" if source != "litellm" else "litellm")
        [rung] = rh.Ladder.of(model, source=source).rungs
        for name in ("input_price", "output_price", "cached_price", "written_price", "capabilities", "answer_tokens"):
            assert getattr(rung, name) == getattr(shipped, name), (source, name)
        assert rung.context_window is not None


def test_a_rung_whose_model_lacks_what_a_request_needs_is_not_open() -> None:
    governor = rh.Governor(rh.Ladder.of("gpt-3.5-turbo", "gpt-4o", source="shipped"))
    plan = governor.plan(body=IMAGE)
    assert plan.rung.name == "gpt-4o"
    assert any("lack a capability" in reason for reason in plan.reasons)
    assert not any("capability" in reason for reason in governor.plan("What is that?").reasons)


def test_efforts_are_rungs_whose_budgets_fit_the_model() -> None:
    rungs = rh.Ladder.of({"model": "o4-mini", "efforts": ["none", "low", "high"]}, source="shipped").rungs
    assert [rung.thinking_tokens for rung in rungs] == [0, 1_024, 24_576]
    assert [rung.effort for rung in rungs] == ["none", "low", "high"]
    assert repr(rungs[2]) == 'Rung("o4-mini:high", model="o4-mini", effort="high", samples=1, depth=1)'
    assert "thinking_tokens=1000" in repr(rh.Rung("a", thinking_tokens=1_000))
    [most] = rh.Ladder.of({"model": "claude-haiku-4-5", "efforts": ["max"]}, source="shipped").rungs
    assert most.max_tokens == 64_000


def test_an_effort_of_a_model_that_does_not_think_is_warned_of() -> None:
    ladder = rh.Ladder.of({"model": "gpt-4o", "efforts": ["low"]}, source="shipped")
    with pytest.warns(UserWarning, match='rung "gpt-4o:low" has 1024 tokens for thinking, but "gpt-4o" takes no budget'):
        rh.Governor(ladder)
    with pytest.warns(UserWarning, match="takes no budget for thinking"):
        rh.Governor(rh.Ladder([rh.Rung("a", model="gpt-4o-2024-08-06", effort="high")]))


def test_a_package_s_card_is_read_and_a_broken_one_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    card: dict[str, Any] = {
        "input_price": 1.5,
        "output_price": 3.0,
        "thinks": False,
        "capabilities": ["tools"],
        "max_output": 100,
    }
    monkeypatch.setattr(_cards, "cards", lambda *_: [card])
    with pytest.warns(UserWarning, match='"their-model" takes no budget for thinking, so its efforts buy nothing'):
        [rung] = rh.Ladder.of({"model": "their-model", "efforts": ["high"]}).rungs
    assert (rung.input_price, rung.capabilities, rung.answer_tokens, rung.thinking_tokens) == (1.5, ["tools"], 50, 50)
    for field, value in (("input_price", "x"), ("context_window", -1), ("capabilities", 5), ("thinks", "maybe")):
        monkeypatch.setattr(_cards, "cards", lambda *_, f=field, v=value: [{**card, f: v}])
        with pytest.raises((TypeError, ValueError, OverflowError)):
            rh.Ladder.of("their-model")


def test_a_price_that_changes_by_the_hour_is_the_day_s_dearest(monkeypatch: pytest.MonkeyPatch) -> None:
    def priced(when: Any) -> Any:
        dear = 6 <= when.hour < 10
        prices = {"input_mtok": SimpleNamespace(base=Decimal(2)), "output_mtok": Decimal(8 if dear else 4)}
        return SimpleNamespace(**prices, cache_read_mtok=None, cache_write_mtok=None)

    class Snapshot:
        providers = (SimpleNamespace(models=[SimpleNamespace(id="hourly")]),)

        def find_provider_model(self, ref: str, _: object, provider: str | None, __: object) -> Any:
            if (ref, provider) != ("hourly", None):
                raise LookupError(ref)
            return None, SimpleNamespace(get_prices=priced, context_window=None)

    package, module = ModuleType("genai_prices"), ModuleType("genai_prices.data_snapshot")
    package.__spec__ = SimpleNamespace()  # type: ignore[assignment]
    module.get_snapshot = Snapshot  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "genai_prices", package)
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", module)
    [rung] = rh.Ladder.of("openai/hourly", source="genai-prices").rungs
    assert (rung.input_price, rung.output_price, rung.cached_price) == (2.0, 8.0, None)
    with pytest.raises(rh.errors.UnknownNameError, match="known: hourly"):
        rh.Ladder.of("hourli", source="genai-prices")


def test_a_source_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(rh.errors.UnknownNameError, match='unknown source "x"; known: installed, genai-prices, litellm, shipped'):
        rh.Ladder.of("gpt-4o", source="x")  # type: ignore[arg-type]
    monkeypatch.setattr(_cards, "find_spec", lambda _: None)
    with pytest.raises(rh.errors.MissingExtraError, match=r"pip install 'rheostat\[prices\]'"):
        rh.Ladder.of("gpt-4o", source="genai-prices")
    assert rh.Ladder.of("gpt-4o")[0].output_price == 10.0


@pytest.mark.parametrize("name", ["", "/", "x" * 100_000, "\ud800", "gpt-4o\x00", "δ" * 500])
def test_any_name_is_answered_in_bounded_time(name: str) -> None:
    begun = time.process_time()
    with pytest.raises(rh.errors.UnknownNameError) as caught:
        rh.Ladder.of(name)
    assert len(str(caught.value)) < 1_000
    assert time.process_time() - begun < 5.0
