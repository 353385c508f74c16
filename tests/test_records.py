"""Decision records: written, read, explained, replayed."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

import rheostat as rh
from rheostat import config, records
from rheostat._cli import main

TEXTS = [
    "What is the capital of France?",
    "Prove that there are infinitely many primes.",
    "Translate 'good morning' into German.",
]


def ladder() -> rh.Ladder:
    return rh.Ladder(
        [
            rh.Rung("fast", model="small", output_price=0.4, ability=0.6),
            rh.Rung("deep", model="large", thinking_tokens=8_192, output_price=10.0, ability=0.9),
        ],
        default="fast",
    )


@pytest.fixture
def governor() -> rh.Governor:
    return rh.Governor(ladder(), policy=rh.policy.Utility(usd_per_error=0.05), seed=7)


@pytest.mark.parametrize("name", ["log.jsonl", "log.sqlite", "log.parquet"])
def test_what_is_written_is_read(tmp_path: Path, governor: rh.Governor, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    with records.Recorder(tmp_path / name, ladder=ladder(), config="commit-1") as recorder:
        for text in TEXTS:
            plan = governor.plan(text)
            with plan.start() as run:
                for call in run.next():
                    call.sample(0).finish(answer="42")
                    call.usage(input=9, output=20)
            assert recorder.decision(plan, run, tenant="acme", session="s")
            assert recorder.outcome(plan.id, rung=plan.rung.name, score=1.0)
        recorder.flush()
        assert recorder.stats() == records.RecorderStats(6, 0, 0, 0, None)
    read = list(records.read(tmp_path / name))
    assert [record["kind"] for record in read] == ["decision", "outcome"] * 3
    first = read[0]
    assert first["plan"]["rung"] in {"fast", "deep"}
    assert set(first["p_correct"]) == {"fast", "deep"}
    assert (first["tenant"], first["config"], first["id"]) == ("acme", "commit-1", first["plan"]["id"])
    assert first["run"]["spent"]["tokens"] >= 20
    assert first["run"]["trail"]
    text = json.dumps(read)
    assert "capital of France" not in text, "no prompt unless asked for"


def test_a_record_says_what_plan_and_run_say(tmp_path: Path, governor: rh.Governor) -> None:
    odd = 'a "b"\\\n\u2028\x00é'
    plan = governor.plan(TEXTS[1])
    run = plan.start(at=5.0)
    for call in run.next(at=5.0):
        call.fail("no route", at=6.5)
    with records.Recorder(tmp_path / "log.jsonl", ladder=ladder(), config=odd, prompts=True) as recorder:
        recorder.decision(plan, run, session=odd, tenant=odd, prompt=odd, propensity=0.25, arm=odd, shadow=plan, at=1.5)
        recorder.decision(plan, session="half of a pair: \ud800", at=2)
        with pytest.raises(rh.errors.InvalidTypeError, match="plan"):
            recorder.decision("plan-1")  # type: ignore[arg-type]
    full, bare = list(records.read(tmp_path / "log.jsonl"))
    assert full["plan"] == plan.to_dict()
    assert full["run"] == json.loads(run.to_json())
    assert {full[name] for name in ("session", "tenant", "prompt", "arm", "config")} == {odd}
    assert (full["at"], full["propensity"], full["shadow"]["rung"]) == (1.5, 0.25, plan.rung.name)
    assert full["version"] == plan.version
    assert full["p_correct"] == {name: round(plan.estimate.p_correct(name), 6) for name in ("fast", "deep")}
    spent = run.spent
    assert full["run"]["spent"] == {
        "tokens": spent.tokens,
        "usd": spent.usd,
        "seconds": spent.seconds,
        "samples": spent.samples,
        "calls": spent.calls,
        "estimated_tokens": spent.estimated_tokens,
        "estimated_usd": spent.estimated_usd,
    }
    assert full["run"]["trail"] == [[e.at, e.phase, e.reason, e.rung.name, e.call] for e in run.trail]
    assert "no route" not in run.to_json()
    assert bare["session"].startswith("half of a pair: \ufffd")
    assert "run" not in bare


def test_a_full_queue_drops_and_counts_or_waits(tmp_path: Path, governor: rh.Governor, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = governor.plan(TEXTS[0])
    recorder = records.Recorder(tmp_path / "a.jsonl", capacity=10, batch=1_000, interval=60)
    taken = [recorder.decision(plan) for _ in range(25)]
    recorder.close()
    stats = recorder.stats()
    assert (stats.dropped, stats.written, sum(taken)) == (25 - sum(taken), sum(taken), stats.written)
    assert stats.dropped >= 14
    with records.Recorder(tmp_path / "b.jsonl", capacity=10, batch=5, block=True) as recorder:
        assert all(recorder.decision(plan) for _ in range(200))
    assert len(list(records.read(tmp_path / "b.jsonl"))) == 200
    with pytest.raises(rh.errors.StateError, match="closed"):
        recorder.decision(plan)


def test_a_sink_that_fails_is_said_and_survived(tmp_path: Path, governor: rh.Governor) -> None:
    recorder = records.Recorder(tmp_path / "a.jsonl")
    recorder._sink.close()
    recorder.decision(governor.plan(TEXTS[0]))
    recorder.flush()
    recorder.close()
    assert recorder.stats().failed == 1
    assert recorder.stats().error


def test_bad_values_are_named(tmp_path: Path, governor: rh.Governor) -> None:
    with pytest.raises(rh.errors.InvalidValueError, match="suffix"):
        records.Recorder(tmp_path / "a.txt")
    with pytest.raises(rh.errors.InvalidValueError, match="capacity"):
        records.Recorder(tmp_path / "a.jsonl", capacity=0)
    with records.Recorder(tmp_path / "a.jsonl") as recorder:
        with pytest.raises(rh.errors.InvalidValueError, match="prompt"):
            recorder.decision(governor.plan("x"), prompt="x")
        with pytest.raises(rh.errors.InvalidValueError, match="score"):
            recorder.outcome("x", rung="fast", score=float("nan"))
    for bad, said in [
        ("{", "record 1"),
        ('{"schema": 2, "kind": "decision", "at": 0, "id": "x"}', "schema"),
        ('{"schema": 1, "kind": "no", "at": 0, "id": "x"}', "kind"),
        ('{"schema": 1, "kind": "decision", "at": "0", "id": "x"}', "at"),
        ('{"schema": 1, "kind": "decision", "at": 0}', "id is missing"),
        ('{"schema": 1, "kind": "outcome", "at": 0, "id": "x", "propensity": 0}', "propensity"),
        ("[]", "wanted object"),
    ]:
        (tmp_path / "bad.jsonl").write_text(bad)
        with pytest.raises(rh.errors.MalformedError, match=said):
            list(records.read(tmp_path / "bad.jsonl"))
    (tmp_path / "bad.db").write_bytes(b"junk" * 300)
    with pytest.raises(rh.errors.MalformedError, match=r"bad\.db"):
        list(records.read(tmp_path / "bad.db"))


def logged(path: Path, count: int, seed: int) -> None:
    """A log in which the rung was drawn by lot, and the deep rung is right more often than the model thinks."""
    rng = random.Random(seed)
    governor = rh.Governor(ladder(), seed=seed)
    with records.Recorder(path, prompts=True) as recorder:
        for i in range(count):
            text = f"{TEXTS[i % 3]} ({i})"
            rung, propensity = ("deep", 0.3) if rng.random() < 0.3 else ("fast", 0.7)
            plan = governor.plan(text, rung=rung)
            recorder.decision(plan, prompt=text, propensity=propensity)
            right = rng.random() < (0.95 if rung == "deep" else 0.5)
            recorder.outcome(plan.id, rung=rung, score=float(right))


@pytest.mark.filterwarnings("ignore:the threshold policy planned")
def test_off_policy_finds_what_another_policy_is_worth(tmp_path: Path) -> None:
    inside = 0
    for seed in range(10):
        logged(tmp_path / f"{seed}.jsonl", 400, seed)
        deep = rh.Governor(ladder(), policy=rh.policy.Threshold([0.0]))
        found = records.off_policy(records.read(tmp_path / f"{seed}.jsonl"), deep)
        assert found.rungs["deep"][1] == 400
        assert found.usd_new > found.usd_logged
        assert found.score_new is not None
        assert found.low is not None
        assert found.high is not None
        assert 60 < found.effective < 180
        assert found.reason is None
        assert found.change is not None
        assert found.change_low is not None
        assert found.change_high is not None
        inside += found.low <= 0.95 <= found.high and found.change_low <= 0.95 - 0.635 <= found.change_high
    assert inside >= 8


@pytest.mark.filterwarnings("ignore:the threshold policy planned")
def test_off_policy_refuses_where_the_log_seldom_took_the_new_rung(tmp_path: Path) -> None:
    new = rh.Governor(ladder(), policy=rh.policy.Threshold([0.0]))

    def log(name: str, tries: int, propensity: float) -> Path:
        path = tmp_path / name
        with records.Recorder(path, prompts=True) as recorder:
            for i in range(400):
                rung = "deep" if i < tries else "fast"
                plan = new.plan(TEXTS[0], rung=rung)
                recorder.decision(plan, prompt=TEXTS[0], propensity=propensity if i < tries else 1 - propensity)
                recorder.outcome(plan.id, rung=rung, score=1.0)
        return path

    found = records.off_policy(records.read(log("few.jsonl", 5, 0.0125)), new)
    assert (found.score_new, found.low, found.change) == (None, None, None)
    assert (found.differing, found.tried, found.missing) == (395, 5, 2_000)
    assert "about 2,000 more graded decisions" in str(found.reason)
    found = records.off_policy(records.read(log("never.jsonl", 0, 0.0125)), new)
    assert found.missing is None
    assert "never took that rung by chance" in str(found.reason)
    found = records.off_policy(records.read(log("enough.jsonl", 40, 0.1)), new)
    assert found.change is not None
    assert found.reason is None


def test_explain_and_replay_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich", reason="the extra `cli` is not installed")
    log, new = tmp_path / "log.jsonl", tmp_path / "new.toml"
    logged(log, 30, 1)
    assert main(["explain", "--record", str(log)]) == 0
    assert "the caller chose" in capsys.readouterr().out
    first = next(records.read(log))["id"]
    assert main(["explain", "--record", str(log), "--id", first[:20], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcomes"]
    new.write_text('[[rung]]\nname = "fast"\nability = 0.6\n[[rung]]\nname = "deep"\nability = 0.9\noutput_price = 10.0\n')
    assert main(["replay", str(log), "--with", str(new)]) == 0
    assert "to another rung" in capsys.readouterr().out
    assert main(["replay", str(log), "--with", str(new), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["replayed"] == 30
    assert main(["explain", "--record", str(log), "--id", "zz"]) == 2


def test_shadow_and_canary(tmp_path: Path, governor: rh.Governor) -> None:
    other = rh.Governor(ladder(), policy=rh.policy.Threshold([0.0]))
    with records.Recorder(tmp_path / "log.jsonl") as recorder:
        shadow = records.Shadow(governor, other, recorder)
        plans = shadow.plan(TEXTS[0], rung="fast", tenant="t")
        assert (plans.plan.rung.name, plans.shadow.rung.name) == ("fast", "deep")
    assert next(records.read(tmp_path / "log.jsonl"))["shadow"]["rung"] == "deep"
    small, large = (records.Canary(governor, other, share) for share in (0.1, 0.3))
    keys = [f"user-{i}" for i in range(2_000)]
    inside = {key for key in keys if small.arm(key) == "candidate"}
    assert 140 < len(inside) < 260
    assert inside <= {key for key in keys if large.arm(key) == "candidate"}
    assert inside != {key for key in keys if records.Canary(governor, other, 0.1, salt="b").arm(key) == "candidate"}
    planned = small.plan(TEXTS[0], key=min(inside))
    assert (planned.plan.rung.name, planned.arm) == ("deep", "candidate")
    with pytest.raises(rh.errors.InvalidValueError, match="share"):
        records.Canary(governor, other, 1.5)


FILE = """
[[rung]]
name = "fast"
ability = 0.6

[[rung]]
name = "deep"
samples = 3
ability = 0.9

[policy]
kind = "paced"
usd = 100.0
weights = { acme = 2.0 }

[[cap]]
scope = "tenant"
usd = 10.0
per = 86_400

[sessions]
cache_ttl = 60
"""


def test_one_file_says_it_all() -> None:
    read = config.loads(FILE)
    assert isinstance(read.policy, rh.policy.Paced)
    assert read.sessions is not None
    governor = read.governor()
    assert governor.plan(TEXTS[0], session="s", tenant="acme").limit.usd <= 10.0


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("samples = 3", "samples = 0", 'rung "deep": samples must be'),
        ("usd = 100.0", 'usd = "lots"', "policy: usd: got str"),
        ('kind = "paced"', 'kind = "lucky"', 'policy: unknown policy "lucky"'),
        ("per = 86_400", "per = -1", "cap.0.: cap of tenant: per must be"),
        ('scope = "tenant"', 'scope = "village"', 'cap.0.: unknown scope "village"'),
        ("cache_ttl = 60", "cache_tl = 60", 'sessions: unknown field "cache_tl"'),
    ],
)
def test_errors_name_file_table_and_field(old: str, new: str, where: str) -> None:
    with pytest.raises(rh.RheostatError, match=f"x.toml: {where}"):
        config.loads(FILE.replace(old, new), source="x.toml")


def test_a_file_is_read_again_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rheostat.toml"
    path.write_text(FILE)
    live = config.Live(path)
    before = live.governor
    before.plan(TEXTS[0], tenant="acme")
    ledger = live.config.caps
    assert not live.reload()
    path.write_text(FILE.replace("samples = 3", "samples = 0"))
    with pytest.raises(rh.errors.InvalidValueError, match="samples"):
        live.reload()
    assert live.governor is before
    path.write_text(FILE.replace("samples = 3", "samples = 4"))
    assert live.reload()
    assert live.governor is not before
    assert live.governor.ladder["deep"].samples == 4
    assert live.config.caps == ledger
    policy: Any = live.config.policy
    assert policy.pace().queries == 1, "the budget goes on where its policy stays as it was"


def test_the_schema_knows_every_table() -> None:
    schema = config.schema()
    assert {"rung", "policy", "ceiling", "rules", "cap", "ledger", "sessions"} <= set(schema["properties"])
    json.dumps(schema)


def interrupt_at(step: int) -> tuple[Any, list[int]]:
    """A trace function that raises KeyboardInterrupt at a line of the recorder, as a signal would, and the lines it has seen."""
    seen = [0]

    def trace(frame: Any, event: str, argument: object) -> Any:
        if not frame.f_code.co_filename.endswith("_recorder.py"):
            return None
        if event == "line":
            seen[0] += 1
            if seen[0] == step:
                raise KeyboardInterrupt
        return trace

    return trace, seen


def test_an_interrupt_between_any_two_steps_neither_loses_a_record_nor_wedges_the_recorder(
    tmp_path: Path, governor: rh.Governor
) -> None:
    plan, lines = governor.plan(TEXTS[0]), 0
    for step in range(1, 500):
        path = tmp_path / f"{step}.jsonl"
        recorder = records.Recorder(path, ladder=ladder())
        trace, seen = interrupt_at(step)
        accepted = 0
        sys.settrace(trace)
        try:
            accepted += recorder.decision(plan)
            recorder.flush()
            accepted += recorder.outcome(plan.id, rung="fast", score=1.0)
            recorder.close()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        recorder.close()
        assert accepted <= len(list(records.read(path))) <= 2
        assert recorder.stats().waiting == 0
        if seen[0] < step:
            lines = step
            break
    assert lines > 20
