"""From the outcome data to the bytes of ``rust/core/assets/difficulty.bin``: ``python training/difficulty/train.py``.

Writes ``report.json`` beside itself as well: every figure of the model card that training knows. Seeded; nothing depends on
the machine but the last bits of floating-point sums.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import artifact
import gadget
import heads
import numpy as np
import scan
import validate
from data import Data
from location import Location

ASSET = scan.ROOT / "rust" / "core" / "assets" / "difficulty.bin"
REPORT = Path(__file__).with_name("report.json")
NAME = "difficulty-6"
#: A word is known if at least this many training prompts have it.
SEEN_OFTEN = 3
SEEN_BITS = 1 << 17
#: By how much the gain's logit rises with log₂ of the ask's characters: the 0.03 of net gain for each deviation of log
#: length that the recipe for few labels takes as its prior, at a mean gain of 0.12 and 1.3 octaves a deviation.
TILT_BY_SIZE = 0.4
#: Where only a fact or another form of a text is asked for: structure above the first number is the size of material,
#: and this share of it is taken off.
MATERIAL_FROM, MATERIAL_SHARE = -0.5, 0.8
#: An ability is an expected accuracy at this location, the mean of the outcome rows. In chances without outcomes a location's
#: deviation from it counts by the second number if it is easier, by the third if it is harder. The mean change of the Brier score
#: against the ability's alone, kinds of data left out in turn: -0.0012 with neither, -0.0008 so.
REFERENCE, EASIER, HARDER = -0.41, 1.5, 0.5


def sections(data: Data, model: Location, floor: float) -> dict[str, bytes]:
    """Everything that the artifact holds."""
    bound = model.bound(data)
    size = float(data.scans.inputs[data.real, data.names.index("characters")].mean())
    words, word_unit = artifact.signed(model.words)
    pairs, pair_unit = artifact.signed(model.pairs)
    last = [TILT_BY_SIZE, size, MATERIAL_FROM, MATERIAL_SHARE, REFERENCE, EASIER, HARDER]
    return {
        "name": NAME.encode(),
        "scalars": artifact.floats([model.bias, word_unit, pair_unit, model.base, 1.0, floor, bound, *last]),
        "weights": artifact.floats(model.inputs),
        "means": artifact.floats(data.means),
        "least": artifact.floats(data.least),
        "greatest": artifact.floats(data.greatest),
        "words": words,
        "pairs": pairs,
        "seen": artifact.bits(data.seen_words(SEEN_OFTEN), SEEN_BITS),
        "domains": artifact.floats(heads.domains(data).ravel()),
        "thinking": artifact.floats(heads.thinking(data)),
        "output": artifact.floats(heads.output(data, model.of(data.design))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ASSET, help="where the artifact goes")
    parser.add_argument("--quick", action="store_true", help="no validation: keep what the last report says off distribution")
    parser.add_argument(
        "--asks", action="store_true", help="only the second stage: keep the artifact's weights of all but the asks"
    )
    arguments = parser.parse_args()
    data = Data()
    everything = np.ones(len(data.table), bool)
    if arguments.quick or arguments.asks:
        report = json.loads(REPORT.read_text(encoding="utf-8"))
    else:
        report = validate.report(data)
    if arguments.asks:
        model = Location.of_artifact(data, artifact.read(ASSET.read_bytes()))
        report["asks"] = validate.asks_left_out(data, model)
        model.fit_asks(data, everything)
        report["gadget"] = gadget.damage(data, model)
    else:
        model = Location(data, everything)
    if not arguments.quick:
        REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        print(validate.summary(report))
    content = artifact.build(data.schema, sections(data, model, report["kept_off_distribution"]))
    arguments.output.write_bytes(content)
    print(f"{arguments.output}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
