"""Random lives in which friends pay: nobody ever loses more than they granted.

The town of test_marketplace, where every deposit draws on grants first. Friends grant, grant anew
and take back at any time, also to each other's debtors, while accounts run dry and close.
"""

from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from akashpy import wire
from akashpy.chain import authz, escrow
from akashpy.types.address import Address
from akashpy.types.authz import MSG_DEPOSIT, authorization_of
from akashpy.types.coin import Coin, Coins
from akashpy.types.deposit import Deposit, Source
from akashpy.wire import authz as pb
from akashpy.wire.escrow import DepositAuthorization
from tests.chain.bazaar import RICH
from tests.chain.conftest import BLOCK_TIME
from tests.chain.properties.test_marketplace import (
    BEGINNING,
    DENOMS,
    Town,
    dseqs,
    steps,
    tenants,
)

FRIENDS = ("fay", "gus")
SOURCES = ((Source.GRANT, Source.BALANCE), (Source.GRANT,), (Source.BALANCE, Source.GRANT))

people = st.integers(0, 4)
"""Two tenants, three providers: those who may be granted deposits."""
friendly_steps = st.one_of(
    steps,
    steps,
    st.tuples(
        st.just("grant"),
        st.integers(0, 1),
        people,
        st.sampled_from([1, 300_000, 2_000_000]),
        st.sampled_from(DENOMS),
        st.sampled_from([(1,), (2,), (1, 2)]),
        st.sampled_from([None, None, 3, 20]),
    ),
    st.tuples(st.just("revoke"), st.integers(0, 1), people),
    st.tuples(st.just("sources"), st.sampled_from(SOURCES)),
    st.tuples(st.just("close"), tenants, dseqs),
)
AT_FIRST: list[tuple[Any, ...]] = [
    ("grant", 0, 0, 900_000, "uakt", (1, 2), None),
    ("grant", 0, 0, 900_000, "uact", (1, 2), None),
    ("grant", 1, 0, 400_000, "uact", (1,), 20),
    ("grant", 1, 2, 700_000, "uakt", (2,), None),
]


class FriendlyTown(Town):
    """A town whose deposits draw on what friends granted."""

    def __init__(self, preset: str) -> None:
        super().__init__(preset)
        self.friends = [self.bazaar.rich(name) for name in FRIENDS]
        self.sources: tuple[Source, ...] = SOURCES[0]
        self.granted = {(friend, denom): 0 for friend in self.friends for denom in DENOMS}
        self.supply = self.supplies()
        plain = self.given.run

        def run(msg: Any) -> Any:
            """Every message that has a deposit names the sources of this town."""
            if "deposit" in msg.DESCRIPTOR.fields_by_name:
                coin = Coin.from_wire(msg.deposit.amount)
                msg.deposit.CopyFrom(Deposit(coin, self.sources).to_wire())
            return plain(msg)

        self.given.run = run  # type: ignore[method-assign]  # a town's own way

    def grant(
        self,
        friend: int,
        person: int,
        amount: int,
        denom: str,
        scopes: tuple[int, ...],
        blocks: int | None,
    ) -> None:
        authorization = DepositAuthorization(
            scopes=scopes,  # type: ignore[arg-type]  # numbers of scopes
            spend_limits=[Coin(denom, amount).to_wire()],
        )
        given = pb.Grant(authorization=wire.pack(authorization))
        if blocks is not None:
            given.expiration.FromNanoseconds(self.given.ctx.time + blocks * BLOCK_TIME)
        granter = self.friends[friend]
        self.given.run(pb.MsgGrant(granter=granter, grantee=self.person(person), grant=given))
        self.granted[granter, denom] += amount

    def revoke(self, friend: int, person: int) -> None:
        self.given.run(
            pb.MsgRevoke(
                granter=self.friends[friend],
                grantee=self.person(person),
                msg_type_url=MSG_DEPOSIT,
            )
        )

    def person(self, number: int) -> Address:
        return [*self.tenants, *self.providers][number]

    def take(self, step: tuple[Any, ...]) -> None:
        if step[0] == "sources":
            self.sources = step[1]
        else:
            super().take(step)

    def orderly(self) -> None:
        super().orderly()
        self.nobody_loses_more_than_granted()
        self.granted_deposits_are_friends()

    def nobody_loses_more_than_granted(self) -> None:
        """What is gone and what may still be drawn were granted at some time."""
        open_to = dict.fromkeys(self.granted, 0)
        for (granter, _, _), grant in authz.GRANTS.under(self.given.ctx):
            found = authorization_of(grant)
            assert isinstance(found, DepositAuthorization)
            for coin in Coins.from_wire(found.spend_limits):
                open_to[Address.of(granter), coin.denom] += coin.amount
        for (friend, denom), granted in self.granted.items():
            gone = RICH - self.given.balance(friend, denom)
            assert 0 <= gone <= granted
            assert gone + open_to[friend, denom] <= granted

    def granted_deposits_are_friends(self) -> None:
        """A deposit from a grant belongs to a friend, any other to who is no friend."""
        for _, account in escrow.ACCOUNTS.under(self.given.ctx):
            for deposit in account.deposits:
                assert (deposit.source == Source.GRANT) is (deposit.owner in self.friends)


@pytest.mark.parametrize("preset", ["default", "akash"])
@settings(max_examples=30, deadline=None)
@examples(plan=st.lists(friendly_steps, min_size=8, max_size=40))
def test_nobody_loses_more_than_they_granted(preset: str, plan: list[tuple[Any, ...]]) -> None:
    town = FriendlyTown(preset)
    for step in [*AT_FIRST, *BEGINNING, *plan, ("blocks", 1)]:
        town.take(step)
    assert any(town.granted.values())
