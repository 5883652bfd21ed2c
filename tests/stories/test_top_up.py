"""Money added in time moves the end by exactly what it pays for, whoever adds it."""

from __future__ import annotations

from pathlib import Path

from akashpy.types.market import LeaseState
from tests.stories.sdls import web
from tests.stories.town import Town

DEPOSIT, MORE = 1_500_000, 210_000
PRICE = 20_000
"""A block; the deposit lasts until a busy machine has served the page."""


async def test_a_friend_pays_for_ten_blocks_more(place: Path) -> None:
    async with Town.start(place, ["ann", "bob", "pia"]) as town:
        await town.provider("pia", price=PRICE // 100)
        lease, uri, start = await town.serve("ann", web(), deposit=f"{DEPOSIT}uakt")
        began = (await town.client.query.market.lease(lease)).lease.created_at
        await town.top_up("bob", lease.deployment, f"{MORE}uakt")

        first_end = began + DEPOSIT // PRICE
        while await town.height() < first_end + 2:
            await town.next_block()
        assert (await town.client.query.market.lease(lease)).lease.state is LeaseState.ACTIVE
        assert await town.fetch(uri) == ("hello", start)

        view = await town.lease_in(lease, LeaseState.INSUFFICIENT_FUNDS)
        assert view.lease.closed_on == began + (DEPOSIT + MORE) // PRICE
        await town.gone(uri)
        ledger = await town.books()
        left = (DEPOSIT + MORE) % PRICE
        assert ledger.oracle.wallets[town.address("bob"), "uakt"] == left - MORE
