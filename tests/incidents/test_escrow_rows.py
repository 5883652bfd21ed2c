"""Money that was lost, frozen or served for nothing elsewhere: rows 1 to 10 and 27.

Each test is named after its row of docs/incidents.md and lives through the incident itself.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import bank, escrow
from akashpy.chain.escrow.records import STRANDED
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentState
from akashpy.types.deposit import Source
from akashpy.types.errors import ChainError, Panic
from akashpy.types.escrow import State
from akashpy.types.market import LeaseClosedReason, LeaseID, LeaseState
from akashpy.wire import authz as pb_authz
from akashpy.wire import escrow as pb_escrow
from akashpy.wire import market as pb_market
from tests.chain.bazaar import HOUR, RICH, Bazaar, deposit, first_order, spec, unit
from tests.chain.conftest import Given

PRESETS = pytest.mark.parametrize("preset", ["default", "akash"])
DEAR = 50_000
"""A rate that empties the smallest account in ten blocks."""
MODULE = Address.of_module("escrow")


def dear(bazaar: Bazaar, dseq: int = 1, amount: int = 500_000) -> LeaseID:
    """A lease that runs its account dry after ten blocks."""
    groups = [spec(unit(DEAR, bazaar.denom))]
    return bazaar.leased(dseq, price=DEAR, groups=groups, amount=amount)


def tried(given: Given, act: Callable[[], Any]) -> None:
    """Do it; a refusal is no panic and changes nothing."""
    before, refused = given.rows(), None
    try:
        act()
    except ChainError as error:
        refused = error
    assert not isinstance(refused, Panic), refused
    assert refused is None or given.rows() == before


@PRESETS
def test_e1_01_withdrawing_twice_in_a_block_panics_nowhere(preset: str) -> None:
    given = Given(preset)
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    acts: list[Callable[[], Any]] = [
        lambda: bazaar.withdraw(lease),
        lambda: bazaar.withdraw(lease),
        lambda: bazaar.top_up(lease.deployment, 7),
        lambda: bazaar.withdraw(lease),
        lambda: bazaar.close_lease(lease),
        lambda: bazaar.withdraw(lease),
        lambda: bazaar.close(lease.deployment),
    ]
    for act in acts[:4]:  # in the block of the lease itself
        tried(given, act)
    given.advance()
    for act in acts:
        tried(given, act)
    given.holds()


def test_e1_01_ours_succeed(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    bazaar.withdraw(lease)
    given.advance()
    bazaar.withdraw(lease)
    bazaar.withdraw(lease)
    assert bazaar.payment(lease).withdrawn.amount == 500


@PRESETS
@pytest.mark.parametrize("touch", ["none", "withdraw", "top_up", "close_lease", "close_bid"])
def test_e1_02_every_account_can_be_closed(preset: str, touch: str) -> None:
    given = Given(preset)
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    for _ in range(15):
        given.end_block()
    acts: dict[str, Callable[[], Any]] = {
        "none": lambda: None,
        "withdraw": lambda: bazaar.withdraw(lease),
        "top_up": lambda: bazaar.top_up(lease.deployment, 1),
        "close_lease": lambda: bazaar.close_lease(lease),
        "close_bid": lambda: bazaar.close_bid(lease.bid),
    }
    tried(given, acts[touch])
    given.end_block()
    tried(given, lambda: bazaar.top_up(lease.deployment, 10_000_000))
    given.end_block()
    tried(given, lambda: bazaar.close(lease.deployment))
    assert bazaar.account(lease.deployment).state is State.CLOSED
    assert bazaar.deployment(lease.deployment).state is DeploymentState.CLOSED
    given.holds()


@pytest.mark.parametrize("how", ["close", "close_lease", "close_bid", "close_group", "run dry"])
@pytest.mark.parametrize("settled", [True, False])
def test_e1_03_a_closed_account_has_no_open_payment(given: Given, how: str, settled: bool) -> None:
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    given.end_block()
    if settled:
        bazaar.withdraw(lease)
    match how:
        case "close":
            bazaar.close(lease.deployment)
        case "close_lease":
            bazaar.close_lease(lease)
        case "close_bid":
            bazaar.close_bid(lease.bid)
        case "close_group":
            bazaar.close_group(lease.group)
        case _:
            for _ in range(12):
                given.end_block()
    assert bazaar.payment(lease).state is State.CLOSED
    given.holds()


def test_e1_04_each_depositor_gets_its_own_back(given: Given) -> None:
    """A friend's grant, the tenant and a stranger pay one account; a lease eats into the first."""
    bazaar = Bazaar(given)
    friend, stranger = bazaar.rich("friend"), bazaar.rich("stranger")
    grant = pb_authz.Grant(
        authorization=wire.pack(
            pb_escrow.DepositAuthorization(
                scopes=(1, 2),  # type: ignore[arg-type]  # numbers of scopes
                spend_limit=Coin("uakt", 0).to_wire(),
                spend_limits=Coins.parse("900000uakt").to_wire(),
            )
        )
    )
    given.run(pb_authz.MsgGrant(granter=friend, grantee=bazaar.tenant, grant=grant))
    lease = bazaar.leased(price=DEAR, groups=[spec(unit(DEAR))], amount=500_000)
    top = pb_escrow.MsgAccountDeposit(
        signer=bazaar.tenant,
        id=lease.deployment.escrow.to_wire(),
        deposit=deposit(700_000, "uakt", (Source.GRANT,)),
    )
    given.run(top)
    bazaar.top_up(lease.deployment, 300_000, signer=stranger)
    for _ in range(13):
        given.advance()
    bazaar.close(lease.deployment)
    spent = 13 * DEAR
    paid = {name: RICH - given.balance(name) for name in (bazaar.tenant, friend, stranger)}
    assert paid == {bazaar.tenant: 500_000, friend: spent - 500_000, stranger: 0}
    found = bank.balance(given.ctx, MODULE.raw, "uakt")
    assert found == 0
    given.holds()


def test_e1_05_no_balance_is_negative(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    for _ in range(20):
        given.end_block()
        account = bazaar.account(lease.deployment)
        assert not any(fund.amount.is_negative for fund in account.funds)
        assert account.state in (State.OPEN, State.CLOSED)
    assert bazaar.lease_of(lease).state is LeaseState.INSUFFICIENT_FUNDS


def test_e1_06_nobody_is_served_for_nothing(given: Given) -> None:
    """Ten blocks are paid; without anybody's message the lease ends within the next."""
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    begun = given.ctx.height
    while bazaar.lease_of(lease).state is LeaseState.ACTIVE:
        given.end_block()
    ended = bazaar.lease_of(lease).closed_on
    assert ended == begun + 10
    assert bazaar.payment(lease).withdrawn.amount == DEAR * (ended - begun)


@PRESETS
def test_e1_07_a_missing_coin_is_noticed(preset: str) -> None:
    given = Given(preset)
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    given.end_block()
    bazaar.withdraw(lease)
    given.holds()
    bank.send(given.ctx, MODULE.raw, bazaar.tenant.raw, Coins.of([Coin(bazaar.denom, 1)]))
    with pytest.raises(AssertionError, match="escrow"):
        given.holds()


@pytest.mark.parametrize(
    "rate", ["0.000000000000000001", "0.3", "0.5", "0.999999999999999999", "1.9"]
)
def test_e1_08_no_fraction_is_made_into_money(given: Given, rate: str) -> None:
    """Whoever settles in every block gets no more than the exact sum, and no dust is stranded."""
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=rate)
    for blocks in range(1, 31):
        given.advance()
        bazaar.withdraw(lease)
        assert given.balance(provider) - (RICH - 500_000) <= Fraction(rate) * blocks
    bazaar.close(lease.deployment)
    earned = given.balance(provider) - RICH
    assert 0 <= earned <= Fraction(rate) * 30
    assert given.balance(bazaar.tenant) + given.balance(provider) == 2 * RICH
    assert dict(STRANDED.under(given.ctx)) == {}


@pytest.mark.parametrize("preset", ["default", "akash"])
def test_e1_09_dust_costs_its_sender_and_comes_back(preset: str) -> None:
    """On Akash each deposit into a long list costs more gas than the one before; with the fix
    "escrow-dust" all cost the same. Closing returns them."""
    given = Given(preset)
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    stranger = bazaar.rich("stranger")

    def cost() -> int:
        before = given.ctx.gas.used
        bazaar.top_up(lease.deployment, 1, signer=stranger)
        return int(given.ctx.gas.used - before)

    cost()
    second = cost()
    for _ in range(297):
        bazaar.top_up(lease.deployment, 1, signer=stranger)
    last = cost()
    if preset == "default":
        assert last < second + 1_000
    else:
        assert last > second + 300_000
    before = given.ctx.gas.used
    bazaar.close(lease.deployment)
    assert given.ctx.gas.used - before < 300 * second
    assert given.balance(stranger, bazaar.denom) == RICH
    assert bank.balance(given.ctx, MODULE.raw, bazaar.denom) == 0
    given.holds()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_e1_10_a_top_up_in_time_saves_the_lease(given: Given, order: tuple[int, ...]) -> None:
    """The provider withdraws, a stranger asks again, the tenant pays: in any order of one block."""
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    for _ in range(9):
        given.end_block()
    acts = (
        lambda: bazaar.withdraw(lease),
        lambda: bazaar.top_up(lease.deployment, 500_000),
        lambda: bazaar.withdraw(lease),
    )
    for number in order:
        acts[number]()
    given.end_block()
    assert bazaar.lease_of(lease).state is LeaseState.ACTIVE
    assert bazaar.account(lease.deployment).state is State.OPEN


REASONS: dict[str, tuple[LeaseClosedReason, LeaseState]] = {
    "tenant closes the lease": (LeaseClosedReason.LEASE_CLOSED_OWNER, LeaseState.CLOSED),
    "tenant closes the deployment": (LeaseClosedReason.LEASE_CLOSED_OWNER, LeaseState.CLOSED),
    "tenant closes the group": (LeaseClosedReason.LEASE_CLOSED_OWNER, LeaseState.CLOSED),
    "tenant pauses the group": (LeaseClosedReason.LEASE_CLOSED_OWNER, LeaseState.CLOSED),
    "provider is unstable": (LeaseClosedReason.LEASE_CLOSED_REASON_UNSTABLE, LeaseState.CLOSED),
    "provider goes": (LeaseClosedReason.LEASE_CLOSED_REASON_DECOMMISSION, LeaseState.CLOSED),
    "no manifest came": (
        LeaseClosedReason.LEASE_CLOSED_REASON_MANIFEST_TIMEOUT, LeaseState.CLOSED,
    ),
    "money ran out": (
        LeaseClosedReason.LEASE_CLOSED_REASON_INSUFFICIENT_FUNDS, LeaseState.INSUFFICIENT_FUNDS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("cause", REASONS)
def test_e1_27_a_lease_ends_for_its_true_reason(given: Given, cause: str) -> None:
    bazaar = Bazaar(given)
    lease = dear(bazaar)
    given.end_block()
    wanted, state = REASONS[cause]
    match cause:
        case "tenant closes the lease":
            bazaar.close_lease(lease)
        case "tenant closes the deployment":
            bazaar.close(lease.deployment)
        case "tenant closes the group":
            bazaar.close_group(lease.group)
        case "tenant pauses the group":
            bazaar.pause(lease.group)
        case "money ran out":
            for _ in range(12):
                given.end_block()
        case _:
            bazaar.close_bid(lease.bid, wanted)
    ended = bazaar.lease_of(lease)
    assert (ended.reason, ended.state) == (wanted, state)
    told = [event for event in given.events if event.type.endswith("EventLeaseClosed")]
    assert str(wanted.name).lower() in str(told[0].attributes).lower()


def test_e1_27_a_reclaimed_lease_keeps_the_providers_reason(given: Given) -> None:
    bazaar = Bazaar(given)
    bid = bazaar.bid(first_order(bazaar.deploy()), bazaar.provider("provider"), notice=HOUR)
    lease = bazaar.lease(bid)
    given.run(pb_market.MsgLeaseStartReclaim(id=lease.to_wire(), reason=10_001))
    given.ctx.time += 2 * HOUR
    given.advance()
    bazaar.close_bid(bid, 10_001)
    ended = bazaar.lease_of(lease)
    assert ended.reason is LeaseClosedReason.LEASE_CLOSED_REASON_DECOMMISSION
    assert (
        not escrow.is_open(given.ctx, lease.deployment.escrow) or ended.state is LeaseState.CLOSED
    )
