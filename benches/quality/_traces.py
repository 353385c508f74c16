"""Recorded samples, found by RHEOSTAT_TRACES."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DEFAULT = Path("../shared/traces")
"""Where traces are looked for without RHEOSTAT_TRACES, from the working directory."""


class MissingTracesError(Exception):
    """The traces are not there; the message is one line that says where they were looked for."""


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The lines of a file of JSON lines, which may be compressed.

    Raises:
        MissingTracesError: There is no such file.
    """
    path = Path(os.environ.get("RHEOSTAT_TRACES", DEFAULT)) / name
    if not path.is_file():
        raise MissingTracesError(f"no traces in {path.parent}: set RHEOSTAT_TRACES to the folder that holds {name}")
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
