"""The whole loop over real sockets: order, bid, lease, manifest, a served page, its end."""

from __future__ import annotations

from pathlib import Path

from akashpy.client.signer import KeySigner
from akashpy.wire import deployment
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
