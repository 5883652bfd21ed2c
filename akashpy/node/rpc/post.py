"""What a POST to the RPC port is answered, whoever read it from the socket.

Exists so that the quick path and the framework give the same bytes. Must not know sockets.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from akashpy.node.core import Core
from akashpy.node.rpc import calls
from akashpy.node.rpc.methods import ROUTES

JSON_TYPE = "application/json"
CACHE = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class RpcLimits:
    """Bounds of the port. `connections` are open at once; a request's body, in bytes, may take
    `read_timeout` seconds to arrive and a connection may idle for `idle_timeout`; `batch` in calls.
    """

    body_bytes: int = 1_000_000
    batch: int = 100
    connections: int = 900
    read_timeout: float = 10.0
    idle_timeout: float = 75.0
    cors_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A response before it has an HTTP form."""

    body: bytes
    status: int = 200
    content_type: str = JSON_TYPE
    is_cacheable: bool = False


def too_large() -> Reply:
    """The answer to a body above the limit."""
    text = "error reading request body: http: request body too large"
    return Reply(calls.failure(None, calls.INVALID_REQUEST, text), status=400)


def too_slow(limits: RpcLimits) -> Reply:
    """The answer to a body that did not arrive in time."""
    text = f"error reading request body: not complete after {limits.read_timeout:g} s"
    return Reply(calls.failure(None, calls.INVALID_REQUEST, text), status=408)


def too_many(limits: RpcLimits) -> Reply:
    """The answer to one connection too many."""
    text = f"max_open_connections {limits.connections} reached"
    return Reply(calls.failure(None, calls.SERVER_ERROR, text), status=503)


async def answer(core: Core, limits: RpcLimits, body: bytes, host: str) -> Reply:
    """Answer the calls in `body`; without any, the page of methods at `host`."""
    if not body:
        return endpoints(host)
    try:
        requests, is_batch = calls.read(body)
    except calls.UnreadableRequest as error:
        return Reply(calls.failure(None, calls.PARSE_ERROR, str(error)), status=500)
    if is_batch and len(requests) > limits.batch:
        text = f"batch request exceeds maximum ({limits.batch}) allowed number of requests"
        return Reply(calls.failure(None, calls.INVALID_REQUEST, text))
    answers = await calls.serve_all(core, [call for call in requests if call.id is not None])
    if not answers:
        return Reply(b"", content_type="text/plain")
    return Reply(
        calls.joined(answers),
        is_cacheable=all(found.is_cacheable for found in answers),
    )


def endpoints(host: str) -> Reply:
    """The page a browser sees: every method with its arguments."""
    rows = []
    for name, route in sorted(ROUTES.items()):
        query = "&".join(f"{argument}=_" for argument, _ in route.spec)
        link = escape(f"//{host}/{name}" + (f"?{query}" if query else ""))
        rows.append(f'<a href="{link}">{link}</a></br>')
    page = "<html><body><br>Available endpoints:<br>" + "".join(rows) + "</body></html>"
    return Reply(page.encode(), content_type="text/html")


def cors_headers(origin: str | None, limits: RpcLimits) -> dict[str, str]:
    """Headers that let a browser of an allowed origin read the answer."""
    allowed = limits.cors_origins
    if not origin or not (origin in allowed or "*" in allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "HEAD, GET, POST, OPTIONS",
        "Access-Control-Allow-Headers": (
            "Origin, Accept, Content-Type, X-Requested-With, X-Server-Time"
        ),
    }
