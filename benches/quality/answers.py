"""False and missed equalities of answers, by group: `python -m benches.quality answers`.

Each row of a file is a pair of answers, `same` or not, with its `group`. A pair that is not the same and compares as the same
is false: a vote counts it as agreement. A pair that is the same and does not compare so is missed. `--beside PYTHON` adds the
row of math-verify (https://github.com/huggingface/Math-Verify), run by an interpreter that has it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rheostat.votes import normalise

PAIRS = Path(__file__).resolve().parents[2] / "tests" / "cases" / "answer_pairs.jsonl"
MOST_FALSE, MOST_MISSED = 0.02, 0.25
BESIDE = """
import json, logging, sys
from math_verify import ExprExtractionConfig, LatexExtractionConfig, StringExtractionConfig, parse, verify
logging.disable(logging.CRITICAL)
kinds = (LatexExtractionConfig(), ExprExtractionConfig(), StringExtractionConfig())
read = lambda text: parse(text, extraction_config=kinds, parsing_timeout=5, raise_on_error=False)
for line in sys.stdin:
    a, b = json.loads(line)
    try:
        same = verify(read(a), read(b), timeout_seconds=5)
    except Exception:
        same = False
    print(json.dumps(bool(same)), flush=True)
"""


@dataclass
class Errors:
    """Errors of one group."""

    false: int = 0
    different: int = 0
    missed: int = 0
    same: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.false + other.false,
            self.different + other.different,
            self.missed + other.missed,
            self.same + other.same,
        )

    @property
    def rates(self) -> tuple[float, float]:
        """Share of false ones among different pairs, and of missed ones among same pairs."""
        return self.false / max(self.different, 1), self.missed / max(self.same, 1)


Pair = dict[str, object]


def read(path: Path) -> list[Pair]:
    """The pairs of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def judge(pairs: Sequence[Pair], verdicts: Sequence[bool]) -> dict[str, Errors]:
    """Errors by group, in the file's order of groups."""
    groups: dict[str, Errors] = {}
    for pair, verdict in zip(pairs, verdicts, strict=True):
        same = bool(pair["same"])
        row = Errors(not same and verdict, not same, same and not verdict, same)
        group = str(pair["group"])
        groups[group] = groups.get(group, Errors()) + row
    return groups


def ours(pairs: Sequence[Pair], kind: str = "auto") -> list[bool]:
    """The verdict of the normal form on each pair."""
    form: Callable[[str], str] = lambda text: normalise(text, kind)  # type: ignore[arg-type]  # noqa: E731
    return [form(str(pair["a"])) == form(str(pair["b"])) for pair in pairs]


def beside(pairs: Sequence[Pair], python: str) -> list[bool]:
    """The verdict of math-verify on each pair."""
    asked = "".join(json.dumps([pair["a"], pair["b"]]) + "\n" for pair in pairs)
    done = subprocess.run([python, "-c", BESIDE], input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the bench's own arguments."""
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="a file of pairs, as JSON lines")
    parser.add_argument("--beside", metavar="PYTHON", help="an interpreter that has math-verify")
    parser.add_argument("--check", action="store_true", help="fail above 2 %% false or 25 %% missed")


def run(args: argparse.Namespace) -> int:
    """Prints the table; exit status 1 with `--check` where a bar is passed."""
    pairs = read(args.pairs)
    columns = {"rheostat": judge(pairs, ours(pairs))}
    if args.beside:
        columns["math-verify"] = judge(pairs, beside(pairs, args.beside))
    totals = {name: sum(groups.values(), Errors()) for name, groups in columns.items()}
    if args.json:
        print(json.dumps({name: {"false": total.rates[0], "missed": total.rates[1]} for name, total in totals.items()}))
    else:
        heads = "".join(f"{name + ' false':>20}{'missed':>12}" for name in columns)
        print(f"{'group':<26}{heads}")
        for group in columns["rheostat"]:
            print(f"{group:<26}" + "".join(cells(groups[group]) for groups in columns.values()))
        print(f"{'all':<26}" + "".join(cells(total) for total in totals.values()))
        rates = "".join(f"{total.rates[0]:>20.1%}{total.rates[1]:>12.1%}" for total in totals.values())
        print(f"{'':<26}{rates}")
    false, missed = totals["rheostat"].rates
    return int(args.check and (false > MOST_FALSE or missed > MOST_MISSED))


def cells(errors: Errors) -> str:
    """A row's two cells."""
    return f"{f'{errors.false} of {errors.different}':>20}{f'{errors.missed} of {errors.same}':>12}"
