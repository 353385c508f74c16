"""What the documents say still holds: `python tools/check_docs.py [--write]`.

Checked in every Markdown file of the project: relative links lead to files and headings that are there, and each `make VERB`
is a verb of the Makefile. What README shows of the program's output, and of the benchmarks' record, is between markers and is
made by the program; `--write` makes it anew.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
RECORD = ROOT / "benches" / "record" / "latest.md"
SKIP = {".venv", "target", "node_modules", ".git", ".pytest_cache", ".hypothesis"}
SHOWN = (0, 5, 13, 19, 24, 30, 38, 47, 52, 57, 59, 62)
"""Which of the shipped prompts README shows."""


def documents() -> Iterator[Path]:
    """Every Markdown file of the project."""
    for path in sorted(ROOT.rglob("*.md")):
        if not SKIP & set(path.relative_to(ROOT).parts):
            yield path


def prose(text: str) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The names that headings can be linked by."""
    heads = re.findall(r"^#+ +(.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def links(path: Path, text: str) -> Iterator[str]:
    """Links that lead nowhere."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        to = (path.parent / name).resolve() if name else path
        if not to.exists():
            yield f"no such file: {target}"
        elif anchor and to.suffix == ".md" and anchor not in anchors(to.read_text(encoding="utf-8")):
            yield f"no such heading: {target}"


def verbs(text: str) -> Iterator[str]:
    """Verbs of `make` that there are not."""
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for verb in re.findall(r"`make ([a-z-]+)", text):
        if verb not in known:
            yield f"no such verb: make {verb}"


def plans() -> str:
    """The first screen: prompts and what they get."""
    return _console(lambda demo, console, governor, rows: demo.prompts(console, governor, [rows[i] for i in SHOWN], timed=False))


def runs() -> str:
    """Runs on synthetic streams."""
    return _console(lambda demo, console, governor, _: demo.runs(console, governor))


def _console(show: Callable[..., None]) -> str:
    from rich.console import Console

    from rheostat import config

    sys.path.insert(0, str(ROOT / "examples"))
    import demo

    rows = [json.loads(line) for line in (ROOT / "examples" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()]
    console = Console(file=io.StringIO(), width=128, highlight=False, color_system=None)
    show(demo, console, config.load(ROOT / "examples" / "ladder.toml").governor(seed=0), rows)
    printed: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "```text\n" + "\n".join(line.rstrip() for line in printed.strip("\n").splitlines()) + "\n```"


def benchmarks() -> str:
    """The newest record: what was measured, and beside whom."""
    if not RECORD.exists():
        return (
            "No record of this version has been taken yet; `make bench` takes one, with the machine, the versions and the date."
        )
    text = RECORD.read_text(encoding="utf-8")
    taken = next(line for line in text.splitlines() if line.startswith("Taken on"))
    summary = next(line for line in text.splitlines() if line.startswith("**"))
    table = [line for line in text.splitlines() if line.startswith("|")]
    return "\n".join([taken, "", summary.split(" How each", 1)[0], "", *table])


SECTIONS: dict[str, Callable[[], str]] = {"plans": plans, "runs": runs, "benchmarks": benchmarks}


def sections(text: str) -> tuple[str, list[str]]:
    """README with its made parts made anew, and which of them differ."""
    stale = []
    for name, make in SECTIONS.items():
        begin, end = f"<!-- {name}: made by `python tools/check_docs.py --write` -->", f"<!-- {name}: end -->"
        found = re.search(re.escape(begin) + r"\n(.*?)" + re.escape(end), text, re.DOTALL)
        if found is None:
            stale.append(f"no section for {name}")
            continue
        made = make() + "\n"
        if found[1] != made:
            stale.append(f"the section {name} is not what the program says now: python tools/check_docs.py --write")
            text = text[: found.start(1)] + made + text[found.end(1) :]
    return text, stale


def main() -> int:
    """Check, or write; exit status 1 when something does not hold."""
    parser = argparse.ArgumentParser(description="check what the documents say")
    parser.add_argument("--write", action="store_true", help="make README's made parts anew")
    asked = parser.parse_args()
    wrong = []
    text, stale = sections(README.read_text(encoding="utf-8"))
    if asked.write:
        README.write_text(text, encoding="utf-8")
    else:
        wrong += [f"README.md: {said}" for said in stale]
    for path in documents():
        text = path.read_text(encoding="utf-8")
        wrong += [f"{path.relative_to(ROOT)}: {said}" for said in (*links(path, text), *verbs(text))]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
