"""Rungs that probe first, through the whole governor: what is drawn, what settles, what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

import rheostat as rh
from rheostat.host import Chunk, Usage, serve

QUESTION = "A shop sells pens at 3 for $2. How much are 18 pens?"


def served(ladder: rh.Ladder, answers: dict[str, list[str]]) -> tuple[rh.Run, list[str]]:
    """A run whose models give these answers, and the models in the order of their streams."""
    asked: list[str] = []
    left = {model: iter(given) for model, given in answers.items()}

    def client(call: rh.Call, index: int) -> Iterator[Chunk]:
        asked.append(call.model)
        yield Chunk(answer=next(left[call.model]), usage=Usage(input=100, output=50))

    run = rh.Governor(ladder).plan(QUESTION, at=0.0).start(at=0.0)
    serve(run, client, clock=lambda: 0.0)
    return run, asked


@pytest.mark.parametrize(
    ("agree", "in_turn", "answers", "answer", "asked"),
    [
        (3, False, ["12", "12.0", "$12"], "12", (3, 0)),
        (3, False, ["12", "13", "12"], "14", (2, 1)),
        (3, True, ["12", "13", "12"], "14", (2, 1)),
        (3, True, ["12", "12", "13"], "14", (3, 1)),
        (2, False, ["12", "12"], "12", (2, 0)),
        (2, False, ["12", "13"], "14", (2, 1)),
    ],
)
def test_probes_that_agree_settle_and_others_go_up(
    agree: int, in_turn: bool, answers: list[str], answer: str, asked: tuple[int, int]
) -> None:
    ladder = rh.Ladder.cascade("gpt-4o-mini", "gpt-4o", agree=agree, in_turn=in_turn)
    run, models = served(ladder, {"gpt-4o-mini": answers, "gpt-4o": ["14"]})
    assert run.answer == answer
    assert run.settled
    # Streams may overlap, so that a third one has begun before two have ended; it is closed, not waited for.
    assert models.count("gpt-4o-mini") in ({asked[0]} if in_turn else {asked[0], agree})
    assert models.count("gpt-4o") == asked[1]


@pytest.mark.parametrize("in_turn", [False, True])
@pytest.mark.parametrize("agree", [2, 3, 5])
@pytest.mark.parametrize("models", [["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]])
def test_a_cascade_of_any_height_reaches_its_top_without_a_ceiling(models: list[str], agree: int, in_turn: bool) -> None:
    rungs = [rh.Rung(name, input_price=10.0**i, output_price=4 * 10.0**i) for i, name in enumerate(models)]
    ladder = rh.Ladder.cascade(*rungs, agree=agree, in_turn=in_turn)
    differ = {name: [str(i) for i in range(agree)] for name in models[:-1]}
    run, asked = served(ladder, {**differ, models[-1]: ["12"]})
    assert (run.answer, run.settled, asked[-1]) == ("12", True, models[-1])
    assert run.ended == "the sample finished with an answer"


@pytest.mark.filterwarnings("ignore:rung .* (can never be reached|does not fit its ceiling)")
@pytest.mark.parametrize(
    "ceiling",
    [
        rh.Ceiling(samples=1),
        rh.Ceiling(samples=2),
        rh.Ceiling(tokens=4_000),
        rh.Ceiling(tokens=8_000),
        rh.Ceiling(usd=0.001),
        rh.Ceiling(usd=0.003),
    ],
)
def test_under_a_tight_ceiling_one_probe_settles_nothing(ceiling: rh.Ceiling) -> None:
    ladder = rh.Ladder.cascade("gpt-4o-mini", "gpt-4o", agree=3)
    governor = rh.Governor(ladder, ceiling=ceiling)
    plan = governor.plan(QUESTION, at=0.0)
    assert any("the probes can no longer agree" in reason for reason in plan.reasons)
    run = plan.start(at=0.0)
    served = serve(run, lambda _call, _index: Chunk(answer="12", usage=Usage(input=100, output=50)), clock=lambda: 0.0)
    assert served == "12"
    assert run.settled == (run.rung.name == "gpt-4o")
    assert run.ended != "closed by the host"


@pytest.mark.filterwarnings("ignore:rung .* can never be reached")
def test_without_a_step_up_a_cascade_ends_unsettled_by_the_limit_that_stopped_it() -> None:
    ladder = rh.Ladder.cascade("gpt-4o-mini", "gpt-4o", agree=3)
    run = rh.Governor(ladder, ceiling=rh.Ceiling(escalations=0)).plan(QUESTION, at=0.0).start(at=0.0)
    answers = iter("123456")
    serve(run, lambda _call, _index: next(answers), clock=lambda: 0.0)
    assert not run.settled
    assert run.ended == "the escalation ceiling leaves no room"
    assert run.spent.samples <= 3
    assert "the probes can no longer agree" in [event.reason for event in run.trail]


def test_a_ceiling_that_the_lower_rungs_use_up_is_warned_of() -> None:
    ladder = rh.Ladder.cascade("gpt-5-nano", "gpt-5-mini", "gpt-5", agree=3)
    with pytest.warns(UserWarning, match='rung "gpt-5" can never be reached once'):
        governor = rh.Governor(ladder, ceiling=rh.Ceiling(samples=6))
    assert any("6 samples" in warning for warning in governor.warnings)
    assert not rh.Governor(ladder, ceiling=rh.Ceiling(samples=7)).warnings


def test_every_query_of_a_cascade_starts_on_its_lowest_rung() -> None:
    governor = rh.Governor(rh.Ladder.cascade("gpt-5-nano", "gpt-5-mini", "gpt-5", agree=2))
    for text in ("hi", "Prove that there are infinitely many primes.", "", "δ" * 900):
        plan = governor.plan(text)
        assert (plan.rung.name, plan.samples) == ("gpt-5-nano", 2)
    assert [rung.agree for rung in governor.ladder.rungs] == [2, 2, None]


def test_rungs_and_names_mix_and_an_unknown_price_is_said() -> None:
    own = rh.Rung("mine", input_price=0.01, output_price=0.02, answer_tokens=64)
    with pytest.warns(UserWarning, match='no price is known for "their-model"'):
        ladder = rh.Ladder.cascade(own, "their-model", agree=2, assume=True)
    assert (ladder[0].answer_tokens, ladder[0].output_price, ladder[0].samples) == (64, 0.02, 2)
    assert ladder[1].output_price > ladder[0].output_price
    with pytest.raises(rh.errors.UnknownNameError, match='unknown model "gpt-4o-min"; known: gpt-4o-mini, '):
        rh.Ladder.cascade("gpt-4o-min", "gpt-4o", source="shipped")
    assert rh.Ladder.cascade("openai/gpt-4o-mini-2024-07-18", "gpt-4o")[0].output_price == 0.60


def test_what_no_cascade_can_be() -> None:
    cases: list[tuple[tuple[str, ...], int, str]] = [
        (("gpt-4o",), 3, "at least 2 rungs"),
        ((), 3, "at least 2 rungs"),
        (("gpt-4o", "gpt-4o"), 3, "unique"),
        (("gpt-4o-mini", "gpt-4o"), 1, "agree"),
        (("gpt-4o-mini", "gpt-4o"), 5_000, "samples"),
    ]
    for rungs, agree, match in cases:
        with pytest.raises(rh.errors.InvalidValueError, match=match):
            rh.Ladder.cascade(*rungs, agree=agree)
    with pytest.raises(rh.errors.InvalidTypeError, match=r"rungs\[1\]"):
        rh.Ladder.cascade("gpt-4o-mini", 4)  # type: ignore[arg-type]
    with pytest.raises(rh.errors.InvalidValueError, match="agree must be between 2 and the rung's samples, 3"):
        rh.Rung("a", samples=3, agree=4)


def test_a_strategy_survives_pickling_and_shows() -> None:
    rung = rh.Rung("a", samples=3, agree=2, in_turn=True)
    again = pickle.loads(pickle.dumps(rung))
    assert again == rung
    assert (again.agree, again.in_turn) == (2, True)
    assert "agree=2" in repr(rung)
    assert rh.Rung("a", samples=3) != rung
