"""The code in README and in every page runs as it stands, block after block, and README's console lines are verbs that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rheostat._cli import main
from tests.conftest import ROOT
from tests.provider import Loopback

README = (ROOT / "README.md").read_text(encoding="utf-8")


PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md"))


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """The provider that clients of the SDK find by their environment."""
    with Loopback() as loopback:
        monkeypatch.setenv("OPENAI_BASE_URL", loopback.url)
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        yield loopback


def blocks(language: str, text: str = README) -> list[str]:
    """The blocks of a language, in the README or another text."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_every_block_of_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for i, block in enumerate(blocks("python")):
        exec(compile(block, f"README.md, block {i}", "exec"), names)
    assert names["answer"] == "By contradiction."
    assert "settled" not in capsys.readouterr().err


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a page writes, it writes here.
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for i, block in enumerate(blocks("python", (ROOT / "docs" / name).read_text(encoding="utf-8"))):
        exec(compile(block, f"docs/{name}, block {i}", "exec"), names)


def test_every_verb_that_is_shown_exists() -> None:
    verbs = {verb for block in blocks("sh") for verb in re.findall(r"^rheostat ([a-z]+)", block, re.MULTILINE)}
    assert len(verbs) >= 5
    for verb in verbs:
        with pytest.raises(SystemExit) as raised:
            main([verb, "--help"])
        assert raised.value.code == 0
