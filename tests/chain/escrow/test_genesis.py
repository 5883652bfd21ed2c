"""Exporting deployment, market and escrow and importing them gives the same books."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import bank, deployment, escrow, market, registry
from akashpy.chain.escrow import genesis as escrow_documents
from akashpy.chain.escrow.records import STRANDED
from akashpy.state.context import Context
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.deployment import InvalidDeployment
from akashpy.types.errors import ChainError
from akashpy.types.escrow import InvalidAccount, InvalidPayment, State
from akashpy.types.market import InvalidBid
from akashpy.wire import escrow as pb
from tests.chain.bazaar import HOUR, Bazaar, first_order
from tests.chain.conftest import GENESIS_TIME, Given

OURS = (b"deployment/", b"market/", b"escrow/")


def lived(given: Given) -> Bazaar:
    """A chain with open, leased, closed and paused deployments, lost bids and a mixed account."""
    bazaar = Bazaar(given)
    a, b = bazaar.provider("a"), bazaar.provider("b")
    bazaar.deploy(1, notice=HOUR)
    id = bazaar.deploy_groups(2, 1000, 500)
    bazaar.bid(first_order(id), b, 20)
    lease = bazaar.lease(bazaar.bid(first_order(id), a, "10.7", notice=HOUR))
    bazaar.top_up(id, 9, denom="uact" if bazaar.denom == "uakt" else "uakt")
    bazaar.leased(3, provider=a, price="0.3")
    bazaar.close(bazaar.deploy(4))
    bazaar.pause(bazaar.deploy(5).with_gseq(1))
    given.advance(5)
    bazaar.withdraw(lease)
    return bazaar


def imported(given: Given, state: dict[str, Any]) -> Context:
    """A fresh chain of the same preset that starts from `state`."""
    ctx = Context.scratch(height=1, time=GENESIS_TIME, chain_id="test-2", bus=registry.router())
    for module in registry.genesis_order():
        module.init_genesis(ctx, state.get(module.name, module.default_genesis(given.preset)))
    return ctx


def exported(given: Given) -> dict[str, Any]:
    return {module.name: module.export_genesis(given.ctx) for module in registry.MODULES}


@pytest.mark.parametrize("preset", ["default", "akash"])
def test_a_round_trip_keeps_every_row(preset: str) -> None:
    given = Given(preset)
    lived(given)
    state = exported(given)
    for module in (deployment.MODULE, market.MODULE, escrow.MODULE):
        module.validate_genesis(state[module.name])
    ctx = imported(given, state)
    before = {key: row for key, row in given.rows().items() if key.startswith(OURS)}
    after = {
        key: row for key, row in ctx.changes.items() if row is not None and key.startswith(OURS)
    }
    assert after == before
    assert [check(ctx) for check in registry.invariants()] == [None] * len(registry.invariants())


def test_money_that_no_record_explains_is_noted(given_akash: Given) -> None:
    """A chain that ran Akash's rules has lost some; its export must start here all the same."""
    lived(given_akash)
    bank.mint(given_akash.ctx, "mint", Coins.of([Coin("uact", 77)]))
    bank.send_between_modules(given_akash.ctx, "mint", "escrow", Coins.of([Coin("uact", 77)]))
    ctx = imported(given_akash, exported(given_akash))
    assert STRANDED.get(ctx, "uact") == 77
    assert [check(ctx) for check in registry.invariants()] == [None] * len(registry.invariants())


def test_rejects_books_without_the_money(given: Given) -> None:
    bazaar = lived(given)
    state = exported(given)
    genesis = wire.from_json(pb.GenesisState, state["escrow"])
    open_one = next(one for one in genesis.accounts if one.state.state == State.OPEN)
    open_one.state.funds[0].amount = Dec.of(10**12).wire()
    state["escrow"] = wire.to_json(genesis)
    with pytest.raises(InvalidAccount):
        imported(given, state)
    assert bazaar.denom == "uakt"


def change(genesis: Any, what: str) -> None:
    """Break a genesis state of escrow in one way."""
    account = next(one for one in genesis.accounts if one.state.state == State.OPEN)
    payment = next(one for one in genesis.payments if one.state.state == State.OPEN)
    if what == "account twice":
        genesis.accounts.append(account)
    elif what == "account id":
        account.id.xid = "nobody/1"
    elif what == "payment twice":
        genesis.payments.append(payment)
    elif what == "payment without account":
        payment.id.aid.xid = payment.id.aid.xid + "9"
    elif what == "payment state":
        payment.state.state = State.OVERDRAWN
    elif what == "payment rate":
        payment.state.rate.amount = "0"


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("account twice", InvalidAccount),
        ("account id", InvalidAccount),
        ("payment twice", InvalidPayment),
        ("payment without account", InvalidPayment),
        ("payment state", InvalidPayment),
        ("payment rate", InvalidPayment),
    ],
)
def test_validation_rejects(given: Given, what: str, error: type[ChainError]) -> None:
    lived(given)
    genesis = wire.from_json(pb.GenesisState, escrow_documents.export_genesis(given.ctx))
    change(genesis, what)
    with pytest.raises(error):
        escrow_documents.validate_genesis(wire.to_json(genesis))


def test_validation_rejects_what_is_listed_twice(given: Given) -> None:
    lived(given)
    listed = deployment.export_genesis(given.ctx)
    listed["deployments"] = listed["deployments"] * 2
    with pytest.raises(InvalidDeployment):
        deployment.validate_genesis(listed)
    moved = deployment.export_genesis(given.ctx)
    moved["deployments"][0]["groups"] = moved["deployments"][1]["groups"]
    with pytest.raises(InvalidDeployment):
        deployment.validate_genesis(moved)
    book = market.export_genesis(given.ctx)
    for kind in ("orders", "bids", "leases"):
        with pytest.raises(InvalidBid):
            market.validate_genesis(book | {kind: book[kind] * 2})
