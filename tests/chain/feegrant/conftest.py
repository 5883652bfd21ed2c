"""Fee allowances in one line each: alice pays for bob."""

from typing import Any

import pytest
from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import feegrant
from akashpy.types.coin import Coins
from akashpy.types.duration import duration
from akashpy.wire import feegrant as pb
from tests.chain.authz.conftest import HOUR, stamp
from tests.chain.conftest import GENESIS_TIME, Given

SEND = "/cosmos.bank.v1beta1.MsgSend"


def basic(limit: str = "", ends_in: int | None = None) -> Any:
    """A BasicAllowance; the end is counted from genesis."""
    made = pb.BasicAllowance(spend_limit=Coins.parse(limit).to_wire())
    if ends_in is not None:
        made.expiration.CopyFrom(stamp(GENESIS_TIME + ends_in))
    return made


def periodic(limit: str, left: str, total: str = "", *, ends_in: int | None = None) -> Any:
    """A PeriodicAllowance of an hour, the first of which ends an hour after genesis."""
    return pb.PeriodicAllowance(
        basic=basic(total, ends_in),
        period=duration(HOUR),
        period_spend_limit=Coins.parse(limit).to_wire(),
        period_can_spend=Coins.parse(left).to_wire(),
        period_reset=stamp(GENESIS_TIME + HOUR),
    )


def filtered(inner: Message, *urls: str) -> Any:
    """An AllowedMsgAllowance."""
    return pb.AllowedMsgAllowance(allowance=wire.pack(inner), allowed_messages=list(urls))


class Fees:
    """alice grants, bob is granted."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.alice = given.account("alice", uakt=1000)
        self.bob = given.account("bob", uakt=1000)

    def message(self, allowance: Message | None, **names: str) -> Any:
        """MsgGrantAllowance of alice to bob, unless other names are given."""
        msg = pb.MsgGrantAllowance(**({"granter": self.alice, "grantee": self.bob} | names))
        if allowance is not None:
            msg.allowance.CopyFrom(wire.pack(allowance))
        return msg

    def give(self, allowance: Message) -> None:
        """Run that message."""
        self.given.run(self.message(allowance))

    def revoke(self) -> None:
        """Alice takes it back."""
        self.given.run(pb.MsgRevokeAllowance(granter=self.alice, grantee=self.bob))

    def pay(self, fee: str, *urls: str) -> None:
        """Use the allowance as the checks before a transaction do."""
        with self.given.ctx.branch():
            feegrant.pay(
                self.given.ctx, self.alice.raw, self.bob.raw, Coins.parse(fee), urls or (SEND,)
            )

    def found(self) -> Any:
        """What is stored, or None."""
        grant = feegrant.GRANTS.get(self.given.ctx, (self.bob.raw, self.alice.raw))
        return None if grant is None else wire.unpack(grant.allowance)

    def told(self) -> list[str]:
        """Types of events since the last call."""
        types = [event.type for event in self.given.events]
        self.given.events.clear()
        return types


@pytest.fixture
def fees(given: Given) -> Fees:
    """alice and bob on our own chain."""
    return Fees(given)


@pytest.fixture
def fees_akash(given_akash: Given) -> Fees:
    """alice and bob on the preset "akash"."""
    return Fees(given_akash)
