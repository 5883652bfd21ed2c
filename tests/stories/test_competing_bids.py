"""Three providers bid on one order; the best is taken, the others get everything back."""

from __future__ import annotations

from pathlib import Path

from akashpy.types.market import BidState, OrderID
from tests.stories.sdls import web
from tests.stories.town import Town

DEPOSIT = 500_000


async def test_all_losers_are_refunded(place: Path) -> None:
    async with Town.start(place, ["ann", "pia", "quin", "rob"]) as town:
        for name, price in (("pia", 20), ("quin", 10), ("rob", 30)):
            await town.provider(name, price=price)
        id = await town.deploy("ann", web())
        order = OrderID.of(id.with_gseq(1), 1)
        bids = await town.bids(order, 3)
        assert [str(view.bid.price.amount.truncate()) for view in bids] == ["1000", "2000", "3000"]
        before = await town.books()
        locked = {name: before.owned(town.address(name), "uakt") for name in ("pia", "quin", "rob")}

        await town.take("ann", bids[0].bid.id)

        after = await town.books()
        for name in ("pia", "rob"):
            view = await town.client.query.market.bid(order.with_provider(town.address(name)))
            assert view.bid.state is BidState.LOST
            assert view.account.state.name == "closed"
            assert after.owned(town.address(name), "uakt") - locked[name] == DEPOSIT
        won = await town.client.query.market.bid(bids[0].bid.id)
        assert won.bid.state is BidState.ACTIVE
        assert won.account.state.name == "open"
