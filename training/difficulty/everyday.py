"""Draws the everyday asks that the policy `Shares` starts from: `rust/core/src/policy/shares/everyday.txt`.

The asks are those of `asks/`, written for this project: 140 easy, 50 of a few steps, 5 hard and 5 deep ones, the mix of the
reference traffic (70 %, 25 %, 5 %). Templates take turns, so that no template weighs more than another. The core estimates the
texts with whatever estimator a governor has, so a new model needs no new list.

    python training/difficulty/everyday.py --write
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from asks import draw, templates

PATH = Path(__file__).resolve().parents[2] / "rust" / "core" / "src" / "policy" / "shares" / "everyday.txt"
COUNTS = {"easy": 140, "medium": 50, "hard": 5, "deep": 5}
SEED = 14


def drawn() -> list[str]:
    """The asks, easy ones first."""
    texts: list[str] = []
    for name, count in COUNTS.items():
        rng = random.Random(f"{SEED}/{name}")
        queues = [list(draw(template, rng)) for _, template in templates(name)]
        rng.shuffle(queues)
        found: list[str] = []
        while len(found) < count:
            for queue in queues:
                text = queue.pop() if queue else ""
                if text and not set(text) & set("{|}\n") and text not in found and len(found) < count:
                    found.append(text)
            if not any(queues):
                raise SystemExit(f"{name}: the templates give only {len(found)} asks")
        texts += found
    return texts


def main() -> None:
    """Writes the list, or checks that it is the one drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the file; else compare with it")
    text = "".join(f"{line}\n" for line in drawn())
    if parser.parse_args().write:
        PATH.write_text(text, encoding="utf-8")
    elif PATH.read_text(encoding="utf-8") != text:
        raise SystemExit(f"{PATH} is not what the templates give: run with --write")


if __name__ == "__main__":
    main()
