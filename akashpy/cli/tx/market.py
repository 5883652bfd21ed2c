"""`akashpy tx market`: bids and leases."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import (
    DURATION,
    REASON_UNSPECIFIED,
    deposit_sources,
    flag,
    gseq,
    lease_flags,
    oseq,
    stacked,
    tx_flags,
)
from akashpy.cli.tx.values import coin, deposit

provider_order = stacked(
    flag("--owner", required=True, help="The tenant."),
    flag("--dseq", type=click.IntRange(1, 2**64 - 1), required=True, help="The deployment."),
    gseq,
    oseq,
)
reason = flag(
    "--reason",
    type=int,
    default=REASON_UNSPECIFIED,
    help="Why, as a number: 10000 unstable, 10001 decommission, 10002 unspecified, "
    "10003 manifest timeout.",
)
own_provider = flag("--provider", default="", help="The provider.  [default: the signer]")


@click.group(cls=LazyGroup)
def market() -> None:
    """Bids and leases."""


@market.group(cls=LazyGroup)
def bid() -> None:
    """What providers offer."""


@market.group(cls=LazyGroup)
def lease() -> None:
    """What tenants take."""


@bid.command("create")
@provider_order
@flag("--price", required=True, help="Price per block, such as 12.5uakt.")
@flag("--deposit", "amount", default="", help="Deposit.  [default: the chain's minimum]")
@deposit_sources
@flag(
    "--reclamation-window",
    type=DURATION,
    default=None,
    show_default=False,
    help="Notice before the lease can be taken back, such as 24h.",
)
@tx_flags
def bid_create(
    owner: str,
    dseq: int,
    gseq: int,
    oseq: int,
    price: str,
    amount: str,
    sources: str,
    reclamation_window: int | None,
    **options: Any,
) -> None:
    """Offer to run an order for a price; signed by the provider."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.cli.tx.values import minimum
    from akashpy.types.coin import DecCoin
    from akashpy.types.duration import duration
    from akashpy.types.errors import ChainError
    from akashpy.wire import market as wire

    try:
        offer = DecCoin.parse(price)
    except ChainError as error:
        raise click.UsageError(f"--price {price!r}: {error}; write it like 12.5uakt") from error

    async def write(session: Session) -> list[wire.MsgCreateBid]:
        if amount:
            deposited = coin(amount, "--deposit")
        else:
            params = await session.client.query.market.params()
            deposited = minimum((*params.bid_min_deposits, params.bid_min_deposit), offer.denom)
        message = wire.MsgCreateBid(
            id=wire.BidID(owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=session.address),
            price=offer.to_wire(),
            deposit=deposit(deposited, sources).to_wire(),
        )
        if reclamation_window is not None:
            message.reclamation_window.CopyFrom(duration(reclamation_window))
        return [message]

    transact(options, write)


@bid.command("close")
@provider_order
@own_provider
@reason
@tx_flags
def bid_close(
    owner: str, dseq: int, gseq: int, oseq: int, provider: str, reason: int, **options: Any
) -> None:
    """Take a bid back, or end its lease; signed by the provider."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import market as wire

    async def write(session: Session) -> list[wire.MsgCloseBid]:
        id = wire.BidID(
            owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider or session.address
        )
        return [wire.MsgCloseBid(id=id, reason=reason)]  # type: ignore[arg-type]  # any number

    transact(options, write)


def _start_reclaim(
    owner: str, dseq: int, gseq: int, oseq: int, provider: str, reason: int, **options: Any
) -> None:
    """Give a tenant notice that its lease ends; signed by the provider."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import market as wire

    async def write(session: Session) -> list[wire.MsgLeaseStartReclaim]:
        id = wire.LeaseID(
            owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider or session.address
        )
        return [
            wire.MsgLeaseStartReclaim(id=id, reason=reason)  # type: ignore[arg-type]  # any number
        ]

    transact(options, write)


_reclaim_flags = stacked(provider_order, own_provider, reason, tx_flags)
bid.command("start-reclaim")(_reclaim_flags(_start_reclaim))
lease.command("start-reclaim")(_reclaim_flags(_start_reclaim))


@lease.command("create")
@lease_flags
@tx_flags
def lease_create(
    owner: str, dseq: int, gseq: int, oseq: int, provider: str, **options: Any
) -> None:
    """Take a bid; signed by the tenant."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import market as wire

    async def write(session: Session) -> list[wire.MsgCreateLease]:
        id = wire.BidID(
            owner=owner or session.address, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider
        )
        return [wire.MsgCreateLease(bid_id=id)]

    transact(options, write)


@lease.command("withdraw")
@provider_order
@own_provider
@tx_flags
def lease_withdraw(
    owner: str, dseq: int, gseq: int, oseq: int, provider: str, **options: Any
) -> None:
    """Settle a lease and pay out what it earned; signed by the provider."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import market as wire

    async def write(session: Session) -> list[wire.MsgWithdrawLease]:
        id = wire.LeaseID(
            owner=owner, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider or session.address
        )
        return [wire.MsgWithdrawLease(id=id)]

    transact(options, write)


@lease.command("close")
@lease_flags
@tx_flags
def lease_close(owner: str, dseq: int, gseq: int, oseq: int, provider: str, **options: Any) -> None:
    """End a lease; its group is put up for bids again. Signed by the tenant."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import market as wire

    async def write(session: Session) -> list[wire.MsgCloseLease]:
        id = wire.LeaseID(
            owner=owner or session.address, dseq=dseq, gseq=gseq, oseq=oseq, provider=provider
        )
        return [wire.MsgCloseLease(id=id)]

    transact(options, write)
