"""`akashpy query bank`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, fetch, page_request, paging_options, query_options

SERVICE = "/cosmos.bank.v1beta1.Query/"


@click.group(cls=LazyGroup)
def bank() -> None:
    """Balances and supply."""


@bank.command()
@click.argument("address")
@click.option("--denom", default="", help="Only this denomination.")
@paging_options
@query_options
def balances(address: str, denom: str, **options: Any) -> None:
    """What an account holds."""
    from akashpy.cli.output import show
    from akashpy.wire import bank as wire
    from akashpy.wire import to_json

    if denom:
        single = wire.QueryBalanceRequest(address=address, denom=denom)
        found = fetch(SERVICE + "Balance", single, wire.QueryBalanceResponse, options)
        show(to_json(found.balance), options["output"])
        return
    request = wire.QueryAllBalancesRequest(address=address, pagination=page_request(options))
    ask(SERVICE + "AllBalances", request, wire.QueryAllBalancesResponse, options)


@bank.command()
@click.argument("denom", required=False)
@paging_options
@query_options
def total(denom: str | None, **options: Any) -> None:
    """The supply of all denominations or of one."""
    from akashpy.wire import bank as wire

    if denom:
        request = wire.QuerySupplyOfRequest(denom=denom)
        ask(SERVICE + "SupplyOf", request, wire.QuerySupplyOfResponse, options)
        return
    every = wire.QueryTotalSupplyRequest(pagination=page_request(options))
    ask(SERVICE + "TotalSupply", every, wire.QueryTotalSupplyResponse, options)


@bank.command("denom-metadata")
@click.option("--denom", default="", help="Only this denomination.")
@paging_options
@query_options
def denom_metadata(denom: str, **options: Any) -> None:
    """Names and units of denominations."""
    from akashpy.wire import bank as wire

    if denom:
        request = wire.QueryDenomMetadataRequest(denom=denom)
        ask(SERVICE + "DenomMetadata", request, wire.QueryDenomMetadataResponse, options)
        return
    every = wire.QueryDenomsMetadataRequest(pagination=page_request(options))
    ask(SERVICE + "DenomsMetadata", every, wire.QueryDenomsMetadataResponse, options)


@bank.command()
@query_options
def params(**options: Any) -> None:
    """The module's parameters."""
    from akashpy.wire import bank as wire

    ask(SERVICE + "Params", wire.QueryParamsRequest(), wire.QueryParamsResponse, options)


@bank.command("spendable-balances")
@click.argument("address")
@click.option("--denom", default="", help="Only this denomination.")
@paging_options
@query_options
def spendable_balances(address: str, denom: str, **options: Any) -> None:
    """What an account may spend now: less than it holds while coins are vesting."""
    from akashpy.wire import bank as wire

    if denom:
        single = wire.QuerySpendableBalanceByDenomRequest(address=address, denom=denom)
        response = wire.QuerySpendableBalanceByDenomResponse
        ask(SERVICE + "SpendableBalanceByDenom", single, response, options)
        return
    request = wire.QuerySpendableBalancesRequest(address=address, pagination=page_request(options))
    ask(SERVICE + "SpendableBalances", request, wire.QuerySpendableBalancesResponse, options)


@bank.command("send-enabled")
@click.argument("denoms", nargs=-1)
@paging_options
@query_options
def send_enabled(denoms: tuple[str, ...], **options: Any) -> None:
    """Which denominations may be sent or not, where that differs from the default."""
    from akashpy.wire import bank as wire

    request = wire.QuerySendEnabledRequest(denoms=denoms, pagination=page_request(options))
    ask(SERVICE + "SendEnabled", request, wire.QuerySendEnabledResponse, options)
