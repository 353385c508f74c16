"""docs/identity.md is enough to compute versions and plan ids in another language: here in Python, from its tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

import rheostat as rh
from tests.oracle.identity import RECORDS, Pair, Record, digest, query_digest, rapidhash

WINDOW = 16_384
MIN_TOP = 2


def fields(value: Any) -> dict[str, Any]:
    """A settings object's constructor arguments."""
    args, keywords = value.__getnewargs_ex__()
    names = {"Rung": ("name", "model"), "Move": ("name",), "Utility": ("usd_per_error",), "Threshold": ("thresholds",)}
    told: dict[str, Any] = dict(zip(names.get(type(value).__name__, ()), args, strict=False))
    told.update(keywords)
    return told


def rung(value: rh.Rung) -> Record:
    told = fields(value)
    doubt = told.pop("doubt", None)
    written_price = told.pop("written_price", None)
    thinking_least = told.pop("thinking_least", 0)
    params, deployment, fallbacks = (told.pop(name, None) for name in ("params", "deployment", "fallbacks"))
    agree, in_turn = told.pop("agree", None), told.pop("in_turn", False)
    assert told.pop("steps", None) is None, "its cells are not public"
    best, scorer = told.pop("best", None), told.pop("scorer", None)
    distil = told.pop("distil", None)
    record = Record("rung", doubt=None if doubt is None else Record("doubt", **fields(doubt)), **told)
    if written_price is not None:
        record.values.append(written_price)
    if thinking_least:
        record.values.append(thinking_least)
    if agree is not None:
        record.values.append(Record("probe_first", agree=agree, in_turn=in_turn))
    if best is not None:
        record.values.append(Record("best_of", by=best))
    if distil is not None:
        record.values.append(Record("distil", tokens=distil))
    if scorer is not None:
        record.values.append(Record("scorer", **fields(scorer)))
    if params:
        record.values.append(
            Record("params", params=json.dumps(params, separators=(",", ":"), ensure_ascii=False, sort_keys=True))
        )
    if deployment is not None:
        record.values.append(Record("deployment", deployment=deployment, fallbacks=fallbacks))
    return record


def rules(value: rh.Rules) -> Record:
    told = {name: one for name, one in fields(value).items() if not name.startswith("breaker_")}
    ramps = [Record("ramp", on=ramp.on, odds=ramp.odds, moves=[move(m) for m in ramp.moves]) for ramp in value.ramps]
    told_finding = told.pop("revise_on_finding", False)
    steps = {name: told.pop(name, None) for name in ("reject_below", "pass_steps", "enough")}
    record = Record("rules", **{**told, "ramps": ramps, "min_top": MIN_TOP})
    if told_finding:
        record.values.append(Record("revise on finding"))
    if any(value is not None for value in steps.values()):
        record.values.append(Record("step rules", **steps))
    return record


def move(value: rh.Move) -> Record:
    told = fields(value)
    name = told.pop("name")
    return Record(name, **{field: told[field] for field in RECORDS[name]})


def settings(ladder: rh.Ladder, policy: Record, ceiling: rh.Ceiling, run_rules: rh.Rules, moves: Record) -> Record:
    names = [one.name for one in ladder.rungs]
    place = {"default": names.index(ladder.default.name), "start_max": names.index(ladder.start_max.name)}
    return Record(
        "settings",
        ladder=Record("ladder", rungs=[rung(one) for one in ladder.rungs], moves=moves, **place),
        policy=policy,
        ceiling=Record("ceiling", **fields(ceiling)),
        window=WINDOW,
        rules=rules(run_rules),
    )


LADDER = rh.Ladder(
    [
        rh.Rung(
            "fast",
            input_price=0.05,
            output_price=0.4,
            written_price=0.06,
            thinking_tokens=4_096,
            thinking_least=1_024,
            params={"service_tier": "flex", "a": {"é": [1, None]}},
            deployment="eu",
            fallbacks=["us"],
            capabilities=["tools"],
            context_window=8_000,
        ),
        rh.Rung(
            "deep",
            model="large",
            thinking_tokens=4_096,
            samples=3,
            agree=2,
            doubt=rh.Doubt(low_logprob=-1.5, caught=0.5),
            ability=0.9,
        ),
    ],
    default="fast",
    thinking="raise",
    forbid=["samples"],
)
CEILING = rh.Ceiling(tokens=9_000, usd=0.5)
RULES = rh.Rules(low_confidence=None, ramps=[rh.Ramp("loop", [rh.Move("think", by=3.0), rh.Move("escalate")])])
MOVES = Record("moves", thinking="raise", samples=False, depth=True, model=True)
POLICIES = [
    (rh.policy.Utility(2.0), Record("utility", usd_per_error=2.0)),
    (rh.policy.Threshold([0.5]), Record("threshold", thresholds=[0.5])),
    (rh.policy.Shares([0.75, 0.25]), Record("shares", shares=[0.75, 0.25], hysteresis=0.03)),
    (None, Record("shares", shares=[0.7, 0.3], hysteresis=0.03)),
    (rh.policy.Guaranteed(0.05), Record("guaranteed", max_loss=0.05, confidence=0.95, threshold=None, made_for=None)),
    (
        rh.policy.Paced(5.0, per=3_600.0, weights={"acme": 2.0}),
        Record("paced", usd=5.0, per=3_600.0, usd_per_error=1.0, queries=None, weights=[Pair(("acme", 2.0))], fairness=0.5),
    ),
]


@pytest.mark.parametrize(("policy", "record"), POLICIES, ids=lambda value: type(value).__name__)
def test_a_version_is_what_the_page_says(policy: Any, record: Record) -> None:
    governor = rh.Governor(LADDER, policy=policy, ceiling=CEILING, rules=RULES)
    model, own = governor.version.split("/")
    assert own == f"{digest(settings(LADDER, record, CEILING, RULES, MOVES)):016x}"
    assert model == rh.Estimator().version


def test_the_version_of_a_rung_whose_scores_choose_is_what_the_page_says() -> None:
    many = rh.Rung("many", samples=3, best="vote", scorer=rh.Scorer("judge", tokens=8, input_price=0.1, width=2), deployment="eu")
    ladder = rh.Ladder([many], forbid=["depth"])
    moves = Record("moves", thinking="restart", samples=True, depth=False, model=True)
    own = rh.Governor(ladder, policy=rh.policy.Utility(2.0), ceiling=CEILING, rules=RULES).version.split("/")[1]
    assert own == f"{digest(settings(ladder, Record('utility', usd_per_error=2.0), CEILING, RULES, moves)):016x}"


def test_an_id_is_what_the_page_says() -> None:
    governor = rh.Governor(LADDER, policy=rh.policy.Utility(2.0))
    for text in ["", "Why is the sky blue?", "word " * 100, "é" * 200]:
        plan = governor.plan(text)
        turn = {"ask": 0, "empty": 3}[plan.turn]
        wanted = query_digest(plan.version, text.encode(), plan.structure, (0, turn, 0))
        assert plan.id.split("-")[0] == wanted
    plan = governor.plan("Why?", session="s", tenant="t", ceiling=rh.Ceiling(tokens=50), models=["large"], at=1.0)
    ceiling = Record("ceiling", **fields(rh.Ceiling(tokens=50)))
    given = {"ceiling": ceiling, "models": ["large"], "session": "s", "tenant": "t"}
    options = Record("options", **(dict.fromkeys(("rung", "purpose", "difficulty", "p_correct")) | given))
    assert plan.id.split("-")[0] == query_digest(plan.version, b"Why?", plan.structure, (0, 0, digest(options)))


def test_the_hash_has_every_branch() -> None:
    # Asks of each length that rapidhash treats apart; the extension is the reference.
    governor = rh.Governor(LADDER, policy=rh.policy.Utility(2.0))
    for length in [*range(1, 20), 32, 33, 48, 49, 64, 65, 80, 81, 96, 97, 112, 113, 224, 225, 337, 448, 449]:
        text = ("Why 4 + 4? " * 50)[:length]
        plan = governor.plan(text)
        turn = {"ask": 0, "continuation": 1, "empty": 3}[plan.turn]
        assert plan.id.split("-")[0] == query_digest(plan.version, text.encode(), plan.structure, (0, turn, 0)), length
    assert rapidhash(b"") != rapidhash(b"\x00")
