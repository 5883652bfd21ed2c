"""JSON-RPC 2.0 envelopes: from a request's text to the response's bytes.

Exists so that HTTP and websocket share one reading of requests, one error object and one encoding.
Must not know sockets. Source: CometBFT 0.38 `rpc/jsonrpc`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from akashpy.node.bus import SubscriptionError
from akashpy.node.core import Core
from akashpy.node.mempool import MempoolError
from akashpy.node.packing import to_json
from akashpy.node.rpc.methods import REFUSALS, ROUTES, Route, RpcRefusal, broadcast_batch
from akashpy.node.rpc.params import ParamError, from_json, json_error
from akashpy.types.errors import ChainError

log = logging.getLogger(__name__)

PARSE_ERROR = (-32700, "Parse error. Invalid JSON")
INVALID_REQUEST = (-32600, "Invalid Request")
METHOD_NOT_FOUND = (-32601, "Method not found")
INVALID_PARAMS = (-32602, "Invalid params")
INTERNAL_ERROR = (-32603, "Internal error")
SERVER_ERROR = (-32000, "Server error")

BROADCASTS_AT_ONCE = 10
"""Broadcasts of a batch that are checked in one turn: about a millisecond of work."""

ANSWERED = (*REFUSALS, RpcRefusal, SubscriptionError, ChainError)
"""Exceptions whose text is the client's answer."""

_encode = to_json
_decode = msgspec.json.decode


class UnreadableRequest(ValueError):
    """A body that is not a request; the text says why."""


class Call(NamedTuple):
    """One request. `id` None is a notification, which gets no answer."""

    id: str | int | None
    method: str
    params: Any


def read(body: bytes | str) -> tuple[list[Call], bool]:
    """The calls of a body, and whether it was a batch. Raises UnreadableRequest."""
    try:
        content = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        raise UnreadableRequest(f"error unmarshaling request: {json_error(text)}") from None
    if isinstance(content, list):
        return [_call(item) for item in content], True
    return [_call(content)], False


def _call(item: Any) -> Call:
    if not isinstance(item, dict):
        kinds: dict[type, str] = {str: "string", list: "array", bool: "bool"}
        found = kinds.get(type(item), "number")
        raise UnreadableRequest(
            f"error unmarshaling request: json: cannot unmarshal {found} into Go value of type "
            "types.RPCRequest"
        )
    id, method = item.get("id"), item.get("method", "")
    if isinstance(id, float):
        id = int(id)
    if id is not None and (isinstance(id, bool) or not isinstance(id, str | int)):
        raise UnreadableRequest(
            f"error unmarshaling request: json-rpc ID ({id}) is of unknown type"
        )
    if not isinstance(method, str):
        raise UnreadableRequest("error unmarshaling request: method is not a string")
    return Call(id, method, item.get("params"))


Envelope = dict[str, Any]


def success(id: str | int, result: Any) -> bytes:
    """A response that carries a result."""
    return _encode(_success(id, result))


def failure(id: str | int | None, kind: tuple[int, str], data: str = "") -> bytes:
    """A response that carries an error; without an ID when the request had none to read."""
    return _encode(_failure(id, kind, data))


def _success(id: str | int | None, result: Any) -> Envelope:
    return {"jsonrpc": "2.0", "id": id, "result": result}


def _failure(id: str | int | None, kind: tuple[int, str], data: str = "") -> Envelope:
    code, message = kind
    error: dict[str, Any] = {"code": code, "message": message}
    if data:
        error["data"] = data
    envelope: Envelope = {"jsonrpc": "2.0"}
    if id is not None:
        envelope["id"] = id
    envelope["error"] = error
    return envelope


class Answered(NamedTuple):
    """An answer, whether it is an error, and whether proxies may keep it."""

    envelope: Envelope
    is_error: bool = False
    is_cacheable: bool = False

    @property
    def body(self) -> bytes:
        """The answer's bytes."""
        return _encode(self.envelope)


def joined(answers: Sequence[Answered]) -> bytes:
    """The bytes of one answer as itself, of several as an array."""
    if len(answers) == 1:
        return answers[0].body
    return _encode([found.envelope for found in answers])


async def answer(core: Core, id: str | int, route: Route, arguments: Sequence[Any]) -> Answered:
    """Call a method and wrap what it gives or raises."""
    try:
        result = await route.call(core, *arguments)
    except ANSWERED as error:
        return Answered(_failure(id, INTERNAL_ERROR, str(error)), is_error=True)
    except Exception:
        log.exception("a method failed", extra={"method": route.call.__name__})
        text = f"the node could not answer {route.call.__name__}; its log says why"
        return Answered(_failure(id, INTERNAL_ERROR, text), is_error=True)
    return Answered(_success(id, result), is_cacheable=_cacheable(route, arguments))


async def serve(core: Core, call: Call) -> Answered:
    """Answer one call that has an ID."""
    id = call.id if call.id is not None else -1
    route = ROUTES.get(call.method)
    if route is None:
        return Answered(_failure(id, METHOD_NOT_FOUND), is_error=True)
    try:
        arguments = from_json(route.spec, call.params)
    except ParamError as error:
        text = f"error converting json params to arguments: {error}"
        return Answered(_failure(id, INVALID_PARAMS, text), is_error=True)
    return await answer(core, id, route, arguments)


async def serve_all(core: Core, requests: Sequence[Call]) -> list[Answered]:
    """Answer calls in order. Broadcasts side by side share one turn, since they come in masses."""
    answers: list[Answered] = []
    at = 0
    while at < len(requests):
        end = at
        while end < min(len(requests), at + BROADCASTS_AT_ONCE) and _is_broadcast(requests[end]):
            end += 1
        if end - at > 1:
            answers += await _serve_broadcasts(core, requests[at:end])
            at = end
        else:
            answers.append(await serve(core, requests[at]))
            at += 1
    return answers


def _is_broadcast(call: Call) -> bool:
    return call.method == "broadcast_tx_sync"


async def _serve_broadcasts(core: Core, requests: Sequence[Call]) -> list[Answered]:
    spec = ROUTES["broadcast_tx_sync"].spec
    try:
        txs = [from_json(spec, call.params)[0] for call in requests]
    except ParamError:
        return [await serve(core, call) for call in requests]
    return [
        Answered(_failure(call.id, INTERNAL_ERROR, str(found)), is_error=True)
        if isinstance(found, MempoolError)
        else Answered(_success(call.id, found))
        for call, found in zip(requests, await broadcast_batch(core, txs), strict=True)
    ]


def _cacheable(route: Route, arguments: Sequence[Any]) -> bool:
    if not route.is_cacheable:
        return False
    return not any(
        name == route.cache_unless_default and not value
        for (name, _), value in zip(route.spec, arguments, strict=True)
    )
