"""What the ledger believes: its own chain, at heights it has seen, and nobody else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from akashpy.types.market import LeaseState, OrderClosed
from akashpy.wire import market as wire
from provider.anchor import Anchor, AnchorFile
from provider.errors import GiveUp, Retry
from provider.events import Feed, LookAgain, OrderOpened
from provider.ledger import Ledger, Verdict
from tests.provider.fakes import Durable, running
from tests.provider.market import PROVIDER, FakeChain
from tests.provider.tenants import blocks, leased, page


def ledger(chain: FakeChain, anchor: AnchorFile | None = None) -> Ledger:
    """A ledger of a chain."""
    return Ledger(chain, PROVIDER, Feed(), anchor=anchor or AnchorFile(None))


async def test_another_chain_id_is_refused_with_a_remedy() -> None:
    anchor = AnchorFile(None)
    anchor.move(Anchor("other-1", 5, b"x"))
    with pytest.raises(GiveUp, match="another --home"):
        await ledger(FakeChain(), anchor).open()


async def test_a_chain_that_does_not_answer_is_tried_again() -> None:
    with pytest.raises(Retry, match="does not answer"):
        await ledger(FakeChain(is_down=True)).open()


async def test_the_anchor_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "data" / "anchor.json"
    AnchorFile(path).move(Anchor("fake-1", 7, b"\x01\x02"))
    assert AnchorFile(path).anchor == Anchor("fake-1", 7, b"\x01\x02")


def test_a_damaged_anchor_is_never_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "anchor.json"
    path.write_text("{")
    with pytest.raises(GiveUp, match="is damaged"):
        AnchorFile(path)


async def test_a_strange_chains_news_and_heights_count_for_nothing(given: Durable) -> None:
    async with running(given) as provider:
        await blocks(1.5)
        before, genesis = given.chain.height, given.chain.genesis
        given.chain.genesis = b"strange"
        given.chain.open_order()
        await blocks(5)
        assert provider.ledger.height == before
        assert "another genesis" in provider.ledger.trouble
        assert given.chain.bids_ == {}
        given.chain.genesis = genesis
        await blocks(3)
        assert provider.ledger.trouble == ""
        assert provider.ledger.height >= given.chain.height - 1


async def test_missed_blocks_make_everybody_look_again(given: Durable) -> None:
    world = given.chain
    one = ledger(world)
    await one.open()
    with one.feed.listen() as news:
        following = asyncio.create_task(one.follow())
        world.refuse_events = 1
        for _ in range(5):
            await world.grow()
        assert await news.next() == LookAgain()
        order = world.open_order()
        await world.grow()
        assert await news.next() == OrderOpened(order)
        following.cancel()


async def test_a_running_lease_is_found_running_and_an_ended_one_over(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        created = given.chain.leases_[lease].created_at
        found = await provider.ledger.examine(lease, created_at=created)
        assert (found.verdict, found.height) == (Verdict.RUNS, given.chain.height)
        given.chain.end(lease, LeaseState.INSUFFICIENT_FUNDS)
        found = await provider.ledger.examine(lease, created_at=created)
        assert found.verdict is Verdict.OVER
        found = await provider.ledger.examine(
            lease, created_at=created, not_below=given.chain.height + 1
        )
        assert found.verdict is Verdict.DOUBT


async def test_closing_a_bid_goes_on_until_the_chain_says_so(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        given.chain.refusals += [OrderClosed("x"), OrderClosed("x")]
        await provider.ledger.close_bid(lease.bid, 10_000)
        assert len(given.chain.sent_of(wire.MsgCloseBid)) == 1
        await provider.ledger.close_bid(lease.bid, 10_000)
        assert len(given.chain.sent_of(wire.MsgCloseBid)) == 1
