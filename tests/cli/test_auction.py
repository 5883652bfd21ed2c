"""Which bids `akashpy up` takes."""

from __future__ import annotations

import click
import pytest

from akashpy.cli.people.auction import Offer, choose
from akashpy.types.address import Address
from akashpy.types.attributes import PlacementRequirements
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import GroupSpec
from akashpy.types.market import Bid, BidState, Order, OrderID, OrderState

OWNER, CHEAP, DEAR = (Address.of(letter * 20) for letter in (b"o", b"c", b"d"))
SPEC = GroupSpec("west", PlacementRequirements(), ())


def order(gseq: int) -> Order:
    return Order(OrderID(OWNER, 5, gseq, 1), OrderState.OPEN, SPEC, 1)


def offer(gseq: int, provider: Address, price: int) -> Offer:
    id = OrderID(OWNER, 5, gseq, 1).with_provider(provider)
    bid = Bid(id, BidState.OPEN, DecCoin("uakt", Dec.of(price)), 1)
    return Offer(bid, f"https://{provider[-4:]}.example", "")


OFFERS = [offer(1, DEAR, 7), offer(1, CHEAP, 5), offer(2, DEAR, 3)]


def test_the_cheapest_of_each_group_is_taken() -> None:
    assert choose([order(1), order(2)], OFFERS, None) == [OFFERS[1], OFFERS[2]]


def test_a_provider_may_be_named_by_account_or_address() -> None:
    assert choose([order(1)], OFFERS, DEAR) == [OFFERS[0]]
    assert choose([order(1)], OFFERS, OFFERS[1].host) == [OFFERS[1]]


def test_a_provider_that_made_no_bid_is_told_from_those_that_did() -> None:
    with pytest.raises(click.ClickException, match=f"made no bid on group 2; bidders are {DEAR}$"):
        choose([order(2)], OFFERS, CHEAP)


def test_bids_that_were_taken_back_leave_a_choice_to_the_tenant() -> None:
    with pytest.raises(click.ClickException, match=r"group 3 of .*/5 were taken back: wait"):
        choose([order(3)], OFFERS, None)
