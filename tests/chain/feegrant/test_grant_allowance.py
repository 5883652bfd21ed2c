"""MsgGrantAllowance: the three kinds, and everything that is refused."""

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed

from akashpy import wire
from akashpy.chain import auth
from akashpy.types.address import Address
from akashpy.types.duration import duration
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidCoins,
    InvalidRequest,
    PlainError,
    TxDecode,
    Unauthorized,
)
from akashpy.types.events import Event
from akashpy.types.feegrant import InvalidDuration, NoAllowance, NoMessages
from akashpy.wire import feegrant as pb
from akashpy.wire.base import Coin as WireCoin
from tests.chain.authz.conftest import HOUR
from tests.chain.feegrant.conftest import SEND, Fees, basic, filtered, periodic


@pytest.mark.parametrize(
    "allowance",
    [
        basic(),
        basic("5uakt", HOUR),
        periodic("5uakt", "5uakt"),
        periodic("5uakt", "", "50uakt", ends_in=HOUR),
        filtered(basic("5uakt"), SEND),
        filtered(filtered(periodic("5uakt", "5uakt"), SEND), SEND, "/x"),
    ],
)
def test_is_stored_as_given(fees: Fees, allowance: Any) -> None:
    fees.give(allowance)
    assert fees.found() == allowance
    assert fees.given.events == [
        Event("set_feegrant", (("granter", fees.alice), ("grantee", fees.bob)))
    ]
    fees.given.holds()


def test_opens_an_account_for_a_grantee_without_one(fees: Fees) -> None:
    nobody = fees.given.address("nobody")
    fees.given.run(fees.message(basic(), grantee=nobody))
    assert auth.has_account(fees.given.ctx, nobody.raw)


def altered(allowance: Any, **changes: Any) -> Any:
    made = type(allowance)()
    made.CopyFrom(allowance)
    for name, value in changes.items():
        made.ClearField(name)
        if isinstance(value, list):
            getattr(made, name).extend(value)
        else:
            getattr(made, name).CopyFrom(value)
    return made


UNSORTED = [WireCoin(denom="uakt", amount="1"), WireCoin(denom="uact", amount="1")]
NOTHING = [WireCoin(denom="uakt", amount="0")]


@pytest.mark.parametrize(
    ("allowance", "error", "text"),
    [
        (None, NoAllowance, "failed to get allowance: no allowance"),
        (
            altered(basic(), spend_limit=UNSORTED),
            InvalidCoins,
            "send amount is invalid: 1uakt,1uact: invalid coins",
        ),
        (
            altered(basic(), spend_limit=NOTHING),
            InvalidCoins,
            "send amount is invalid: 0uakt: invalid coins",
        ),
        (
            basic("5uakt", -HOUR),
            InvalidRequest,
            "expiration is before current block time: invalid request",
        ),
        (
            basic("5uakt", -1_700_000_001 * 10**9),
            InvalidDuration,
            "expiration time cannot be negative: invalid duration",
        ),
        (
            altered(periodic("5uakt", "5uakt"), period_spend_limit=UNSORTED),
            InvalidCoins,
            "spend amount is invalid: 1uakt,1uact: invalid coins",
        ),
        (periodic("", ""), InvalidCoins, "spend limit must be positive: invalid coins"),
        (
            altered(periodic("5uakt", ""), period_can_spend=NOTHING),
            InvalidCoins,
            "can spend amount is invalid: 0uakt: invalid coins",
        ),
        (
            periodic("5uact", "", "5uakt"),
            InvalidCoins,
            "period spend limit has different currency than basic spend limit: invalid coins",
        ),
        (
            altered(periodic("5uakt", ""), period=duration(-1)),
            InvalidDuration,
            "negative clock step: invalid duration",
        ),
        (
            pb.AllowedMsgAllowance(allowed_messages=[SEND]),
            NoAllowance,
            "allowance should not be empty: no allowance",
        ),
        (
            filtered(basic()),
            NoMessages,
            "allowed messages shouldn't be empty: allowed messages are empty",
        ),
        (
            filtered(filtered(basic()), SEND),
            NoMessages,
            "allowed messages shouldn't be empty: allowed messages are empty",
        ),
    ],
)
def test_rejects(fees: Fees, allowance: Any, error: type[ChainError], text: str) -> None:
    with fees.given.rejects(error, text):
        fees.given.run(fees.message(allowance))


def test_rejects_a_second_one(fees: Fees) -> None:
    fees.give(basic("5uakt"))
    with fees.given.rejects(InvalidRequest, "fee allowance already exists: invalid request"):
        fees.give(basic("6uakt"))


def test_rejects_bad_names(fees: Fees) -> None:
    with fees.given.rejects(InvalidAddress, "cannot self-grant fee authorization: invalid address"):
        fees.given.run(fees.message(basic(), grantee=fees.alice.upper()))
    with fees.given.rejects(PlainError):
        fees.given.run(fees.message(basic(), grantee="nobody"))
    with fees.given.rejects(PlainError):
        fees.given.run(fees.message(basic(), granter="nobody"))


def test_rejects_a_module_account_that_does_not_exist_yet(fees: Fees) -> None:
    ctx = fees.given.ctx
    module = Address.of(next(a for a in sorted(auth.BLOCKED) if not auth.has_account(ctx, a)))
    text = f"{module} is not allowed to receive funds: unauthorized"
    with fees.given.rejects(Unauthorized, text):
        fees.given.run(fees.message(basic(), grantee=module))


def deep(times: int) -> Any:
    made = basic()
    for _ in range(times):
        made = filtered(made, SEND)
    return made


def test_what_is_packed_too_deep_cannot_be_read(fees: Fees) -> None:
    with fees.given.rejects(TxDecode, "max depth exceeded: tx parse error"):
        fees.give(deep(9))
    fees.give(deep(8))
    fees.pay("5uakt")


@pytest.mark.parametrize(
    "packed",
    [
        Packed(type_url="/cosmos.bank.v1beta1.MsgSend"),
        Packed(type_url="/cosmos.feegrant.v1beta1.BasicAllowance", value=b"\xff"),
        wire.pack(altered(periodic("5uakt", ""), period=duration(2**64))),
        wire.pack(filtered(pb.MsgPruneAllowances(), SEND)),
    ],
)
def test_an_allowance_of_no_known_kind_cannot_be_read(fees: Fees, packed: Packed) -> None:
    message = fees.message(None)
    message.allowance.CopyFrom(packed)
    with fees.given.rejects(TxDecode):
        fees.given.run(message)
