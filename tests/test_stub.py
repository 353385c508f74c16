"""The stub's closed sets of names are those that the core knows."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import rheostat as rh
from rheostat import _native

STUB = Path(rh.__file__).parent / "_native.pyi"
LADDER = rh.Ladder([rh.Rung("a")])
UNKNOWN: dict[str, Callable[..., object]] = {
    "_AnswerForm": lambda name: _native.normalise("7", name),
    "_Dial": lambda name: rh.Ladder([rh.Rung("a")], forbid=[name]),
    "_DoubtSignal": lambda name: _native.calibrate_doubt([1.0, 2.0], [1.0, 0.0], signal=name),
    "_Dtype": lambda name: _native.top_tokens([1.0], dtype=name),
    "_Evidence": lambda name: rh.Ramp(name, []),
    "_Judge": lambda name: _native.HostRules(rh.Governor(LADDER).plan("7").start()).reads("openai.chat", judge=name),
    "_Move": rh.Move,
    "_OutcomeKind": lambda name: rh.learn.Learner().add("7", rh.Rung("a"), 1.0, kind=name),
    "_Purpose": lambda name: rh.Governor(LADDER, policy=rh.policy.Utility(1.0)).plan("7", purpose=name),
    "_Scope": lambda name: rh.Cap(name, tokens=1),
    "_ReplySurface": _native.ReplyReader,
    "_Surface": lambda name: rh.Governor(LADDER).decide_and_rewrite(b"{}", name),
    "_Test": lambda name: _native.certify([[1.0]], max_loss=0.1, method=name),
    "_Thinking": lambda name: rh.Ladder([rh.Rung("a")], thinking=name),
    "_VoteRule": rh.Vote,
    "_Walk": lambda name: _native.certify([[1.0]], max_loss=0.1, walk=name),
}
"""For each set a call that refuses a name outside it."""


def sets() -> dict[str, list[str]]:
    """The stub's sets of names."""
    found = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        match node:
            case ast.AnnAssign(ast.Name(name), value=ast.Subscript(ast.Name("Literal"), names)):
                found[name] = [str(item) for item in ast.literal_eval(names)]
    return found


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_set_of_names_is_the_cores(name: str) -> None:
    with pytest.raises(rh.errors.UnknownNameError) as refused:
        UNKNOWN[name]("?")
    assert str(refused.value).split("known: ")[1].split(", ") == sets()[name]
