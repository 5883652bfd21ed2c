"""A provider gives a lease up: the order can open again, and another lease serves the same file.

Akash pauses the group when the provider closes; the tenant starts it, and there is a new order.
When the tenant closes the lease alone, the order opens again by itself.
"""

from __future__ import annotations

from pathlib import Path

from akashpy.types.deployment import GroupState
from akashpy.types.market import LeaseState, OrderID
from akashpy.wire import deployment as pb_deployment
from akashpy.wire import market as pb_market
from tests.stories.sdls import web
from tests.stories.town import Town

UNSTABLE = pb_market.LeaseClosedReason.lease_closed_reason_unstable


async def test_the_order_opens_again(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        await town.provider("pia")
        text = web("again")
        lease, uri, _ = await town.serve("ann", text)
        group = lease.order.group

        closing = pb_market.MsgCloseBid(id=lease.bid.to_wire(), reason=UNSTABLE)
        await town.send("pia", closing)

        view = await town.client.query.market.lease(lease)
        assert (view.lease.state, view.lease.reason) == (LeaseState.CLOSED, UNSTABLE)
        assert (await town.client.query.deployment.group(group)).state is GroupState.PAUSED
        await town.gone(uri)

        await town.send("ann", pb_deployment.MsgStartGroup(id=group.to_wire()))
        bids = await town.bids(OrderID.of(group, 2))
        second = await town.take("ann", bids[0].bid.id)
        await town.manifest("ann", second, text)
        await town.page("ann", second)
        uri = await town.uri("ann", second)

        await town.send("ann", pb_market.MsgCloseLease(id=second.to_wire()))
        await town.gone(uri)
        await town.bids(OrderID.of(group, 3))
        await town.close("ann", lease.deployment)
        ledger = await town.books()
        assert ledger.count("MsgCreateBid") == 3
