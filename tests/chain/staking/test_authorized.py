"""Stake moved by somebody who was authorized to, through MsgExec."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message

from akashpy import wire
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError, Unauthorized
from akashpy.wire import authz
from akashpy.wire.staking import AuthorizationType, StakeAuthorization
from tests.chain.staking.conftest import Stakes, uakt

KINDS = AuthorizationType.DESCRIPTOR.values_by_name


def allow(stakes: Stakes, kind: str, most: int, *validators: str) -> None:
    """Let bob do something with ann's stake."""
    given = StakeAuthorization(
        authorization_type=KINDS[f"AUTHORIZATION_TYPE_{kind}"].number,  # type: ignore[arg-type]
        allow_list=StakeAuthorization.Validators(
            address=[stakes.operator(name) for name in validators]
        ),
        max_tokens=uakt(most),
    )
    stakes.run(
        authz.MsgGrant(
            granter=stakes.address("ann"),
            grantee=stakes.address("bob"),
            grant=authz.Grant(authorization=wire.pack(given)),
        )
    )


def act(stakes: Stakes, msg: Message) -> None:
    """Bob sends a message of ann's."""
    stakes.run(authz.MsgExec(grantee=stakes.address("bob"), msgs=[wire.pack(msg)]))


def test_all_four_kinds(stakes: Stakes) -> None:
    allow(stakes, "DELEGATE", 100, "val1")
    act(stakes, stakes.delegate("ann", "val1", 60))
    assert stakes.shares("ann", "val1") == Dec.of(60)
    allow(stakes, "REDELEGATE", 10, "val2")
    act(stakes, stakes.redelegate("ann", "val1", "val2", 10))
    assert stakes.shares("ann", "val2") == Dec.of(10)
    allow(stakes, "UNDELEGATE", 30, "val1")
    act(stakes, stakes.undelegate("ann", "val1", 20))
    allow(stakes, "CANCEL_UNBONDING_DELEGATION", 20, "val1")
    act(stakes, stakes.cancel("ann", "val1", 5, stakes.ctx.height))
    assert stakes.unbonding("ann", "val1") == [(stakes.ctx.height, 15)]
    stakes.sound()


def test_only_so_much_and_only_there(stakes: Stakes) -> None:
    allow(stakes, "DELEGATE", 100, "val1")
    with stakes.rejects(Unauthorized):
        act(stakes, stakes.delegate("ann", "val2", 1))
    with stakes.rejects(PlainError, "negative coin amount: -1uakt"):
        act(stakes, stakes.delegate("ann", "val1", 101))
    act(stakes, stakes.delegate("ann", "val1", 100))
    with pytest.raises(Exception, match="authorization not found"):
        act(stakes, stakes.delegate("ann", "val1", 1))  # all of it is used
