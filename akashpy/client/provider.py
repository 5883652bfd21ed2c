"""The tenant's side of a provider's gateway: manifests, status, logs, events.

`async with ProviderGateway.of(client, provider, TokenCredentials(key)) as gateway:`. The provider
is known by the certificates it published on chain; the tenant by a short-lived token or by a
certificate of its own. Must not know the provider's program.
Source: facts of the network, provider's gateway.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import time
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import aiohttp

from akashpy.client.client import Client
from akashpy.client.errors import ClientError, Unreachable
from akashpy.client.provider_shell import Shell
from akashpy.client.provider_tls import Trust, trust
from akashpy.keys.jwt import access_token
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate
from akashpy.types.address import Address
from akashpy.types.market import LeaseID

CALL_TIMEOUT = 30.0
SILENCE = 15.0
"""Seconds without a ping after which a stream is taken for dead."""
TOKEN_LIFETIME = 900
TOKEN_MARGIN = 60
"""Seconds before its end at which a token is made anew."""
DEFAULT_PORT = 8443
UNAVAILABLE = 503


class GatewayError(ClientError):
    """The gateway refused; `status` is HTTP's (or a websocket's close code), `text` its words."""

    def __init__(self, status: int, text: str, what: str) -> None:
        super().__init__(f"{what}: the provider answered {status}: {text or 'without a reason'}")
        self.status = status
        self.text = text


class NotAuthorized(GatewayError):
    """Who asks may not do this, or could not be recognised."""


class NotThere(GatewayError):
    """The provider has no such lease, service or manifest."""


class Credentials(Protocol):
    """Who the tenant is, for one gateway."""

    @property
    def certificate(self) -> Certificate | None:
        """What to show in the TLS handshake."""

    def headers(self) -> Mapping[str, str]:
        """What to send with each request."""


class TokenCredentials:
    """A token signed by the account (ES256K), made anew before it runs out."""

    certificate = None

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self._token = ""
        self._until = 0.0

    def headers(self) -> Mapping[str, str]:
        """The bearer token."""
        now = int(time())
        if now >= self._until - TOKEN_MARGIN:
            self._token = access_token(self._key, now=now, lifetime=TOKEN_LIFETIME)
            self._until = now + TOKEN_LIFETIME
        return {"Authorization": f"Bearer {self._token}"}


@dataclass(frozen=True)
class CertificateCredentials:
    """The tenant's certificate, which must be published on chain."""

    certificate: Certificate

    def headers(self) -> Mapping[str, str]:
        """Nothing: the handshake says it."""
        return {}


class Anonymous:
    """Nobody in particular: for what a gateway tells everyone."""

    certificate = None

    def headers(self) -> Mapping[str, str]:
        """Nothing."""
        return {}


class LogLine(NamedTuple):
    """One line of a workload's output; `name` is the instance it comes from."""

    name: str
    message: str


class ProviderGateway:
    """One provider's gateway, as one tenant."""

    def __init__(
        self, host_uri: str, session: aiohttp.ClientSession, trusted: Trust, who: Credentials
    ) -> None:
        self._base = host_uri.rstrip("/")
        self._session = session
        self._trust = trusted
        self._who = who

    @classmethod
    @asynccontextmanager
    async def of(
        cls, client: Client, provider: str, who: Credentials
    ) -> AsyncIterator[ProviderGateway]:
        """The gateway of a provider, found and recognised by what it published on chain.

        Raises ProviderNotFound, ProviderNotTrusted, Unreachable.
        """
        found = await client.query.provider.provider(provider)
        listed = client.query.cert.certificates(owner=provider, state="valid")
        published = [view.certificate.cert async for view in listed]
        async with cls.at(found.host_uri, Address.parse(provider), published, who) as gateway:
            yield gateway

    @classmethod
    @asynccontextmanager
    async def at(
        cls, host_uri: str, provider: Address, published: Sequence[bytes], who: Credentials
    ) -> AsyncIterator[ProviderGateway]:
        """The gateway at a known URI; `published` are PEM blocks the provider is known by.

        Raises ProviderNotTrusted, Unreachable, ValueError for a URI that is not https.
        """
        parts = urlsplit(host_uri)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError(f"host uri {host_uri!r} of {provider} is not https://host:port")
        trusted = await trust(
            parts.hostname, parts.port or DEFAULT_PORT, provider, published, who.certificate
        )
        timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            base = f"https://{parts.netloc if parts.port else f'{parts.netloc}:{DEFAULT_PORT}'}"
            yield cls(base, session, trusted, who)

    # what everyone may ask

    async def status(self) -> dict[str, Any]:
        """The provider's own status."""
        return await self._json("GET", "/status", "provider status")

    async def version(self) -> dict[str, Any]:
        """The provider's version."""
        return await self._json("GET", "/version", "provider version")

    async def address(self) -> Address:
        """The provider's account, as the gateway says."""
        return Address.parse((await self._json("GET", "/address", "provider address"))["address"])

    # deployments and leases

    async def send_manifest(self, dseq: int, manifest: Sequence[Mapping[str, Any]]) -> None:
        """Hand over a deployment's manifest, as `sdl` gives it.

        Raises GatewayError (422 when it does not fit the deployment), NotAuthorized, NotThere.
        """
        body = json.dumps(manifest, separators=(",", ":")).encode()
        await self._request("PUT", f"/deployment/{dseq}/manifest", "send manifest", body)

    async def manifest(self, lease: LeaseID) -> list[dict[str, Any]]:
        """The manifest group that the provider runs. Raises NotThere."""
        found: Any = await self._json("GET", f"{_path(lease)}/manifest", "get manifest")
        return list(found)

    async def lease_status(self, lease: LeaseID) -> dict[str, Any]:
        """Services, forwarded ports and IPs of a lease. Raises NotThere."""
        return await self._json("GET", f"{_path(lease)}/status", "lease status")

    async def service_status(self, lease: LeaseID, service: str) -> dict[str, Any]:
        """One service of a lease. Raises NotThere."""
        path = f"{_path(lease)}/service/{service}/status"
        return await self._json("GET", path, "service status")

    async def migrate_hostnames(self, hostnames: Sequence[str], dseq: int, gseq: int) -> list[str]:
        """Take names over to another deployment of the same tenant; gives those that moved."""
        return await self._migrate("hostname", "hostnames_to_migrate", hostnames, dseq, gseq)

    async def migrate_endpoints(self, endpoints: Sequence[str], dseq: int, gseq: int) -> list[str]:
        """Take leased IPs over to another deployment of the same tenant; gives those that moved."""
        return await self._migrate("endpoint", "endpoints_to_migrate", endpoints, dseq, gseq)

    # streams

    async def logs(
        self,
        lease: LeaseID,
        *,
        services: Sequence[str] = (),
        follow: bool = False,
        tail: int | None = None,
    ) -> AsyncIterator[LogLine]:
        """Lines of a lease's output; `follow` goes on until the stream ends.

        Raises NotThere, GatewayError, Unreachable when the stream goes silent.
        """
        async for found in self._stream(f"{_path(lease)}/logs", "logs", services, follow, tail):
            yield LogLine(found["name"], found["message"])

    async def events(
        self, lease: LeaseID, *, services: Sequence[str] = (), follow: bool = False
    ) -> AsyncIterator[dict[str, Any]]:
        """What happened to a lease's workloads. Raises as `logs`."""
        async for found in self._stream(
            f"{_path(lease)}/kubeevents", "events", services, follow, None
        ):
            yield found

    @asynccontextmanager
    async def shell(
        self,
        lease: LeaseID,
        service: str,
        command: Sequence[str],
        *,
        replica: int = 0,
        tty: bool = False,
        stdin: bool = False,
    ) -> AsyncIterator[Shell]:
        """Run a command in a service; leaving the block ends the connection.

        Raises NotThere, GatewayError when it cannot start.
        """
        query = [(f"cmd{place}", word) for place, word in enumerate(command)]
        query += [
            ("service", service),
            ("podIndex", str(replica)),
            ("tty", "1" if tty else "0"),
            ("stdin", "1" if stdin else "0"),
        ]
        async with self._socket(f"{_path(lease)}/shell", "shell", query, None) as socket:
            yield Shell(socket, takes_stdin=stdin)

    # inside

    async def _migrate(
        self, kind: str, field: str, names: Sequence[str], dseq: int, gseq: int
    ) -> list[str]:
        body = json.dumps(
            {field: list(names), "destination_dseq": dseq, "destination_gseq": gseq}
        ).encode()
        answer = await self._request("POST", f"/{kind}/migrate", f"migrate {kind}", body)
        return list(json.loads(answer)["transferred"] or ())

    async def _json(self, method: str, path: str, what: str) -> dict[str, Any]:
        answer = await self._request(method, path, what)
        try:
            found: dict[str, Any] = json.loads(answer)
        except ValueError as error:
            raise GatewayError(200, "an answer that is not JSON", what) from error
        return found

    async def _request(self, method: str, path: str, what: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json", **self._who.headers()}
        try:
            async with self._session.request(
                method,
                self._base + path,
                data=body,
                headers=headers,
                ssl=self._trust.context,
                server_hostname=self._trust.server_name,
                allow_redirects=False,
            ) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{what}: {self._base}: {error or 'no answer in time'}") from error
        if response.status >= 300:
            raise _refused(response.status, answer, what)
        return answer

    @asynccontextmanager
    async def _socket(
        self, path: str, what: str, query: Sequence[tuple[str, str]], silence: float | None
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        try:
            socket = await self._session.ws_connect(
                self._base + path,
                params=list(query),
                headers=self._who.headers(),
                ssl=self._trust.context,
                server_hostname=self._trust.server_name,
                timeout=aiohttp.ClientWSTimeout(ws_receive=silence, ws_close=CALL_TIMEOUT),
                autoping=silence is None,
                max_msg_size=0,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise _refused(error.status, b"", what) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{what}: {self._base}: {error or 'no answer in time'}") from error
        try:
            yield socket
        finally:
            await socket.close()

    async def _stream(
        self, path: str, what: str, services: Sequence[str], follow: bool, tail: int | None
    ) -> AsyncIterator[dict[str, Any]]:
        query = [("follow", "true" if follow else "false")]
        if services:
            # the Go server reads the one, the Go client writes the other
            query += [("service", ",".join(services)), ("services", ",".join(services))]
        if tail is not None:
            query.append(("tail", str(tail)))
        async with self._socket(path, what, query, SILENCE) as socket:
            while True:
                try:
                    message = await socket.receive()
                except TimeoutError as error:
                    raise Unreachable(f"{what}: no sign of life for {SILENCE} s") from error
                if message.type is aiohttp.WSMsgType.TEXT:
                    yield json.loads(message.data)
                elif message.type is aiohttp.WSMsgType.PING:
                    await socket.pong(message.data)
                elif message.type is aiohttp.WSMsgType.CLOSE:
                    _check_close(message.data, message.extra, what)
                    return
                elif message.type is not aiohttp.WSMsgType.PONG:
                    return  # closed without a word: the end of a log


def _path(lease: LeaseID) -> str:
    return f"/lease/{lease.dseq}/{lease.gseq}/{lease.oseq}"


def _check_close(code: int | None, reason: str | None, what: str) -> None:
    """Raises for close codes that say what went wrong."""
    if code == 4001:
        raise NotThere(code, reason or "not found", what)
    if code == 4002:
        raise Unreachable(f"{what}: the provider's cluster is not available")
    if code is not None and code >= 4000:
        raise GatewayError(code, reason or "", what)


def _refused(status: int, body: bytes, what: str) -> Exception:
    text = body.decode("utf-8", "replace").strip()
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if isinstance(content, dict) and isinstance(content.get("message"), str):
        text = content["message"]
    if status == UNAVAILABLE:
        return Unreachable(f"{what}: the provider is not available: {text}")
    kinds: dict[int, type[GatewayError]] = {401: NotAuthorized, 403: NotAuthorized, 404: NotThere}
    return kinds.get(status, GatewayError)(status, text, what)
