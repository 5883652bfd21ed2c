"""Orders, bids, leases: ids, records, parameters, and each check of a message."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from akashpy.types import market as m
from akashpy.types.address import Address
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID, DeploymentReclamation, GroupID, GroupSpec
from akashpy.types.deposit import Deposit
from akashpy.types.duration import HOUR
from akashpy.types.errors import (
    ChainError,
    Conflict,
    InvalidAddress,
    InvalidDepositSource,
    InvalidSequence,
    PlainError,
)
from akashpy.types.escrow import EscrowID, PaymentID, Scope
from akashpy.types.market import (
    Bid,
    BidID,
    BidState,
    EndpointOfferPrice,
    Lease,
    LeaseClosedReason,
    LeaseID,
    LeaseState,
    OfferPrices,
    Order,
    OrderID,
    OrderState,
    Params,
    Reclamation,
    ResourceOffer,
    StorageOfferPrice,
)
from akashpy.wire import market as wire

PRICE = DecCoin("uakt", Dec.of("1.25"))


@pytest.fixture
def bid_id(owner: Address, provider: Address) -> BidID:
    return BidID(owner, 5, 1, 2, provider)


def test_ids_lead_to_each_other(bid_id: BidID, owner: Address, provider: Address) -> None:
    bid_id.validate()
    bid_id.lease.validate()
    order = OrderID(owner, 5, 1, 2)
    assert bid_id.order == order == OrderID.of(GroupID(owner, 5, 1), 2)
    assert order.with_provider(provider) == bid_id
    assert bid_id.lease.bid == bid_id
    assert bid_id.group == bid_id.lease.group == order.group == GroupID(owner, 5, 1)
    assert bid_id.deployment == order.deployment == DeploymentID(owner, 5)
    assert bid_id.lease.deployment == DeploymentID(owner, 5)
    assert bid_id.lease.order == order
    assert str(bid_id) == str(bid_id.lease) == f"{owner}/5/1/2/{provider}"
    assert str(order) == f"{owner}/5/1/2"


def test_ids_survive_the_wire(bid_id: BidID) -> None:
    assert BidID.from_wire(bid_id.to_wire()) == bid_id
    assert LeaseID.from_wire(bid_id.lease.to_wire()) == bid_id.lease
    assert OrderID.from_wire(bid_id.order.to_wire()) == bid_id.order
    assert LeaseID.parse(str(bid_id.lease)) == bid_id.lease


def test_escrow_ids(bid_id: BidID, owner: Address, provider: Address) -> None:
    assert str(bid_id.escrow) == f"bid/{bid_id}"
    assert str(bid_id.lease.payment) == f"deployment/{owner}/5/1/2/{provider}"
    assert LeaseID.of_payment(bid_id.lease.payment) == bid_id.lease
    with pytest.raises(m.InvalidEscrowID):
        LeaseID.of_payment(PaymentID(EscrowID(Scope.BID, str(bid_id)), f"1/2/{provider}"))
    with pytest.raises(m.InvalidEscrowID, match="invalid payment id"):
        LeaseID.of_payment(PaymentID(EscrowID(Scope.DEPLOYMENT, f"{owner}/5"), "1/2"))


@pytest.mark.parametrize("text", ["a/1/1/1", "me/1/1/1/me"])
def test_texts_that_are_no_lease(text: str) -> None:
    with pytest.raises(PlainError):
        LeaseID.parse(text)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"owner": "me"}, InvalidAddress, "DeploymentID: Invalid Owner Address: invalid address"),
        (
            {"dseq": 0},
            InvalidSequence,
            "DeploymentID: Invalid Deployment Sequence: invalid sequence",
        ),
        ({"gseq": 0}, InvalidSequence, "GroupID: Invalid Group Sequence: invalid sequence"),
        ({"oseq": 0}, InvalidSequence, "OrderID: Invalid Order Sequence: invalid sequence"),
        ({"provider": "me"}, InvalidAddress, "BidID: Invalid Provider Address: invalid address"),
        ({"bseq": 1}, Conflict, "BidID: invalid bseq: conflict"),
    ],
)
def test_bad_ids(
    bid_id: BidID, change: dict[str, object], error: type[ChainError], text: str
) -> None:
    bad = replace(bid_id, **change)  # type: ignore[arg-type]  # the parameters above
    with pytest.raises(error) as caught:
        bad.validate()
    assert str(caught.value).endswith(text)
    with pytest.raises(error, match="LeaseID: Invalid BidID"):
        bad.lease.validate()


def test_nobody_bids_on_its_own_order(bid_id: BidID) -> None:
    with pytest.raises(Conflict, match="BidID: self-bid"):
        replace(bid_id, provider=bid_id.owner).validate()


def test_the_outermost_text_names_every_level(bid_id: BidID) -> None:
    with pytest.raises(InvalidSequence) as caught:
        replace(bid_id, dseq=0).lease.validate()
    assert str(caught.value) == (
        "LeaseID: Invalid BidID: BidID: Invalid OrderID: OrderID: Invalid GroupID: "
        "GroupID: Invalid DeploymentID: DeploymentID: Invalid Deployment Sequence: "
        "invalid sequence"
    )


def test_records_survive_the_wire(bid_id: BidID, group: GroupSpec) -> None:
    order = Order(bid_id.order, OrderState.ACTIVE, group, 7)
    assert Order.from_wire(order.to_wire()) == order
    assert order.price() == group.price()
    warned = replace(order, reclamation=DeploymentReclamation(HOUR))
    assert Order.from_wire(warned.to_wire()) == warned
    unit = group.resources[0]
    prices = OfferPrices(
        cpu=PRICE,
        storage=(StorageOfferPrice("default", PRICE), StorageOfferPrice("other")),
        endpoints=(EndpointOfferPrice(2, PRICE), EndpointOfferPrice(9)),
    )
    offers = (ResourceOffer(unit.resources, 2, prices), ResourceOffer(unit.resources, 1))
    bid = Bid(bid_id, BidState.LOST, PRICE, 7, offers)
    assert Bid.from_wire(bid.to_wire()) == bid
    for window in (0, HOUR + 1):
        assert Bid.from_wire(replace(bid, reclamation_window=window).to_wire()) == replace(
            bid, reclamation_window=window
        )
    lease = Lease(bid_id.lease, LeaseState.RECLAIMING, PRICE, 7, 9, 10_500, Reclamation(HOUR, 1, 2))
    assert Lease.from_wire(lease.to_wire()) == lease
    reason = replace(lease, reason=LeaseClosedReason.LEASE_CLOSED_OWNER, reclamation=None)
    assert Lease.from_wire(reason.to_wire()) == reason
    for kind in (Order, Bid, Lease, Params, OrderID, BidID, LeaseID):
        assert kind.WIRE().DESCRIPTOR.name == kind.__name__


def test_reason_names_are_the_wires() -> None:
    reason = LeaseClosedReason.LEASE_CLOSED_REASON_MANIFEST_TIMEOUT
    assert reason.name == "lease_closed_reason_manifest_timeout"
    assert LeaseClosedReason.of(10_500) == 10_500


@pytest.fixture
def create(bid_id: BidID) -> wire.MsgCreateBid:
    return wire.MsgCreateBid(
        id=bid_id.to_wire(), price=PRICE.to_wire(), deposit=Deposit(Coin("uakt", 5)).to_wire()
    )


def test_a_good_bid(create: wire.MsgCreateBid) -> None:
    m.validate_create_bid(create)
    create.reclamation_window.FromNanoseconds(0)
    m.validate_create_bid(create)


Msg = wire.MsgCreateBid


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda msg: setattr(msg.id, "oseq", 0), InvalidSequence),
        (lambda msg: msg.deposit.ClearField("sources"), InvalidDepositSource),
        (lambda msg: setattr(msg.deposit.amount, "amount", "-1"), PlainError),
        (lambda msg: setattr(msg.id, "provider", msg.id.owner.upper()), m.SameAccount),
        (lambda msg: setattr(msg.price, "amount", "0"), m.BidZeroPrice),
        (lambda msg: msg.reclamation_window.FromNanoseconds(-1), m.ReclamationWindowInvalid),
    ],
)
def test_each_refusal_of_a_bid(
    create: Msg, spoil: Callable[[Msg], None], error: type[ChainError]
) -> None:
    spoil(create)
    with pytest.raises(error) as caught:
        m.validate_create_bid(create)
    assert type(caught.value) is error


def test_closing_needs_a_providers_reason(bid_id: BidID) -> None:
    for reason in (10_000, 10_003, 10_500, 19_999):
        m.validate_close_bid(wire.MsgCloseBid(id=bid_id.to_wire(), reason=reason))
        m.validate_lease_start_reclaim(
            wire.MsgLeaseStartReclaim(id=bid_id.lease.to_wire(), reason=reason)
        )
    for reason in (0, 1, 9_999, 20_000):
        with pytest.raises(m.InvalidLeaseClosedReason) as caught:
            m.validate_close_bid(wire.MsgCloseBid(id=bid_id.to_wire(), reason=reason))
        assert str(caught.value) == (
            f'value "{reason}" range 10000..19999: invalid lease closed reason'
        )
        with pytest.raises(m.InvalidLeaseClosedReason):
            m.validate_lease_start_reclaim(
                wire.MsgLeaseStartReclaim(id=bid_id.lease.to_wire(), reason=reason)
            )


def test_messages_with_only_an_id(bid_id: BidID) -> None:
    m.validate_create_lease(wire.MsgCreateLease(bid_id=bid_id.to_wire()))
    m.validate_withdraw_lease(wire.MsgWithdrawLease(id=bid_id.lease.to_wire()))
    m.validate_close_lease(wire.MsgCloseLease(id=bid_id.lease.to_wire(), reason=20_000))
    with pytest.raises(InvalidAddress):
        m.validate_create_lease(wire.MsgCreateLease())
    with pytest.raises(InvalidAddress):
        m.validate_withdraw_lease(wire.MsgWithdrawLease())
    with pytest.raises(InvalidAddress):
        m.validate_close_lease(wire.MsgCloseLease())


def test_default_parameters() -> None:
    params = Params()
    params.validate()
    assert Params.from_wire(params.to_wire()) == params
    assert str(params.bid_min_deposit) == "500000uakt"
    assert [str(coin) for coin in params.bid_min_deposits] == ["500000uact", "500000uakt"]
    assert (params.min_reclamation_window, params.max_reclamation_window) == (HOUR, 720 * HOUR)
    params.validate_deposit(Deposit(Coin("uakt", 500_000)))
    with pytest.raises(m.InvalidDeposit) as low:
        params.validate_deposit(Deposit(Coin("uakt", 499_999)))
    text = "deposit invalid: minimum:500000uakt received:{499999uakt [balance]}"
    assert str(low.value) == text
    assert (low.value.codespace, low.value.code) == ("undefined", 1)
    with pytest.raises(m.InvalidDeposit, match="unsupported denom uusd"):
        params.validate_deposit(Deposit(Coin("uusd", 10**9)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"order_max_bids": 0}, "order max bids too low"),
        ({"order_max_bids": 501}, "order max bids too high"),
        ({"bid_min_deposits": (Coin("uakt", 0),)}, "coin 0uakt amount is not positive"),
        (
            {"bid_min_deposits": (Coin("uakt", 1), Coin("uact", 1))},
            "denomination uact is not sorted",
        ),
        ({"min_reclamation_window": -1}, "min reclamation window must be >= 0"),
        ({"max_reclamation_window": 0}, "max reclamation window must be > 0"),
        (
            {"max_reclamation_window": HOUR},
            "max reclamation window must be > min reclamation window",
        ),
    ],
)
def test_bad_parameters(change: dict[str, object], text: str) -> None:
    with pytest.raises(m.InvalidParam) as caught:
        replace(Params(), **change).validate()  # type: ignore[arg-type]  # the parameters above
    assert str(caught.value) == f"parameter invalid: {text}"


def test_parameter_updates(owner: Address) -> None:
    good = wire.MsgUpdateParams(
        authority=owner, params=replace(Params(), order_max_bids=500).to_wire()
    )
    m.validate_update_params(good)
    good.authority = ""
    with pytest.raises(PlainError, match="invalid authority address: empty address string"):
        m.validate_update_params(good)
