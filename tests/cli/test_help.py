"""`--help` of every command answers at once, because it loads nothing that it does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import click
import pytest

from akashpy.cli.main import main

HEAVY = ("grpc", "aiohttp", "kubernetes", "cosmpy", "google.protobuf", "cryptography", "coincurve")
PLAIN = "import asyncio, json, click.testing"
TIMES = 3.0
"""Processor time that any --help may take, in that of a program with these imports alone: about a
third of a second where that takes a tenth."""

EVERY_HELP = """
import json, sys
from click.testing import CliRunner
from akashpy.cli.main import main
failed = [
    path for path in json.load(sys.stdin)
    if CliRunner().invoke(main, [*path, "--help"]).exit_code != 0
]
loaded = [name for name in sys.argv[1:] if name in sys.modules]
print(json.dumps({"failed": failed, "loaded": loaded}))
"""


@cache
def paths() -> tuple[tuple[str, ...], ...]:
    """The words of every command, groups included."""
    found: list[tuple[str, ...]] = [()]

    def visit(group: click.Group, words: tuple[str, ...]) -> None:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None, name
            found.append((*words, name))
            if isinstance(command, click.Group):
                visit(command, (*words, name))

    visit(main, ())
    return tuple(found)


def python(*words: str, input: str = "") -> tuple[str, str, float]:
    """Run Python; its outputs and the processor time it took."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, *words],
        input=input,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    after = os.times()
    used = after.children_user - before.children_user
    return done.stdout, done.stderr, used + after.children_system - before.children_system


def test_no_help_loads_anything_heavy() -> None:
    assert len(paths()) > 80
    out, _, _ = python("-c", EVERY_HELP, *HEAVY, input=json.dumps(paths()))
    assert json.loads(out) == {"failed": [], "loaded": []}


@pytest.mark.parametrize(
    "program",
    ["import sdl", "import akashpy", "import akashpy.cli.main", "import sdl; sdl.load"],
)
def test_importing_loads_nothing_heavy(program: str) -> None:
    _, log, _ = python("-X", "importtime", "-c", program)
    imported = {line.rpartition("|")[2].strip() for line in log.splitlines()}
    assert imported.isdisjoint(HEAVY)
    assert len(imported) > 5


@pytest.mark.parametrize(
    "path",
    [(), ("tx", "deployment", "create"), ("query", "market", "bid", "list"), ("lease-shell",)],
    ids=" ".join,
)
def test_help_is_quick(path: tuple[str, ...]) -> None:
    program = f"from akashpy.cli.main import main; main([*{path!r}, '--help'])"
    plain = min(python("-c", PLAIN)[2] for _ in range(3))
    assert min(python("-c", program)[2] for _ in range(3)) < TIMES * plain


def test_every_command_says_what_it_does() -> None:
    def silent(words: tuple[str, ...]) -> bool:
        command: Any = main
        context = click.Context(command)
        for word in words:
            command = command.get_command(context, word)
        return not command.help

    assert [" ".join(words) for words in paths() if silent(words)] == []


def test_every_option_of_akashs_trees_has_a_text() -> None:
    """Options without a text are told apart only by guessing; names that say all may have none."""
    plain = {"--help", "--version", "--dseq", "--owner", "--gseq", "--oseq", "--limit", "--page"}
    missing: list[str] = []
    for words in paths():
        if words[:1] != ("tx",):
            continue
        command: Any = main
        for word in words:
            command = command.get_command(click.Context(command), word)
        missing += [
            f"{' '.join(words)} {option.opts[-1]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.help and option.opts[-1] not in plain
        ]
    assert missing == []
