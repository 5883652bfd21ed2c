"""The flags of `node start`, made from the declaration of its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from akashpy.cli.output import Command
from akashpy.node.configuration import NodeConfig, shown

ALIASES = {"min_retain_blocks": ("--retain-blocks",)}
RECORDED = frozenset({"consensus"})
"""What `init` decides: a running home is not moved to another consensus by a flag."""


def setting_flags(command: Command) -> Command:
    """A flag for every setting; what is not given is None."""
    for each in reversed(fields(NodeConfig)):
        if each.name not in RECORDED:
            command = _flag(each)(command)
    return command


def given(flags: dict[str, Any]) -> dict[str, Any]:
    """The settings that were given as flags."""
    return {name: value for name, value in flags.items() if value not in (None, ())}


def _flag(each: Any) -> Callable[[Command], Command]:
    name = each.metadata["flag"] or each.name.replace("_", "-")
    default, several = each.default, each.metadata["several"]
    help = each.metadata["help"]
    if default not in (None, "", (), False):
        help += f"  [default: {shown(each.name, default).strip(chr(34))}]"
    words = [f"--{name}", *ALIASES.get(each.name, ()), each.name]
    if isinstance(default, bool):
        add: Callable[[Command], Command] = click.option(
            *words, is_flag=True, default=None, help=help
        )
    else:
        add = click.option(*words, multiple=several, default=None, help=help)
    return add
