"""`rheostat report`: what dials would have saved on a log, beside honest rivals, and how sure that is."""

from __future__ import annotations

import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rheostat as rh
from rheostat import config
from rheostat._cli import main
from rheostat._report.judge import judge
from rheostat._report.sums import BINS, Reader, Sums, assign, read

LADDER = """
start_max = "think"
[[rung]]
name = "fast"
model = "small"
input_price = 0.1
output_price = 0.4
ability = 0.7
[[rung]]
name = "think"
model = "mid"
input_price = 1.0
output_price = 4.0
thinking_tokens = 2000
ability = 0.85
[[rung]]
name = "deep"
model = "large"
input_price = 2.0
output_price = 20.0
thinking_tokens = 8000
samples = 3
ability = 0.95
"""
TOPICS = ("rivers", "taxes", "proteins", "sonnets", "bridges", "ledgers", "comets")
ASKS = (
    "What are {topic}? ({i})",
    "A lorry with {i} {topic} leaves at nine at 72 km/h. When does it arrive after {i} km, with two stops?",
    "Prove that every finite set of {topic} has {i} invariants, derive a bound, and show that it is sharp.",
)
ASKED = [ASKS[i % 3].format(i=i, topic=TOPICS[i % 7]) for i in range(420)]
SHARES = [0.7, 0.3, 0.0]


@pytest.fixture
def ladder(tmp_path: Path) -> str:
    path = tmp_path / "ladder.toml"
    path.write_text(LADDER, encoding="utf-8")
    return str(path)


def log_of(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def calls(**fields: Any) -> list[dict[str, Any]]:
    """A log of which every query was answered by the middle rung, with its tokens."""
    usage = {"prompt_tokens": 50, "completion_tokens": 400, "completion_tokens_details": {"reasoning_tokens": 100}}
    return [{"id": str(i), "prompt": text, "model": "mid-2026-01-01", "usage": usage} | fields for i, text in enumerate(ASKED)]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["report", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def dial(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in report["dials"] if one["dial"] == name)


def test_the_log_costs_what_it_paid(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, log_of(tmp_path / "log.jsonl", calls()), "--ladder", ladder)
    paid = 1e3 * (50 * 1.0 + 400 * 4.0) / 1e6
    assert report["logged"]["usd_per_1000"] == pytest.approx(paid)
    always = {one["name"]: one["usd_per_1000"] for one in report["fixed"]}
    assert always["always think"] == pytest.approx(paid)
    assert always["always fast"] == pytest.approx(1e3 * (50 * 0.1 + 300 * 0.4) / 1e6, rel=0.02)
    share = report["governed"]["rungs"]
    assert share == pytest.approx(report["shares"], abs=1e-9)
    saved = dial(report, "all")
    assert saved["saved"] == pytest.approx(1 - report["governed"]["usd_per_1000"] / paid)
    assert saved["low"] < saved["saved"] < saved["high"]
    assert 0 < dial(report, "thinking")["saved"] < dial(report, "model")["saved"] < saved["saved"]
    assert dial(report, "depth")["saved"] == pytest.approx(0, abs=1e-12)
    assert dial(report, "depth")["note"] == "alike on all rungs"


@pytest.mark.parametrize("usd", [0.0005, 0.0011, 0.002])
def test_a_dial_that_is_alike_on_all_rungs_saves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], usd: float) -> None:
    """Whatever the log paid above or below the ladder's prices on the one rung that it knows."""
    made = tmp_path / "flat.toml"
    made.write_text(re.sub(r"(thinking_tokens|samples) = .*\n", "", LADDER), encoding="utf-8")
    rows = [{"prompt": text, "model": "mid", "input_tokens": 50, "output_tokens": 400, "usd": usd} for text in ASKED]
    report = told(capsys, log_of(tmp_path / "log.jsonl", rows), "--ladder", str(made))
    for name in ("thinking", "samples", "depth"):
        one = dial(report, name)
        assert one["note"] == "alike on all rungs"
        assert [one[key] for key in ("saved", "low", "high")] == pytest.approx([0, 0, 0], abs=1e-6)


def test_the_rivals_are_honest(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, log_of(tmp_path / "log.jsonl", calls()), "--ladder", ladder)
    rivals, governed = report["rivals"], report["governed"]
    assert rivals["fixed"]["name"] == "always think"
    assert rivals["fixed"]["expected"] >= governed["expected"]
    assert rivals["mixing"]["usd_per_1000_at_same_quality"] > governed["usd_per_1000"]
    assert rivals["mixing"]["expected_at_same_cost"] < governed["expected"]
    assert report["no_worse"]["expected"] >= report["logged"]["expected"] - 1e-9
    capsys.readouterr()
    assert main(["report", str(tmp_path / "log.jsonl"), "--ladder", ladder]) == 0
    head = capsys.readouterr().out.splitlines()[0]
    assert "points of quality; at no expected loss" in head


def test_parts_of_a_log_add_up_to_the_log(tmp_path: Path) -> None:
    made = config.loads(LADDER).ladder
    rows = [row | {"scores": {"fast": i % 2, "think": 1}, "session": str(i)} for i, row in enumerate(calls())]
    whole = read(Reader(made), [log_of(tmp_path / "whole.jsonl", rows)], SHARES)
    names = [log_of(tmp_path / f"{i}.jsonl", rows[start : start + 100]) for i, start in enumerate(range(0, len(rows), 100))]
    parts = Sums(3)
    for name in reversed(names):
        parts.merge(Reader(made).read(name))
    for field in ("queries", "logged", "cost", "chance", "paired", "on_rung"):
        assert np.allclose(getattr(whole, field), getattr(parts, field), rtol=1e-9, atol=1e-15)
    assert whole.totals == pytest.approx(parts.totals)
    one, other = (judge(sums, made, SHARES, max_loss=0.01) for sums in (whole, parts))
    assert one["governed"]["usd_per_1000"] == pytest.approx(other["governed"]["usd_per_1000"])
    assert one["measured"]["change"] == pytest.approx(other["measured"]["change"])


def test_shares_split_a_bin(tmp_path: Path) -> None:
    sums = Sums(3)
    sums.queries[[10, 20, BINS]] = (100.0, 300.0, 7.0)
    parts = assign(sums, [0.5, 0.3, 0.2], 1)
    assert parts[10].tolist() == [1, 0, 0]
    assert parts[20] == pytest.approx([1 / 3, 0.4, 80 / 300])
    assert parts[BINS].tolist() == [0, 1, 0]


def test_scores_of_both_rungs_measure_the_change(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(1)
    rows = [row | {"scores": {"fast": float(rng.random() < 0.9), "think": 1.0}} for row in calls()]
    report = told(capsys, log_of(tmp_path / "log.jsonl", rows), "--ladder", ladder)
    found = report["measured"]
    assert found["by"] == "scores of both rungs"
    assert found["graded"] == len(rows)
    assert found["low"] < -0.07 < found["high"] < 0
    assert report["promise"]["hopeless"]
    few = told(capsys, log_of(tmp_path / "few.jsonl", rows[:20] + calls()[20:]), "--ladder", ladder)
    assert few["measured"]["change"] is None
    assert "of 30 that an interval needs" in few["measured"]["reason"]
    assert few["promise"]["missing"] == 299 - 20
    loose = told(capsys, str(tmp_path / "log.jsonl"), "--ladder", ladder, "--max-loss", "0.2")
    assert loose["promise"]["missing"] == 0


@pytest.mark.parametrize("batch", [False, True])
def test_random_choices_measure_the_change(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str], batch: bool) -> None:
    made, rng, path = config.load(ladder), random.Random(3), tmp_path / "log.jsonl"
    governor = rh.Governor(made.ladder)
    outcomes = []
    with rh.records.Recorder(path, prompts=True, ladder=made.ladder) as recorder:
        for i, text in enumerate(ASKED):
            rung = rng.choice(["fast", "think"])
            plan = governor.plan(text, rung=rung)
            recorder.decision(plan, prompt=text, propensity=0.5, session=f"session {i}")
            outcomes.append((plan.id, rung, float(rng.random() < (0.6 if rung == "fast" else 0.95))))
            if not batch:
                recorder.outcome(plan.id, rung=rung, score=outcomes[-1][2])
        for plan_id, rung, score in outcomes if batch else []:
            recorder.outcome(plan_id, rung=rung, score=score)
    report = told(capsys, str(path), "--ladder", ladder)
    found = report["measured"]
    assert (found["by"], found["graded"]) == ("random choices in the log", len(ASKED))
    # 70 % on a rung that is right 6 times in 10, where half were.
    assert found["low"] < 0.3 * 0.95 + 0.7 * 0.6 - 0.775 < found["high"]
    assert [one["graded"] for one in report["logged"]["rungs"][:2]] == [
        sum(o[1] == name for o in outcomes) for name in ("fast", "think")
    ]


def test_several_files_are_one_log(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [{"model": "mid", "messages": [{"role": "user", "content": text}]} for text in ASKED]
    given = [{"custom_id": str(i), "url": "/v1/chat/completions", "body": body} for i, body in enumerate(bodies)]
    usage = {"prompt_tokens": 50, "completion_tokens": 400, "completion_tokens_details": {"reasoning_tokens": 100}}
    out = [
        {"custom_id": str(i), "response": {"status_code": 200, "body": {"model": "mid", "usage": usage}}}
        for i in range(len(ASKED))
    ]
    report = told(capsys, log_of(tmp_path / "in.jsonl", given), log_of(tmp_path / "out.jsonl", out[::-1]), "--ladder", ladder)
    assert (report["queries"], report["data"]["priced"], report["data"]["rows"]) == (len(ASKED), len(ASKED), 2 * len(ASKED))
    seen = [
        {"id": f"o{i}", "traceId": f"t{i}", "type": "GENERATION", "startTime": "2026-01-01", "model": "mid", "input": text}
        for i, text in enumerate(ASKED)
    ]
    scores = [
        {"id": f"s{i}", "traceId": f"t{i}", "name": "right", "value": i % 2, "dataType": "NUMERIC"} for i in range(len(ASKED))
    ]
    report = told(capsys, log_of(tmp_path / "seen.jsonl", seen), log_of(tmp_path / "scores.jsonl", scores), "--ladder", ladder)
    (think,) = (one for one in report["logged"]["rungs"] if one["rung"] == "think")
    assert (think["graded"], think["score"]) == (len(ASKED), 0.5)


def test_without_labels_it_says_what_is_missing(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", log_of(tmp_path / "log.jsonl", calls()), "--ladder", ladder]) == 0
    out = capsys.readouterr().out
    assert "The log cannot tell what the policy does to the score" in out
    assert "the log has 0, so 299 are missing" in out
    assert "not measured" in out
    prompts = told(capsys, log_of(tmp_path / "prompts.jsonl", list(ASKED)), "--ladder", ladder)
    assert not prompts["logged"]["known"]
    assert prompts["data"]["priced"] == 0


def test_samples_and_cut_answers(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = calls(answers=["7"] * 9, finish_reason="stop")
    rows[0] |= {"answers": ["6", *["7"] * 8], "finish_reason": "length"}
    # Agreement is a vote's: another spelling is the same answer, and an empty one agrees with nothing.
    rows[1] |= {"answers": ["The answer is 7.", *["7"] * 8]}
    rows[2] |= {"answers": ["", *["7"] * 8]}
    report = told(capsys, log_of(tmp_path / "log.jsonl", rows), "--ladder", ladder)
    vote = dial(report, "vote that stops")
    assert 0.2 < vote["saved"] < 0.8
    assert (vote["risk"]["changed"], vote["risk"]["low"]) == (0, 0)
    assert 0 < vote["risk"]["high"] < 0.02
    assert "agree on 99.5 %" in dial(report, "probe first")["note"]
    assert dial(report, "early stop")["high"] == pytest.approx(1 / len(rows))


class Page(HTMLParser):
    """Counts what a page holds, and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in {"src", "href", "srcset", "data"}]


def test_the_page_stands_alone_and_shows_prompts_only_if_asked(
    tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = calls()
    rows[0] |= {"prompt": "What is <script>alert(1)</script> & why?"}
    log, path = log_of(tmp_path / "log.jsonl", rows), tmp_path / "page.html"
    for words, shown in (([], False), (["--show-prompts"], True)):
        assert main(["report", log, "--ladder", ladder, "--html", str(path), *words]) == 0
        text, page = path.read_text(encoding="utf-8"), Page()
        page.feed(text)
        assert page.tags["svg"] == 1
        assert page.tags["table"] == 2
        assert not page.fetched
        assert "script" not in page.tags
        assert not re.search(r"url\(|@import|http", text)
        assert "prefers-color-scheme: dark" in text
        assert any(topic in text + capsys.readouterr().out for topic in ("invariants", "What are")) is shown


def test_bad_input_is_named(tmp_path: Path, ladder: str, capsys: pytest.CaptureFixture[str]) -> None:
    good = log_of(tmp_path / "good.jsonl", list(ASKED[:5]))
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\x00\x01\xff\xfe")
    for words, said in (
        (
            [log_of(tmp_path / "empty.jsonl", [])],
            "queries must be at least 1, got 0: there is no row; a log has a JSON object on",
        ),
        ([str(binary)], "got 0: none of 1 rows can be read; a log has"),
        ([log_of(tmp_path / "asks.jsonl", [{"prompt": ""}] * 3)], "3 rows, and none has a prompt, messages or the body"),
        ([str(tmp_path)], f"{tmp_path} is a folder: name the files in it"),
        ([log_of(tmp_path / "odd.jsonl", [{"other": 1}])], "no row is of a known form"),
        ([str(tmp_path / "none.jsonl")], "No such file"),
        ([good, "--max-loss", "0"], "--max-loss must be above 0"),
    ):
        assert main(["report", *words, "--ladder", ladder]) == 2
        assert said in capsys.readouterr().err


def test_a_ladder_of_one_rung_and_one_without_prices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = log_of(tmp_path / "log.jsonl", list(ASKED[:9]))
    for text in ('[[rung]]\nname = "only"\noutput_price = 1.0\n', '[[rung]]\nname = "low"\n[[rung]]\nname = "high"\n'):
        (tmp_path / "ladder.toml").write_text(text, encoding="utf-8")
        assert main(["report", log, "--ladder", str(tmp_path / "ladder.toml"), "--html", str(tmp_path / "page.html")]) == 0
    assert "the ladder has no prices" in capsys.readouterr().out
