"""A provider's loop on four validators: bid, lease, page, update, close, while one of them is lost.

The tenant talks to one node and the provider's daemon to another; what everybody owns at the end is
worked out again from the blocks, and every node left holds the same ones.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import sdl
from akashpy.chain import genesis_edit
from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.wire import deployment as pb_deployment
from tests.cometbft.net import Net, Peer, quick
from tests.nodes import FUNDS
from tests.stories.people import address_of
from tests.stories.processes import Processes, end_processes_under
from tests.stories.sdls import web
from tests.stories.town import Town

PEOPLE = ("ann", "pia")


def with_people(document: dict[str, Any]) -> None:
    """Periods of seconds, and the people of the story."""
    quick(document)
    for name in PEOPLE:
        new = genesis_edit.NewAccount(Address.parse(address_of(name)), Coins.parse(FUNDS))
        genesis_edit.add_account(document, new)


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short path: the sockets of a workload lie below it, and their names are limited."""
    return tmp_path_factory.mktemp("s")


@pytest.fixture
def net(cometbft: str, place: Path) -> Iterator[Net]:
    """Four validators."""
    with Net.running(place / "n", cometbft, 4, adjust=with_people) as net:
        yield net


@asynccontextmanager
async def town_on(net: Net, peer: Peer) -> AsyncIterator[Town]:
    """The town of the stories on a network that runs; its people talk to `peer`."""
    root = net.folder.with_name("t")  # what the town leaves running is ended, the nodes are not
    root.mkdir()
    async with AsyncExitStack() as stack:
        stack.callback(end_processes_under, root)
        processes = await stack.enter_async_context(Processes(root / "logs"))
        document = json.loads((peer.home / "config/genesis.json").read_text())
        town = Town(root, processes, document, 0.25)
        town.rpc_port, town.grpc_port = peer.rpc_port, int(peer.ready["grpc"].rpartition(":")[2])
        town.http = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        )
        town.client = await stack.enter_async_context(
            Client.connect(town.grpc, town.rpc, settings=BroadcastSettings(poll=0.05))
        )
        yield town


async def test_a_provider_serves_updates_and_closes(net: Net) -> None:
    first, second, third, _ = net.peers
    async with town_on(net, first) as town:
        await town.provider("pia", rpc=second.rpc, grpc=second.ready["grpc"])
        lease, uri, start = await town.serve("ann", web("one"))

        await asyncio.to_thread(third.kill)  # three of four go on
        text = web("two")
        update = pb_deployment.MsgUpdateDeployment(
            id=lease.deployment.to_wire(), hash=sdl.load(text).version()
        )
        await town.send("ann", update)
        await town.manifest("ann", lease, text)
        _, again = await town.page("ann", lease, says="two")
        assert again != start
        assert await town.uri("ann", lease) == uri

        await town.close("ann", lease.deployment)
        await town.gone(uri)
        books = await town.books()
        assert books.count("MsgCreateLease") == books.count("MsgCloseDeployment") == 1
        await asyncio.to_thread(third.start)
        await asyncio.to_thread(third.reach, await town.height())
    await asyncio.to_thread(net.require_same)
