"""One order from the provider's side: bid, win, lose, be outwaited, lose an answer, come back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from akashpy.client.errors import OutcomeUnknown
from akashpy.types.attributes import Attributes
from akashpy.types.market import BidState, InvalidDeposit, OrderState
from akashpy.types.provider import Provider
from akashpy.wire import market as wire
from provider.bid.auction import AuctionSettings, End
from provider.bid.policy import PolicySettings
from provider.inventory.nodes import Cluster, Gpu, Node
from tests.provider.fakes import Durable, running
from tests.provider.market import GIB, PROVIDER, RIVAL, SECONDS, TENANT, group, unit

A100 = "capabilities/gpu/vendor/nvidia/model/a100"


async def blocks(count: float) -> None:
    """Let blocks pass."""
    await asyncio.sleep(count * SECONDS)


async def test_an_order_gets_a_bid_in_the_next_block(given: Durable) -> None:
    async with running(given) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        bid = given.chain.bids_[order.with_provider(PROVIDER)]
        assert bid.state is BidState.OPEN
        # 100 x 0.01 cpu + 1024 x 0.002 memory + 1024 x 0.0005 storage
        assert str(bid.price) == "3.560000000000000000uakt"
        assert [h.order for h in provider.inventory.holdings] == [order]


async def test_an_order_from_before_the_start_is_found(given: Durable) -> None:
    order = given.chain.open_order()
    await given.chain.grow()
    async with running(given):
        await blocks(1.5)
        assert order.with_provider(PROVIDER) in given.chain.bids_


async def test_a_won_order_keeps_its_place(given: Durable) -> None:
    async with running(given) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        lease = given.chain.accept(order.with_provider(PROVIDER))
        await blocks(1.5)
        assert [won.lease for won in provider.won] == [lease]
        assert provider.inventory.holdings[0].is_committed
        assert provider.engine.ends == {End.WON: 1}


async def test_a_lost_order_gives_its_place_back(given: Durable) -> None:
    async with running(given) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        given.chain.accept(given.chain.place(order, RIVAL))
        await blocks(1.5)
        assert provider.inventory.holdings == ()
        assert provider.engine.ends == {End.LOST: 1}
        assert given.chain.sent_of(wire.MsgCloseBid) == []  # the chain has ended the bid itself


async def test_a_closed_order_gives_its_place_back(given: Durable) -> None:
    async with running(given) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        given.chain.close_order(order)
        await blocks(1.5)
        assert provider.inventory.holdings == ()


async def test_a_stale_bid_is_closed(given: Durable) -> None:
    async with running(given, auction=AuctionSettings(patience=300)) as provider:
        order = given.chain.open_order()
        await asyncio.sleep(290)
        assert given.chain.bids_[order.with_provider(PROVIDER)].state is BidState.OPEN
        await asyncio.sleep(40)
        assert given.chain.bids_[order.with_provider(PROVIDER)].state is BidState.CLOSED
        assert provider.inventory.holdings == ()
        assert provider.engine.ends == {End.TIMEOUT: 1}


async def test_a_lease_made_while_we_give_up_is_ours(given: Durable) -> None:
    async with running(given, auction=AuctionSettings(patience=300)) as provider:
        order = given.chain.open_order()
        await asyncio.sleep(295)
        given.chain.is_down = True  # giving up begins and does not get through
        await asyncio.sleep(30)
        lease = given.chain.accept(order.with_provider(PROVIDER))
        given.chain.is_down = False
        await blocks(3)
        assert [won.lease for won in provider.won] == [lease]
        assert given.chain.sent_of(wire.MsgCloseBid) == []


async def test_a_bid_left_open_beside_another_lease_is_taken_back(given: Durable) -> None:
    async with running(given, auction=AuctionSettings(look=30)):
        order = given.chain.open_order()
        await blocks(2.5)
        given.chain.orders[order] = replace(given.chain.orders[order], state=OrderState.ACTIVE)
        await asyncio.sleep(60)
        assert given.chain.bids_[order.with_provider(PROVIDER)].state is BidState.CLOSED


async def test_a_lost_answer_makes_no_second_bid(given: Durable) -> None:
    given.chain.lost_answers = 1
    async with running(given) as provider:
        order = given.chain.open_order()
        await blocks(3.5)
        assert len(given.chain.sent_of(wire.MsgCreateBid)) == 1
        lease = given.chain.accept(order.with_provider(PROVIDER))
        await blocks(1.5)
        assert provider.won[0].lease == lease


async def test_a_bid_that_appears_long_after_its_answer_was_lost_is_ours(given: Durable) -> None:
    async with running(given) as provider:
        await blocks(0.5)
        given.chain.refusals.append(OutcomeUnknown("AB", given.chain.height + 20, "no answer"))
        order = given.chain.open_order()
        await blocks(10)
        assert [h.order for h in provider.inventory.holdings] == [order]
        bid = given.chain.place(order, PROVIDER)
        await blocks(2)
        lease = given.chain.accept(bid)
        await blocks(2)
        assert [won.lease for won in provider.won] == [lease]


async def test_a_bid_that_can_appear_no_more_gives_its_place_back(given: Durable) -> None:
    async with running(given) as provider:
        await blocks(0.5)
        given.chain.refusals.append(OutcomeUnknown("AB", given.chain.height + 20, "no answer"))
        given.chain.open_order()
        await blocks(18)
        assert provider.inventory.holdings != ()
        await blocks(5)
        assert provider.inventory.holdings == ()


async def test_a_refused_bid_gives_its_place_back(given: Durable) -> None:
    async with running(given) as provider:
        await blocks(0.5)
        given.chain.refusals.append(InvalidDeposit("minimum:5 received:1"))
        order = given.chain.open_order()
        await blocks(2.5)
        assert provider.inventory.holdings == ()
        assert provider.engine.declined[order].code == "bid_refused"


async def test_a_standing_bid_is_taken_up_after_a_restart(given: Durable) -> None:
    order = given.chain.open_order()
    async with running(given):
        await blocks(2.5)
    async with running(given) as provider:
        await blocks(1.5)
        assert [h.order for h in provider.inventory.holdings] == [order]
        lease = given.chain.accept(order.with_provider(PROVIDER))
        await blocks(1.5)
        assert provider.won[0].lease == lease
        assert len(given.chain.sent_of(wire.MsgCreateBid)) == 1


async def test_a_bid_that_grew_stale_while_the_provider_was_down_is_closed(given: Durable) -> None:
    order = given.chain.open_order()
    async with running(given):
        await blocks(2.5)
    for _ in range(100):
        await given.chain.grow()
    async with running(given):
        await blocks(2.5)
        assert given.chain.bids_[order.with_provider(PROVIDER)].state is BidState.CLOSED


async def test_a_lease_made_while_the_provider_was_down_is_kept(given: Durable) -> None:
    order = given.chain.open_order()
    async with running(given):
        await blocks(2.5)
    lease = given.chain.accept(order.with_provider(PROVIDER))
    await given.chain.grow()
    async with running(given) as provider:
        await blocks(1.5)
        assert [t.lease for t in provider.roll.tenancies] == [lease]
        assert provider.inventory.holdings[0].is_committed


async def test_a_price_above_the_order_is_no_bid(given: Durable) -> None:
    async with running(given) as provider:
        order = given.chain.open_order(group(unit(price="1")))
        await blocks(2.5)
        assert provider.engine.declined[order].code == "price_too_high"
        assert given.chain.sent == []
        assert provider.inventory.holdings == ()


async def test_an_order_in_the_other_token_is_priced_in_it(given: Durable) -> None:
    async with running(given, prices={"uact": {"cpu": "0.5"}, "uakt": {"cpu": "1"}}):
        order = given.chain.open_order(group(unit(denom="uact")))
        await blocks(2.5)
        assert str(given.chain.bids_[order.with_provider(PROVIDER)].price) == (
            "50.000000000000000000uact"
        )


async def test_a_deposit_is_paid_in_what_the_account_has(given: Durable) -> None:
    given.chain.funds = {"uact": 10**6}
    async with running(given):
        given.chain.open_order()
        await blocks(2.5)
        (message,) = given.chain.sent_of(wire.MsgCreateBid)
        assert (message.deposit.amount.denom, message.deposit.amount.amount) == ("uact", "500000")


async def test_without_funds_the_provider_says_so_and_bids_once_it_has_some(given: Durable) -> None:
    given.chain.funds = {}
    async with running(given) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        assert provider.engine.declined[order].code == "no_funds"
        given.chain.funds = {"uakt": 10**6}
        await blocks(4)
        assert order.with_provider(PROVIDER) in given.chain.bids_


async def test_a_node_that_does_not_answer_only_delays_a_bid(given: Durable) -> None:
    async with running(given):
        order = given.chain.open_order()
        given.chain.is_down = True
        await asyncio.sleep(30)
        given.chain.is_down = False
        await blocks(4)
        assert order.with_provider(PROVIDER) in given.chain.bids_


async def test_an_order_for_another_place_is_declined(given: Durable) -> None:
    async with running(given) as provider:
        order = given.chain.open_order(group(attributes=[("region", "moon")]))
        await blocks(2.5)
        assert provider.engine.declined[order].code == "attributes"


async def test_an_order_without_the_wanted_attributes_is_declined(given: Durable) -> None:
    wanted = PolicySettings(wanted=Attributes.of([("tier", "gold")]))
    async with running(given, policy=wanted) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        assert provider.engine.declined[order].code == "not_wanted"


async def test_a_blocked_tenant_gets_no_bid(given: Durable) -> None:
    blocked = PolicySettings(blocked_owners=frozenset({str(TENANT)}))
    async with running(given, policy=blocked) as provider:
        order = given.chain.open_order()
        await blocks(2.5)
        assert provider.engine.declined[order].code == "owner_blocked"


async def test_two_orders_never_share_the_last_gpu(given: Durable) -> None:
    cluster = Cluster((Node("g1", 8000, 32 * GIB, 100 * GIB, gpus=(Gpu("nvidia", "a100", 1),)),))
    given.chain.record = _with(given, A100)
    async with running(given, cluster=cluster) as provider:
        spec = group(unit(gpu=1, wishes=["vendor/nvidia/model/*"]))
        first = given.chain.open_order(spec, dseq=1)
        second = given.chain.open_order(spec, dseq=2)
        await blocks(2.5)
        assert [b.id.order for b in given.chain.bids_.values()] == [first]
        assert provider.engine.declined[second].code == "no_gpu_free"


async def test_a_wildcard_gpu_is_named_and_priced_in_the_bid(given: Durable) -> None:
    cluster = Cluster((Node("g1", 8000, 32 * GIB, 100 * GIB, gpus=(Gpu("nvidia", "a100", 1),)),))
    given.chain.record = _with(given, A100)
    prices = {"uakt": {"gpu": {"a100": "300", "*": "1"}}}
    async with running(given, cluster=cluster, prices=prices):
        order = given.chain.open_order(group(unit(gpu=1, wishes=["vendor/nvidia/model/*"])))
        await blocks(2.5)
        bid = given.chain.bids_[order.with_provider(PROVIDER)]
        gpu = bid.resources_offer[0].resources.gpu
        assert gpu is not None
        assert [a.key for a in gpu.attributes] == ["vendor/nvidia/model/a100"]
        assert str(bid.price) == "300.000000000000000000uakt"


async def test_an_order_for_a_model_not_declared_is_declined(given: Durable) -> None:
    cluster = Cluster((Node("g1", 8000, 32 * GIB, 100 * GIB, gpus=(Gpu("nvidia", "a100", 1),)),))
    given.chain.record = _with(given, A100)
    async with running(given, cluster=cluster) as provider:
        order = given.chain.open_order(group(unit(gpu=1, wishes=["vendor/nvidia/model/h100"])))
        await blocks(2.5)
        assert provider.engine.declined[order].code == "gpu"
        assert given.chain.bids_ == {}


async def test_an_order_that_had_no_room_is_bid_on_once_there_is_some(given: Durable) -> None:
    cluster = Cluster((Node("g1", 8000, 32 * GIB, 100 * GIB, gpus=(Gpu("nvidia", "a100", 1),)),))
    given.chain.record = _with(given, A100)
    async with running(given, cluster=cluster):
        spec = group(unit(gpu=1, wishes=["vendor/nvidia/model/a100"]))
        first = given.chain.open_order(spec, dseq=1)
        await blocks(2.5)
        second = given.chain.open_order(spec, dseq=2)
        third = given.chain.open_order(spec, dseq=3)
        await blocks(2.5)
        assert second.with_provider(PROVIDER) not in given.chain.bids_
        given.chain.close_order(third)
        given.chain.close_order(first)
        await blocks(2.5)
        assert second.with_provider(PROVIDER) in given.chain.bids_
        assert third.with_provider(PROVIDER) not in given.chain.bids_


async def test_a_released_gpu_can_be_sold_again(given: Durable) -> None:
    cluster = Cluster((Node("g1", 8000, 32 * GIB, 100 * GIB, gpus=(Gpu("nvidia", "a100", 1),)),))
    given.chain.record = _with(given, A100)
    async with running(given, cluster=cluster):
        spec = group(unit(gpu=1, wishes=["vendor/nvidia/model/a100"]))
        first = given.chain.open_order(spec, dseq=1)
        await blocks(2.5)
        given.chain.close_order(first)
        await blocks(1.5)
        second = given.chain.open_order(spec, dseq=2)
        await blocks(2.5)
        assert second.with_provider(PROVIDER) in given.chain.bids_


def _with(given: Durable, key: str) -> Provider:
    return replace(given.chain.record, attributes=Attributes.of([(key, "true")]))
