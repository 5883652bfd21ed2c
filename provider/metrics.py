"""A provider's numbers for Prometheus, under Akash's names where it has one.

What Akash does not measure begins with `akashpy_provider_`. Counters keep Akash's names without
the ending that OpenMetrics asks for, and are therefore untyped in the text. Numbers that the parts
hold anyway are read when somebody asks. Served apart from the gateway, without keys.
Source: facts of the provider, metrics (11).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    UnknownMetricFamily,
)

from provider.bid.engine import Engine
from provider.inventory.nodes import Cluster
from provider.inventory.reserve import Inventory
from provider.lease.roll import Roll
from provider.ledger import Ledger
from provider.status import inventory_json
from provider.tally import BOUNDS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTED = {
    "provider_bid": "Bids placed and taken back, by result.",
    "provider_should_bid": "Orders judged, by judgement.",
    "provider_deployment": "Deployments and removals on the cluster, by result.",
    "provider_deployment_monitor": "Monitors started and stopped.",
    "provider_deployment_monitor_health": "Looks at workloads, by what was seen.",
    "provider_inventory_requests": "Requests for room, by result.",
    "provider_kube_calls": "Questions to the API server of Kubernetes, by action and result.",
}
TIMED = {
    "provider_bid_pricing_duration": "Time to price an order, in microseconds.",
    "provider_reservation_duration": "Time to find room for an order, in microseconds.",
}


class Metrics:
    """Reads a provider's parts and writes their numbers. A prometheus_client collector."""

    def __init__(self, ledger: Ledger, inventory: Inventory, engine: Engine, roll: Roll) -> None:
        self._ledger, self._inventory = ledger, inventory
        self._engine, self._roll = engine, roll
        self._registry = CollectorRegistry()
        for make in (ProcessCollector, PlatformCollector, GCCollector):
            make(registry=self._registry)
        self._registry.register(self)

    def text(self) -> bytes:
        """All numbers at this moment."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """See prometheus_client.registry.Collector."""
        yield from self._counted()
        yield from self._timed()
        yield from self._standing()
        yield from self._room()

    def _counted(self) -> Iterator[Metric]:
        by_name: dict[str, list[tuple[dict[str, str], int]]] = {name: [] for name in COUNTED}
        for (name, labels), count in self._ledger.tally.counts.items():
            by_name[name].append((dict(labels), count))
        for name, found in by_name.items():
            family = UnknownMetricFamily(name, COUNTED[name])
            for named, count in found:
                family.add_sample(name, named, count)
            yield family
        ends = UnknownMetricFamily("provider_order_complete", "Orders by how they ended for us.")
        for end, count in self._engine.ends.items():
            ends.add_sample("provider_order_complete", {"result": str(end)}, count)
        yield ends

    def _timed(self) -> Iterator[Metric]:
        for name, text in TIMED.items():
            found = self._ledger.tally.durations.get(name)
            family = HistogramMetricFamily(name, text)
            if found is not None:
                buckets = [(str(b), n) for b, n in zip(BOUNDS, found.buckets, strict=True)]
                family.add_metric([], [*buckets, ("+Inf", found.count)], found.total)
            yield family

    def _standing(self) -> Iterator[Metric]:
        tenancies = self._roll.tenancies
        running = [t for t in tenancies if t.workload is not None]
        deployments = len({t.lease.deployment for t in tenancies})
        for name, text, value in (
            ("provider_order_manager", "Orders being contested.", self._engine.orders),
            ("provider_manifest_manager", "Deployments with a lease here.", deployments),
            (
                "provider_order_watchdog",
                "Leases without a manifest.",
                len(tenancies) - len(running),
            ),
            ("provider_deployment_manager", "Leases with a workload.", len(running)),
            ("akashpy_provider_leases", "Leases of this provider.", len(tenancies)),
            (
                "akashpy_provider_strangers",
                "Workloads that were never leases of ours.",
                len(self._roll.strangers),
            ),
            ("akashpy_provider_height", "The highest block seen.", self._ledger.height),
            (
                "akashpy_provider_doubts",
                "Questions about leases that ended in doubt.",
                self._ledger.doubts,
            ),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        about = GaugeMetricFamily(
            "akashpy_provider_info", "This program.", labels=["version", "chain_id"]
        )
        about.add_metric([version("akashpy"), self._ledger.chain_id], 1)
        yield about

    def _room(self) -> Iterator[Metric]:
        told = inventory_json(self._inventory)
        holdings = GaugeMetricFamily(
            "provider_inventory_reservations_total",
            "What leases (active) and bids (pending) hold.",
            labels=["classification", "quantity"],
        )
        for kind in ("active", "pending"):
            held = told.get(kind, [])
            holdings.add_metric([kind, "quantity"], len(held))
            for quantity, member in QUANTITIES:
                holdings.add_metric([kind, quantity], sum(each[member] for each in held))
        yield holdings
        nodes = told["available"].get("nodes", [])
        free_pools = {each["class"]: each["size"] for each in told["available"].get("storage", [])}
        cluster: Cluster = self._inventory.cluster
        yield _room(
            "provider_inventory_allocatable_total",
            "What the cluster has for leases.",
            len(nodes),
            {q: sum(node["allocatable"][m] for node in nodes) for q, m in QUANTITIES},
            dict(cluster.pools),
            cluster.addresses,
        )
        yield _room(
            "provider_inventory_available_total",
            "What nobody holds.",
            len(nodes),
            {q: sum(node["available"][m] for node in nodes) for q, m in QUANTITIES},
            free_pools,
            self._inventory.free().addresses,
        )


QUANTITIES = (
    ("cpu", "cpu"),
    ("gpu", "gpu"),
    ("memory", "memory"),
    ("storage-ephemeral", "storage_ephemeral"),
)
"""Akash's words for quantities, and the members of the status page; cpu in thousandths."""


def _room(
    name: str,
    text: str,
    nodes: int,
    amounts: dict[str, int],
    pools: dict[str, int],
    addresses: int,
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["quantity"])
    family.add_metric(["nodes"], nodes)
    for quantity, amount in amounts.items():
        family.add_metric([quantity], amount)
    for storage, size in pools.items():
        family.add_metric([f"storage-{storage}"], size)
    family.add_metric(["endpoints"], addresses)
    return family


@asynccontextmanager
async def listening(metrics: Metrics, address: str) -> AsyncIterator[str]:
    """Serve /metrics at host:port until left; gives the address. Raises OSError.

    Port 0 picks a free one.
    """

    async def show(request: web.Request) -> web.Response:
        del request
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", show)
    host, _, port = address.rpartition(":")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        yield f"{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
