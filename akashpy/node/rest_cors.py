"""Which web pages may read the answers of the REST port in a browser.

It must not know what is answered. Source: Fetch standard; the Go node's gorilla/handlers CORS,
from which this differs in naming origins instead of allowing all.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from akashpy.node.heights import HEIGHT

METHODS = ("GET", "HEAD", "POST")
REQUEST_HEADERS = (
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
    "Grpc-Timeout",
    "Origin",
    "X-Cosmos-Block-Height",
    "X-Grpc-Web",
    "X-User-Agent",
)
RESPONSE_HEADERS = (
    HEIGHT,
    "Grpc-Metadata-X-Cosmos-Block-Height",
    "Grpc-Status",
    "Grpc-Message",
    "Grpc-Status-Details-Bin",
    "X-Server-Time",
)


class Cors:
    """The rules for one list of allowed origins."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = origins

    def headers(self, request: web.BaseRequest) -> Mapping[str, str]:
        """What an answer to this request carries; nothing for origins that are not allowed."""
        origin = request.headers.get("Origin", "")
        if not origin or not self._allows(origin):
            return {}
        shared = {
            "Access-Control-Allow-Origin": "*" if "*" in self._origins else origin,
            "Access-Control-Expose-Headers": ", ".join(RESPONSE_HEADERS),
        }
        return shared if "*" in self._origins else {**shared, "Vary": "Origin"}

    def preflight(self, request: web.BaseRequest) -> web.Response | None:
        """The answer to a browser that asks beforehand; None when this is no such request."""
        if request.method != "OPTIONS" or not self.headers(request):
            return None
        method = request.headers.get("Access-Control-Request-Method")
        if method is None:
            return web.Response(status=400)
        if method not in METHODS:
            return web.Response(status=405)
        known = {name.lower() for name in REQUEST_HEADERS}
        asked = request.headers.get("Access-Control-Request-Headers", "")
        names = [name.strip() for name in asked.split(",") if name.strip()]
        if any(name.lower() not in known for name in names):
            return web.Response(status=403)
        response = web.Response(status=200)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
        if names:
            response.headers["Access-Control-Allow-Headers"] = ", ".join(names)
        return response

    def _allows(self, origin: str) -> bool:
        if "*" in self._origins or origin in self._origins:
            return True
        scheme, _, place = origin.partition("://")
        host, colon, port = place.rpartition(":")
        any_port = f"{scheme}://{host if colon and port.isdecimal() else place}:*"
        return any_port in self._origins
