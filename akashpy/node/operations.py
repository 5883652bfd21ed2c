"""The port for those who run the node: /metrics, /health, /ready.

Apart from the ports of users, so that it can stay on a network of its own. It must not know how
readiness is judged or what the numbers mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from akashpy.node.core import Core
from akashpy.node.metrics import CONTENT_TYPE, Metrics
from akashpy.node.readiness import Probe

ANSWER = 10.0
"""Seconds that an answer may take."""
CONNECTIONS = 64
SHUTDOWN = 2.0


@asynccontextmanager
async def serve(
    core: Core, probe: Probe, host: str, port: int, *, alone: bool
) -> AsyncIterator[str]:
    """Serve until left; gives the address as http://host:port. Port 0 picks a free one.

    `alone` says that no CometBFT beside this process serves the numbers of consensus. Raises
    OSError when the port cannot be had.
    """
    metrics = Metrics(core, alone=alone)

    async def show_metrics(request: web.Request) -> web.Response:
        del request
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def show_health(request: web.Request) -> web.Response:
        del request
        return web.json_response({"status": "alive"})

    async def show_ready(request: web.Request) -> web.Response:
        del request
        try:
            async with asyncio.timeout(ANSWER):
                found = await probe()
        except TimeoutError:
            reasons = [f"no answer within {ANSWER:.0f} s"]
            return web.json_response({"ready": False, "reasons": reasons}, status=503)
        return web.json_response(found.as_json(), status=200 if found.ready else 503)

    application = web.Application()
    application.add_routes(
        [
            web.get("/metrics", show_metrics),
            web.get("/health", show_health),
            web.get("/ready", show_ready),
        ]
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=CONNECTIONS)
        await site.start()
        bound = runner.addresses[0]
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        core.watch = None
        await runner.cleanup()
