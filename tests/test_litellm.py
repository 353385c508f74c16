"""LiteLLM's router as a ladder: what is carried over and what is said; and a classifier for it."""

from __future__ import annotations

import asyncio
import json
import types
import warnings
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat._cli import main

# LiteLLM's own types, as pydantic reads them.
pytestmark = pytest.mark.filterwarnings("ignore:Item.*ReadOnly:UserWarning")

CONFIG = {
    "model_list": [
        {
            "model_name": "smart",
            "litellm_params": {
                "model": "auto_router/complexity_router",
                "complexity_router_config": {
                    "tiers": {
                        "SIMPLE": "fast",
                        "MEDIUM": ["mid", "mid-b"],
                        "COMPLEX": {
                            "model_name": "own",
                            "litellm_params": {"reasoning_effort": "low", "max_tokens": 4_000, "temperature": 0.2},
                        },
                        "REASONING": {
                            "model_name": "own",
                            "litellm_params": {"thinking": {"type": "enabled", "budget_tokens": 2_048}},
                        },
                    },
                    "tier_boundaries": {"simple_medium": 0.1},
                    "session_affinity": True,
                    "keyword_tier_rules": [{"keywords": ["sql"], "tier": "COMPLEX"}],
                    "something_new": 1,
                },
                "complexity_router_default_model": "mid",
            },
        },
        {"model_name": "fast", "litellm_params": {"model": "openai/gpt-4o-mini"}},
        {"model_name": "mid", "litellm_params": {"model": "openai/gpt-4o"}},
        {
            "model_name": "own",
            "litellm_params": {"model": "openai/own-model", "input_cost_per_token": 1e-5},
            "model_info": {"output_cost_per_token": 3e-5, "max_input_tokens": 64_000},
        },
    ]
}
HARD = "Prove that there are infinitely many primes congruent to 3 mod 4."


def test_a_router_becomes_a_ladder_and_says_what_it_could_not_carry() -> None:
    found = rh.litellm.read_router(CONFIG)
    ladder = found.config.ladder
    assert [(rung.name, rung.model) for rung in ladder.rungs] == [
        ("SIMPLE", "fast"),
        ("MEDIUM", "mid"),
        ("COMPLEX", "own"),
        ("REASONING", "own"),
    ]
    assert (ladder.default.name, found.router) == ("MEDIUM", "smart")
    # Behind LiteLLM no run steps up, so a prompt alone reaches the highest tier.
    assert ladder.start_max.name == "REASONING"
    # Prices of LiteLLM are per token; the deployment's come first, then those of the model that it serves.
    assert [(rung.input_price, rung.output_price) for rung in ladder.rungs] == [
        (0.15, 0.6),
        (2.5, 10.0),
        (10.0, 30.0),
        (10.0, 30.0),
    ]
    assert (ladder["COMPLEX"].context_window, ladder["COMPLEX"].thinking_tokens, ladder["REASONING"].thinking_tokens) == (
        64_000,
        1_024,
        2_048,
    )
    # A limit of LiteLLM's holds thinking and answer.
    assert ladder["COMPLEX"].answer_tokens == 4_000 - 1_024
    noted = [note.key for note in found.notes]
    assert noted == [
        "tier_boundaries",
        "session_affinity",
        "keyword_tier_rules",
        "something_new",
        "tiers.MEDIUM",
        "tiers.COMPLEX",
    ]
    assert all(f"# {note.key}: {note.why}" in found.toml for note in found.notes)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["SIMPLE", "MEDIUM", "COMPLEX", "REASONING"]),
        ({"tiers": {"REASONING": "gpt-5", "SIMPLE": "gpt-4o-mini"}}, ["SIMPLE", "REASONING"]),
        (
            {"enable_non_reasoning_tier": True, "tiers": {"SIMPLE": "gpt-4o", "NON_REASONING": "gpt-4o-mini"}},
            ["NON_REASONING", "SIMPLE"],
        ),
        (
            {
                "tier_definitions": [{"name": "small"}, {"name": "large"}],
                "tiers": {"large": "gpt-4o", "small": "gpt-4o-mini"},
                "fallback_tier": "large",
            },
            ["small", "large"],
        ),
        ({"tier_model_configs": {"SIMPLE": [{"model_name": "gpt-4o-mini", "litellm_params": {}}]}}, ["SIMPLE"]),
    ],
)
def test_tiers_stand_in_their_order(given: dict[str, Any], names: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rh.litellm.read_router({"complexity_router_config": given})
    assert [rung.name for rung in found.config.ladder.rungs] == names
    if "fallback_tier" in given:
        assert found.config.ladder.default.name == given["fallback_tier"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model_list": []}, "model_list: complexity routers must be one, or name it with `router`, got none"),
        ({"tiers": {"SIMPLE": None}}, "tiers.SIMPLE must be a model's name, or several, got none"),
        ({"tiers": {"SIMPLE": 3}}, "tiers.SIMPLE: got int"),
        ({"tiers": {"SIMPLE": " "}}, "tiers.SIMPLE must be a model's name, or several, got ' '"),
        ({"tiers": {"SIMPLE": "gpt-\ud800"}}, "tiers.SIMPLE must be a model's name"),
        ({"tiers": {"\ud800": "gpt-4o"}}, "tiers must be names of tiers"),
        ({"tiers": {b"a": "gpt-4o"}}, "tiers: got bytes, wanted names of tiers"),
        (3, "source: got int, wanted a path or a mapping"),
        ({"tier_definitions": 3, "tiers": {"a": "gpt-4o"}}, "tier_definitions: got int, wanted a list"),
        ({"general_settings": {"master_key": "k"}}, "complexity routers must be one, or name it with `router`, got none"),
        ({"include": ["models.yaml"]}, "got none (the files that it includes are not read)"),
        ({"model_list": [*CONFIG["model_list"], CONFIG["model_list"][0]]}, "got 2 (smart, smart)"),
        ({"tiers": ["a"]}, "tiers: got list, wanted a mapping"),
        ({"model_list": [3]}, "model_list: got int, wanted a mapping"),
        ({"tiers": {"SIMPLE": {"model_name": "gpt-5", "litellm_params": {"reasoning_effort": "utmost"}}}}, "utmost"),
    ],
)
def test_what_is_no_router_is_refused_in_words(given: Any, said: str) -> None:
    with pytest.raises(rh.RheostatError) as refused:
        rh.litellm.read_router(given)
    assert said in str(refused.value)


def smart(tiers: dict[str, Any], *deployments: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A proxy's configuration with one router."""
    given = {"tiers": tiers, **settings}
    router = {
        "model_name": "smart",
        "litellm_params": {"model": "auto_router/complexity_router", "complexity_router_config": given},
    }
    return {"model_list": [router, *deployments]}


def deployment(name: str, model: str, info: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": model, **params}, "model_info": info}


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        # YAML reads a number without a point, such as 1e-6, as text.
        (deployment("m", "own/m", input_cost_per_token="1e-6", output_cost_per_token="2e-6"), (1.0, 2.0, None)),
        (deployment("m", "own/m", {"output_cost_per_token": 2e-6, "max_input_tokens": "8e3"}), (0.0, 2.0, 8_000)),
        # What costs nothing, and what only its base model has a price for.
        (deployment("m", "own/m", input_cost_per_token=0, output_cost_per_token=0.0), (0.0, 0.0, None)),
        (deployment("m", "gpt-4o", output_cost_per_token=float("nan"), input_cost_per_token=True), (2.5, 10.0, None)),
    ],
)
def test_a_deployment_says_its_price(entry: dict[str, Any], read: tuple[Any, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rung = rh.litellm.read_router(smart({"SIMPLE": "m"}, entry)).config.ladder["SIMPLE"]
    assert (rung.input_price, rung.output_price) == read[:2]
    assert read[2] is None or rung.context_window == read[2]


def test_a_base_model_has_the_price_and_a_window_needs_none() -> None:
    azure = deployment("a", "azure/my-own-name", {"base_model": "gpt-4o"})
    local = deployment("l", "vllm/own", {"max_input_tokens": 8_000})
    with pytest.warns(UserWarning, match='no price is known for "vllm/own"'):
        ladder = rh.litellm.read_router(smart({"SIMPLE": "l", "MEDIUM": "a"}, azure, local)).config.ladder
    assert ladder["MEDIUM"].output_price == 10.0
    assert ladder["SIMPLE"].context_window == 8_000


@pytest.mark.parametrize(
    ("params", "thinking", "answer", "noted"),
    [
        ({"thinking": {"type": "enabled", "budget_tokens": 2_048}, "max_tokens": 9_048}, 2_048, 7_000, ""),
        ({"reasoning_effort": {"effort": "LOW", "summary": "auto"}, "max_completion_tokens": "8024"}, 1_024, 7_000, ""),
        ({"thinking": {"type": "adaptive"}, "max_tokens": 1e4}, 0, 10_000, "thinking has no budget_tokens"),
        ({"thinking": {"type": "enabled", "budget_tokens": True}}, 0, 4_096, "thinking has no budget_tokens"),
        ({"thinking": {"type": "disabled"}, "max_tokens": -1}, 0, 4_096, "a limit of -1 is not read"),
        ({"thinking": {"budget_tokens": 4_096}, "max_tokens": 4_096}, 4_096, 4_096, "leaves no room for an answer"),
    ],
)
def test_a_deployment_s_own_effort_and_limit_are_its_rungs(
    params: dict[str, Any], thinking: int, answer: int, noted: str
) -> None:
    found = rh.litellm.read_router(smart({"SIMPLE": "m"}, deployment("m", "gpt-4o", **params)))
    rung = found.config.ladder["SIMPLE"]
    assert (rung.thinking_tokens, rung.answer_tokens) == (thinking, answer)
    assert noted in found.toml
    assert bool(noted) == bool(found.notes)
    # A tier's own parameters come first.
    tier = {"model_name": "m", "litellm_params": {"reasoning_effort": "none", "thinking": None, "max_tokens": 50}}
    found = rh.litellm.read_router(smart({"SIMPLE": tier}, deployment("m", "gpt-4o", max_tokens=9_999)))
    assert found.config.ladder["SIMPLE"].answer_tokens == 50


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIG", "gpt-4o")
    given = smart({"SIMPLE": "os.environ/SMALL", "REASONING": "os.environ/BIG"}, default_model="os.environ/BIG")
    found = rh.litellm.read_router({**given, "environment_variables": {"SMALL": "gpt-4o-mini"}})
    assert [rung.model for rung in found.config.ladder.rungs] == ["gpt-4o-mini", "gpt-4o"]
    assert (found.config.ladder.default.name, found.notes) == ("REASONING", ())
    with pytest.warns(UserWarning, match="no price is known"):
        found = rh.litellm.read_router(given)
    assert [note.key for note in found.notes] == ["os.environ/SMALL"]


@pytest.mark.parametrize(
    ("given", "names", "default", "noted"),
    [
        # A tier that LiteLLM sends nothing to must not become the highest rung.
        ({"tiers": {"NON_REASONING": "gpt-4o-mini", "MEDIUM": "gpt-4o"}}, ["MEDIUM"], "MEDIUM", ["tiers.NON_REASONING"]),
        ({"tiers": {"SIMPLE": "gpt-4o", "VISION": "gpt-4o-mini"}}, ["SIMPLE"], "SIMPLE", ["tiers.VISION"]),
        # The dear rung is no default because the default's name is unknown.
        ({"tiers": {"SIMPLE": "gpt-4o-mini", "REASONING": "gpt-4o"}, "default_model": "x"}, None, "SIMPLE", ["default_model"]),
        ({"tiers": {"SIMPLE": "gpt-4o-mini", "REASONING": "gpt-4o"}, "default_model": ["x"]}, None, "SIMPLE", ["default_model"]),
        ({"tiers": {"SIMPLE": "gpt-4o-mini", "REASONING": "gpt-4o"}, "fallback_tier": ["x"]}, None, "SIMPLE", ["fallback_tier"]),
        ({"tiers": {"a": "gpt-4o-mini", "b": "gpt-4o"}}, ["a", "b"], "a", []),
        (
            {"tier_definitions": [{"name": " a "}, {"name": "b"}, {"name": "c"}], "tiers": {"a": "gpt-4o-mini", "b": "gpt-4o"}},
            ["a", "b"],
            "a",
            ["tiers.c"],
        ),
        (
            {
                "tiers": {"SIMPLE": ["gpt-4o-mini", "gpt-4o"]},
                "tier_model_configs": {"SIMPLE": [{"model_name": "gpt-4o", "litellm_params": {"max_tokens": 9}}]},
            },
            ["SIMPLE"],
            "SIMPLE",
            ["tiers.SIMPLE"],
        ),
        ({"tiers": {"SIMPLE": "gpt-4o"}, 7: 1, None: 2, "classifier_llm_config": {}}, ["SIMPLE"], "SIMPLE", ["7", "None"]),
    ],
)
def test_odd_tiers_and_defaults(given: dict[Any, Any], names: list[str] | None, default: str, noted: list[str]) -> None:
    found = rh.litellm.read_router({"complexity_router_config": given})
    assert names is None or [rung.name for rung in found.config.ladder.rungs] == names
    assert found.config.ladder.default.name == default
    assert [note.key for note in found.notes] == noted


def test_a_file_is_read_and_its_router_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    with pytest.raises(rh.errors.UnknownNameError, match="there are smart"):
        rh.litellm.read_router(path, "other")
    assert main(["import", "litellm", str(path), "--out", str(tmp_path / "rheostat.toml")]) == 0
    assert "tiers.MEDIUM: LiteLLM draws one of 2 models" in capsys.readouterr().out
    assert rh.config.load(tmp_path / "rheostat.toml").ladder["COMPLEX"].model == "own"
    assert main(["import", "litellm", str(path), "--compare", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["prompts"] == 12
    assert shown["rungs"]["SIMPLE"] > shown["rungs"].get("REASONING", 0)
    (tmp_path / "bad.json").write_text('{"model_list": [')
    assert main(["import", "litellm", str(tmp_path / "bad.json")]) == 2
    assert "is malformed" in capsys.readouterr().err


def test_a_yaml_file_is_read(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="the extra `litellm` is not installed")
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG, sort_keys=False))
    assert rh.litellm.read_router(path).toml == rh.litellm.read_router(CONFIG).toml
    path.write_text("a: [b")
    with pytest.raises(rh.errors.MalformedError, match="is malformed"):
        rh.litellm.read_router(path)


def context(text: str, **metadata: str) -> Any:
    """The request as LiteLLM gives it to a classifier."""
    messages = [{"role": "user", "content": text}]
    return types.SimpleNamespace(structured_messages=messages, raw_messages=messages, metadata=metadata, candidate_models=[])


def test_a_classifier_names_tiers_keeps_sessions_and_declines_what_it_cannot_read() -> None:
    classifier = rh.litellm.Classifier(rh.litellm.read_router(CONFIG))

    def tier(text: str, **metadata: str) -> str | None:
        found: str | None = asyncio.run(classifier.classify(context(text, **metadata)))
        return found

    assert tier("What is the capital of France?") == "SIMPLE"
    hard = tier(HARD, session_id="s")
    assert hard in ("COMPLEX", "MEDIUM", "REASONING")
    # A bare word goes on where the session is.
    assert tier("continue", session_id="s") == hard
    broken = types.SimpleNamespace(structured_messages=3, raw_messages=3, metadata=None, candidate_models=[])
    assert asyncio.run(classifier.classify(broken)) is None
    assert classifier.declined == 1
    with pytest.raises(rh.errors.InvalidTypeError, match="source: got int"):
        rh.litellm.Classifier(3)  # type: ignore[arg-type]
