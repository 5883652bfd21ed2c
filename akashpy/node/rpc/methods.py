"""CometBFT's JSON-RPC methods over a Core: name, arguments, answer.

Exists as one table, so that HTTP POST, URI and websocket serve the same. A method gives plain
data, or ready JSON where the answer is long and is made in slices. Must not know HTTP. Refusals
are exceptions whose text goes into the error's `data`; the server adds the code.
Source: CometBFT 0.38 `rpc/core`, and the `akash` method of Akash's fork.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from akashpy.node import abciquery, eventquery, search
from akashpy.node.abciquery import Answer
from akashpy.node.comet import merkle, times
from akashpy.node.comet.block import tx_hash
from akashpy.node.core import COMET_VERSION, Broadcast, CommitTimeout, Core, HeightError, Landed
from akashpy.node.eventquery import QueryError
from akashpy.node.mempool import MempoolError
from akashpy.node.packing import to_json
from akashpy.node.rpc import render
from akashpy.node.rpc.consensus import (
    EvidenceRefused,
    broadcast_evidence,
    consensus_state,
    dump_consensus_state,
)
from akashpy.node.rpc.params import Kind, Spec
from akashpy.node.search import DEFAULT_PER_PAGE, MAX_PER_PAGE, Page, SearchError
from akashpy.node.slices import run_sliced
from akashpy.types.abci import TxResult

Method = Callable[..., Awaitable[Any]]
GENESIS_CHUNK = 16 * 1024 * 1024
MAX_BLOCK_METAS = 20

REFUSALS = (
    CommitTimeout,
    EvidenceRefused,
    HeightError,
    MempoolError,
    QueryError,
    SearchError,
)
"""Exceptions that are answers: their text is for the client."""


class RpcRefusal(Exception):
    """A call that cannot be answered; the text goes to the client."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method. `is_cacheable` tells proxies that the answer never changes."""

    call: Method
    spec: Spec = ()
    is_cacheable: bool = False
    cache_unless_default: str = ""


HEIGHT: Spec = (("height", Kind.OPTIONAL_INT),)
TX: Spec = (("tx", Kind.BASE64),)


async def health(core: Core) -> Any:
    del core
    return {}


async def status(core: Core) -> Any:
    latest = core.latest
    earliest = core.store.meta(core.store.base) if core.store.base else None
    info = core.info
    power = _own_power(core)
    return {
        "node_info": _node_info(core),
        "sync_info": {
            "latest_block_hash": render.upper_hex(latest.id.hash) if latest else "",
            "latest_app_hash": render.upper_hex(latest.header.app_hash) if latest else "",
            "latest_block_height": str(core.height),
            "latest_block_time": times.show(latest.header.time if latest else 0),
            "earliest_block_hash": render.upper_hex(earliest.id.hash) if earliest else "",
            "earliest_app_hash": render.upper_hex(earliest.header.app_hash) if earliest else "",
            "earliest_block_height": str(earliest.height if earliest else 0),
            "earliest_block_time": times.show(earliest.header.time if earliest else 0),
            "catching_up": False,
        },
        "validator_info": {
            "address": render.upper_hex(info.validator.address),
            "pub_key": render.public_key(info.validator.pub_key),
            "voting_power": str(power),
        },
    }


def _own_power(core: Core) -> int:
    own = core.info.validator.pub_key
    current = core.store.validators(core.height + 1)
    return next((v.power for v in current if v.pub_key == own), 0)


def _node_info(core: Core) -> dict[str, Any]:
    info = core.info
    return {
        "protocol_version": {"p2p": "8", "block": "11", "app": "0"},
        "id": info.id,
        "listen_addr": info.listen_address,
        "network": info.network,
        "version": COMET_VERSION,
        "channels": "40202122233038606100",
        "moniker": info.moniker,
        "other": {"tx_index": "on", "rpc_address": info.rpc_address},
    }


async def net_info(core: Core) -> Any:
    del core
    return {"listening": True, "listeners": ["Listener(@)"], "n_peers": "0", "peers": []}


async def akash(core: Core) -> Any:
    """The fork's discovery answer. Source: facts of the network, discovery GetInfo."""
    modules = (
        ("audit", "v1"), ("bme", "v1"), ("cert", "v1"), ("deployment", "v1beta4"),
        ("escrow", "v1"), ("market", "v1beta5"), ("oracle", "v2"), ("provider", "v1beta4"),
        ("take", "v1"), ("wasm", "v1"),
    )  # fmt: skip
    listed = [{"module": name, "version": version} for name, version in modules]
    return {
        "client_info": {"api_version": "v1beta3"},
        "supported_versions": [
            {"api_version": version, "modules": listed, "features": None}
            for version in ("v1beta4", "v1beta3")
        ],
        "chain_id": core.chain_id,
        "node_version": "",
        "min_client_version": "",
    }


async def abci_info(core: Core) -> Any:
    response: dict[str, Any] = {"data": "akash"}
    if core.height:
        response["last_block_height"] = str(core.height)
        response["last_block_app_hash"] = render.b64(core.app.app_hash)
    return {"response": response}


async def abci_query(core: Core, path: str, data: bytes, height: int, prove: bool) -> Any:
    return {"response": _answer(abciquery.answer(core, path, data, height=height, prove=prove))}


def _answer(value: Answer) -> dict[str, Any]:
    ops = None
    if value.proof is not None:
        ops = {
            "ops": [
                {"type": op.kind, "key": render.b64(op.key), "data": render.b64(op.data)}
                for op in value.proof
            ]
        }
    return {
        "code": value.code,
        "log": value.log,
        "info": "",
        "index": "0",
        "key": render.b64_or_null(value.key),
        "value": render.b64_or_null(value.value),
        "proofOps": ops,
        "height": str(value.height),
        "codespace": value.codespace,
    }


async def block(core: Core, height: int | None) -> Any:
    meta, txs = core.block(height)
    return await _sliced_block(meta, txs)


async def block_by_hash(core: Core, hash: bytes) -> Any:
    height = core.store.height_of(hash)
    if height is None or height > core.height:
        return {"block_id": _NO_BLOCK_ID, "block": None}
    return await block(core, height)


_NO_BLOCK_ID = {"hash": "", "parts": {"total": 0, "hash": ""}}


async def _sliced_block(meta: Any, txs: list[bytes]) -> Any:
    if len(txs) < 500:
        return render.full_block(meta, txs)
    shown = render.full_block(meta, ())
    shown["block"]["data"]["txs"] = await run_sliced(_encoded(txs))
    return shown


def _encoded(txs: list[bytes]) -> Generator[None, None, list[str]]:
    shown = []
    for tx in txs:
        shown.append(render.b64(tx))
        yield
    return shown


async def block_results(core: Core, height: int | None) -> Any:
    at = core.resolve_height(height)
    return await run_sliced(_block_results(core, at))


def _block_results(core: Core, height: int) -> Generator[None, None, Any]:
    """A block's results as JSON, one at a time: thousands at once would hold the loop."""
    outcome = core.store.outcome(height)
    if outcome is None:
        raise RpcRefusal(f"could not find results for height #{height}")
    parts: list[bytes] = []
    for result in core.store.iterate_results(height):
        parts.append(to_json(render.tx_result(result)))
        yield
    shown: dict[str, Any] = {
        "height": str(height),
        "txs_results": msgspec.Raw(b"[" + b",".join(parts) + b"]") if parts else None,
        **render.outcome(outcome),
    }
    yield
    return shown


async def commit(core: Core, height: int | None) -> Any:
    at = core.resolve_height(height)
    meta = core.meta(at)
    after = core.store.meta(at + 1) if at < core.height else None
    if after is not None:
        return render.signed_header(meta, after.last_commit, canonical=True)
    return render.signed_header(meta, meta.seen_commit, canonical=False)


async def header(core: Core, height: int | None) -> Any:
    return {"header": render.header(core.meta(height).header)}


async def header_by_hash(core: Core, hash: bytes) -> Any:
    height = core.store.height_of(hash)
    if height is None or height > core.height:
        return {"header": None}
    return await header(core, height)


async def blockchain(core: Core, low: int, high: int) -> Any:
    if low < 0 or high < 0:
        raise RpcRefusal("heights must be non-negative")
    high = min(core.height, high or core.height)
    low = max(core.store.base, low or 1, high - MAX_BLOCK_METAS + 1)
    if low > high:
        raise RpcRefusal(f"min height {low} can't be greater than max height {high}")
    return {
        "last_height": str(core.height),
        "block_metas": [render.block_meta(core.meta(at)) for at in range(high, low - 1, -1)],
    }


async def validators(core: Core, height: int | None, page: int | None, per_page: int | None) -> Any:
    at = core.resolve_height(height, ahead=1)
    found = list(core.store.validators(at))
    chosen = Page(page, per_page).cut(found)
    return {
        "block_height": str(at),
        "validators": [render.validator(v) for v in chosen],
        "count": str(len(chosen)),
        "total": str(len(found)),
    }


async def consensus_params(core: Core, height: int | None) -> Any:
    at = core.resolve_height(height, ahead=1)
    return {
        "block_height": str(at),
        "consensus_params": render.consensus_params(core.store.params(at)),
    }


async def genesis(core: Core) -> Any:
    content = await asyncio.to_thread(core.genesis.comet_json)
    if len(content) > GENESIS_CHUNK:
        raise RpcRefusal("genesis response is large, please use the genesis_chunked API instead")
    return {"genesis": msgspec.Raw(content)}


async def genesis_chunked(core: Core, chunk: int) -> Any:
    content = await asyncio.to_thread(core.genesis.comet_json)
    total = max(1, -(-len(content) // GENESIS_CHUNK))
    if chunk >= total:
        raise RpcRefusal(f"there are {total - 1} chunks, {chunk} is invalid")
    part = content[chunk * GENESIS_CHUNK : (chunk + 1) * GENESIS_CHUNK]
    return {"chunk": str(chunk), "total": str(total), "data": b64encode(part).decode()}


async def broadcast_tx_sync(core: Core, tx: bytes) -> Any:
    return _checked(await core.broadcast(tx, "sync"))


async def broadcast_tx_async(core: Core, tx: bytes) -> Any:
    return _checked(await core.broadcast(tx, "async"))


async def broadcast_batch(core: Core, txs: Sequence[bytes]) -> list[Any]:
    """What broadcast_tx_sync answers to each of several transactions, or its exception."""
    return [
        _checked(done) if isinstance(done, Broadcast) else done
        for done in await core.broadcast_many(txs)
    ]


def _checked(done: Broadcast) -> dict[str, Any]:
    check = done.check
    return {
        "code": check.code,
        "data": render.upper_hex(check.data),
        "log": check.log,
        "codespace": check.codespace,
        "hash": render.upper_hex(done.hash),
    }


async def broadcast_tx_commit(core: Core, tx: bytes) -> Any:
    try:
        done = await core.broadcast(tx, "commit")
    except MempoolError as error:
        raise RpcRefusal(f"error on broadcastTxCommit: {error}") from error
    landed = done.landed
    return {
        "check_tx": render.check_result(done.check),
        "tx_result": render.tx_result(landed.result if landed else TxResult()),
        "hash": render.upper_hex(done.hash),
        "height": str(landed.height if landed else 0),
    }


async def check_tx(core: Core, tx: bytes) -> Any:
    return render.check_result(await core.check(tx))


async def tx(core: Core, hash: bytes, prove: bool) -> Any:
    found = core.tx(hash)
    if found is None:
        raise RpcRefusal(f"tx ({hash.hex().upper()}) not found")
    return _landed(core, found, prove)


def _landed(core: Core, found: Landed, prove: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "hash": render.upper_hex(found.hash),
        "height": str(found.height),
        "index": found.index,
        "tx_result": render.tx_result(found.result),
        "tx": render.b64(found.tx),
    }
    if prove:
        hashes = [tx_hash(raw) for raw in core.store.txs(found.height)]
        root = merkle.root(hashes)
        shown["proof"] = render.proof(root, found.tx, merkle.prove(hashes, found.index))
    return shown


async def tx_search(
    core: Core, query: str, prove: bool, page: int | None, per_page: int | None, order_by: str
) -> Any:
    chosen = Page(page, per_page, order_by)
    found, total = await run_sliced(search.search_txs(core, _query(query), chosen))
    return {"txs": [_landed(core, item, prove) for item in found], "total_count": str(total)}


async def block_search(
    core: Core, query: str, page: int | None, per_page: int | None, order_by: str
) -> Any:
    chosen = Page(page, per_page, order_by)
    found, total = await run_sliced(search.search_blocks(core, _query(query), chosen))
    return {
        "blocks": [render.full_block(meta, txs) for meta, txs in found],
        "total_count": str(total),
    }


def _query(text: str) -> eventquery.Query:
    if len(text) > eventquery.MAX_LENGTH:
        raise RpcRefusal("maximum query length exceeded")
    return eventquery.parse(text)


async def unconfirmed_txs(core: Core, limit: int | None) -> Any:
    wanted = DEFAULT_PER_PAGE if limit is None or limit < 1 else min(limit, MAX_PER_PAGE)
    shown = [render.b64(entry.raw) for entry, _ in zip(core.mempool, range(wanted), strict=False)]
    return {**_waiting(core), "n_txs": str(len(shown)), "txs": shown}


async def num_unconfirmed_txs(core: Core) -> Any:
    return {**_waiting(core), "txs": None}


def _waiting(core: Core) -> dict[str, Any]:
    count = str(len(core.mempool))
    return {"n_txs": count, "total": count, "total_bytes": str(core.mempool.bytes)}


_PAGES: Spec = (("page", Kind.OPTIONAL_INT), ("per_page", Kind.OPTIONAL_INT))

ROUTES: dict[str, Route] = {
    "health": Route(health),
    "status": Route(status),
    "net_info": Route(net_info),
    "blockchain": Route(
        blockchain, (("minHeight", Kind.INT), ("maxHeight", Kind.INT)), is_cacheable=True
    ),
    "genesis": Route(genesis, is_cacheable=True),
    "genesis_chunked": Route(genesis_chunked, (("chunk", Kind.UINT),), is_cacheable=True),
    "block": Route(block, HEIGHT, is_cacheable=True, cache_unless_default="height"),
    "block_by_hash": Route(block_by_hash, (("hash", Kind.BASE64),), is_cacheable=True),
    "block_results": Route(block_results, HEIGHT, is_cacheable=True, cache_unless_default="height"),
    "commit": Route(commit, HEIGHT, is_cacheable=True, cache_unless_default="height"),
    "header": Route(header, HEIGHT, is_cacheable=True, cache_unless_default="height"),
    "header_by_hash": Route(header_by_hash, (("hash", Kind.HEX),), is_cacheable=True),
    "check_tx": Route(check_tx, TX),
    "tx": Route(tx, (("hash", Kind.BASE64), ("prove", Kind.FLAG)), is_cacheable=True),
    "tx_search": Route(
        tx_search,
        (("query", Kind.TEXT), ("prove", Kind.FLAG), *_PAGES, ("order_by", Kind.TEXT)),
    ),
    "block_search": Route(block_search, (("query", Kind.TEXT), *_PAGES, ("order_by", Kind.TEXT))),
    "validators": Route(
        validators, (*HEIGHT, *_PAGES), is_cacheable=True, cache_unless_default="height"
    ),
    "dump_consensus_state": Route(dump_consensus_state),
    "consensus_state": Route(consensus_state),
    "consensus_params": Route(
        consensus_params, HEIGHT, is_cacheable=True, cache_unless_default="height"
    ),
    "unconfirmed_txs": Route(unconfirmed_txs, (("limit", Kind.OPTIONAL_INT),)),
    "num_unconfirmed_txs": Route(num_unconfirmed_txs),
    "broadcast_tx_commit": Route(broadcast_tx_commit, TX),
    "broadcast_tx_sync": Route(broadcast_tx_sync, TX),
    "broadcast_tx_async": Route(broadcast_tx_async, TX),
    "abci_query": Route(
        abci_query,
        (("path", Kind.TEXT), ("data", Kind.HEX), ("height", Kind.INT), ("prove", Kind.FLAG)),
    ),
    "abci_info": Route(abci_info, is_cacheable=True),
    "akash": Route(akash),
    "broadcast_evidence": Route(broadcast_evidence, (("evidence", Kind.EVIDENCE),)),
}
