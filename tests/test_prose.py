"""The lint for plain English finds what it bans, where it looks, and nowhere else."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def lint() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_prose", ROOT / "tools" / "check_prose.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BANNED = {
    "page.md": "Nobody drained them.\n",
    "room.rs": "/// What a rung costs.\nfn cost() {}\n",
    "inside.rs": "fn cost() {\n    let x = 1; // so many rungs are few\n}\n",
    "module.py": '"""Whether it holds."""\n',
    "argument.py": '"""A call.\n\nArgs:\n    seed: How many seeds.\n"""\n',
    "comment.py": "x = 1  # the host is told\n",
    "_cli/verb.py": 'print("as outcomes bear out")\n',
}
CLEAN = {
    "page.md": "```text\nNobody drained them.\n```\nThe `nobody` user.\n",
    "room.rs": '/// Price of a rung.\n/// What follows is a second line.\nfn cost() -> &\'static str { "nobody" }\n',
    "module.py": '"""A check.\n\n>>> nobody = 1\n"""\nNOBODY = "nobody"\n',
}


@pytest.mark.parametrize(("path", "text"), BANNED.items())
def test_a_banned_turn_is_found_with_its_line_and_a_better_one(lint: ModuleType, path: str, text: str) -> None:
    (fault,) = lint.faults(path, text)
    number = int(fault.split(":")[1])
    assert fault.startswith(f"{path}:{number}: ")
    assert "write instead: " in fault
    assert 1 <= number <= len(text.splitlines())


@pytest.mark.parametrize(("path", "text"), CLEAN.items())
def test_code_and_later_lines_are_left_alone(lint: ModuleType, path: str, text: str) -> None:
    assert not list(lint.faults(path, text))
