"""`akashpy query auth`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.auth.v1beta1.Query/"


@click.group(cls=LazyGroup)
def auth() -> None:
    """Accounts."""


@auth.command()
@click.argument("address")
@query_options
def account(address: str, **options: Any) -> None:
    """One account: number, sequence, public key."""
    from akashpy.wire import auth as wire

    request = wire.QueryAccountRequest(address=address)
    ask(SERVICE + "Account", request, wire.QueryAccountResponse, options)


@auth.command()
@paging_options
@query_options
def accounts(**options: Any) -> None:
    """All accounts."""
    from akashpy.wire import auth as wire

    request = wire.QueryAccountsRequest(pagination=page_request(options))
    ask(SERVICE + "Accounts", request, wire.QueryAccountsResponse, options)


@auth.command()
@query_options
def params(**options: Any) -> None:
    """The module's parameters."""
    from akashpy.wire import auth as wire

    ask(SERVICE + "Params", wire.QueryParamsRequest(), wire.QueryParamsResponse, options)
