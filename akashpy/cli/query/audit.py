"""`akashpy query audit`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/akash.audit.v1.Query/"


@click.group(cls=LazyGroup)
def audit() -> None:
    """What auditors vouch for."""


@audit.command("list")
@paging_options
@query_options
def list_(**options: Any) -> None:
    """All records."""
    from akashpy.wire import audit as wire

    request = wire.QueryAllProvidersAttributesRequest(pagination=page_request(options))
    ask(SERVICE + "AllProvidersAttributes", request, wire.QueryProvidersResponse, options)


@audit.command()
@click.argument("owner")
@click.argument("auditor", required=False)
@query_options
def get(owner: str, auditor: str | None, **options: Any) -> None:
    """What auditors, or one of them, say of a provider."""
    from akashpy.wire import audit as wire

    if auditor:
        both = wire.QueryProviderAuditorRequest(owner=owner, auditor=auditor)
        ask(SERVICE + "ProviderAuditorAttributes", both, wire.QueryProvidersResponse, options)
        return
    request = wire.QueryProviderAttributesRequest(owner=owner)
    ask(SERVICE + "ProviderAttributes", request, wire.QueryProvidersResponse, options)
