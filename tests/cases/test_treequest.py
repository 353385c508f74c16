"""Tree search by TreeQuest's algorithms: what it finds, and what it never spends."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

import rheostat as rh
from rheostat.host import Chunk, Usage
from rheostat.treequest import Node, search

QUESTION = "What is 3 times 4?"
LADDER = rh.Ladder(
    [
        rh.Rung("small", model="s", answer_tokens=100, input_price=1, output_price=2),
        rh.Rung("large", model="l", answer_tokens=100, input_price=5, output_price=10),
    ]
)


@dataclass
class Tree:
    """TreeQuest's interface: below the newest or the best answer, with actions in turn."""

    seed: int = 0
    asked: list[list[str]] = field(default_factory=list)
    told: list[tuple[str, Any, float]] = field(default_factory=list)

    def init_tree(self) -> list[Node]:
        return []

    def ask_batch(self, state: list[Node], batch_size: int, actions: list[str]) -> tuple[list[Node], list[Any]]:
        assert batch_size == 1
        rng = random.Random(f"{self.seed} {len(state)}")
        self.asked.append(actions)
        parent = rng.choice([None, *state])
        return state, [SimpleNamespace(trial_id=str(len(self.asked)), action=rng.choice(actions), parent_state=parent)]

    def tell(self, state: list[Node], trial_id: str, result: tuple[Node, float]) -> list[Node]:
        self.told.append((trial_id, *result))
        return [*state, result[0]]


def governor(**options: Any) -> rh.Governor:
    return rh.Governor(LADDER, ceiling=rh.Ceiling(tokens=1_000, usd=0.01, seconds=60.0), **options)


def client(call: rh.Call, _: int, messages: list[dict[str, str]]) -> Iterator[Chunk]:
    text = f"{call.model}{len(messages)}"
    yield Chunk(text=text, tokens=50, usage=Usage(input=10 * len(messages), output=50))


def score(text: str) -> float:
    return {"s1": 0.1, "s3": 0.4, "l1": 0.3, "l3": 0.8}[text]


def test_answers_are_improved_and_the_model_is_a_dial() -> None:
    tree = Tree()
    found = search(governor(), QUESTION, client, tree, score=score, most=12)
    assert found.ended == "most"
    assert len(found.nodes) == len(tree.told) == 12
    assert tree.asked == [["small", "large"]] * 12
    assert {node.rung for node in found.nodes} == {"small", "large"}
    assert found.answer == "l3"
    best = found.best
    assert best is not None
    assert best.parent in found.nodes
    # Of equals the first launched.
    assert best is next(node for node in found.nodes if node.answer == "l3")
    assert [result[2] for result in tree.told] == [node.score for node in found.nodes]
    assert found.tokens == 600
    assert found.usd == pytest.approx(sum(node.usd for node in found.nodes))
    roots = [node for node in found.nodes if node.parent is None]
    assert {node.answer for node in roots} <= {"s1", "l1"}


def test_a_good_answer_ends_it_and_rungs_can_be_chosen() -> None:
    found = search(governor(), QUESTION, client, Tree(), score=score, most=50, enough=0.8)
    assert (found.ended, found.answer, found.nodes[-1].score) == ("enough", "l3", 0.8)
    found = search(governor(), QUESTION, client, Tree(), score=score, most=3, rungs=["small"])
    assert {node.rung for node in found.nodes} == {"small"}


@pytest.mark.parametrize("seed", range(40))
def test_no_order_of_events_passes_the_account(seed: int) -> None:
    rng = random.Random(seed)
    ceiling = rh.Ceiling(tokens=rng.randint(1, 900), usd=rng.choice([1e-5, 1e-3, 5e-3]))
    price = rng.choice([0.0, 1e-4, 1e-3])
    sent: list[int] = []

    def random_client(call: rh.Call, _: int, messages: list[dict[str, str]]) -> Iterator[Chunk]:
        sent.append(call.max_tokens)
        if rng.random() < 0.1 and len(sent) > 1:
            raise ValueError("gone")
        count = rng.randint(1, call.max_tokens)
        yield Chunk(text="a" * rng.randint(0, 3), tokens=count, usage=Usage(input=rng.randint(0, 20), output=count))

    try:
        found = search(
            governor(),
            QUESTION,
            random_client,
            Tree(seed),
            score=lambda _: rng.random(),
            most=50,
            ceiling=ceiling,
            score_usd=price,
        )
    except ValueError:
        return
    assert found.limit.tokens == ceiling.tokens
    assert found.tokens <= found.limit.tokens
    assert found.usd <= found.limit.usd * (1 + 1e-9)
    assert found.ended in {"most", "ceiling", "failed"}
    if found.answer is not None:
        assert max(node.score for node in found.nodes) == found.best.score  # type: ignore[union-attr]


def test_a_failure_keeps_what_came() -> None:
    calls: list[int] = []

    def failing(call: rh.Call, index: int, messages: list[dict[str, str]]) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise ValueError("gone")
        return client(call, index, messages)

    rules = rh.Rules(retries=0)
    found = search(governor(rules=rules), QUESTION, failing, Tree(), score=score, most=9)
    assert (found.ended, len(found.nodes), str(found.error)) == ("failed", 2, "gone")
    assert found.answer == found.nodes[0].answer
    with pytest.raises(ValueError, match="gone"):
        search(governor(rules=rules), QUESTION, failing, Tree(), score=score, most=9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"most": 0}, "most must be"),
        ({"most": 1, "enough": 1.5}, "enough must be"),
        ({"most": 1, "score_usd": -1.0}, "score_usd must be"),
    ],
)
def test_what_cannot_be_is_refused_by_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(rh.RheostatError, match=words):
        search(governor(), QUESTION, client, Tree(), score=score, **options)
    with pytest.raises(rh.RheostatError, match="score must be between 0 and 1, got 2"):
        search(governor(), QUESTION, client, Tree(), score=lambda _: 2.0, most=1)


@pytest.mark.parametrize("name", ["ABMCTSA", "StandardMCTS", "TreeOfThoughtsBFSAlgo"])
def test_the_package_drives_it(name: str) -> None:
    treequest = pytest.importorskip("treequest")
    found = search(governor(), QUESTION, client, getattr(treequest, name)(), score=score, most=10)
    assert len(found.nodes) == 10
    assert found.tokens <= found.limit.tokens
    best = treequest.top_k(found.state, getattr(treequest, name)(), k=1)[0]
    assert best[1] == found.best.score  # type: ignore[union-attr]
