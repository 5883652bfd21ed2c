"""`akashpy query escrow`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.network import run, transport
from akashpy.cli.output import show
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/akash.escrow.v1.Query/"
BLOCK_SECONDS = 6
"""The block time that Akash's estimates assume."""


@click.group(cls=LazyGroup)
def escrow() -> None:
    """Accounts and payments of deployments and bids."""


@escrow.command()
@click.argument("state", default="")
@click.argument("xid", default="")
@paging_options
@query_options
def accounts(state: str, xid: str, **options: Any) -> None:
    """Accounts in a state (open, closed, overdrawn), by prefix such as deployment/akash1.../123."""
    from akashpy.wire import escrow as wire

    request = wire.QueryAccountsRequest(state=state, xid=xid, pagination=page_request(options))
    ask(SERVICE + "Accounts", request, wire.QueryAccountsResponse, options)


@escrow.command()
@click.argument("state", default="")
@click.argument("xid", default="")
@paging_options
@query_options
def payments(state: str, xid: str, **options: Any) -> None:
    """Payments in a state (open, closed, overdrawn), by prefix such as deployment/akash1.../123."""
    from akashpy.wire import escrow as wire

    request = wire.QueryPaymentsRequest(state=state, xid=xid, pagination=page_request(options))
    ask(SERVICE + "Payments", request, wire.QueryPaymentsResponse, options)


@escrow.command("blocks-remaining")
@click.option("--owner", required=True)
@click.option("--dseq", type=int, required=True)
@query_options
def blocks_remaining(owner: str, dseq: int, **options: Any) -> None:
    """How long a deployment's funds last at the rate of its active leases."""
    from akashpy.client.caller import Caller
    from akashpy.client.query import Queries
    from akashpy.types.dec import Dec
    from akashpy.types.deployment import DeploymentID
    from akashpy.wire import cmtservice

    async def main() -> dict[str, Any]:
        async with transport(options) as node:
            caller = Caller(node)
            query = Queries(caller)
            view = await query.deployment.deployment(DeploymentID(owner, dseq))
            rate = Dec.ZERO
            async for found in query.market.leases(owner=owner, dseq=dseq, state="active"):
                rate += found.lease.price.amount
            block: Any = await caller.call(
                "/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock",
                cmtservice.GetLatestBlockRequest(),
                cmtservice.GetLatestBlockResponse,
            )
            height = options["height"] or block.sdk_block.header.height
            extra = await _worth_of_akt(caller, view.account.funds)
        if not rate.is_positive:
            raise click.ClickException(f"deployment {owner}/{dseq} has no active lease")
        funds = view.account.funds
        spent = rate.mul_int(height - view.account.settled_at)
        held = max(funds[0].amount, Dec.ZERO) if funds else Dec.ZERO
        left = max(held + extra - spent, Dec.ZERO)
        blocks = left.quo(rate).truncate()
        seconds = blocks * BLOCK_SECONDS
        return {
            "balance_remaining": str(left),
            "blocks_remaining": blocks,
            "estimated_time_remaining": f"{seconds // 3600}h{seconds % 3600 // 60}m{seconds % 60}s",
        }

    show(run(main), options["output"])


async def _worth_of_akt(caller: Any, funds: Any) -> Any:
    """What an ACT account's AKT pays for: something only while no ACT can be minted.

    A chain without these modules, or without a price, counts no AKT.
    """
    from akashpy.types.bme import UACT, UAKT, MintStatus
    from akashpy.types.dec import Dec
    from akashpy.types.errors import ChainError
    from akashpy.wire import bme, oracle

    akt = sum((fund.amount.raw for fund in funds if fund.denom == UAKT), 0)
    if not funds or funds[0].denom != UACT or akt <= 0:
        return Dec.ZERO
    try:
        status = await caller.call(
            "/akash.bme.v1.Query/Status", bme.QueryStatusRequest(), bme.QueryStatusResponse
        )
        found = await caller.call(
            "/akash.oracle.v2.Query/AggregatedPrice",
            oracle.QueryAggregatedPriceRequest(denom="akt"),
            oracle.QueryAggregatedPriceResponse,
        )
    except ChainError:
        return Dec.ZERO
    if int(status.status) < MintStatus.HALT_CR or not found.price_health.is_healthy:
        return Dec.ZERO
    return Dec(akt).mul(Dec.from_wire(found.aggregated_price.twap))
