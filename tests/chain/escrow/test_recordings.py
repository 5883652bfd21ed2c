"""What a real node (v2.1.0) did with one deployment's money, done again by our handlers.

The vectors hold each message with its height, the events it caused and the state afterwards. Under
the preset "akash" every event, every state and every amount must be the same, step by step.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import escrow, group, market
from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentClosed, DeploymentID
from akashpy.types.errors import ChainError
from akashpy.types.escrow import InvalidSettlement, PaymentClosed
from akashpy.types.market import LeaseID
from akashpy.wire import market as pb_market
from akashpy.wire import provider as pb_provider
from tests.chain.conftest import Given

VECTORS = Path(__file__).parents[2] / "vectors" / "escrow-recordings"
MONEY = json.loads((VECTORS / "one_deployment.json").read_text())
LIFE = json.loads((VECTORS / "one_life.json").read_text())
ACCOUNTS = {
    "main": "akash15f9hllhwsvqff3asaht8pvrnaqdp6ngvtmferl",
    "provider": "akash1rpyhy0r39rhs9nr7j6n52gyz8jzefkypleznsy",
    "validator": "akash1ym9mfnr7dqkw68st6363gcjajy6kqf9tq6pzp3",
}
G2 = LeaseID(ACCOUNTS["main"], 995, 2, 1, ACCOUNTS["validator"])
G2_AGAIN = LeaseID(ACCOUNTS["main"], 995, 2, 2, ACCOUNTS["provider"])

REFUSED = {
    "07-withdraw-g2-same-block": (
        pb_market.MsgWithdrawLease(id=G2.to_wire()),
        InvalidSettlement,
    ),
    "19-withdraw-again": (pb_market.MsgWithdrawLease(id=G2_AGAIN.to_wire()), PaymentClosed),
    "20-close": (
        wire.from_json(
            wire.message_class("/akash.deployment.v1beta4.MsgCloseDeployment"),
            {"id": {"owner": ACCOUNTS["main"], "dseq": "995"}},
        ),
        DeploymentClosed,
    ),
}
"""Steps that the node refused: the message, and our error (the first panics in Akash)."""


def message(document: dict[str, Any]) -> Any:
    """A message from its JSON with @type."""
    fields = {key: value for key, value in document.items() if key != "@type"}
    return wire.from_json(wire.message_class(document["@type"]), fields)


def told(given: Given, *, with_senders: bool) -> list[list[Any]]:
    """Our events as the vectors write them; one recording leaves the bank's `message` out."""
    events = [
        [event.type, [list(pair) for pair in event.attributes]]
        for event in given.events
        if with_senders or event.type != "message"
    ]
    given.events.clear()
    return events


def register(given: Given, name: str) -> None:
    """The account `name` becomes a provider in the recorded region."""
    given.run(
        pb_provider.MsgCreateProvider(
            owner=name,
            host_uri="https://provider.example.com:8443",
            attributes=[{"key": "region", "value": "us-west"}],
        )
    )


@pytest.fixture
def recorded(given_akash: Given) -> Given:
    """The accounts of the recording with the uact they had, both providers registered."""
    for name, address in ACCOUNTS.items():
        amount = MONEY["before"][name]
        given_akash.fund(Address.parse(address), Coins.of([Coin("uact", amount)]))
    register(given_akash, ACCOUNTS["provider"])
    register(given_akash, ACCOUNTS["validator"])
    given_akash.events.clear()
    return given_akash


def test_one_deployments_money_step_by_step(recorded: Given) -> None:
    for step in MONEY["steps"]:
        name = step["step"]
        if step["height"] is not None:
            recorded.advance(step["height"] - recorded.ctx.height)
        if name in REFUSED:
            refused, error = REFUSED[name]
            with recorded.rejects(error):
                recorded.run(refused)
        for document in step["messages"]:
            recorded.run(message(document))
        assert told(recorded, with_senders=False) == step["events"], name
        assert_state(recorded, step["after"], name)
        recorded.holds()


def assert_state(given: Given, after: dict[str, Any], name: str) -> None:
    """Deployment, groups, account, leases, payments and balances are as recorded."""
    ctx, id = given.ctx, DeploymentID(ACCOUNTS["main"], 995)
    deployment, account = DEPLOYMENTS.get(ctx, id), escrow.ACCOUNTS.get(ctx, str(id.escrow))
    assert deployment is not None
    assert account is not None
    assert wire.to_json(deployment.to_wire()) == after["deployment"], name
    states = [[one.id.gseq, one.state.name] for one in group.of_deployment(ctx, id)]
    assert states == after["groups"], name
    assert wire.to_json(account.to_wire()) == after["account"], name
    for entry in after["leases"]:
        found = message({"@type": "/akash.market.v1.Lease", **entry["lease"]})
        lease_id = LeaseID.from_wire(found.id)
        lease = market.LEASES.get(ctx, lease_id)
        payment = escrow.PAYMENTS.get(ctx, str(lease_id.payment))
        assert lease is not None
        assert payment is not None
        assert wire.to_json(lease.to_wire()) == entry["lease"], name
        assert wire.to_json(payment.to_wire()) == entry["payment"], name
    for who, amount in after["uact"].items():
        assert given.balance(ACCOUNTS[who], "uact") == amount, (name, who)


def test_the_accruals_that_akash_forgets_are_paid_when_fixed(given: Given) -> None:
    """Step 05 loses 20001 uact for good; with the fixes on everything ends where it belongs."""
    for name, address in ACCOUNTS.items():
        given.fund(Address.parse(address), Coins.of([Coin("uact", MONEY["before"][name])]))
    register(given, ACCOUNTS["provider"])
    register(given, ACCOUNTS["validator"])
    for step in MONEY["steps"][:14]:
        if step["height"] is not None:
            given.advance(step["height"] - given.ctx.height)
        for document in step["messages"]:
            given.run(message(document))
    lease = LeaseID(ACCOUNTS["main"], 995, 1, 1, ACCOUNTS["provider"])
    payment = escrow.PAYMENTS.get(given.ctx, str(lease.payment))
    assert payment is not None
    recorded, forgotten = 80004 + 40002, 20001 + 60004
    earned = payment.balance.amount.truncate() + payment.withdrawn.amount
    assert earned == recorded + forgotten
    given.holds()


def test_every_event_of_a_deployments_life_in_order(given_akash: Given) -> None:
    owner = LIFE["steps"][0]["messages"][0]["id"]["owner"]
    provider = LIFE["steps"][1]["messages"][0]["id"]["provider"]
    given_akash.fund(Address.parse(owner), Coins.of([Coin("uact", 10**9)]))
    given_akash.fund(Address.parse(provider), Coins.of([Coin("uact", 10**9)]))
    register(given_akash, provider)
    given_akash.events.clear()
    for step in LIFE["steps"]:
        if step["step"] == "deployment-close":
            stored = [one for _, one in escrow.ACCOUNTS.index("state").under(given_akash.ctx)]
            assert [wire.to_json(one.to_wire()) for one in stored] == LIFE["accounts_before_close"]
        given_akash.advance(max(0, step["height"] - given_akash.ctx.height))
        for document in step["messages"]:
            given_akash.run(message(document))
        assert told(given_akash, with_senders=True) == step["events"], step["step"]
    closed = LIFE["closed"]
    found = message({"@type": "/akash.deployment.v1.Deployment", **closed["deployment"]})
    id = DeploymentID.from_wire(found.id)
    deployment, account = (
        DEPLOYMENTS.get(given_akash.ctx, id),
        escrow.ACCOUNTS.get(given_akash.ctx, str(id.escrow)),
    )
    assert deployment is not None
    assert account is not None
    assert wire.to_json(deployment.to_wire()) == closed["deployment"]
    assert wire.to_json(account.to_wire()) == closed["account"]


def test_the_vectors_hold_every_refused_step() -> None:
    """A refused step has no height in the recording; the others are all replayed."""
    still = {step["step"] for step in MONEY["steps"] if step["height"] is None}
    assert still == set(REFUSED) | {"15-idle-before-dry", "16-long-idle"}
    assert all(issubclass(error, ChainError) for _, error in REFUSED.values())
