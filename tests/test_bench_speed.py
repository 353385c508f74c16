"""The prompts of the benchmark of speed, and adapters of other routers beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benches.speed import competitors
from benches.speed.prompts import prompts
from benches.speed.words import SCRIPTS

PEERS = Path(__file__).parents[1] / "benches" / "peers"


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("size", [58, 477])
def test_prompts_have_their_size_and_differ(script: str, size: int) -> None:
    made = prompts(script, size, 50)
    assert made == prompts(script, size, 50)
    assert {len(prompt) for prompt in made} == {size}
    assert len(set(made)) == 50
    assert all(prompt.decode() for prompt in made)


@pytest.mark.parametrize("path", sorted(PEERS.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_every_adapter_decides(path: Path) -> None:
    try:
        name, route = competitors.peer(path)
    except competitors.NotInstalled as error:
        pytest.skip(str(error))
    assert name
    assert route("What is the capital of France?") != route("Prove it. " * 100)


def test_an_adapter_that_cannot_be_loaded_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("NAME = missing")
    with pytest.raises(competitors.NotInstalled, match=r"broken\.py: NameError"):
        competitors.peer(broken)
