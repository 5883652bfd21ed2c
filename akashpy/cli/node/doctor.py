"""`akashpy node doctor`: what would keep a node from running, and what to do about it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import COMETBFT, EMBEDDED, configured
from akashpy.cli.output import output_option, show

if TYPE_CHECKING:
    from akashpy.node.configuration import NodeConfig
    from akashpy.node.doctor import Finding

RPC = "127.0.0.1:26657"
MARKS = {"ok": "ok     ", "warning": "warning", "error": "error  "}


@click.command()
@node_home
@output_option("text")
def doctor(home: Path, output: str) -> None:
    """Look a node's home over while it is not running; exit code 1 when something is wrong.

    Nothing is changed. A warning alone ends with 0.
    """
    from akashpy.node.configuration import settled
    from akashpy.node.doctor import Places, examine

    config = settled(configured(home))
    found = examine(
        home,
        Places(
            ports=_ports(config),
            supervised=config.consensus == COMETBFT,
            embedded=config.consensus == EMBEDDED,
            cometbft=config.cometbft or None,
        ),
    )
    if output == "text":
        for each in found:
            click.echo(_line(each))
    else:
        show([_row(each) for each in found], output)
    if any(each.level == "error" for each in found):
        sys.exit(1)


def _ports(config: NodeConfig) -> dict[str, str]:
    """What a start would listen on, by the setting's name."""
    addresses = {"grpc_address": config.grpc_address, "metrics_address": config.metrics_address}
    if config.consensus == EMBEDDED:
        addresses["rpc_address"] = config.rpc_address or RPC
    if config.rest_port is not None:
        addresses["rest_port"] = f"{config.rest_host}:{config.rest_port}"
    return {name: address for name, address in addresses.items() if address}


def _line(finding: Finding) -> str:
    text = f"{MARKS[finding.level]} {finding.what}: {finding.text}"
    return f"{text}\n        {finding.remedy}" if finding.remedy else text


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "level": finding.level,
        "what": finding.what,
        "text": finding.text,
        "remedy": finding.remedy,
    }
