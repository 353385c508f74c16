"""vLLM's two interfaces of logits processors, as they are published: batches that change, slots that are used again, preemption.

vLLM itself is not installed here: classes with the same abstract methods stand in for its base classes, and numpy's arrays for
its tensors.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat import vllm
from rheostat.transformers import Tokens

END, OPEN, CLOSE, OWN = 1, 2, 3, 9
TOKENS = Tokens(end=[END], think_start=OPEN, think_end=[CLOSE])


class Tensor(np.ndarray[Any, Any]):
    """An array with the few methods of a tensor that are used."""

    def float(self) -> Tensor:
        made: Tensor = self.astype(np.float32).view(Tensor)
        return made

    def log_softmax(self, axis: int) -> Tensor:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            made: Tensor = (self - np.log(np.exp(self).sum(axis))).view(Tensor)
        return made

    def topk(self, k: int) -> Any:
        return SimpleNamespace(values=np.sort(self)[::-1][:k].view(Tensor))

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray[Any, Any]:
        return np.asarray(self)


def logits(rows: int) -> Tensor:
    """Rows of a model that is sure of its own token."""
    made = np.zeros((rows, 32), np.float32)
    made[:, OWN] = 30.0
    return made.view(Tensor)


def drawn(row: Any) -> int:
    return int(np.argmax(row))


class FirstInterface(ABC):
    """V1's."""

    @classmethod
    def validate_params(cls, sampling_params: Any) -> None:
        raise NotImplementedError

    @abstractmethod
    def __init__(self, vllm_config: Any, device: Any, is_pin_memory: bool) -> None: ...

    @abstractmethod
    def apply(self, logits: Any) -> Any: ...

    @abstractmethod
    def is_argmax_invariant(self) -> bool: ...

    @abstractmethod
    def update_state(self, batch_update: Any) -> None: ...


class SecondInterface(ABC):
    """V2's."""

    def __init__(self, vllm_config: Any, req_states: Any) -> None:
        raise NotImplementedError

    @classmethod
    def validate_params(cls, sampling_params: Any) -> None:
        raise NotImplementedError

    def add_request(self, req_idx: int, sampling_params: Any) -> bool:
        raise NotImplementedError

    def apply_staged_writes(self) -> None:
        raise NotImplementedError

    @abstractmethod
    def apply(self, logits: Any, ctx: Any) -> Any: ...


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The modules of both interfaces."""
    for name, base in (
        ("vllm.v1.sample.logits_processor.interface", FirstInterface),
        ("vllm.v1.worker.gpu.sample.logits_processor.interface", SecondInterface),
    ):
        parts = name.split(".")
        for i in range(1, len(parts)):
            monkeypatch.setitem(sys.modules, ".".join(parts[:i]), ModuleType(".".join(parts[:i])))
        module = ModuleType(name)
        module.LogitsProcessor = base  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    yield
    for name in ("V1Processor", "V2Processor"):
        vllm.__dict__.pop(name, None)


def params(thinking: int = 4, answer: int = 6, **options: Any) -> Any:
    """The parameters of a governed request."""
    rung = rh.Rung("a", model="m", thinking_tokens=thinking, answer_tokens=answer)
    with rh.Governor(rh.Ladder([rung])).plan("Why?").start() as run:
        spec = vllm.extra_args(run.next()[0], TOKENS, **({"opened": True} | options))
    return SimpleNamespace(extra_args=spec.args)


def wanted(thinking: int, answer: int) -> list[int]:
    return [OWN] * thinking + [CLOSE] + [OWN] * (answer - 2) + [END]


def update(*added: Any, removed: tuple[int, ...] = (), moved: tuple[Any, ...] = ()) -> Any:
    return SimpleNamespace(batch_size=4, removed=removed, added=added, moved=moved)


UNI, SWAP = SimpleNamespace(name="UNIDIRECTIONAL"), SimpleNamespace(name="SWAP")


def test_v1_follows_rows_that_come_move_and_leave() -> None:
    made = vllm.V1Processor(None, None, False)
    assert isinstance(made, FirstInterface)
    assert made.is_argmax_invariant() is False
    out: dict[str, list[int]] = {"a": [], "b": [], "free": []}
    batch = ["a", "free", "b"]
    plain = SimpleNamespace(extra_args=None)
    given = {"a": params(2, 6), "b": params(5, 4), "free": plain}
    made.update_state(update(*((row, given[name], [7], out[name]) for row, name in enumerate(batch))))
    for step in range(9):
        if step == 3:
            batch[0], batch[2] = batch[2], batch[0]
            made.update_state(update(moved=((0, 2, SWAP),)))
        elif step == 5:
            # The row without a governor leaves, and the last one moves to its place.
            batch = [batch[0], batch[2]]
            made.update_state(update(removed=(1,), moved=((2, 1, UNI),)))
        else:
            made.update_state(None)
        rows = made.apply(logits(len(batch)))
        for row, name in enumerate(batch):
            out[name].append(drawn(rows[row]))
    assert out["a"][:8] == wanted(2, 6)
    assert out["b"] == wanted(5, 4)
    assert out["free"] == [OWN] * 5


def test_v1_goes_on_after_a_preemption() -> None:
    made = vllm.V1Processor(None, None, False)
    written: list[int] = []
    made.update_state(update((0, params(4, 4), [7], written)))
    written += [drawn(made.apply(logits(1))[0])]
    written += [drawn(made.apply(logits(1))[0])]
    written += [drawn(made.apply(logits(1))[0])]
    made.update_state(update(removed=(0,)))
    made.apply(logits(1))
    made.update_state(update((2, params(4, 4), [7], written)))
    while written[-1] != END:
        written.append(drawn(made.apply(logits(3))[2]))
    assert written == wanted(4, 4)


def test_a_step_that_is_thrown_away_is_not_counted() -> None:
    made = vllm.V1Processor(None, None, False)
    written: list[int] = []
    made.update_state(update((0, params(1, 4), [7], written)))
    while not written or written[-1] != END:
        for _ in range(3):
            token = drawn(made.apply(logits(1))[0])
        written.append(token)
    assert written == wanted(1, 4)


class Slots:
    """V2's shared state, and the layout of a step."""

    def __init__(self, prompts: dict[int, list[int]]) -> None:
        self.ids = np.full((8, 64), -1, np.int64).view(Tensor)
        self.prompt_len, self.prefill_len = (SimpleNamespace(np=np.zeros(8, np.int64)) for _ in range(2))
        self.all_token_ids = SimpleNamespace(gpu=self.ids)
        self.length: dict[int, int] = {}
        for slot, prompt in prompts.items():
            self.fill(slot, prompt, [])

    def fill(self, slot: int, prompt: list[int], written: list[int]) -> None:
        both = prompt + written
        self.ids[slot, : len(both)] = both
        self.prompt_len.np[slot], self.prefill_len.np[slot] = len(prompt), len(both)
        self.length[slot] = len(both)

    def step(self, order: list[int], upto: dict[int, int] | None = None) -> Any:
        """The layout of a step over slots; `upto` has those whose prompt is read in parts."""
        places = [(upto or {}).get(slot, self.length[slot]) - 1 for slot in order]
        fed = [self.ids[slot, place] for slot, place in zip(order, places, strict=True)]
        make = [np.array(values).view(Tensor) for values in (order, places, fed)]
        return SimpleNamespace(expanded_idx_mapping=make[0], pos=make[1], input_ids=make[2], idx_mapping_np=np.array(order))

    def append(self, slot: int, token: int) -> None:
        self.ids[slot, self.length[slot]] = token
        self.length[slot] += 1

    def written(self, slot: int) -> list[int]:
        return [int(token) for token in self.ids[slot, self.prompt_len.np[slot] : self.length[slot]]]


def test_v2_follows_slots_in_any_order() -> None:
    states = Slots({5: [7, 7], 0: [7, 8, 7], 3: [7]})
    made = vllm.V2Processor(SimpleNamespace(speculative_config=None), states)
    assert isinstance(made, SecondInterface)
    assert made.add_request(5, params(2, 6))
    assert made.add_request(0, params(5, 4))
    assert not made.add_request(3, SimpleNamespace(extra_args={"other": "x"}))
    # A part of a prompt: its token is thrown away.
    made.apply_staged_writes()
    made.apply(logits(1), states.step([0], {0: 2}))
    for turn in range(9):
        order = [[5, 0, 3], [0, 3, 5], [3, 5, 0]][turn % 3]
        order = [slot for slot in order if END not in states.written(slot)]
        rows = made.apply(logits(len(order)), states.step(order))
        for row, slot in enumerate(order):
            states.append(slot, drawn(rows[row]))
    assert (states.written(5), states.written(0), states.written(3)) == (wanted(2, 6), wanted(5, 4), [OWN] * 9)
    # Its slot is given to another request.
    states.fill(5, [7], [])
    made.add_request(5, params(1, 3))
    while END not in states.written(5):
        states.append(5, drawn(made.apply(logits(1), states.step([5]))[0]))
    assert states.written(5) == wanted(1, 3)


def test_v2_goes_on_after_a_preemption_and_refuses_speculation() -> None:
    states = Slots({1: [7, 7]})
    made = vllm.V2Processor(SimpleNamespace(), states)
    made.add_request(1, params(4, 4))
    for _ in range(3):
        states.append(1, drawn(made.apply(logits(1), states.step([1]))[0]))
    states.fill(6, [7, 7], states.written(1))
    made.add_request(6, params(4, 4))
    while END not in states.written(6):
        states.append(6, drawn(made.apply(logits(1), states.step([6]))[0]))
    assert states.written(6) == wanted(4, 4)
    with pytest.raises(ValueError, match="speculative decoding"):
        vllm.V2Processor(SimpleNamespace(speculative_config=object()), states)


def test_the_budget_may_grow_up_to_the_most() -> None:
    made = vllm.V1Processor(None, None, False)
    written: list[int] = []
    made.update_state(update((0, params(300, 4, most=600), [7], written)))
    while END not in written:
        # Never sure of anything.
        rows = made.apply(np.zeros((1, 32), np.float32).view(Tensor))
        written.append(OWN if rows[0].max() == 0.0 and rows[0].min() == 0.0 else drawn(rows[0]))
    assert 300 < written.index(CLOSE) <= 600
    assert len(written) <= 604


@pytest.mark.parametrize(
    "given",
    ["{", "[1]", "{}",
     '{"thinking": -1, "answer": 1, "end": [1]}', '{"thinking": 1, "answer": 0, "end": [1]}', "[" * 100_000,
     '{"thinking": 1, "answer": 1, "end": []}', '{"thinking": 1, "answer": 1, "end": ["x"]}',
     '{"thinking": 1, "answer": 1, "end": 5}',
     '{"thinking": 1, "answer": 1, "end": [1], "other": 2}', '{"thinking": 9, "answer": 1, "end": [1], "most": 3}', 7,
     '{"thinking": 1, "answer": 1, "end": [1], "think_start": "x"}'],
)  # fmt: skip
def test_a_request_that_cannot_be_read_is_refused_when_it_is_admitted(given: object) -> None:
    bad = SimpleNamespace(extra_args={"rheostat": given})
    for made in (vllm.V1Processor, vllm.V2Processor):
        with pytest.raises((ValueError, TypeError)):
            made.validate_params(bad)
        made.validate_params(SimpleNamespace(extra_args=None))
        made.validate_params(params())


def test_without_vllm_its_classes_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "vllm"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(rh.errors.MissingExtraError, match="pip install vllm"):
        vllm.V2Processor  # noqa: B018
    with pytest.raises(AttributeError, match="Other"):
        vllm.Other  # noqa: B018
