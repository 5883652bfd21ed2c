"""`akashpy tx escrow`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import deployment_flags, deposit_sources, tx_flags
from akashpy.cli.tx.values import coin, deposit


@click.group(cls=LazyGroup)
def escrow() -> None:
    """Money that pays for deployments."""


@escrow.command("deposit")
@click.argument("what", metavar="deployment", type=click.Choice(["deployment"]))
@click.argument("amount")
@deployment_flags
@deposit_sources
@tx_flags
def deposit_(what: str, amount: str, owner: str, dseq: int, sources: str, **options: Any) -> None:
    """Add funds to a deployment: `escrow deposit deployment 5000000uact --dseq 123`."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.types.deployment import DeploymentID
    from akashpy.wire import escrow as wire

    added = deposit(coin(amount), sources)

    async def write(session: Session) -> list[wire.MsgAccountDeposit]:
        id = DeploymentID(owner or session.address, dseq).escrow
        return [
            wire.MsgAccountDeposit(signer=session.address, id=id.to_wire(), deposit=added.to_wire())
        ]

    transact(options, write)
