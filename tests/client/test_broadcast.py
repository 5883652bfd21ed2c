"""Transactions through the client: included results, typed refusals, many senders, lost answers,
and never two for one wish."""

import asyncio
from collections import Counter

import pytest

from akashpy.client.broadcast import TX, BroadcastSettings
from akashpy.client.errors import OutcomeUnknown, StatusRefusal, Unreachable
from akashpy.client.fees import FeePolicy
from akashpy.tx import build
from akashpy.types.coin import Coins
from akashpy.types.errors import (
    InsufficientFee,
    InsufficientFunds,
    InvalidHeight,
    InvalidPubKey,
    OutOfGas,
    Status,
)
from akashpy.wire import bank
from akashpy.wire import tx as tx_pb
from tests.client.conftest import QUICK, World
from tests.node.realchain import address

BROADCAST = TX + "BroadcastTx"


class Flaky:
    """A transport that loses broadcasts: before they arrive, or their answers after."""

    def __init__(self, inner, plan):
        self.inner = inner
        self.plan = list(plan)
        self.handed_over = Counter()

    async def unary(self, path, request, *, timeout, height=None):
        if path != BROADCAST:
            return await self.inner.unary(path, request, timeout=timeout, height=height)
        fate = self.plan.pop(0) if self.plan else "fine"
        raw = tx_pb.BroadcastTxRequest.FromString(request).tx_bytes
        self.handed_over[raw] += 1
        if fate == "lost before":
            raise Unreachable("lost on the way there")
        answer = await self.inner.unary(path, request, timeout=timeout, height=height)
        if fate == "lost after":
            raise Unreachable("lost on the way back")
        return answer

    async def close(self):
        await self.inner.close()


async def test_an_included_result(world):
    before = await world.balance("other")
    outcome = await world.client.broadcast([world.send(7)], world.signer(), memo="hello")
    assert (outcome.code, await world.balance("other")) == (0, before + 7)
    assert 0 < outcome.gas_used <= outcome.gas_wanted < 2 * outcome.gas_used
    assert [type(r) for r in outcome.responses] == [bank.MsgSendResponse]
    landed = world.chain.core.tx(bytes.fromhex(outcome.hash))
    assert landed.height == outcome.height
    assert outcome.events_of("transfer")
    found = await world.client.node.tx(outcome.hash)
    assert found == outcome


async def test_refusals_are_typed_wherever_they_happen(world):
    with pytest.raises(InsufficientFunds):  # in the simulation
        await world.client.broadcast([world.send(10**18)], world.signer())
    with pytest.raises(InsufficientFunds):  # in the block
        await world.client.broadcast([world.send(10**18)], world.signer(), gas=200_000)
    with pytest.raises(OutOfGas):  # in the check
        await world.client.broadcast([world.send(1)], world.signer(), gas=2_000)
    with pytest.raises(InvalidPubKey):  # somebody else's money
        await world.client.broadcast([world.send(1, sender="other")], world.signer(), gas=200_000)
    outcome = await world.client.send([world.send(10**18)], world.signer(), gas=200_000)
    assert isinstance(outcome.error, InsufficientFunds)
    assert (await world.client.broadcast([world.send(1)], world.signer())).code == 0


async def test_fees_follow_gas_and_price(world):
    before = await world.balance("tenant")
    outcome = await world.client.broadcast([world.send(5)], world.signer(), gas=100_000)
    assert before - await world.balance("tenant") == 5 + 250
    fees = Coins.parse("333uakt")
    before = await world.balance("tenant")
    await world.client.broadcast([world.send(5)], world.signer(), gas=100_000, fees=fees)
    assert before - await world.balance("tenant") == 5 + 333
    assert outcome.gas_wanted == 100_000


async def test_the_nodes_minimum_price_is_paid_unasked(tmp_path):
    from akashpy.node import local
    from tests.node.realchain import real_chain

    async with real_chain(tmp_path, gas_prices="0.01uakt") as chain, chain.running():
        world = World(chain, local.transport(chain.core))
        asking = world.another(settings=BroadcastSettings(poll=0.005, patience=60))
        before = await world.balance("tenant")
        await asking.broadcast([world.send(1)], world.signer(), gas=100_000)
        assert before - await world.balance("tenant") == 1001
        cheap = world.another(settings=QUICK)
        with pytest.raises(InsufficientFee):
            await cheap.broadcast([world.send(1)], world.signer(), gas=100_000)


async def test_concurrent_senders_of_one_process(world):
    before = await world.balance("other")
    amounts = list(range(1, 41))
    outcomes = await asyncio.gather(
        *(world.client.broadcast([world.send(n)], world.signer()) for n in amounts)
    )
    assert await world.balance("other") == before + sum(amounts)
    assert len({outcome.hash for outcome in outcomes}) == len(amounts)


async def test_processes_that_race_for_one_account(world):
    before = await world.balance("other")
    rivals = [world.another() for _ in range(4)]
    sends = [
        rival.broadcast([world.send(10 * place + n)], world.signer())
        for n in range(1, 9)
        for place, rival in enumerate(rivals)
    ]
    await asyncio.gather(*sends)
    expected = sum(10 * place + n for n in range(1, 9) for place in range(4))
    assert await world.balance("other") == before + expected


async def test_rivals_with_identical_messages_each_pay(world):
    before = await world.balance("other")
    rivals = [world.another() for _ in range(5)]
    await asyncio.gather(*(r.broadcast([world.send(3)], world.signer()) for r in rivals))
    assert await world.balance("other") == before + 15


@pytest.mark.parametrize(
    "plan",
    [
        ["lost before"],
        ["lost after"],
        ["lost after", "lost after", "lost before"],
        ["lost before", "lost before", "lost after"],
        ["fine", "lost after"],
    ],
    ids=str,
)
async def test_a_lost_answer_never_pays_twice(world, plan):
    before = await world.balance("other")
    flaky = Flaky(world.transport, plan)
    client = world.another(flaky)
    first = await client.broadcast([world.send(11)], world.signer())
    second = await client.broadcast([world.send(100)], world.signer())
    assert (first.code, second.code) == (0, 0)
    assert await world.balance("other") == before + 111
    assert len(flaky.handed_over) == 2  # never other bytes for the same wish


async def test_a_lost_answer_while_others_send(world):
    before = await world.balance("other")
    flaky = Flaky(world.transport, ["lost after", "fine", "lost before", "lost after"] * 5)
    client, rival = world.another(flaky), world.another()
    await asyncio.gather(
        *(client.broadcast([world.send(n)], world.signer()) for n in range(1, 11)),
        *(rival.broadcast([world.send(1000 + n)], world.signer()) for n in range(1, 11)),
    )
    assert await world.balance("other") == before + 55 + 10_055


async def test_a_node_that_stays_silent_is_reported_not_retried_for_ever(world):
    silent = Flaky(world.transport, ["lost before"] * 10_000)
    settings = BroadcastSettings(poll=0.005, patience=0.2, fees=FeePolicy("0.0025uakt"))
    client = world.another(silent, settings)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.broadcast([world.send(1)], world.signer())
    assert caught.value.timeout_height > world.chain.core.height
    assert len(silent.handed_over) == 1


@pytest.mark.parametrize(("resend_blocks", "signed"), [(1, 1), (1000, 2)])
async def test_a_mempool_that_forgets(world, resend_blocks, signed):
    """Handed over again with the same bytes; or, once its last height has passed, signed anew."""

    class Forgetful(Flaky):
        async def unary(self, path, request, *, timeout, height=None):
            answer = await super().unary(path, request, timeout=timeout, height=height)
            if path == BROADCAST and self.handed_over.total() == 1:
                world.chain.core.mempool.flush()
            return answer

    before = await world.balance("other")
    forgetful = Forgetful(world.transport, [])
    settings = BroadcastSettings(
        poll=0.002,
        patience=60,
        timeout_blocks=10,
        resend_blocks=resend_blocks,
        fees=FeePolicy("0.0025uakt"),
    )
    client = world.another(forgetful, settings)
    assert (await client.broadcast([world.send(9)], world.signer())).code == 0
    assert await world.balance("other") == before + 9
    assert len(forgetful.handed_over) == signed


async def test_a_lagging_node_proves_nothing(world):
    """A node that lags behind the others must not make a transaction look dead."""

    class Lagging(Flaky):
        reads = 0

        async def unary(self, path, request, *, timeout, height=None):
            if path.endswith(("GetTx", "AccountInfo")) and self.handed_over:
                self.reads += 1
                if path.endswith("GetTx") and self.reads < 60:
                    raise StatusRefusal(Status.NOT_FOUND, "tx not found")
                if path.endswith("AccountInfo") and self.reads < 60:
                    raise InvalidHeight("requested height is higher than the latest one")
            return await super().unary(path, request, timeout=timeout, height=height)

    before = await world.balance("other")
    lagging = Lagging(world.transport, [])
    settings = BroadcastSettings(
        poll=0.002, patience=60, timeout_blocks=3, fees=FeePolicy("0.0025uakt")
    )
    outcome = await world.another(lagging, settings).broadcast([world.send(4)], world.signer())
    assert outcome.code == 0
    assert await world.balance("other") == before + 4
    assert len(lagging.handed_over) == 1


async def test_another_account_is_not_held_up_by_a_lost_one(world):
    slow = Flaky(world.transport, ["lost before"])
    client = world.another(slow)
    await asyncio.gather(
        client.broadcast([world.send(1)], world.signer("tenant")),
        client.broadcast([world.send(1, sender="provider")], world.signer("provider")),
    )
    assert address("tenant") != address("provider")


async def test_a_simulation_without_a_fee_foresees_what_the_fee_costs(world):
    """Akash's own CLI simulates without a fee and multiplies by 1.5: that must always suffice."""
    body = build.body([world.send(1)])
    account = await world.client.query.auth.account(address("tenant"))
    signer = build.Signer(world.signer().public, account.sequence)
    raw = build.assemble(body, build.auth_info([signer], fee=(), gas=0), [b""])
    simulated = await world.client.call(
        TX + "Simulate", tx_pb.SimulateRequest(tx_bytes=raw), tx_pb.SimulateResponse
    )
    outcome = await world.client.broadcast([world.send(1)], world.signer(), gas=200_000)
    assert outcome.gas_used < 1.15 * simulated.gas_info.gas_used
