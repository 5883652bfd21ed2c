"""What decides consensus depends on its input alone: a lint over types, state, chain and match.

Refused are clocks, dice, the network and the environment; floats; hash() and id(), which differ
between processes; and walks through sets, whose order does. The cases at the end show that the lint
sees what it is for.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "akashpy"
FILES = sorted(
    path for part in ("types", "state", "chain") for path in (ROOT / part).rglob("*.py")
) + [path for path in [ROOT / "match.py"] if path.exists()]
MODULES = {
    "asyncio", "datetime", "grpc", "logging", "os", "random", "secrets", "socket", "subprocess",
    "threading", "time", "uuid",
}  # fmt: skip
CALLS = {"hash", "id", "float", "input", "open"}


def complaints(source: str) -> list[str]:
    """What a module does that may differ from one process to another, with line numbers."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for what in _of(node):
            found.append(f"line {getattr(node, 'lineno', 0)}: {what}")
    return found


def _of(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [f"imports {n.name}" for n in names if n.name.split(".")[0] in MODULES]
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
            return [f"imports {module}"]
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            return [f"calls {name}()"]
        case ast.Constant(value=float(value)):
            return [f"has the float {value}"]
        case ast.For(iter=walked) | ast.comprehension(iter=walked) if _is_set(walked):
            return ["walks through a set"]
        case ast.Call(func=ast.Name(id="list" | "tuple" | "iter" | "enumerate"), args=[a, *_]):
            return ["orders a set by chance"] if _is_set(a) else []
        case ast.Call(func=ast.Attribute(attr="join"), args=[a]):
            return ["joins a set"] if _is_set(a) else []
    return []


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.BinOp(left=left, right=right):
            return _is_set(left) or _is_set(right)
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_consensus_code_is_pure(path: Path) -> None:
    assert complaints(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from random import random",
        "import os.path",
        "x = hash('a')",
        "x = id(x)",
        "x = 0.5",
        "x = float(y)",
        "for x in {1, 2}: pass",
        "x = [y for y in set(z)]",
        "x = [y for y in a | set(z)]",
        "x = list({1})",
        "x = tuple(frozenset(y))",
        "x = b''.join({y for y in z})",
    ],
)
def test_the_lint_sees_it(source: str) -> None:
    assert len(complaints(source)) == 1


@pytest.mark.parametrize("source", ["x = sorted({1, 2})", "x = len(set(y))", "x = 1 in {1}"])
def test_the_lint_lets_order_free_uses_pass(source: str) -> None:
    assert complaints(source) == []
