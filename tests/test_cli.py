"""The command line: what each verb prints, for people and for programs, and its exit status."""

from __future__ import annotations

import gzip
import io
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat import _cli
from rheostat._cli import _show, main
from tests.conftest import ROOT

pytest.importorskip("rich")

LADDER = """
[[rung]]
name = "low"
[[rung]]
name = "high"
output_price = 9.0
[policy]
kind = "threshold"
thresholds = [0.5]
"""


@pytest.fixture
def ladder_file(tmp_path: Path) -> str:
    path = tmp_path / "ladder.toml"
    path.write_text(LADDER, encoding="utf-8")
    return str(path)


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_plan_prints_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "What is the capital of [France]?"]) == 0
    out = capsys.readouterr().out
    for word in ("[France]", "rung", "thinking tokens", "p(correct)", "decided in", "µs"):
        assert word in out


def test_plan_as_json_is_the_plan(capsys: pytest.CaptureFixture[str], ladder_file: str) -> None:
    told = as_json(capsys, "plan", "What is the capital of France?", "--ladder", ladder_file)
    assert told["rung"] in ("low", "high")
    wanted = {
        "id": str,
        "rung": str,
        "model": str,
        "thinking_tokens": int,
        "answer_tokens": int,
        "samples": int,
        "depth": int,
        "p_correct": float,
        "expected_usd": float,
        "input_tokens": int,
        "turn": str,
        "estimate": dict,
        "limit": dict,
        "clamped": list,
        "reasons": list,
        "version": str,
    }
    for name, kind in wanted.items():
        assert isinstance(told[name], kind), name
    assert told["estimate"].keys() >= {"difficulty", "coverage", "tokens", "output_tokens", "domain"}
    assert told["limit"].keys() == {"tokens", "usd", "seconds", "samples", "depth", "escalations"}


def test_the_user_s_own_rung_wins(capsys: pytest.CaptureFixture[str], ladder_file: str) -> None:
    assert as_json(capsys, "plan", "hi", "--ladder", ladder_file, "--rung", "high")["rung"] == "high"


def test_a_query_comes_from_a_file_or_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "Prove that there are infinitely many primes."
    path = tmp_path / "query.txt"
    path.write_text(text, encoding="utf-8")
    ours = as_json(capsys, "features", text)
    assert as_json(capsys, "features", str(path)) == ours
    assert as_json(capsys, "features", str(path), "--text") != ours
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert as_json(capsys, "features", "-") == ours
    path.write_text(json.dumps({"messages": [{"role": "user", "content": text}]}), encoding="utf-8")
    told = as_json(capsys, "plan", str(path), "--body")
    assert told["estimate"] == as_json(capsys, "plan", text)["estimate"]


def test_a_body_is_explained_without_extras(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    body = {
        "model": "auto\x1b[2J",
        "reasoning_effort": "high",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "<system-reminder>Use tools.</system-reminder>Prove that 2 is prime."},
            {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "1", "content": "7"},
        ],
        "x\x1b]0;": 1,
    }
    path = tmp_path / "body.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    assert main(["plan", "--explain-body", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    rows = {line.split("  ")[0]: " ".join(line.split()) for line in out.splitlines()}
    assert rows["messages[0]"].startswith("messages[0] operator 8 ")
    assert rows["messages[1]"].startswith("messages[1] ask ")
    assert "block of a program" in rows["messages[1] <system-reminder>"]
    assert "tag system-reminder: " in rows["messages[1] <system-reminder>"]
    assert "assistant, calls tools" in rows["messages[2]"]
    assert "tool result" in rows["messages[3]"]
    assert "wish" in rows["reasoning_effort"]
    assert "needs tools" in " ".join(out.split())
    assert "effort high" in out
    parts = as_json(capsys, "plan", "--explain-body", str(path))["parts"]
    assert [part["kind"] for part in parts][:3] == ["model", "wish", "operator"]
    with pytest.raises(SystemExit):
        main(["plan", "--explain-body"])


def test_features_are_those_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, "features", "用python写") == rh.features.extract("用python写")
    assert main(["features", "Prove it."]) == 0
    out = capsys.readouterr().out
    assert "reasoning_words" in out
    assert "more are zero" in out
    assert main(["features", "Prove it.", "--all"]) == 0
    assert "emoji" in capsys.readouterr().out


def test_explanations_sum_to_the_location(capsys: pytest.CaptureFixture[str]) -> None:
    told = as_json(capsys, "explain", "Prove that there are infinitely many primes.")
    total = told["bias"] + sum(row["logits"] for row in told["features"] + told["words"])
    assert total == pytest.approx(told["location"], abs=1e-6)
    assert main(["explain", "Prove that there are infinitely many primes.", "--top", "3"]) == 0
    assert "difficulty" in capsys.readouterr().out


VOTES = {"id": 1, "gold": "4", "answers": ["4"] * 9 + ["5"], "tokens": [100] * 10}
PROBES = {
    "q": "what?",
    "gold": "B",
    "prefix": [0, 100, 200, 300, 400, 500],
    "labels": "AB",
    "lp": [[-0.1, -3.0], [-3.0, -0.1], [-3.0, -0.1], [-3.0, -0.1], [-0.1, -3.0], [-0.1, -3.0]],
}
GATES = {"id": "g", "ladder": ["small", "large"], "gate": [0.1, 0.9], "ok": [0, 1]}
STREAMS = {
    "id": "s",
    "gold": "7",
    "tiers": [
        [{"answer": "6", "tokens": 600, "top_logprobs": [[-3.0] * 20] * 600}],
        [{"answer": "7", "tokens": 50, "steps": [0.9, 0.8]}],
    ],
}


def trace(tmp_path: Path, *rows: dict[str, Any], gz: bool = False) -> str:
    path = tmp_path / ("trace.jsonl.gz" if gz else "trace.jsonl")
    raw = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(raw) if gz else raw)
    return str(path)


def test_replay_stops_when_samples_agree(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = as_json(capsys, "replay", trace(tmp_path, VOTES, VOTES, gz=True))
    assert told["queries"] == 2
    assert told["samples_per_query"] == 3
    assert told["tokens_per_query"] == 300
    assert (told["samples_recorded"], told["tokens_recorded"]) == (10, 1000)
    assert told["right"] == told["right_with_everything"] == told["settled"] == 1.0
    assert told["ended"] == {"finished samples agree": 2}


def test_replay_stops_at_equal_probes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = as_json(capsys, "replay", trace(tmp_path, PROBES))
    assert told["tokens_per_query"] == 300
    assert told["right"] == 1.0
    assert told["right_with_everything"] == 0.0


def test_replay_goes_up_a_recorded_ladder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = as_json(capsys, "replay", trace(tmp_path, GATES, STREAMS))
    assert told["escalated"] == told["right"] == told["settled"] == 1.0


def test_replay_tells_an_agents_turns_and_a_streams_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    tiers = [[{"answer": "6", "tokens": 600}], [{"answer": "7", "tokens": 50}]]
    stuck = {
        "id": "a",
        "gold": "7",
        "tiers": tiers,
        "turns": [["make", None, "line 3: no rule"], ["make", None, "line 9: no rule"]],
    }
    told = as_json(capsys, "replay", trace(tmp_path, stuck, stuck | {"turns": [["make", "done"]]}))
    assert (told["escalated"], told["right"]) == (0.5, 0.5)
    looping = {"id": "b", "gold": "7", "tiers": [[{"answer": "6", "tokens": 3000, "text": "so again " * 1500}], tiers[1]]}
    told = as_json(capsys, "replay", trace(tmp_path, looping))
    assert told["escalated"] == told["right"] == 1.0
    # The loop guard waits until the repetition is longer than an answer may be, then cuts: 1,024 of 3,000 tokens.
    assert told["tokens_per_query"] < 1_100


def test_a_recorded_text_is_not_the_answer_of_its_stream(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    silent = {"id": "c", "gold": "7", "tiers": [[{"tokens": 2, "text": "7"}], [{"answer": "7", "tokens": 50}]]}
    told = as_json(capsys, "replay", trace(tmp_path, silent))
    assert (told["escalated"], told["tokens_per_query"]) == (1.0, 52.0)


def test_replay_follows_a_ladder_and_shows_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path, ladder_file: str) -> None:
    path = trace(tmp_path, VOTES, PROBES, STREAMS)
    assert main(["replay", path, "--ladder", ladder_file, "--show", "2", "--limit", "2", "--concurrency", "3"]) == 0
    out = capsys.readouterr().out
    assert "Why runs ended" in out
    assert "samples" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1"),
        (b"[]", "wanted an object"),
        (b"{}", "no known shape"),
        (b'{"answers": ["a"], "tokens": []}', "line 1"),
        (b'{"answers": ["a"], "tokens": ["x"]}', "line 1"),
        (b"", "at least 1"),
        (b"\xff\xfe", "line 1"),
    ],
)
def test_a_bad_trace_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    assert main(["replay", str(path)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("rheostat replay: ")
    assert "bad.jsonl" in err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "x", "--ladder", "absent.toml"],
        ["plan", "x", "--rung", "absent"],
        ["plan", "{", "--body"],
        ["replay", "absent.jsonl"],
        ["replay", "absent.jsonl", "--concurrency", "0"],
    ],
)
def test_bad_input_is_one_line_and_status_two(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"rheostat {words[0]}: ")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["fly"], ["plan"], ["plan", "a", "b"]])
def test_bad_usage_is_status_two(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(words)
    assert raised.value.code == 2
    assert "usage: rheostat" in capsys.readouterr().err


def test_every_verb_has_help_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in _cli.VERBS:
        name = verb.__name__.rsplit(".", 1)[1].strip("_")
        with pytest.raises(SystemExit) as raised:
            main([name, "--help"])
        assert raised.value.code == 0
        out = capsys.readouterr().out
        assert "usage: rheostat" in out
        # The proxy is a program of its own, which speaks for itself.
        assert ("--json" in out) == (name != "proxy")


@pytest.mark.usefixtures("lab_verb")
def test_another_distribution_adds_its_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["lab", "--help"]):
        with pytest.raises(SystemExit) as raised:
            main(words)
        assert raised.value.code == 0
        assert " lab " in capsys.readouterr().out


def test_a_verb_that_is_not_installed_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    assert main(["lab", "run", "--questions", "50"]) == 2
    assert capsys.readouterr().err == "rheostat lab: not installed: pip install rheostat-lab, or in a clone: pip install ./lab\n"


def test_the_package_is_a_program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rheostat", "features", "hi", "--json"])
    with pytest.raises(SystemExit) as raised:
        runpy.run_module("rheostat", run_name="__main__")
    assert raised.value.code == 0
    assert json.loads(capsys.readouterr().out)["words"] == 1


def test_every_verb_prints_without_an_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    log = tmp_path / "log.jsonl"
    kinds = ("Name the capital of France", "Prove that there are infinitely many primes")
    rows = [{"text": f"{kinds[i % 2]}, {i} [x]", "rung": "think", "score": float(i % 2 == 0)} for i in range(60)]
    log.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ladder = ["--ladder", str(ROOT / "examples" / "ladder.toml")]
    for verb in ("plan", "explain", "features"):
        assert main([verb, "Warum ist der Himmel blau? 天空"]) == 0
        out = capsys.readouterr().out
        assert len(out.splitlines()) > 3, verb
        assert out == "".join(line.rstrip() + "\n" for line in out.splitlines())
    for verb in ("fit", "calibrate", "tune", "report"):
        assert main([verb, str(log), *ladder]) == 0, (verb, capsys.readouterr().err)
        assert capsys.readouterr().out, verb


def test_a_plain_table_is_aligned(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(_show, "rich", lambda _: None)
    _show.table("Title", ["name", ">n", "~query"], [("天空", 1, "x " * 99), ("a\x1b", 22, "[bold]")], caption="Below.")
    title, heads, rule, first, second, below = capsys.readouterr().out.splitlines()
    assert (title, below) == ("Title", "Below.")
    assert heads.startswith("name    n  query")
    assert rule.startswith("-----  --  ---")
    assert first.startswith("天空    1  x x x")
    assert first.endswith("…")
    assert second == "a\\x1b  22  [bold]"
    _show.table("Empty", ["a", "b"], [])
    assert capsys.readouterr().out.splitlines() == ["Empty", "a  b", "-  -"]
