"""The operators' pages over plain HTTP, with Akash's paths and bodies: for the cluster's inside.

Source: facts of the provider, operators (5.1 to 5.4).
"""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from aiohttp import web

from akashpy import wire
from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder import records
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from provider.operator.feed import InventoryFeed
from provider.operator.keeper import Keeper

FRESH = {"Cache-Control": "no-cache, max-age=0"}
LEASE = ("owner", "dseq", "gseq", "oseq")


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve until left; gives the address as host:port. Raises OSError. Port 0 picks a free one."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        yield f"{host}:{bound}"
    finally:
        await runner.cleanup()


def hostname_pages(keeper: Keeper) -> web.Application:
    """Pages of the hostname operator."""
    app = _common(keeper)
    _prepared(app, "/managed-hostnames", lambda: _managed(keeper))
    _prepared(app, "/ignore-list", keeper.failures.to_json)
    return app


def ip_pages(keeper: Keeper, settings: KubernetesSettings) -> web.Application:
    """Pages of the operator of leased addresses."""
    app = _common(keeper)

    async def status(request: web.Request) -> web.Response:
        if not keeper.is_ready:
            return web.Response(status=503)
        try:
            wanted = tuple(int(request.match_info[part]) for part in LEASE[1:])
        except ValueError:
            return web.Response(status=404)
        owner = request.match_info["owner"]
        found = [
            each
            for each in _leased(keeper)
            if (each["lease"].owner, each["lease"].dseq, each["lease"].gseq, each["lease"].oseq)
            == (owner, *wanted)
        ]
        if not found:
            return web.Response(status=204)
        shown = [{k: v for k, v in each.items() if k != "lease"} for each in found]
        return web.json_response(shown, headers=FRESH)

    def usage() -> dict[str, int]:
        taken = {each["IP"] for each in _leased(keeper) if each["IP"]}
        return {"Available": len(settings.addresses), "InUse": len(taken)}

    app.router.add_get("/ip-lease-status/{owner}/{dseq}/{gseq}/{oseq}", status)
    _prepared(app, "/usage", usage)
    _prepared(app, "/state", lambda: _state(keeper))
    _prepared(app, "/ignored-leases", keeper.failures.to_json)
    return app


def inventory_pages(feed: InventoryFeed) -> web.Application:
    """Pages of the inventory operator."""
    app = web.Application()

    async def inventory(request: web.Request) -> web.Response:
        if not feed.is_ready:
            return web.Response(status=503)
        shown = wire.to_json(await feed.latest())
        return web.json_response(shown, headers=FRESH)

    async def well(request: web.Request) -> web.Response:
        return web.Response()

    app.router.add_get("/v1/inventory", inventory)
    for path in ("/metrics/health", "/metrics/ready"):
        app.router.add_get(path, well)
    return app


def _common(keeper: Keeper) -> web.Application:
    app = web.Application()

    async def health(request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def about(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "name": "akashpy-provider",
                "server_name": f"akashpy-provider operator {keeper.name}",
                "version": version("akashpy"),
                "go": f"python {platform.python_version()}",
            }
        )

    app.router.add_get("/health", health)
    app.router.add_get("/version", about)
    return app


def _prepared(app: web.Application, path: str, content: Callable[[], Any]) -> None:
    async def answer(request: web.Request) -> web.Response:
        found = content()
        return web.json_response(found, headers=FRESH) if found else web.Response(status=204)

    app.router.add_get(path, answer)


def _managed(keeper: Keeper) -> dict[str, Any]:
    """Host names with a route, and the leases they belong to."""
    routed = {(where, name) for where, name in keeper.made.objects}
    found = {}
    for record in keeper.records.objects.values():
        lease, spec = records.holder(record), record["spec"]
        if lease is None or (namespace(lease), spec["hostname"]) not in routed:
            continue
        found[spec["hostname"]] = {
            "LeaseID": {
                "owner": lease.owner,
                "dseq": lease.dseq,
                "gseq": lease.gseq,
                "oseq": lease.oseq,
                "provider": lease.provider,
            },
            "Namespace": namespace(lease),
            "ExternalPort": spec["external_port"],
            "ServiceName": spec["service_name"],
            "LastUpdate": (record["metadata"].get("annotations") or {}).get(names.UPDATED_AT, ""),
        }
    return found


def _leased(keeper: Keeper) -> list[dict[str, Any]]:
    """Ports of leased addresses, each with its lease."""
    found = []
    for record in keeper.records.objects.values():
        lease, spec = records.holder(record), record["spec"]
        if lease is None:
            continue
        found.append(
            {
                "lease": lease,
                "Port": spec["port"],
                "ExternalPort": spec["external_port"],
                "ServiceName": spec["service_name"],
                "IP": _address(keeper, namespace(lease), spec),
                "Protocol": spec["protocol"],
            }
        )
    return found


def _address(keeper: Keeper, where: str, spec: Object) -> str:
    """The address that the port's service was given; empty before."""
    for (of, _), service in keeper.made.objects.items():
        ports = service["spec"].get("ports") or ()
        fits = any(
            (int(p["port"]), str(p.get("protocol", "TCP")))
            == (int(spec["external_port"]), str(spec["protocol"]).upper())
            for p in ports
        )
        chosen = (service["spec"].get("selector") or {}).get(names.SERVICE)
        if of == where and fits and chosen == spec["service_name"]:
            given = service.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
            return next((str(at["ip"]) for at in given if at.get("ip")), "")
    return ""


def _state(keeper: Keeper) -> dict[str, Any]:
    return {
        "leases": [{**each, "lease": str(each["lease"])} for each in _leased(keeper)],
        "services": sorted(f"{where}/{name}" for where, name in keeper.made.objects),
    }
