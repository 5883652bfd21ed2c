"""The routes of the gateway, each a real provider's, checked in its order.

Route, then identity, then ids, then rights, then what the route itself demands. It knows the
backend only; how bytes arrive is the server's business.
"""

from __future__ import annotations

import asyncio
import logging
import posixpath
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from provider.gateway import answers, shell, streams
from provider.gateway.auth import UNAUTHORIZED, AuthError, Identity, identify
from provider.gateway.backend import Backend, Refused
from provider.gateway.gojson import GoJsonError, kind_of, loads
from provider.gateway.golang import parse_uint
from provider.gateway.tls import IDENTITY

log = logging.getLogger(__name__)

BODY_BYTES = 16 << 20
"""A larger body is refused; manifests are a few thousand."""
MANIFEST_SECONDS = 120.0
REQUEST_SECONDS = 60.0

Handler = Callable[["Call"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that has passed the router and the look at who asks."""

    request: web.Request
    path: dict[str, str]
    identity: Identity | None

    @property
    def caller(self) -> Identity:
        """Who asks. Raises AuthError when nobody does."""
        if self.identity is None:
            raise AuthError(401, UNAUTHORIZED)
        return self.identity

    def number(self, name: str, bits: int) -> int:
        """A number in the path. Raises Refused 400 with Go's text."""
        try:
            return parse_uint(self.path[name], bits)
        except ValueError as error:
            raise Refused(400, str(error)) from error

    def lease(self) -> tuple[int, int, int]:
        """The numbers of the lease in the path."""
        return self.number("dseq", 64), self.number("gseq", 32), self.number("oseq", 32)


class Routes:
    """Answers every request of the gateway."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        lease = "/lease/{dseq}/{gseq}/{oseq}"
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/version", self._version),
            ("GET", "/address", self._address),
            ("GET", "/status", self._status),
            ("POST", "/hostname/migrate", self._migrate_hostnames),
            ("POST", "/endpoint/migrate", self._migrate_endpoints),
            ("PUT", "/deployment/{dseq}/manifest", self._put_manifest),
            ("GET", f"{lease}/manifest", self._get_manifest),
            ("GET", f"{lease}/status", self._lease_status),
            ("GET", f"{lease}/kubeevents", self._events),
            ("GET", f"{lease}/logs", self._logs),
            ("GET", f"{lease}/service/{{name}}/status", self._service_status),
            ("", f"{lease}/shell", self._shell),
        ]
        self._table = [(method, _pattern(path), handler) for method, path, handler in table]

    def application(self) -> web.Application:
        """The aiohttp application: one route that takes everything."""
        application = web.Application(client_max_size=BODY_BYTES)
        application.router.add_route("*", "/{path:.*}", self._answer)
        application.on_response_prepare.append(answers.strip)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if redirect := _redirect(request):
            return redirect
        methods = []
        for method, pattern, handler in self._table:
            if match := pattern.fullmatch(request.path):
                if method in ("", request.method):
                    return await self._guarded(request, match.groupdict(), handler)
                methods.append(method)
        return answers.empty(405) if methods else answers.plain(404, "404 page not found")

    async def _guarded(
        self, request: web.Request, path: dict[str, str], handler: Handler
    ) -> web.StreamResponse:
        """Run a handler; errors become answers."""
        transport = request.transport
        certified = transport.get_extra_info(IDENTITY) if transport is not None else None
        try:
            header = request.headers.get("Authorization", "")
            async with asyncio.timeout(REQUEST_SECONDS):
                identity = await identify(header, certified, self._backend)
            return await handler(Call(request, path, identity))
        except web.HTTPException:
            raise
        except Exception as error:
            answer = answers.failure(error)
            if answer is None:
                log.exception("%s %s failed", request.method, request.path)
                return answers.plain(500, "internal error")
            return answer

    async def _version(self, _: Call) -> web.Response:
        async with asyncio.timeout(REQUEST_SECONDS):
            return answers.ok(await self._backend.version())

    async def _address(self, _: Call) -> web.Response:
        return answers.ok({"address": str(self._backend.address)})

    async def _status(self, _: Call) -> web.Response:
        async with asyncio.timeout(REQUEST_SECONDS):
            return answers.ok(await self._backend.status())

    async def _put_manifest(self, call: Call) -> web.Response:
        caller = call.caller
        dseq = call.number("dseq", 64)
        caller.require("send-manifest", self._backend.address, dseq, 0, 0)
        try:
            manifest = loads(await call.request.read())
        except GoJsonError as error:
            raise Refused(422, str(error)) from error
        if manifest is not None and not isinstance(manifest, list):
            kind = kind_of(manifest)
            raise Refused(
                422, f"json: cannot unmarshal {kind} into Go value of type v2beta3.Manifest"
            )
        async with asyncio.timeout(MANIFEST_SECONDS):
            await self._backend.submit_manifest(caller.owner, dseq, manifest or [])
        return answers.empty(200)

    async def _get_manifest(self, call: Call) -> web.Response:
        lease = self._lease(call, "get-manifest")
        async with asyncio.timeout(REQUEST_SECONDS):
            manifest = await self._backend.manifest(lease)
        return answers.plain(404, "lease not found") if manifest is None else answers.ok(manifest)

    async def _lease_status(self, call: Call) -> web.Response:
        lease = self._lease(call, "status")
        async with asyncio.timeout(REQUEST_SECONDS):
            status = await self._backend.lease_status(lease)
        return answers.empty(404) if status is None else answers.ok(answers.lease_json(status))

    async def _service_status(self, call: Call) -> web.Response:
        lease = self._lease(call, "")
        async with asyncio.timeout(REQUEST_SECONDS):
            status = await self._backend.service_status(lease, call.path["name"])
        return answers.ok(answers.service_json(status))

    async def _logs(self, call: Call) -> web.StreamResponse:
        lease = self._lease(call, "logs")
        query = streams.StreamQuery.read(call.request)
        return await streams.logs(call.request, self._backend, lease, query)

    async def _events(self, call: Call) -> web.StreamResponse:
        lease = self._lease(call, "events")
        query = streams.StreamQuery.read(call.request)
        return await streams.events(call.request, self._backend, lease, query)

    async def _shell(self, call: Call) -> web.StreamResponse:
        return await shell.shell(call.request, self._backend, self._lease(call, "shell"))

    async def _migrate_hostnames(self, call: Call) -> web.Response:
        caller, names, dseq, gseq = await self._migration(call, "hostnames_to_migrate")
        async with asyncio.timeout(REQUEST_SECONDS):
            await self._backend.migrate_hostnames(caller.owner, names, dseq=dseq, gseq=gseq)
        return answers.ok_bare({"transferred": list(names)})

    async def _migrate_endpoints(self, call: Call) -> web.Response:
        caller, names, dseq, gseq = await self._migration(call, "endpoints_to_migrate")
        async with asyncio.timeout(REQUEST_SECONDS):
            await self._backend.migrate_endpoints(caller.owner, names, dseq=dseq, gseq=gseq)
        return answers.ok_bare({"transferred": list(names)})

    async def _migration(
        self, call: Call, member: str
    ) -> tuple[Identity, tuple[str, ...], int, int]:
        """Read the body of a migrate request. Raises Refused without a text."""
        caller = call.caller
        caller.require_provider(self._backend.address)
        try:
            body = loads(await call.request.read()) or {}
        except GoJsonError as error:
            raise Refused(422) from error
        if not isinstance(body, dict):
            raise Refused(422)
        names = body.get(member) or []
        dseq, gseq = body.get("destination_dseq") or 0, body.get("destination_gseq") or 0
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Refused(422)
        if type(dseq) is not int or type(gseq) is not int or dseq < 0 or gseq < 0:
            raise Refused(422)
        if not names:
            raise Refused(400)
        return caller, tuple(names), dseq, gseq

    def _lease(self, call: Call, scope: str) -> Any:
        """The lease in the path, once the caller may do this with it."""
        caller, provider = call.caller, self._backend.address
        numbers = call.lease()
        caller.require(scope, provider, *numbers)
        return caller.lease(provider, *numbers)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


def _redirect(request: web.Request) -> web.Response | None:
    """301 to the cleaned path, as gorilla's router does before anything else."""
    path = request.path or "/"
    clean = "/" + posixpath.normpath(path).lstrip("/")
    if path.endswith("/") and clean != "/":
        clean += "/"
    if clean == path:
        return None
    location = str(request.rel_url.with_path(clean, keep_query=True))
    return answers.empty(301, {"Location": location})
