"""Results of a long bench, kept part by part in a folder, so that it can be stopped and go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kept:
    """A folder of parts, one file each; without a folder every part is computed."""

    folder: Path | None
    stamp: str
    """The code and settings of the parts; a part with another stamp is computed anew."""

    def part(self, name: str, compute: Callable[[], list[float]]) -> list[float]:
        """The numbers of one part, from its file if there is one."""
        if self.folder is None:
            return compute()
        file = self.folder / f"{name}.json"
        if file.is_file():
            found = json.loads(file.read_text())
            if found["stamp"] == self.stamp:
                values: list[float] = found["values"]
                return values
        values = compute()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Renamed, so that a part is there whole or not at all.
        whole = file.with_suffix(".new")
        whole.write_text(json.dumps({"stamp": self.stamp, "values": values}))
        whole.rename(file)
        return values
