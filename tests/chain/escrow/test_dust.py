"""The fix "escrow-dust": however many deposits an account gets, it stays small.

One person's deposits from one source are one row; beside the owner so many people have one, and a
larger deposit takes the place of the smallest, which goes back. Without the fix: as on Akash.
"""

from __future__ import annotations

import pytest

from akashpy import wire
from akashpy.chain import authz, params
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.escrow.condense import FIX, OTHERS, entered
from akashpy.types.address import Address
from akashpy.types.authz import MSG_DEPOSIT
from akashpy.types.coin import Coins, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID
from akashpy.types.deposit import Source
from akashpy.types.escrow import Account, Depositor, InvalidDeposit, State
from akashpy.types.market import LeaseID
from akashpy.wire import authz as authz_pb
from akashpy.wire import chain as chain_pb
from akashpy.wire import escrow as pb
from tests.chain.bazaar import RICH, Bazaar, deposit, first_order
from tests.chain.conftest import Given

FIRST = 5_000_000
"""What the tenant pays in when it deploys."""


class Street:
    """A tenant's deployment and the strangers that pay into it."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.bazaar = Bazaar(given)
        self.id = self.bazaar.deploy()

    def stranger(self, number: int) -> Address:
        return self.given.account(f"stranger {number}", uakt=1_000, uact=1_000)

    def crowded(self, amount: int = 1, first: int = 0) -> list[Address]:
        """So many strangers as fit, each with a deposit."""
        people = [self.stranger(number) for number in range(first, first + OTHERS)]
        for person in people:
            self.bazaar.top_up(self.id, amount, signer=person)
        self.given.events.clear()
        return people

    def rows(self) -> list[tuple[Address, int, str, int, int]]:
        """Of each deposit: whose, from which source, what is left, and of which height."""
        return [
            (one.owner, int(one.source), one.balance.denom, one.balance.amount.truncate(),
             one.height)
            for one in self.bazaar.account(self.id).deposits
        ]  # fmt: skip

    def left(self) -> dict[Address, int]:
        """What is left of each person's deposits in the settlement denomination."""
        return {row[0]: row[3] for row in self.rows() if row[2] == self.bazaar.denom}

    def grant(self, granter: Address, amount: int) -> None:
        """A friend lets the tenant pay from its account."""
        authorization = pb.DepositAuthorization(
            scopes=[1, 2],  # type: ignore[list-item]  # numbers of scopes
            spend_limits=Coins.parse(f"{amount}{self.bazaar.denom}").to_wire(),
        )
        given = authz_pb.Grant(authorization=wire.pack(authorization))
        self.given.run(authz_pb.MsgGrant(granter=granter, grantee=self.bazaar.tenant, grant=given))

    def granted(self, granter: Address) -> str:
        """What may still be drawn."""
        found = authz.usable(self.given.ctx, granter.raw, self.bazaar.tenant.raw, MSG_DEPOSIT)
        assert found is not None
        assert isinstance(found.authorization, pb.DepositAuthorization)
        return str(Coins.from_wire(found.authorization.spend_limits))

    def top_up(self, amount: int, *sources: int) -> None:
        """The tenant adds money from these sources."""
        self.given.run(
            pb.MsgAccountDeposit(
                signer=self.bazaar.tenant,
                id=self.id.escrow.to_wire(),
                deposit=deposit(amount, self.bazaar.denom, sources),
            )
        )

    def lease(self, price: int) -> LeaseID:
        provider = self.bazaar.provider("provider")
        return self.bazaar.lease(self.bazaar.bid(first_order(self.id), provider, price))


@pytest.fixture
def street(given: Given) -> Street:
    return Street(given)


def switched_off(given: Given) -> None:
    """The fix is off from now on."""
    found = params.get(given.ctx).to_wire()
    kept = [name for name in found.fixes if name != FIX]
    del found.fixes[:]
    found.fixes.extend(kept)
    given.run(chain_pb.MsgUpdateParams(authority=AUTHORITY, params=found))
    given.events.clear()


def switched_on(given: Given) -> None:
    """The fix is on from now on."""
    found = params.get(given.ctx).to_wire()
    found.fixes.append(FIX)
    given.run(chain_pb.MsgUpdateParams(authority=AUTHORITY, params=found))
    given.events.clear()


def test_deposits_of_one_person_are_one_row(street: Street) -> None:
    friend = street.stranger(1)
    street.given.advance(4)
    street.bazaar.top_up(street.id, 5, signer=friend)
    street.given.advance(4)
    for _ in range(3):
        street.bazaar.top_up(street.id, 70)
        street.bazaar.top_up(street.id, 7, signer=friend)
    street.bazaar.top_up(street.id, 3, signer=friend, denom="uact")
    tenant = street.bazaar.tenant
    assert street.rows() == [
        (tenant, 1, "uakt", FIRST + 210, 1),
        (friend, 1, "uakt", 26, 5),
        (friend, 1, "uact", 3, 9),
    ]
    street.given.holds()


def test_without_the_fix_each_is_a_row_of_its_own(street: Street) -> None:
    switched_off(street.given)
    _rows_apart(street)


def test_on_akash_each_is_a_row_of_its_own(given_akash: Given) -> None:
    street = Street(given_akash)
    _rows_apart(street)


def _rows_apart(street: Street) -> None:
    street.given.advance(4)
    street.bazaar.top_up(street.id, 70)
    street.bazaar.top_up(street.id, 30)
    for number in range(OTHERS + 2):
        street.bazaar.top_up(street.id, 1, signer=street.stranger(number))
    rows = [(row[3], row[4]) for row in street.rows()]
    assert rows == [(FIRST, 1), (70, 5), (30, 5), *[(1, 5)] * (OTHERS + 2)]
    street.given.holds()


def test_rows_from_before_the_fix_are_put_together_at_the_next_deposit(street: Street) -> None:
    switched_off(street.given)
    friend = street.stranger(1)
    for _ in range(3):
        street.bazaar.top_up(street.id, 2, signer=friend)
        street.bazaar.top_up(street.id, 10)
    switched_on(street.given)
    street.bazaar.top_up(street.id, 4, signer=friend)
    assert [row[3] for row in street.rows()] == [FIRST + 30, 10]
    street.given.holds()


def test_balance_and_grant_are_apart_and_each_is_restored(street: Street) -> None:
    friend = street.bazaar.rich("friend")
    street.grant(friend, 1_000)
    street.top_up(100, Source.GRANT)
    street.bazaar.top_up(street.id, 30, signer=friend)
    street.top_up(200, Source.GRANT)
    street.bazaar.top_up(street.id, 3, signer=friend)
    assert [row[:4] for row in street.rows()[1:]] == [
        (friend, Source.GRANT, "uakt", 300),
        (friend, Source.BALANCE, "uakt", 33),
    ]
    assert street.granted(friend) == "700uakt"
    street.bazaar.close(street.id)
    assert street.granted(friend) == "1000uakt"
    assert street.given.balance(friend) == RICH
    street.given.holds()


def test_a_larger_deposit_takes_the_place_of_the_smallest(street: Street) -> None:
    people = street.crowded(amount=3)
    small = people[5]
    street.given.run(  # a second one makes all but `small` larger
        pb.MsgAccountDeposit(signer=people[0], id=street.id.escrow.to_wire(), deposit=deposit(1))
    )
    for person in people[1:]:
        if person != small:
            street.bazaar.top_up(street.id, 1, signer=person)
    held = street.bazaar.account(street.id).fund("uakt")
    assert held is not None
    street.bazaar.told()
    late = street.stranger(500)
    street.bazaar.top_up(street.id, 9, signer=late)
    assert street.bazaar.told() == ["transfer 9uakt", "transfer 3uakt"]
    assert street.given.balance(small) == 1_000
    assert street.given.balance(late) == 991
    assert small not in street.left()
    assert list(street.left())[-1] == late
    assert len(street.rows()) == OTHERS + 1
    assert street.bazaar.account(street.id).fund("uakt") == held + Dec.of(6)
    street.given.holds()


@pytest.mark.parametrize("amount", [1, 3])
def test_rejects_one_more_that_is_not_larger(street: Street, amount: int) -> None:
    people = street.crowded(amount=3)
    late = street.stranger(500)
    with street.given.rejects(
        InvalidDeposit,
        f"{street.id.escrow} holds uakt of {OTHERS} others; one more must be larger than the "
        "smallest of them, 3.000000000000000000uakt: invalid deposit",
    ):
        street.bazaar.top_up(street.id, amount, signer=late)
    assert street.given.balance(late) == 1_000
    street.bazaar.top_up(street.id, amount, signer=people[7])  # who is there may add to it
    street.bazaar.top_up(street.id, amount)  # and so may the owner
    assert len(street.rows()) == OTHERS + 1
    street.given.holds()


def test_denominations_do_not_crowd_each_other_out(street: Street) -> None:
    street.crowded(amount=3)
    street.bazaar.top_up(street.id, 1, signer=street.stranger(500), denom="uact")
    assert len(street.rows()) == OTHERS + 2


def test_the_owners_money_always_finds_room(given: Given) -> None:
    """Also where the first deposit came from a grant, so that the owner has no row yet."""
    street = Street(given)
    friend = street.bazaar.rich("friend")
    street.grant(friend, 2 * FIRST)
    wanted = deposit(FIRST, "uakt", (Source.GRANT,))
    street.id = street.bazaar.deploy(2, deposit=wanted)
    for number in range(OTHERS - 1):
        street.bazaar.top_up(street.id, 3, signer=street.stranger(number))
    street.bazaar.top_up(street.id, 1)
    assert street.rows()[-1][:4] == (street.bazaar.tenant, Source.BALANCE, "uakt", 1)
    assert len(street.rows()) == OTHERS + 1
    given.holds()


def test_a_grant_that_goes_back_is_restored(street: Street) -> None:
    friend = street.bazaar.rich("friend")
    street.grant(friend, 2)
    street.top_up(2, Source.GRANT)
    assert street.granted(friend) == ""
    for number in range(OTHERS - 1):
        street.bazaar.top_up(street.id, 3, signer=street.stranger(number))
    street.bazaar.top_up(street.id, 3, signer=street.stranger(500))
    assert street.granted(friend) == "2uakt"
    assert street.given.balance(friend) == RICH
    street.given.holds()


def test_a_lease_amid_dust_pays_and_refunds_everybody(street: Street) -> None:
    """First in first out by rows: the owner's top-up stands where its first deposit stood."""
    lease = street.lease(price=100)
    people = street.crowded(amount=10)
    street.bazaar.top_up(street.id, 1_000)
    street.given.advance(50_000)
    street.bazaar.withdraw(lease)
    assert street.left() == {street.bazaar.tenant: 1_000, **dict.fromkeys(people, 10)}
    street.given.advance(15)
    street.bazaar.close(street.id)
    spent = {person: 1_000 - street.given.balance(person) for person in people}
    assert list(spent.values()) == [10] * 50 + [0] * (OTHERS - 50)
    assert street.given.balance(street.bazaar.tenant) == RICH - FIRST - 1_000
    street.given.holds()


def test_what_leaves_by_running_dry_is_exact(street: Street) -> None:
    street.id = street.bazaar.deploy(3, amount=500_000)
    street.lease(price=1_000)
    people = street.crowded(amount=7)
    street.given.advance(500)
    street.given.end_block()
    assert street.bazaar.account(street.id).state is State.CLOSED
    assert [street.given.balance(person) for person in people] == [1_000] * OTHERS
    street.given.holds()


def test_entering_counts_only_others_of_the_denomination() -> None:
    """The rule alone, without a chain."""
    tenant = Address.of(b"t" * 20)

    def of(number: int, amount: int, denom: str = "uakt", source: int = 1) -> Depositor:
        owner = tenant if number == 0 else Address.of(number.to_bytes(20, "big"))
        return Depositor(owner, number, source, DecCoin(denom, Dec.of(amount)))

    full = (of(0, 1), *(of(number, 5 + number) for number in range(1, OTHERS + 1)))
    account = Account(DeploymentID(tenant, 1).escrow, tenant, State.OPEN, deposits=full)
    assert entered(account, of(0, 1, "uact")) == ((*full, of(0, 1, "uact")), None)
    assert entered(account, of(999, 1, "uact")) == ((*full, of(999, 1, "uact")), None)
    kept, gone = entered(account, of(999, 7))
    assert gone == of(1, 6)
    assert kept == (full[0], *full[2:], of(999, 7))
    kept, gone = entered(account, of(0, 7, source=2))
    assert gone == of(1, 6)
    assert kept[-1] == of(0, 7, source=2)
    with pytest.raises(InvalidDeposit):
        entered(account, of(0, 6, source=2))
