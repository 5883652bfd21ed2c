"""What both kinds of node do alike: the servers beside RPC, and running until told to stop.

Exists so that the embedded node and the one under CometBFT serve the same things in the same order
and end for the same reasons. Must not know how blocks come about.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib import import_module
from typing import Any, NamedTuple, Protocol, TypeVar

from akashpy.node.core import Core
from akashpy.node.rest_settings import RestSettings


class SidePorts(Protocol):
    """Where to serve; a port of 0 picks a free one, None serves nothing there."""

    @property
    def grpc_host(self) -> str: ...
    @property
    def grpc_port(self) -> int | None: ...
    @property
    def rest_host(self) -> str: ...
    @property
    def rest_port(self) -> int | None: ...
    @property
    def rest(self) -> RestSettings: ...
    @property
    def metrics_host(self) -> str: ...
    @property
    def metrics_port(self) -> int | None: ...


class Served(NamedTuple):
    """Addresses that are served, empty where nothing is."""

    grpc: str = ""
    rest: str = ""
    metrics: str = ""


async def serve_beside_rpc(
    stack: AsyncExitStack, core: Core, ports: SidePorts, readiness: Any, *, alone: bool
) -> Served:
    """Serve gRPC, REST and the operator's numbers until `stack` ends. Raises OSError.

    gRPC and every query are loaded only in a node that serves them. `alone` says that no CometBFT
    beside the node tells the numbers of consensus.
    """
    grpc = rest = metrics = ""
    if ports.grpc_port is not None:
        serve_grpc = import_module("akashpy.node.grpc").serve
        grpc = await stack.enter_async_context(serve_grpc(core, ports.grpc_host, ports.grpc_port))
    if ports.rest_port is not None:
        serve_rest = import_module("akashpy.node.rest").serve
        rest = await stack.enter_async_context(
            serve_rest(core, ports.rest_host, ports.rest_port, ports.rest)
        )
    if ports.metrics_port is not None:
        serve_operations = import_module("akashpy.node.operations").serve
        metrics = await stack.enter_async_context(
            serve_operations(core, readiness, ports.metrics_host, ports.metrics_port, alone=alone)
        )
    return Served(grpc, rest, metrics)


class Ending(Protocol):
    """A node that may end by itself."""

    @property
    def failed(self) -> asyncio.Future[None]: ...


N = TypeVar("N", bound=Ending)


async def until_stopped(
    starting: AbstractAsyncContextManager[N], announce: Callable[[N], None]
) -> None:
    """Run a node until SIGINT or SIGTERM, or until it fails; `announce` is told once it serves.

    Raises what starting raises, and the reason for which the node ended.
    """
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with starting as node:
        announce(node)
        asked = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((asked, node.failed), return_when=asyncio.FIRST_COMPLETED)
            if node.failed.done():
                node.failed.result()
        finally:
            asked.cancel()
