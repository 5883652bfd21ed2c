"""Events over a node's RPC port: in order, without gaps, across lost connections and restarts."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from akashpy.client.client import Client
from akashpy.client.errors import ClientError
from akashpy.client.events import RpcEvents
from akashpy.client.signer import KeySigner
from akashpy.node.daemon import Node, NodeSettings
from akashpy.types.coin import Coin
from akashpy.wire import bank
from tests.client.conftest import QUICK
from tests.nodes import given_home, key_of
from tests.ports import free_port


def settings(port=0):
    return NodeSettings(rpc_port=port, grpc_port=0, block_interval=0.03)


@pytest.fixture
def home(tmp_path):
    return given_home(tmp_path, ["alice", "bob"])


def send(amount):
    return bank.MsgSend(
        from_address=key_of("alice").address,
        to_address=key_of("bob").address,
        amount=[Coin("uakt", amount).to_wire()],
    )


async def take(source, count, since):
    """The first `count` blocks."""
    found = []
    async with asyncio.timeout(90), aclosing(source.follow(since)) as blocks:
        async for block in blocks:
            found.append(block)
            if len(found) == count:
                break
    return found


async def test_blocks_come_in_order_with_their_events(home):
    async with (
        Node.start(home, settings()) as node,
        Client.connect(node.grpc, node.rpc, settings=QUICK) as client,
    ):
        outcome = await client.broadcast([send(7)], KeySigner(key_of("alice")))
        heights, transfers = [], []
        async with asyncio.timeout(90), aclosing(client.events(1)) as blocks:
            async for block in blocks:
                heights.append(block.height)
                transfers += [
                    event
                    for event in block.events
                    if event.type == "transfer" and event.value("amount") == "7uakt"
                ]
                if block.height > outcome.height + 3:
                    break
        assert heights == list(range(1, outcome.height + 5))
        assert len(transfers) == 1


async def test_no_height_means_the_next_block(home):
    async with Node.start(home, settings()) as node:
        source = RpcEvents(node.rpc.replace("http://", "tcp://"))
        await node.core.reached(5)
        at = node.core.height
        (first,) = await take(source, 1, None)
        await source.close()
        assert at < first.height <= node.core.height


async def test_a_restarted_node_costs_no_block(home):
    port = free_port()
    async with Node.start(home, settings(port)) as node:
        source = RpcEvents(node.rpc)
        blocks = source.follow(1)
        seen = [(await anext(blocks)).height for _ in range(5)]
        waiting = asyncio.create_task(_until(blocks, seen, 25))
        await node.core.reached(8)
    async with Node.start(home, settings(port)), asyncio.timeout(90):
        await waiting
    await source.close()
    assert seen == list(range(1, len(seen) + 1))


async def _until(blocks, seen, height):
    async for block in blocks:
        seen.append(block.height)
        if block.height >= height:
            await blocks.aclose()
            return


async def test_blocks_that_are_gone_are_an_error(home, monkeypatch):
    async with Node.start(home, settings()) as node:
        await node.core.reached(5)
        node.core.store.base = 4
        source = RpcEvents(node.rpc)
        with pytest.raises(ClientError, match="keeps more blocks"):
            await take(source, 1, 2)
        await source.close()
