"""Writes `python/rheostat/_native.pyi` from the bindings: `python tools/make_stub.py [--check] [--profile NAME]`.

PyO3 records every signature, type and docstring as data in a library that is built with the feature `stub`; maturin reads them.
Where a Rust type does not say which Python type is meant, an annotation in `#[pyo3(signature = ...)]` or `typed!` does. The
names in those annotations, and the few declarations that PyO3 has no words for, are in `rust/python/src/stub.pyi`. The
exceptions are made when the module is loaded, so they are read from the module.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import importlib
import inspect
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUB = ROOT / "python" / "rheostat" / "_native.pyi"
BINDINGS = ROOT / "rust" / "python"
PRELUDE = BINDINGS / "src" / "stub.pyi"
HEAD = "# Generated from rust/python by tools/make_stub.py; `make stub` writes it anew, `make lint` checks that it is fresh.\n"
PLAIN = {
    "SupportsFloat | SupportsIndex": "float",
    "SupportsIndex": "int",
    "tuple": "tuple[Any, ...]",
    "dict": "dict[str, Any]",
    "list": "list[Any]",
}
"""Types in short: PEP 484 lets `float` stand for every number, and strict checks want the arguments of a generic type."""
READERS = {
    "real": "float",
    "time": "float",
    "text": "str",
    "choice": "str",
    "flag": "bool",
    "names": "Sequence[str]",
    "reals": "Sequence[float]",
    "table": "dict[str, float]",
}
"""The type that each module of `args.rs` reads."""
OF_EVERY_OBJECT = {"__repr__", "__str__", "__int__", "__reduce__"}
"""Methods that `object` declares already, and methods that are not called by name."""


class Types(ast.NodeTransformer):
    """Rewrites a type: without quotes, by its short name, with the arguments that it lacks."""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return ast.parse(node.value, mode="eval").body
        if isinstance(node, ast.Subscript):
            if isinstance(node.value, ast.Name) and node.value.id == "SupportsGetItem":
                # PyO3 reads a `Vec` from any sequence.
                node.value.id = "Sequence"
                node.slice = node.slice.elts[1] if isinstance(node.slice, ast.Tuple) else node.slice
            if not (isinstance(node.value, ast.Name) and node.value.id == "Literal"):
                node.slice = self.visit(node.slice)  # type: ignore[assignment]
            return node
        if isinstance(node, ast.expr) and (plain := PLAIN.get(ast.unparse(node))):
            return ast.parse(plain, mode="eval").body
        return self.generic_visit(node)


def typed(annotation: ast.expr | None) -> ast.expr | None:
    """An annotation, rewritten by `Types`."""
    return annotation and Types().visit(annotation)


def documented(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body whose docstring has the indentation of a source file."""
    match body:
        case [ast.Expr(ast.Constant(str(text))), *rest]:
            return [docstring(text), *rest]
    return body


def docstring(text: str) -> ast.Expr:
    """A docstring; ruff puts it at the right depth."""
    text = inspect.cleandoc(text)
    return ast.Expr(ast.Constant(f"{text}\n" if "\n" in text else text))


@functools.cache
def readers() -> dict[str, set[str]]:
    """The arguments' names that each module of `args.rs` reads."""
    source = (BINDINGS / "src" / "args.rs").read_text(encoding="utf-8")
    modules = re.findall(r"mod (\w+) \{.*?!\(\s*\w+ -> [^:]*: ([^)]*)\);", source, re.DOTALL)
    return {module: set(re.findall(r"\w+", names)) for module, names in modules}


def read_by(prefix: str, name: str) -> ast.expr | None:
    """The type of an argument, by the reader of that name."""
    for module, kind in READERS.items():
        if name in readers().get(f"{prefix}{module}", ()):
            return ast.parse(f"{kind} | None" if prefix else kind, mode="eval").body
    return None


def function(node: ast.FunctionDef, owner: str = "") -> ast.FunctionDef:
    """A function with its types written out."""
    arguments = node.args
    if arguments.posonlyargs and arguments.posonlyargs[-1].arg in {"self", "cls"}:
        arguments.args[:0] = arguments.posonlyargs
        arguments.posonlyargs = []
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
        if argument:
            argument.annotation = typed(argument.annotation)
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    for argument, default in [*defaults, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:
        # PyO3 does not know the type of an argument that `whole::int` or `args.rs` reads.
        if argument.annotation is None and isinstance(default, ast.Constant) and type(default.value) is int:
            argument.annotation = ast.Name("int")
        elif argument.annotation is None and isinstance(default, ast.Constant) and default.value is None:
            argument.annotation = read_by("some_", argument.arg)
    for argument in (*positional, *arguments.kwonlyargs):
        argument.annotation = argument.annotation or read_by("", argument.arg)
    node.returns = typed(node.returns)
    if node.name in {"__new__", "__enter__", "__copy__", "__deepcopy__"} and node.returns and ast.unparse(node.returns) == owner:
        node.returns = ast.Name("Self")
    node.body = documented(node.body)
    return node


def class_(node: ast.ClassDef) -> ast.ClassDef:
    """A class, its members with their types written out."""
    members: list[ast.stmt] = []
    for member in documented(node.body):
        if isinstance(member, ast.FunctionDef):
            if member.name in OF_EVERY_OBJECT:
                continue
            member = function(member, node.name)
        elif isinstance(member, ast.AnnAssign):
            member.annotation = typed(member.annotation) or member.annotation
        members.append(member)
    node.body = members or [ast.Expr(ast.Constant(...))]
    return node


def exceptions() -> list[ast.ClassDef]:
    """The module's exceptions, each after its bases."""
    module = importlib.import_module("rheostat._native")
    found = {cls for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, BaseException)}
    classes = []
    for cls in sorted(found, key=lambda cls: (len(cls.__mro__), cls.__name__)):
        attributes = [
            ast.AnnAssign(ast.Name(name), ast.parse(kind, mode="eval").body, None, simple=1)
            for name, kind in vars(cls).get("__annotations__", {}).items()
        ]
        bases: list[ast.expr] = [ast.Name(base.__name__) for base in cls.__bases__]
        classes.append(ast.ClassDef(cls.__name__, bases, [], [docstring(cls.__doc__ or ""), *attributes], []))
    return classes


def names(body: list[ast.stmt]) -> set[str]:
    """The names that are read anywhere in a module."""
    return {node.id for statement in body for node in ast.walk(statement) if isinstance(node, ast.Name)}


def assemble(raw: str, prelude: str) -> ast.Module:
    """The stub: imports, `__all__`, the prelude's names, the exceptions, and all that the bindings record."""
    ahead = ast.parse(prelude).body
    imports = [node for node in ahead if isinstance(node, (ast.Import, ast.ImportFrom))]
    by_hand = {node.name for node in ahead if isinstance(node, ast.FunctionDef)}
    generated: list[ast.stmt] = []
    for node in ast.parse(raw).body:
        if isinstance(node, ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.ClassDef):
            generated.append(class_(node))
        elif isinstance(node, ast.FunctionDef) and node.name not in by_hand | {"__getattr__"}:
            generated.append(function(node))
        elif isinstance(node, ast.FunctionDef) and node.name in by_hand:
            first = next(one for one in ahead if isinstance(one, ast.FunctionDef) and one.name == node.name)
            first.body = documented(node.body)
    errors = exceptions()
    ahead = [node for node in ahead if not isinstance(node, (ast.Import, ast.ImportFrom))]
    body = [*ahead, *errors, *generated]
    public = sorted({node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name[0] != "_"})
    exported = ast.Assign([ast.Name("__all__")], ast.List([ast.Constant(name) for name in ["__version__", *public]]))
    version = ast.AnnAssign(ast.Name("__version__"), ast.Name("str"), None, simple=1)
    return ast.Module([*needed(imports, names(body)), exported, version, *body], [])


def needed(imports: list[ast.Import | ast.ImportFrom], read: set[str]) -> list[ast.stmt]:
    """The imports whose names are read, one statement for each module."""
    plain: list[ast.stmt] = []
    members: dict[str, set[str]] = {}
    for node in imports:
        if isinstance(node, ast.Import):
            plain.extend(ast.Import([alias]) for alias in node.names if (alias.asname or alias.name) in read)
        else:
            members.setdefault(node.module or ".", set()).update(alias.name for alias in node.names if alias.name in read)
    return [
        *plain,
        *(ast.ImportFrom(of, [ast.alias(n) for n in sorted(some)], 0) for of, some in sorted(members.items()) if some),
    ]


def formatted(source: str) -> str:
    """The source as ruff writes it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(STUB), "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def make(profile: str) -> str:
    """The stub's text."""
    with tempfile.TemporaryDirectory() as folder:
        maturin = Path(sys.executable).with_name("maturin")
        command = [maturin, "generate-stubs", "--quiet", "--manifest-path", str(BINDINGS / "Cargo.toml")]
        subprocess.run([*command, "--profile", profile, "--features", "abi3,stub", "--out", folder], check=True)
        (raw,) = Path(folder).rglob("_native.pyi")
        module = assemble(raw.read_text(encoding="utf-8"), PRELUDE.read_text(encoding="utf-8"))
    return HEAD + formatted(ast.unparse(ast.fix_missing_locations(module)))


def main() -> None:
    """Writes the stub, or says how it differs from the one that is there."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail if the stub is stale")
    arguments.add_argument("--profile", default="release", help="Cargo's profile to build with")
    asked = arguments.parse_args()
    made, there = make(asked.profile), STUB.read_text(encoding="utf-8")
    if not asked.check:
        STUB.write_text(made, encoding="utf-8")
    elif made != there:
        changes = difflib.unified_diff(there.splitlines(), made.splitlines(), "_native.pyi", "the bindings", lineterm="")
        sys.exit("\n".join([*changes, "the stub is stale: `make stub` writes it anew"]))


if __name__ == "__main__":
    main()
