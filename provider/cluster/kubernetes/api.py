"""Asking the API server: plain dicts in, plain dicts out, every question with a time limit.

`Transport` is the seam: the real one speaks HTTP (http.py), tests have one in memory. What the
server refuses is ApiError; what says nothing about the object (no answer, a server in trouble, our
own rights missing) is Unavailable, and nobody may conclude anything from it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, Protocol

from provider.cluster.errors import ClusterError, Unavailable
from provider.cluster.kubernetes import calls
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.kinds import Kind, kind_of, path_of
from provider.cluster.kubernetes.names import FIELD_MANAGER
from provider.tally import Tally

Query = Mapping[str, str | list[str]]

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON = "application/json"
PAGE = "500"
NOT_FOUND, CONFLICT, GONE = 404, 409, 410
TOO_MANY = 429
NOTHING_KNOWN = frozenset({401, 403, 408, TOO_MANY})
"""Statuses of the server that say nothing about the object, as every status from 500 on."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
"""Seconds before a server that is not ready yet, or has too much to do, is asked again."""


class ApiError(ClusterError):
    """The API server refused; `status` is HTTP's, `reason` its word for it."""

    def __init__(self, status: int, reason: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason


class Expired(ClusterError):
    """What was asked for is older than the server remembers: list again."""


class Socket(Protocol):
    """An open websocket that carries bytes."""

    @property
    def protocol(self) -> str:
        """The subprotocol agreed on."""
        ...

    async def send(self, data: bytes) -> None:
        """Send one message."""
        ...

    async def receive(self) -> bytes | None:
        """The next message; None when the other side has closed."""
        ...


class Transport(Protocol):
    """Carries requests to an API server. Raises Unavailable when there is no answer."""

    async def request(
        self, method: str, path: str, query: Query, body: Object | None, content: str
    ) -> tuple[int, bytes]:
        """Status and body of an answer."""
        ...

    def stream(
        self, path: str, query: Query, quiet: float
    ) -> AbstractAsyncContextManager[tuple[int, AsyncIterator[bytes]]]:
        """Status and pieces of a long answer, broken off after `quiet` seconds without one."""
        ...

    def socket(
        self, path: str, query: Query, protocols: tuple[str, ...]
    ) -> AbstractAsyncContextManager[Socket]:
        """An open websocket. Raises ApiError."""
        ...


class Api:
    """Questions to one API server."""

    def __init__(
        self, transport: Transport, patience: float = 20.0, tally: Tally | None = None
    ) -> None:
        self._transport = transport
        self._patience = patience
        self._tally = tally or Tally()

    async def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """One object; None when the server says that there is none. Raises Unavailable."""
        try:
            return await self.ask("GET", kind.path(namespace, name))
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    async def items(self, kind: Kind, namespace: str = "", selector: str = "") -> list[Object]:
        """All objects, read to the last page. Raises Unavailable, Expired."""
        items, _ = await self.snapshot(kind, namespace, selector)
        return items

    async def snapshot(
        self, kind: Kind, namespace: str = "", selector: str = ""
    ) -> tuple[list[Object], str]:
        """All objects, and the version at which they were so. Raises Unavailable, Expired."""
        query: dict[str, str | list[str]] = {"limit": PAGE}
        if selector:
            query["labelSelector"] = selector
        found: list[Object] = []
        while True:
            page = await self.ask("GET", kind.path(namespace), query)
            for item in page.get("items") or ():
                item.setdefault("apiVersion", kind.api_version)
                item.setdefault("kind", kind.name)
                found.append(item)
            metadata = page.get("metadata", {})
            if not metadata.get("continue"):
                return found, str(metadata.get("resourceVersion", ""))
            query["continue"] = metadata["continue"]

    async def apply(self, object: Object) -> Object:
        """Make the object be as given, our fields taken over from whoever has them.

        Raises ApiError, Unavailable.
        """
        query = {"fieldManager": FIELD_MANAGER, "force": "true"}
        return await self.ask("PATCH", path_of(object), query, object, APPLY)

    async def create(self, object: Object) -> Object:
        """Make a new object. Raises ApiError (409 when it is there), Unavailable."""
        path = kind_of(object).path(object["metadata"].get("namespace", ""))
        return await self.ask("POST", path, {"fieldManager": FIELD_MANAGER}, object)

    async def merge(self, kind: Kind, namespace: str, name: str, patch: Object) -> Object | None:
        """Change some fields; None when the object is not there. Raises ApiError, Unavailable."""
        query = {"fieldManager": FIELD_MANAGER}
        try:
            return await self.ask("PATCH", kind.path(namespace, name), query, patch, MERGE)
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    async def delete(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        *,
        grace: int | None = None,
        propagation: str = "Background",
        uid: str = "",
    ) -> None:
        """Remove an object; nothing when it is not there, or (with `uid`) is another one.

        Raises ApiError, Unavailable.
        """
        body: Object = {"propagationPolicy": propagation}
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        if uid:
            body["preconditions"] = {"uid": uid}
        try:
            await self.ask("DELETE", kind.path(namespace, name), {}, body)
        except ApiError as error:
            if error.status != NOT_FOUND and not (uid and error.status == CONFLICT):
                raise

    async def delete_all(self, kind: Kind, namespace: str) -> None:
        """Remove all objects of a kind in a namespace. Raises ApiError, Unavailable."""
        await self.ask("DELETE", kind.path(namespace), {}, {"propagationPolicy": "Background"})

    async def ask(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Object | None = None,
        content: str = JSON,
    ) -> Object:
        """One question and its answer. Raises ApiError, Expired, Unavailable.

        A server that says 429 has done nothing: it is asked again for as long as patience lasts.
        An API server does so for its custom kinds in the first seconds after its start.
        """
        pause, status, raw = FIRST_PAUSE, 0, b""
        try:
            async with asyncio.timeout(self._patience):
                while status in (0, TOO_MANY):
                    if status:
                        await asyncio.sleep(pause)
                        pause = min(2 * pause, LONGEST_PAUSE)
                    status, raw = await self._transport.request(
                        method, path, query or {}, body, content
                    )
        except TimeoutError as error:
            if status == TOO_MANY:
                raise refusal(status, _decoded(raw), f"{method} {path}") from error
            text = f"no answer to {method} {path} within {self._patience} s"
            raise Unavailable(text) from error
        finally:
            name = calls.action(method, path, status, patch=content == MERGE)
            self._count(name, is_success=status != 0 and calls.is_success(method, status))
        found = _decoded(raw)
        if status >= 300:
            raise refusal(status, found, f"{method} {path}")
        if found is None:
            raise Unavailable(f"{method} {path}: the answer is no JSON object")
        return found

    async def lines(self, path: str, query: Query, *, quiet: float) -> AsyncGenerator[bytes, None]:
        """Lines of a long answer until it ends; `quiet` seconds without a byte end it, too.

        Raises ApiError, Expired, Unavailable.
        """
        async with self._transport.stream(path, query, quiet) as (status, pieces):
            self._count(calls.following(path), is_success=status < 300)
            if status >= 300:
                raw = b"".join([piece async for piece in pieces])
                raise refusal(status, _decoded(raw), f"GET {path}")
            rest = b""
            async for piece in pieces:
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    yield line
            if rest:
                yield rest

    async def changes(
        self, kind: Kind, namespace: str, query: Query, *, quiet: float
    ) -> AsyncGenerator[Object, None]:
        """Events of a watch as they come. Raises ApiError, Expired, Unavailable."""
        async with aclosing(self.lines(kind.path(namespace), query, quiet=quiet)) as lines:
            async for line in lines:
                if not line.strip():
                    continue
                event = _decoded(line)
                if event is None:
                    raise Unavailable(f"watch of {kind.plural}: a line is no JSON object")
                yield event

    def socket(
        self, path: str, query: Query, protocols: tuple[str, ...]
    ) -> AbstractAsyncContextManager[Socket]:
        """See Transport."""
        return self._transport.socket(path, query, protocols)

    def _count(self, action: str, *, is_success: bool) -> None:
        result = "success" if is_success else "fail"
        self._tally.count(calls.NAME, action=action, result=result)


def refusal(status: int, answer: Object | None, what: str) -> ClusterError:
    """The error an answer stands for."""
    told = answer or {}
    text = f"{what}: {status} {told.get('message') or told.get('reason') or 'no reason given'}"
    if status == GONE:
        return Expired(text)
    if status >= 500 or status in NOTHING_KNOWN:
        return Unavailable(text)
    return ApiError(status, str(told.get("reason", "")), text)


def _decoded(raw: bytes) -> Object | None:
    try:
        found: Any = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
