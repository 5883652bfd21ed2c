"""What auditors vouch for: attributes of a provider, signed by somebody else's account.

Anyone may audit any address; whom to trust is the order's choice. It must not know providers,
orders or bids. Source: node v2.1 x/audit.
"""

from collections.abc import Iterator

from akashpy import wire
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import Raw, message
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.audit import (
    AttributeNotFound,
    AuditedProvider,
    ProviderNotFound,
    validate_message,
)
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.types.events import typed
from akashpy.wire import audit as pb

RECORDS: Map[tuple[bytes, bytes], pb.AuditedAttributesStore] = Map(
    "audit", b"\x01", (Raw, Raw), message(pb.AuditedAttributesStore)
)
"""(owner, auditor) -> attributes."""


def records(ctx: Context, owner: str) -> list[AuditedProvider]:
    """What every auditor says about an account, in order of auditors' addresses."""
    return list(all_records(ctx, Address.parse(owner).raw))


def record(ctx: Context, owner: str, auditor: str) -> AuditedProvider | None:
    """What one auditor says about an account, or None."""
    key = (Address.parse(owner).raw, Address.parse(auditor).raw)
    found = RECORDS.get(ctx, key)
    return None if found is None else _record(key, found)


def all_records(ctx: Context, *owner: bytes) -> Iterator[AuditedProvider]:
    """Every record (of `owner` only, if given), by owner, then auditor."""
    for key, found in RECORDS.under(ctx, *owner):
        yield _record(key, found)


def _record(key: tuple[bytes, bytes], found: pb.AuditedAttributesStore) -> AuditedProvider:
    return AuditedProvider(
        Address.of(key[0]), Address.of(key[1]), Attributes.from_wire(found.attributes)
    )


# MESSAGES


def sign(ctx: Context, msg: pb.MsgSignProviderAttributes) -> pb.MsgSignProviderAttributesResponse:
    """Vouch for attributes; later calls add to the record, new values win.

    The first record keeps the list as given, sorted by key, doubled keys included.
    """
    key = (Address.parse(msg.owner).raw, Address.parse(msg.auditor).raw)
    _merge(ctx, key, Attributes.from_wire(msg.attributes))
    ctx.emit(typed(pb.EventTrustedAuditorCreated(owner=msg.owner, auditor=msg.auditor)))
    return pb.MsgSignProviderAttributesResponse()


def delete(
    ctx: Context, msg: pb.MsgDeleteProviderAttributes
) -> pb.MsgDeleteProviderAttributesResponse:
    """Take back the named attributes, or the whole record when none is named.

    Raises ProviderNotFound (audit) without a record, AttributeNotFound.
    """
    # LOAD
    key = (Address.parse(msg.owner).raw, Address.parse(msg.auditor).raw)
    found = RECORDS.require(ctx, key, ProviderNotFound)
    kept = {attribute.key: attribute.value for attribute in found.attributes}
    # CHECK
    for name in msg.keys:
        if kept.pop(name, None) is None:
            raise AttributeNotFound(
                f'trying to delete non-existing attribute "{name}" for auditor/provider '
                f'"{msg.auditor}/{msg.owner}"'
            )
    # APPLY
    if msg.keys and kept:
        _put(ctx, key, Attributes.of(kept.items()))
    else:
        RECORDS.remove(ctx, key)
    # EMIT
    ctx.emit(typed(pb.EventTrustedAuditorDeleted(owner=msg.owner, auditor=msg.auditor)))
    return pb.MsgDeleteProviderAttributesResponse()


def _merge(ctx: Context, key: tuple[bytes, bytes], signed: Attributes) -> None:
    found = RECORDS.get(ctx, key)
    if found is not None:
        merged = {attribute.key: attribute.value for attribute in found.attributes}
        merged.update((attribute.key, attribute.value) for attribute in signed)
        signed = Attributes.of(merged.items())
    _put(ctx, key, signed)


def _put(ctx: Context, key: tuple[bytes, bytes], attributes: Attributes) -> None:
    RECORDS.put(ctx, key, pb.AuditedAttributesStore(attributes=attributes.sorted().to_wire()))


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """No records."""
    del preset
    return wire.to_json(pb.GenesisState())


def validate_genesis(state: JsonState) -> None:
    """Raises InvalidAddress (sdk) for owner or auditor, PlainError for a doubled record.

    Attributes are taken as messages take them. Akash's genesis refuses keys that its messages
    accept, so that an export of its state may not be importable.
    """
    seen: set[tuple[str, str]] = set()
    for entry in wire.from_json(pb.GenesisState, state).providers:
        for which, text in (("owner", entry.owner), ("auditor", entry.auditor)):
            if not Address.is_valid(text):
                raise InvalidAddress(f"audited attributes: invalid {which} address")
        if (entry.owner, entry.auditor) in seen:
            raise PlainError(f"duplicate audit in genesis state: {entry.owner}/{entry.auditor}")
        seen.add((entry.owner, entry.auditor))


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store records."""
    for entry in wire.from_json(pb.GenesisState, state).providers:
        key = (Address.parse(entry.owner).raw, Address.parse(entry.auditor).raw)
        _merge(ctx, key, Attributes.from_wire(entry.attributes))


def export_genesis(ctx: Context) -> JsonState:
    """All records, by owner, then auditor."""
    found = [each.to_wire() for each in all_records(ctx)]
    return wire.to_json(pb.GenesisState(providers=found))


_URL = "/akash.audit.v1."
MODULE = Module(
    name="audit",
    handlers={
        f"{_URL}MsgSignProviderAttributes": Handler(validate_message, sign),
        f"{_URL}MsgDeleteProviderAttributes": Handler(validate_message, delete),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
)
