"""Watching what runs: after many looks that all found it broken, the lease is given up.

Only what the driver positively says counts; a driver that cannot be reached proves nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from akashpy.types.market import LeaseClosedReason, LeaseID
from provider.cluster.driver import Driver
from provider.cluster.errors import ClusterError
from provider.ledger import Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """Seconds between looks; `retries` broken looks in a row give the lease up, 0 never does."""

    retry_period: float = 10.0
    health_period: float = 12.0
    retries: int = 40


class Monitor:
    """Looks after leases that run."""

    def __init__(
        self, driver: Driver, ledger: Ledger, settings: MonitorSettings | None = None
    ) -> None:
        self._driver = driver
        self._ledger = ledger
        self._settings = settings or MonitorSettings()

    async def watch(self, lease: LeaseID) -> None:
        """Look until cancelled, or until the lease was given up and closed."""
        broken = 0
        while True:
            healthy = await self._healthy(lease)
            state = "err" if healthy is None else "up" if healthy else "down"
            self._ledger.tally.count("provider_deployment_monitor_health", state=state)
            if healthy is not None:
                broken = 0 if healthy else broken + 1
            if self._settings.retries and broken > self._settings.retries:
                log.error("lease does not get well, closing", extra={"lease": str(lease)})
                reason = LeaseClosedReason.LEASE_CLOSED_REASON_UNSTABLE
                await self._ledger.close_bid(lease.bid, reason)
                return
            settings = self._settings
            await asyncio.sleep(settings.health_period if healthy else settings.retry_period)

    async def _healthy(self, lease: LeaseID) -> bool | None:
        """True, False, or None when nobody can say."""
        try:
            status = await self._driver.status(lease)
        except ClusterError as error:
            log.warning("health not known", extra={"lease": str(lease), "reason": str(error)})
            return None
        if status.doubt and not status.is_healthy:
            log.warning("health in doubt", extra={"lease": str(lease), "reason": status.doubt})
            return None
        return status.is_healthy
