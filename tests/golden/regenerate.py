"""Writes the outputs in decisions.json, features.json, reply.json and host.json anew: `make golden`, or this script.

The inputs are in the files: to add a case, write its input into the list, then run this.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import rheostat as rh
from rheostat.wire import ReplyReader

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests import host_vectors  # This file is run as a script.

EVENT = ("text", "reasoning", "others", "logprobs", "top_logprobs", "usage", "finish_reason", "error", "calls", "done")
WHOLE = ("text", "reasoning", "calls", "finish_reason", "error", "malformed")
HERE = Path(__file__).parent
DECISIONS = HERE / "decisions.json"
FEATURES = HERE / "features.json"
REPLY = HERE / "reply.json"


def governor(golden: dict[str, Any]) -> rh.Governor:
    """The governor that the decisions are of."""
    ladder, policy = dict(golden["ladder"]), dict(golden["policy"])
    rungs = [rh.Rung(**rung) for rung in ladder.pop("rungs")]
    assert policy.pop("kind") == "utility"
    return rh.Governor(rh.Ladder(rungs, **ladder), rh.policy.Utility(**policy), rh.Ceiling(**golden["ceiling"]))


def plan(golden: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The decision about a case, by a governor that has made no other."""
    query = {"body": case["body"].encode()} if "body" in case else {"text": case["text"] * case.get("repeat", 1)}
    options = dict(case.get("options", {}))
    if "ceiling" in options:
        options["ceiling"] = rh.Ceiling(**options["ceiling"])
    made = governor(golden).plan(**query, **options, at=0.0)
    told = made.to_dict()
    told["id"] = made.id.split("-")[0]
    return told


def features(case: dict[str, Any]) -> tuple[dict[str, float], list[int]]:
    """The features of a case that are not 0, each in as few digits as tell it from its neighbours, and the words' hashes."""
    text = bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode()
    matrix, _, words = rh.features.extract_batch([text])
    values = zip(rh.features.specs(), matrix[0], strict=True)
    return {spec.name: float(str(value)) for spec, value in values if value}, words.tolist()


def reply(case: dict[str, Any], cut: int | None = None) -> dict[str, Any]:
    """The fields that are not empty, of each event of a case's stream and of the whole, read in pieces of `cut` bytes."""
    reader, stream = ReplyReader(case["surface"]), case["stream"].encode()
    cut = cut or max(len(stream), 1)
    pieces = [stream[start : start + cut] for start in range(0, len(stream), cut)]
    events = [event for piece in pieces for event in reader.feed(piece)] + reader.end()
    assert b"".join(event.raw for event in events) == stream
    read: dict[str, Any] = {"events": [{name: value for name in EVENT if (value := getattr(event, name))} for event in events]}
    read |= {name: value for name in WHOLE if (value := getattr(reader, name))}
    stored: dict[str, Any] = json.loads(json.dumps(read | {"reply": json.loads(reader.reply())}).replace("NaN", "null"))
    return stored


def main() -> None:
    """Decide every case, read every text, and write both down."""
    golden = json.loads(DECISIONS.read_text(encoding="utf-8"))
    golden["version"] = governor(golden).version
    for case in golden["cases"]:
        case["plan"] = plan(golden, case)
    DECISIONS.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    cases = json.loads(FEATURES.read_text(encoding="utf-8"))
    for case in cases:
        case["values"], case["words"] = features(case)
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    FEATURES.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    replies = json.loads(REPLY.read_text(encoding="utf-8"))
    replies = [{"name": case["name"], "surface": case["surface"], "stream": case["stream"], **reply(case)} for case in replies]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, indent=1) for case in replies)
    REPLY.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    hosts = json.loads(host_vectors.HOST.read_text(encoding="utf-8"))
    for case in hosts["cases"]:
        case["leads_to"] = host_vectors.blocking(hosts, case)
    host_vectors.HOST.write_text(json.dumps(hosts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(golden['cases'])} decisions of {golden['version']}, {len(cases)} texts")
    print(f"{len(replies)} replies, {len(hosts['cases'])} hosts")


if __name__ == "__main__":
    main()
