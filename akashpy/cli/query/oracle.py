"""`akashpy query oracle`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/akash.oracle.v2.Query/"


@click.group(cls=LazyGroup)
def oracle() -> None:
    """Prices fed from outside."""


@oracle.command()
@query_options
def params(**options: Any) -> None:
    """The oracle's parameters."""
    from akashpy.wire import oracle as pb

    request, response = pb.QueryParamsRequest(), pb.QueryParamsResponse
    ask(SERVICE + "Params", request, response, options, part="params")


@click.command()
@click.argument("denom")
@query_options
def aggregated_price(denom: str, **options: Any) -> None:
    """The price of DENOM (akt) made of all sources, and its health."""
    from akashpy.wire import oracle as pb

    request = pb.QueryAggregatedPriceRequest(denom=denom)
    ask(SERVICE + "AggregatedPrice", request, pb.QueryAggregatedPriceResponse, options)


@click.command()
@click.option("--asset-denom", default="", help="Only prices of this denomination.")
@click.option("--base-denom", default="", help="Only prices in this denomination.")
@click.option("--start-time", default="", help="Only prices from this time on (RFC 3339).")
@click.option("--end-time", default="", help="Only prices up to this time (RFC 3339).")
@paging_options
@query_options
def prices(
    asset_denom: str, base_denom: str, start_time: str, end_time: str, **options: Any
) -> None:
    """Prices as they were fed, newest first."""
    from akashpy import wire
    from akashpy.wire import oracle as pb

    filters = {"asset_denom": asset_denom, "base_denom": base_denom}
    times = {"start_time": start_time, "end_time": end_time}
    try:
        parsed = wire.from_json(
            pb.PricesFilter, filters | {name: text for name, text in times.items() if text}
        )
    except wire.WireError as error:
        raise click.UsageError(f"{error}; write times like 2026-01-02T03:04:05Z") from error
    request = pb.QueryPricesRequest(filters=parsed, pagination=page_request(options))
    ask(SERVICE + "Prices", request, pb.QueryPricesResponse, options)


for name, command in (
    ("prices", prices), ("p", prices), ("aggregated-price", aggregated_price),
    ("ap", aggregated_price),
):  # fmt: skip
    oracle.add_command(command, name)
