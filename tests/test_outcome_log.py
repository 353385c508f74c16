"""Logs of outcomes, and the verbs that learn from them: every format, and what is wrong with a log."""

from __future__ import annotations

import csv
import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat._cli import main

LADDER = """
[[rung]]
name = "fast"
model = "small"
[[rung]]
name = "deep"
model = "large"
"""


@pytest.fixture
def ladder_file(tmp_path: Path) -> str:
    path = tmp_path / "ladder.toml"
    path.write_text(LADDER, encoding="utf-8")
    return str(path)


@pytest.fixture
def ladder(ladder_file: str) -> rh.Ladder:
    return rh.config.load(ladder_file).ladder


def rows(count: int = 80) -> list[dict[str, Any]]:
    """Wide rows: lemmas that the lower rung fails, and sums that it does not."""
    return [
        {
            "text": f"prove the lemma about graph {i}" if i % 2 else f"sum the invoice of order {i}",
            "fast": float(i % 2 == 0 or i % 9 == 0),
            "deep": float(i % 7 != 0),
        }
        for i in range(count)
    ]


def write(path: Path, lines: list[Any]) -> str:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return str(path)


def long(wide: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"text": row["text"], "rung": rung, "score": row[rung]} for row in wide for rung in ("fast", "deep")]


def test_every_format_says_the_same(tmp_path: Path, ladder: rh.Ladder) -> None:
    wide = rows()
    jsonl = write(tmp_path / "log.jsonl", wide)
    zipped = tmp_path / "log.jsonl.gz"
    zipped.write_bytes(gzip.compress(Path(jsonl).read_bytes()))
    table = tmp_path / "log.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["text", "fast", "deep"])
        writer.writeheader()
        writer.writerows(wide)
    columns = {name: [row[name] for row in wide] for name in ("text", "fast", "deep")}
    logs = [rh.learn.read_outcomes(source, ladder) for source in (jsonl, str(zipped), str(table), columns)]
    for log in logs:
        assert log.columns()[:2] == ([row["text"] for row in wide], {name: columns[name] for name in ("fast", "deep")})
    versions = {log.fit(ladder).version for log in logs}
    assert len(versions) == 1
    told = rh.learn.read_outcomes(write(tmp_path / "long.jsonl", long(wide)), ladder).fit(ladder).report
    assert told is not None
    assert (told.outcomes, told.queries, told.pairs) == (160, 80, 80)


def test_parquet_is_read(tmp_path: Path, ladder: rh.Ladder) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    arrow = pytest.importorskip("pyarrow")
    wide = rows(20)
    path = str(tmp_path / "log.parquet")
    parquet.write_table(arrow.Table.from_pylist(wide), path)
    assert len(rh.learn.read_outcomes(path, ladder).rows) == 40
    Path(path).write_bytes(b"PAR1 and then nothing of the kind")
    with pytest.raises(rh.errors.MalformedError, match=r"log\.parquet"):
        rh.learn.read_outcomes(path, ladder)


def test_what_is_missing_is_not_observed(tmp_path: Path, ladder: rh.Ladder) -> None:
    lines = [{"text": "a", "fast": 1, "deep": None}, {"text": "a", "fast": math.nan, "deep": 0.5, "group": 7, "kind": "judge"}]
    log = rh.learn.read_outcomes(write(tmp_path / "log.jsonl", lines), ladder)
    assert [(row.rung, row.score, row.group, row.kind) for row in log.rows] == [
        ("fast", 1.0, None, "graded"),
        ("deep", 0.5, "7", "judge"),
    ]
    texts, scores, _ = log.columns()
    assert texts == ["a", "a"]
    assert math.isnan(scores["deep"][0])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([{"text": "a", "fast": 1.5}], r"line 1, field 'fast' must be between 0 and 1, got 1.5"),
        ([{"text": "a", "fast": 1}, {"text": "b", "fast": -0.1}], r"line 2, field 'fast' must be between 0 and 1, got -0.1"),
        ([{"text": "a", "fast": "good"}], r"line 1, field 'fast': got 'good', wanted a number"),
        ([{"text": 3, "fast": 1}], r"line 1, field 'text': got 3, wanted a string"),
        ([{"fast": 1}], r"line 1, field 'text': got nothing"),
        ([{"text": "a", "slow": 1}], r"line 1: 'rung' and 'score', or a column named as a rung .* must be given, got neither"),
        ([{"text": "a", "rung": "slow", "score": 1}], r"unknown rung \(.*line 1\) \"slow\"; known: fast, deep"),
        ([{"text": "a", "rung": "fast"}], r"line 1, field 'score': got nothing"),
        ([{"text": "a", "fast": 1, "weight": 0}], r"field 'weight' must be above 0, got 0"),
        ([{"text": "a", "fast": 1, "weight": "inf"}], r"field 'weight' must be between 0 and 1000000, got inf"),
        ([{"text": "a", "fast": 1, "kind": "guess"}], r"unknown .*line 1\) \"guess\""),
        (["{"], r"log.jsonl, line 1: "),
        (["[1]"], r"log.jsonl, line 1: got list, wanted an object"),
        ([], r"log.jsonl: outcomes must be at least 1, got 0"),
        (
            [{"text": "a", "rung": "fast", "score": score, "id": "q"} for score in (0, 1)],
            r"line 2, field 'id' must be new, .* got a second outcome of 'q' on 'fast' at the time of .*line 1",
        ),
        (
            [{"text": t, "fast": 1, "id": "q"} for t in "ab"],
            r"line 2, field 'text' must be that of .*line 1, .* got another text",
        ),
        (
            [{"text": "a", "rung": r, "score": 1, "id": "q", "group": r} for r in ("fast", "deep")],
            r"line 2, field 'group' must be that of .*line 1, .* got another group",
        ),
        ([{"text": "a", "fast": math.nan, "deep": 1, "at": "noon"}], r"line 1, field 'at': got 'noon', wanted a number"),
        ([{"text": "a"}, "", {"text": "b", "fast": 2}], "line 1"),
    ],
)
def test_what_is_wrong_with_a_log_is_named(tmp_path: Path, ladder: rh.Ladder, lines: list[Any], message: str) -> None:
    with pytest.raises(rh.RheostatError, match=message):
        rh.learn.read_outcomes(write(tmp_path / "log.jsonl", lines), ladder)


def test_unknown_files_are_refused(tmp_path: Path, ladder: rh.Ladder) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match=r"must be \.jsonl"):
        rh.learn.read_outcomes(str(tmp_path / "log.xlsx"), ladder)
    with pytest.raises(OSError, match=r"log\.csv"):
        rh.learn.read_outcomes(str(tmp_path / "log.csv"), ladder)
    with pytest.raises(rh.errors.InvalidTypeError, match="wanted a data frame"):
        rh.learn.read_outcomes(7, ladder)
    with pytest.raises(rh.errors.InvalidValueError, match="different lengths"):
        rh.learn.read_outcomes({"text": ["a"], "fast": [1.0, 0.0]}, ladder)


def test_fit_writes_an_estimator_and_says_what_it_is_worth(
    tmp_path: Path, ladder_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log, out = write(tmp_path / "log.jsonl", rows(200)), str(tmp_path / "fitted.rheo")
    assert main(["fit", log, "--ladder", ladder_file, "--out", out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["brier"] <= told["brier_prior"]
    assert [rung["rung"] for rung in told["rungs"]] == ["fast", "deep"]
    fitted = rh.Estimator.load(out)
    assert fitted.version == told["version"]
    lemma, invoice = fitted.gain(["prove the lemma about graph 999", "sum the invoice of order 998"], "fast", "deep")
    assert lemma > invoice
    pytest.importorskip("rich")
    assert main(["fit", log, "--ladder", ladder_file]) == 0
    assert "Brier" in capsys.readouterr().out


def test_calibrate_maps_chances(tmp_path: Path, ladder_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    log, out = write(tmp_path / "log.jsonl", rows(300)), str(tmp_path / "calibrated.rheo")
    assert main(["calibrate", log, "--ladder", ladder_file, "--out", out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(rung["brier"] <= rung["brier_before"] for rung in told["rungs"])
    assert rh.Estimator.load(out).version == told["version"]
    pytest.importorskip("rich")
    assert main(["calibrate", log, "--ladder", ladder_file]) == 0
    assert "error before" in capsys.readouterr().out


def test_nothing_is_half_written(tmp_path: Path, ladder_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "fitted.rheo"
    out.write_bytes(b"what was there")
    bad = write(tmp_path / "bad.jsonl", [*rows(50), {"text": "a", "fast": 7}])
    assert main(["fit", bad, "--ladder", ladder_file, "--out", str(out)]) == 2
    assert "bad.jsonl, line 51, field 'fast' must be between 0 and 1, got 7" in capsys.readouterr().err
    assert out.read_bytes() == b"what was there"
    assert main(["fit", write(tmp_path / "few.jsonl", rows(3)), "--ladder", ladder_file, "--out", str(out)]) == 2
    assert "at least 10" in capsys.readouterr().err
    one_class = write(tmp_path / "one_class.jsonl", [row | {"fast": 1, "deep": 1} for row in rows(40)])
    assert main(["fit", one_class, "--ladder", ladder_file, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert "one_class.jsonl: outcomes" in error
    assert "two different scores" in error
    one_group = write(tmp_path / "one_group.jsonl", [row | {"group": "g"} for row in rows(40)])
    assert main(["fit", one_group, "--ladder", ladder_file, "--out", str(out)]) == 2
    assert "one_group.jsonl: groups must be at least 2" in capsys.readouterr().err
    priced = write(tmp_path / "priced.toml", [LADDER.replace('"small"', '"small"\noutput_price = nan')])
    assert main(["fit", write(tmp_path / "fine.jsonl", rows(40)), "--ladder", priced, "--out", str(out)]) == 2
    assert "output_price must be" in capsys.readouterr().err
    assert out.read_bytes() == b"what was there"
    good = write(tmp_path / "good.jsonl", rows(40))
    assert main(["fit", good, "--ladder", ladder_file, "--out", str(tmp_path / "no such folder" / "x.rheo")]) == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
