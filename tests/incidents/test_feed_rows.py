"""A feed of prices that must not fall silent: row 14.

Named after its row of docs/incidents.md; lives through the incident itself, on a real node.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from akashpy.cli.oracle.feeder import Feeder, sender
from akashpy.cli.oracle.sources import parse
from akashpy.client.client import Client
from akashpy.client.signer import KeySigner
from akashpy.node import local
from akashpy.node.daemon import Node, NodeSettings
from akashpy.wire import oracle as pb
from tests.cli.oracle.test_feed import GUARD, PRICE, Log, home_with_feed
from tests.nodes import key_of


async def test_e1_14_two_feeders_of_one_key_and_a_restart(tmp_path: Path) -> None:
    """Both sign with one account; one ends in the middle and comes back: the price stays fresh."""
    file = tmp_path / "price.txt"
    file.write_text("1.25")
    settings = NodeSettings(rpc_port=0, block_interval=0.05)
    async with Node.start(home_with_feed(tmp_path / "node"), settings) as node:

        def start() -> tuple[Log, asyncio.Event, asyncio.Task[bool]]:
            log, stop = Log(), asyncio.Event()
            client = Client(local.transport(node.core))
            send = sender(client, KeySigner(key_of("other")), ("akt", "usd"), 60.0)
            feeder = Feeder([parse(f"file:{file}", 60.0)], GUARD, 0.05, log, send)
            return log, stop, asyncio.create_task(feeder.run(stop))

        steady, ending, other = start(), start(), None
        try:
            await steady[0].until("fed", 2)
            await ending[0].until("fed", 2)
            ending[1].set()
            await ending[2]
            other = start()
            await other[0].until("fed", 2)
            await steady[0].until("fed", 6)
            client = Client(local.transport(node.core))
            found = await client.call(
                PRICE, pb.QueryAggregatedPriceRequest(denom="akt"), pb.QueryAggregatedPriceResponse
            )
            assert found.price_health.is_healthy
        finally:
            for one in (steady, ending, other):
                if one is not None:
                    one[1].set()
                    await one[2]
