"""Escrow: ids in both scopes, records, and the checks of a deposit."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from akashpy.types import escrow as e
from akashpy.types.address import Address
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Deposit, Source
from akashpy.types.errors import ChainError, InvalidAddress, InvalidDepositSource, PlainError
from akashpy.types.escrow import (
    Account,
    Balance,
    Depositor,
    EscrowID,
    Payment,
    PaymentID,
    Scope,
    State,
)
from akashpy.wire import escrow as wire


@pytest.fixture
def id(owner: Address) -> EscrowID:
    return EscrowID(Scope.DEPLOYMENT, f"{owner}/5")


@pytest.fixture
def bid_account(owner: Address, provider: Address) -> EscrowID:
    return EscrowID(Scope.BID, f"{owner}/5/1/1/{provider}")


@pytest.fixture
def payment_id(id: EscrowID, provider: Address) -> PaymentID:
    return PaymentID(id, f"1/1/{provider}")


def test_ids_and_their_texts(id: EscrowID, bid_account: EscrowID, payment_id: PaymentID) -> None:
    for one in (id, bid_account):
        one.validate()
        assert EscrowID.parse(str(one)) == one
        assert EscrowID.from_wire(one.to_wire()) == one
    payment_id.validate()
    assert str(payment_id) == f"{id}/{payment_id.xid}"
    for payment in (payment_id, PaymentID(bid_account, payment_id.xid)):
        assert PaymentID.parse(str(payment)) == payment
        assert PaymentID.from_wire(payment.to_wire()) == payment


@pytest.mark.parametrize(
    ("scope", "xid", "text"),
    [
        (Scope.INVALID, "O/5", "invalid scope: invalid ID"),
        (9, "O/5", "invalid scope: invalid ID"),
        (Scope.DEPLOYMENT, "O/5/1", "invalid xid format: invalid ID"),
        (Scope.BID, "O/5", "invalid xid format: invalid ID"),
        (
            Scope.DEPLOYMENT,
            "x/5",
            "invalid xid/owner: decoding bech32 failed: invalid bech32 string length 1: invalid ID",
        ),
        (
            Scope.DEPLOYMENT,
            "O/x",
            'invalid xid/dseq: strconv.ParseUint: parsing "x": invalid syntax: invalid ID',
        ),
        (
            Scope.BID,
            "O/5/4294967296/1/P",
            'invalid xid/gseq: strconv.ParseUint: parsing "4294967296": '
            "value out of range: invalid ID",
        ),
        (
            Scope.BID,
            "O/5/1//P",
            'invalid xid/oseq: strconv.ParseUint: parsing "": invalid syntax: invalid ID',
        ),
        (
            Scope.BID,
            "O/5/1/1/",
            "invalid xid/provider: empty address string is not allowed: invalid ID",
        ),
    ],
)
def test_bad_account_ids(
    owner: Address, provider: Address, scope: int, xid: str, text: str
) -> None:
    bad = EscrowID(scope, xid.replace("O", owner).replace("P", provider))
    with pytest.raises(e.InvalidID) as caught:
        bad.validate()
    assert str(caught.value) == text
    with pytest.raises(e.MalformedKey):
        EscrowID.parse(str(bad))


@pytest.mark.parametrize("xid", ["1/1", "1/1/1/P", "x/1/P", "1/x/P", "1/1/x"])
def test_bad_payment_ids(id: EscrowID, provider: Address, xid: str) -> None:
    bad = PaymentID(id, xid.replace("P", provider))
    with pytest.raises(e.InvalidID):
        bad.validate()
    with pytest.raises(e.MalformedKey):
        PaymentID.parse(str(bad))


@pytest.mark.parametrize("key", ["", "deployment", "deployment/a", "order/a/1", "invalid/a/1"])
def test_keys_that_are_no_account(key: str) -> None:
    with pytest.raises(e.MalformedKey):
        EscrowID.parse(key)
    with pytest.raises(e.MalformedKey):
        PaymentID.parse(key + "/1/1/x")


@pytest.fixture
def account(id: EscrowID, owner: Address, provider: Address) -> Account:
    return Account(
        id,
        owner,
        State.OVERDRAWN,
        settled_at=9,
        transferred=(DecCoin("uakt", Dec.of("1.5")),),
        funds=(Balance("uakt", Dec.of("-3.25")), Balance("uact", Dec.ZERO)),
        deposits=(Depositor(provider, 4, Source.GRANT, DecCoin("uakt", Dec.of(2))),),
    )


@pytest.fixture
def payment(payment_id: PaymentID, provider: Address) -> Payment:
    amount = DecCoin("uakt", Dec.of("0.5"))
    return Payment(payment_id, provider, State.OPEN, amount, amount, amount, Coin("uakt", 0))


def test_records_survive_the_wire(account: Account, payment: Payment) -> None:
    assert Account.from_wire(account.to_wire()) == account
    assert Payment.from_wire(payment.to_wire()) == payment
    assert account.fund("uakt") == Dec.of("-3.25")
    assert account.fund("x") is None
    assert str(account.funds[0]) == "-3.250000000000000000uakt"
    assert Account.WIRE() is wire.Account
    assert Payment.WIRE() is wire.Payment


def test_records_are_checked(account: Account, payment: Payment) -> None:
    account.validate()
    payment.validate()
    with pytest.raises(e.InvalidAccount, match="invalid xid format"):
        replace(account, id=EscrowID(Scope.DEPLOYMENT, "x")).validate()
    with pytest.raises(e.InvalidPayment, match="payment rate zero"):
        replace(payment, rate=DecCoin("uakt", Dec.ZERO)).validate()
    with pytest.raises(e.InvalidPayment, match="invalid state"):
        replace(payment, state=State.INVALID).validate()
    with pytest.raises(e.InvalidID):
        replace(payment, id=replace(payment.id, xid="")).validate()


def test_unknown_states_and_owners_are_refused(account: Account, payment: Payment) -> None:
    strange = account.to_wire()
    strange.state.state = 9
    with pytest.raises(e.InvalidAccount):
        Account.from_wire(strange)
    other = payment.to_wire()
    other.state.state = 9
    with pytest.raises(e.InvalidPayment):
        Payment.from_wire(other)
    other.state.owner = "me"
    with pytest.raises(InvalidAddress):
        Payment.from_wire(other)


@pytest.fixture
def deposit(id: EscrowID, owner: Address) -> wire.MsgAccountDeposit:
    return wire.MsgAccountDeposit(
        signer=owner, id=id.to_wire(), deposit=Deposit(Coin("uakt", 5)).to_wire()
    )


def test_a_good_deposit(deposit: wire.MsgAccountDeposit) -> None:
    e.validate_account_deposit(deposit)


Msg = wire.MsgAccountDeposit


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda m: setattr(m, "signer", "me"), PlainError),
        (lambda m: setattr(m.id, "xid", "x"), e.InvalidID),
        (lambda m: setattr(m.deposit.amount, "amount", "0"), e.InvalidDeposit),
        (lambda m: setattr(m.deposit.amount, "amount", "-1"), e.InvalidDeposit),
        (lambda m: m.deposit.ClearField("sources"), InvalidDepositSource),
        (lambda m: m.deposit.sources.append(9), InvalidDepositSource),
        (lambda m: m.deposit.sources.append(1), InvalidDepositSource),
    ],
)
def test_each_refusal_of_a_deposit(
    deposit: Msg, spoil: Callable[[Msg], None], error: type[ChainError]
) -> None:
    spoil(deposit)
    with pytest.raises(error) as caught:
        e.validate_account_deposit(deposit)
    assert type(caught.value) is error
