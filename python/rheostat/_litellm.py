"""LiteLLM's `complexity_router_config` as a configuration of rheostat, and what could not be carried over.

    router's deployment → tiers, in their order → [[rung]] per tier: model, price, thinking, room for the answer
                        → other keys            → a setting of rheostat, or a note that says why there is none

Keys, defaults and limits as in LiteLLM 1.110. A key that is not in the table is noted too: nothing is dropped in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

from rheostat import config
from rheostat._checks import invalid, wrong_type
from rheostat._extras import need
from rheostat._litellm_keys import CLASSIFIERS, DIALS, LIMITS, WHY, is_key
from rheostat._litellm_values import PRICED, RATES, Environment, known, priced, whole
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

    A value `os.environ/NAME` is read from the file's `environment_variables`, then from the environment. Where it is in neither,
    the text itself stays, and a note says so. Files that it includes are not read.

    Raises:
        OSError: The file cannot be read.
        MalformedError: It is neither YAML nor JSON.
        MissingExtraError: YAML needs the extra `litellm`.
        InvalidTypeError: A part of it has a wrong type.
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
    given = _mapping("complexity_router_config", params.get("complexity_router_config") or {})
    reader = _Reader(given, listed, Environment(top.get("environment_variables")))
    rungs = reader.rungs()
    default = reader.default(params.get("complexity_router_default_model"))
    reader.notes += [Note(name, "not set in the environment; its text stays") for name in reader.environment.missing]
    if "include" in top:
        reader.notes.append(Note("include", "the files that it includes are not read"))
    toml = _toml(name, rungs, default, reader.notes)
    made = config.loads(toml, source=f"the ladder of {name}")
    return Imported(name, toml, {rung["name"]: reader.models[rung["name"]] for rung in rungs}, tuple(reader.notes), given, made)


def _load(path: str | PathLike[str]) -> Mapping[str, Any]:
    try:
        name = fspath(path)
    except TypeError:
        raise wrong_type("source", path, "a path or a mapping") from None
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
        params = _mapping("litellm_params", top.get("litellm_params") or top)
        if "complexity_router_config" not in params:
            if params and not any(is_key(key) for key in params):
                raise _no_router(top)
            params = {"complexity_router_config": params}
        return _named(top) or wanted or "auto", params, {}
    routers: list[tuple[str, Mapping[str, Any]]] = []
    listed: dict[str, Mapping[str, Any]] = {}
    deployments = top["model_list"]
    for deployment in deployments if isinstance(deployments, list) else []:
        entry = _mapping("model_list", deployment)
        name, params = _named(entry) or "auto", _mapping("litellm_params", entry.get("litellm_params") or {})
        if str(params.get("model", "")).startswith(PREFIX):
            routers.append((name, params))
        else:
            listed.setdefault(name, entry)
    names = ", ".join(name for name, _ in routers)
    found = [router for router in routers if wanted in (None, router[0])]
    if wanted is not None and not found:
        raise UnknownNameError(f'no complexity router "{wanted}": there are {names or "none"}')
    if not found:
        raise _no_router(top)
    if len(found) > 1:
        raise invalid("model_list: complexity routers", f"{len(found)} ({names})", "one, or name it with `router`")
    return (*found[0], listed)


def _no_router(top: Mapping[str, Any]) -> Exception:
    unread = " (the files that it includes are not read)" if "include" in top else ""
    return invalid("model_list: complexity routers", f"none{unread}", "one, or name it with `router`")


def _named(entry: Mapping[str, Any]) -> str | None:
    name = entry.get("model_name")
    return name if isinstance(name, str) and name else None


class _Reader:
    """Reads one `complexity_router_config`."""

    def __init__(self, given: Mapping[str, Any], listed: Mapping[str, Mapping[str, Any]], environment: Environment) -> None:
        self.given, self.listed, self.environment = given, listed, environment
        self.notes = list(self._noted())
        self.models: dict[str, list[str]] = {}

    def _noted(self) -> Iterator[Note]:
        for key, value in self.given.items():
            if key in WHY:
                yield Note(key, WHY[key])
            elif key == "classifier_type" and value != "heuristic":
                yield Note(key, CLASSIFIERS.get(str(value), "rheostat's estimate takes its place, without a call"))
            elif key in ("capability_classifier_config", "heuristic_v2_success_threshold"):
                yield Note(key, 'a threshold for P(correct) is [policy] kind = "threshold", once outcomes are learned from')
            elif not is_key(key):
                yield Note(str(key), "rheostat does not know it")

    def rungs(self) -> list[dict[str, Any]]:
        """The tables of the rungs, lowest first."""
        tiers = self._tiers()
        rungs: list[dict[str, Any]] = []
        for tier in self._order(tiers):
            if not isinstance(tier, str):
                raise wrong_type("tiers", tier, "names of tiers")
            if not _is_text(tier):
                raise invalid("tiers", repr(tier), "names of tiers")
            options = tiers.get(tier)
            if not options:
                if options is not None:
                    raise invalid(f"tiers.{tier}", "none", "a model's name, or several")
                self.notes.append(Note(f"tiers.{tier}", "it has no model, and so no rung"))
                continue
            self.models[tier] = [name for name, _ in options]
            if len(options) > 1:
                self.notes.append(Note(f"tiers.{tier}", f"LiteLLM draws one of {len(options)} models; the rung has the first"))
            model, params = options[0]
            rungs.append({"name": tier, "model": model} | self._dials(tier, model, params))
        if not rungs:
            raise invalid("tiers", "none", "at least one tier with a model")
        prices = self._prices()
        return [rung | prices[rung["model"]] for rung in rungs]

    def _tiers(self) -> dict[Any, list[tuple[str, Mapping[str, Any]]]]:
        """The models of each tier, each with its own parameters. Those in `tier_model_configs` come before those in `tiers`."""
        tiers = _mapping("tiers", self.given.get("tiers") or {})
        configured = _mapping("tier_model_configs", self.given.get("tier_model_configs") or {})
        found = {tier: self._entries(tier, value) for tier, value in (tiers if tiers or configured else DEFAULTS).items()}
        for tier, value in configured.items():
            entries = self._entries(tier, value)
            own = dict(entries)
            found[tier] = [(name, own.get(name, params)) for name, params in found[tier]] if found.get(tier) else entries
        return found

    def _order(self, tiers: Mapping[Any, Any]) -> list[Any]:
        defined = self.given.get("tier_definitions")
        if defined:
            if not isinstance(defined, (list, tuple)):
                raise wrong_type("tier_definitions", defined, "a list")
            return [str(_mapping("tier_definitions", one).get("name", "")).strip() for one in defined]
        below = (BELOW,) if self.given.get("enable_non_reasoning_tier") else ()
        active = [tier for tier in (*below, *TIERS) if tier in tiers]
        rest = [tier for tier in tiers if tier not in active]
        if not active:
            return rest
        self.notes += [Note(f"tiers.{tier}", "LiteLLM sends nothing to it, so it is no rung") for tier in rest]
        return active

    def _entries(self, tier: object, value: Any) -> list[tuple[str, Mapping[str, Any]]]:
        """The models of a tier, each with its own parameters."""
        entries = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
        found: list[tuple[str, Mapping[str, Any]]] = []
        for entry in entries:
            name = entry.get("model_name") if isinstance(entry, Mapping) else entry
            if not isinstance(name, str):
                raise wrong_type(f"tiers.{tier}", entry, "a model's name, or a mapping with model_name")
            params = entry.get("litellm_params") or {} if isinstance(entry, Mapping) else {}
            found.append((str(self.environment.read(name)), _mapping(f"tiers.{tier}", params)))
            if not found[-1][0].strip() or not _is_text(found[-1][0]):
                raise invalid(f"tiers.{tier}", repr(name), "a model's name, or several")
        return found

    def _dials(self, tier: str, model: str, own: Mapping[str, Any]) -> dict[str, Any]:
        """Thinking and room for the answer, of a tier's own parameters, then of its model's deployment."""
        params = {**_mapping("litellm_params", self.listed.get(model, {}).get("litellm_params") or {}), **own}
        dials: dict[str, Any] = {}
        effort, thinking = (self.environment.read(params.get(name)) for name in ("reasoning_effort", "thinking"))
        if isinstance(effort, Mapping):
            effort = self.environment.read(effort.get("effort"))
        budget = whole(self.environment.read(thinking.get("budget_tokens"))) if isinstance(thinking, Mapping) else None
        if budget is not None:
            dials["thinking_tokens"] = budget
        elif isinstance(effort, str) and not effort.startswith("os.environ/"):
            dials["effort"] = effort.strip().lower()
        elif thinking is not None and not (isinstance(thinking, Mapping) and thinking.get("type") == "disabled"):
            self.notes.append(Note(f"tiers.{tier}", "thinking has no budget_tokens; set thinking_tokens or effort"))
        given = next((params[name] for name in LIMITS if params.get(name) is not None), None)
        limit = whole(self.environment.read(given))
        # LiteLLM's limit holds thinking and answer; a rung's is for the answer alone.
        room = 0 if limit is None else limit - Rung(tier, **dials).thinking_tokens
        if room > 0:
            dials["answer_tokens"] = room
        elif given is not None:
            self.notes.append(Note(f"tiers.{tier}", f"a limit of {given} is not read: it leaves no room for an answer"))
        if other := sorted(str(name) for name in own if name not in DIALS and name != "model"):
            self.notes.append(Note(f"tiers.{tier}", f"LiteLLM goes on setting {', '.join(other)}"))
        return dials

    def _prices(self) -> dict[str, dict[str, Any]]:
        """The prices of the rungs' models: of their deployments, of LiteLLM's list, or rheostat's."""
        found: dict[str, dict[str, Any]] = {}
        served: dict[str, str] = {}
        for models in self.models.values():
            entry = self.listed.get(models[0], {})
            params, info = (_mapping(key, entry.get(key) or {}) for key in ("litellm_params", "model_info"))
            base = info.get("base_model") or params.get("base_model")
            model = str(self.environment.read(params.get("model")) or models[0])
            # A deployment of Azure's has a name of its own; its base model has the price.
            served[models[0]] = model if base is None else str(self.environment.read(base))
            if not _is_text(served[models[0]]):
                served[models[0]] = models[0]
            own = {key: self.environment.read(value) for key, value in (*info.items(), *params.items()) if key in RATES}
            listed = {**known(model), **known(served[models[0]])}
            found[models[0]] = priced({**listed, **{key: value for key, value in own.items() if value is not None}})
        # Their places on the ladder give the prices that are not known anywhere.
        places: list[str | Rung] = []
        for model, prices in found.items():
            unknown = "output_price" not in prices and served[model] not in places
            places.append(served[model] if unknown else Rung(f"place {len(places)}"))
        rungs = {rung.name: rung for rung in Ladder.of(*places, assume=True).rungs}
        for model, prices in found.items():
            if "output_price" not in prices:
                rung = rungs[served[model]]
                found[model] = {name: value for name in PRICED if (value := getattr(rung, name)) is not None} | prices
        return found

    def default(self, model: object) -> str:
        """The rung without evidence: that of `fallback_tier`, or of the default model."""
        tier = self.given.get("fallback_tier")
        if isinstance(tier, str) and tier.strip() in self.models:
            return tier.strip()
        wanted = self.environment.read(self.given.get("default_model") or model)
        found = next((tier for tier, models in self.models.items() if wanted in models), None)
        if found is None:
            found = next((tier for tier in ("MEDIUM", "SIMPLE") if tier in self.models), next(iter(self.models)))
            if tier is not None:
                self.notes.append(Note("fallback_tier", f"{tier} is no rung: {found} is the default"))
            elif wanted is not None:
                self.notes.append(Note("default_model", f"{wanted} is no tier's model: {found} is the default"))
        return found


def _is_text(name: str) -> bool:
    """True if it is text at all: half a character, as JSON may have, is not."""
    return all(not "\ud800" <= character <= "\udfff" for character in name)


def _mapping(what: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise wrong_type(what, value, "a mapping")
    return value


def _toml(router: str, rungs: Sequence[Mapping[str, Any]], default: str, notes: Sequence[Note]) -> str:
    """The configuration, with the notes as comments."""
    lines = [f"# LiteLLM's router {_string(router)}."]
    lines += [f"# {_string(note.key)[1:-1]}: {_string(note.why)[1:-1]}." for note in notes]
    # Behind LiteLLM no run steps up, so a prompt alone reaches the highest tier.
    lines += ["", f"default = {_string(default)}", f"start_max = {_string(rungs[-1]['name'])}"]
    for rung in rungs:
        lines += ["", "[[rung]]"]
        lines += [f"{key} = {_string(value) if isinstance(value, str) else value}" for key, value in rung.items()]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """A string as TOML writes it: JSON's, but that DEL is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
