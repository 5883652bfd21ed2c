"""The same file with another text: the page changes, lease, address and price do not."""

from __future__ import annotations

from pathlib import Path

import sdl
from akashpy.wire import deployment as pb_deployment
from tests.stories.sdls import web
from tests.stories.town import Town


async def test_the_page_changes_in_place(place: Path) -> None:
    async with Town.start(place, ["ann", "pia"]) as town:
        await town.provider("pia")
        lease, uri, start = await town.serve("ann", web("one"))
        text = web("two")

        await town.send(
            "ann",
            pb_deployment.MsgUpdateDeployment(
                id=lease.deployment.to_wire(), hash=sdl.load(text).version()
            ),
        )
        await town.manifest("ann", lease, text)
        _, second = await town.page("ann", lease, says="two")

        assert second != start
        assert await town.uri("ann", lease) == uri
        leases = [view async for view in town.client.query.market.leases(owner=lease.owner)]
        assert [view.lease.id for view in leases] == [lease]
        await town.close("ann", lease.deployment)
        await town.gone(uri)
        await town.books()
