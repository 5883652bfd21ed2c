"""The tenant's side of an auction: wait for bids, show them, take one for each order.

Bids come from the chain alone. Must not know SDL or providers' gateways.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from akashpy.cli.output import render
from akashpy.cli.people.progress import Progress
from akashpy.cli.people.session import Session
from akashpy.client.errors import ClientError
from akashpy.client.query import BidView
from akashpy.client.signer import KeySigner
from akashpy.types.coin import DecCoin
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import Bid, Lease, LeaseState, Order
from akashpy.types.provider import ProviderNotFound
from akashpy.wire import market as pb

LATER_BLOCKS = 1
"""Blocks to wait for more bids after every order has one."""
BLOCKS_PER_HOUR = 600
"""At six seconds a block, as Akash's tools estimate."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid with what a tenant wants to know of its provider."""

    bid: Bid
    host: str
    attributes: str

    def row(self) -> dict[str, Any]:
        """For the table; prices in base units."""
        price = self.bid.price
        return {
            "group": self.bid.id.gseq,
            "provider": self.bid.id.provider,
            "host": self.host,
            "price/block": short(price),
            "price/hour": f"{price.amount.mul_int(BLOCKS_PER_HOUR).ceil()}{price.denom}",
            "attributes": self.attributes,
        }


def short(price: DecCoin) -> str:
    """A price without needless zeros, such as 13.316uakt."""
    return f"{str(price.amount).rstrip('0').rstrip('.')}{price.denom}"


async def orders(session: Session, id: DeploymentID) -> list[Order]:
    """The open orders of a deployment."""
    query = session.client.query.market
    return [order async for order in query.orders(owner=id.owner, dseq=id.dseq, state="open")]


async def leases(session: Session, id: DeploymentID) -> list[Lease]:
    """The leases of a deployment that run."""
    query = session.client.query.market
    running = (LeaseState.ACTIVE, LeaseState.RECLAIMING)
    found = [view.lease async for view in query.leases(owner=id.owner, dseq=id.dseq)]
    return [lease for lease in found if lease.state in running]


async def gather(
    session: Session, id: DeploymentID, wanted: Sequence[Order], progress: Progress, patience: float
) -> list[Offer]:
    """Bids on all orders: until each has one, and a block longer so that competition counts.

    `patience` is in seconds. Raises ClickException when an order has no bid by then.
    """
    missing = {order.id.gseq for order in wanted}
    try:
        async with asyncio.timeout(patience):
            while True:
                bids = await _open_bids(session, id)
                missing = {order.id.gseq for order in wanted} - {b.bid.id.gseq for b in bids}
                if not missing:
                    break
                progress.now(f"waiting for bids ({len(bids)} so far)")
                await next_block(session)
            for _ in range(LATER_BLOCKS):
                await next_block(session)
    except TimeoutError:
        groups = ", ".join(str(gseq) for gseq in sorted(missing))
        raise click.ClickException(
            f"no bid on group {groups} of {id} within {patience:g} s: no provider offers what it "
            "asks for at its price. The deployment is still open: wait with the same command, "
            "raise the price and start over, or end it with `akashpy down`"
        ) from None
    return [await _offer(session, view.bid) for view in await _open_bids(session, id)]


async def next_block(session: Session) -> None:
    """Return when the chain has made a block. Raises ClientError when it makes none."""
    await session.client.node.beyond(await session.client.node.height())


async def _open_bids(session: Session, id: DeploymentID) -> list[BidView]:
    query = session.client.query.market
    return [view async for view in query.bids(owner=id.owner, dseq=id.dseq, state="open")]


async def _offer(session: Session, bid: Bid) -> Offer:
    try:
        provider = await session.client.query.provider.provider(bid.id.provider)
    except ProviderNotFound:
        return Offer(bid, "", "")
    attributes = " ".join(f"{each.key}={each.value}" for each in provider.attributes)
    return Offer(bid, provider.host_uri, attributes)


def choose(wanted: Sequence[Order], offers: Sequence[Offer], provider: str | None) -> list[Offer]:
    """For each order the named provider's bid, else the cheapest. Raises ClickException."""
    taken = []
    for order in wanted:
        fit = [offer for offer in offers if offer.bid.id.order == order.id]
        if not fit:
            raise click.ClickException(
                f"the bids on group {order.id.gseq} of {order.id.deployment} were taken back: wait "
                "for others with the same command, or end the deployment with `akashpy down`"
            )
        named = [o for o in fit if provider in (o.bid.id.provider, o.host)] if provider else fit
        if not named:
            raise click.ClickException(
                f"{provider} made no bid on group {order.id.gseq}; bidders are "
                + ", ".join(offer.bid.id.provider for offer in fit)
            )
        taken.append(min(named, key=lambda offer: (offer.bid.price.amount, offer.bid.id.provider)))
    return taken


def table(offers: Sequence[Offer]) -> str:
    """All bids, cheapest first within a group."""
    ordered = sorted(offers, key=lambda offer: (offer.bid.id.gseq, offer.bid.price.amount))
    return render([offer.row() for offer in ordered], "table")


async def take(session: Session, offers: Sequence[Offer]) -> None:
    """Make leases of bids, all in one transaction. Raises ChainError, ClientError."""
    messages = [pb.MsgCreateLease(bid_id=offer.bid.id.to_wire()) for offer in offers]
    if not messages:
        raise ClientError("there is no bid to take")
    await session.client.broadcast(messages, KeySigner(session.key))
