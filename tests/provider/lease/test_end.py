"""A workload is stopped on proof and never on doubt, however long the doubt lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from akashpy.types.market import LeaseState
from provider.lease.end import EndSettings
from tests.provider.fakes import Durable, running
from tests.provider.market import FakeChain
from tests.provider.tenants import blocks, page, serving

LONG = 2 * 3600.0
"""A long time for a lie to last."""


def down(chain: FakeChain) -> None:
    chain.is_down = True


def empty(chain: FakeChain) -> None:
    chain.lists_nothing = True


def ignorant(chain: FakeChain) -> None:
    chain.knows_nothing = True


def behind(chain: FakeChain) -> None:
    chain.lags_behind = 90


def syncing(chain: FakeChain) -> None:
    chain.syncing = True


def another_genesis(chain: FakeChain) -> None:
    chain.genesis = b"another"


def another_chain(chain: FakeChain) -> None:
    chain.chain_id = "another-1"


LIES = [down, empty, ignorant, behind, syncing, another_genesis, another_chain]


@pytest.mark.parametrize("state", [LeaseState.CLOSED, LeaseState.INSUFFICIENT_FUNDS])
async def test_a_proven_end_stops_the_workload(given: Durable, state: LeaseState) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        given.chain.end(lease, state)
        await blocks(4.5)
        assert given.driver.torn_down == [lease]
        assert provider.inventory.holdings == ()
        assert given.store.kept == {}
        assert provider.roll.tenancies == ()


async def test_an_end_must_still_stand_some_blocks_later(given: Durable) -> None:
    async with running(given, end=EndSettings(confirm=5)) as provider:
        lease = await serving(given, provider, page())
        given.chain.end(lease)
        await blocks(4)
        assert given.driver.torn_down == []
        given.chain.leases_[lease] = given.chain.leases_[lease].__class__(
            lease, LeaseState.ACTIVE, given.chain.leases_[lease].price,
            given.chain.leases_[lease].created_at,
        )  # fmt: skip
        await asyncio.sleep(LONG)
        assert given.driver.torn_down == []


@pytest.mark.parametrize("lie", LIES)
async def test_a_running_lease_outlives_hours_of_bad_answers(
    given: Durable, lie: Callable[[FakeChain], None]
) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        lie(given.chain)
        await asyncio.sleep(LONG)
        assert given.driver.torn_down == []
        assert lease in given.driver.workloads


@pytest.mark.parametrize("lie", LIES)
async def test_a_running_lease_outlives_a_restart_amid_bad_answers(
    given: Durable, lie: Callable[[FakeChain], None]
) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
    if lie not in (down, another_chain):  # with these it waits, or refuses, before anything else
        lie(given.chain)
    async with running(given) as provider:
        lie(given.chain)
        await asyncio.sleep(LONG)
        assert given.driver.torn_down == []
        assert lease in given.driver.workloads
        assert [t.lease for t in provider.roll.tenancies] == [lease]


@pytest.mark.parametrize("lie", [ignorant, behind, syncing, another_genesis, another_chain])
async def test_an_end_told_amid_bad_answers_waits_for_a_good_one(
    given: Durable, lie: Callable[[FakeChain], None]
) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        lie(given.chain)
        given.chain.end(lease)
        await blocks(20)
        assert given.driver.torn_down == []
        assert provider.ledger.doubts > 0
        honest = FakeChain()
        for name in ("knows_nothing", "lags_behind", "syncing", "genesis", "chain_id"):
            setattr(given.chain, name, getattr(honest, name))
        await blocks(30)
        assert given.driver.torn_down == [lease]


async def test_a_lease_of_the_same_name_but_another_making_proves_nothing(given: Durable) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        known = given.chain.leases_[lease]
        given.chain.leases_[lease] = known.__class__(
            lease, LeaseState.CLOSED, known.price, known.created_at + 1
        )
        await asyncio.sleep(LONG)
        assert given.driver.torn_down == []


async def test_a_lease_closed_while_the_provider_was_down_is_removed(given: Durable) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
    given.chain.end(lease)
    await given.chain.grow()
    async with running(given) as provider:
        await blocks(4)
        assert given.driver.torn_down == [lease]
        assert provider.inventory.holdings == ()


async def test_a_workload_that_is_no_lease_of_ours_is_reported_and_left_alone(
    given: Durable,
) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
    stranger = lease.__class__(lease.owner, 77, 1, 1, lease.owner)
    known = given.driver.workloads[lease]
    given.driver.workloads[stranger] = known.__class__(
        stranger, known.chain_id, known.height, known.group, known.services
    )
    async with running(given) as provider:
        await asyncio.sleep(LONG)
        assert provider.roll.strangers == (stranger,)
        assert given.driver.torn_down == []


async def test_a_cluster_that_is_down_delays_the_removal(given: Durable) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        given.driver.is_down = True
        given.chain.end(lease)
        await blocks(10)
        assert provider.inventory.holdings != ()
        given.driver.is_down = False
        await blocks(3)
        assert given.driver.torn_down == [lease]
        assert provider.inventory.holdings == ()
