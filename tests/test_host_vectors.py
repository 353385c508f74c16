"""Events of upstreams and users, and the result of each: tests/golden/host.json, through both of Python's hosts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.host_vectors import HOST, asynchronous, blocking

GOLDEN: dict[str, Any] = json.loads(HOST.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
@pytest.mark.parametrize("play", [blocking, asynchronous])
def test_each_case_leads_to_what_the_file_says(play: Callable[..., dict[str, Any]], case: dict[str, Any]) -> None:
    assert play(GOLDEN, case) == case["leads_to"]
