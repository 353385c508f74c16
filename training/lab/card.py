"""Writes the model card from the weights themselves: `python -m training.lab.card --questions 400`."""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

from rheostat.lab import FAMILIES, KINDS, Lab
from rheostat.lab.questions import LANGUAGES, make, of_kind

from .evaluate import SEED, table

CARD = Path("docs/lab_model_card.md")
TEMPLATE = Path(__file__).with_name("card.txt")


def card(lab: Lab, questions: int) -> str:
    """The whole card."""
    rng = Random(SEED)
    kinds = {
        f"{kind}, {'held-out' if held else 'trained'} phrasings": [of_kind(rng, kind, held) for _ in range(questions)]
        for kind in KINDS
        for held in (False, True)
    }
    families = {
        f"{family} {level}": [make(rng, family, level, rng.choice(LANGUAGES)) for _ in range(questions)]
        for family, module in FAMILIES.items()
        for level in module.LEVELS
    }
    files = [
        f"| {name} | {f['width']} | {f['layers']} | {f['heads']} | {f['parameters']:,} | {f['training']['tokens'] / 1e6:.1f} M | "
        f"{f['training']['steps']:,} | {f['training']['seconds'] / 60:.0f} | `{f['sha256'][:16]}…` |"
        for name, f in lab.weights.manifest["models"].items()
    ]
    manifest = lab.weights.manifest
    return TEMPLATE.read_text(encoding="utf-8").format(
        files="\n".join(files),
        sayable=manifest["sayable"],
        words=len(manifest["vocabulary"]),
        questions=questions,
        kinds=table(lab, kinds),
        families=table(lab, families),
    )


def main() -> None:
    """Reads the arguments, writes the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=400, help="of each row")
    parser.add_argument("--weights", type=Path, default=Path("lab/rheostat_lab"))
    arguments = parser.parse_args()
    CARD.write_text(card(Lab.load(arguments.weights, capacity=64), arguments.questions), encoding="utf-8")


if __name__ == "__main__":
    main()
