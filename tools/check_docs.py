"""Checks the documents against the program: `python tools/check_docs.py [--write]`.

In every Markdown file of the project, relative links must lead to existing files and headings, and each `make VERB` must be a
verb of the Makefile. Every file that ARCHITECTURE names must exist, and define the functions that it names there. README and
docs/speed.md show the program's output and the benchmarks' record between markers; `--write`
updates those parts.
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
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
CORE = ROOT / "rust" / "core" / "src"
WIRE = ROOT / "rust" / "wire" / "src"
RECORD = ROOT / "benches" / "record" / "latest.md"
SKIP = {".venv", "target", "node_modules", ".git", ".pytest_cache", ".hypothesis"}
SHOWN = (0, 13, 19, 30, 38, 47, 57, 62)
"""The shipped prompts that README shows, by their index."""
MEASURED = (
    "decide, 58 bytes, latin",
    "decide, 2,000 bytes, latin",
    "decide, raw 8 KiB body",
    "confidence per token, from a list",
    "logit_stats, 151,936 floats",
    "vote stop decision, Beta, per answer",
)
"""The rows of the benchmarks' record that README shows."""


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
    """Verbs of `make` that are not in the Makefile."""
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for verb in re.findall(r"`make ([a-z-]+)", text):
        if verb not in known:
            yield f"no such verb: make {verb}"


def plans() -> str:
    """The first screen: prompts and their plans."""
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


def places(text: str) -> Iterator[str]:
    """Files that ARCHITECTURE names and the tree lacks, and functions that those files lack."""
    for name, functions in re.findall(r"`([\w/.]+\.(?:rs|py))`((?: → (?:`[\w:]+`(?:, |))+)?)", text):
        path = next((folder / name for folder in (ROOT, CORE, WIRE) if (folder / name).exists()), None)
        if path is None:
            yield f"no such file: {name}"
            continue
        known = path.read_text(encoding="utf-8")
        for function in re.findall(r"`(?:\w+::)?(\w+)`", functions):
            if f"fn {function}" not in known and f"def {function}" not in known:
                yield f"{name} defines no {function}"


NO_RECORD = "No record of this version has been taken yet; `make bench` takes one, with the machine, the versions and the date."


def benchmarks() -> str:
    """The newest record: every row, with the bars and the competitors."""
    if not RECORD.exists():
        return NO_RECORD
    text = RECORD.read_text(encoding="utf-8")
    summary = next(line for line in text.splitlines() if line.startswith("**"))
    table = [line for line in text.splitlines() if line.startswith("|")]
    return "\n".join([_taken(text), "", summary.split(" How each", 1)[0], "", *table])


def speed() -> str:
    """The rows of the newest record that README shows."""
    if not RECORD.exists():
        return NO_RECORD
    text = RECORD.read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    rows = {row[0]: row for row in cells if row[0]}
    shown = [rows[name] for name in MEASURED]
    lines = [
        f"| {what} | {ours} {unit} | {theirs} {unit} | {peer} | {ratio} |"
        for what, unit, ours, _, peer, theirs, _, ratio, *_ in shown
    ]
    head = ["| median of | rheostat | peer | which | ratio |", "|---|--:|--:|---|--:|"]
    return "\n".join([_taken(text), "", *head, *lines])


def _taken(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("Taken on"))


SECTIONS: dict[Path, dict[str, Callable[[], str]]] = {
    README: {"plans": plans, "runs": runs, "speed": speed},
    ROOT / "docs" / "speed.md": {"benchmarks": benchmarks},
}
"""The made parts of each document."""


def sections(path: Path) -> tuple[str, list[str]]:
    """A document with its made parts rebuilt, and the names of those that differ."""
    text, stale = path.read_text(encoding="utf-8"), []
    for name, make in SECTIONS[path].items():
        begin, end = f"<!-- {name}: made by `python tools/check_docs.py --write` -->", f"<!-- {name}: end -->"
        found = re.search(re.escape(begin) + r"\n(.*?)" + re.escape(end), text, re.DOTALL)
        if found is None:
            stale.append(f"no section for {name}")
            continue
        made = make() + "\n"
        if found[1] != made:
            stale.append(f"the section {name} differs from the program's output: python tools/check_docs.py --write")
            text = text[: found.start(1)] + made + text[found.end(1) :]
    return text, stale


def main() -> int:
    """Checks the documents, or writes their made parts; exit status 1 when a check fails."""
    parser = argparse.ArgumentParser(description="check the documents against the program")
    parser.add_argument("--write", action="store_true", help="rebuild the made parts of README.md and docs/speed.md")
    asked = parser.parse_args()
    wrong = []
    for path in SECTIONS:
        text, stale = sections(path)
        if asked.write:
            path.write_text(text, encoding="utf-8")
        else:
            wrong += [f"{path.relative_to(ROOT)}: {fault}" for fault in stale]
    wrong += [f"ARCHITECTURE.md: {fault}" for fault in places(ARCHITECTURE.read_text(encoding="utf-8"))]
    for path in documents():
        text = path.read_text(encoding="utf-8")
        wrong += [f"{path.relative_to(ROOT)}: {fault}" for fault in (*links(path, text), *verbs(text))]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
