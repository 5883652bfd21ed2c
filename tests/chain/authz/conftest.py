"""Grants in one line each: alice lets bob act for her."""

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.chain import authz
from akashpy.types.address import Address
from akashpy.types.authz import MSG_SEND
from akashpy.types.coin import Coins
from akashpy.wire import authz as pb
from akashpy.wire import bank as bank_pb
from tests.chain.conftest import GENESIS_TIME, Given

HOUR = 3600 * 10**9


def stamp(time: int) -> Timestamp:
    """Unix nanoseconds as a timestamp."""
    made = Timestamp()
    made.FromNanoseconds(time)
    return made


def send_limit(limit: str, *allowed: str) -> Any:
    """A SendAuthorization."""
    return bank_pb.SendAuthorization(
        spend_limit=Coins.parse(limit).to_wire(), allow_list=list(allowed)
    )


class Grants:
    """alice grants, bob is granted; carol is somebody else."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.alice = given.account("alice", uakt=1000, uact=1000)
        self.bob = given.account("bob", uakt=1000)
        self.carol = given.account("carol", uakt=1000)

    def message(self, authorization: Message | None, ends_in: int | None = None) -> Any:
        """MsgGrant of alice to bob; `ends_in` nanoseconds from genesis."""
        grant = pb.Grant()
        if authorization is not None:
            packed = isinstance(authorization, Packed)
            grant.authorization.CopyFrom(authorization if packed else wire.pack(authorization))
        if ends_in is not None:
            grant.expiration.CopyFrom(stamp(GENESIS_TIME + ends_in))
        return pb.MsgGrant(granter=self.alice, grantee=self.bob, grant=grant)

    def give(self, authorization: Message, ends_in: int | None = None) -> None:
        """Run that message."""
        self.given.run(self.message(authorization, ends_in))

    def send(self, amount: str, to: Address | None = None, sender: Address | None = None) -> Any:
        """MsgSend of alice, unless somebody else is named, to carol."""
        return bank_pb.MsgSend(
            from_address=sender or self.alice,
            to_address=to or self.carol,
            amount=Coins.parse(amount).to_wire(),
        )

    def exec(self, *msgs: Message, grantee: str | None = None) -> Any:
        """Run MsgExec of bob."""
        wanted = self.bob if grantee is None else grantee
        return self.given.run(pb.MsgExec(grantee=wanted, msgs=[wire.pack(msg) for msg in msgs]))

    def found(self, url: str = MSG_SEND) -> Any:
        """The authorization of alice to bob that is not over, or None."""
        usable = authz.usable(self.given.ctx, self.alice.raw, self.bob.raw, url)
        return None if usable is None else usable.authorization


@pytest.fixture
def grants(given: Given) -> Grants:
    """alice, bob and carol on our own chain."""
    return Grants(given)
