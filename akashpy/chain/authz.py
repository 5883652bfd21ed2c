"""Authorizations: one account lets another send certain messages in its name.

A grant is stored under granter, grantee and message type, and found again by grantee, by grantee
and message type (what escrow's deposits ask for), and by its end. Other modules use `usable`,
`given_to` and `save`. It must not know what a message does: it reaches handlers through the bus.
Source: SDK 0.53 (Akash's fork) `x/authz/keeper`.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.chain import auth
from akashpy.chain.authz_accept import accept
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import I64, U32, Raw, message
from akashpy.state.collections import Index, IndexedMap
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.authz import (
    Authorization,
    AuthorizationExpired,
    AuthorizationNumOfSigners,
    GranteeIsGranter,
    InvalidExpirationTime,
    NoAuthorizationFound,
    authorization_of,
    expiration_of,
    message_type,
    unpack_message,
    validate_authorization,
    validate_exec_message,
    validate_grant_message,
)
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidRequest,
    InvalidType,
    OutOfGas,
    Panic,
    PlainError,
    TxDecode,
    Unauthorized,
    UnknownRequest,
)
from akashpy.types.events import Event, typed
from akashpy.wire import authz as pb

PRUNED_PER_BLOCK = 200
"""Expired grants that one BeginBlock removes at most; the others wait, and are void meanwhile."""
LONGEST_URL = 255
"""Bytes of a message type in a key."""

Key = tuple[bytes, bytes, bytes]
"""Granter, grantee, message type URL."""


def _end_of(key: Key, grant: pb.Grant) -> tuple[int, int] | None:
    del key
    if not grant.HasField("expiration"):
        return None
    return grant.expiration.seconds, grant.expiration.nanos


GRANTS: IndexedMap[Key, pb.Grant] = IndexedMap(
    "authz",
    b"\x01",
    (Raw, Raw, Raw),
    message(pb.Grant),
    indexes={
        "expiration": Index(b"\x02", (I64, U32), _end_of),
        "grantee": Index(b"\x03", Raw, lambda key, grant: key[1]),
        "type": Index(b"\x04", (Raw, Raw), lambda key, grant: (key[1], key[2])),
    },
)
"""(granter, grantee, message type) -> grant; index `type` orders one grantee's by granter."""


class Usable(NamedTuple):
    """A grant that has not ended: by whom, what, until when (unix ns, None: for ever)."""

    granter: bytes
    authorization: Authorization
    expiration: int | None


def usable(ctx: Context, granter: bytes, grantee: bytes, url: str) -> Usable | None:
    """The grant of a pair for a message type, unless there is none or it has ended."""
    return _usable(ctx, granter, _find(ctx, granter, grantee, url))


def given_to(ctx: Context, grantee: bytes, url: str) -> Iterator[Usable]:
    """What this account may use for a message type, in the order of granters' address bytes.

    Grants may be saved while this is walked.
    """
    for key in GRANTS.index("type").keys(ctx, grantee, url.encode()):
        found = _usable(ctx, key[0], GRANTS.get(ctx, key))
        if found is not None:
            yield found


def save(
    ctx: Context,
    granter: bytes,
    grantee: bytes,
    authorization: Authorization,
    expiration: int | None,
) -> None:
    """Give or replace an authorization. Raises InvalidExpirationTime unless it ends later."""
    if expiration is not None and expiration <= ctx.time:
        raise InvalidExpirationTime(
            f"expiration must be after the current block time ({_text_of(ctx.time)}), "
            f"got {_text_of(expiration)}"
        )
    url = message_type(authorization)
    grant = pb.Grant(authorization=wire.pack(authorization))
    if expiration is not None:
        grant.expiration.CopyFrom(_stamp(expiration))
    GRANTS.put(ctx, (granter, grantee, url.encode()), grant)
    ctx.emit(
        typed(
            pb.EventGrant(
                msg_type_url=url, granter=Address.of(granter), grantee=Address.of(grantee)
            )
        )
    )


def _find(ctx: Context, granter: bytes, grantee: bytes, url: str) -> pb.Grant | None:
    name = url.encode()
    return None if len(name) > LONGEST_URL else GRANTS.get(ctx, (granter, grantee, name))


def _usable(ctx: Context, granter: bytes, grant: pb.Grant | None) -> Usable | None:
    if grant is None:
        return None
    ends = expiration_of(grant)
    if ends is not None and ends < ctx.time:
        return None
    return Usable(granter, authorization_of(grant), ends)


def _remove(ctx: Context, granter: bytes, grantee: bytes, url: str) -> None:
    if _find(ctx, granter, grantee, url) is None:
        raise NoAuthorizationFound(
            f"failed to delete grant of {Address.of(granter)} to {Address.of(grantee)} for {url}"
        )
    GRANTS.remove(ctx, (granter, grantee, url.encode()))
    ctx.emit(
        typed(
            pb.EventRevoke(
                msg_type_url=url, granter=Address.of(granter), grantee=Address.of(grantee)
            )
        )
    )


def _stamp(time: int) -> Timestamp:
    stamp = Timestamp()
    stamp.FromNanoseconds(time)
    return stamp


def _text_of(time: int) -> str:
    """Unix nanoseconds as Go's RFC 3339, without fractions."""
    return Timestamp(seconds=_stamp(time).seconds).ToJsonString()


# MESSAGES


def grant(ctx: Context, msg: pb.MsgGrant) -> pb.MsgGrantResponse:
    """Let the grantee send messages in the granter's name.

    Raises GranteeIsGranter, InvalidAddress, InvalidType, Unauthorized for a module account,
    InvalidExpirationTime, and what `validate_authorization` raises.
    """
    granter, grantee = _pair(msg)
    authorization = authorization_of(msg.grant)
    validate_authorization(authorization)
    if not auth.has_account(ctx, grantee):
        if grantee in auth.BLOCKED:
            raise Unauthorized(f"{Address.of(grantee)} is not allowed to receive funds")
        auth.ensure_account(ctx, grantee)
    url = message_type(authorization)
    if not ctx.bus.handles(url):
        raise InvalidType(f"{url} doesn't exist.")
    save(ctx, granter, grantee, authorization, expiration_of(msg.grant))
    return pb.MsgGrantResponse()


def revoke(ctx: Context, msg: pb.MsgRevoke) -> pb.MsgRevokeResponse:
    """Take a grant back.

    Raises GranteeIsGranter, InvalidAddress, InvalidRequest, NoAuthorizationFound.
    """
    granter, grantee = _pair(msg)
    if not msg.msg_type_url:
        raise InvalidRequest("missing msg method name")
    _remove(ctx, granter, grantee, msg.msg_type_url)
    return pb.MsgRevokeResponse()


def _pair(msg: pb.MsgGrant | pb.MsgRevoke) -> tuple[bytes, bytes]:
    if msg.grantee.lower() == msg.granter.lower():
        raise GranteeIsGranter
    grantee = _address(msg.grantee, "grantee")
    return _address(msg.granter, "granter"), grantee


def _address(text: str, which: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid {which} address: {error.detail}") from error


def execute(ctx: Context, msg: pb.MsgExec) -> pb.MsgExecResponse:
    """Send messages in the name of those who granted it; one refusal refuses all.

    Raises InvalidRequest, AuthorizationNumOfSigners, NoAuthorizationFound, AuthorizationExpired,
    Unauthorized, UnknownRequest, and what authorizations and messages raise.
    """
    if not msg.grantee:
        raise PlainError("empty address string is not allowed")
    grantee = _address(msg.grantee, "grantee")
    if not msg.msgs:
        raise InvalidRequest("messages cannot be empty")
    inner = [unpack_message(packed) for packed in msg.msgs]
    for place, one in enumerate(inner):
        try:
            ctx.bus.check(one)
        except ChainError as error:
            raise error.wrapped(f"msg {place}") from error
    return pb.MsgExecResponse(
        results=[_execute_one(ctx, grantee, one, place) for place, one in enumerate(inner)]
    )


def _execute_one(ctx: Context, grantee: bytes, msg: Message, place: int) -> bytes:
    """Run one message of MsgExec; the bytes of its response."""
    url = wire.type_url(msg)
    signers = wire.signers(msg)
    if len(signers) != 1:
        raise AuthorizationNumOfSigners
    granter = Address.of_signer(signers[0]).raw
    if granter != grantee:
        _use(ctx, granter, grantee, msg, url)
    if not ctx.bus.handles(url):
        raise UnknownRequest(f"unrecognized message route: {url}")
    mark = len(ctx.events)
    try:
        response: Message = ctx.dispatch(msg)
    except (OutOfGas, Panic):
        raise
    except ChainError as error:
        raise error.wrapped(f"failed to execute message; message {_told(msg)}") from error
    ctx.events[mark:] = [
        Event(event.type, (*event.attributes, ("authz_msg_index", str(place))))
        for event in ctx.events[mark:]
    ]
    return response.SerializeToString(deterministic=True)


def _told(msg: Message) -> str:
    """A message as JSON. Raises TxDecode for one that Go's decoder would not have let in."""
    try:
        return wire.json_text(wire.to_json(msg))
    except ValueError as error:
        raise TxDecode(str(error)) from error


def _use(ctx: Context, granter: bytes, grantee: bytes, msg: Message, url: str) -> None:
    """Find the grant for a message and use it. Raises as `execute` does."""
    found = _find(ctx, granter, grantee, url)
    if found is None:
        raise NoAuthorizationFound(
            f"failed to get grant with given granter: {Address.of(granter)}, "
            f"grantee: {Address.of(grantee)} & msgType: {url} "
        )
    ends = expiration_of(found)
    if ends is not None and ends < ctx.time:
        raise AuthorizationExpired
    answer = accept(ctx, authorization_of(found), msg)
    if answer.used_up:
        _remove(ctx, granter, grantee, url)
    elif answer.updated is not None:
        found.authorization.CopyFrom(wire.pack(answer.updated))
        GRANTS.put(ctx, (granter, grantee, url.encode()), found)
    if not answer.allowed:
        raise Unauthorized


# BLOCKS


def prune(ctx: Context) -> None:
    """BeginBlock: remove grants that have ended, a bounded number at a time."""
    now = _stamp(ctx.time)
    ended = GRANTS.index("expiration").keys(ctx, until=(now.seconds, now.nanos))
    for key in list(islice(ended, PRUNED_PER_BLOCK)):
        GRANTS.remove(ctx, key)


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """No grants."""
    del preset
    return wire.to_json(pb.GenesisState())


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for missing names, TxDecode for what cannot be read, InvalidAddress."""
    for place, entry in enumerate(wire.from_json(pb.GenesisState, state).authorization):
        if not entry.grantee:
            raise PlainError(f"authorization: {place}, missing grantee")
        if not entry.granter:
            raise PlainError(f"authorization: {place},missing granter")
        _address(entry.grantee, "grantee")
        _address(entry.granter, "granter")
        expiration_of(entry)
        authorization_of(pb.Grant(authorization=entry.authorization))


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store grants; those that have ended are left out. Raises InvalidExpirationTime."""
    for entry in wire.from_json(pb.GenesisState, state).authorization:
        ends = expiration_of(entry)
        if ends is not None and ends < ctx.time:
            continue
        granter, grantee = Address.parse(entry.granter).raw, Address.parse(entry.grantee).raw
        found = authorization_of(pb.Grant(authorization=entry.authorization))
        save(ctx, granter, grantee, found, ends)


def export_genesis(ctx: Context) -> JsonState:
    """All grants, by granter, grantee and message type."""
    state = pb.GenesisState()
    for (granter, grantee, _), one in GRANTS.under(ctx):
        state.authorization.append(shown(granter, grantee, one))
    return wire.to_json(state)


def shown(granter: bytes, grantee: bytes, grant: pb.Grant) -> pb.GrantAuthorization:
    """A grant with the names of its two accounts."""
    entry = pb.GrantAuthorization(
        granter=Address.of(granter),
        grantee=Address.of(grantee),
        authorization=grant.authorization,
    )
    if grant.HasField("expiration"):
        entry.expiration.CopyFrom(grant.expiration)
    return entry


def _kept_under_own_type(ctx: Context) -> str | None:
    """Invariant: every grant is readable and lies under the type of message it allows."""
    for (granter, grantee, url), one in GRANTS.under(ctx):
        if message_type(authorization_of(one)).encode() != url:
            pair = f"{Address.of(granter)} to {Address.of(grantee)}"
            return f"authz: the grant of {pair} under {url.decode()} is for another message"
    return None


MODULE = Module(
    name="authz",
    handlers={
        "/cosmos.authz.v1beta1.MsgGrant": Handler(validate_grant_message, grant),
        "/cosmos.authz.v1beta1.MsgRevoke": Handler(None, revoke),
        "/cosmos.authz.v1beta1.MsgExec": Handler(validate_exec_message, execute),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(prune,),
    invariants=(_kept_under_own_type,),
)
