"""Akash's vocabulary beside ours: what each module of node v2.1 has, and whether we have it.

`tests/vectors/compatibility.json` holds the names once, as data: messages, queries, events, error
codes, parameters and genesis fields of every module in scope. This module looks each of them up in
the registries that the running chain itself uses, so that nothing can be ticked by hand.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import akashpy
from akashpy.chain import registry
from akashpy.chain.genesis import default
from akashpy.node.queries import services, table
from akashpy.types import errors

VOCABULARY: dict[str, dict[str, list]] = json.loads(
    (Path(__file__).parent / "vectors" / "compatibility.json").read_text(encoding="utf-8")
)
CONSENSUS = Path(akashpy.__file__).parent / "chain"
SERVED_BY_GRPC = frozenset({"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"})
"""Not in the tables: the gRPC server brings it, and tests/node/grpc calls it."""
KINDS = ("messages", "queries", "events", "errors", "params", "genesis")


class Entry(NamedTuple):
    """One name of Akash's vocabulary, and whether our registries hold it."""

    module: str
    kind: str
    name: str
    present: bool


@cache
def _genesis() -> dict[str, dict]:
    return default("akash", "compatibility-1", 0)["app_state"]


@cache
def _told() -> frozenset[str]:
    """Every event that the consensus code can emit: typed ones by class, others by their text."""
    found: set[str] = set()
    for path in CONSENSUS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr=name)) if name.startswith("Event"):
                    found.add(name)
                case ast.Constant(value=str(text)):
                    found.add(text)
    return frozenset(found)


def _has_query(path: str) -> bool:
    return path in table.QUERIES or path in services.SERVICES or path in SERVED_BY_GRPC


def _has_event(name: str) -> bool:
    return name.rsplit(".", 1)[-1] in _told()


def _params_of(module: str) -> set[str]:
    state = _genesis().get(module, {})
    return set(state.get("params", {}))


def entries() -> Iterator[Entry]:
    """Every name of the vocabulary in its written order."""
    handled = registry.router().handlers
    for module, kinds in VOCABULARY.items():
        for url in kinds["messages"]:
            yield Entry(module, "messages", url, url in handled)
        for path in kinds["queries"]:
            yield Entry(module, "queries", path, _has_query(path))
        for event in kinds["events"]:
            yield Entry(module, "events", event, _has_event(event))
        for codespace, code, name in kinds["errors"]:
            known = errors.lookup(codespace, code) is not None
            yield Entry(module, "errors", f"{codespace}/{code} {name}", known)
        for field in kinds.get("params", ()):
            yield Entry(module, "params", field, field in _params_of(module))
        for field in kinds.get("genesis", ()):
            yield Entry(module, "genesis", field, field in _genesis().get(module, {}))


def page() -> str:
    """docs/compatibility.md, from the vocabulary and the registries."""
    found = list(entries())
    lines = [
        "# Compatibility with Akash node v2.1",
        "",
        "Every message, query, event, error code, parameter and genesis field of the modules in"
        " scope, looked up in the tables that the chain itself runs on.",
        "`make docs` writes this page; tests/docs/test_compatibility.py fails when a name is"
        " missing or the page is old. Where behaviour differs, docs/differences.md says how.",
        "CosmWasm and IBC are out of scope.",
        "",
        "| Module | " + " | ".join(kind.capitalize() for kind in KINDS) + " |",
        "|---|" + "---|" * len(KINDS),
    ]
    for module in VOCABULARY:
        cells = []
        for kind in KINDS:
            rows = [entry for entry in found if entry.module == module and entry.kind == kind]
            have = sum(entry.present for entry in rows)
            cells.append(f"{have} of {len(rows)}" if rows else "-")
        lines.append(f"| {module} | " + " | ".join(cells) + " |")
    for module in VOCABULARY:
        lines += ["", f"## {module}", ""]
        for kind in KINDS:
            rows = [entry for entry in found if entry.module == module and entry.kind == kind]
            if rows:
                names = ", ".join(
                    f"`{entry.name}`" + ("" if entry.present else " (missing)") for entry in rows
                )
                lines.append(f"- **{kind}**: {names}")
    return "\n".join(lines) + "\n"
