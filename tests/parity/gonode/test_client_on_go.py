"""Our client against a Go node: reads, a whole life, refusals, many senders, events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from akashpy.client.client import Client
from akashpy.client.errors import StatusRefusal
from akashpy.client.events import RpcEvents, message_of
from akashpy.client.rpc import RpcTransport
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate
from akashpy.types.audit import ProviderNotFound as NotAudited
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentID, DeploymentNotFound, DeploymentState
from akashpy.types.errors import InsufficientFee, InsufficientFunds, OutOfGas, Status
from akashpy.types.escrow import State
from akashpy.types.market import BidNotFound, BidState, LeaseState, OrderID, OrderNotFound
from akashpy.types.provider import ProviderNotFound
from akashpy.wire import bank as bank_pb
from akashpy.wire import cert as cert_pb
from akashpy.wire import deployment as deployment_pb
from akashpy.wire import escrow as escrow_pb
from akashpy.wire import market as market_pb
from akashpy.wire import provider as provider_pb
from tests.parity.gonode.gochain import CHAIN_ID, QUICK, GoChain
from tests.parity.gonode.loop import (
    BID_DEPOSIT,
    DENOM,
    DEPOSIT,
    RATE,
    bid,
    coin,
    deploy,
    hello,
    register,
)
from tests.parity.gonode.relay import relay

PLENTY = 60.0
STRANGER = PrivateKey(b"\x07" * 32)
"""An account that never had anything."""


@asynccontextmanager
async def over_rpc(go: GoChain) -> AsyncIterator[Client]:
    """Our client where only the CometBFT port is known."""
    transport, events = RpcTransport(go.node), RpcEvents(go.rpc)
    try:
        yield Client(transport, events=events, settings=QUICK)
    finally:
        await events.close()
        await transport.close()


@pytest.fixture(params=["grpc", "rpc"])
async def client(request: pytest.FixtureRequest, go: GoChain) -> AsyncIterator[Client]:
    """The client over either transport."""
    async with go.client() if request.param == "grpc" else over_rpc(go) as client:
        yield client


def send(go: GoChain, sender: str, to: str, amount: int, denom: str = "uakt") -> bank_pb.MsgSend:
    return bank_pb.MsgSend(
        from_address=go.key(sender).address,
        to_address=go.key(to).address,
        amount=[Coin(denom, amount).to_wire()],
    )


async def test_status_and_reads_of_every_module(go: GoChain, client: Client) -> None:
    status = await client.status()
    assert (status.chain_id, status.height > 2, status.time > 0) == (CHAIN_ID, True, True)
    tenant = go.key("tenant").address
    query = client.query
    assert {c.denom for c in await query.bank.balances(tenant)} == {"uakt", "uact"}
    assert await query.bank.supply("uact") > 0
    assert (await query.auth.account(tenant)).address == tenant
    assert (await query.market.params()).order_max_bids == 20
    assert {c.denom for c in (await query.deployment.params()).min_deposits} == {"uakt", "uact"}
    nobody = go.key("other").address
    assert not [d async for d in query.deployment.deployments(owner=nobody)]
    assert not [o async for o in query.market.orders(owner=nobody)]
    assert not [b async for b in query.market.bids(owner=nobody)]
    assert not [x async for x in query.market.leases(owner=nobody, state="active")]
    assert not [a async for a in query.escrow.accounts(xid=f"deployment/{nobody}/1")]
    assert not [p async for p in query.escrow.payments(xid=f"deployment/{nobody}/1")]
    assert not [c async for c in query.cert.certificates(owner=nobody)]


async def test_refusals_of_reads_are_typed(go: GoChain, client: Client) -> None:
    nobody, query = STRANGER.address, client.query
    order = OrderID(nobody, 77, 1, 1)
    with pytest.raises(DeploymentNotFound):
        await query.deployment.deployment(DeploymentID(nobody, 77))
    with pytest.raises(OrderNotFound):
        await query.market.order(order)
    with pytest.raises(BidNotFound):
        await query.market.bid(order.with_provider(go.key("provider").address))
    with pytest.raises(ProviderNotFound):
        await query.provider.provider(nobody)
    with pytest.raises(NotAudited):
        await query.audit.provider(nobody)
    with pytest.raises(StatusRefusal, match="invalid state value"):
        [o async for o in query.market.orders(state="nope")]


async def test_refusals_of_transactions(go: GoChain, client: Client) -> None:
    tenant = go.signer("tenant")
    too_much = send(go, "tenant", "other", 10**18)
    with pytest.raises(InsufficientFunds):
        await client.broadcast([too_much], tenant)
    with pytest.raises(InsufficientFunds):
        await client.broadcast([too_much], tenant, gas=200_000)
    with pytest.raises(OutOfGas):
        await client.broadcast([send(go, "tenant", "other", 1)], tenant, gas=40_000)
    with pytest.raises(InsufficientFee):
        await client.broadcast(
            [send(go, "tenant", "other", 1)], tenant, gas=200_000, fees=Coins.EMPTY
        )
    nowhere = OrderID(tenant.address, 3, 1, 1).with_provider(go.key("provider").address)
    with pytest.raises(BidNotFound):
        await client.broadcast([market_pb.MsgCreateLease(bid_id=nowhere.to_wire())], tenant)
    with pytest.raises(StatusRefusal) as caught:
        await client.query.auth.account(STRANGER.address)
    assert caught.value.status is Status.NOT_FOUND


async def test_sends_of_two_accounts_at_once(go: GoChain, client: Client) -> None:
    other = go.key("other").address
    before = await client.query.bank.balance(other, "uakt")
    wishes = [
        client.broadcast([send(go, name, "other", 10 + index)], go.signer(name))
        for index in range(6)
        for name in ("tenant", "cli")
    ]
    outcomes = await asyncio.gather(*wishes)
    assert len({outcome.hash for outcome in outcomes}) == 12
    after = await client.query.bank.balance(other, "uakt")
    assert after - before == 2 * sum(10 + index for index in range(6))


async def test_a_deployments_whole_life(go: GoChain, client: Client) -> None:
    tenant, provider = go.signer("tenant"), go.signer("provider")
    query = client.query

    certificate = Certificate.generate(tenant.address)
    publish = cert_pb.MsgCreateCertificate(
        owner=tenant.address, cert=certificate.cert_pem, pubkey=certificate.pubkey_pem
    )
    await client.broadcast([publish], tenant)
    (seen,) = [
        c async for c in query.cert.certificates(owner=tenant.address, serial=certificate.serial)
    ]
    assert seen.certificate.cert == certificate.cert_pem

    known = [p.owner async for p in query.provider.providers()]
    if provider.address not in known:
        await register(client, provider, "https://127.0.0.1:8443")
    change = provider_pb.MsgUpdateProvider(
        owner=provider.address,
        host_uri="https://127.0.0.1:9443",
        attributes=[{"key": "region", "value": "us-west"}, {"key": "tier", "value": "test"}],
    )
    await client.broadcast([change], provider)
    listed = await query.provider.provider(provider.address)
    assert (listed.host_uri, len(listed.attributes)) == ("https://127.0.0.1:9443", 2)

    purse = await query.bank.balance(tenant.address, DENOM)
    till = await query.bank.balance(provider.address, DENOM)
    created = await deploy(client, tenant, hello())
    view = await query.deployment.deployment(created.id)
    assert view.deployment.hash == hello().version()
    assert view.account.funds[0].amount.truncate() == DEPOSIT

    wanted = await bid(client, provider, created.id)
    (offer,) = [b async for b in query.market.bids(owner=tenant.address, dseq=created.id.dseq)]
    assert (offer.bid.id, offer.bid.state) == (wanted, BidState.OPEN)
    assert await query.bank.balance(provider.address, DENOM) == till - BID_DEPOSIT

    leased = await client.broadcast([market_pb.MsgCreateLease(bid_id=wanted.to_wire())], tenant)
    lease = await query.market.lease(wanted.lease)
    assert (lease.lease.state, lease.lease.created_at) == (LeaseState.ACTIVE, leased.height)
    assert lease.payment.rate.amount.truncate() == RATE

    second = hello("", ("version 1", "version 2"))
    await client.broadcast(
        [deployment_pb.MsgUpdateDeployment(id=created.id.to_wire(), hash=second.version())], tenant
    )
    assert (await query.deployment.deployment(created.id)).deployment.hash == second.version()

    await client.broadcast(
        [
            escrow_pb.MsgAccountDeposit(
                signer=tenant.address,
                id=created.id.escrow.to_wire(),
                deposit=coin(1_000_000).to_wire(),
            )
        ],
        tenant,
    )
    (account,) = [
        a async for a in query.escrow.accounts(xid=f"deployment/{tenant.address}/{created.id.dseq}")
    ]
    assert sum(d.balance.amount.truncate() for d in account.deposits) == DEPOSIT + 1_000_000

    withdrawn = await client.broadcast(
        [market_pb.MsgWithdrawLease(id=wanted.lease.to_wire())], provider
    )
    earned = RATE * (withdrawn.height - leased.height)
    assert await query.bank.balance(provider.address, DENOM) == till - BID_DEPOSIT + earned

    closed = await client.broadcast(
        [deployment_pb.MsgCloseDeployment(id=created.id.to_wire())], tenant
    )
    earned = RATE * (closed.height - leased.height)
    assert await query.bank.balance(provider.address, DENOM) == till + earned
    assert await query.bank.balance(tenant.address, DENOM) == purse - earned
    ended = await query.deployment.deployment(created.id)
    assert ended.deployment.state is DeploymentState.CLOSED
    assert ended.account.state is State.CLOSED
    lease = await query.market.lease(wanted.lease)
    assert (lease.lease.state, lease.lease.closed_on) == (LeaseState.CLOSED, closed.height)
    assert lease.payment.withdrawn.amount == earned

    await client.broadcast(
        [
            cert_pb.MsgRevokeCertificate(
                id=cert_pb.ID(owner=tenant.address, serial=str(certificate.serial))
            )
        ],
        tenant,
    )
    assert not [
        c
        async for c in query.cert.certificates(owner=tenant.address, state="valid")
        if c.serial == certificate.serial
    ]


async def test_concurrent_deployments_get_numbers_of_their_own(go: GoChain) -> None:
    async with go.client() as client:
        tenant = go.signer("tenant")
        made = await asyncio.gather(*(deploy(client, tenant, hello()) for _ in range(3)))
        assert len({each.id for each in made}) == 3
        for each in made:
            await client.broadcast([deployment_pb.MsgCloseDeployment(id=each.id.to_wire())], tenant)
        left = [
            d.deployment.id
            async for d in client.query.deployment.deployments(
                owner=tenant.address, state="active", page_size=2
            )
        ]
        assert not {each.id for each in made} & set(left)


async def test_events_have_no_gap_when_the_connection_is_cut(go: GoChain) -> None:
    async with asyncio.timeout(PLENTY), go.client() as client, relay(go.rpc) as line:
        source = RpcEvents(line.url)
        start = await client.node.height() + 1
        heights: list[int] = []
        told: list[str] = []
        created = await deploy(client, go.signer("tenant"), hello())
        async with aclosing(source.follow(start)) as blocks:
            cut = 0
            async for block in blocks:
                heights.append(block.height)
                told += [m.DESCRIPTOR.name for e in block.events if (m := message_of(e))]
                if block.height >= created.outcome.height + 1 and not cut:
                    cut = block.height
                    line.cut()
                    closing = await client.broadcast(
                        [deployment_pb.MsgCloseDeployment(id=created.id.to_wire())],
                        go.signer("tenant"),
                    )
                    await client.node.beyond(closing.height + 2)
                    line.mend()
                if cut and block.height > closing.height + 3:
                    break
        await source.close()
        assert heights == list(range(start, heights[-1] + 1))
        assert told == [
            "EventDeploymentCreated", "EventOrderCreated",
            "EventDeploymentClosed", "EventGroupClosed", "EventOrderClosed",
        ]  # fmt: skip
