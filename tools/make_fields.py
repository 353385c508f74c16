"""Writes `python/rheostat/_fields.py` from the stub: `python tools/make_fields.py [--check]`.

A configuration file's tables are the arguments of the classes' constructors. Their names and types stand in the bindings, from
which the stub is made; this copies them to where a program finds them at run time. An argument whose type a file cannot hold
is left out.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUB = ROOT / "python" / "rheostat" / "_native.pyi"
FIELDS = ROOT / "python" / "rheostat" / "_fields.py"
OFF = {"low_confidence"}
"""Fields that are off by default and were on once: files that turn them off stay valid."""
CLASSES = (
    "Cap", "Ceiling", "Doubt", "Ladder", "Ledger", "Move", "Paced", "Ramp", "Rules", "Rung", "Sessions", "Shares", "Threshold",
    "Utility",
)  # fmt: skip
PLAIN = {"bool", "float", "int", "str"}
LISTS = {"Iterable", "Sequence", "list"}
TABLES = {"Mapping", "dict"}
HEAD = '''"""The fields of a configuration file's tables. Generated from the stub by tools/make_fields.py."""

from typing import NamedTuple


class Field(NamedTuple):
    """A constructor's argument: its type, whether it must be given, whether None is another value than the default."""

    kind: str
    required: bool = False
    nullable: bool = False


'''


def kind_of(annotation: ast.expr, sets: set[str]) -> str | None:
    """A type as a file's reader knows it; None for one that a file cannot hold."""
    match annotation:
        case ast.Name(name) if name in PLAIN or name in CLASSES:
            return name
        case ast.BinOp(left, ast.BitOr(), right):
            return kind_of(left, sets) or kind_of(right, sets)
        case ast.Subscript(ast.Name("Literal")):
            return "str"
        case ast.Name(name) if name in sets:
            return "str"
        case ast.Subscript(ast.Name(name), item) if name in LISTS and (kind := kind_of(item, sets)):
            return f"list[{kind}]"
        case ast.Subscript(ast.Name(name), ast.Tuple([ast.Name("str"), item])) if name in TABLES and (
            kind := kind_of(item, sets)
        ):
            return f"dict[str, {kind}]"
    return None


def field(name: str, annotation: ast.expr, default: ast.expr | None, sets: set[str]) -> str | None:
    """The source of one `Field`."""
    optional = isinstance(annotation, ast.BinOp) and ast.unparse(annotation.right) == "None"
    kind = kind_of(annotation.left if isinstance(annotation, ast.BinOp) and optional else annotation, sets)
    if kind is None:
        return None
    required = ", required=True" if default is None else ""
    another = default is not None and ast.unparse(default) != "None"
    nullable = ", nullable=True" if optional and (another or name in OFF) else ""
    return f'Field("{kind}"{required}{nullable})'


def fields(constructor: ast.FunctionDef, sets: set[str]) -> dict[str, str]:
    """The source of a `Field` for each argument that a file can hold."""
    given = constructor.args
    positional = given.args[1:]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    pairs = [*zip(positional, [*missing, *given.defaults], strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    found = {
        argument.arg: argument.annotation and field(argument.arg, argument.annotation, default, sets)
        for argument, default in pairs
    }
    return {name: source for name, source in found.items() if source}


def make(stub: str) -> str:
    """The module's text."""
    lines, sets = [], set()
    for node in ast.parse(stub).body:
        match node:
            case ast.AnnAssign(ast.Name(name), value=ast.Subscript(ast.Name("Literal"))):
                sets.add(name)
        if isinstance(node, ast.ClassDef) and node.name in CLASSES:
            constructor = next(one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__new__")
            inner = "".join(f'        "{name}": {source},\n' for name, source in fields(constructor, sets).items())
            lines.append(f'    "{node.name}": {{\n{inner}    }},\n')
    return f"{HEAD}FIELDS: dict[str, dict[str, Field]] = {{\n{''.join(sorted(lines))}}}\n"


def main() -> None:
    """Writes the module, or fails if the one that is there is stale."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if the module is stale")
    made = make(STUB.read_text(encoding="utf-8"))
    if not arguments.parse_args().check:
        FIELDS.write_text(made, encoding="utf-8")
    elif made != FIELDS.read_text(encoding="utf-8"):
        sys.exit(f"{FIELDS} is stale: `make stub` writes it anew")


if __name__ == "__main__":
    main()
