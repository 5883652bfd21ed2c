"""`akashpy query bme`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/akash.bme.v1.Query/"


@click.group(cls=LazyGroup)
def bme() -> None:
    """Burning and minting between AKT and ACT."""


@bme.command()
@query_options
def params(**options: Any) -> None:
    """The module's parameters."""
    from akashpy.wire import bme as pb

    ask(SERVICE + "Params", pb.QueryParamsRequest(), pb.QueryParamsResponse, options)


@bme.command("vault-state")
@query_options
def vault_state(**options: Any) -> None:
    """What the vault holds, burned and minted."""
    from akashpy.wire import bme as pb

    ask(SERVICE + "VaultState", pb.QueryVaultStateRequest(), pb.QueryVaultStateResponse, options)


@bme.command()
@query_options
def status(**options: Any) -> None:
    """Whether ACT may be minted and burned, and how well the vault covers it."""
    from akashpy.wire import bme as pb

    ask(SERVICE + "Status", pb.QueryStatusRequest(), pb.QueryStatusResponse, options)


@bme.command()
@click.option("--owner", default="", help="Only requests of this account.")
@click.option("--denom", default="", help="Only requests that burn this denomination.")
@click.option("--to-denom", default="", help="Only requests that mint this denomination.")
@click.option("--status", default="", help="Such as ledger_record_status_pending.")
@paging_options
@query_options
def ledger(owner: str, denom: str, to_denom: str, status: str, **options: Any) -> None:
    """Requests to burn and mint, and what became of them."""
    from akashpy.wire import bme as pb

    filters = pb.LedgerRecordFilters(source=owner, denom=denom, to_denom=to_denom, status=status)
    request = pb.QueryLedgerRecordsRequest(filters=filters, pagination=page_request(options))
    ask(SERVICE + "LedgerRecords", request, pb.QueryLedgerRecordsResponse, options)
