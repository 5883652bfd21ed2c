"""Transactions: simulate, broadcast, find, take apart (cosmos.tx.v1beta1.Service).

These need the node. Those that may take long are coroutines, so that a block is not held up. It
must not know any transport. Source: SDK 0.53 `x/auth/tx/service.go`.
"""

from __future__ import annotations

import string
from collections.abc import Generator, Sequence
from typing import Any

from google.protobuf.message import DecodeError

from akashpy import wire
from akashpy.node.comet import times
from akashpy.node.comet.block import tx_hash
from akashpy.node.core import Core, Landed
from akashpy.node.eventquery import QueryError, parse
from akashpy.node.mempool import MempoolError, MempoolFull, TxInCache, TxTooLarge
from akashpy.node.queries import blocks
from akashpy.node.queries.refusal import Refused, internal, invalid, missing
from akashpy.node.search import Page, SearchError, search_txs
from akashpy.node.slices import run_sliced
from akashpy.tx import stdtx
from akashpy.tx.build import decode
from akashpy.types import errors
from akashpy.types.errors import ChainError, InvalidHeight, InvalidRequest, PlainError, Status
from akashpy.types.events import Event
from akashpy.wire import abci
from akashpy.wire import tx as pb

DEFAULT_LIMIT = 100
ORDERS = {
    pb.OrderBy.ORDER_BY_UNSPECIFIED: "asc",
    pb.OrderBy.ORDER_BY_ASC: "asc",
    pb.OrderBy.ORDER_BY_DESC: "desc",
}
MODES = {
    pb.BroadcastMode.BROADCAST_MODE_SYNC: "sync",
    pb.BroadcastMode.BROADCAST_MODE_ASYNC: "async",
}
REFUSED_BY_MEMPOOL: tuple[tuple[type[MempoolError], type[ChainError]], ...] = (
    (TxInCache, errors.TxInMempoolCache),
    (MempoolFull, errors.MempoolIsFull),
    (TxTooLarge, errors.TxTooLarge),
)
"""What the mempool refuses is an answer with a code, as the SDK's clients expect."""


class SimulationFailed(Refused):
    """A simulated transaction failed; `cause` is the error with its codespace and code."""

    def __init__(self, cause: ChainError, gas_used: int) -> None:
        super().__init__(Status.UNKNOWN, f"{cause} with gas used: '{gas_used}'")
        self.cause = cause


def simulate(core: Core, req: pb.SimulateRequest) -> pb.SimulateResponse:
    """Run a transaction without keeping it. Raises SimulationFailed."""
    raw = req.tx_bytes
    if not raw and req.HasField("tx"):
        raw = _raw(req.tx)
    if not raw:
        raise invalid("empty txBytes is not allowed")
    gas_used, result = core.app.simulate(raw)
    if result.code:
        cause = errors.rebuild(result.codespace, result.code, result.log)
        raise SimulationFailed(cause, gas_used)
    data = abci.TxMsgData.FromString(result.data)
    return pb.SimulateResponse(
        gas_info=abci.GasInfo(gas_wanted=result.gas_wanted, gas_used=gas_used),
        result=abci.Result(
            data=result.data,
            log=result.log,
            events=[_event(event) for event in result.events],
            msg_responses=data.msg_responses,
        ),
    )


async def simulate_in_turn(core: Core, req: pb.SimulateRequest) -> pb.SimulateResponse:
    """Simulate when the mempool's state is whole. Raises SimulationFailed."""
    return await core.lane.run(lambda: simulate(core, req))


async def broadcast(core: Core, req: pb.BroadcastTxRequest) -> pb.BroadcastTxResponse:
    """Offer a transaction to the mempool; the answer carries its check."""
    if not req.tx_bytes:
        raise invalid("invalid empty tx")
    mode = MODES.get(req.mode)
    if mode is None:
        raise PlainError(
            f"unsupported return type {_mode_name(req.mode)}; supported types: sync, async"
        )
    hash = tx_hash(req.tx_bytes)
    response = abci.TxResponse(txhash=hash.hex().upper())
    try:
        found = await core.broadcast(req.tx_bytes, "sync" if mode == "sync" else "async")
    except MempoolError as error:
        kind = next((to for what, to in REFUSED_BY_MEMPOOL if isinstance(error, what)), None)
        if kind is None:
            raise PlainError(str(error)) from error
        response.codespace, response.code = kind.codespace, kind.code
        response.raw_log = str(error)
    else:
        check = found.check
        response.codespace, response.code = check.codespace, check.code
        response.raw_log, response.data = check.log, check.data.hex().upper()
    return pb.BroadcastTxResponse(tx_response=response)


def get_tx(core: Core, req: pb.GetTxRequest) -> pb.GetTxResponse:
    """A transaction in a block."""
    if not req.hash:
        raise invalid("tx hash cannot be empty")
    found = core.tx(_hash(req.hash))
    if found is None:
        raise missing(f"tx not found: {req.hash}")
    tx, response = shown(core, found)
    return pb.GetTxResponse(tx=tx, tx_response=response)


async def search(core: Core, req: pb.GetTxsEventRequest) -> pb.GetTxsEventResponse:
    """Transactions by their events, a page at a time."""
    return await run_sliced(_search(core, req))


def search_now(core: Core, req: pb.GetTxsEventRequest) -> pb.GetTxsEventResponse:
    """The same for callers that cannot wait."""
    steps = _search(core, req)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: pb.GetTxsEventResponse = end.value
            return found


def _search(
    core: Core, req: pb.GetTxsEventRequest
) -> Generator[None, None, pb.GetTxsEventResponse]:
    text = req.query or " AND ".join(req.events)
    if not text:
        raise internal("query cannot be empty")
    try:
        page = Page(req.page or 1, req.limit or DEFAULT_LIMIT, ORDERS.get(req.order_by, "asc"))
        found, total = yield from search_txs(core, parse(text), page)
    except (QueryError, SearchError) as error:
        raise internal(f"failed to search for txs: {error}") from error
    response = pb.GetTxsEventResponse(total=total)
    for landed in found:
        tx, answer = shown(core, landed)
        response.txs.append(tx)
        response.tx_responses.append(answer)
        yield
    return response


def block_with_txs(core: Core, req: pb.GetBlockWithTxsRequest) -> pb.GetBlockWithTxsResponse:
    """A block with its transactions taken apart, a page of them at a time."""
    if not 1 <= req.height <= core.height:
        raise InvalidHeight(
            f"requested height {req.height} but height must not be less than 1 or greater than "
            f"the current height {core.height}"
        )
    meta, raws = blocks.block_at(core, req.height)
    offset, limit = blocks.page_bounds(req.pagination, DEFAULT_LIMIT)
    if raws and offset >= len(raws):
        raise InvalidRequest(
            f"out of range: cannot paginate {len(raws)} txs with offset {offset} and limit {limit}"
        )
    response = pb.GetBlockWithTxsResponse(
        txs=[_tx(raw) for raw in raws[offset : offset + limit]],
        block_id=blocks.block_id(meta),
        block=blocks.block_message(meta, raws),
    )
    response.pagination.total = len(raws)
    return response


def tx_decode(core: Core, req: pb.TxDecodeRequest) -> pb.TxDecodeResponse:
    """A transaction's parts. Raises TxDecode."""
    del core
    if not req.tx_bytes:
        raise invalid("invalid empty tx bytes")
    decode(req.tx_bytes)
    return pb.TxDecodeResponse(tx=_tx(req.tx_bytes))


def tx_encode(core: Core, req: pb.TxEncodeRequest) -> pb.TxEncodeResponse:
    """The bytes of a transaction given in parts."""
    del core
    if not req.HasField("tx"):
        raise invalid("invalid empty tx")
    return pb.TxEncodeResponse(tx_bytes=_raw(req.tx))


def tx_encode_amino(core: Core, req: pb.TxEncodeAminoRequest) -> pb.TxEncodeAminoResponse:
    """Amino's bytes of a transaction of the chain's first years. Raises PlainError."""
    del core
    if not req.amino_json:
        raise invalid("invalid empty tx json")
    return pb.TxEncodeAminoResponse(amino_binary=stdtx.encode(req.amino_json))


def tx_decode_amino(core: Core, req: pb.TxDecodeAminoRequest) -> pb.TxDecodeAminoResponse:
    """The amino JSON of such a transaction. Raises PlainError."""
    del core
    if not req.amino_binary:
        raise invalid("invalid empty tx bytes")
    return pb.TxDecodeAminoResponse(amino_json=stdtx.decode(req.amino_binary))


def shown(core: Core, found: Landed) -> tuple[pb.Tx, abci.TxResponse]:
    """A transaction in a block, as this service and REST show it."""
    tx, result = _tx(found.tx), found.result
    time = core.meta(found.height).header.time
    response = abci.TxResponse(
        height=found.height,
        txhash=found.hash.hex().upper(),
        codespace=result.codespace,
        code=result.code,
        data=result.data.hex().upper(),
        raw_log=result.log,
        info=result.info,
        gas_wanted=result.gas_wanted,
        gas_used=result.gas_used,
        tx=wire.pack(tx),
        timestamp=times.show(time - time % blocks.NANOS),
        events=[_event(event) for event in result.events],
    )
    return tx, response


def _mode_name(mode: int) -> str:
    known = pb.BroadcastMode.DESCRIPTOR.values_by_number.get(mode)
    return "unspecified" if known is None else known.name.removeprefix("BROADCAST_MODE_").lower()


def _hash(text: str) -> bytes:
    """A hash from hex. Raises PlainError with Go's text."""
    for char in text:
        if char not in string.hexdigits:
            raise PlainError(f"encoding/hex: invalid byte: U+{ord(char):04X} '{char}'")
    if len(text) % 2:
        raise PlainError("encoding/hex: odd length hex string")
    return bytes.fromhex(text)


def _event(event: Event) -> abci.Event:
    return abci.Event(
        type=event.type,
        attributes=[
            abci.EventAttribute(key=key, value=value, index=True) for key, value in event.attributes
        ],
    )


def _tx(raw: bytes) -> pb.Tx:
    """A transaction in parts; one that cannot be read is shown as far as it can be."""
    tx = pb.Tx()
    try:
        outer = pb.TxRaw.FromString(raw)
        tx.body.ParseFromString(outer.body_bytes)
        tx.auth_info.ParseFromString(outer.auth_info_bytes)
    except DecodeError:
        return pb.Tx()
    tx.signatures.extend(outer.signatures)
    return tx


def _raw(tx: pb.Tx) -> bytes:
    body: Any = wire.encode_gogo(tx.body)
    auth_info: Any = wire.encode_gogo(tx.auth_info)
    signatures: Sequence[bytes] = tx.signatures
    return pb.TxRaw(
        body_bytes=body, auth_info_bytes=auth_info, signatures=signatures
    ).SerializeToString()
