"""The lab as a live client of the ready-made host, and the step scorer."""

import asyncio
from itertools import islice

import pytest

import rheostat as rh
from rheostat.aio import serve
from rheostat.errors import UnknownNameError
from rheostat_lab import LISTS, Lab, Request, Weights
from rheostat_lab.experiment.rungs import LEVELS, ladder
from rheostat_lab.host import client
from rheostat_lab.questions import stream
from rheostat_lab.steps import StepScorer

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
QUESTION = "Start with 17, add 25. What is the result?"


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab.load()


def governor(*names: str) -> rh.Governor:
    built = ladder(LISTS["tiers"], tuple(level for level in LEVELS if level.name in names))
    rules = rh.Rules(low_confidence=None, ramps=[rh.Ramp("no_answer", [rh.Move("escalate")])])
    return rh.Governor(built, policy=rh.policy.Utility(usd_per_error=1.0), rules=rules, seed=0)


def test_a_question_is_served_live(lab: Lab) -> None:
    run = governor("medium-hi", "large-hi").plan(QUESTION, rung="medium-hi").start()
    assert asyncio.run(serve(run, client(lab, QUESTION))) == "42"
    alone = lab["lab-medium"].serve([Request(QUESTION, "hi")])[0]
    assert run.spent.tokens == len(alone.tokens)
    assert run.settled


def test_a_refuted_search_goes_up_live(lab: Lab) -> None:
    text = "Reach 200 with 2, 3, 4, each once, left to right."  # No way leads there.
    run = governor("tiny-lo", "medium-lo").plan(text, rung="tiny-lo").start()
    assert asyncio.run(serve(run, client(lab, text))) is None
    assert [call.rung.name for call in run.trail if call.call is not None][-1] == "medium-lo"
    assert not run.settled


def test_many_runs_share_the_engines(lab: Lab) -> None:
    plans = governor("medium-lo", "large-hi-x4")
    texts = [question.text for _, question in islice(stream(5), 12)]

    async def all_of_them() -> list[str | None]:
        return await asyncio.gather(*(serve(plans.plan(text).start(), client(lab, text)) for text in texts))

    assert sum(answer is not None for answer in asyncio.run(all_of_them())) >= 8
    assert all(engine.running == engine.waiting == 0 or not engine.step() for engine in lab.engines.values())


@pytest.mark.parametrize("model", ["lab-tiny", "lab-medium", "lab-large"])
def test_the_scorer_prefers_what_is_right(lab: Lab, model: str) -> None:
    scorer, engine = StepScorer(lab.weights), lab[model]
    asked = [q for _, q in islice(stream(9, {"multi-step": 1.0}), 150)]
    workings = engine.serve(Request(q.text, "lo", temperature=1.0, seed=i) for i, q in enumerate(asked))
    right: list[float] = []
    wrong: list[float] = []
    for question, written in zip(asked, workings, strict=True):
        scores = scorer.scores(written.prompt, written.tokens[: written.thought])
        assert all(0 < score < 1 for score in scores)
        if scores:
            (right if written.working == question.short.lower() else wrong).append(scores[-1])
    better = sum(r > w for r in right for w in wrong) / (len(right) * len(wrong))
    assert len(right) > 10 < len(wrong)
    assert better > 0.8


def test_the_scorer_sees_one_wrong_sum_and_where(lab: Lab) -> None:
    scorer, tokenizer = StepScorer(lab.weights), lab.weights.tokenizer()
    prompt = [
        tokenizer.bos,
        *tokenizer.encode("Start with 17, add 25, then subtract 12. What is the result?"),
        tokenizer.modes["lo"],
    ]
    right = scorer.scores(prompt, tokenizer.encode("#1 + 25 = 42 ; #2 - 12 = 30 ;"))
    wrong = scorer.scores(prompt, tokenizer.encode("#1 + 25 = 42 ; #2 - 12 = 31 ;"))
    assert right[0] == pytest.approx(wrong[0], abs=1e-5)
    assert min(right) > 0.5 > wrong[1]
    assert scorer.scores(prompt, []) == []


def test_weights_without_a_scorer_say_so() -> None:
    whole = Weights.find()
    bare = Weights(whole.directory, whole.manifest | {"scorers": {}})
    with pytest.raises(UnknownNameError, match="lab-steps"):
        StepScorer(bare)
