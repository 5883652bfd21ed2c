"""Reads of bme: parameters, vault, status and the ledger of requests.

It must not convert anything. Source: node v2.1 `x/bme/keeper/grpc_query.go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from akashpy.chain import auth, bank, bme
from akashpy.chain import params as chain_params
from akashpy.chain.bme.breaker import STALENESS_FIX
from akashpy.chain.bme.records import LEDGER_KEY, Key, id_of
from akashpy.node.queries.bookmark import Bookmark
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import internal, invalid
from akashpy.node.queries.stocklist import page_limit
from akashpy.state.codecs import key_parts
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.bme import BPS, UACT, MintStatus, RecordStatus
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.oracle import PriceStalled
from akashpy.wire import bme as pb

OFFSET_NEEDS_STATUS = "invalid request parameters. if offset is set, filter.status must be provided"
TABLES: dict[RecordStatus, tuple[Map[Key, Any], Any, str]] = {
    RecordStatus.PENDING: (bme.PENDING, pb.LedgerPendingRecord, "pending_record"),
    RecordStatus.EXECUTED: (bme.EXECUTED, pb.LedgerRecord, "executed_record"),
    RecordStatus.CANCELED: (bme.CANCELED, pb.LedgerCanceledRecord, "canceled_record"),
}
STATUSES = bytes(TABLES)
REVERSED = b"\x01"


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The parameters."""
    del req
    return pb.QueryParamsResponse(params=bme.params(ctx).to_wire())


def vault_state(ctx: Context, req: pb.QueryVaultStateRequest) -> pb.QueryVaultStateResponse:
    """What the vault holds and did; its uact are shown as all there are."""
    del req
    held = bank.balances(ctx, auth.MODULE_ADDRESSES[bme.NAME])
    others = [coin for coin in held if coin.denom != UACT]
    state = pb.State(
        balances=Coins.of([*others, Coin(UACT, bank.supply(ctx, UACT))]).to_wire(),
        total_burned=bme.coins_of(ctx, bme.BURNED),
        total_minted=bme.coins_of(ctx, bme.MINTED),
        remint_credits=bme.coins_of(ctx, bme.CREDITS),
    )
    return pb.QueryVaultStateResponse(vault_state=state)


def status(ctx: Context, req: pb.QueryStatusRequest) -> pb.QueryStatusResponse:
    """The circuit breaker.

    Without a price Akash answers with an error only; with the fix "oracle-staleness" the status is
    told and the ratio is zero. Raises PriceStalled, ZeroPrice.
    """
    del req
    rules, now = bme.params(ctx), bme.status(ctx).status
    try:
        ratio = bme.collateral_ratio(ctx)
    except PriceStalled:
        if not chain_params.is_fixed(ctx, STALENESS_FIX):
            raise
        ratio = Dec.ZERO
    return pb.QueryStatusResponse(
        status=now,
        collateral_ratio=ratio.wire(),
        warn_threshold=Dec.of(rules.circuit_breaker_warn_threshold).quo(Dec.of(BPS)).wire(),
        halt_threshold=Dec.of(rules.circuit_breaker_halt_threshold).quo(Dec.of(BPS)).wire(),
        mints_allowed=now < MintStatus.HALT_CR,
        refunds_allowed=now < MintStatus.HALT_ORACLE,
    )


def ledger_records(
    ctx: Context, req: pb.QueryLedgerRecordsRequest
) -> pb.QueryLedgerRecordsResponse:
    """Requests that match the filters: pending, then executed, then cancelled ones.

    Raises Refused with InvalidArgument for an unknown status, an offset without a status or a bad
    page key.
    """
    request, filters = req.pagination, req.filters
    if request.offset and not filters.status:
        raise invalid(OFFSET_NEEDS_STATUS)
    statuses, begin, reverse = _statuses(filters.status), b"", request.reverse
    if request.key:
        mark = Bookmark.decode(request.key)
        statuses, begin, reverse = mark.states, mark.key, mark.extra == REVERSED
        _require_key(statuses, begin)
    elif reverse:
        statuses = statuses[::-1]
    skip, left = request.offset, page_limit(request.limit)
    response = pb.QueryLedgerRecordsResponse()
    for at, raw, entry in _entries(ctx, statuses, begin, reverse):
        if not _accepts(filters, entry):
            continue
        if skip:
            skip -= 1
        elif left == 0:
            extra = REVERSED if reverse else b""
            mark = Bookmark(statuses[at:], statuses[at : at + 1], raw, extra)
            response.pagination.next_key = mark.encode()
            break
        else:
            response.records.append(entry)
            left -= 1
    response.pagination.total = len(response.records)
    return response


def _statuses(text: str) -> bytes:
    if not text:
        return STATUSES
    names = {f"ledger_record_status_{found.name.lower()}": found for found in TABLES}
    if text not in names:
        raise invalid("invalid status filter value")
    return bytes((names[text],))


def _require_key(statuses: bytes, raw: bytes) -> None:
    try:
        _, end = key_parts(LEDGER_KEY).decode(raw, 0)
    except (ValueError, IndexError) as error:
        raise internal(f"pagination: invalid key: {error}") from error
    if end != len(raw) or not statuses or not set(statuses) <= set(STATUSES):
        raise internal("pagination: invalid key")


def _entries(
    ctx: Context, statuses: bytes, begin: bytes, reverse: bool
) -> Iterator[tuple[int, bytes, pb.QueryLedgerRecordEntry]]:
    """Place among the statuses, key and entry of each record, from `begin` (included) on."""
    for at, number in enumerate(statuses):
        table, kind, field = TABLES[RecordStatus(number)]
        low, high = table.base, end_of(table.base)
        if at == 0 and begin and reverse:
            high = table.base + begin + b"\x00"
        elif at == 0:
            low = table.base + begin
        for row, data in ctx.iterate(low, high, reverse=reverse):
            raw = row[len(table.base) :]
            entry = pb.QueryLedgerRecordEntry(
                id=id_of(key_parts(LEDGER_KEY).decode(raw, 0)[0]),
                status=number,  # type: ignore[arg-type]  # the number of a status
            )
            getattr(entry, field).CopyFrom(kind.FromString(data))
            yield at, raw, entry


def _accepts(filters: pb.LedgerRecordFilters, entry: pb.QueryLedgerRecordEntry) -> bool:
    id = entry.id
    return (
        (not filters.denom or filters.denom == id.denom)
        and (not filters.to_denom or filters.to_denom == id.to_denom)
        and (not filters.source or filters.source == id.source)
        and (not filters.status or _statuses(filters.status) == bytes((entry.status,)))
    )


METHODS: Methods = {
    "LedgerRecords": ledger_records,
    "Params": params,
    "Status": status,
    "VaultState": vault_state,
}
