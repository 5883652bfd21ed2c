"""The Transport over HTTP: addresses, keys and certificates come from the official client.

The one module that knows `kubernetes.aio` and its aiohttp session. It reads a kubeconfig file or
the surroundings of a pod, and lets the library renew tokens.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import load_incluster_config, load_kube_config
from kubernetes.aio.config.config_exception import ConfigException
from yarl import URL

from provider.cluster.errors import ClusterError, Unavailable
from provider.cluster.kubernetes.api import Query, Socket, refusal
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import KubernetesSettings

TROUBLE = (aiohttp.ClientError, OSError, EOFError)
CONNECTIONS = 256
"""Followed logs and open commands each hold one."""
LARGEST_MESSAGE = 16 << 20
USER_AGENT = "akashpy-provider"


class NoCluster(ClusterError):
    """The settings lead to no cluster."""


class HttpTransport:
    """Speaks to the API server a kubeconfig names. Made by `open`."""

    def __init__(self, client: ApiClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session
        self._root = client.configuration.host.rstrip("/")
        self._name = client.configuration.tls_server_name or None
        self._proxy = client.configuration.proxy or None

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: KubernetesSettings) -> AsyncIterator[HttpTransport]:
        """A transport to the cluster of the settings. Raises NoCluster."""
        configuration = Configuration()
        configuration.connection_pool_maxsize = CONNECTIONS
        try:
            if settings.kubeconfig is None:
                load_incluster_config(  # type: ignore[no-untyped-call]  # the library has no hints
                    client_configuration=configuration
                )
            else:
                await load_kube_config(  # type: ignore[no-untyped-call]  # the library has no hints
                    config_file=str(settings.kubeconfig),
                    context=settings.context or None,
                    client_configuration=configuration,
                )
        except (ConfigException, OSError) as error:
            where = settings.kubeconfig or "this pod"
            raise NoCluster(
                f"kubernetes.kubeconfig {where}: {error}; name a file that kubectl can use"
            ) from error
        # The client's certificate may still need Go's laxer reading of X.509.
        configuration.disable_strict_ssl_verification = True
        async with ApiClient(configuration) as client:
            session = client.rest_client._create_pool_manager()
            async with session:
                yield cls(client, session)

    async def request(
        self, method: str, path: str, query: Query, body: Object | None, content: str
    ) -> tuple[int, bytes]:
        """See Transport."""
        headers = {"Content-Type": content, **await self._headers()}
        data = None if body is None else json.dumps(body).encode()
        try:
            async with self._session.request(
                method,
                self._url(path, query),
                data=data,
                headers=headers,
                server_hostname=self._name,
                proxy=self._proxy,
            ) as answer:
                return answer.status, await answer.read()
        except TROUBLE as error:
            raise Unavailable(f"{method} {path}: {_said(error)}") from error

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, quiet: float
    ) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """See Transport."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=quiet)
        try:
            async with self._session.get(
                self._url(path, query),
                headers=await self._headers(),
                timeout=limits,
                server_hostname=self._name,
                proxy=self._proxy,
            ) as answer:
                yield answer.status, _pieces(answer, path)
        except TROUBLE as error:
            raise Unavailable(f"GET {path}: {_said(error)}") from error

    @asynccontextmanager
    async def socket(
        self, path: str, query: Query, protocols: tuple[str, ...]
    ) -> AsyncIterator[Socket]:
        """See Transport."""
        try:
            opened = await self._session.ws_connect(
                self._url(path, query),
                protocols=protocols,
                headers=await self._headers(),
                heartbeat=30,
                max_msg_size=LARGEST_MESSAGE,
                server_hostname=self._name,
                proxy=self._proxy,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise refusal(error.status, {"message": error.message}, f"GET {path}") from error
        except (*TROUBLE, TimeoutError) as error:
            raise Unavailable(f"GET {path}: {_said(error)}") from error
        try:
            yield HttpSocket(opened)
        finally:
            await opened.close()

    def _url(self, path: str, query: Query) -> URL:
        pairs = urlencode(list(query.items()), doseq=True)
        return URL(f"{self._root}{path}{'?' if pairs else ''}{pairs}", encoded=True)

    async def _headers(self) -> dict[str, str]:
        headers: dict[str, Any] = {"User-Agent": USER_AGENT, "Accept": "application/json, */*"}
        await self._client.update_params_for_auth(headers, [], ["BearerToken"], "", "", None, None)
        return headers


class HttpSocket:
    """A websocket of aiohttp as bytes in and out."""

    def __init__(self, opened: aiohttp.ClientWebSocketResponse) -> None:
        self._opened = opened

    @property
    def protocol(self) -> str:
        """See Socket."""
        return self._opened.protocol or ""

    async def send(self, data: bytes) -> None:
        """See Socket. Nothing once the other side has closed."""
        if not self._opened.closed:
            try:
                await self._opened.send_bytes(data)
            except TROUBLE as error:
                raise Unavailable(f"websocket: {_said(error)}") from error

    async def receive(self) -> bytes | None:
        """See Socket."""
        message = await self._opened.receive()
        if message.type is aiohttp.WSMsgType.BINARY:
            return bytes(message.data)
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data).encode()
        return None


async def _pieces(answer: aiohttp.ClientResponse, path: str) -> AsyncIterator[bytes]:
    """The pieces of an answer; silence ends them like the end of the answer."""
    try:
        async for piece in answer.content.iter_any():
            yield piece
    except (TimeoutError, asyncio.IncompleteReadError):
        return
    except TROUBLE as error:
        raise Unavailable(f"GET {path}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
