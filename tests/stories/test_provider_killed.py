"""The provider's daemon dies as in a power cut, at each point of a lease's life, and comes back.

Afterwards everything is as promised: the bid or lease stands, the workload is the one that ran
before (its page says which start it is), nothing is bid, served or paid twice.
"""

from __future__ import annotations

from pathlib import Path

from akashpy.types.market import LeaseState, OrderID
from tests.stories.sdls import web
from tests.stories.town import Town


async def test_between_bid_and_lease(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        house = await town.provider("pia")
        text = web("won while away")
        id = await town.deploy("ann", text)
        best = (await town.bids(OrderID.of(id.with_gseq(1), 1)))[0].bid
        await house.kill()
        lease = await town.take("ann", best.id)
        await town.next_block(2)
        await house.start()
        await town.manifest("ann", lease, text)
        _, start = await town.page("ann", lease)
        uri = await town.uri("ann", lease)
        await town.next_block(4)
        assert await town.fetch(uri) == ("won while away", start)
        await town.close("ann", id)
        await town.gone(uri)
        ledger = await town.books()
        assert ledger.count("MsgCreateBid", code=None) == 1


async def test_between_bid_and_the_end_of_an_auction_it_lost(place: Path) -> None:
    async with Town.start(place, ["ann", "pia", "quin"]) as town:
        house = await town.provider("pia", price=20)
        await town.provider("quin", price=10)
        id = await town.deploy("ann", web())
        order = OrderID.of(id.with_gseq(1), 1)
        best = (await town.bids(order, 2))[0].bid
        await house.kill()
        await town.take("ann", best.id)
        await house.start()
        await town.next_block(4)
        lost = await town.client.query.market.bid(order.with_provider(house.address))
        assert lost.bid.state.name == "lost"
        await town.close("ann", id)
        ledger = await town.books()
        assert ledger.count("MsgCreateBid", code=None) == 2


async def test_between_lease_and_manifest(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        house = await town.provider("pia")
        text = web("manifest after")
        id = await town.deploy("ann", text)
        best = (await town.bids(OrderID.of(id.with_gseq(1), 1)))[0].bid
        lease = await town.take("ann", best.id)
        await town.next_block(2)
        await house.kill()
        await town.next_block(2)
        await house.start()
        await town.manifest("ann", lease, text)
        await town.page("ann", lease)
        uri = await town.uri("ann", lease)
        await town.close("ann", id)
        await town.gone(uri)
        await town.books()


async def test_with_workloads_running(place: Path) -> None:
    async with Town.start(place, ["ann", "bob", "pia"]) as town:
        house = await town.provider("pia")
        first, uri, start = await town.serve("ann", web("stays"))
        second, other_uri, _ = await town.serve("bob", web("goes"))
        await house.kill()
        assert await town.fetch(uri) == ("stays", start), "served on without its daemon"
        await town.close("bob", second.deployment)
        await town.next_block(2)
        await house.start()
        assert await town.page("ann", first) == ("stays", start), "the same process as before"
        assert await town.uri("ann", first) == uri
        await town.gone(other_uri)
        view = await town.client.query.market.lease(first)
        assert view.lease.state is LeaseState.ACTIVE
        await town.close("ann", first.deployment)
        await town.gone(uri)
        await town.books()


async def test_the_node_dies_while_workloads_run(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        await town.provider("pia")
        lease, uri, start = await town.serve("ann", web("steady"))
        await town.node.kill()
        assert await town.fetch(uri) == ("steady", start)
        await town.start_node()
        await town.next_block(6)
        assert await town.page("ann", lease) == ("steady", start)
        again, other, _ = await town.serve("ann", web("after"))
        await town.close("ann", lease.deployment)
        await town.close("ann", again.deployment)
        await town.gone(uri)
        await town.gone(other)
        await town.books()
