"""Writes decisions.json: `make golden`, or `python tests/golden/regenerate.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rheostat as rh
from rheostat import config

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATH = HERE / "decisions.json"

EDGES = [
    ("", 1),
    (" ", 1),
    ("\n", 3),
    ("a", 1),
    ("…", 1),
    ("?", 1),
    ("word ", 5_000),
    ("证明", 8_000),
    ("x", 40_000),
    ("```python\nprint(1)\n```", 1),
    ("\\frac{1}{2} + $x^2$ = ?", 1),
    ("tab\tand nul \x00 and bell \x07", 1),
    ("🎉", 100),
    ("A) one\nB) two\nC) three\nWhich one?", 1),
]
"""A text, and how often it is repeated: long ones are not stored at length."""


def bodies() -> list[str]:
    """Requests in the shapes of several providers."""
    ask = "Prove that there are infinitely many primes congruent to 3 mod 4."
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    call = {"id": "1", "type": "function", "function": {"name": "run", "arguments": "{}"}}
    requests: list[dict[str, Any]] = [
        {"model": "m", "messages": [{"role": "user", "content": ask}]},
        {"model": "m", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": ask}]},
        {"model": "m", "system": "Be brief.", "messages": [{"role": "user", "content": [{"type": "text", "text": ask}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, image]}]},
        {
            "messages": [
                {"role": "user", "content": "Run the tests."},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "1", "content": "3 failed"},
            ],
            "tools": [{"type": "function", "function": {"name": "run", "parameters": {}}}],
        },
        {
            "messages": [
                {"role": "user", "content": ask},
                {"role": "assistant", "content": "In two steps?"},
                {"role": "user", "content": "yes, do that"},
            ]
        },
    ]
    return [json.dumps(request, ensure_ascii=False) for request in requests]


def plan(governor: rh.Governor, case: dict[str, Any]) -> dict[str, Any]:
    """The decision about a case."""
    if "text" in case:
        made = governor.plan(case["text"] * case.get("repeat", 1))
    else:
        made = governor.plan(body=case["body"].encode())
    told = made.to_dict()
    told["id"] = made.id.split("-")[0]
    return told


def main() -> None:
    """Decide every case and write it down."""
    toml = (ROOT / "examples" / "ladder.toml").read_text(encoding="utf-8")
    governor = config.loads(toml).governor()
    lines = (ROOT / "examples" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    cases: list[dict[str, Any]] = [{"text": json.loads(line)["text"]} for line in lines]
    cases += [{"text": text, "repeat": times} if times > 1 else {"text": text} for text, times in EDGES]
    cases += [{"body": body} for body in bodies()]
    for case in cases:
        case["plan"] = plan(governor, case)
    golden = {"ladder": toml, "version": governor.version, "cases": cases}
    PATH.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(cases)} cases, {governor.version}")


if __name__ == "__main__":
    main()
