"""MsgCreateDeployment: what is stored, what is told, and every refusal."""

from typing import Any

import pytest

from akashpy.chain import deployment, group, market, params
from akashpy.types.coin import Coin
from akashpy.types.deployment import (
    DeploymentExists,
    DeploymentState,
    EmptyHash,
    GroupState,
    InvalidDeposit,
    InvalidGroups,
    InvalidHash,
    InvalidPrice,
    InvalidReclamation,
    Params,
)
from akashpy.types.deposit import Source
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidAttributeKey,
    InvalidDepositSource,
    InvalidSequence,
    PlainError,
)
from akashpy.types.escrow import State
from akashpy.types.market import InvalidDeposit as InvalidMarketDeposit
from akashpy.types.market import OrderState
from akashpy.wire import deployment as pb
from tests.chain.bazaar import HASH, HOUR, MIB, Bazaar, deposit, first_order, spec, unit
from tests.chain.conftest import Given


def test_stores_deployment_groups_orders_and_account(given: Given) -> None:
    bazaar = Bazaar(given)
    before = given.balance(bazaar.tenant)

    id = bazaar.deploy_groups(7, 1000, "0.5", amount=600_000, notice=2 * HOUR)

    stored = bazaar.deployment(id)
    assert (stored.state, stored.hash, stored.created_at) == (DeploymentState.ACTIVE, HASH, 1)
    assert stored.reclamation is not None
    assert stored.reclamation.min_window == 2 * HOUR
    groups = group.of_deployment(given.ctx, id)
    assert [(one.id.gseq, one.state, one.spec.name) for one in groups] == [
        (1, GroupState.OPEN, "group1"),
        (2, GroupState.OPEN, "group2"),
    ]
    for number in (1, 2):
        order = bazaar.order(first_order(id, number))
        assert order.state is OrderState.OPEN
        assert order.reclamation == stored.reclamation
    account = bazaar.account(id)
    assert (account.state, account.owner, account.settled_at) == (State.OPEN, bazaar.tenant, 1)
    assert [str(fund) for fund in account.funds] == ["600000.000000000000000000uakt"]
    assert given.balance(bazaar.tenant) == before - 600_000
    given.holds()


def test_tells_of_deployment_then_orders_then_money(given: Given) -> None:
    bazaar = Bazaar(given)
    bazaar.deploy_groups(7, 1000, 1000)
    assert bazaar.told() == [
        "EventDeploymentCreated",
        "EventOrderCreated",
        "EventOrderCreated",
        "transfer 5000000uakt",
    ]


def test_a_source_without_grants_gives_nothing_and_the_next_one_pays(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy(deposit=deposit(500_000, sources=(Source.GRANT, Source.BALANCE)))
    account = bazaar.account(id)
    assert [(one.owner, one.source) for one in account.deposits] == [
        (bazaar.tenant, Source.BALANCE)
    ]


def test_both_settlement_denominations_are_taken(given: Given) -> None:
    for dseq, denom in ((1, "uakt"), (2, "uact")):
        bazaar = Bazaar(given, denom)
        id = bazaar.deploy(dseq)
        assert bazaar.account(id).funds[0].denom == denom


def test_a_dseq_is_used_once_even_after_closing(given: Given) -> None:
    bazaar = Bazaar(given)
    bazaar.close(bazaar.deploy(3))
    with given.rejects(DeploymentExists, "Deployment exists"):
        bazaar.deploy(3)


STATELESS: list[tuple[dict[str, Any], type[ChainError]]] = [
    ({"id": pb.DeploymentID(owner="akash1nobody", dseq=1)}, InvalidAddress),
    ({"deposit": deposit(-1)}, PlainError),
    ({"deposit": deposit(500_000, sources=())}, InvalidDepositSource),
    ({"deposit": deposit(500_000, sources=(0,))}, InvalidDepositSource),
    ({"deposit": deposit(500_000, sources=(1, 1))}, InvalidDepositSource),
    ({"deposit": deposit(500_000, sources=(3,))}, InvalidDepositSource),
    ({"groups": []}, InvalidGroups),
    ({"hash": b""}, EmptyHash),
    ({"hash": b"short"}, InvalidHash),
    ({"notice": -1}, InvalidReclamation),
    ({"deposit": deposit(500_000, "uact")}, InvalidDeposit),
    ({"groups": [spec(name="")]}, PlainError),
    ({"groups": [spec(unit(id=0))]}, PlainError),
    ({"groups": [spec(unit(id=1), unit(id=1))]}, PlainError),
    ({"groups": [spec(unit(cpu=9))]}, PlainError),
    ({"groups": [spec(unit(cpu=384_001))]}, PlainError),
    ({"groups": [spec(unit(memory=MIB - 1))]}, PlainError),
    ({"groups": [spec(unit(storage=5 * MIB - 1))]}, PlainError),
    ({"groups": [spec(unit(gpu=25))]}, PlainError),
    ({"groups": [spec(unit(gpu=0, gpu_attributes=[("vendor/nvidia", "true")]))]}, PlainError),
    ({"groups": [spec(unit(storage_attributes=[("?", "x")]))]}, InvalidAttributeKey),
    ({"groups": [spec(unit(count=0))]}, PlainError),
    ({"groups": [spec(unit(price=10_000_001))]}, PlainError),
    ({"groups": [spec(unit(id=1), unit(denom="uact", id=2))]}, PlainError),
]


@pytest.mark.parametrize(("changes", "error"), STATELESS)
def test_rejects_by_the_message_alone(
    given: Given, changes: dict[str, Any], error: type[ChainError]
) -> None:
    bazaar = Bazaar(given)
    with given.rejects(error):
        bazaar.deploy(**changes)


def test_rejects_dseq_zero(given: Given) -> None:
    bazaar = Bazaar(given)
    with given.rejects(InvalidSequence):
        bazaar.deploy(0)


def test_rejects_too_small_a_deposit(given: Given) -> None:
    bazaar = Bazaar(given)
    bazaar.deploy(1, amount=500_000)
    with given.rejects(InvalidDeposit):
        bazaar.deploy(2, amount=499_999)


def test_rejects_a_deposit_nobody_listed(given: Given) -> None:
    bazaar = Bazaar(given)
    given.account("tenant", uusd=10**9)
    with given.rejects(InvalidDeposit, "Deposit invalid: Invalid deposit denomination uusd"):
        bazaar.deploy(groups=[spec(unit(denom="uusd"))], deposit=deposit(500_000, "uusd"))


def test_akash_takes_no_deployment_in_uakt(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    with given_akash.rejects(InvalidDeposit):
        bazaar.deploy(groups=[spec(unit(denom="uakt"))], deposit=deposit(500_000, "uakt"))


def test_a_listed_denomination_still_needs_to_be_one_of_settlement(given_akash: Given) -> None:
    """Governance of the preset "akash" lists uusd as a deposit; groups must still be in uact."""
    listed = (*deployment.get_params(given_akash.ctx).min_deposits, Coin("uusd", 1))
    deployment.PARAMS.put(given_akash.ctx, Params(listed))
    bazaar = Bazaar(given_akash)
    given_akash.account("tenant", uusd=10**9)
    assert params.settlement_denoms(given_akash.ctx) == ("uact",)
    with given_akash.rejects(InvalidDeposit):
        bazaar.deploy(groups=[spec(unit(denom="uusd"))], deposit=deposit(10, "uusd"))


def test_rejects_a_group_in_a_denomination_that_does_not_settle(given: Given) -> None:
    """A zero deposit escapes the check of equal denominations, so the group's own is checked."""
    deployment.PARAMS.put(given.ctx, Params((Coin("uakt", 0), Coin("uact", 0))))
    bazaar = Bazaar(given)
    with given.rejects(InvalidPrice):
        bazaar.deploy(groups=[spec(unit(denom="uusd"))], deposit=deposit(0))


@pytest.mark.parametrize(
    "groups",
    [
        [spec(name="same"), spec(name="same")],
        [spec(name="one"), spec(unit(denom="uact"), name="two")],
    ],
)
def test_rejects_groups_that_do_not_go_together(given: Given, groups: list[Any]) -> None:
    deployment.PARAMS.put(given.ctx, Params((Coin("uakt", 0), Coin("uact", 0))))
    bazaar = Bazaar(given)
    with given.rejects(InvalidGroups):
        bazaar.deploy(groups=groups, deposit=deposit(0))


@pytest.mark.parametrize("window", [HOUR - 1, 720 * HOUR + 1])
def test_rejects_a_notice_outside_the_markets_bounds(given: Given, window: int) -> None:
    bazaar = Bazaar(given)
    with given.rejects(InvalidReclamation):
        bazaar.deploy(notice=window)


@pytest.mark.parametrize("window", [HOUR, 720 * HOUR])
def test_takes_a_notice_at_the_markets_bounds(given: Given, window: int) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy(notice=window)
    reclamation = market.ORDERS.get(given.ctx, first_order(id))
    assert reclamation is not None


def test_rejects_a_tenant_without_the_money(given: Given) -> None:
    bazaar = Bazaar(given)
    poor = given.account("poor", uakt=499_999)
    with given.rejects(InvalidMarketDeposit, "deposit invalid: insufficient balance"):
        bazaar.deploy(owner=poor, amount=500_000)


def test_rejects_an_amount_above_int64(given: Given) -> None:
    """Akash panics here; we refuse in both presets."""
    bazaar = Bazaar(given)
    with given.rejects(InvalidMarketDeposit, "deposit invalid: deposit overflow"):
        bazaar.deploy(amount=2**63)


def test_akash_does_not_bound_replicas_units_groups_or_storage_in_all(given: Given) -> None:
    bazaar = Bazaar(given)
    units = [unit(1, id=number, count=100, storage=32 * 2**40) for number in range(1, 26)]
    groups = [spec(*units, name=f"group{number}") for number in range(25)]
    id = bazaar.deploy(groups=groups)
    assert len(group.of_deployment(given.ctx, id)) == 25
    given.holds()
