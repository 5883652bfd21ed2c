"""Escrow against the oracle in exact rationals, with our fixes and with Akash's defects.

Random operations at random heights on accounts whose numbers begin alike (1, 12, 120). After each
one both sides must agree on whether it was refused and why, and on every amount and state. The fix
against dust is tried on and off beside both, with room for many people and for one.
"""

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain import bank, escrow, params
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.escrow import condense
from akashpy.chain.escrow.condense import FIX, OTHERS
from akashpy.chain.escrow.records import STRANDED
from akashpy.state.tree import drained
from akashpy.types.address import Address
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Source
from akashpy.types.errors import ChainError
from akashpy.types.escrow import Depositor, EscrowID, PaymentID, Scope
from akashpy.wire import chain as wire_chain
from tests.chain.conftest import Given
from tests.chain.properties.rational_escrow import Oracle, Refused

UNIT = 10**18
OWNERS = ("ann", "bob", "tenant")
"""Who pays in; the accounts are the tenant's."""
PAYEES = ("pia", "quin", "rob")
DSEQS = (1, 12, 120, 7)
DENOMS = ("uakt", "uact")
START = 10**9

amounts = st.sampled_from([1, 2, 3, 10, 99, 100, 1000, 12_345, 500_000])
rates = st.one_of(
    st.sampled_from([Fraction(1), Fraction(3), Fraction(10), Fraction(10_000_7, 10)]),
    st.integers(0, 50 * UNIT).map(lambda raw: Fraction(raw, UNIT)),
    st.integers(0, UNIT // 100).map(lambda raw: Fraction(raw, UNIT)),
)
gifts = st.lists(st.tuples(st.sampled_from(OWNERS), st.sampled_from(DENOMS), amounts), max_size=3)
dseqs = st.sampled_from(DSEQS)
gseqs = st.integers(1, 3)
"""The payee of a payment goes by its group, so that steps meet payments there are."""
steps = st.one_of(
    st.tuples(st.just("open"), dseqs, gifts.filter(bool)),
    st.tuples(st.just("give"), dseqs, gifts.filter(bool)),
    st.tuples(st.just("start"), dseqs, gseqs, rates, st.sampled_from(DENOMS[:1] * 6 + DENOMS)),
    st.tuples(st.just("withdraw"), dseqs, gseqs),
    st.tuples(st.just("stop"), dseqs, gseqs),
    st.tuples(st.just("close"), dseqs),
    st.tuples(st.just("blocks"), st.integers(20, 200)),
    st.tuples(st.just("blocks"), st.integers(1, 3)),
)


BEGINNING: list[tuple[Any, ...]] = [
    ("open", 12, [("ann", "uakt", 1000)]),
    ("open", 120, [("bob", "uakt", 700), ("ann", "uact", 5)]),
    ("start", 12, 1, Fraction(7, 2), "uakt"),
    ("blocks", 2),
    ("start", 12, 2, Fraction(9), "uakt"),
    ("start", 120, 1, Fraction(3, 10), "uakt"),
]
"""Two accounts whose numbers begin alike, already paying."""

RUN_DRY: list[tuple[Any, ...]] = [("blocks", 100), ("withdraw", 12, 1), ("withdraw", 120, 1)]
"""Both are empty by then: closed long ago with the fixes, found overdrawn on Akash."""


class Pair:
    """Our escrow and the oracle, given the same steps."""

    def __init__(self, preset: str, room: int | None) -> None:
        self.given = Given(preset)
        self.have_dust(room is None)
        self.oracle = Oracle(fixed=preset == "default", room=room)
        self.people = {name: self.given.account(name, uakt=START, uact=START) for name in OWNERS}
        self.people |= {name: self.given.account(name) for name in PAYEES}
        self.tenant = self.given.address("tenant")

    def have_dust(self, is_kept: bool) -> None:
        """Have the fix off or on, whatever the preset says."""
        found = params.get(self.given.ctx).to_wire()
        names = sorted({*found.fixes} - {FIX} | (set() if is_kept else {FIX}))
        del found.fixes[:]
        found.fixes.extend(names)
        self.given.run(wire_chain.MsgUpdateParams(authority=AUTHORITY, params=found))

    def account(self, dseq: int) -> EscrowID:
        return EscrowID(Scope.DEPLOYMENT, f"{self.tenant}/{dseq}")

    def payment(self, dseq: int, gseq: int) -> PaymentID:
        return PaymentID(self.account(dseq), f"{gseq}/1/{self.people[PAYEES[gseq - 1]]}")

    def deposits(self, given: list[tuple[str, str, int]]) -> tuple[Depositor, ...]:
        height = self.given.ctx.height
        return tuple(
            Depositor(self.people[name], height, Source.BALANCE, DecCoin(denom, Dec.of(amount)))
            for name, denom, amount in given
        )

    def take(self, step: tuple[Any, ...]) -> None:
        verb, *rest = step
        if verb == "blocks":
            for _ in range(rest[0]):
                drained(escrow.close_exhausted(self.given.ctx))
                self.given.advance()
                self.oracle.next_block()
        else:
            ours, theirs = getattr(self, verb)(*rest)
            self.both(ours, theirs)
        self.given.events.clear()
        self.compare()

    def open(self, dseq: int, given: list[tuple[str, str, int]]) -> Any:
        id, ctx = self.account(dseq), self.given.ctx
        return (
            lambda: escrow.create_account(ctx, id, self.tenant, self.deposits(given)),
            lambda oracle: oracle.open(str(id), "tenant", given),
        )

    def give(self, dseq: int, given: list[tuple[str, str, int]]) -> Any:
        id, ctx = self.account(dseq), self.given.ctx
        return (
            lambda: escrow.deposit(ctx, id, self.deposits(given)),
            lambda oracle: oracle.give(str(id), given),
        )

    def start(self, dseq: int, gseq: int, rate: Fraction, denom: str) -> Any:
        id, ctx, payee = self.payment(dseq, gseq), self.given.ctx, PAYEES[gseq - 1]
        price = DecCoin(denom, Dec(int(rate * UNIT)))
        return (
            lambda: escrow.create_payment(ctx, id, self.people[payee], price),
            lambda oracle: oracle.start(str(id.account), str(id), payee, rate, denom),
        )

    def withdraw(self, dseq: int, gseq: int) -> Any:
        id = self.payment(dseq, gseq)
        return (
            lambda: escrow.withdraw_payment(self.given.ctx, id),
            lambda oracle: oracle.withdraw(str(id)),
        )

    def stop(self, dseq: int, gseq: int) -> Any:
        id = self.payment(dseq, gseq)
        return (
            lambda: escrow.close_payment(self.given.ctx, id),
            lambda oracle: oracle.stop(str(id)),
        )

    def close(self, dseq: int) -> Any:
        id = self.account(dseq)
        return (
            lambda: escrow.close_account(self.given.ctx, id),
            lambda oracle: oracle.close(str(id)),
        )

    def both(self, ours: Callable[[], None], theirs: Callable[[Oracle], None]) -> None:
        """Run one step on both sides; a refusal undoes it on both, for the same reason."""
        refused = expected = ""
        try:
            with self.given.ctx.branch():
                ours()
        except ChainError as error:
            refused = type(error).__name__
        trial = deepcopy(self.oracle)
        try:
            theirs(trial)
            self.oracle = trial
        except Refused as error:
            expected = str(error)
        assert refused == expected

    def compare(self) -> None:
        """Every amount and every state, of accounts, payments and wallets."""
        ctx, oracle = self.given.ctx, self.oracle
        accounts = dict(escrow.ACCOUNTS.under(ctx))
        assert accounts.keys() == oracle.books.keys()
        for key, account in accounts.items():
            book = oracle.books[key]
            assert account.state.name == book.state
            assert account.settled_at == book.settled
            assert {one.denom: value(one.amount) for one in account.funds} == book.funds
            assert {one.denom: value(one.amount) for one in account.transferred} == book.spent
            left = [
                (one.owner, one.balance.denom, value(one.balance.amount))
                for one in account.deposits
            ]
            assert left == [(self.people[p.owner], p.denom, p.left) for p in book.purses]
        payments = dict(escrow.PAYMENTS.under(ctx))
        assert payments.keys() == oracle.streams.keys()
        for name, payment in payments.items():
            stream = oracle.streams[name]
            assert payment.state.name == stream.state
            assert value(payment.balance.amount) == stream.earned
            assert value(payment.unsettled.amount) == stream.debt
            assert payment.withdrawn.amount == stream.taken
        for name, owner in self.people.items():
            for denom in DENOMS:
                start = START if name in OWNERS else 0
                moved = oracle.wallets.get((name, denom), 0)
                assert bank.balance(ctx, Address.parse(owner).raw, denom) == start + moved
        stranded = {denom: Fraction(amount) for denom, amount in STRANDED.under(ctx)}
        assert stranded == {denom: lost for denom, lost in oracle.lost.items() if lost}


def value(amount: Dec) -> Fraction:
    return Fraction(amount.raw, UNIT)


def agree(preset: str, plan: list[tuple[Any, ...]], room: int | None = None) -> None:
    """Take every step on both sides; at the end nobody owes anything, with our fixes."""
    pair = Pair(preset, room)
    for step in BEGINNING + plan:
        pair.take(step)
    pair.given.holds()
    if preset == "default":
        for book in pair.oracle.books.values():
            assert book.state != "overdrawn"
            assert all(amount >= 0 for amount in book.funds.values())


plans = st.builds(
    list.__add__, st.sampled_from([[], RUN_DRY]), st.lists(steps, min_size=8, max_size=40)
)


@pytest.mark.parametrize("preset", ["default", "akash"])
@settings(max_examples=60, deadline=None)
@examples(plan=plans)
def test_agrees_with_exact_rationals(preset: str, plan: list[tuple[Any, ...]]) -> None:
    agree(preset, plan)


@pytest.mark.parametrize("preset", ["default", "akash"])
@pytest.mark.parametrize("room", [OTHERS, 1])
@settings(max_examples=30, deadline=None)
@examples(plan=plans)
def test_agrees_with_one_row_for_each_depositor(
    room: int, preset: str, plan: list[tuple[Any, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(condense, "OTHERS", room)
        agree(preset, plan, room)
