"""`akashpy query authz`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.authz.v1beta1.Query/"


@click.group(cls=LazyGroup)
def authz() -> None:
    """Authorizations: who may send which messages for whom."""


@authz.command()
@click.argument("granter")
@click.argument("grantee")
@click.argument("msg_type_url", default="")
@paging_options
@query_options
def grants(granter: str, grantee: str, msg_type_url: str, **options: Any) -> None:
    """What GRANTER lets GRANTEE do, with a message type only that."""
    from akashpy.wire import authz as wire

    request = wire.QueryGrantsRequest(
        granter=granter,
        grantee=grantee,
        msg_type_url=msg_type_url,
        pagination=page_request(options),
    )
    ask(SERVICE + "Grants", request, wire.QueryGrantsResponse, options)


@authz.command("grants-by-granter")
@click.argument("granter")
@paging_options
@query_options
def by_granter(granter: str, **options: Any) -> None:
    """What GRANTER lets others do."""
    from akashpy.wire import authz as wire

    request = wire.QueryGranterGrantsRequest(granter=granter, pagination=page_request(options))
    ask(SERVICE + "GranterGrants", request, wire.QueryGranterGrantsResponse, options)


@authz.command("grants-by-grantee")
@click.argument("grantee")
@paging_options
@query_options
def by_grantee(grantee: str, **options: Any) -> None:
    """What others let GRANTEE do."""
    from akashpy.wire import authz as wire

    request = wire.QueryGranteeGrantsRequest(grantee=grantee, pagination=page_request(options))
    ask(SERVICE + "GranteeGrants", request, wire.QueryGranteeGrantsResponse, options)
