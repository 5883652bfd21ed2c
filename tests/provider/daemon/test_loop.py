"""The whole loop over real sockets: order, bid, lease, manifest, a served page, its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from akashpy.client.signer import KeySigner
from akashpy.types.market import BidState
from akashpy.wire import deployment
from provider.daemon import Daemon
from tests.nodes import key_of
from tests.provider.daemon.world import page, running, world


async def test_an_order_becomes_a_served_page_and_ends_with_its_deployment(tmp_path: Path) -> None:
    async with world(tmp_path, "provider") as chain, running(chain, "provider") as daemon:
        definition = page("first")
        id = await chain.order(definition)
        (bid,) = await chain.bid(id)
        assert bid.id.provider == daemon.address
        lease = await chain.accept(bid)
        assert await chain.put(daemon.gateway_url, id, definition.manifest()) == (200, "")
        assert await chain.served(daemon.gateway_url, lease) == "first"
        close = deployment.MsgCloseDeployment(id=id.to_wire())
        await chain.client.broadcast([close], KeySigner(key_of("tenant")))
        while daemon.service.roll.tenancy(lease) is not None:
            await chain.block()
        assert (await daemon.service.driver.observe()).workloads == ()
        assert daemon.service.inventory.holdings == ()


async def test_an_update_changes_the_page_in_place_and_a_wrong_manifest_changes_nothing(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, "provider") as chain, running(chain, "provider") as daemon:
        first, second = page("first"), page("second")
        id = await chain.order(first)
        (bid,) = await chain.bid(id)
        lease = await chain.accept(bid)
        gateway = daemon.gateway_url
        status, text = await chain.put(gateway, id, second.manifest())
        assert (status, text) == (422, "manifest version validation failed\n")
        assert await chain.put(gateway, id, first.manifest()) == (200, "")
        assert await chain.served(gateway, lease) == "first"
        update = deployment.MsgUpdateDeployment(id=id.to_wire(), hash=second.version())
        await chain.client.broadcast([update], KeySigner(key_of("tenant")))
        status, text = await chain.put(gateway, id, first.manifest())
        assert (status, text) == (422, "manifest version validation failed\n")
        assert await chain.put(gateway, id, second.manifest()) == (200, "")
        while await chain.served(gateway, lease) != "second":
            await chain.block()


@pytest.mark.parametrize("denom", ["uakt", "uact"])
async def test_a_provider_that_comes_back_serves_on_without_the_tenant(
    tmp_path: Path, denom: str
) -> None:
    async with world(tmp_path, "provider") as chain:
        settings = chain.settings("provider")
        key = await chain.register("provider", settings)
        definition = page("still here", denom)
        async with Daemon.open(settings, key=key) as daemon:
            id = await chain.order(definition, f"5000000{denom}")
            (bid,) = await chain.bid(id)
            assert bid.price.denom == denom
            lease = await chain.accept(bid)
            assert await chain.put(daemon.gateway_url, id, definition.manifest()) == (200, "")
            assert await chain.served(daemon.gateway_url, lease) == "still here"
        async with Daemon.open(settings, key=key) as daemon:
            assert await chain.served(daemon.gateway_url, lease) == "still here"
            (holding,) = daemon.service.inventory.holdings
            assert holding.order == lease.order
            assert (await daemon.status())["akashpy"]["would_bid"] is True


async def test_open_bids_are_closed_at_the_end_where_that_is_wished(tmp_path: Path) -> None:
    async with world(tmp_path, "provider") as chain:
        async with running(chain, "provider", close_bids_on_exit=True):
            id = await chain.order(page("never"))
            (bid,) = await chain.bid(id)
        assert (await chain.client.query.market.bid(bid.id)).bid.state is BidState.CLOSED
