"""Consensus code is pure: no clock, no chance, no floats, no order that a hash seed decides.

Reads the source of types/, state/ and chain/ and names file and line of what must not be there.
`state/disk.py` may touch files, because it is the disk.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "akashpy"
PACKAGES = ("types", "state", "chain")
FORBIDDEN = {
    "asyncio", "concurrent", "datetime", "grpc", "kubernetes", "logging", "multiprocessing",
    "os", "random", "secrets", "socket", "subprocess", "sys", "tempfile", "threading", "time",
    "uuid",
}  # fmt: skip
ALLOWED = {("state/disk.py", "os"), ("state/disk.py", "fcntl")}
"""The disk engine opens and locks files; nothing it reads from them depends on them."""
CALLS = {"hash", "id", "float", "input", "open", "print", "globals", "eval", "exec"}

WALKS = {"list", "tuple", "iter", "next", "enumerate", "map", "zip", "dict"}
"""Functions that walk through what they are given, in its order."""

FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def problems(name: str, source: str) -> Iterator[str]:
    """What is impure in this source, each with its line."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for what in _impure(name, node):
            yield f"{name}:{getattr(node, 'lineno', 0)}: {what}"
    for scope in _scopes(tree):
        sets = _names_of_sets(scope)
        for node in scope:
            if any(_is_set(each, sets) for each in _iterated(node)):
                yield f"{name}:{getattr(node, 'lineno', 0)}: iterates over a set"


def _impure(name: str, node: ast.AST) -> Iterator[str]:
    for module in _imports(node):
        top = module.split(".")[0]
        if top in FORBIDDEN and (name, top) not in ALLOWED:
            yield f"imports {module}"
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield f"float {node.value}"
    is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    if is_division and not _is_path(node):
        yield "division that gives a float"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield f"calls {node.func.id}()"


def _scopes(tree: ast.Module) -> Iterator[list[ast.AST]]:
    """The nodes of each function, nested ones included, and those outside any function."""
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inside: set[int] = set()
    for function in functions:
        nodes = list(ast.walk(function))
        inside |= {id(node) for node in nodes}
        yield nodes
    yield [node for node in ast.walk(tree) if id(node) not in inside]


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def _is_path(node: ast.AST) -> bool:
    """A path joined with text is not a division."""
    if not isinstance(node, ast.BinOp | ast.AugAssign):
        return False
    side = node.value if isinstance(node, ast.AugAssign) else node.right
    return isinstance(side, ast.Constant | ast.JoinedStr) and not (
        isinstance(side, ast.Constant) and isinstance(side.value, int)
    )


def _iterated(node: ast.AST) -> list[ast.expr]:
    """The expressions that this node walks through in order."""
    if isinstance(node, ast.For | ast.comprehension):
        return [node.iter]
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WALKS:
        return list(node.args)
    return []


def _is_set(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in {"set", "frozenset"}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
        return _is_set(node.left, names) or _is_set(node.right, names)
    return isinstance(node, ast.Name) and node.id in names


def _names_of_sets(scope: list[ast.AST]) -> set[str]:
    """Names that are bound to a set or annotated as one in a scope."""
    found: set[str] = set()
    for node in scope:
        if isinstance(node, ast.Assign) and _is_set(node.value, set()):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        annotation, target = None, None
        if isinstance(node, ast.AnnAssign):
            annotation, target = node.annotation, node.target
        elif isinstance(node, ast.arg):
            annotation, target = node.annotation, ast.Name(node.arg)
        if annotation is not None and isinstance(target, ast.Name):
            base = annotation.value if isinstance(annotation, ast.Subscript) else annotation
            if isinstance(base, ast.Name) and base.id in {"set", "frozenset", "Set", "AbstractSet"}:
                found.add(target.id)
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_pure(path: Path) -> None:
    assert list(problems(name_of(path), path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from random import choice",
        "import os.path",
        "from datetime import datetime",
        "x = 0.5",
        "y = a / b",
        "y = a / 2",
        "y /= 3",
        "x = hash(k)",
        "x = id(k)",
        "x = float(k)",
        "for x in {1, 2}: pass",
        "s = set(k)\nfor x in s: pass",
        "def f(s: frozenset[str]): return [x for x in s]",
        "x = list({k for k in m})",
        "x = [*set(k)]",
        "s: set[int] = set()\nx = tuple(s)",
        "for x in set(a) | b: pass",
    ],
)
def test_impure_source_is_noticed(source: str) -> None:
    assert len(list(problems("chain/x.py", source))) >= 1


@pytest.mark.parametrize(
    "source",
    [
        "for x in sorted({1, 2}): pass",
        "y = a // b",
        "s = set(k)\nx = 1 in s",
        'path = folder / "name"',
        "from hashlib import sha256",
        "for k, v in {}.items(): pass",
    ],
)
def test_pure_source_passes(source: str) -> None:
    assert list(problems("chain/x.py", source)) == []
