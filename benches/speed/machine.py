"""Where and with what a record was taken: processor, cores, load and versions. No names of hosts, no paths."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy as np

import rheostat as rh

from . import competitors

_COMPETITORS = ("litellm", "deepconf", "AdaptiveConsistency", "scipy")
_INSTRUCTIONS = ("avx2", "fma", "avx512f", "avx512bw", "neon", "asimd", "sve")


class DebugBuild(Exception):
    """rheostat was compiled without optimisation: its numbers would mean nothing."""


def build() -> dict[str, Any]:
    """Returns `rheostat.build_info()`; raises `DebugBuild` unless it is a release build."""
    info = rh.build_info()
    told = {key: value for key, value in info.items() if isinstance(value, (str, int, float, bool, list, tuple))}
    if told.get("debug") is True or str(told.get("profile", "")).lower() in ("debug", "dev"):
        raise DebugBuild("this is a debug build of rheostat; build it with --release and run again")
    if not ({"debug", "profile"} & told.keys()):
        raise DebugBuild(f"rheostat.build_info() does not say whether this is a release build: {told}")
    return told


def _cpu() -> tuple[str, list[str]]:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor() or platform.machine(), []
    fields: dict[str, str] = {}
    for line in info.read_text().splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    model = fields.get("model name", platform.machine())
    family = f" (family {fields['cpu family']}, model {fields['model']})" if "cpu family" in fields else ""
    return model + family, [name for name in _INSTRUCTIONS if name in flags]


def load() -> float:
    """Processes that wanted to run during the last minute, on average."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


def machine() -> dict[str, Any]:
    """The machine: processor, the instruction sets that matter here, cores that we may use, system, memory."""
    model, instructions = _cpu()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "cpu": model,
        "instructions": instructions,
        "cores": cores,
        "memory_gb": round(memory / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Python, numpy, rheostat and every competitor."""
    own = getattr(rh, "__version__", competitors.version("rheostat"))
    told = {"python": platform.python_version(), "numpy": np.__version__, "rheostat": str(own)}
    return told | {name: competitors.version(name) for name in _COMPETITORS}
