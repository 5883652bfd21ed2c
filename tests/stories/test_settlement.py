"""Leases that settle in uact, and accounts that hold uakt beside what they settle in."""

from __future__ import annotations

from pathlib import Path

from tests.stories.sdls import web
from tests.stories.town import Town


async def test_settlement_in_uact(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        await town.provider("pia", price="7.77")
        lease, uri, _ = await town.serve("ann", web(denom="uact"), deposit="900000uact")
        began = (await town.client.query.market.lease(lease)).lease.created_at

        closed = await town.close("ann", lease.deployment)

        paid = (await town.client.query.market.lease(lease)).payment.withdrawn
        assert (paid.denom, paid.amount) == ("uact", 777 * (closed.height - began))
        ledger = await town.books()
        assert ledger.oracle.wallets[town.address("ann"), "uact"] == -paid.amount
        await town.gone(uri)


async def test_a_mixed_account_pays_in_its_first_denomination_only(place: Path) -> None:
    async with Town.start(place, ["ann", "bob", "pia"]) as town:
        await town.provider("pia", price="9.995")
        first, _, _ = await town.serve("ann", web(denom="uakt"), deposit="900000uakt")
        await town.top_up("bob", first.deployment, "250000uact")
        second, _, _ = await town.serve("bob", web(denom="uact"), deposit="900000uact")
        await town.top_up("ann", second.deployment, "250000uakt")
        await town.next_block(3)

        for who, lease, denom in (("ann", first, "uakt"), ("bob", second, "uact")):
            account = (await town.client.query.deployment.deployment(lease.deployment)).account
            assert {fund.denom for fund in account.funds} == {"uakt", "uact"}
            closed = await town.close(who, lease.deployment)
            view = await town.client.query.market.lease(lease)
            blocks = closed.height - view.lease.created_at
            assert view.payment.withdrawn.denom == denom
            assert view.payment.withdrawn.amount == 9995 * blocks // 10
        ledger = await town.books()
        wallets, bob = ledger.oracle.wallets, town.address("bob")
        assert wallets[bob, "uact"] == -view.payment.withdrawn.amount
        assert (town.address("ann"), "uact") not in wallets
