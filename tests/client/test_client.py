"""The client over gRPC and in memory: typed reads, pages, refusals, deployments, events."""

import asyncio

import pytest

from akashpy.client import blocking
from akashpy.client.caller import Caller
from akashpy.client.client import Client
from akashpy.client.deploy import create_deployment
from akashpy.client.errors import ClientError, StatusRefusal, Unreachable, of_simulation, refusal
from akashpy.client.events import message_of
from akashpy.client.sdl import group_specs
from akashpy.client.transport import MemoryTransport
from akashpy.node import local
from akashpy.node.grpc import serve
from akashpy.types.deployment import DeploymentExists, DeploymentID, DeploymentNotFound
from akashpy.types.errors import ForeignError, InvalidHeight, OutOfGas, PlainError, Status
from akashpy.types.market import BidNotFound, BidState, InvalidBid, OrderID
from akashpy.wire import market as market_pb
from akashpy.wire import provider as provider_pb
from tests.client.conftest import QUICK, World, deposit
from tests.client.test_broadcast import Flaky
from tests.node.realchain import CHAIN, address, real_chain

VERSION = bytes(range(32))
GROUPS = [
    {
        "name": "west",
        "requirements": {
            "signed_by": {"all_of": None, "any_of": None},
            "attributes": [{"key": "region", "value": "us-west"}],
        },
        "resources": [
            {
                "resource": {
                    "id": 1,
                    "cpu": {"units": {"val": "100"}},
                    "memory": {"size": {"val": "134217728"}},
                    "storage": [{"name": "default", "size": {"val": "134217728"}}],
                    "gpu": {"units": {"val": "0"}},
                    "endpoints": [{"sequence_number": 0}],
                },
                "count": 1,
                "price": {"denom": "uakt", "amount": "1000.500000000000000000"},
            }
        ],
    }
]


@pytest.fixture(params=["memory", "grpc"])
async def everywhere(request, tmp_path):
    """A world over either transport."""
    async with real_chain(tmp_path, interval=0.02) as chain, chain.running():
        if request.param == "memory":
            yield World(chain, local.transport(chain.core))
            return
        async with (
            serve(chain.core, "127.0.0.1", 0) as endpoint,
            Client.connect(endpoint, settings=QUICK) as client,
        ):
            yield World(chain, client._caller.transport)


def provider_message(name="provider"):
    return provider_pb.MsgCreateProvider(
        owner=address(name),
        host_uri=f"https://{name}.example.com:8443",
        attributes=[{"key": "region", "value": "us-west"}],
    )


def bid_message(id, provider="provider", price=500):
    order = OrderID(id.owner, id.dseq, 1, 1)
    return market_pb.MsgCreateBid(
        id=order.with_provider(address(provider)).to_wire(),
        price={"denom": "uakt", "amount": str(price * 10**18)},
        deposit=deposit(500_000).to_wire(),
    )


async def test_a_deployment_from_groups_to_lease_and_its_reads(everywhere):
    world, client = everywhere, everywhere.client
    tenant, provider = world.signer("tenant"), world.signer("provider")
    await client.broadcast([provider_message()], provider)
    created = await create_deployment(client, tenant, group_specs(GROUPS), VERSION, deposit())
    await client.broadcast([bid_message(created.id)], provider)
    (bid,) = [b async for b in client.query.market.bids(owner=tenant.address, state="open")]
    assert bid.bid.state is BidState.OPEN
    assert bid.account.funds[0].amount.truncate() == 500_000
    await client.broadcast([market_pb.MsgCreateLease(bid_id=bid.bid.id.to_wire())], tenant)
    lease = await client.query.market.lease(bid.bid.id.lease)
    assert lease.payment.rate.amount.truncate() == 500
    view = await client.query.deployment.deployment(created.id)
    assert view.deployment.hash == VERSION
    assert view.groups[0].spec.price().amount.truncate() == 1000
    assert [d async for d in client.query.deployment.deployments(owner=tenant.address)] == [view]
    orders = [o async for o in client.query.market.orders(owner=tenant.address)]
    assert [order.id for order in orders] == [bid.bid.id.order]
    accounts = [a async for a in client.query.escrow.accounts(state="open")]
    assert {str(a.id) for a in accounts} == {str(created.id.escrow), str(bid.bid.id.escrow)}
    payments = [p async for p in client.query.escrow.payments()]
    assert [payment.id for payment in payments] == [lease.lease.id.payment]
    listed = [p async for p in client.query.provider.providers()]
    assert listed == [await client.query.provider.provider(provider.address)]
    assert not [c async for c in client.query.cert.certificates(owner=tenant.address)]
    assert (await client.query.chain.params()).settlement_denoms == ["uakt", "uact"]
    assert (await client.query.market.params()).order_max_bids == 20
    account = await client.query.auth.account(tenant.address)
    assert (account.pub_key, account.sequence) == (tenant.public, 2)
    balances = await client.query.bank.balances(tenant.address)
    assert balances.amount_of("uact") == 10**12


async def test_refusals_are_the_same_classes_over_every_transport(everywhere):
    query = everywhere.client.query
    nothing = DeploymentID(address("tenant"), 77)
    with pytest.raises(DeploymentNotFound):
        await query.deployment.deployment(nothing)
    order = OrderID(address("tenant"), 77, 1, 1)
    with pytest.raises(BidNotFound):
        await query.market.bid(order.with_provider(address("provider")))
    with pytest.raises(StatusRefusal) as caught:
        [o async for o in query.market.orders(state="nope")]
    assert (caught.value.status, str(caught.value)) == (
        Status.INVALID_ARGUMENT,
        "invalid state value",
    )
    with pytest.raises(InvalidHeight):
        await query.bank.balance(address("tenant"), "uakt", height=10**9)
    with pytest.raises(StatusRefusal) as unknown:
        await everywhere.client.call(
            "/no.such.Service/Method", provider_message(), provider_pb.QueryProviderResponse
        )
    assert unknown.value.status is Status.UNIMPLEMENTED


async def test_reads_at_a_height(everywhere):
    before = everywhere.chain.core.height
    was = await everywhere.balance("other")
    await everywhere.client.broadcast([everywhere.send(3)], everywhere.signer())
    bank = everywhere.client.query.bank
    assert await bank.balance(address("other"), "uakt", height=before) == was
    assert await bank.balance(address("other"), "uakt") == was + 3


async def test_status(everywhere):
    status = await everywhere.client.status()
    assert (status.chain_id, status.height > 0, status.time > 0) == (CHAIN, True, True)


async def test_pages_are_followed_to_the_end(world):
    tenant = world.signer()
    for _ in range(7):
        await create_deployment(world.client, tenant, group_specs(GROUPS), VERSION, deposit())
    listed = [
        d.deployment.id.dseq async for d in world.client.query.deployment.deployments(page_size=2)
    ]
    assert len(listed) == len(set(listed)) == 7


async def test_a_taken_number_moves_on_by_one(world, monkeypatch):
    tenant = world.signer()
    first = await create_deployment(
        world.client, tenant, group_specs(GROUPS), VERSION, deposit(), dseq=500
    )
    assert first.id.dseq == 500
    with pytest.raises(DeploymentExists):
        await create_deployment(
            world.client, tenant, group_specs(GROUPS), VERSION, deposit(), dseq=500
        )

    async def height():
        return 500

    monkeypatch.setattr(world.client.node, "height", height)
    world.client._broadcaster._node = world.another().node
    second = await create_deployment(world.client, tenant, group_specs(GROUPS), VERSION, deposit())
    assert second.id.dseq == 501


async def test_concurrent_deployments_get_numbers_of_their_own(world):
    wishes = [
        create_deployment(world.client, world.signer(), group_specs(GROUPS), VERSION, deposit())
        for _ in range(5)
    ]
    made = await asyncio.gather(*wishes)
    assert len({each.id for each in made}) == 5
    listed = [d async for d in world.client.query.deployment.deployments()]
    assert len(listed) == 5


async def test_events_come_block_by_block_without_gaps(world):
    start = world.chain.core.height
    created = await create_deployment(
        world.client, world.signer(), group_specs(GROUPS), VERSION, deposit()
    )
    heights, told = [], []
    async for block in world.client.events(start):
        heights.append(block.height)
        told += [m for event in block.events if (m := message_of(event)) is not None]
        if block.height >= created.outcome.height + 2:
            break
    assert heights == list(range(start, created.outcome.height + 3))
    names = [m.DESCRIPTOR.name for m in told]
    wanted = ["EventDeploymentCreated", "EventOrderCreated"]
    assert [name for name in names if name in wanted] == wanted
    ids = [DeploymentID.from_wire(m.id) for m in told if m.DESCRIPTOR.name.startswith("EventDep")]
    assert ids == [created.id]


def test_a_client_without_a_source_of_events_says_what_is_missing():
    client = Client(local_nothing())
    with pytest.raises(ClientError, match="rpc_endpoint"):
        client.events()


def local_nothing():
    async def answer(path, request, height):
        raise AssertionError("asked")

    return MemoryTransport(answer)


async def test_reads_are_tried_again_and_then_say_unreachable(monkeypatch):
    monkeypatch.setattr("akashpy.client.caller.PAUSES", (0.0, 0.0))
    asked = []

    class Down:
        async def unary(self, path, request, *, timeout, height=None):
            asked.append(path)
            raise Unreachable("down")

    caller = Caller(Down())
    with pytest.raises(Unreachable):
        await caller.call("/x", provider_message(), provider_pb.QueryProviderResponse)
    assert len(asked) == 3
    with pytest.raises(Unreachable):
        await caller.call_once("/x", provider_message(), provider_pb.QueryProviderResponse)
    assert len(asked) == 4


async def test_a_node_that_has_no_state_to_read_yet_is_not_ready(monkeypatch):
    monkeypatch.setattr("akashpy.client.caller.PAUSES", (0.0,))
    asked = []

    class JustStarted:
        async def unary(self, path, request, *, timeout, height=None):
            asked.append(height)
            raise InvalidHeight("context did not contain latest block height")

    caller = Caller(JustStarted())
    with pytest.raises(Unreachable, match="not ready"):
        await caller.call("/x", provider_message(), provider_pb.QueryProviderResponse)
    assert asked == [None, None]
    with pytest.raises(InvalidHeight):
        await caller.call("/x", provider_message(), provider_pb.QueryProviderResponse, height=9)


async def test_nobody_listens():
    async with Client.connect("127.0.0.1:1", timeout=0.5) as client:
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
            await client.status()


def test_errors_from_what_a_go_node_says():
    named = refusal(Status.NOT_FOUND, "codespace market code 18: invalid bid: bid not found")
    assert type(named) is BidNotFound
    foreign = refusal(Status.UNKNOWN, "codespace wasm code 7: contract: boom")
    assert (type(foreign), foreign.codespace, foreign.code) == (ForeignError, "wasm", 7)
    gone = refusal(Status.UNAVAILABLE, "connection refused")
    assert isinstance(gone, Unreachable)
    text = (
        "failed to execute message; message index: 0: invalid bid: bid not found "
        "[cosmos-sdk/baseapp/baseapp.go:1051] with gas used: '35722'"
    )
    assert type(of_simulation(StatusRefusal(Status.UNKNOWN, text))) is BidNotFound
    out = StatusRefusal(Status.UNKNOWN, "x: out of gas [a.go:1] with gas used: '1'")
    assert type(of_simulation(out)) is OutOfGas
    vague = StatusRefusal(Status.UNKNOWN, "something new [a.go:1] with gas used: '1'")
    assert of_simulation(vague) is vague
    several = StatusRefusal(Status.UNKNOWN, "y: internal error [a.go:1] with gas used: '1'")
    assert of_simulation(several) is several
    known = InvalidBid("x")
    assert of_simulation(known) is known
    assert isinstance(vague, PlainError)


def test_groups_of_an_sdl_become_messages():
    (group,) = group_specs(GROUPS)
    unit = group.resources[0]
    assert unit.price.amount == "1000500000000000000000"
    assert unit.resource.cpu.units.val == b"100"
    assert unit.resource.storage[0].name == "default"
    assert unit.resource.HasField("gpu")
    assert len(unit.resource.endpoints) == 1
    assert group.requirements.attributes[0].key == "region"
    without = {**GROUPS[0]["resources"][0]["resource"]}
    del without["gpu"]
    changed = {**GROUPS[0], "resources": [{**GROUPS[0]["resources"][0], "resource": without}]}
    (bare,) = group_specs([changed])
    assert not bare.resources[0].resource.HasField("gpu")


async def test_the_blocking_client(tmp_path):
    async with (
        real_chain(tmp_path, interval=0.02) as chain,
        chain.running(),
        serve(chain.core, "127.0.0.1", 0) as endpoint,
    ):
        world = World(chain, local.transport(chain.core))

        def script():
            with blocking.connect(endpoint, settings=QUICK) as client:
                before = client.query.bank.balance(address("other"), "uakt")
                outcome = client.broadcast([world.send(6)], world.signer())
                after = client.query.bank.balance(address("other"), "uakt")
                providers = list(client.query.provider.providers())
                with pytest.raises(DeploymentNotFound):
                    client.query.deployment.deployment(DeploymentID(address("other"), 1))
                return outcome.code, after - before, providers

        assert await asyncio.to_thread(script) == (0, 6, [])


@pytest.mark.parametrize("fate", ["lost before", "lost after"])
async def test_a_lost_answer_never_makes_a_second_deployment(world, fate):
    flaky = Flaky(world.transport, [fate, fate])
    client = world.another(flaky)
    made = await create_deployment(client, world.signer(), group_specs(GROUPS), VERSION, deposit())
    listed = [d.deployment.id async for d in world.client.query.deployment.deployments()]
    assert listed == [made.id]
    assert len(flaky.handed_over) == 1
