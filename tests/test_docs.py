"""README's code runs as it stands, block after block, and its console lines are verbs that exist."""

from __future__ import annotations

import re

import pytest

from rheostat._cli import main
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The README's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_every_block_of_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for i, block in enumerate(blocks("python")):
        exec(compile(block, f"README.md, block {i}", "exec"), names)
    assert names["answer"] == "By contradiction."
    assert "settled" not in capsys.readouterr().err


def test_every_verb_that_is_shown_exists() -> None:
    verbs = {verb for block in blocks("sh") for verb in re.findall(r"^rheostat ([a-z]+)", block, re.MULTILINE)}
    assert len(verbs) >= 5
    for verb in verbs:
        with pytest.raises(SystemExit) as raised:
            main([verb, "--help"])
        assert raised.value.code == 0
