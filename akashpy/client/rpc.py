"""A node's CometBFT JSON-RPC as a transport: where only port 26657 is known.

Every Akash node answers gRPC queries through `abci_query`; transactions go by `broadcast_tx_sync`.
Must not know what a request means, except that handing over a transaction is not a query.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from akashpy.client.errors import StatusRefusal, Unreachable, of_abci
from akashpy.types.errors import ChainError, MempoolIsFull, Status, TxInMempoolCache, TxTooLarge
from akashpy.wire import abci, tx

BROADCAST = "/cosmos.tx.v1beta1.Service/BroadcastTx"
BY_MEMPOOL: tuple[tuple[str, type[ChainError]], ...] = (
    ("tx already exists in cache", TxInMempoolCache),
    ("mempool is full", MempoolIsFull),
    ("tx too large", TxTooLarge),
)
"""What a mempool refuses in words is an error with a code, as the SDK's clients have it."""


class RpcTransport:
    """A connection to a node's JSON-RPC; `endpoint` is tcp://host:port or an http(s) URL."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = http_url(endpoint)
        self._session: aiohttp.ClientSession | None = None

    async def unary(
        self, path: str, request: bytes, *, timeout: float, height: int | None = None
    ) -> bytes:
        """As Transport says."""
        if path == BROADCAST:
            return await self._broadcast(tx.BroadcastTxRequest.FromString(request), timeout)
        params = {"path": path, "data": request.hex(), "prove": False, "height": str(height or 0)}
        found = (await self.ask("abci_query", params, timeout=timeout))["response"]
        if found["code"]:
            raise of_abci(path, found["codespace"], found["code"], found["log"])
        return b64decode(found["value"] or "")

    async def ask(self, method: str, params: dict[str, Any], *, timeout: float = 10.0) -> Any:
        """The result of one call. Raises StatusRefusal with the node's text, Unreachable."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        body = {"jsonrpc": "2.0", "id": 0, "method": method, "params": params}
        patience = aiohttp.ClientTimeout(total=timeout)
        try:
            async with self._session.post(self.endpoint, json=body, timeout=patience) as response:
                answer = json.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            raise Unreachable(
                f"no answer from {self.endpoint}: {error or type(error).__name__}"
            ) from error
        if not isinstance(answer, dict) or ("error" not in answer and "result" not in answer):
            raise Unreachable(f"{self.endpoint} is not a CometBFT node: it answered {answer!r:.80}")
        if answer.get("error"):
            refused = answer["error"]
            raise StatusRefusal(
                Status.UNKNOWN,
                f"RPC error {refused['code']} - {refused['message']}: {refused.get('data', '')}",
            )
        return answer["result"]

    async def _broadcast(self, request: tx.BroadcastTxRequest, timeout: float) -> bytes:
        params = {"tx": b64encode(request.tx_bytes).decode()}
        is_async = request.mode == tx.BroadcastMode.BROADCAST_MODE_ASYNC
        method = "broadcast_tx_async" if is_async else "broadcast_tx_sync"
        try:
            found = await self.ask(method, params, timeout=timeout)
        except StatusRefusal as error:
            kind = next((kind for words, kind in BY_MEMPOOL if words in str(error)), None)
            if kind is None:
                raise
            found = {
                "hash": sha256(request.tx_bytes).hexdigest().upper(),
                "code": kind.code,
                "codespace": kind.codespace,
                "log": kind.text,
            }
        return tx.BroadcastTxResponse(
            tx_response=abci.TxResponse(
                txhash=found["hash"],
                code=found["code"],
                codespace=found["codespace"],
                raw_log=found["log"],
            )
        ).SerializeToString()

    async def close(self) -> None:
        """As Transport says."""
        if self._session is not None:
            await self._session.close()


def http_url(endpoint: str) -> str:
    """tcp://host:port as CometBFT writes it, as the URL to post to. Raises ValueError."""
    text = endpoint if "://" in endpoint else f"tcp://{endpoint}"
    parts = urlsplit(text)
    if parts.scheme not in {"tcp", "http", "https"} or not parts.hostname:
        raise ValueError(f"node {endpoint!r} is no address; write tcp://host:port or a URL")
    scheme = "http" if parts.scheme == "tcp" else parts.scheme
    return urlunsplit((scheme, parts.netloc, parts.path or "/", parts.query, ""))
