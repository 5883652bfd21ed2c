"""Random lives of several tenants and providers; after every block the books are in order.

Each step is a real message, chosen with little regard for whether it makes sense: a refusal must
change nothing, and nothing but a refusal may come back. Numbers are small, so that accounts run
dry, dseqs begin alike (1, 12) and the same order is fought over.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain import bank, escrow, group, market
from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.chain.escrow.records import STRANDED
from akashpy.types.address import Address
from akashpy.types.deployment import DeploymentID, DeploymentState, GroupState
from akashpy.types.errors import ChainError, Panic
from akashpy.types.escrow import State
from akashpy.types.market import BidID, BidState, LeaseState, OrderState
from akashpy.wire import deployment as pb_deployment
from akashpy.wire import market as pb_market
from tests.chain.bazaar import HOUR, Bazaar, first_order
from tests.chain.conftest import Given

TENANTS, PROVIDERS = ("ann", "bob"), ("pia", "quin", "rob")
DENOMS = ("uakt", "uact")
PRICES = ("0.3", "10.7", "9999.999999999999999999", 50_000, 250_000)

tenants, providers = st.integers(0, 1), st.integers(0, 2)
dseqs, gseqs, oseqs = st.sampled_from([1, 12]), st.integers(1, 2), st.integers(1, 3)
prices = st.sampled_from(PRICES)
group_ids = st.tuples(tenants, dseqs, gseqs)
bid_ids = st.tuples(tenants, dseqs, gseqs, oseqs, providers)
notices = st.sampled_from([None, None, HOUR])
steps = st.one_of(
    st.tuples(st.just("deploy"), tenants, dseqs, st.integers(1, 2), notices),
    st.tuples(st.just("bid"), bid_ids, prices, notices),
    st.tuples(st.just("bid"), bid_ids, prices, notices),
    st.tuples(st.just("lease"), bid_ids),
    st.tuples(st.just("lease"), bid_ids),
    st.tuples(st.sampled_from(["withdraw", "close_lease", "close_bid", "reclaim"]), bid_ids),
    st.tuples(st.sampled_from(["close_group", "pause", "start"]), group_ids),
    st.tuples(st.just("close"), tenants, dseqs),
    st.tuples(
        st.just("top_up"), tenants, dseqs, st.sampled_from([1, 70_000]), st.sampled_from(DENOMS)
    ),
    st.tuples(st.just("blocks"), st.sampled_from([1, 1, 2, 30])),
)

BEGINNING: list[tuple[Any, ...]] = [
    ("deploy", 0, 1, 2, None),
    ("deploy", 0, 12, 1, None),
    ("bid", (0, 1, 1, 1, 0), 50_000, None),
    ("bid", (0, 1, 1, 1, 1), "0.3", None),
    ("bid", (0, 1, 1, 1, 2), "10.7", None),
    ("bid", (0, 1, 2, 1, 0), "10.7", HOUR),
    ("bid", (0, 12, 1, 1, 2), 50_000, None),
    ("lease", (0, 1, 1, 1, 0)),
    ("blocks", 2),
    ("lease", (0, 1, 2, 1, 0)),
    ("lease", (0, 12, 1, 1, 2)),
]


class Town:
    """A marketplace and its people."""

    def __init__(self, preset: str) -> None:
        self.given = Given(preset)
        self.bazaar = Bazaar(self.given)
        self.tenants = [self.bazaar.rich(name) for name in TENANTS]
        self.providers = [self.bazaar.provider(name) for name in PROVIDERS]
        self.supply = self.supplies()

    def supplies(self) -> dict[str, int]:
        return {denom: bank.supply(self.given.ctx, denom) for denom in DENOMS}

    def take(self, step: tuple[Any, ...]) -> None:
        verb, *rest = step
        if verb == "blocks":
            for _ in range(rest[0]):
                self.given.end_block()
                self.orderly()
            return
        before, told = self.given.rows(), len(self.given.events)
        refused: ChainError | None = None
        try:
            getattr(self, verb)(*rest)
        except ChainError as error:
            refused = error
        if refused is not None:
            assert not isinstance(refused, Panic)
            assert self.given.rows() == before
            assert len(self.given.events) == told

    # Steps.

    def deployment_id(self, tenant: int, dseq: int) -> DeploymentID:
        return DeploymentID(self.tenants[tenant], dseq)

    def bid_id(self, place: tuple[int, int, int, int, int]) -> BidID:
        tenant, dseq, gseq, oseq, provider = place
        order = first_order(self.deployment_id(tenant, dseq), gseq, oseq)
        return order.with_provider(self.providers[provider])

    def deploy(self, tenant: int, dseq: int, groups: int, notice: int | None) -> None:
        self.bazaar.deploy_groups(
            dseq, *[250_000] * groups, owner=self.tenants[tenant], amount=500_000, notice=notice
        )

    def bid(self, place: Any, price: int | str, notice: int | None) -> None:
        id = self.bid_id(place)
        self.bazaar.bid(id.order, Address.parse(id.provider), price, notice=notice)

    def lease(self, place: Any) -> None:
        self.bazaar.lease(self.bid_id(place))

    def withdraw(self, place: Any) -> None:
        self.bazaar.withdraw(self.bid_id(place).lease)

    def close_lease(self, place: Any) -> None:
        self.bazaar.close_lease(self.bid_id(place).lease)

    def close_bid(self, place: Any) -> None:
        self.bazaar.close_bid(self.bid_id(place))

    def reclaim(self, place: Any) -> None:
        id = self.bid_id(place).lease
        self.given.run(pb_market.MsgLeaseStartReclaim(id=id.to_wire(), reason=10_000))

    def close_group(self, place: tuple[int, int, int]) -> None:
        self.bazaar.close_group(self.deployment_id(*place[:2]).with_gseq(place[2]))

    def pause(self, place: tuple[int, int, int]) -> None:
        self.bazaar.pause(self.deployment_id(*place[:2]).with_gseq(place[2]))

    def start(self, place: tuple[int, int, int]) -> None:
        self.bazaar.start(self.deployment_id(*place[:2]).with_gseq(place[2]))

    def close(self, tenant: int, dseq: int) -> None:
        id = self.deployment_id(tenant, dseq)
        self.given.run(pb_deployment.MsgCloseDeployment(id=id.to_wire()))

    def top_up(self, tenant: int, dseq: int, amount: int, denom: str) -> None:
        id = self.deployment_id(tenant, dseq)
        self.bazaar.top_up(id, amount, signer=self.tenants[1 - tenant], denom=denom)

    # What holds after every block.

    def orderly(self) -> None:
        self.given.holds()
        assert self.supplies() == self.supply
        for rule in (self.groups_have_one_order, self.closed_is_closed):
            rule()
        if self.given.preset == "default":
            self.nothing_is_owed_or_lost()

    def groups_have_one_order(self) -> None:
        """At most one unfinished order per group, and only the last."""
        last: dict[Any, OrderState] = {}
        for id, order in market.ORDERS.under(self.given.ctx):
            assert last.get(id.group, OrderState.CLOSED) is OrderState.CLOSED
            last[id.group] = order.state

    def closed_is_closed(self) -> None:
        """Leases, bids and deposits under a closed deployment have ended."""
        ctx = self.given.ctx
        for id, deployment in DEPLOYMENTS.under(ctx):
            if deployment.state is DeploymentState.ACTIVE:
                continue
            for _, lease in market.LEASES.under(ctx, id):
                assert lease.state in (LeaseState.CLOSED, LeaseState.INSUFFICIENT_FUNDS)
            if self.given.preset == "default":
                for one in group.of_deployment(ctx, id):
                    assert one.state is not GroupState.OPEN
                for _, order in market.ORDERS.under(ctx, id):
                    assert order.state is OrderState.CLOSED
                for _, bid in market.BIDS.under(ctx, id):
                    assert bid.state in (BidState.LOST, BidState.CLOSED)

    def nothing_is_owed_or_lost(self) -> None:
        """With the fixes on there is no debt, no stranded coin, and no deposit without a bid."""
        ctx = self.given.ctx
        assert dict(STRANDED.under(ctx)) == {}
        for _, account in escrow.ACCOUNTS.under(ctx):
            assert account.state is not State.OVERDRAWN
            assert not any(fund.amount.is_negative for fund in account.funds)
        for id, bid in market.BIDS.under(ctx):
            waiting = bid.state in (BidState.OPEN, BidState.ACTIVE)
            assert escrow.is_open(ctx, id.escrow) is waiting
        for _, payment in escrow.PAYMENTS.under(ctx):
            assert payment.state is State.OPEN or payment.balance.amount.is_zero


def live(preset: str, plan: list[tuple[Any, ...]]) -> Town:
    """Everything in `plan`, then one more block."""
    town = Town(preset)
    for step in [*BEGINNING, *plan, ("blocks", 1)]:
        town.take(step)
    return town


@pytest.mark.parametrize("preset", ["default", "akash"])
@settings(max_examples=40, deadline=None)
@examples(plan=st.lists(steps, min_size=8, max_size=40))
def test_every_block_leaves_the_books_in_order(preset: str, plan: list[tuple[Any, ...]]) -> None:
    live(preset, plan)


@settings(max_examples=15, deadline=None)
@examples(plan=st.lists(steps, min_size=8, max_size=40))
def test_in_the_end_everybody_has_what_was_not_spent(plan: list[tuple[Any, ...]]) -> None:
    """Close everything: escrow is empty, and what tenants paid is what providers earned."""
    town = live("default", plan)
    verbs: list[tuple[Callable[..., Any], Any]] = []
    for id, deployment in DEPLOYMENTS.under(town.given.ctx):
        if deployment.state is DeploymentState.ACTIVE:
            verbs.append((town.bazaar.close, id))
    for verb, id in verbs:
        verb(id)
    town.orderly()
    ctx = town.given.ctx
    assert [bank.balance(ctx, Address.of_module("escrow").raw, denom) for denom in DENOMS] == [0, 0]
    people = [*town.tenants, *town.providers, town.bazaar.tenant]
    for denom in DENOMS:
        assert sum(town.given.balance(one, denom) for one in people) == town.supply[denom]
