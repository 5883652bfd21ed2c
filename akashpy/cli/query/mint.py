"""`akashpy query mint`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, fetch, query_options

SERVICE = "/cosmos.mint.v1beta1.Query/"


@click.group(cls=LazyGroup)
def mint() -> None:
    """Inflation and what it brings."""


@mint.command()
@query_options
def params(**options: Any) -> None:
    """How inflation follows the bonded share."""
    from akashpy.wire import mint as wire

    ask(
        SERVICE + "Params", wire.QueryParamsRequest(), wire.QueryParamsResponse, options,
        part="params",
    )  # fmt: skip


@mint.command()
@query_options
def inflation(**options: Any) -> None:
    """Inflation of this moment, a share of the supply a year; one number."""
    from akashpy.types.dec import Dec
    from akashpy.wire import mint as wire

    request = wire.QueryInflationRequest()
    found = fetch(SERVICE + "Inflation", request, wire.QueryInflationResponse, options)
    click.echo(Dec.from_wire(found.inflation.decode()))


@mint.command("annual-provisions")
@query_options
def annual_provisions(**options: Any) -> None:
    """What inflation comes to in a year, in base units; one number."""
    from akashpy.types.dec import Dec
    from akashpy.wire import mint as wire

    path, response = SERVICE + "AnnualProvisions", wire.QueryAnnualProvisionsResponse
    found = fetch(path, wire.QueryAnnualProvisionsRequest(), response, options)
    click.echo(Dec.from_wire(found.annual_provisions.decode()))
