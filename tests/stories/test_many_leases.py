"""Two tenants, two providers, four leases at once: everyone gets their own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from akashpy.client.provider import NotThere
from akashpy.types.market import LeaseID, OrderID
from tests.stories.sdls import web
from tests.stories.town import Town


async def test_four_leases_at_once(place: Path) -> None:
    async with Town.start(place, ["ann", "bob", "pia", "quin"]) as town:
        await town.provider("pia", price=10)
        await town.provider("quin", price="12.345")

        async def one(dseq: int, who: str, provider: str) -> tuple[LeaseID, str]:
            text = web(f"{who} at {provider}")
            id = await town.deploy(who, text, dseq=dseq)
            order = OrderID.of(id.with_gseq(1), 1)
            await town.bids(order, 2)
            lease = await town.take(who, order.with_provider(town.address(provider)))
            await town.manifest(who, lease, text)
            says, _ = await town.page(who, lease)
            assert says == f"{who} at {provider}"
            return lease, await town.uri(who, lease)

        pairs = [(who, provider) for who in ("ann", "bob") for provider in ("pia", "quin")]
        served = await asyncio.gather(
            *(one(1000 + number, *pair) for number, pair in enumerate(pairs))
        )
        assert len({uri for _, uri in served}) == 4
        await another_tenant_learns_nothing(town, served[0][0])
        for (who, provider), (lease, uri) in zip(pairs, served, strict=True):
            found = await town.fetch(uri)
            assert found is not None
            assert found[0] == f"{who} at {provider}"
            await town.close(who, lease.deployment)
        for _, uri in served:
            await town.gone(uri)
        ledger = await town.books()
        assert ledger.count("MsgCreateLease") == 4


async def another_tenant_learns_nothing(town: Town, lease: LeaseID) -> None:
    """Bob asks for Ann's lease number, and is answered for his own account, which has none."""
    with pytest.raises(NotThere):
        await town.lease_status("bob", lease)
