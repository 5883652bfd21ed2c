"""Providers: accounts that bid, where their gateway is and what they offer.

It must not know orders or bids. Source: node v2.1 x/provider.
"""

from collections.abc import Iterator

from akashpy import wire
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import Raw, record
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.errors import PlainError
from akashpy.types.events import typed
from akashpy.types.provider import (
    NotImplementedYet,
    Provider,
    ProviderExists,
    ProviderNotFound,
    validate_create_provider,
    validate_delete_provider,
    validate_update_provider,
)
from akashpy.wire import provider as pb

PROVIDERS = Map("provider", b"\x01", Raw, record(Provider))
"""Owner's address -> provider."""


def get(ctx: Context, owner: str) -> Provider | None:
    """The provider of an account, or None. Raises InvalidAddress (sdk) for a bad address."""
    return PROVIDERS.get(ctx, Address.parse(owner).raw)


def providers(ctx: Context) -> Iterator[Provider]:
    """Every provider, in order of owners' addresses."""
    for _, value in PROVIDERS.under(ctx):
        yield value


# MESSAGES


def create(ctx: Context, msg: pb.MsgCreateProvider) -> pb.MsgCreateProviderResponse:
    """Register the signer as a provider. Raises ProviderExists."""
    if get(ctx, msg.owner) is not None:
        raise ProviderExists(f"id: {msg.owner}")
    _put(ctx, Provider.from_wire(msg))
    ctx.emit(typed(pb.EventProviderCreated(owner=msg.owner)))
    return pb.MsgCreateProviderResponse()


def update(ctx: Context, msg: pb.MsgUpdateProvider) -> pb.MsgUpdateProviderResponse:
    """Replace the whole record, attributes included. Raises ProviderNotFound."""
    if get(ctx, msg.owner) is None:
        raise ProviderNotFound(f"id: {msg.owner}")
    _put(ctx, Provider.from_wire(msg))
    ctx.emit(typed(pb.EventProviderUpdated(owner=msg.owner)))
    return pb.MsgUpdateProviderResponse()


def delete(ctx: Context, msg: pb.MsgDeleteProvider) -> pb.MsgDeleteProviderResponse:
    """Never succeeds: Akash does not delete providers. Raises ProviderNotFound, or code 10."""
    if get(ctx, msg.owner) is None:
        raise ProviderNotFound
    raise NotImplementedYet("NOTIMPLEMENTED")


def _put(ctx: Context, value: Provider) -> None:
    PROVIDERS.put(ctx, Address.parse(value.owner).raw, value)


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """No providers."""
    del preset
    return wire.to_json(pb.GenesisState())


def validate_genesis(state: JsonState) -> None:
    """Raises what creating each provider would raise, PlainError for a doubled owner."""
    seen: set[str] = set()
    for entry in wire.from_json(pb.GenesisState, state).providers:
        Provider.from_wire(entry).validate()
        if entry.owner in seen:
            raise PlainError(f"duplicate provider in genesis state: {entry.owner}")
        seen.add(entry.owner)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store providers. Raises ProviderExists for a doubled owner."""
    for entry in wire.from_json(pb.GenesisState, state).providers:
        if get(ctx, entry.owner) is not None:
            raise ProviderExists(f"id: {entry.owner}")
        _put(ctx, Provider.from_wire(entry))


def export_genesis(ctx: Context) -> JsonState:
    """All providers in order of owners' addresses."""
    return wire.to_json(pb.GenesisState(providers=[each.to_wire() for each in providers(ctx)]))


_URL = "/akash.provider.v1beta4."
MODULE = Module(
    name="provider",
    handlers={
        f"{_URL}MsgCreateProvider": Handler(validate_create_provider, create),
        f"{_URL}MsgUpdateProvider": Handler(validate_update_provider, update),
        f"{_URL}MsgDeleteProvider": Handler(validate_delete_provider, delete),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
)
