"""LiteLLM's `complexity_router_config` as a configuration of rheostat, and what could not be carried over.

    router's deployment → tiers, in their order → [[rung]] per tier: model, price, thinking, room for the answer
                        → other keys            → a setting of rheostat, or a note that says why there is none

Keys, defaults and limits as in LiteLLM 1.110. A key that is not in the table is noted too: nothing is dropped in silence.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from rheostat import config
from rheostat._checks import invalid, wrong_type
from rheostat._extras import need
from rheostat._native import Ladder, Rung
from rheostat.errors import MalformedError, UnknownNameError

__all__ = ["Imported", "Note", "read_router"]

PREFIX = "auto_router/complexity_router"
"""How the model of a router's deployment begins."""
TIERS = ("SIMPLE", "MEDIUM", "COMPLEX", "REASONING")
BELOW = "NON_REASONING"
"""The tier that `enable_non_reasoning_tier` adds below the others."""
DEFAULTS = {
    "SIMPLE": "gpt-4o-mini",
    "MEDIUM": "gpt-4o",
    "COMPLEX": "claude-sonnet-4-20250514",
    "REASONING": "claude-sonnet-4-20250514",
}
_PRICES = "model_prices_and_context_window_backup.json"

_SCORES = "LiteLLM's own scores are not rheostat's; its shares of the traffic decide (set them in [policy])"
_WORDS = "rheostat reads what is asked for, in some twenty languages, and takes no lists of words"
_WHY: dict[str, str] = {
    "tier_boundaries": _SCORES,
    "token_thresholds": _SCORES,
    "dimension_weights": _SCORES,
    "custom_dimensions": _SCORES,
    "reasoning_override_min_score": _SCORES,
    "code_keywords": _WORDS,
    "reasoning_keywords": _WORDS,
    "technical_keywords": _WORDS,
    "custom_technical_keywords": _WORDS,
    "simple_keywords": _WORDS,
    "keyword_tier_rules": "name the rung of such a request yourself: `plan(rung=…)`",
    "escalation_keywords": "a complaint goes up a rung by itself; a user's own choice is `plan(rung=…)`",
    "stall_escalation_enabled": "a run reads stalls in the stream: see the signals",
    "stall_escalation_window": "see stall_escalation_enabled",
    "stall_escalation_repeat_threshold": "see stall_escalation_enabled",
    "plan_mode_min_tier": "plan mode is recognised, and starts at the default rung at least",
    "plan_mode_patterns": "plan mode is recognised from what harnesses write",
    "route_housekeeping_to_cheapest_tier": "chores are recognised, and go to the lowest rung",
    "housekeeping_patterns": "chores are recognised from what harnesses write",
    "reminder_markers": "wrappers around the ask are recognised from what harnesses write",
    "max_tokens_from_tier_model": "a rung's limit is cut to the plan's; a client's smaller limit stays",
    "enable_context_window_escalation": "a rung whose context window is too small is not open",
    "context_window_escalation_buffer": "see enable_context_window_escalation",
    "modality_routing": "a rung is open if it has the capabilities that a request needs: set `capabilities`",
    "modality_pin_override": "see modality_routing",
    "session_affinity": "plans with `session=` stay on their rung while a change costs more than it gains",
    "deployment_affinity": "LiteLLM keeps choosing the deployment",
    "session_affinity_ttl_seconds": "see [sessions]",
    "classification_mode": "turns of tools keep the session's rung; every human ask is planned",
    "cache_aware_routing": "the price of a cold cache is weighed: set `cached_price` and `session=`",
    "cache_aware_routing_output_tokens": "see cache_aware_routing",
    "cache_aware_routing_timeout_ms": "see cache_aware_routing",
    "adaptive": "report outcomes, and use policy.Utility: see learning",
    "adaptive_weights": "see adaptive",
    "adaptive_eligible": "see adaptive",
    "tier_distance_penalty": "see adaptive",
    "context_compaction": "stays LiteLLM's",
    "return_raw_model_name": "stays LiteLLM's",
    "classifier_fallback": "the estimate does not fail; without evidence it takes the default rung",
    "tier_labels": "rungs have the tiers' own names, which a classifier answers with",
}
"""Keys that have no setting of rheostat's, and why."""

_CLASSIFIERS: dict[str, str] = {
    "custom": "rheostat.litellm.Classifier is such a classifier",
    "heuristic_v2": "its chance of success is not rheostat's: shares of the traffic decide",
}
_READ = {
    "tiers", "tier_model_configs", "tier_definitions", "fallback_tier", "enable_non_reasoning_tier", "default_model",
    "classifier_type", "capability_classifier_config", "heuristic_v2_success_threshold",
}  # fmt: skip
"""Keys that become settings, or are noted with them."""


@dataclass(frozen=True)
class Note:
    """A setting that was not carried over, or not in full.

    Attributes:
        key: Its name in LiteLLM's configuration.
        why: The reason, and the thing that rheostat does in its place.
    """

    key: str
    why: str


@dataclass(frozen=True)
class Imported:
    """A router of LiteLLM's as a configuration of rheostat.

    Attributes:
        router: The model name that clients ask for.
        toml: The configuration, as `rheostat.config.load` reads it.
        models: The models of each rung: LiteLLM draws one where there are several, rheostat takes the first.
        notes: Settings that were not carried over, or not in full.
        given: LiteLLM's own configuration of the router.
        config: The settings in `toml`: `config.ladder`, `config.governor()`.

    Example:
        >>> import rheostat as rh
        >>> found = rh.litellm.read_router({"tiers": {"SIMPLE": "gpt-4o-mini", "REASONING": "gpt-5"}})
        >>> [(rung.name, rung.model) for rung in found.config.ladder.rungs]
        [('SIMPLE', 'gpt-4o-mini'), ('REASONING', 'gpt-5')]
    """

    router: str
    toml: str
    models: dict[str, list[str]]
    notes: tuple[Note, ...]
    given: Mapping[str, Any]
    config: config.Config


def read_router(source: str | PathLike[str] | Mapping[str, Any], router: str | None = None) -> Imported:
    """Reads a complexity router of LiteLLM's.

    Args:
        source: The proxy's configuration: a YAML or JSON file, or its contents as a mapping. The parameters of one deployment,
            and a `complexity_router_config` alone, are read as well.
        router: The router's model name, where the file has several.

    Raises:
        OSError: The file cannot be read.
        MalformedError: It is neither YAML nor JSON.
        MissingExtraError: YAML needs the extra `litellm`.
        InvalidValueError: It has no complexity router, or several and none was named, or a tier has no model.
        UnknownNameError: It has no router of that name, or a tier has an effort that there is not.

    Example:
        >>> import rheostat as rh
        >>> found = rh.litellm.read_router({"tiers": {"SIMPLE": "gpt-4o-mini", "MEDIUM": "gpt-4o"}, "code_keywords": ["sql"]})
        >>> found.notes[0].key
        'code_keywords'
    """
    top = source if isinstance(source, Mapping) else _load(source)
    name, params, listed = _router(top, router)
    given = _mapping("complexity_router_config", params.get("complexity_router_config", {}))
    reader = _Reader(given, listed)
    rungs = reader.rungs()
    default = reader.default(params.get("complexity_router_default_model"))
    toml = _toml(name, rungs, default, reader.notes)
    made = config.loads(toml, source=f"the ladder of {name}")
    return Imported(name, toml, {rung["name"]: reader.models[rung["name"]] for rung in rungs}, tuple(reader.notes), given, made)


def _load(path: str | PathLike[str]) -> Mapping[str, Any]:
    name = fspath(path)
    with open(path, "rb") as file:  # noqa: PTH123  # `path` may be anything that opens.
        raw = file.read(config.MAX_BYTES + 1)
    if len(raw) > config.MAX_BYTES:
        raise MalformedError(f"{name}: more than {config.MAX_BYTES} bytes")
    if raw.lstrip()[:1] == b"{":
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise MalformedError(f"{name} is malformed: {error}") from error
    else:
        yaml: Any = need("yaml", "litellm")
        try:
            found = yaml.safe_load(raw)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise MalformedError(f"{name} is malformed: {error}") from error
    return _mapping(name, found)


def _router(top: Mapping[str, Any], wanted: str | None) -> tuple[str, Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    """The router's name and parameters, and the other deployments by name."""
    if "model_list" not in top:
        params = top.get("litellm_params", top)
        if "complexity_router_config" not in params:
            params = {"complexity_router_config": params}
        return str(top.get("model_name", wanted or "auto")), _mapping("litellm_params", params), {}
    routers: dict[str, Mapping[str, Any]] = {}
    listed: dict[str, Mapping[str, Any]] = {}
    deployments = top["model_list"]
    for deployment in deployments if isinstance(deployments, list) else []:
        entry = _mapping("model_list", deployment)
        name, params = str(entry.get("model_name", "")), _mapping("litellm_params", entry.get("litellm_params") or {})
        if str(params.get("model", "")).startswith(PREFIX):
            routers[name] = params
        else:
            listed.setdefault(name, entry)
    if wanted is not None and wanted not in routers:
        raise UnknownNameError(f'no complexity router "{wanted}": there are {", ".join(routers) or "none"}')
    if wanted is None and len(routers) != 1:
        found = f"{len(routers)} ({', '.join(routers)})" if routers else "none"
        raise invalid("model_list: complexity routers", found, "one, or name it with `router`")
    name = next(iter(routers)) if wanted is None else wanted
    return name, routers[name], listed


class _Reader:
    """Reads one `complexity_router_config`."""

    def __init__(self, given: Mapping[str, Any], listed: Mapping[str, Mapping[str, Any]]) -> None:
        self.given, self.listed = given, listed
        self.notes = list(self._noted())
        self.models: dict[str, list[str]] = {}

    def _noted(self) -> Iterator[Note]:
        for key, value in self.given.items():
            if key in _WHY:
                yield Note(key, _WHY[key])
            elif key == "classifier_type" and value != "heuristic":
                yield Note(key, _CLASSIFIERS.get(str(value), "rheostat's estimate takes its place, without a call"))
            elif key in ("capability_classifier_config", "heuristic_v2_success_threshold"):
                yield Note(key, 'a threshold for P(correct) is [policy] kind = "threshold", once outcomes are learned from')
            elif key not in _READ and not key.startswith("classifier_"):
                yield Note(key, "rheostat does not know it")

    def rungs(self) -> list[dict[str, Any]]:
        """The tables of the rungs, lowest first."""
        tiers = self._tiers()
        rungs: list[dict[str, Any]] = []
        for tier in self._order(tiers):
            options = _entries(tier, tiers.get(tier))
            if not options:
                if tier in tiers:
                    raise invalid(f"tiers.{tier}", "none", "a model's name, or several")
                continue
            self.models[tier] = [name for name, _ in options]
            if len(options) > 1:
                self.notes.append(Note(f"tiers.{tier}", f"LiteLLM draws one of {len(options)} models; the rung has the first"))
            model, params = options[0]
            rungs.append({"name": tier, "model": model} | self._dials(tier, params))
        if not rungs:
            raise invalid("tiers", "none", "at least one tier with a model")
        prices = self._prices()
        return [rung | prices[rung["model"]] for rung in rungs]

    def _tiers(self) -> Mapping[str, Any]:
        tiers = _mapping("tiers", self.given.get("tiers") or {})
        configured = _mapping("tier_model_configs", self.given.get("tier_model_configs") or {})
        return {**({} if tiers or configured else DEFAULTS), **tiers, **configured}

    def _order(self, tiers: Mapping[str, Any]) -> list[str]:
        defined = self.given.get("tier_definitions")
        if defined:
            return [str(_mapping("tier_definitions", one).get("name", "")) for one in defined]
        below = (BELOW,) if self.given.get("enable_non_reasoning_tier") else ()
        known = [tier for tier in (*below, *TIERS) if tier in tiers]
        return known + [tier for tier in tiers if tier not in known]

    def _dials(self, tier: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Thinking and room for the answer, of a tier's own parameters."""
        dials: dict[str, Any] = {}
        effort, thinking, limit = (params.get(name) for name in ("reasoning_effort", "thinking", "max_tokens"))
        if isinstance(thinking, Mapping) and isinstance(thinking.get("budget_tokens"), int):
            dials["thinking_tokens"] = thinking["budget_tokens"]
        elif isinstance(effort, str):
            dials["effort"] = effort
        if isinstance(limit, int) and limit > 0:
            # LiteLLM's limit holds thinking and answer; a rung's is for the answer alone.
            room = limit - Rung(tier, **dials).thinking_tokens
            dials |= {"answer_tokens": room} if room > 0 else {}
        other = sorted(set(params) - {"reasoning_effort", "thinking", "max_tokens", "model"})
        if other:
            self.notes.append(Note(f"tiers.{tier}", f"LiteLLM goes on setting {', '.join(other)}"))
        return dials

    def _prices(self) -> dict[str, dict[str, Any]]:
        """The prices of the rungs' models: of their deployments, of LiteLLM's list, or rheostat's."""
        found: dict[str, dict[str, Any]] = {}
        served = {}
        for models in self.models.values():
            entry = self.listed.get(models[0], {})
            params, info = (_mapping(key, entry.get(key) or {}) for key in ("litellm_params", "model_info"))
            served[models[0]] = str(params.get("model") or models[0])
            own = {key: value for key, value in params.items() if key in _RATES.values()}
            found[models[0]] = _of_rates({**_known(served[models[0]]), **info, **own})
        # Their places on the ladder give the prices that are not known anywhere.
        places: list[str | Rung] = []
        for model, prices in found.items():
            unknown = not prices and served[model] not in places
            places.append(served[model] if unknown else Rung(f"place {len(places)}"))
        listed = {rung.name: rung for rung in Ladder.of(*places).rungs}
        for model, prices in found.items():
            if not prices:
                rung = listed[served[model]]
                found[model] = {name: value for name in _PRICED if (value := getattr(rung, name)) is not None}
        return found

    def default(self, model: object) -> str | None:
        """The rung without evidence: that of `fallback_tier`, or of the default model."""
        tier = self.given.get("fallback_tier")
        if tier in self.models:
            return str(tier)
        wanted = self.given.get("default_model") or model
        if wanted is None:
            return next((tier for tier in ("MEDIUM", "SIMPLE") if tier in self.models), None)
        found = next((tier for tier, models in self.models.items() if wanted in models), None)
        if found is None:
            self.notes.append(Note("default_model", f"{wanted} is no tier's model: the lowest rung is the default"))
        return found


_RATES = {
    "input_price": "input_cost_per_token",
    "output_price": "output_cost_per_token",
    "cached_price": "cache_read_input_token_cost",
    "written_price": "cache_creation_input_token_cost",
}
"""LiteLLM's names of prices, which are US dollars per token."""
_PRICED = ("input_price", "output_price", "cached_price", "context_window")


def _of_rates(rates: Mapping[str, Any]) -> dict[str, Any]:
    """Prices per million tokens, and the context window; nothing without a price of the output."""
    prices: dict[str, Any] = {}
    for name, key in _RATES.items():
        rate = rates.get(key)
        if isinstance(rate, (int, float)) and not isinstance(rate, bool) and rate > 0:
            prices[name] = float(f"{rate * 1e6:.9g}")
    window = rates.get("max_input_tokens")
    if isinstance(window, int) and window > 0:
        prices["context_window"] = window
    return prices if "output_price" in prices else {}


def _known(model: str) -> Mapping[str, Any]:
    """The entry of a model in LiteLLM's own list, where LiteLLM is installed. The list is read; LiteLLM is not imported."""
    listed = _list()
    return listed.get(model) or listed.get(model.rpartition("/")[2]) or {}


@cache
def _list() -> dict[str, Any]:
    found = importlib.util.find_spec("litellm")
    if found is None or not found.submodule_search_locations:
        return {}
    try:
        listed = json.loads((Path(found.submodule_search_locations[0]) / _PRICES).read_bytes())
    except (OSError, ValueError):
        return {}
    return listed if isinstance(listed, dict) else {}


def _entries(tier: str, value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The models of a tier, each with its own parameters."""
    entries = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    found: list[tuple[str, Mapping[str, Any]]] = []
    for entry in entries:
        if isinstance(entry, Mapping) and isinstance(entry.get("model_name"), str):
            found.append((entry["model_name"], _mapping(f"tiers.{tier}", entry.get("litellm_params") or {})))
        elif isinstance(entry, str):
            found.append((entry, {}))
        else:
            raise wrong_type(f"tiers.{tier}", entry, "a model's name, or a mapping with model_name")
    return found


def _mapping(what: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise wrong_type(what, value, "a mapping")
    return value


def _toml(router: str, rungs: Sequence[Mapping[str, Any]], default: str | None, notes: Sequence[Note]) -> str:
    """The configuration, with the notes as comments."""
    lines = [f"# LiteLLM's router {_string(router)}."]
    lines += [f"# {_string(note.key)[1:-1]}: {_string(note.why)[1:-1]}." for note in notes]
    if default is not None:
        lines += ["", f"default = {_string(default)}"]
    for rung in rungs:
        lines += ["", "[[rung]]"]
        lines += [f"{key} = {_string(value) if isinstance(value, str) else value}" for key, value in rung.items()]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """A string as TOML writes it: JSON's, but that DEL is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
