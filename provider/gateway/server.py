"""The gateway as a whole: listener, certificates by name, application; opened and closed as one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from cryptography import x509

from akashpy.keys.x509 import Certificate
from provider.gateway.backend import Backend
from provider.gateway.certificates import owner_of
from provider.gateway.http import Routes
from provider.gateway.tls import Credentials, TlsServer, credentials

IDLE_SECONDS = 120.0
SHUTDOWN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where the gateway listens; port 0 takes any."""

    host: str = "0.0.0.0"
    """Address of the interface."""
    port: int = 8443
    """TCP port."""
    public_hostname: str = ""
    """Name under which a CA's certificate, when there is one, is served."""


class Gateway:
    """An open gateway. Made by `open`."""

    def __init__(self, settings: GatewaySettings, backend: Backend, own: Certificate) -> None:
        self._settings = settings
        self._backend = backend
        self._own = _of_chain(own)
        self._public: Credentials | None = None
        self.host = settings.host
        self.port = settings.port

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: GatewaySettings, backend: Backend, own: Certificate
    ) -> AsyncIterator[Gateway]:
        """Serve with the provider's own certificate, the one it published on chain.

        Raises OSError when the address cannot be had.
        """
        gateway = cls(settings, backend, own)
        runner = web.AppRunner(
            Routes(backend).application(),
            handler_cancellation=True,
            access_log=None,
            keepalive_timeout=IDLE_SECONDS,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        async with AsyncExitStack() as stack:
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            assert runner.server is not None
            server = TlsServer(runner.server, choose=gateway._choose, check=gateway._check)
            stack.push_async_callback(server.close)
            gateway.host, gateway.port = await server.start(settings.host, settings.port)
            yield gateway

    def renew(self, own: Certificate) -> None:
        """Serve another certificate of the provider from the next connection on."""
        self._own = _of_chain(own)

    def publish(self, cert_pem: bytes, key_pem: bytes) -> None:
        """Serve a CA's certificate for the public name from the next connection on."""
        self._public = credentials(cert_pem, key_pem, asks_client=False)

    def _choose(self, name: str | None) -> Credentials:
        if self._public is not None and name and name == self._settings.public_hostname:
            return self._public
        return self._own

    async def _check(self, certificates: Sequence[x509.Certificate]) -> Any:
        return await owner_of(certificates, self._backend.certificate)


def _of_chain(own: Certificate) -> Credentials:
    return Credentials([own.certificate], own.key, asks_client=True)
