"""The life of one lease: manifest, workload, watch and pay, and an end that the chain has proven.

Only that proof stops a workload. Everything else - no answers, a restart, a broken cluster - is
waited out while what runs goes on running. Cancelling a tenancy (shutdown) leaves its workload.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from akashpy.types.market import LeaseID, LeaseState
from provider.belief import NO_ANSWER
from provider.cluster.driver import Driver
from provider.cluster.errors import ClusterError, Declined, LeaseMissing
from provider.cluster.workload import Workload
from provider.ending import ended, is_asked
from provider.inventory.reserve import Inventory
from provider.lease.end import EndOfLease
from provider.lease.monitor import Monitor
from provider.lease.settle import Settlement
from provider.ledger import Finding, Ledger, Verdict

log = logging.getLogger(__name__)

RUNNING = (LeaseState.ACTIVE, LeaseState.RECLAIMING)
INSIST_S = 1.0
"""Seconds after which a side of an ended lease that goes on is told again."""


class Manifests(Protocol):
    """Where a lease's manifests come from."""

    async def first(self, lease: LeaseID, created_at: int) -> Workload | None:
        """The first one; None when it never came and the lease was closed for that."""
        ...

    async def next(self, lease: LeaseID, after: Workload) -> Workload:
        """The next that differs."""
        ...

    async def forget(self, lease: LeaseID) -> None:
        """Forget a lease that has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What all tenancies share; `retry` in seconds."""

    ledger: Ledger
    driver: Driver
    inventory: Inventory
    manifests: Manifests
    end: EndOfLease
    monitor: Monitor
    settlement: Settlement
    retry: float = 5.0


class Tenancy:
    """One lease of ours. `run` is its life."""

    def __init__(self, lease: LeaseID, tools: Tools, known: Workload | None = None) -> None:
        self.lease = lease
        self.state = "waiting for the chain"
        """What it is doing, in words for the operator."""
        self.workload = known
        """What runs, or is to run, for it."""
        self._tools = tools
        self._seen_running = False

    async def run(self) -> None:
        """From the lease to its proven end, and then to nothing left of it."""
        chain_id, created_at = await self._origin()
        sides = [
            asyncio.create_task(self._guard("serving", lambda: self._serve(created_at))),
            asyncio.create_task(
                self._guard("settling", lambda: self._tools.settlement.run(self.lease))
            ),
        ]
        try:
            finding = await self._tools.end.proven(
                self.lease, chain_id=chain_id, created_at=created_at
            )
        finally:
            await ended(sides, again=INSIST_S)
        await self._remove(finding)

    async def _origin(self) -> tuple[str, int]:
        """The lease's chain and the height it was made at, from disk or from the chain."""
        if self.workload is not None:
            return self.workload.chain_id, self.workload.height
        ledger = self._tools.ledger
        while True:
            try:
                lease = await ledger.chain.lease(self.lease)
            except NO_ANSWER as error:
                log.info("lease not known", extra={"lease": str(self.lease), "reason": str(error)})
                await asyncio.sleep(self._tools.retry)
            else:
                self._seen_running = lease.state in RUNNING
                return ledger.chain_id, lease.created_at

    async def _serve(self, created_at: int) -> None:
        """Run every manifest that comes, and watch it."""
        tools = self._tools
        self.state = "waiting for a manifest"
        workload = await tools.manifests.first(self.lease, created_at)
        if workload is None:
            self.state = "closed: no manifest came in time"
            return
        while True:
            self.workload = workload
            watching = None
            if await self._bring(workload):
                tools.ledger.tally.count("provider_deployment_monitor", action="start")
                watching = asyncio.create_task(
                    self._guard("watching", lambda: tools.monitor.watch(self.lease))
                )
            try:
                workload = await tools.manifests.next(self.lease, workload)
            finally:
                if watching is not None:
                    watching.cancel()
                    tools.ledger.tally.count("provider_deployment_monitor", action="stop")

    async def _bring(self, workload: Workload) -> bool:
        """Get the workload to run; outages are sat out. False when it can never run here."""
        while True:
            try:
                if await self._apply(workload):
                    self._count("deploy", "success")
                    self.state = "running"
                    return True
            except Declined as error:
                self._count("deploy", "fail")
                self.state = f"declined by the driver: {error}"
                log.error("declined", extra={"lease": str(self.lease), "reason": str(error)})
                return False
            except ClusterError as error:
                self._count("deploy", "err")
                self.state = f"waiting for the cluster: {error}"
                log.warning("not applied", extra={"lease": str(self.lease), "reason": str(error)})
            await asyncio.sleep(self._tools.retry)

    async def _apply(self, workload: Workload) -> bool:
        """Bring what runs to the workload; something new is started only for a lease that runs."""
        driver = self._tools.driver
        try:
            await driver.update(workload)
        except LeaseMissing:
            if not await self._may_start(workload):
                return False
            await driver.deploy(workload)
        return True

    async def _may_start(self, workload: Workload) -> bool:
        if not self._seen_running:
            finding = await self._tools.ledger.examine(self.lease, created_at=workload.height)
            self._seen_running = finding.verdict is Verdict.RUNS
            self.state = f"not started: the chain says {finding.verdict} {finding.why}".rstrip()
        return self._seen_running

    async def _guard(self, what: str, life: Callable[[], Awaitable[None]]) -> None:
        """Start a side of the tenancy again when a defect ends it: the lease must not suffer."""
        while True:
            try:
                await life()
                return
            except (Exception, asyncio.CancelledError) as error:
                if is_asked():
                    raise asyncio.CancelledError from error
                log.exception("%s failed, starting again", what, extra={"lease": str(self.lease)})
            await asyncio.sleep(self._tools.retry)

    def _count(self, action: str, result: str) -> None:
        self._tools.ledger.tally.count("provider_deployment", action=action, result=result)

    async def _remove(self, finding: Finding) -> None:
        """Stop the workload and give back its place."""
        self.state = "ended"
        log.info("lease over", extra={"lease": str(self.lease), "height": finding.height})
        while True:
            try:
                await self._tools.driver.teardown(self.lease)
                self._count("teardown", "success")
                break
            except ClusterError as error:
                self._count("teardown", "err")
                self.state = f"ended, still to be removed: {error}"
                log.warning("not removed", extra={"lease": str(self.lease), "reason": str(error)})
            await asyncio.sleep(self._tools.retry)
        await self._tools.manifests.forget(self.lease)
        self._tools.inventory.release(self.lease.order)
