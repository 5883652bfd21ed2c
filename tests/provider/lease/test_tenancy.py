"""One lease from won to served: manifests, updates, restarts at every point, health."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from akashpy.types.market import LeaseClosedReason, LeaseID, LeaseState
from akashpy.wire import market as wire
from provider.cluster.errors import Unavailable
from provider.cluster.workload import Workload
from provider.lease.end import EndOfLease
from provider.lease.monitor import MonitorSettings
from provider.ledger import Finding
from tests.provider.fakes import Durable, running
from tests.provider.tenants import blocks, leased, page, put, serving


async def test_a_manifest_starts_the_workload(given: Durable) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        (tenancy,) = provider.roll.tenancies
        assert tenancy.state == "running"
        assert given.driver.workloads[lease].services[0].env == ("PAGE=one",)


async def test_a_new_manifest_updates_in_place(given: Durable) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page("one"))
        given.chain.set_hash(lease.deployment, page("two").version())
        await put(provider, lease, page("two").manifest())
        await blocks(1)
        assert len(given.driver.deployed) == 1
        assert [w.services[0].env for w in given.driver.updated] == [("PAGE=two",)]


async def test_killed_between_lease_and_manifest_the_manifest_is_taken_later(
    given: Durable,
) -> None:
    async with running(given):
        lease = await leased(given, page())
    async with running(given) as provider:
        await blocks(1)
        assert [h.order for h in provider.inventory.holdings] == [lease.order]
        await put(provider, lease, page().manifest())
        await blocks(1)
        assert lease in given.driver.workloads


async def test_killed_after_the_manifest_was_taken_the_workload_starts_without_the_tenant(
    given: Durable,
) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        given.driver.is_down = True  # so that it is taken, but does not get to run
        await put(provider, lease, page().manifest())
    given.driver.is_down = False
    async with running(given):
        await blocks(1)
        assert lease in given.driver.workloads
        assert len(given.driver.deployed) == 1


async def test_killed_with_workloads_running_nothing_is_served_twice_or_lost(
    given: Durable,
) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
    for _ in range(3):
        async with running(given) as provider:
            await blocks(2)
            assert [t.lease for t in provider.roll.tenancies] == [lease]
            assert [h.order for h in provider.inventory.holdings] == [lease.order]
    assert len(given.driver.deployed) == 1
    assert given.driver.updated == []
    assert given.driver.torn_down == []


async def test_a_kept_manifest_of_a_lease_that_has_ended_starts_nothing(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        given.driver.is_down = True
        await put(provider, lease, page().manifest())
    given.driver.is_down = False
    given.chain.end(lease)
    await given.chain.grow()
    async with running(given) as provider:
        await blocks(5)
        assert given.driver.deployed == []
        assert given.store.kept == {}
        assert provider.roll.tenancies == ()


async def test_a_cluster_that_is_down_delays_the_start(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        given.driver.is_down = True
        await put(provider, lease, page().manifest())
        await blocks(5)
        assert given.driver.deployed == []
        given.driver.is_down = False
        await blocks(2)
        assert [w.lease for w in given.driver.deployed] == [lease]


async def test_a_workload_that_never_gets_well_gives_the_lease_up(given: Durable) -> None:
    settings = MonitorSettings(retry_period=10, health_period=10, retries=3)
    async with running(given, monitor=settings) as provider:
        lease = await serving(given, provider, page())
        given.driver.is_healthy = False
        await asyncio.sleep(120)
        (message,) = given.chain.sent_of(wire.MsgCloseBid)
        assert message.reason == LeaseClosedReason.LEASE_CLOSED_REASON_UNSTABLE
        assert given.driver.torn_down == [lease]


async def test_a_cluster_that_does_not_answer_never_gives_a_lease_up(given: Durable) -> None:
    settings = MonitorSettings(retry_period=10, health_period=10, retries=3)
    async with running(given, monitor=settings) as provider:
        await serving(given, provider, page())
        given.driver.is_down = True
        await asyncio.sleep(24 * 3600)
        assert given.chain.sent_of(wire.MsgCloseBid) == []


async def test_a_machine_that_is_down_never_gives_a_lease_up(given: Durable) -> None:
    settings = MonitorSettings(retry_period=10, health_period=10, retries=3)
    async with running(given, monitor=settings) as provider:
        await serving(given, provider, page())
        given.driver.is_healthy = False
        given.driver.doubt = "machine n1 is down"
        await asyncio.sleep(24 * 3600)
        assert given.chain.sent_of(wire.MsgCloseBid) == []
        given.driver.doubt = ""
        await asyncio.sleep(120)
        assert len(given.chain.sent_of(wire.MsgCloseBid)) == 1


async def test_a_reclaimed_lease_goes_on_until_it_is_closed(given: Durable) -> None:
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        known = given.chain.leases_[lease]
        given.chain.leases_[lease] = replace(known, state=LeaseState.RECLAIMING)
        await asyncio.sleep(3600)
        assert given.driver.torn_down == []


async def test_a_driver_that_takes_the_end_for_a_failure_does_not_keep_the_lease(
    given: Durable, monkeypatch: pytest.MonkeyPatch
) -> None:
    swallowed = 0

    async def deploy(workload: Workload) -> None:
        nonlocal swallowed
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            swallowed += 1
            raise Unavailable("the connection was closed") from error

    async with running(given) as provider:
        lease = await leased(given, page())
        monkeypatch.setattr(given.driver, "deploy", deploy)
        await put(provider, lease, page().manifest())
        await blocks(1)
        given.chain.end(lease)
        await blocks(5)
        assert provider.roll.tenancies == ()
    assert swallowed == 1
    assert given.driver.torn_down == [lease]


async def test_a_cancellation_that_nobody_asked_for_ends_nothing(
    given: Durable, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = [asyncio.CancelledError(), asyncio.CancelledError()]
    update, proven = given.driver.update, EndOfLease.proven

    async def cancelled_update(workload: Workload) -> None:
        if stray:
            raise stray.pop()
        await update(workload)

    async def cancelled_proof(self: EndOfLease, lease: LeaseID, **words: Any) -> Finding:
        if stray:
            raise stray.pop()
        return await proven(self, lease, **words)

    monkeypatch.setattr(EndOfLease, "proven", cancelled_proof)
    monkeypatch.setattr(given.driver, "update", cancelled_update)
    async with running(given) as provider:
        lease = await serving(given, provider, page())
        await blocks(3)
        assert stray == []
        assert [t.state for t in provider.roll.tenancies] == ["running"]
        given.chain.end(lease)
        await blocks(5)
        assert provider.roll.tenancies == ()
    assert given.driver.torn_down == [lease]
