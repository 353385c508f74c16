"""Frameworks on a governed client: each example runs where its framework is installed, and the page shows it as it is."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.provider import Loopback, Says

NEEDS = {
    "langchain": "langchain_openai",
    "llamaindex": "llama_index.llms.openai_like",
    "pydantic_ai": "pydantic_ai",
    "openai_agents": "agents",
    "dspy": "dspy",
}
EXAMPLES = ROOT / "examples" / "frameworks"


def installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("name", NEEDS)
def test_a_framework_s_request_is_governed(name: str, tmp_path: Path) -> None:
    if not installed(NEEDS[name]):
        pytest.skip(f"{NEEDS[name]} is not installed")
    says = "[[ ## answer ## ]]\nParis\n\n[[ ## completed ## ]]" if name == "dspy" else "Paris"
    with Loopback(lambda *_: Says([says])) as upstream:
        address = {"OPENAI_BASE_URL": upstream.url, "OPENAI_API_BASE": upstream.url, "OPENAI_API_KEY": "key"}
        quiet = {"OPENAI_AGENTS_DISABLE_TRACING": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "DSPY_CACHEDIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-X", "utf8", str(EXAMPLES / f"with_{name}.py")],
            check=False, capture_output=True, text=True, encoding="utf-8", timeout=100, env=os.environ | address | quiet,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Paris")
    [asked] = upstream.provider.asked
    # The governor chose the model and the limit, and reads the reply as a stream.
    assert asked["model"] == "gpt-4o-mini"
    assert asked["stream"] is True
    assert asked["max_completion_tokens"] > 0


@pytest.mark.parametrize("name", NEEDS)
def test_the_page_shows_the_example(name: str) -> None:
    code = (EXAMPLES / f"with_{name}.py").read_text(encoding="utf-8").partition('"""\n\n')[2].rstrip()
    assert f"```py\n{code}\n```" in (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
    assert (
        len([line for line in code.partition("\n\n")[2].splitlines() if line and not line.startswith(("import", "from"))]) <= 10
    )


def test_every_example_is_tested() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {f"with_{name}" for name in NEEDS}
