"""Rungs whose scores choose among their answers, through the whole governor and its hosts."""

from __future__ import annotations

import asyncio
import pickle
import random
from collections.abc import Iterator

import pytest

import rheostat as rh
from rheostat.host import Chunk, Usage, serve
from rheostat.learn import ScoreWorth

QUESTION = "A shop sells pens at 3 for $2. How much are 18 pens?"
SCORER = rh.Scorer("judge", tokens=8, input_price=0.1, output_price=0.2)


def rung(best: str = "score", samples: int = 3, scorer: rh.Scorer | None = SCORER) -> rh.Rung:
    return rh.Rung("many", model="small", samples=samples, best=best, scorer=scorer, input_price=1, output_price=4)  # type: ignore[arg-type]


def start(one: rh.Rung) -> rh.Run:
    return rh.Governor(rh.Ladder([one])).plan(QUESTION, at=0.0).start(at=0.0)


def client(answers: list[str], replies: list[Chunk | str], asked: list[rh.Call]) -> object:
    def send(call: rh.Call, index: int) -> Iterator[Chunk | str]:
        asked.append(call)
        if call.kind == "score":
            yield replies[call.parent or 0]
            yield Chunk(usage=Usage(input=120, output=2))
        else:
            yield Chunk(text=answers[index], usage=Usage(input=100, output=50))

    return send


@pytest.mark.parametrize(
    ("best", "replies", "answer"),
    [
        ("score", [Chunk(score=0.9), Chunk(score=0.8), Chunk(score=0.8)], "12"),
        ("vote", [Chunk(score=0.9), Chunk(score=0.8), Chunk(score=0.8)], "13"),
        ("score", ["0.3", "0.2", "7/10"], "13"),
        ("score", ["Wrong", "Correct", "Wrong"], "13"),
        ("score", [Chunk(step=0.1), Chunk(step=0.9), Chunk(score=2.0)], "13"),
    ],
)
def test_scores_choose(best: str, replies: list[Chunk | str], answer: str) -> None:
    asked: list[rh.Call] = []
    run = start(rung(best))
    send = client(["12", "13", "13"], replies, asked)
    assert serve(run, send, answer=lambda text: text, clock=lambda: 0.0) == answer  # type: ignore[arg-type]
    assert run.settled
    assert not run.certified
    scores = [call for call in asked if call.kind == "score"]
    assert [(call.model, call.parent, call.resume, call.max_tokens) for call in scores] == [
        ("judge", 0, "12", 8),
        ("judge", 1, "13", 8),
        ("judge", 2, "13", 8),
    ]
    assert run.spent.usd == pytest.approx((3 * (100 * 1 + 50 * 4) + 3 * (120 * 0.1 + 2 * 0.2)) / 1e6)
    assert (run.spent.samples, run.spent.tokens) == (3, 156)


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_function_of_the_host_scores_for_nothing(concurrency: int) -> None:
    scored: list[str] = []

    def score(text: str) -> float | None:
        scored.append(text)
        return {"12": 0.2, "13": None, "14": 0.7}[text]

    asked: list[rh.Call] = []
    send = client(["12", "13", "14"], [], asked)
    run = start(rung(scorer=None))
    assert serve(run, send, score=score, concurrency=concurrency, clock=lambda: 0.0) == "14"  # type: ignore[arg-type]
    assert (sorted(scored), len(asked), run.settled) == (["12", "13", "14"], 3, True)


def test_the_asynchronous_host_scores_too() -> None:
    async def send(call: rh.Call, index: int) -> str:
        return ["12", "13", "14"][index]

    run = start(rung(scorer=None))
    score = {"12": 0.2, "13": 0.9, "14": 0.7}.__getitem__
    assert asyncio.run(rh.aio.serve(run, send, score=score)) == "13"
    with pytest.raises(KeyError):
        asyncio.run(rh.aio.serve(start(rung(scorer=None)), send, score=lambda text: {"": 0.5}[text]))
    with pytest.raises(TypeError, match="score: result: got str, wanted a number"):
        asyncio.run(rh.aio.serve(start(rung(scorer=None)), send, score=str))  # type: ignore[arg-type]


def test_answers_that_agree_need_no_score() -> None:
    asked: list[rh.Call] = []
    run = start(rung())
    assert serve(run, client(["12", "12.0", "$12"], [], asked), clock=lambda: 0.0) == "12"  # type: ignore[arg-type]
    assert (len(asked), run.settled) == (3, True)


def test_the_worst_case_is_stated_and_fits() -> None:
    ladder = rh.Ladder([rung(samples=6)])
    free = rh.Governor(ladder).plan(QUESTION)
    assert free.worst_case.requests == 12
    assert free.worst_case.tokens == 6 * 4096 + 6 * 8
    for share in (0.2, 0.5, 0.9):
        usd = free.worst_case.usd * share
        tight = rh.Governor(ladder, ceiling=rh.Ceiling(usd=usd)).plan(QUESTION)
        assert tight.worst_case.usd <= usd
        assert tight.samples < 6
        assert tight.clamped[0].field == "samples"
    narrow = rh.Governor(rh.Ladder([rung(samples=6, scorer=rh.Scorer("judge", width=2))])).plan(QUESTION)
    assert (narrow.samples, narrow.worst_case.requests) == (2, 4)
    assert any("at most 2 answers apart" in reason for reason in narrow.reasons)


def test_a_rung_and_its_scorer_are_values() -> None:
    one = rung("vote")
    assert (one.best, one.scorer, one.agree) == ("vote", SCORER, None)
    assert pickle.loads(pickle.dumps(one)) == one
    assert pickle.loads(pickle.dumps(SCORER)) == SCORER != rh.Scorer("other")
    assert hash(SCORER) == hash(rh.Scorer("judge"))
    versions = {rh.Governor(rh.Ladder([one])).version for one in (rung(), rung("vote"), rung(scorer=None))}
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"best": "score"}, "samples must be at least 2"),
        ({"best": "score", "agree": 2, "samples": 2}, "best must be left out"),
        ({"scorer": SCORER, "samples": 2}, "scorer must be left out"),
        ({"best": "most", "samples": 2}, "choice"),
    ],
)
def test_what_cannot_be_is_refused_by_name(options: dict[str, object], words: str) -> None:
    with pytest.raises(rh.RheostatError, match=words):
        rh.Rung("many", **options)  # type: ignore[arg-type]


def test_a_configuration_file_has_it() -> None:
    text = """
[[rung]]
name = "many"
samples = 4
best = "vote"
scorer = { model = "judge", tokens = 8, input_price = 0.1, output_price = 0.2, width = 3 }
"""
    read = rh.config.loads(text).ladder["many"]
    assert (read.best, read.scorer) == ("vote", rh.Scorer("judge", tokens=8, input_price=0.1, output_price=0.2, width=3))


@pytest.mark.parametrize(("separation", "expected"), [(0.0, {1}), (6.0, {8})])
def test_width_is_what_the_scorer_can_tell_apart(separation: float, expected: set[int]) -> None:
    rng = random.Random(5)
    worth = ScoreWorth("score")
    for _ in range(400):
        right = [float(rng.random() < 0.4) for _ in range(8)]
        scores = [1 / (1 + 2.718281828 ** -(separation * (r - 0.5) + rng.gauss(0, 1))) for r in right]
        worth.add([f"a{r}" for r in right], scores=scores, right=right)
    assert worth.width in expected
    again = ScoreWorth.from_bytes(worth.to_bytes())
    assert (again.width, again.counted, again.by) == (worth.width, 400, "score")
    again.merge(worth)
    assert again.counted == 800
    with pytest.raises(ValueError, match="by must be"):
        again.merge(ScoreWorth("vote"))
    assert worth.choose(sample_usd=1.0, score_usd=0.0, usd_per_error=0.1).samples == 1


def test_a_confident_error_makes_width_hurt() -> None:
    # One wrong sample in ten is scored above every right one: among 8, it is nearly always there.
    rng = random.Random(7)
    worth = ScoreWorth("score")
    for _ in range(300):
        drawn = [rng.choices(["right", "wrong", "sure"], [5, 4, 1])[0] for _ in range(8)]
        scores = [{"right": 0.6, "wrong": 0.2, "sure": 0.95}[kind] + 0.04 * rng.random() for kind in drawn]
        worth.add(drawn, scores=scores, right=[float(kind == "right") for kind in drawn])
    chances = {way.samples: way.p_correct for way in worth.ways(sample_usd=1.0, score_usd=0.0)}
    assert chances[8] < chances[2] > chances[1]
    assert 2 <= worth.width <= 4
