"""The lab's experiment: what a rung costs and answers, what the governor's host tells its runs, and what is reported."""

import json
import re
import time
from itertools import count, islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rheostat as rh
from rheostat._cli import main
from rheostat.errors import InvalidValueError
from rheostat_lab import LISTS, Lab
from rheostat_lab.experiment import cascades, fixed, governed
from rheostat_lab.experiment.arms import Arm
from rheostat_lab.experiment.asked import Served
from rheostat_lab.experiment.bank import Bank
from rheostat_lab.experiment.choose import Setting, frontier, rank
from rheostat_lab.experiment.compare import Options, compare
from rheostat_lab.experiment.numbers import Paired, paired, wilson
from rheostat_lab.experiment.page import page
from rheostat_lab.experiment.report import as_dict, sentences
from rheostat_lab.experiment.rungs import LEVELS, THINKING, Level, ladder, mode_of
from rheostat_lab.experiment.scores import Scores
from rheostat_lab.questions import make, stream

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


@pytest.fixture(scope="module")
def bank() -> Bank:
    return Bank(Lab.load(capacity=64))


@pytest.fixture(scope="module")
def asked() -> list[Served]:
    return [Served(question) for _, question in islice(stream(77), 40)]


def test_the_ladder_turns_all_four_dials() -> None:
    rungs = ladder(LISTS["tiers"]).rungs
    assert len(rungs) >= 6
    for dial in ("model", "thinking_tokens", "samples", "depth"):
        assert len({getattr(rung, dial) for rung in rungs}) > 1, dial
    assert all(mode_of(THINKING[mode]) == mode for mode in THINKING)


@pytest.mark.parametrize("prices", LISTS)
def test_price_lists_price_every_model(prices: str) -> None:
    assert {level.model for level in LEVELS} == set(LISTS[prices])
    assert all(price.output >= price.input > 0 for price in LISTS[prices].values())


def test_a_fixed_rung_costs_what_its_streams_cost(bank: Bank, asked: list[Served]) -> None:
    level = Level("x", "lab-tiny", "lo", samples=3)
    prices = LISTS["tiers"]
    for served, spent in zip(asked, fixed.serve(bank, asked, level), strict=True):
        records = [bank[request] for request in fixed.first_requests(served, level)]
        assert dict(spent.written)["lab-tiny"] == sum(r.written for r in records)
        assert dict(spent.read)["lab-tiny"] == records[0].read
        assert spent.steps == max(r.written for r in records)
        read, written = records[0].read, sum(r.written for r in records)
        assert spent.usd(prices) == pytest.approx((read * 0.05 + written * 0.40) / 1e6)


def test_what_is_asked_twice_is_computed_once(bank: Bank, asked: list[Served]) -> None:
    bank.fill([asked[0].request("lab-tiny", "hi")] * 3)
    before = bank.lab["lab-tiny"].written_tokens
    bank.fill([asked[0].request("lab-tiny", "hi")])
    assert bank.lab["lab-tiny"].written_tokens == before


def lone(names: tuple[str, ...] = ("tiny-lo", "medium-lo")) -> rh.Governor:
    levels = tuple(level for level in LEVELS if level.name in names)
    rules = rh.Rules(low_confidence=None, ramps=[rh.Ramp("no_answer", [rh.Move("escalate")])])
    built = ladder(LISTS["tiers"], levels, {"tiny-lo": 0.5, "medium-lo": 0.7, "medium-hi": 0.8, "large-hi-x4": 0.9})
    return rh.Governor(built, policy=rh.policy.Utility(usd_per_error=1.0), rules=rules, seed=0)


def test_a_governed_question_costs_what_the_run_counted(bank: Bank, asked: list[Served]) -> None:
    governor = lone(("tiny-lo",))
    for served, result in zip(asked, governed.serve(bank, governor, asked, rung="tiny-lo"), strict=True):
        record = bank[served.request("lab-tiny", "lo")]
        assert dict(result.spent.written) == {"lab-tiny": record.written}
        assert dict(result.spent.read) == {"lab-tiny": record.read}
        assert result.spent.answer == record.answer
        assert result.calls == {"tiny-lo generate": 1}


def test_an_answer_that_is_refuted_goes_up(bank: Bank) -> None:
    rng = Random(4)
    searches = [Served(make(rng, "reach", 4)) for _ in range(6)]
    for served, result in zip(searches, governed.serve(bank, lone(), searches, rung="tiny-lo"), strict=True):
        first = bank[served.request("lab-tiny", "lo")]
        refuted = served.accepted(first.answer) is None
        assert (result.last == "medium-lo") == refuted
        assert (result.calls["medium-lo generate"] == 1) == refuted


def test_a_verified_answer_ends_every_sample(bank: Bank) -> None:
    rng = Random(9)
    searches = [Served(make(rng, "reach", 3)) for _ in range(8)]
    for served, result in zip(searches, governed.serve(bank, lone(("large-hi-x4",)), searches, rung="large-hi-x4"), strict=True):
        if served.right(result.spent.answer):
            records = [bank[served.request("lab-large", "hi", i)] for i in range(4)]
            assert dict(result.spent.written)["lab-large"] <= sum(r.written for r in records)
            assert served.accepted(result.spent.answer)


def test_runs_repeat(bank: Bank, asked: list[Served]) -> None:
    first, second = (governed.serve(bank, lone(), asked) for _ in range(2))
    assert [r.spent for r in first] == [r.spent for r in second]


def test_cascades_stop_where_they_are_sure(bank: Bank, asked: list[Served]) -> None:
    eager = cascades.confidence(bank, asked, (cascades.STEPS, False, -99.0))
    thorough = cascades.confidence(bank, asked, (cascades.STEPS, False, 0.0))
    checked = [served.verify is not None for served in asked]
    assert all(len(dict(r.written)) == 1 for r, c in zip(eager, checked, strict=True) if not c)
    assert all(set(dict(r.written)) == {"lab-medium", "lab-large"} for r, c in zip(thorough, checked, strict=True) if not c)
    assert sum(r.usd(LISTS["tiers"]) for r in eager) < sum(r.usd(LISTS["tiers"]) for r in thorough)


def arm(name: str, right: list[float], usd: float) -> Arm:
    return Arm(name, np.array(right), np.full(len(right), usd), np.ones(len(right)), 1)


def test_the_frontier_leaves_out_what_is_dearer_and_no_better() -> None:
    right = {"tiny-lo": 0.4, "medium-no": 0.3, "medium-lo": 0.6, "medium-hi": 0.6}
    arms = {lv.name: arm(lv.name, [right.get(lv.name, 0.4)], i + 1.0) for i, lv in enumerate(LEVELS)}
    assert [level.name for level in frontier(arms)] == ["tiny-lo", "medium-lo", "large-hi-x8-twice"]


def test_no_loss_comes_before_price_and_price_before_more_accuracy() -> None:
    def found(low: float) -> Paired:
        return Paired(low + 0.01, low, (low, low + 0.02), 100)

    fine, better, short, shorter = (found(0.002), 0.2), (found(0.02), 0.3), (found(0.001), 0.2), (found(-0.02), 0.1)
    assert sorted([shorter, better, short, fine], key=lambda tried: rank(tried[0], tried[1], 1.0)) == [
        fine,
        short,
        better,
        shorter,
    ]


def test_doubts_are_of_single_answers_the_last_apart() -> None:
    setting = Setting(LEVELS, trust=0.9, last=0.6)
    trusts = setting.trusts()
    assert trusts.pop("large-hi") == 0.6
    assert set(trusts) == {level.name for level in LEVELS if level.samples == 1} - {"large-hi"}
    assert set(trusts.values()) == {0.9}
    assert Setting(LEVELS, trust=None, last=None).trusts() == {}


def test_a_low_step_goes_up_and_the_scorer_is_paid_for(bank: Bank, asked: list[Served]) -> None:
    levels = tuple(level for level in LEVELS if level.name in {"tiny-lo", "medium-lo"})
    setting = Setting(levels, trust=None, low_steps=1.0)
    calibration = rh.learn.StepCalibration()
    calibration.add("lab-steps", "lab-tiny:lo", [([i / 20], float(i % 2)) for i in range(21)])
    table = calibration.table("lab-steps", "lab-tiny:lo")
    governor = rh.Governor(
        ladder(LISTS["tiers"], levels, steps={"tiny-lo": table}),
        policy=rh.policy.Utility(usd_per_error=1e9),
        rules=setting.rules(),
        seed=0,
    )
    plain = governed.serve(bank, governor, asked, rung="tiny-lo")
    scored = governed.serve(bank, governor, asked, rung="tiny-lo", scores=Scores(bank.lab, bank))
    for served, one, two in zip(asked, plain, scored, strict=True):
        thought = bank[served.request("lab-tiny", "lo")].thought > 0
        if served.verify is None and thought:
            # No chance is 1: every step is low.
            assert (one.last, two.last) == ("tiny-lo", "medium-lo")
            assert dict(two.spent.read)["lab-medium"] > dict(two.spent.read)["lab-tiny"]


def test_the_stopwatch_leaves_out_its_own_look(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()

    def tick() -> float:
        return float(next(ticks))

    # A clock that goes on by one whenever somebody looks at it.
    monkeypatch.setattr(time, "perf_counter", tick)
    watch = governed.Stopwatch()
    watch.call(lambda: None)
    assert watch.seconds == 0
    watch.call(lambda: [tick() for _ in range(3)])
    assert watch.seconds == 3


def test_what_is_watched_is_what_the_governor_takes(bank: Bank, asked: list[Served]) -> None:
    watch = governed.Stopwatch()
    watched = governed.serve(bank, lone(), asked, watch=watch)
    assert [r.spent for r in watched] == [r.spent for r in governed.serve(bank, lone(), asked)]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_paired_differences_are_what_they_say(pairs: list[tuple[bool, bool]]) -> None:
    ours, theirs = ([float(x) for x in side] for side in zip(*pairs, strict=True))
    found = paired(ours, theirs, draws=200)
    assert found.mean == pytest.approx(np.mean(ours) - np.mean(theirs))
    assert found.interval[0] <= found.low <= found.mean + 1e-9 or len(pairs) < 20
    low, high = wilson(float(np.mean(ours)), len(ours))
    assert -1e-9 <= low <= np.mean(ours) + 1e-9
    assert np.mean(ours) - 1e-9 <= high <= 1 + 1e-9


@pytest.mark.parametrize(
    ("options", "said"),
    [(Options(questions=3), "got 3"), (Options(train=0), "got 0"), (Options(prices="free"), "free"),
     (Options(ablate=("luck",)), "luck")],
)  # fmt: skip
def test_options_out_of_bounds_are_named(bank: Bank, options: Options, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        compare(bank.lab, options, bank=bank)


@pytest.mark.filterwarnings("ignore")
def test_a_small_comparison_is_whole(bank: Bank) -> None:
    told: list[str] = []
    options = Options(questions=60, train=60, ablate=("estimate", "ramp", "votes", "ceiling"), steps=True)
    found = compare(bank.lab, options, lambda what, _done, _all: told.append(what), bank)
    again = compare(bank.lab, options, bank=bank)
    assert {level.name for level in LEVELS} < set(found.arms)
    assert "with step scores" in found.arms
    assert {"governor", "without estimate", "without ramp", "without votes", "without ceiling"} < set(found.arms)
    assert "choosing on the training split" in told
    assert found.saved == again.saved
    report = as_dict(found)
    assert json.loads(json.dumps(report, default=float))["arms"]["governor"]["accuracy"] == found.governor.accuracy
    assert sum(report["arms"]["governor"]["planned"].values()) == 60
    assert sum(kind["questions"] for kind in report["kinds"].values()) == 60
    assert any("fewer than 2,000" in sentence for sentence in sentences(found))
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    html = page(found)
    picture = html[html.index("<svg") : html.index("</svg>")]
    assert all(f">{name}</text>" in picture for name in found.arms)
    # Nothing runs and nothing is fetched; the names of XML's namespaces are no addresses.
    assert not re.search(r"<script|src=|href=\"http|url\(http|@import", html)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("lab_verb")
def test_the_command_line_runs_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    target = tmp_path / "page.html"
    words = [
        "lab",
        "run",
        "--questions",
        "50",
        "--train",
        "50",
        "--no-cascades",
        "--html",
        str(target),
    ]
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["questions"] == 50
    assert target.read_text().startswith("<!doctype html>")
    assert main(["lab", "run", "--questions", "1"]) == 2
    assert "questions must be between 50 and 100000, got 1" in capsys.readouterr().err
    assert main(["lab", "ask", "Start with 17, add 25. What is the result?", "--model", "lab-tiny"]) == 0
    assert "answer" in capsys.readouterr().out
