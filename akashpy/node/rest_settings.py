"""Bounds and permissions of the REST port, apart from it so that they load nothing.

Source of the defaults: SDK 0.53 `server/config` (api, grpc-web), CometBFT 0.38 `rpc/jsonrpc`.
"""

from __future__ import annotations

from dataclasses import dataclass

LOCALHOST = tuple(
    f"{scheme}://{host}:*" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1")
)
"""Web pages served by this machine, from any port."""


@dataclass(frozen=True, slots=True)
class RestSettings:
    """Sizes in bytes, times in seconds. `line_bytes` bounds the request line and each header.

    `connections` are open at once and `calls` answered at once; `read_timeout` is for a first
    request and for a body to arrive, `call_timeout` for an answer, `idle_timeout` between requests.
    `cors_origins` may read the answers in a browser: origins as `https://app.example`, with `:*`
    for any port, or `*` for all; none by default. `grpc_web` serves gRPC-Web on the same port.
    """

    body_bytes: int = 1_000_000
    line_bytes: int = 64 * 1024
    connections: int = 1000
    calls: int = 200
    read_timeout: float = 10.0
    call_timeout: float = 30.0
    idle_timeout: float = 75.0
    cors_origins: tuple[str, ...] = ()
    grpc_web: bool = False
