"""A node serves REST only when asked to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner, Result

from akashpy.cli.node.start import start
from akashpy.node.daemon import Node, NodeSettings
from tests.nodes import given_home


async def test_rest_is_served_when_asked_for(tmp_path: Path) -> None:
    home = given_home(tmp_path / "home", ["a"])
    settings = NodeSettings(rpc_port=None, rest_port=0, block_interval=0.05)
    async with Node.start(home, settings) as node, aiohttp.ClientSession() as http:
        await node.core.reached(1)
        async with http.get(f"{node.rest}/cosmos/bank/v1beta1/supply") as response:
            assert response.status == 200
        taken = NodeSettings(
            rpc_port=None, rest_port=int(node.rest.rpartition(":")[2]), block_interval=0.05
        )
        other = given_home(tmp_path / "other", ["a"])
        with pytest.raises(OSError, match="address already in use"):
            async with Node.start(other, taken):
                pass


async def test_it_is_not_by_default(tmp_path: Path) -> None:
    home = given_home(tmp_path / "home", ["a"])
    async with Node.start(home, NodeSettings(rpc_port=None, block_interval=0.05)) as node:
        assert node.rest == ""


def started(monkeypatch: pytest.MonkeyPatch, home: Path, *flags: str) -> tuple[Result, list[Any]]:
    """What `akashpy node start` says, and the settings with which it would run a node."""
    found: list[Any] = []
    monkeypatch.setattr(
        "akashpy.node.daemon.run", lambda home, settings, ready: found.append(settings)
    )
    return CliRunner().invoke(start, ["--home", str(home), *flags]), found


def test_the_command_passes_what_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = given_home(tmp_path / "home", ["a"])
    pages = ("--rest-cors-origin", "https://a.example", "--rest-cors-origin", "https://b.example")
    said, found = started(monkeypatch, home, "--rest-port", "1317", "--grpc-web", *pages)
    assert said.exit_code == 0, said.output
    assert (found[0].rest_host, found[0].rest_port) == ("127.0.0.1", 1317)
    assert found[0].rest.grpc_web
    assert found[0].rest.cors_origins == ("https://a.example", "https://b.example")
    said, found = started(monkeypatch, home)
    assert found[0].rest_port is None


def test_permissions_without_a_port_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, found = started(monkeypatch, given_home(tmp_path / "home", ["a"]), "--grpc-web")
    assert (said.exit_code, found) == (2, [])
    assert "--rest-cors-origin and --grpc-web need --rest-port" in said.output
