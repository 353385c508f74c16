"""Writes the model card from the weights themselves: `python -m training.lab.card --questions 400`."""

from __future__ import annotations

import argparse
from pathlib import Path

from rheostat_lab import Lab

from . import evaluate

CARD = Path("docs/lab_model_card.md")
TEMPLATE = Path(__file__).with_name("card.txt")


def card(lab: Lab, questions: int) -> str:
    """The whole card."""
    manifest = lab.weights.manifest
    files = [
        f"| {name} | {f['width']} | {f['layers']} | {f['heads']} | {f['parameters']:,} | {f['training']['tokens'] / 1e6:.1f} M | "
        f"{f['training']['steps']:,} | {f['training']['loss']:.3f} | `{f['sha256'][:16]}…` |"
        for name, f in manifest["models"].items()
    ]
    scorer = manifest["scorers"]["lab-steps"]
    judged = [
        f"| {model} | {100 * f['right_share']:.0f} | {f['auroc']:.3f} | {f['pairs']} | {100 * f['preferred']:.1f} |"
        for model, f in scorer["training"]["held_out"].items()
    ]
    of_kinds, of_families = evaluate.kinds(questions), evaluate.families(questions)
    return TEMPLATE.read_text(encoding="utf-8").format(
        files="\n".join(files),
        sayable=manifest["sayable"],
        words=len(manifest["vocabulary"]),
        questions=questions,
        scorer_parameters=f"{scorer['parameters']:,}",
        scorer_sampled=f"{scorer['training']['sampled']:,}",
        scorer_steps=f"{scorer['training']['steps']:,}",
        judged="\n".join(judged),
        kinds=evaluate.table(lab, of_kinds),
        samples=evaluate.with_samples(lab, evaluate.sampled_groups(of_kinds, of_families)),
        families=evaluate.table(lab, of_families),
    )


def main() -> None:
    """Reads the arguments, writes the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=400, help="of each row")
    parser.add_argument("--weights", type=Path, default=Path("lab/rheostat_lab/models"))
    arguments = parser.parse_args()
    CARD.write_text(card(Lab.load(arguments.weights, capacity=64), arguments.questions), encoding="utf-8")


if __name__ == "__main__":
    main()
