"""The inventory over gRPC and as JSON: the last picture first, then each change of it.

Served without keys, as Akash's inventory operator is: for the cluster's inside. ClusterRPC only,
with reflection; methods are registered by path, from their descriptors.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection

from akashpy import wire
from akashpy.wire import inventory as messages
from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Api
from provider.cluster.kubernetes.cluster import ClusterView
from provider.cluster.kubernetes.leases import Leases
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.operator.inventory import cluster

log = logging.getLogger(__name__)

SERVICE = "akash.inventory.v1.ClusterRPC"
LOOK = 1.0
"""Seconds between looks at the watched cluster."""
GRACE = 1.0
KEEPALIVE_MS = 30_000


class InventoryFeed:
    """The newest picture of a cluster. Made by `open`."""

    name = "inventory"

    def __init__(self, api: Api, settings: KubernetesSettings, view: ClusterView) -> None:
        self._api, self._settings, self._view = api, settings, view
        self._latest: messages.Cluster | None = None
        self._changed = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, api: Api, settings: KubernetesSettings) -> AsyncIterator[InventoryFeed]:
        """A feed of the cluster; `run` is its life."""
        async with ClusterView.open(api, settings, Leases()) as view:
            yield cls(api, settings, view)

    @property
    def is_ready(self) -> bool:
        """True once there is a picture."""
        return self._latest is not None

    async def run(self) -> None:
        """Keep the picture until cancelled; a cluster that does not answer leaves the last one."""
        while True:
            try:
                await self._look()
            except ClusterError as error:
                log.warning("inventory not renewed", extra={"reason": str(error)})
            await asyncio.sleep(LOOK)

    async def latest(self) -> messages.Cluster:
        """The newest picture, waited for when there is none yet."""
        while self._latest is None:
            await self._changed.wait()
        return self._latest

    async def pictures(self) -> AsyncIterator[messages.Cluster]:
        """The last picture, then each one that differs from it."""
        while True:
            changed, now = self._changed, await self.latest()
            yield now
            if self._latest is now:
                await changed.wait()

    async def _look(self) -> None:
        view = self._view
        if not (view.nodes.synced.is_set() and view.pods.synced.is_set()):
            return
        volumes = await self._api.items(kinds.VOLUME)
        found = cluster(
            view.nodes.objects.values(), view.pods.objects.values(), volumes, self._settings
        )
        if found != self._latest:
            self._latest = found
            self._changed.set()
            self._changed = asyncio.Event()


@asynccontextmanager
async def served(feed: InventoryFeed, address: str) -> AsyncIterator[str]:
    """Serve gRPC at host:port until left; gives the address. Raises OSError.

    Port 0 picks a free one.
    """
    server = grpc.aio.server(
        options=[
            ("grpc.so_reuseport", 0),
            ("grpc.http2.min_ping_interval_without_data_ms", KEEPALIVE_MS),
        ]
    )
    server.add_generic_rpc_handlers((_handlers(feed),))
    reflection.enable_server_reflection((SERVICE, reflection.SERVICE_NAME), server)
    host, _, port = address.rpartition(":")
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise OSError(f"inventory port {address} cannot be opened: {error}") from error
    await server.start()
    try:
        yield f"{host}:{bound}"
    finally:
        await server.stop(GRACE)


def _handlers(feed: InventoryFeed) -> Any:
    async def query(request: Any, context: Any) -> messages.Cluster:
        return await feed.latest()

    async def stream(request: Any, context: Any) -> AsyncIterator[messages.Cluster]:
        async for picture in feed.pictures():
            yield picture

    made = {}
    for method in wire.service_methods(SERVICE):
        kind, respond = (
            (grpc.unary_stream_rpc_method_handler, stream)
            if method.server_streaming
            else (grpc.unary_unary_rpc_method_handler, query)
        )
        made[method.name] = kind(
            respond,
            request_deserializer=method.input.FromString,
            response_serializer=method.output.SerializeToString,
        )
    return grpc.method_handlers_generic_handler(SERVICE, made)
