"""MsgGrant: the four kinds, and everything that is refused."""

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.chain import auth
from akashpy.types.address import Address
from akashpy.types.authz import (
    MSG_DEPOSIT,
    MSG_SEND,
    GranteeIsGranter,
    InvalidExpirationTime,
    NegativeMaxTokens,
    UnknownAuthorizationType,
)
from akashpy.types.bank import DuplicateEntry
from akashpy.types.coin import Coin
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidCoins,
    InvalidType,
    PlainError,
    TxDecode,
    Unauthorized,
)
from akashpy.types.escrow import InvalidAuthzScope
from akashpy.types.events import Event
from akashpy.wire import authz as pb
from akashpy.wire.bank import SendAuthorization
from akashpy.wire.escrow import DepositAuthorization
from akashpy.wire.staking import AuthorizationType, StakeAuthorization
from tests.chain.authz.conftest import HOUR, Grants, send_limit


def coins(*texts: str) -> list[Any]:
    return [Coin(text.lstrip("-0123456789"), int(text[:-4])).to_wire() for text in texts]


def test_says_what_was_granted(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), HOUR)
    assert grants.found() == send_limit("5uakt")
    assert grants.given.events == [
        Event(
            "cosmos.authz.v1beta1.EventGrant",
            (
                ("grantee", f'"{grants.bob}"'),
                ("granter", f'"{grants.alice}"'),
                ("msg_type_url", f'"{MSG_SEND}"'),
            ),
        )
    ]
    grants.given.holds()


def test_replaces_the_grant_for_the_same_message(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), HOUR)
    grants.give(send_limit("7uact"))
    grants.give(pb.GenericAuthorization(msg="/cosmos.bank.v1beta1.MsgMultiSend"))
    assert grants.found() == send_limit("7uact")
    assert grants.found("/cosmos.bank.v1beta1.MsgMultiSend") is not None
    grants.given.holds()


def test_opens_an_account_for_a_grantee_without_one(grants: Grants) -> None:
    nobody = grants.given.address("nobody")
    message = grants.message(send_limit("5uakt"))
    message.grantee = nobody
    grants.given.run(message)
    assert auth.has_account(grants.given.ctx, nobody.raw)


def test_deposits(grants: Grants) -> None:
    authorization = DepositAuthorization(
        scopes=[DepositAuthorization.deployment, DepositAuthorization.bid],
        spend_limit=Coin("uakt", 0).to_wire(),
        spend_limits=coins("5uact", "6uakt"),
    )
    grants.give(authorization)
    assert grants.found(MSG_DEPOSIT) == authorization


@pytest.mark.parametrize(
    ("authorization", "error", "text"),
    [
        (None, InvalidType, "authorization is nil: invalid type"),
        (Packed(), InvalidType, "expected <nil>, got <nil>: invalid type"),
        (pb.GenericAuthorization(), PlainError, "msg type cannot be empty"),
        (
            pb.GenericAuthorization(msg="/akash.unheard.v1.MsgOf"),
            InvalidType,
            "/akash.unheard.v1.MsgOf doesn't exist.: invalid type",
        ),
        (SendAuthorization(), InvalidCoins, "spend limit cannot be nil: invalid coins"),
        (
            SendAuthorization(spend_limit=coins("0uakt")),
            InvalidCoins,
            "spend limit must be positive: invalid coins",
        ),
        (
            SendAuthorization(spend_limit=coins("1uakt"), allow_list=["a", "b", "a"]),
            DuplicateEntry,
            "duplicate entry",
        ),
        (
            StakeAuthorization(max_tokens=coins("-1uakt")[0]),
            NegativeMaxTokens,
            "negative coin amount: -1uakt: max tokens should be positive",
        ),
        (StakeAuthorization(), UnknownAuthorizationType, "unknown authorization type"),
        (
            StakeAuthorization(authorization_type=9),  # type: ignore[arg-type]  # hostile
            UnknownAuthorizationType,
            "unknown authorization type",
        ),
        (DepositAuthorization(), InvalidAuthzScope, "empty scope: invalid authz scope"),
        (
            DepositAuthorization(scopes=[DepositAuthorization.invalid]),
            InvalidAuthzScope,
            'invalid scope "invalid": invalid authz scope',
        ),
        (
            DepositAuthorization(scopes=[7]),  # type: ignore[list-item]  # hostile
            InvalidAuthzScope,
            'invalid scope "7": invalid authz scope',
        ),
        (
            DepositAuthorization(scopes=[DepositAuthorization.bid] * 2),
            InvalidAuthzScope,
            'duplicate scope "bid": invalid authz scope',
        ),
        (
            DepositAuthorization(scopes=[DepositAuthorization.bid], spend_limit=coins("1uakt")[0]),
            InvalidCoins,
            "spend limit is deprecated and must be zero: invalid coins",
        ),
        (
            DepositAuthorization(
                scopes=[DepositAuthorization.bid], spend_limits=coins("1uakt", "1uact")
            ),
            InvalidCoins,
            "spend limits are not valid: invalid coins",
        ),
    ],
)
def test_rejects(grants: Grants, authorization: Any, error: type[ChainError], text: str) -> None:
    with grants.given.rejects(error, text):
        grants.given.run(grants.message(authorization))


def test_rejects_a_stake_grant_while_no_message_stakes(grants: Grants) -> None:
    """Whatever this chain cannot run, it does not let be granted."""
    given = StakeAuthorization(
        authorization_type=AuthorizationType.AUTHORIZATION_TYPE_DELEGATE,
        max_tokens=coins("5uakt")[0],
    )
    url = "/cosmos.staking.v1beta1.MsgDelegate"
    if grants.given.router.handles(url):
        grants.give(given)
        assert grants.found(url) == given
        return
    with grants.given.rejects(InvalidType, f"{url} doesn't exist.: invalid type"):
        grants.give(given)


def test_rejects_oneself_in_any_spelling(grants: Grants) -> None:
    message = grants.message(send_limit("5uakt"))
    message.grantee = grants.alice.upper()
    with grants.given.rejects(GranteeIsGranter):
        grants.given.run(message)


def test_rejects_bad_addresses(grants: Grants) -> None:
    message = grants.message(send_limit("5uakt"))
    message.grantee = "nobody"
    with grants.given.rejects(InvalidAddress):
        grants.given.run(message)
    message.grantee, message.granter = grants.bob, "nobody"
    with grants.given.rejects(InvalidAddress):
        grants.given.run(message)


def test_rejects_a_module_account_that_does_not_exist_yet(grants: Grants) -> None:
    message = grants.message(send_limit("5uakt"))
    module = next(
        one for one in sorted(auth.BLOCKED) if not auth.has_account(grants.given.ctx, one)
    )
    message.grantee = Address.of(module)
    with grants.given.rejects(Unauthorized):
        grants.given.run(message)


@pytest.mark.parametrize("ends_in", [0, -HOUR])
def test_rejects_an_end_that_is_not_later(grants: Grants, ends_in: int) -> None:
    with grants.given.rejects(InvalidExpirationTime):
        grants.give(send_limit("5uakt"), ends_in)


def test_the_refusal_of_an_end_names_both_times(grants: Grants) -> None:
    text = (
        "expiration must be after the current block time (2023-11-14T22:13:20Z), got "
        "2023-11-14T21:13:20Z: expiration time of authorization should be more than current time"
    )
    with grants.given.rejects(InvalidExpirationTime, text):
        grants.give(send_limit("5uakt"), -HOUR)


@pytest.mark.parametrize(
    "packed",
    [
        Packed(type_url="/cosmos.bank.v1beta1.MsgSend"),
        Packed(type_url="/ibc.applications.transfer.v1.TransferAuthorization"),
        Packed(type_url="/cosmos.bank.v1beta1.SendAuthorization", value=b"\xff"),
    ],
)
def test_an_authorization_of_no_known_kind_cannot_be_read(grants: Grants, packed: Packed) -> None:
    message = grants.message(None)
    message.grant.authorization.CopyFrom(packed)
    with grants.given.rejects(TxDecode):
        grants.given.run(message)


def test_a_time_that_is_none_cannot_be_read(grants: Grants) -> None:
    message = grants.message(send_limit("5uakt"))
    message.grant.expiration.CopyFrom(Timestamp(seconds=2**60))
    with grants.given.rejects(TxDecode):
        grants.given.run(message)


def test_the_type_of_an_unknown_kind_is_named(grants: Grants) -> None:
    message = grants.message(None)
    message.grant.authorization.CopyFrom(wire.pack(grants.send("1uakt")))
    text = (
        "no concrete type registered for type URL /cosmos.bank.v1beta1.MsgSend "
        "against interface *authz.Authorization: tx parse error"
    )
    with grants.given.rejects(TxDecode, text):
        grants.given.run(message)
