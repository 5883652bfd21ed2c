"""Fee allowances: one account pays the fees of another, within limits.

The checks before a transaction ask `pay`; the rest are messages, the removal of what has ended,
and genesis. It must not know transactions or how fees are collected.
Source: SDK 0.53 `x/feegrant/keeper`.
"""

from collections.abc import Sequence
from itertools import islice

from akashpy import wire
from akashpy.chain import auth, params
from akashpy.chain.feegrant_use import use
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import I64, U32, Presence, Raw, message
from akashpy.state.collections import Index, IndexedMap, Map
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin
from akashpy.types.errors import (
    InvalidAddress,
    InvalidRequest,
    NotFound,
    PlainError,
    Unauthorized,
)
from akashpy.types.events import Event
from akashpy.types.feegrant import (
    Allowance,
    allowance_of,
    expiration_of,
    validate_allowance,
    validate_grant_message,
)
from akashpy.wire import feegrant as pb

PRUNED_PER_BLOCK = 200
PRUNED_PER_MESSAGE = 75
QUEUE_FIX = "feegrant-queue"
SECOND = 10**9

Key = tuple[bytes, bytes]
"""Grantee, granter."""

GRANTS: IndexedMap[Key, pb.Grant] = IndexedMap(
    "feegrant",
    b"\x00",
    (Raw, Raw),
    message(pb.Grant),
    indexes={"granter": Index(b"\x02", Raw, lambda key, grant: key[1])},
)
"""(grantee, granter) -> grant; index `granter` lists what one account pays for."""

QUEUE: Map[tuple[int, int, bytes, bytes], bool] = Map(
    "feegrant", b"\x01", (I64, U32, Raw, Raw), Presence
)
"""(end in seconds, nanoseconds, grantee, granter): what is removed when."""


def allowance(ctx: Context, granter: bytes, grantee: bytes) -> Allowance:
    """What `granter` pays for `grantee`, ended or not. Raises NotFound."""
    return allowance_of(GRANTS.require(ctx, (grantee, granter), NotFound, "fee-grant not found"))


def pay(
    ctx: Context, granter: bytes, grantee: bytes, fee: Sequence[Coin], urls: Sequence[str]
) -> None:
    """Use up a part of an allowance for the fee of messages with these type URLs.

    Raises NotFound, FeeLimitExpired, FeeLimitExceeded, MessageNotAllowed.
    """
    used = use(ctx, allowance(ctx, granter, grantee), fee, urls)
    if used.used_up:
        _revoke(ctx, granter, grantee)
    ctx.emit(_event("use_feegrant", granter, grantee))
    if not used.used_up:
        GRANTS.put(ctx, (grantee, granter), _grant(granter, grantee, used.updated))
        ctx.emit(_event("update_feegrant", granter, grantee))


def _give(ctx: Context, granter: bytes, grantee: bytes, given: Allowance) -> None:
    """Store a new allowance. Raises InvalidRequest, Unauthorized for a module account."""
    if GRANTS.has(ctx, (grantee, granter)):
        raise InvalidRequest("fee allowance already exists")
    if not auth.has_account(ctx, grantee):
        if grantee in auth.BLOCKED:
            raise Unauthorized(f"{Address.of(grantee)} is not allowed to receive funds")
        auth.ensure_account(ctx, grantee)
    ends = expiration_of(given)
    if ends is not None and ends < ctx.time:
        raise InvalidRequest("expiration is before current block time")
    if ends is not None:
        QUEUE.put(ctx, (*divmod(ends, SECOND), grantee, granter), True)
    GRANTS.put(ctx, (grantee, granter), _grant(granter, grantee, given))
    ctx.emit(_event("set_feegrant", granter, grantee))


def _revoke(ctx: Context, granter: bytes, grantee: bytes) -> None:
    """Remove an allowance. Raises NotFound.

    Akash leaves its place in the queue behind, which then ends a later allowance of the pair.
    """
    ends = expiration_of(allowance(ctx, granter, grantee))
    GRANTS.remove(ctx, (grantee, granter))
    if ends is not None and params.is_fixed(ctx, QUEUE_FIX):
        QUEUE.remove(ctx, (*divmod(ends, SECOND), grantee, granter))
    ctx.emit(_event("revoke_feegrant", granter, grantee))


def _remove_ended(ctx: Context, most: int) -> None:
    """Remove up to `most` allowances that have ended, the oldest first."""
    now = divmod(ctx.time, SECOND)
    for key, _ in list(islice(QUEUE.under(ctx, until=now), most)):
        QUEUE.remove(ctx, key)
        pair = key[2], key[3]
        found = GRANTS.get(ctx, pair)
        if found is None:
            continue
        ends = expiration_of(allowance_of(found))
        is_stale = ends is None or ends >= ctx.time
        if not (is_stale and params.is_fixed(ctx, QUEUE_FIX)):
            GRANTS.remove(ctx, pair)


def _grant(granter: bytes, grantee: bytes, given: Allowance) -> pb.Grant:
    return pb.Grant(
        granter=Address.of(granter), grantee=Address.of(grantee), allowance=wire.pack(given)
    )


def _event(kind: str, granter: bytes, grantee: bytes) -> Event:
    return Event(kind, (("granter", Address.of(granter)), ("grantee", Address.of(grantee))))


def _address(text: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


# MESSAGES


def grant_allowance(ctx: Context, msg: pb.MsgGrantAllowance) -> pb.MsgGrantAllowanceResponse:
    """Pay for another's fees from now on.

    Raises InvalidAddress, PlainError, InvalidRequest, Unauthorized, and what `validate_allowance`
    raises.
    """
    if msg.grantee.lower() == msg.granter.lower():
        raise InvalidAddress("cannot self-grant fee authorization")
    grantee = _address(msg.grantee)
    granter = _address(msg.granter)
    if GRANTS.has(ctx, (grantee, granter)):
        raise InvalidRequest("fee allowance already exists")
    given = allowance_of(msg)
    validate_allowance(given)
    _give(ctx, granter, grantee, given)
    return pb.MsgGrantAllowanceResponse()


def revoke_allowance(ctx: Context, msg: pb.MsgRevokeAllowance) -> pb.MsgRevokeAllowanceResponse:
    """Pay no longer. Raises InvalidAddress, PlainError, NotFound."""
    if msg.grantee == msg.granter:
        raise InvalidAddress("addresses must be different")
    grantee = _address(msg.grantee)
    _revoke(ctx, _address(msg.granter), grantee)
    return pb.MsgRevokeAllowanceResponse()


def prune_allowances(ctx: Context, msg: pb.MsgPruneAllowances) -> pb.MsgPruneAllowancesResponse:
    """Anybody removes some of what has ended."""
    _remove_ended(ctx, PRUNED_PER_MESSAGE)
    ctx.emit(Event("prune_feegrant", (("pruner", msg.pruner),)))
    return pb.MsgPruneAllowancesResponse()


# BLOCKS


def prune(ctx: Context) -> None:
    """EndBlock: remove allowances that have ended, a bounded number at a time."""
    _remove_ended(ctx, PRUNED_PER_BLOCK)


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """No allowances."""
    del preset
    return wire.to_json(pb.GenesisState())


def validate_genesis(state: JsonState) -> None:
    """Raises what giving the allowances would raise."""
    for entry in wire.from_json(pb.GenesisState, state).allowances:
        _address(entry.granter)
        _address(entry.grantee)
        validate_grant_message(pb.MsgGrantAllowance(allowance=entry.allowance))
        validate_allowance(allowance_of(entry))


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store allowances; those that have ended are left out. Raises InvalidRequest for a second."""
    for entry in wire.from_json(pb.GenesisState, state).allowances:
        given = allowance_of(entry)
        ends = expiration_of(given)
        if ends is None or ends >= ctx.time:
            _give(ctx, _address(entry.granter), _address(entry.grantee), given)


def export_genesis(ctx: Context) -> JsonState:
    """All allowances, by grantee and granter."""
    return wire.to_json(pb.GenesisState(allowances=[grant for _, grant in GRANTS.under(ctx)]))


def _ends_are_queued(ctx: Context) -> str | None:
    """Invariant: every allowance that ends is in the queue, so that it is removed."""
    for (grantee, granter), grant in GRANTS.under(ctx):
        ends = expiration_of(allowance_of(grant))
        if ends is not None and not QUEUE.has(ctx, (*divmod(ends, SECOND), grantee, granter)):
            pair = f"{Address.of(granter)} to {Address.of(grantee)}"
            return f"feegrant: the allowance of {pair} is not in the queue"
    return None


MODULE = Module(
    name="feegrant",
    handlers={
        "/cosmos.feegrant.v1beta1.MsgGrantAllowance": Handler(
            validate_grant_message, grant_allowance
        ),
        "/cosmos.feegrant.v1beta1.MsgRevokeAllowance": Handler(None, revoke_allowance),
        "/cosmos.feegrant.v1beta1.MsgPruneAllowances": Handler(None, prune_allowances),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    end_block=(prune,),
    invariants=(_ends_are_queued,),
)
