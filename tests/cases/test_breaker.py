"""Attacks: every argument of every callable gets what claims, lies or cannot be; none aborts, panics or raises a raw error."""

from __future__ import annotations

import ast
import functools
import os
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import rheostat as rh
from rheostat import _native, config
from rheostat.errors import InvalidTypeError, InvalidValueError, MalformedError, RheostatError
from rheostat.second_stage import _wire

LADDER = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
ESTIMATOR = rh.Estimator()
GOVERNOR = rh.Governor(LADDER)
PLAN = GOVERNOR.plan("Why?")
TEXTS = [f"Prove lemma {i}." if i % 2 else f"Where is town {i}?" for i in range(40)]
OUTCOMES = {name: [float(i % 2 == 0) for i in range(40)] for name in ("fast", "deep")}


def run() -> rh.Run:
    """A run that has been granted a call."""
    return GOVERNOR.plan("Why?").start()


def call() -> Any:
    """A call that has just been granted."""
    return run().next()[0]


def ledger() -> rh.Ledger:
    """A ledger with one cap."""
    return rh.Ledger([rh.Cap("fleet", tokens=10**9)])


def allocator() -> Any:
    """Two queries, of which the first waits for an answer."""
    made = _native.BatchAllocator(2, 8)
    made.next(1)
    return made


OBJECTS: dict[str, Callable[[], Any]] = {
    "BatchAllocator": allocator,
    "Call": call,
    "Confidence": _native.Confidence,
    "Drift": lambda: _native.Drift(ESTIMATOR.estimate_batch(TEXTS * 3), window=100),
    "Estimate": lambda: PLAN.estimate,
    "EstimateBatch": lambda: ESTIMATOR.estimate_batch(TEXTS),
    "Estimator": lambda: ESTIMATOR,
    "Governor": lambda: GOVERNOR,
    "Guaranteed": _native.Guaranteed,
    "Hold": lambda: ledger().reserve(tokens=5),
    "Information": lambda: GOVERNOR.information("Why?", spread=1.0),
    "Ladder": lambda: LADDER,
    "Learner": _native.Learner,
    "Learning": lambda: _native.Learning(rh.Governor(LADDER)),
    "Ledger": ledger,
    "Loops": _native.Loops,
    "Markers": _native.Markers,
    "OnlineAllocator": lambda: _native.OnlineAllocator(3.0),
    "OutcomeReader": lambda: _native.OutcomeReader(LADDER),
    "Paced": lambda: _native.Paced(10.0),
    "Plan": lambda: PLAN,
    "Run": run,
    "Sample": lambda: call().sample(0),
    "Vote": _native.Vote,
    "VotePrior": lambda: _native.VotePrior([(0.7, 0.2, 1.0)]),
    "Watch": lambda: _native.Watch(2, max_loss=0.1),
}
"""How an object of each class with methods is made."""
GOOD: dict[str, Any] = {
    "answer": "4",
    "answers": 3,
    "baseline": 0.5,
    "block": ("fleet", "", 0, 0, 5, 5),
    "body": b'{"messages": []}',
    "budget": 8,
    "calls": 3,
    "candidates": 2,
    "caps": [rh.Cap("fleet", tokens=5)],
    "certainties": [1.0, 2.0],
    "chunk": "text",
    "confidences": [1.0],
    "costs": [[1.0, 2.0]],
    "data": ESTIMATOR.to_bytes(),
    "error": "late",
    "estimate": PLAN.estimate,
    "estimator": ESTIMATOR,
    "estimates": ESTIMATOR.estimate_batch(TEXTS * 3),
    "evidence": "stall",
    "first": 3,
    "gain": [1.0, 0.5],
    "gains": [[0.1, 0.2]],
    "governor": rh.Governor(LADDER),
    "head": '"schema": 1',
    "high": 0.8,
    "hold": 7,
    "index": 0,
    "input": 3,
    "items": [],
    "json": "{}",
    "ladder": LADDER,
    "learner": None,
    "logits": [0.0, 1.0],
    "logprob": -0.1,
    "logprobs": [-0.1],
    "losses": [0.0, 0.5],
    "low": 0.6,
    "lowest": [-1.0] * 40,
    "max_loss": 0.2,
    "messages": [{"role": "user", "content": "Why?"}],
    "model": "m",
    "moves": [rh.Move("think")],
    "name": "fast",
    "offset": 0.0,
    "on": "loop",
    "outcomes": OUTCOMES,
    "p_correct": 0.5,
    "place": "row 1",
    "plan": PLAN,
    "power": 0.5,
    "price": 0.1,
    "price_of_compute": 1.0,
    "query": "Why?",
    "rate": 0.5,
    "records": b"",
    "reference": ESTIMATOR.estimate_batch(TEXTS * 3),
    "row": {"text": "a", "fast": 1.0},
    "rows": [(0.7, 0.2, 1.0)],
    "rung": "fast",
    "rungs": [rh.Rung("a")],
    "scope": "fleet",
    "score": 0.5,
    "scores": [1.0, 0.0] * 20,
    "second": 0,
    "session": "s",
    "salt": 5,
    "share": 0.5,
    "snapshot": b"",
    "spread": 1.0,
    "step": "parent",
    "target": 3.0,
    "text": "Why?",
    "texts": TEXTS,
    "threshold": 0.5,
    "thresholds": [0.5],
    "token": 5,
    "tokens": 5,
    "top_logprobs": [-0.1, -2.0],
    "usd": 1.0,
    "usd_per_error": 1.0,
    "vote": _native.Vote(),
    "votes": [(3, 1, 4)],
}
"""An argument of each name."""
OWN: dict[str, dict[str, Any]] = {
    "BatchAllocator.__new__": {"queries": 2},
    "BatchAllocator.answer": {"query": 0},
    "BatchAllocator.vote": {"query": 0},
    "Confidence.update_batch": {"top_logprobs": [[-0.1, -2.0]]},
    "Governor.decide_and_rewrite": {"surface": "openai.chat"},
    "Governor.outcome": {"plan": PLAN.id},
    "Learner.add": {"rung": LADDER["fast"]},
    "Learner.from_bytes": {"data": _native.Learner().to_bytes()},
    "Learner.learn": {"outcomes": []},
    "Learner.merge": {"other": _native.Learner()},
    "BatchAllocator.add": {"query": 0, "answer": None},
    "Cap.__new__": {"tokens": 5},
    "EstimateBatch.p_correct": {"rung": 0.5},
    "Learning.__new__": {"outcomes": 20, "governor": rh.Governor(LADDER)},
    "Ledger.accounts": {"scope": "fleet"},
    "Loops.update_batch": {"tokens": [1, 2]},
    "Move.__new__": {"name": "think"},
    "Run.turn": {"call": "f(1)"},
    "Sample.tokens": {"top_logprobs": [[-0.1, -2.0]]},
    "Vote.from_bytes": {"data": _native.Vote().to_bytes()},
    "Watch.from_bytes": {"data": _native.Watch(2, max_loss=0.1).to_bytes()},
    "apgr": {"score": [2.0, 1.0]},
    "explain_body": {"body": b'{"messages": [{"role": "user", "content": "Why?"}]}'},
    "calibrate_doubt": {"lowest": [-1.0] * 40, "signal": "low_logprob"},
    "calibrate_exit": {"scores": [[0.5]], "losses": [[0.0]], "tokens": [[5]]},
    "certify": {"losses": [[0.0, 0.5]]},
    "confidence_weights": {"lowest": [1.0, 2.0]},
    "control_risk": {"losses": [[0.0, 0.5]]},
    "cpt": {"score": [2.0, 1.0]},
    "record_lines": {"rungs": []},
}
"""Arguments that one callable wants otherwise than others of their name."""
FILES = {"load", "save", "keep"}
"""Callables that are given a file or a store: tried below."""


class Claims:
    """A sequence that claims more items than there is memory, and has none."""

    def __len__(self) -> int:
        return 2**60

    def __getitem__(self, index: object) -> object:
        raise IndexError(index)


class Lies(list):  # type: ignore[type-arg]
    """A list that claims a length."""

    def __len__(self) -> int:
        return 2**60


def virtual(dtype: Any, *shape: int) -> Any:
    """An array of that shape over eight bytes of memory."""
    return as_strided(np.zeros(1, dtype=dtype), shape, [0] * len(shape))


HOSTILE: dict[str, Any] = {
    "claims": Claims(),
    "lies": Lies(),
    "range": range(10**12),
    "virtual row": virtual(np.float64, 10**12),
    "virtual floats": virtual(np.float32, 10**12),
    "virtual rows": virtual(np.float64, 10**11, 20),
    "virtual float rows": virtual(np.float32, 10**11, 20),
    "virtual bits": virtual(np.uint16, 10**12),
    "virtual ids": virtual(np.int64, 10**12),
    "half a pair": "\ud800",
    "other half": "a\udfffb",
    "halves": ["\ud800", "\udfff"],
    "a table of halves": {"\ud800": 0.5, 5: "x"},
    "huge": 10**400,
    "minus huge": -(10**400),
    "NaN": float("nan"),
    "infinity": float("inf"),
    "object": object(),
    "text": "text",
    "digits": "5",
    "number": 5.5,
    "complex": 1j,
    "none": None,
    "nones": [None, None],
    "bytes": b"\xff\xfe",
    "nested": [[[1.0]]],
    "texts": np.array(["a"]),
    "times": np.array(["2020-01-01"], dtype="datetime64[s]"),
}


@functools.cache
def callables() -> dict[str, list[str]]:
    """The names of arguments of every callable of the bindings, required ones marked."""
    stub = ast.parse((Path(rh.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    scopes = [("", stub.body), *((f"{one.name}.", one.body) for one in stub.body if isinstance(one, ast.ClassDef))]
    for scope, body in scopes:
        for function in body:
            if not isinstance(function, ast.FunctionDef) or (function.name[0] == "_" and function.name != "__new__"):
                continue
            listed = function.args
            positional = [one.arg for one in (*listed.posonlyargs, *listed.args) if one.arg not in {"self", "cls"}]
            needed = positional[: len(positional) - len(listed.defaults)]
            needed += [one.arg for one, default in zip(listed.kwonlyargs, listed.kw_defaults, strict=True) if default is None]
            names = [*positional, *(one.arg for one in listed.kwonlyargs)]
            if names and function.name not in FILES:
                found[scope + function.name] = [f"{name}!" if name in needed else name for name in names]
    return found


def called(name: str, /, **given: Any) -> Any:
    """Calls a callable with good arguments but for those that are given."""
    scope, _, function = name.rpartition(".")
    if function == "__new__":
        target: Any = getattr(_native, scope)
    elif scope and function in {"from_bytes", "learn"} and scope != "Learner":
        target = getattr(getattr(_native, scope), function)
    else:
        target = getattr(OBJECTS[scope]() if scope else _native, function)
    needed = [argument.rstrip("!") for argument in callables()[name] if argument.endswith("!")]
    good = OWN.get(name, {}) | {one: OWN.get(name, {}).get(one, GOOD.get(one)) for one in needed}
    if name in {"Estimator.estimate", "Governor.plan", "Governor.information"} and not {"text", "messages", "body"} & set(given):
        good["text"] = "Why?"
    return target(**(good | given))


CALLABLES = callables()
READ_HERE = {
    *(
        f"{kind}{none}"
        for kind in ("int", "float", "str", "_Text", "_Numbers", "_Rows", "dict[str, float]")
        for none in ("", " | None")
    ),
    *(
        "Iterable[_Text]",
        "Sequence[str]",
        "Sequence[str] | None",
        "Sequence[float]",
        "_Scope",
        "_Move",
        "_Evidence",
        "_OutcomeKind",
    ),
    *("_Messages | None", "Iterable[_Name] | None", "Iterable[_Name | None] | None", "_Name | None", "_Purpose | None", "_Test"),
    *("Iterable[Rung]", "Iterable[Cap]", "Iterable[Move]", "Iterable[Outcome]", "tuple[float, float]", "_Walk", "_VoteRule"),
}
"""Types of arguments that the bindings read by themselves, so that their errors are this library's."""


@functools.cache
def argument_types() -> dict[str, dict[str, str]]:
    """The type of each argument of each callable, as the stub has it."""
    stub = ast.parse((Path(rh.__file__).parent / "_native.pyi").read_text(encoding="utf-8"))
    scopes = [("", stub.body), *((f"{one.name}.", one.body) for one in stub.body if isinstance(one, ast.ClassDef))]
    return {
        scope + function.name: {
            one.arg: ast.unparse(one.annotation) if one.annotation else ""
            for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        }
        for scope, body in scopes
        for function in body
        if isinstance(function, ast.FunctionDef)
    }


@pytest.mark.parametrize("name", CALLABLES)
def test_good_arguments_are_good(name: str) -> None:
    # A few calls cannot be good by themselves: nothing is held, or the file is empty.
    if name in {"Learner.solve", "Ledger.replay", "Ledger.restore", "Ledger.lease", "Ledger.rebase", "Ledger.align"}:
        pytest.skip("needs a state")
    called(name)


@pytest.mark.parametrize("name", CALLABLES)
def test_no_argument_aborts_panics_or_raises_a_raw_error(name: str) -> None:
    raw, kinds = [], argument_types()[name]
    for argument in CALLABLES[name]:
        argument = argument.rstrip("!")
        for kind, value in HOSTILE.items():
            try:
                called(name, **{argument: value})
            except RheostatError:
                pass
            except TypeError:
                # PyO3 checks the class of an argument that is an object of this library, bytes or a flag.
                if kinds[argument] in READ_HERE:
                    raw.append(f"{argument}={kind}: a raw TypeError")
            except BaseException as error:
                raw.append(f"{argument}={kind}: {error!r:.150}")
    assert not raw, "\n".join(raw)


def test_a_batch_survives_threads_that_cannot_start(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("needs RLIMIT_NPROC")
    script = tmp_path / "threads.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, resource, numpy, rheostat as rh
            texts = [f"question {i}" for i in range(5_000)]
            governor, estimator = rh.Governor(rh.Ladder([rh.Rung("only")])), rh.Estimator()
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
            if os.getuid() == 0:
                os.setgid(65534), os.setuid(65534)
            for threads in (None, 8, 10**6):
                assert len(governor.plan_batch(texts, threads=threads).rung) == 5_000
                assert len(estimator.estimate_batch(texts, threads=threads)) == 5_000
                assert len(estimator.gain(texts, 0.5, 0.9, threads=threads)) == 5_000
                assert len(rh.features.extract_batch(texts, threads=threads)[0]) == 5_000
            print("done")
            """
        ),
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.stdout.strip() == "done", done.stderr


def field(number: int, content: bytes, *, overflow: bool = False) -> bytes:
    """A length-delimited field of a protocol buffer; with a tag whose bits above 32 a 32-bit reader drops."""
    tag = number << 3 | 2 | (1 << 32 if overflow else 0)
    return varint(tag) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """A number as protocol buffers write it."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def model(tensor: bytes, **options: bool) -> bytes:
    """A model of one graph with one tensor."""
    return field(7, field(5, tensor), **options)


def test_no_spelling_of_a_tag_hides_a_reference_to_another_file() -> None:
    external = field(13, field(1, b"location") + field(2, b"secret.bin"))
    _wire.check(model(field(9, b"\0" * 4)))
    hidden = [
        model(external),
        model(field(13, b"x", overflow=True)),
        model(varint(14 << 3 | 1 << 32) + b"\x01"),
        model(varint(14 << 3 | 1 << 35) + b"\x01"),
        model(varint(14 << 3 | 1 << 63) + b"\x01"),
        model(bytes([0xF0, 0x80, 0x80, 0x80, 0x10]) + b"\x01"),
        model(bytes([0xEA, 0x80, 0x80, 0x80, 0x10]) + varint(1) + b"x"),
        model(varint(14 << 3) + varint(1 << 40)),
        model(external, overflow=True),
        field(7, field(5, external, overflow=True)),
        field(7, field(1, field(5, field(5, external, overflow=True)))),
        model(varint(14 << 3) + b"\xff" * 9 + b"\x7f"),
    ]
    for content in hidden:
        with pytest.raises(_wire.NotOnnxError):
            _wire.check(content)
    # A tag may be written longer than it must be; it is the same tag to every reader.
    with pytest.raises(_wire.NotOnnxError, match="another file"):
        _wire.check(model(bytes([0xEA, 0x80, 0x80, 0x80, 0x00]) + varint(1) + b"x"))


@pytest.mark.parametrize("weight", [0.0, 5e-324, 1e-310, 2.2e-308, 1e-100, 1e-10, 1e7, float("nan"), -1.0])
def test_a_weight_out_of_bounds_is_refused(weight: float) -> None:
    with pytest.raises(InvalidValueError, match="weight"):
        rh.fit(TEXTS, OUTCOMES, LADDER, weights=[weight] + [1.0] * 39)
    with pytest.raises(InvalidValueError, match="weight"):
        rh.learn.Learner().add("Why?", LADDER["fast"], 1.0, weight=weight)


@pytest.mark.parametrize("weight", [1e-9, 1e-6, 1.0, 1e6])
@pytest.mark.parametrize("rows", [1, 20, 40])
def test_no_weight_makes_a_chance_that_is_none(weight: float, rows: int) -> None:
    weights = [weight] * rows + [1.0] * (40 - rows)
    fitted = rh.fit(TEXTS, OUTCOMES, LADDER, weights=weights)
    plan = rh.Governor(LADDER, estimator=fitted).plan(TEXTS[1])
    assert 0.0 < plan.p_correct < 1.0
    assert "NaN" not in plan.to_json()


@pytest.mark.skipif(sys.platform == "win32", reason="links and permissions of Unix")
class TestSave:
    """Artifacts on disk."""

    def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(self, tmp_path: Path) -> None:
        victim = tmp_path / "victim"
        victim.write_bytes(b"mine")
        for name in (f"a.bin.{os.getpid()}.tmp", f".a.bin.{os.getpid()}.tmp", "a.bin.tmp"):
            (tmp_path / name).symlink_to(victim)
        ESTIMATOR.save(tmp_path / "a.bin")
        assert victim.read_bytes() == b"mine"
        assert not (tmp_path / "a.bin").is_symlink()

    def test_a_link_stays_one_also_where_its_target_is_not_there_yet(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "second").symlink_to("folder/real.bin")
        (tmp_path / "first").symlink_to(tmp_path / "second")
        for _ in range(2):
            ESTIMATOR.save(tmp_path / "first")
            assert (tmp_path / "first").is_symlink()
            assert (tmp_path / "second").is_symlink()
            assert rh.Estimator.load(tmp_path / "folder" / "real.bin").version == ESTIMATOR.version
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(OSError, match="loop"):
            ESTIMATOR.save(tmp_path / "loop")

    def test_leftovers_of_a_killed_process_are_swept_and_nothing_else(self, tmp_path: Path) -> None:
        left, fresh = tmp_path / f".a.bin.{'0' * 16}.tmp", tmp_path / f".a.bin.{'1' * 16}.tmp"
        others = [tmp_path / name for name in (f".b.bin.{'0' * 16}.tmp", ".a.bin.tmp", f".a.bin.{'g' * 16}.tmp", "a.bin.old")]
        for path in (left, fresh, *others):
            path.write_bytes(b"part")
        for path in (left, *others):
            os.utime(path, (0, 0))
        ESTIMATOR.save(tmp_path / "a.bin")
        assert not left.exists()
        assert all(path.exists() for path in (fresh, *others))

    def test_many_writers_leave_one_whole_file(self, tmp_path: Path) -> None:
        def write() -> None:
            for _ in range(20):
                ESTIMATOR.save(tmp_path / "a.bin")
                rh.Estimator.load(tmp_path / "a.bin")

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
        assert stat.S_IMODE((tmp_path / "a.bin").stat().st_mode) == 0o600

    def test_a_pipe_holds_up_its_own_thread_alone(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        read: list[str] = []
        thread = threading.Thread(target=lambda: read.append(rh.Estimator.load(tmp_path / "pipe").version), daemon=True)
        thread.start()
        # The interpreter runs on: with the lock held, opening the other end would never come.
        with (tmp_path / "pipe").open("wb") as pipe:
            pipe.write(ESTIMATOR.to_bytes())
        thread.join(30)
        assert read == [ESTIMATOR.version]


@pytest.mark.parametrize(
    "text",
    [
        '[[rung]]\nname = "a"\nsamples = ' + "1" * 5_000,
        '[[rung]]\nname = "a"\noutput_price = ' + "1" * 400,
        '[[rung]]\nname = "a"\n[ceiling]\nusd = -' + "9" * 400,
        ".".join("a" * 20_000) + " = 1",
        "x = { " + " . ".join("a" * 20_000) + " = 1 }",
        "[" + ".".join(['"a"'] * 20_000) + "]",
        "x = " + "[" * 20_000,
        "x = 1" * 300_000,
        "\ud800",
        '[[rung]]\nname = "a"\nname = "b"',
        "x = 9999-99-99",
        "x = 1e400",
        "\0",
    ],
    ids=lambda text: ascii(text[:24]),
)
def test_a_configuration_is_read_or_refused_at_once(text: str) -> None:
    with pytest.raises(RheostatError, match="ladder"):
        config.loads(text)


def test_a_configuration_may_begin_with_a_byte_order_mark_and_hold_halves(tmp_path: Path) -> None:
    path = tmp_path / "ladder.toml"
    path.write_text('\ufeff[[rung]]\nname = "a"', encoding="utf-8")
    assert config.load(path).ladder.rungs[0].name == "a"
    assert config.loads('[[rung]]\nname = "a\ud800"').ladder.rungs[0].name == "a\ufffd"
    path.write_bytes(b'[[rung]]\nname = "\xff"')
    with pytest.raises(MalformedError, match="byte"):
        config.load(path)


def test_errors_name_the_argument() -> None:
    wrong_types: list[tuple[Callable[[], object], str]] = [
        (lambda: rh.Ceiling(usd="5"), "usd"),  # type: ignore[arg-type]
        (lambda: rh.Ceiling(seconds=[1.0]), "seconds"),  # type: ignore[arg-type]
        (lambda: GOVERNOR.plan("x", session=5), "session"),  # type: ignore[arg-type]
        (lambda: GOVERNOR.plan("x", models="m"), "models"),
        (lambda: GOVERNOR.plan("x", models=[b"m"]), r"models\[0\]"),  # type: ignore[list-item]
        (lambda: GOVERNOR.plan("x", p_correct={"fast": "x"}), "p_correct"),  # type: ignore[dict-item]
        (lambda: rh.Rung("a", capabilities=["tools", None]), r"capabilities\[1\]"),  # type: ignore[list-item]
        (lambda: rh.policy.Threshold("0.5"), "thresholds"),  # type: ignore[arg-type]
        (lambda: ledger().reserve(tenant=5), "tenant"),  # type: ignore[arg-type]
    ]
    for call_it, named in wrong_types:
        with pytest.raises(InvalidTypeError, match=named):
            call_it()
    wrong_values: list[tuple[Callable[[], object], str]] = [
        (lambda: rh.Ceiling(usd=10**400), "usd"),
        (lambda: rh.policy.Utility(-(10**400)), "usd_per_error"),
        (lambda: ledger().settle(1, tokens=2**70), "tokens"),
    ]
    for call_it, named in wrong_values:
        with pytest.raises(InvalidValueError, match=named):
            call_it()


def test_halves_of_pairs_are_repaired_alike_everywhere() -> None:
    ladder = rh.Ladder([rh.Rung("a\ud800", model="m\udfff"), rh.Rung("b")], default="a\udbff")
    assert ladder.default.name == "a\ufffd"
    governor = rh.Governor(ladder)
    plan = governor.plan("x", session="s\ud800", tenant="t\ud800", rung="a\ud801", models=["m\ud800"])
    assert (plan.rung.name, plan.rung.model) == ("a\ufffd", "m\ufffd")
    governor.outcome(plan.id, rung="a\ud800", score=1.0)
    governor.escalated("s\ud800", "b")
    assert governor.forget("s\udfff")
    assert ladder["a\ud800"].name == "a\ufffd"
    kept = rh.Ledger([rh.Cap("tenant", tokens=10, key="t\ud800")])
    assert kept.reserve(tokens=4, tenant="t\udfff").settle(tokens=4)
    assert kept.room(tenant="t\ud800")[0] == 6


def test_objects_with_a_thread_say_that_none_can_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    loop = rh.learn.Loop(rh.Governor(LADDER))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    for make in (
        lambda: rh.records.Recorder(tmp_path / "a.jsonl"),
        lambda: rh.second_stage.SecondStage(lambda _text: 0.5, spread=1.0),
        loop.start,
    ):
        with pytest.raises(rh.errors.StateError, match="cannot be started"):
            make()


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions of this kind")
def test_a_ledgers_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with rh.stores.SQLite(tmp_path / "ledger.db", [rh.Cap("fleet", tokens=100)]):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes
    assert set(modes.values()) == {0o600}, modes


def test_the_command_line_writes_what_a_terminal_lacks_as_escapes() -> None:
    words = [sys.executable, "-m", "rheostat", "explain", "--json", "日本 é \x1b[31m"]
    done = subprocess.run(words, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert b"\x1b" not in done.stdout
