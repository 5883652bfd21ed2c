"""Answers to methods of the query tables, for the transports of the REST port.

Both REST and gRPC-Web ask here, so that they say what gRPC says. It must not know HTTP.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status as RpcStatus

from akashpy import wire
from akashpy.node.core import Core
from akashpy.node.grpc_status import status_of
from akashpy.node.heights import height_of
from akashpy.node.queries.refusal import Refused
from akashpy.node.queries.services import SERVICES, install
from akashpy.node.queries.table import QUERIES
from akashpy.types.errors import ChainError, Status

log = logging.getLogger(__name__)

BROADCAST = "/cosmos.tx.v1beta1.Service/BroadcastTx"
"""Goes to the mempool and tells no height."""
CHUNK = 20
"""Items of a list that are written as JSON between two looks at the clock."""


class Refusal(Exception):
    """A gRPC status instead of an answer; `height` where one was read and is told, else 0."""

    def __init__(self, status: RpcStatus, height: int = 0) -> None:
        super().__init__(status.message)
        self.status = status
        self.height = height

    @classmethod
    def of(cls, status: Status, text: str) -> Refusal:
        """A refusal with this status and text, and no details."""
        return cls(RpcStatus(code=int(status), message=text))


@dataclass(frozen=True, slots=True)
class Answer:
    """A response and the height it was read at; 0 where that is not told."""

    message: Message
    height: int


class Answers:
    """Answers calls from a core; at most `calls` at once, each in at most `timeout` seconds."""

    def __init__(self, core: Core, calls: int, timeout: float) -> None:
        install(core)
        self._core = core
        self._calls = calls
        self._timeout = timeout
        self._busy = 0

    @property
    def paths(self) -> Collection[str]:
        """The gRPC paths of the methods that are served."""
        return (*QUERIES, *SERVICES)

    def request_class(self, path: str) -> type[Message]:
        """The class of a method's request. Raises Refusal, in grpc-go's words, if unknown."""
        found = QUERIES.get(path) or SERVICES.get(path)
        if found is not None:
            return found.request
        parts = path.split("/")
        if len(parts) != 3:
            raise Refusal.of(Status.UNIMPLEMENTED, f'malformed method name: "{path}"')
        if any(known.startswith(f"/{parts[1]}/") for known in self.paths):
            text = f"unknown method {parts[2]} for service {parts[1]}"
        else:
            text = f"unknown service {parts[1]}"
        raise Refusal.of(Status.UNIMPLEMENTED, text)

    async def answer(
        self, path: str, request: Message, heights: list[str], patience: float | None = None
    ) -> Answer:
        """The response to a request; `heights` are the values of the height header, `patience` the
        seconds that the client waits. Raises Refusal.
        """
        if self._busy >= self._calls:
            raise Refusal.of(
                Status.UNAVAILABLE, f"{self._calls} calls are being answered; try again later"
            )
        self._busy += 1
        try:
            async with asyncio.timeout(min(self._timeout, patience or self._timeout)):
                return await self._answer(path, request, heights)
        except ChainError as error:
            raise Refusal(status_of(error)) from error
        except TimeoutError as error:
            raise Refusal.of(Status.DEADLINE_EXCEEDED, "context deadline exceeded") from error
        except Refusal:
            raise
        except Exception as error:
            log.exception("query failed")
            raise Refusal.of(Status.INTERNAL, "panic: internal error") from error
        finally:
            self._busy -= 1

    async def _answer(self, path: str, request: Message, heights: list[str]) -> Answer:
        query = QUERIES.get(path)
        if query is not None:
            ctx = self._core.app.query_context(height_of(heights) or None)
            with _said(ctx.height):
                return Answer(query.respond(ctx, request), ctx.height)
        service = SERVICES.get(path)
        if service is None:
            raise Refused(Status.UNIMPLEMENTED, f"unknown method {path}")
        height = 0 if path == BROADCAST else height_of(heights) or self._core.height
        with _said(height):
            return Answer(await service.respond(self._core, request), height)


@contextmanager
def _said(height: int) -> Iterator[None]:
    """A refusal inside carries the height, which a Go node has told the client by then."""
    try:
        yield
    except ChainError as error:
        raise Refusal(status_of(error), height) from error


def json_steps(message: Message, response_body: str = "") -> Generator[None, None, str]:
    """The JSON text of a response, written with pauses inside long lists.

    `response_body` names the one field that is the body, if any.
    """
    rest = type(message)()
    rest.CopyFrom(message)
    long = [
        field
        for field, value in message.ListFields()
        if field.label == FieldDescriptor.LABEL_REPEATED
        and field.message_type is not None
        and not field.message_type.GetOptions().map_entry
        and len(value) > CHUNK
    ]
    texts = {}
    for field in long:
        rest.ClearField(field.name)
        texts[field.name] = yield from _list_steps(message, field.name)
    written = {
        name: texts.get(name) or wire.json_text(value) for name, value in wire.to_json(rest).items()
    }
    if response_body:
        return written[response_body]
    members = (f"{wire.json_text(name)}:{text}" for name, text in written.items())
    return "{" + ",".join(members) + "}"


def _list_steps(message: Message, name: str) -> Generator[None, None, str]:
    items = getattr(message, name)
    texts = []
    for at in range(0, len(items), CHUNK):
        part = type(message)()
        getattr(part, name).extend(items[at : at + CHUNK])
        texts.append(wire.json_text(wire.to_json(part)[name])[1:-1])
        yield
    return "[" + ",".join(texts) + "]"
