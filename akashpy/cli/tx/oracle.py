"""`akashpy tx oracle`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import tx_flags


@click.group(cls=LazyGroup)
def oracle() -> None:
    """Prices fed from outside. To feed them without end: `akashpy oracle feed`."""


@oracle.command()
@click.argument("asset-denom")
@click.argument("base-denom")
@click.argument("price")
@click.argument("timestamp")
@tx_flags
def feed(asset_denom: str, base_denom: str, price: str, timestamp: str, **options: Any) -> None:
    """Feed one price: `oracle feed akt usd 1.25 2026-01-02T03:04:05.678Z`."""
    from akashpy import wire
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import oracle as pb

    entry = {
        "id": {"denom": asset_denom, "base_denom": base_denom},
        "price": price,
        "timestamp": timestamp,
    }
    try:
        message = wire.from_json(pb.MsgAddPriceEntry, entry)
    except wire.WireError as error:
        raise click.UsageError(
            f"{error}; write the price like 1.25 and the time like 2026-01-02T03:04:05Z"
        ) from error

    async def write(session: Session) -> list[pb.MsgAddPriceEntry]:
        message.signer = session.address
        return [message]

    transact(options, write)
