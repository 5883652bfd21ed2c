"""MsgCreateBid: what is stored, what is told, and every refusal in its order."""

from typing import Any

import pytest

from akashpy.chain import market
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.errors import (
    ChainError,
    Conflict,
    InvalidAddress,
    InvalidDepositSource,
    InvalidSequence,
    PlainError,
)
from akashpy.types.escrow import State
from akashpy.types.market import (
    AttributeMismatch,
    BidExists,
    BidID,
    BidInvalidPrice,
    BidState,
    BidZeroPrice,
    CapabilitiesMismatch,
    InvalidBid,
    InvalidDeposit,
    OrderActive,
    OrderClosed,
    OrderNotFound,
    Params,
    ReclamationRequired,
    ReclamationWindowInvalid,
    ReclamationWindowTooShort,
    SameAccount,
    UnknownProvider,
)
from akashpy.wire import audit as pb_audit
from akashpy.wire import market as pb
from tests.chain.bazaar import HOUR, RICH, Bazaar, deposit, first_order, spec, unit
from tests.chain.conftest import Given


def offer(id: int = 1, count: int = 1) -> Any:
    return pb.ResourceOffer(resources={"id": id}, count=count)


def test_stores_the_bid_and_locks_its_deposit(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy())
    given.advance()
    bazaar.told()
    id = bazaar.bid(order, provider, "10.7", resources_offer=[offer()], notice=HOUR)
    stored = bazaar.bid_of(id)
    assert (stored.state, stored.created_at) == (BidState.OPEN, 2)
    assert str(stored.price) == "10.700000000000000000uakt"
    assert stored.reclamation_window == HOUR
    assert [one.resources.id for one in stored.resources_offer] == [1]
    account = bazaar.account(id)
    assert (account.state, account.owner) == (State.OPEN, provider)
    assert given.balance(provider) == RICH - 500_000
    assert bazaar.told() == ["EventBidCreated", "transfer 500000uakt"]
    given.holds()


def test_takes_a_price_at_the_maximum_and_a_deposit_in_another_denomination(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy())
    id = bazaar.bid(order, provider, 1000, deposit=deposit(500_000, "uact"))
    assert bazaar.account(id).funds[0].denom == "uact"


STATELESS: list[tuple[dict[str, Any], type[ChainError]]] = [
    ({"price": DecCoin("uakt", Dec.ZERO)}, BidZeroPrice),
    ({"deposit": deposit(-1)}, PlainError),
    ({"deposit": deposit(500_000, sources=())}, InvalidDepositSource),
    ({"notice": -1}, ReclamationWindowInvalid),
]
STATEFUL: list[tuple[dict[str, Any], type[ChainError]]] = [
    ({"deposit": deposit(500_000, "uusd")}, InvalidDeposit),
    ({"deposit": deposit(499_999)}, InvalidDeposit),
    ({"price": DecCoin("uakt", Dec.of(-1))}, BidInvalidPrice),
    ({"price": DecCoin("uakt", Dec.of("1000.000000000000000001"))}, BidInvalidPrice),
    ({"price": DecCoin("uact", Dec.of(1))}, BidInvalidPrice),
    ({"resources_offer": [offer(id=2)]}, CapabilitiesMismatch),
    ({"resources_offer": [offer(count=2)]}, CapabilitiesMismatch),
    ({"resources_offer": [offer(), offer()]}, CapabilitiesMismatch),
    ({"deposit": deposit(2**63)}, InvalidDeposit),
    ({"notice": HOUR - 1}, ReclamationWindowInvalid),
    ({"notice": 720 * HOUR + 1}, ReclamationWindowInvalid),
]


@pytest.mark.parametrize(("changes", "error"), STATELESS + STATEFUL)
def test_rejects(given: Given, changes: dict[str, Any], error: type[ChainError]) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy())
    with given.rejects(error):
        bazaar.bid(order, provider, **changes)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"owner": "akash1nobody"}, InvalidAddress),
        ({"dseq": 0}, InvalidSequence),
        ({"gseq": 0}, InvalidSequence),
        ({"oseq": 0}, InvalidSequence),
        ({"provider": "akash1nobody"}, InvalidAddress),
        ({"bseq": 1}, Conflict),
    ],
)
def test_rejects_an_id(given: Given, changes: dict[str, Any], error: type[ChainError]) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    message = bazaar.bid_message(first_order(bazaar.deploy()), provider)
    for name, part in changes.items():
        setattr(message.id, name, part)
    with given.rejects(error):
        given.run(message)


def test_rejects_a_bid_on_ones_own_order(given: Given) -> None:
    bazaar = Bazaar(given)
    order = first_order(bazaar.deploy())
    with given.rejects(Conflict):
        bazaar.bid(order, bazaar.tenant)
    shouted = bazaar.bid_message(order, bazaar.tenant)
    shouted.id.provider = bazaar.tenant.upper()
    with given.rejects(SameAccount):
        given.run(shouted)


def test_rejects_an_order_that_is_not_open(given: Given) -> None:
    bazaar = Bazaar(given)
    late = bazaar.provider("late")
    lease = bazaar.leased()
    with given.rejects(OrderNotFound):
        bazaar.bid(first_order(lease.deployment, oseq=2), late)
    with given.rejects(OrderActive):
        bazaar.bid(lease.order, late)
    bazaar.close(lease.deployment)
    with given.rejects(OrderClosed):
        bazaar.bid(lease.order, late)


def test_rejects_who_is_no_provider(given: Given) -> None:
    bazaar = Bazaar(given)
    order, stranger = first_order(bazaar.deploy()), bazaar.rich("stranger")
    with given.rejects(UnknownProvider):
        bazaar.bid(order, stranger)


def test_rejects_a_provider_without_the_deposit(given: Given) -> None:
    bazaar = Bazaar(given)
    poor = bazaar.provider("poor")
    order = first_order(bazaar.deploy())
    with given.rejects(InvalidDeposit, "deposit invalid: insufficient balance"):
        bazaar.bid(order, poor, amount=RICH + 1)


def test_one_bid_per_provider_and_order_ever(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    id = bazaar.bid(first_order(bazaar.deploy()), provider)
    with given.rejects(BidExists):
        bazaar.bid(id.order, provider)
    bazaar.close_bid(id)
    with given.rejects(BidExists):
        bazaar.bid(id.order, provider)


def with_two_places(given: Given) -> tuple[Bazaar, list[Address]]:
    """An order may have two bids, and four providers want one."""
    market.PARAMS.put(given.ctx, Params(order_max_bids=2))
    bazaar = Bazaar(given)
    return bazaar, [bazaar.provider(name) for name in ("a", "b", "c", "d")]


def test_an_order_takes_as_many_bids_as_the_parameter_says(given: Given) -> None:
    bazaar, providers = with_two_places(given)
    order = first_order(bazaar.deploy())
    first = bazaar.bid(order, providers[0])
    bazaar.bid(order, providers[1])
    with given.rejects(InvalidBid):
        bazaar.bid(order, providers[2])
    bazaar.close_bid(first)
    with given.rejects(InvalidBid):
        bazaar.bid(order, providers[2])


def test_akash_takes_one_bid_more(given_akash: Given) -> None:
    bazaar, providers = with_two_places(given_akash)
    order = first_order(bazaar.deploy())
    for provider in providers[:3]:
        bazaar.bid(order, provider)
    with given_akash.rejects(InvalidBid):
        bazaar.bid(order, providers[3])


def test_the_notice_an_order_asks_for(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy(notice=3 * HOUR))
    with given.rejects(ReclamationRequired):
        bazaar.bid(order, provider)
    with given.rejects(ReclamationWindowTooShort):
        bazaar.bid(order, provider, notice=2 * HOUR)
    assert (
        bazaar.bid_of(bazaar.bid(order, provider, notice=3 * HOUR)).reclamation_window == 3 * HOUR
    )


def test_placement_by_the_providers_own_attributes(given: Given) -> None:
    bazaar = Bazaar(given)
    east = bazaar.provider("east", ("region", "us-east"), ("host", "akash"))
    west = bazaar.provider("west", ("region", "us-west"), ("host", "akash"))
    order = first_order(bazaar.deploy(groups=[spec(attributes=[("region", "us-west")])]))
    with given.rejects(AttributeMismatch):
        bazaar.bid(order, east)
    bazaar.bid(order, west)


def test_placement_by_what_auditors_signed(given: Given) -> None:
    bazaar = Bazaar(given)
    auditor = bazaar.rich("auditor")
    claims = ("region", "us-west")
    unsigned, signed = bazaar.provider("unsigned", claims), bazaar.provider("signed", claims)
    given.run(
        pb_audit.MsgSignProviderAttributes(
            owner=signed, auditor=auditor, attributes=Attributes.of([claims]).to_wire()
        )
    )
    for number, lists in enumerate(({"all_of": [auditor]}, {"any_of": [auditor]}), start=1):
        order = first_order(bazaar.deploy(number, groups=[spec(attributes=[claims], **lists)]))
        with given.rejects(AttributeMismatch):
            bazaar.bid(order, unsigned)
        bazaar.bid(order, signed)


def test_a_gpu_order_goes_to_who_declares_the_model(given: Given) -> None:
    bazaar = Bazaar(given)
    plain = bazaar.provider("plain")
    a100 = bazaar.provider("a100", ("capabilities/gpu/vendor/nvidia/model/a100", "true"))
    model = "vendor/nvidia/model/{}"
    wanted = {
        1: [(model.format("a100"), "true")],
        2: [(model.format("*"), "true")],
        3: [(model.format("h100"), "true"), (model.format("a100"), "true")],
    }
    for dseq, attributes in wanted.items():
        group = spec(unit(gpu=1, gpu_attributes=attributes))
        order = first_order(bazaar.deploy(dseq, groups=[group]))
        with given.rejects(CapabilitiesMismatch):
            bazaar.bid(order, plain)
        bazaar.bid(order, a100)


def test_a_volumes_class_must_be_offered_as_a_whole(given: Given) -> None:
    bazaar = Bazaar(given)
    halves = bazaar.provider(
        "halves",
        ("capabilities/storage/1/class", "beta2"),
        ("capabilities/storage/1/persistent", "false"),
        ("capabilities/storage/2/class", "beta3"),
        ("capabilities/storage/2/persistent", "true"),
    )
    whole = bazaar.provider(
        "whole",
        ("capabilities/storage/1/class", "beta2"),
        ("capabilities/storage/1/persistent", "true"),
    )
    volume = [("class", "beta2"), ("persistent", "true")]
    order = first_order(bazaar.deploy(groups=[spec(unit(storage_attributes=volume))]))
    with given.rejects(CapabilitiesMismatch):
        bazaar.bid(order, halves)
    bazaar.bid(order, whole)


def test_the_deposit_is_checked_before_the_order(given: Given) -> None:
    """Of several faults, clients see Akash's first one."""
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    nothing = BidID(bazaar.tenant, 99, 1, 1, provider).order
    with given.rejects(InvalidDeposit):
        bazaar.bid(nothing, provider, amount=1)


def test_a_deposit_minimum_of_governance_counts(given: Given) -> None:
    market.PARAMS.put(given.ctx, Params(bid_min_deposits=(Coin("uakt", 7),)))
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy())
    with given.rejects(InvalidDeposit, "deposit invalid: minimum:7uakt received:{6uakt [balance]}"):
        bazaar.bid(order, provider, amount=6)
    bazaar.bid(order, provider, amount=7)


def test_the_refusal_of_a_price_reads_as_the_nodes(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy())
    with given.rejects(BidInvalidPrice, "bid price is invalid"):
        bazaar.bid(order, provider, 1001)
