"""Manifests: the right one is taken and kept, every other is refused in a real provider's words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

import sdl
from akashpy.types.market import LeaseClosedReason, LeaseState
from akashpy.wire import market as wire
from provider.manifest.receive import HostnameTaken, ManifestRefused, NoLease, NotKnown
from tests.provider.fakes import Durable, Running, running
from tests.provider.market import RIVAL, TENANT
from tests.provider.tenants import blocks, deploy, leased, page, put


async def refused(
    provider: Running, owner: str, dseq: int, manifest: list[Any], error: type[Exception]
) -> str:
    """The text of a refusal."""
    with pytest.raises(error) as caught:
        await provider.reception.submit(owner, dseq, manifest)
    assert provider.reception.workloads == ()
    return str(caught.value)


async def test_the_manifest_on_chain_is_taken_and_kept(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        await put(provider, lease, page().manifest())
        assert given.store.kept[lease].to_manifest() == page().manifest()[0]


async def test_a_lease_that_is_being_reclaimed_takes_manifests(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        known = given.chain.leases_[lease]
        given.chain.leases_[lease] = replace(known, state=LeaseState.RECLAIMING)
        await put(provider, lease, page().manifest())
        assert lease in given.store.kept


async def test_members_nobody_knows_are_dropped(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        manifest = page().manifest()
        manifest[0]["unknown"] = 1
        await put(provider, lease, manifest)
        assert lease in given.store.kept


async def test_another_manifest_than_the_one_on_chain_is_refused(given: Durable) -> None:
    async with running(given) as provider:
        await leased(given, page("one"))
        text = await refused(provider, TENANT, 1, page("two").manifest(), ManifestRefused)
        assert text == "manifest version validation failed"


async def test_an_empty_manifest_is_refused(given: Durable) -> None:
    async with running(given) as provider:
        await leased(given, page())
        assert "manifest is empty" in await refused(provider, TENANT, 1, [], ManifestRefused)


async def test_a_manifest_that_asks_for_more_than_the_order_is_refused(given: Durable) -> None:
    async with running(given) as provider:
        lease = await leased(given, page())
        manifest = page().manifest()
        manifest[0]["services"][0]["count"] = 2
        given.chain.set_hash(lease.deployment, sdl.version(manifest))
        text = await refused(provider, TENANT, 1, manifest, ManifestRefused)
        assert "over-utilized replicas" in text


async def test_without_a_lease_nothing_is_taken(given: Durable) -> None:
    async with running(given) as provider:
        deploy(given, page())
        text = await refused(provider, TENANT, 1, page().manifest(), NoLease)
        assert text == "no lease for deployment"


async def test_an_unknown_deployment_is_answered_in_the_chains_words(given: Durable) -> None:
    async with running(given) as provider:
        text = await refused(provider, TENANT, 9, page().manifest(), NotKnown)
        assert text.startswith("rpc error: code = NotFound desc = Deployment not found")


async def test_a_chain_that_does_not_answer_is_said(given: Durable) -> None:
    async with running(given) as provider:
        await leased(given, page())
        given.chain.is_down = True
        text = await refused(provider, TENANT, 1, page().manifest(), NotKnown)
        assert "does not answer" in text


async def test_a_workload_the_driver_cannot_run_is_refused(given: Durable) -> None:
    async with running(given) as provider:
        await leased(given, page())
        given.driver.refusal = ("no-command", "the service has no command")
        text = await refused(provider, TENANT, 1, page().manifest(), ManifestRefused)
        assert text == "no-command: the service has no command"


async def test_a_host_name_of_another_tenant_is_refused(given: Durable) -> None:
    async with running(given) as provider:
        definition = page(host="shop.example")
        lease = await leased(given, definition)
        await put(provider, lease, definition.manifest())
        theirs = replace(lease, owner=str(RIVAL))
        provider.reception._kept = {theirs: replace(given.store.kept[lease], lease=theirs)}
        with pytest.raises(HostnameTaken, match=r'host "shop\.example" in use'):
            await put(provider, lease, definition.manifest())


async def test_no_manifest_in_time_closes_the_lease(given: Durable) -> None:
    async with running(given, manifest_timeout=300) as provider:
        await leased(given, page())
        await asyncio.sleep(270)
        assert given.chain.sent_of(wire.MsgCloseBid) == []
        await asyncio.sleep(60)
        (message,) = given.chain.sent_of(wire.MsgCloseBid)
        assert message.reason == LeaseClosedReason.LEASE_CLOSED_REASON_MANIFEST_TIMEOUT
        await blocks(6)
        assert provider.inventory.holdings == ()
        assert provider.roll.tenancies == ()


async def test_a_restart_does_not_begin_the_wait_for_a_manifest_anew(given: Durable) -> None:
    async with running(given, manifest_timeout=300):
        await leased(given, page())
    for _ in range(40):
        await given.chain.grow()
    async with running(given, manifest_timeout=300):
        await asyncio.sleep(90)
        assert len(given.chain.sent_of(wire.MsgCloseBid)) == 1


async def test_a_wrong_manifest_ends_the_wait(given: Durable) -> None:
    async with running(given, manifest_timeout=300) as provider:
        lease = await leased(given, page("one"))
        with pytest.raises(ManifestRefused):
            await put(provider, lease, page("two").manifest())
        await asyncio.sleep(3600)
        assert given.chain.sent_of(wire.MsgCloseBid) == []
