"""`akashpy query market`. As on Akash, lists look at gseq 1 and oseq 1 unless told (0 for any)."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.output import Command
from akashpy.cli.query.ask import ask, each, page_request, paging_options, query_options

SERVICE = "/akash.market.v1beta5.Query/"


@click.group(cls=LazyGroup)
def market() -> None:
    """Orders, bids and leases."""


def _sequences(command: Command) -> Command:
    return each(
        click.option("--gseq", type=int, default=1, show_default=True),
        click.option("--oseq", type=int, default=1, show_default=True),
    )(command)


def filters(command: Command) -> Command:
    """What lists of orders, bids and leases are filtered by."""
    return each(
        click.option("--owner", default="", help="Only this tenant's."),
        click.option("--dseq", type=int, default=0),
        _sequences,
        click.option("--state", default="", help="Only in this state."),
        paging_options,
        query_options,
    )(command)


def one(command: Command) -> Command:
    """What names one order, bid or lease."""
    return each(
        click.option("--owner", required=True),
        click.option("--dseq", type=int, required=True),
        _sequences,
        query_options,
    )(command)


@market.group(cls=LazyGroup)
def order() -> None:
    """Orders."""


@order.command("list")
@filters
def order_list(owner: str, dseq: int, gseq: int, oseq: int, state: str, **options: Any) -> None:
    """Orders that match."""
    from akashpy.wire import market as wire

    request = wire.QueryOrdersRequest(
        filters=wire.OrderFilters(owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, state=state),
        pagination=page_request(options),
    )
    ask(SERVICE + "Orders", request, wire.QueryOrdersResponse, options)


@order.command("get")
@one
def order_get(owner: str, dseq: int, gseq: int, oseq: int, **options: Any) -> None:
    """One order."""
    from akashpy.wire import market as wire

    id = wire.OrderID(owner=owner, dseq=dseq, gseq=gseq, oseq=oseq)
    request = wire.QueryOrderRequest(id=id)
    ask(SERVICE + "Order", request, wire.QueryOrderResponse, options, part="order")


@market.group(cls=LazyGroup)
def bid() -> None:
    """Bids."""


@bid.command("list")
@click.option("--provider", default="", help="Only this provider's.")
@filters
def bid_list(
    provider: str, owner: str, dseq: int, gseq: int, oseq: int, state: str, **options: Any
) -> None:
    """Bids that match."""
    from akashpy.wire import market as wire

    wanted = wire.BidFilters(
        owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider, state=state
    )
    request = wire.QueryBidsRequest(filters=wanted, pagination=page_request(options))
    ask(SERVICE + "Bids", request, wire.QueryBidsResponse, options)


@bid.command("get")
@click.option("--provider", required=True)
@one
def bid_get(provider: str, owner: str, dseq: int, gseq: int, oseq: int, **options: Any) -> None:
    """One bid."""
    from akashpy.wire import market as wire

    id = wire.BidID(owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider)
    ask(SERVICE + "Bid", wire.QueryBidRequest(id=id), wire.QueryBidResponse, options)


@market.group(cls=LazyGroup)
def lease() -> None:
    """Leases."""


@lease.command("list")
@click.option("--provider", default="", help="Only this provider's.")
@filters
def lease_list(
    provider: str, owner: str, dseq: int, gseq: int, oseq: int, state: str, **options: Any
) -> None:
    """Leases that match."""
    from akashpy.wire import market as wire

    wanted = wire.LeaseFilters(
        owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider, state=state
    )
    request = wire.QueryLeasesRequest(filters=wanted, pagination=page_request(options))
    ask(SERVICE + "Leases", request, wire.QueryLeasesResponse, options)


@lease.command("get")
@click.option("--provider", required=True)
@one
def lease_get(provider: str, owner: str, dseq: int, gseq: int, oseq: int, **options: Any) -> None:
    """One lease."""
    from akashpy.wire import market as wire

    id = wire.LeaseID(owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider)
    ask(SERVICE + "Lease", wire.QueryLeaseRequest(id=id), wire.QueryLeaseResponse, options)


@market.command()
@query_options
def params(**options: Any) -> None:
    """The module's parameters."""
    from akashpy.wire import market as wire

    ask(SERVICE + "Params", wire.QueryParamsRequest(), wire.QueryParamsResponse, options)
