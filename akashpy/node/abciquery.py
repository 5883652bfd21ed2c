"""Answers abci_query: gRPC paths, the store's rows, the application's own paths.

Exists because clients reach all of state through this one door, each path with its own rules and
error texts (those of the Cosmos SDK). Must not know JSON or HTTP.
Source: SDK 0.53 `baseapp/abci.go` Query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from akashpy import wire
from akashpy.node import storequery
from akashpy.node.core import Core
from akashpy.node.queries.refusal import Refused
from akashpy.node.storequery import ProofOp
from akashpy.types.errors import (
    ChainError,
    InvalidRequest,
    KeyNotFound,
    PlainError,
    Status,
    Unauthorized,
    UnknownRequest,
)
from akashpy.wire.abci import SimulationResponse

APP_VERSION = "2.1.0"
"""Version text of the application whose wire this chain speaks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The application's answer; `code` 0 is success."""

    code: int = 0
    log: str = ""
    key: bytes = b""
    value: bytes = b""
    proof: tuple[ProofOp, ...] | None = None
    height: int = 0
    codespace: str = ""


def answer(core: Core, path: str, data: bytes, *, height: int = 0, prove: bool = False) -> Answer:
    """Answer one query; refusals are answers, too."""
    try:
        return _route(core, path, data, height, prove)
    except ChainError as error:
        return Answer(code=error.code, codespace=error.codespace, log=str(error))


def _route(core: Core, path: str, data: bytes, height: int, prove: bool) -> Answer:
    if not path:
        raise UnknownRequest("no query path provided")
    parts = path.strip("/").split("/")
    if parts[0] == "app":
        return _app(core, parts, data, height)
    if parts[0] == "store":
        return _store(core, path.strip("/").removeprefix("store"), data, height, prove)
    query = core.queries().get(path)
    if query is not None:
        return _grpc(core, query, data, height, prove)
    service = core.services.get(path)
    if service is not None:
        return Answer(value=_shielded(lambda: service(data, height)), height=height or core.height)
    raise UnknownRequest("unknown query path")


def _grpc(core: Core, query: Any, data: bytes, height: int, prove: bool) -> Answer:
    """The SDK answers `prove` without a proof here, too: only the store's rows have any."""
    ctx = core.app.query_context(height or None)
    if prove:
        storequery.check_provable(ctx.height)

    def respond() -> bytes:
        reply: bytes = query.respond(ctx, query.request.FromString(data)).SerializeToString()
        return reply

    return Answer(value=_shielded(respond), height=ctx.height)


KINDS: dict[Status, type[ChainError]] = {
    Status.NOT_FOUND: KeyNotFound,
    Status.INVALID_ARGUMENT: InvalidRequest,
    Status.FAILED_PRECONDITION: InvalidRequest,
    Status.UNAUTHENTICATED: Unauthorized,
}
"""gRPC status -> the SDK's error in abci_query; any other is an unknown request."""


def _shielded(respond: Any) -> bytes:
    """A gRPC method's reply, its refusal as the SDK error that abci_query shows."""
    try:
        reply: bytes = respond()
        return reply
    except ChainError as error:
        if type(error) is PlainError:
            raise InvalidRequest(str(error)) from error
        raise KINDS.get(error.status, UnknownRequest)(_grpc_text(error)) from error
    except (ValueError, DecodeError) as error:
        raise InvalidRequest(f"proto: {error}") from error


def _grpc_text(error: ChainError) -> str:
    """A refusal's text: a plain status is shown the way Go's gRPC shows it."""
    if isinstance(error, Refused):
        name = error.status.name.title().replace("_", "")
        return f"rpc error: code = {name} desc = {error}"
    return str(error)


def _app(core: Core, parts: list[str], data: bytes, height: int) -> Answer:
    if parts[1:] == ["version"]:
        return Answer(value=APP_VERSION.encode(), height=height, codespace="sdk")
    if parts[1:] == ["simulate"]:
        return _simulate(core, data, height)
    raise UnknownRequest("unknown query: [" + " ".join(parts) + "]")


def _simulate(core: Core, raw: bytes, height: int) -> Answer:
    gas_used, result = core.app.simulate(raw)
    if result.code:
        raise InvalidRequest(f"failed to simulate tx: {result.log}")
    reply = SimulationResponse()
    reply.gas_info.gas_wanted, reply.gas_info.gas_used = result.gas_wanted, gas_used
    reply.result.data, reply.result.log = result.data, result.log
    for event in result.events:
        shown = reply.result.events.add(type=event.type)
        for key, value in event.attributes:
            shown.attributes.add(key=key, value=value)
    text = wire.json_text(wire.to_json(reply))
    return Answer(value=text.encode(), height=height, codespace="sdk")


def _store(core: Core, path: str, key: bytes, height: int, prove: bool) -> Answer:
    row = storequery.read(core, path, key, height, prove)
    return Answer(log=row.log, key=row.key, value=row.value, proof=row.proof, height=row.height)
