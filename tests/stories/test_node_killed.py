"""The node dies as in a power cut, inside a block, and goes on where it was.

Whatever the moment, nothing that a client was told is lost, nothing happens twice, and the money
is where the transactions put it. The providers' part is played by keys here; daemons that live
through a dying node are in test_provider_killed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Deposit
from akashpy.types.market import BidID, OrderID
from akashpy.wire import bank
from akashpy.wire import market as pb_market
from akashpy.wire import provider as pb_provider
from tests.stories.node_program import MOMENTS
from tests.stories.people import address_of
from tests.stories.sdls import web
from tests.stories.town import Town

CROWD = 6
"""Senders whose transfers are on their way when the power is cut."""


def bid_of(order: OrderID, name: str, price: str) -> pb_market.MsgCreateBid:
    """A bid, without resources of its own: all as asked."""
    return pb_market.MsgCreateBid(
        id=order.with_provider(address_of(name)).to_wire(),
        price=DecCoin("uakt", Dec.of(price)).to_wire(),
        deposit=Deposit(Coin("uakt", 500_000)).to_wire(),
    )


async def registered(town: Town, name: str) -> None:
    """A provider without a daemon."""
    await town.send(
        name,
        pb_provider.MsgCreateProvider(owner=address_of(name), host_uri="https://127.0.0.1:8443"),
    )


async def leased(town: Town) -> BidID:
    """A lease at a price with a fraction, won from a losing bid."""
    for name in ("pia", "quin"):
        await registered(town, name)
    id = await town.deploy("ann", web())
    order = OrderID.of(id.with_gseq(1), 1)
    await town.send("pia", bid_of(order, "pia", "33.7"))
    await town.send("quin", bid_of(order, "quin", "50"))
    lease = await town.take("ann", order.with_provider(address_of("pia")))
    return lease.bid


async def test_nothing_is_lost_or_done_twice(place: Path) -> None:
    crowd = [f"crowd{number}" for number in range(CROWD)]
    async with Town.start(place, ["ann", "pia", "quin", *crowd]) as town:
        bid = await leased(town)
        for moment in MOMENTS:
            sends = [asyncio.create_task(transfer(town, who, 1000)) for who in crowd]
            await town.cut_power(moment)
            await town.start_node()
            await asyncio.gather(*sends)
        await town.send("pia", pb_market.MsgWithdrawLease(id=bid.lease.to_wire()))
        await town.close("ann", bid.deployment)
        ledger = await town.books()
        assert ledger.count("MsgSend") == CROWD * len(MOMENTS)
        assert ledger.count("MsgSend", code=None) == CROWD * len(MOMENTS)


async def transfer(town: Town, who: str, amount: int) -> None:
    """One transfer, once in a block whatever happens to the node."""
    await town.send(
        who,
        bank.MsgSend(
            from_address=address_of(who),
            to_address=address_of("ann"),
            amount=[Coin("uakt", amount).to_wire()],
        ),
    )
