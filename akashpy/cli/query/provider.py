"""`akashpy query provider`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.output import show
from akashpy.cli.query.ask import ask, fetch, page_request, paging_options, query_options

SERVICE = "/akash.provider.v1beta4.Query/"


@click.group(cls=LazyGroup)
def provider() -> None:
    """Providers."""


@provider.command("list")
@paging_options
@query_options
def list_(**options: Any) -> None:
    """All providers."""
    from akashpy.wire import provider as wire

    request = wire.QueryProvidersRequest(pagination=page_request(options))
    ask(SERVICE + "Providers", request, wire.QueryProvidersResponse, options)


@provider.command()
@click.argument("address")
@query_options
def get(address: str, **options: Any) -> None:
    """One provider."""
    from akashpy.wire import provider as wire
    from akashpy.wire import to_json

    request = wire.QueryProviderRequest(owner=address)
    found = fetch(SERVICE + "Provider", request, wire.QueryProviderResponse, options)
    show(to_json(found.provider), options["output"])
