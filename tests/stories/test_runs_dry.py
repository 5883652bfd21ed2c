"""The money ends, nobody sends anything, and the lease ends in the very block it was paid up to."""

from __future__ import annotations

from pathlib import Path

from akashpy.client.events import message_of
from akashpy.types.deployment import DeploymentState, GroupState
from akashpy.types.market import LeaseClosedReason, LeaseState
from akashpy.wire import market
from tests.stories.sdls import web
from tests.stories.town import Town

DEPOSIT = 1_250_000
PRICE = 17_000
PAID_BLOCKS = DEPOSIT // PRICE
"""Enough for a busy machine to serve the page before the money ends."""


async def test_the_lease_ends_in_the_last_block_it_can_pay(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        await town.provider("pia", price=PRICE // 100)
        lease, uri, _ = await town.serve("ann", web(), deposit=f"{DEPOSIT}uakt")
        began = (await town.client.query.market.lease(lease)).lease.created_at

        view = await town.lease_in(lease, LeaseState.INSUFFICIENT_FUNDS)

        assert view.lease.closed_on == began + PAID_BLOCKS
        reason = LeaseClosedReason.LEASE_CLOSED_REASON_INSUFFICIENT_FUNDS
        assert view.lease.reason is reason
        assert view.payment.withdrawn.amount == PRICE * PAID_BLOCKS
        deployment = await town.client.query.deployment.deployment(lease.deployment)
        assert deployment.deployment.state is DeploymentState.CLOSED
        assert [group.state for group in deployment.groups] == [GroupState.INSUFFICIENT_FUNDS]
        assert deployment.account.state.name == "closed"
        await town.gone(uri)
        ledger = await town.books()
        assert not [name for height, name, _ in ledger.txs if height == view.lease.closed_on]
        assert await lease_closed_in_block(town, view.lease.closed_on) == [(lease.dseq, reason)]


async def lease_closed_in_block(town: Town, height: int) -> list[tuple[int, int]]:
    """dseq and reason of the leases that the end of a block closed."""
    async for block in town.client.events(height):
        messages = [message_of(event) for event in block.block]
        closed = [each for each in messages if isinstance(each, market.EventLeaseClosed)]
        return [(each.id.dseq, each.reason) for each in closed]
    return []
