"""The examples run, and say what they say they show."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.conftest import ROOT
from tests.provider import Loopback

EXAMPLES = ROOT / "examples"


def output(name: str, **environment: str) -> str:
    """Returns the output of an example, run as its reader would run it."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", str(EXAMPLES / name)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_quickstart_ramps_and_settles() -> None:
    out = output("quickstart.py")
    assert "ramp" in out
    assert "settled: True" in out
    assert "Spent(" in out


def test_serve_votes() -> None:
    assert output("serve.py").startswith("42 (settled: True")


def test_demo_shows_budgets_a_ramp_a_stop_and_a_ceiling_and_says_what_is_synthetic() -> None:
    pytest.importorskip("rich")
    out = output("demo.py")
    for rung in ("fast", "think", "deep"):
        assert rung in out
    assert "µs" in out
    assert "synthetic" in out
    assert "ramp (thinking_tokens)" in out
    assert "ramp (model to deep)" in out
    assert "finished samples agree" in out
    assert "2,000 of 2,000 tokens" in out
    assert "not settled" in out


def test_the_prompts_are_many_and_of_every_kind(prompts: list[dict[str, str]]) -> None:
    assert len(prompts) >= 60
    assert all(row.keys() == {"kind", "field", "language", "text"} for row in prompts)
    assert len({row["text"] for row in prompts}) == len(prompts)
    assert Counter(row["kind"] for row in prompts).keys() == {"faq", "steps", "novel", "adversarial"}
    assert len({row["language"] for row in prompts}) >= 8
    assert {row["field"] for row in prompts} >= {"code", "proof", "law", "medicine", "chat"}
    assert json.dumps(prompts)


def test_a_client_is_governed() -> None:
    with Loopback() as loopback:
        out = output("openai_client.py", OPENAI_BASE_URL=loopback.url, OPENAI_API_KEY="key")
    assert (out.split("(")[0], out.split()[-1]) == ("gpt-4o-mini Spent", "4")
    assert [fields["model"] for fields in loopback.provider.asked] == ["gpt-4o-mini"]


def test_the_inbox_answers_all_and_asks_no_model_where_nothing_has_come() -> None:
    out = output("inbox.py")
    assert out.count("messages,") >= 4
    counts = re.search(r"(\d+) beats, (\d+) free looks", out)
    assert counts is not None
    assert int(counts[1]) < 9 < int(counts[2])
    assert "found" in out
