"""The project's prose, held to plain English: `python tools/check_prose.py [FILE …]`.

Reads every tracked Markdown file, the comments and doc comments of Rust, the docstrings and comments of Python, and the words
that the command line prints. Prints `file:line: found; write instead` for each banned turn, and exits 1 if there is one.

Two kinds of turn are banned. *Phrases* hide the actor or the number ("nobody", "so many", "is told"). *Openings* start a doc
line without its noun ("What …", "How much …", "Whether …", "The same, …"): the first word of a doc line is the thing that
it defines, or the verb of what a function does.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SKIPPED = ("benches/record/", "tools/check_prose.py")
"""Files that a program writes, and this one, which names what it bans."""

PHRASES = {
    r"\bnobody\b": "name who does not, or say 'no caller', 'none'",
    r"\bso (?:many|few)\b": "the number, or its name: 'up to 8', 'n of them'",
    r"\breckon(?:s|ed|ing)?\b": "count, compute, use, include",
    r"\b(?:bears?|bearing|borne|bore) out\b": "supports, confirms",
    r"\b(?:is|are|was|were|be) told\b(?! apart)": "gets, receives; or name who tells",
    r"\b(?:says?|said|saying) (?:nothing |something |anything )?of\b": "describes, states about; name the field",
    r"\bwhat (?:\w+ ){1,4}says\b": "name the noun: 'the rung's price', not 'what the rung says'",
    r"\bas nearly always\b": "usually; or name the common case",
    r"\bis made anew\b": "is rebuilt",
    r"\bis not allowed; it must\b": "'X must be Y, got Z'",
    r"\bit is said\b": "name who reports it, and where",
    r"\bhas no say\b": "is not used, does not count",
    r"\bis believed\b": "is accepted; name the test",
    r"\bof which nothing\b": "split the sentence",
    r"\bby a hair\b": "the amount",
}
"""Turns that are banned anywhere, and what to write instead."""

OPENINGS = {
    r"What\b": "the noun that is defined",
    r"Whether\b": "'True if …', or the verb",
    r"How (?:many|much|far|often|likely|long|well|fast|hard|sure)\b": "the noun and its unit: 'Number of …', 'Share of …'",
    r"Which\b": "the noun that is defined",
    r"Who(?:se)?\b": "the noun that is defined",
    r"The same\b": "the verb and its object: 'Copies …', 'Like `x`, but …'",
    r"So many\b": "the noun and its unit",
    r"As (?:many|much|nearly)\b": "the noun that is defined",
    r"Of (?:the|a|an|what)\b": "subject first",
}
"""Words that a doc line must not begin with, and what to begin with instead."""

_PHRASES = [(re.compile(turn, re.IGNORECASE), better) for turn, better in PHRASES.items()]
_OPENINGS = [(re.compile(turn), better) for turn, better in OPENINGS.items()]
_ARGUMENT = re.compile(r"^\s{4,}\*{0,2}\w+(?: \([^)]*\))?: ")
"""A line of a docstring that explains one argument or attribute: `name: …`."""

Line = tuple[int, str, bool]
"""Number of the line, its text, and whether a definition opens there."""


def markdown(text: str) -> Iterator[Line]:
    """Yields the lines outside blocks of code, tables of output and made parts."""
    fenced = made = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        made = (made or ": made by `" in line) and ": end -->" not in line
        if not fenced and not made and "<!--" not in line:
            yield number, re.sub(r"`[^`]*`", "`…`", line), False


def rust(text: str) -> Iterator[Line]:
    """Yields comments and doc comments. A definition opens where the line before is no doc comment, or an empty one."""
    opens = True
    for number, line in enumerate(text.splitlines(), 1):
        found = re.search(r"(?:^|\s)//([/!]?)\s?(.*)$", line)
        if found is None or re.search(r'"[^"]*//', line):
            opens = True
            continue
        doc = bool(found[1]) and line.lstrip().startswith("//")
        yield number, re.sub(r"`[^`]*`", "`…`", found[2]), doc and opens
        opens = not doc or not found[2].strip()


def python(text: str, printed: bool) -> Iterator[Line]:
    """Yields docstrings and comments, and all strings where they are printed."""
    tree = ast.parse(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    # A string after an assignment documents it.
    docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in docs:
            opens = True
            for offset, line in enumerate(node.value.splitlines()):
                argument = _ARGUMENT.match(line)
                said = line[argument.end() :] if argument else line.strip()
                if not said.startswith((">>>", "...")):
                    yield node.lineno + offset, re.sub(r"`[^`]*`", "`…`", said), opens or argument is not None
                opens = not line.strip()
        elif printed:
            yield node.lineno, node.value, False
    for token in tokenize.generate_tokens(iter(text.splitlines(keepends=True)).__next__):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("#: "), False


def lines(path: str, text: str) -> Iterator[Line]:
    """Yields the prose of a file."""
    if path.endswith(".md"):
        yield from markdown(text)
    elif path.endswith(".rs"):
        yield from rust(text)
    else:
        yield from python(text, "_cli/" in path or path.endswith("verb.py"))


def faults(path: str, text: str) -> Iterator[str]:
    """Yields the banned turns of a file, with what to write instead."""
    for number, line, opens in lines(path, text):
        for turn, better in _PHRASES:
            if found := turn.search(line):
                yield f'{path}:{number}: "{found[0]}"; write instead: {better}'
        for turn, better in _OPENINGS if opens else ():
            if found := turn.match(line):
                yield f'{path}:{number}: opens with "{found[0]}"; write instead: {better}'


def tracked() -> list[str]:
    """Paths of the files that git tracks."""
    listed = subprocess.run(["git", "ls-files", "*.md", "*.rs", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def main(paths: list[str]) -> int:
    """Checks the given files, or all; exit status 1 when a banned turn was found."""
    found = 0
    for path in paths or [path for path in tracked() if not path.startswith(SKIPPED)]:
        if (ROOT / path).exists():
            for fault in faults(path, (ROOT / path).read_text(encoding="utf-8")):
                found += 1
                print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
