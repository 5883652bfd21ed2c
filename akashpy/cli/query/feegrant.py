"""`akashpy query feegrant`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.feegrant.v1beta1.Query/"


@click.group(cls=LazyGroup)
def feegrant() -> None:
    """Fee allowances: who pays whose fees."""


@feegrant.command()
@click.argument("granter")
@click.argument("grantee")
@query_options
def grant(granter: str, grantee: str, **options: Any) -> None:
    """What GRANTER pays for GRANTEE."""
    from akashpy.wire import feegrant as wire

    request = wire.QueryAllowanceRequest(granter=granter, grantee=grantee)
    ask(SERVICE + "Allowance", request, wire.QueryAllowanceResponse, options, part="allowance")


@feegrant.command("grants-by-grantee")
@click.argument("grantee")
@paging_options
@query_options
def by_grantee(grantee: str, **options: Any) -> None:
    """Who pays GRANTEE's fees."""
    from akashpy.wire import feegrant as wire

    request = wire.QueryAllowancesRequest(grantee=grantee, pagination=page_request(options))
    ask(SERVICE + "Allowances", request, wire.QueryAllowancesResponse, options)


@feegrant.command("grants-by-granter")
@click.argument("granter")
@paging_options
@query_options
def by_granter(granter: str, **options: Any) -> None:
    """Whose fees GRANTER pays."""
    from akashpy.wire import feegrant as wire

    request = wire.QueryAllowancesByGranterRequest(
        granter=granter, pagination=page_request(options)
    )
    path = SERVICE + "AllowancesByGranter"
    ask(path, request, wire.QueryAllowancesByGranterResponse, options)
