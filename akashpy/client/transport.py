"""How requests reach a node: the seam between the client and everything else.

`GrpcTransport` speaks to any Akash node. `MemoryTransport` hands requests to a node in the same
process. Both raise the same exceptions for the same answers. Must not know what a request means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import grpc

from akashpy.client.errors import Unreachable, refusal
from akashpy.types.errors import ChainError, Status

HEIGHT = "x-cosmos-block-height"
DETAILS = "grpc-status-details-bin"
MAX_MESSAGE = 256 * 1024 * 1024
"""Bytes of one response; a page of long deployments may be large."""
HTTPS_PORT = 443


class Transport(Protocol):
    """Carries one request to a node and its response back."""

    async def unary(
        self, path: str, request: bytes, *, timeout: float, height: int | None = None
    ) -> bytes:
        """The response to a request at `height` (None: the latest); `timeout` in seconds.

        Raises ChainError for a refusal, Unreachable without an answer.
        """

    async def close(self) -> None:
        """Release the connection."""


class GrpcTransport:
    """A connection to a node's gRPC port.

    `endpoint` is host:port or a URL; https (or port 443) is encrypted, anything else is not. Make
    it where the event loop runs.
    """

    def __init__(self, endpoint: str) -> None:
        target, secure = _target(endpoint)
        options = [
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.max_send_message_length", MAX_MESSAGE),
            ("grpc.keepalive_time_ms", 30_000),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 5_000),
        ]
        self.endpoint = target
        self._channel: Any = (
            grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(), options=options)
            if secure
            else grpc.aio.insecure_channel(target, options=options)
        )
        self._methods: dict[str, Any] = {}

    async def unary(
        self, path: str, request: bytes, *, timeout: float, height: int | None = None
    ) -> bytes:
        """As Transport says."""
        method = self._methods.get(path)
        if method is None:
            method = self._methods[path] = self._channel.unary_unary(path)
        metadata = ((HEIGHT, str(height)),) if height is not None else ()
        try:
            response: bytes = await method(request, timeout=timeout, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise self._refusal(error) from error
        return response

    def _refusal(self, error: Any) -> Exception:
        details = next(
            (value for key, value in error.trailing_metadata() or () if key == DETAILS), b""
        )
        found = refusal(Status(error.code().value[0]), error.details() or "", details)
        if isinstance(found, Unreachable):
            return Unreachable(f"no answer from {self.endpoint}: {found}")
        return found

    async def close(self) -> None:
        """As Transport says."""
        await self._channel.close()


def _target(endpoint: str) -> tuple[str, bool]:
    """host:port, and whether to encrypt."""
    text = endpoint if "://" in endpoint else f"//{endpoint}"
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError(f"gRPC endpoint {endpoint!r} names no host; write host:port")
    secure = parts.scheme == "https" or parts.port == HTTPS_PORT
    port = parts.port or (HTTPS_PORT if secure else 9090)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{port}", secure


Answer = Callable[[str, bytes, int | None], Awaitable[bytes]]
"""Answers (path, request, height); raises ChainError. A node offers one."""


class MemoryTransport:
    """A node in this process; `answer` is its own way to answer."""

    endpoint = "memory"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def unary(
        self, path: str, request: bytes, *, timeout: float, height: int | None = None
    ) -> bytes:
        """As Transport says."""
        try:
            async with asyncio.timeout(timeout):
                return await self._answer(path, request, height)
        except TimeoutError as error:
            raise Unreachable(f"no answer to {path} within {timeout} s") from error
        except ChainError as error:
            cause = getattr(error, "cause", None) or error
            if cause.codespace != "undefined":
                raise cause from error
            raise refusal(error.status, str(error)) from error

    async def close(self) -> None:
        """Nothing is held."""
