"""A tenant closes what runs: it stops, everyone is paid to the block, the rest goes back."""

from __future__ import annotations

from pathlib import Path

from akashpy.types.market import LeaseClosedReason, LeaseState
from tests.stories.sdls import web
from tests.stories.town import Town

DEPOSIT = 5_000_000
PRICE = 1000


async def test_the_page_goes_and_the_money_comes_back(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        house = await town.provider("pia", price=10)
        lease, uri, _ = await town.serve("ann", web("mine"), deposit=f"{DEPOSIT}uakt")
        view = await town.client.query.market.lease(lease)
        began = view.lease.created_at
        assert (await house.status())["cluster"]["leases"] == 1

        closed = await town.close("ann", lease.deployment)

        view = await town.client.query.market.lease(lease)
        assert view.lease.state is LeaseState.CLOSED
        assert view.lease.reason is LeaseClosedReason.LEASE_CLOSED_OWNER
        assert view.lease.closed_on == closed.height
        assert view.payment.withdrawn.amount == PRICE * (closed.height - began)
        account = (await town.client.query.deployment.deployment(lease.deployment)).account
        assert account.state.name == "closed"
        assert account.transferred[0].amount.truncate() == view.payment.withdrawn.amount
        await town.gone(uri)
        await town.books()
