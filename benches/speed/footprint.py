"""Footprint of rheostat: time and memory of the import above numpy's own, of live sessions, and bytes on disk."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import rheostat as rh

from .bars import Row

ROOT = Path(__file__).resolve().parents[2]

_PEAK = """
import resource, sys

def peak():
    # Linux hands the peak of the process that forked on to its child: only the new image's own mark starts from nothing.
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
"""

_PROBE = """
import time, numpy
start = time.perf_counter_ns()
{work}
spent = time.perf_counter_ns() - start
print(spent / 1e6, peak() / 1e6)
"""
_WORK = {
    "numpy": "",
    "import": "import rheostat",
    "estimate": "import rheostat\nrheostat.Estimator().estimate('Where is Bergen?')",
}


def _probe(work: str) -> tuple[float, float]:
    out = subprocess.run([sys.executable, "-c", _PEAK + _PROBE.format(work=work)], capture_output=True, text=True, check=True)
    spent, memory = out.stdout.split()
    return float(spent), float(memory)


def imports(seconds: float) -> Iterator[Row]:
    """Import time and peak memory in fresh processes, interleaved, less what numpy alone takes."""
    rounds = max(5, min(25, round(seconds * 8)))
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in _WORK}
    for _ in range(rounds):
        for name, work in _WORK.items():
            seen[name].append(_probe(work))
    time = {name: statistics.median(t for t, _ in runs) for name, runs in seen.items()}
    memory = {name: statistics.median(m for _, m in runs) for name, runs in seen.items()}
    note = f"median of {rounds} processes that had imported numpy"
    yield Row("import/time", "import rheostat, above numpy", "ms", time["import"], note=note)
    yield Row("import/first", "import and first estimate, above numpy", "ms", time["estimate"], note=note)
    yield Row("import/memory", "memory after import, above numpy", "MB", memory["import"] - memory["numpy"], note=note)
    yield Row("import/memory-first", "memory after first estimate", "MB", memory["estimate"] - memory["numpy"], note=note)


_SESSIONS = """
import time
import rheostat as rh

count = int(sys.argv[1])
ladder = rh.Ladder([rh.Rung("fast", model="small"), rh.Rung("deep", model="large", thinking_tokens=8_192)])
governor = rh.Governor(ladder, sessions=rh.Sessions(capacity=count))
name = "conversation-{:023}".format  # 36 bytes, as a UUID has
governor.plan("Where is Bergen?", session=name(0), rung="deep", at=0.0)
before, start = peak(), time.perf_counter()
for i in range(1, count):
    governor.plan("Where is Bergen?", session=name(i), at=i * 1e-3)
spent, after = time.perf_counter() - start, peak()
assert governor.plan("yes, do it", session=name(0), at=count * 1e-3).rung.name == "deep", "the oldest session is gone"
print((after - before) / 2**20, spent / count * 1e6)
"""


def sessions(seconds: float) -> Iterator[Row]:
    """Returns the peak memory of a process with that many live sessions in one governor, less its peak with one."""
    count = 1_000_000 if seconds >= 1 else 100_000
    command = [sys.executable, "-c", _PEAK + _SESSIONS, str(count)]
    out = subprocess.run(command, capture_output=True, text=True, check=True)
    memory, each = (float(part) for part in out.stdout.split())
    note = (
        f"names of 36 bytes, {memory * 2**20 / count:.0f} bytes each, {each:.1f} µs a plan; the oldest was still known at the end"
    )
    yield Row(f"sessions/{count}", f"{count:,} live sessions", "MiB", memory, note=note)


_STREAMS = """
import numpy as np
import rheostat as rh
from rheostat import signals

count, kind = int(sys.argv[1]), sys.argv[2]
rows = np.random.default_rng(1).uniform(-9.0, 0.0, (2_100, 20)).astype(np.float32)
words = " ".join(f"word{i}" for i in range(1_200))
governor = rh.Governor(rh.Ladder([rh.Rung("think", model="small", thinking_tokens=8_192)]))

def signals_alone():
    confidence, loops = rh.Confidence(), signals.Loops()
    confidence.update_batch(rows)
    loops.text(words)
    return confidence, loops

def run():
    run = governor.plan("Where is Bergen?", at=0.0).start(at=0.0)
    sample = run.sample(0)
    sample.tokens(rows[:300, 0], rows[:300], at=0.0)
    sample.text(words, 0, at=0.0)
    return run

live = [locals()[kind]()]
before = peak()
for _ in range(count - 1):
    live.append(locals()[kind]())
print((peak() - before) / 2**20)
"""


def streams(seconds: float) -> Iterator[Row]:
    """Returns the peak memory of a process with that many live streams, their windows full, less its peak with one."""
    count = 100_000 if seconds >= 1 else 10_000
    for kind, title, note in (
        ("signals_alone", "confidence and loops", "a window of 2,048 and a period of 256, both full"),
        ("run", "runs with one stream each", "a window of 256 and a period of 1,024, both full"),
    ):
        command = [sys.executable, "-c", _PEAK + _STREAMS, str(count), kind]
        out = subprocess.run(command, capture_output=True, text=True, check=True)
        memory = float(out.stdout)
        note = f"{note}; {memory * 2**10 / count:.1f} KiB each"
        yield Row(f"streams/{count}/{kind}", f"{count:,} live streams: {title}", "MiB", memory, note=note)


def sizes(_seconds: float) -> Iterator[Row]:
    """Bytes on disk: the estimator's artifact, the native module, the wheel where one has been built."""
    package = Path(rh.__file__).parent
    artifacts = [
        *(ROOT / "rust" / "core").rglob("*.rheo"),
        *(ROOT / "rust" / "core").rglob("*.bin"),
        *(ROOT / "rust" / "core").rglob("*.art"),
    ]
    native = [*package.glob("_native*.so"), *package.glob("_native*.pyd")]
    wheels = [*ROOT.glob("dist/*.whl"), *ROOT.glob("target/wheels/*.whl")]
    for key, title, files in (
        ("size/artifact", "shipped artifact", artifacts),
        ("size/native", "native module", native),
        ("size/wheel", "wheel", sorted(wheels, key=lambda p: p.stat().st_mtime)[-1:]),
    ):
        found = [path.stat().st_size for path in files]
        yield Row(key, title, "bytes", float(sum(found)) if found else None, note=", ".join(p.name for p in files) or "not built")
