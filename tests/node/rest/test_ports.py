"""A node serves REST only when asked to."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

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
