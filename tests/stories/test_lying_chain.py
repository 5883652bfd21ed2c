"""A node that lies must never cost a lease: whatever it answers, what runs goes on running.

The provider talks to the chain through a node that answers with errors, knows nothing, is where
the chain was long ago, or is another chain's (of the same name, and higher). Under each lie the
daemon runs on, is killed and started, and nothing is torn down or closed; when the node is honest
again, a lease that has really ended goes, and only that one.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from akashpy.types.market import LeaseState
from tests.stories.liar import Liar, Lie
from tests.stories.sdls import web
from tests.stories.town import Town

LIES = (Lie.ERRORS, Lie.EMPTY, Lie.OLD, Lie.OTHER)
BLOCKS = 12
"""Blocks for which each lie is told."""


async def asked(liar: Liar, lie: Lie) -> bool:
    """Whether somebody was told this lie."""
    return liar.asked[lie] > 0


async def test_no_teardown_on_doubt(place: Path) -> None:
    (place / "other").mkdir()
    async with (
        Town.start(place, ["ann", "pia"]) as town,
        Town.start(place / "other", ["zoe"], interval=0.1) as other,
        Liar.open(town.grpc, town.rpc) as liar,
    ):
        liar.impersonate(other.grpc, other.rpc)
        liar.old_height = await town.height()
        house = await town.provider("pia", rpc=liar.rpc, grpc=liar.grpc)
        lease, uri, start = await town.serve("ann", web("still here"))
        ending, other_uri, _ = await town.serve("ann", web("ends"))

        for lie in LIES:
            await liar.tell(lie)
            await town.next_block(BLOCKS)
            assert await town.fetch(uri) == ("still here", start), lie.value
            await house.kill()
            await house.launch()
            await town.next_block(BLOCKS)
            assert await town.fetch(uri) == ("still here", start), f"restarted: {lie.value}"
            await town.until(f"somebody asks: {lie.value}", partial(asked, liar, lie))
            await liar.tell(Lie.NONE)
            await house.recovered()
        assert await other.height() > await town.height()
        view = await town.client.query.market.lease(lease)
        assert view.lease.state is LeaseState.ACTIVE

        await town.close("ann", ending.deployment)
        await town.gone(other_uri)
        assert await town.page("ann", lease) == ("still here", start)
        ledger = await town.books()
        assert ledger.count("MsgCloseBid", code=None) == 0
        assert ledger.count("MsgCreateBid", code=None) == 2
