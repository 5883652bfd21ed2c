"""Reads of providers. Source: node v2.1 `x/provider/keeper/grpc_query.go`."""

from __future__ import annotations

from akashpy.chain.provider import PROVIDERS
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.errors import InvalidAddress as NoAddress
from akashpy.types.provider import InvalidAddress, ProviderNotFound
from akashpy.wire import provider as pb


def providers(ctx: Context, req: pb.QueryProvidersRequest) -> pb.QueryProvidersResponse:
    """All providers, in order of their addresses' bytes."""
    found = stocklist.page(ctx, PROVIDERS, req.pagination)
    return pb.QueryProvidersResponse(
        providers=[each.to_wire() for each in found.values],
        pagination=stocklist.response(found),
    )


def provider(ctx: Context, req: pb.QueryProviderRequest) -> pb.QueryProviderResponse:
    """One provider. Raises InvalidAddress and ProviderNotFound of the codespace provider."""
    try:
        owner = Address.parse(req.owner)
    except NoAddress as error:
        raise InvalidAddress() from error
    found = PROVIDERS.require(ctx, owner.raw, ProviderNotFound)
    return pb.QueryProviderResponse(provider=found.to_wire())


METHODS: Methods = {"Providers": providers, "Provider": provider}
