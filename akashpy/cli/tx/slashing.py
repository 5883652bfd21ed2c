"""`akashpy tx slashing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import tx_flags

if TYPE_CHECKING:
    from akashpy.cli.tx.session import Session
    from akashpy.wire import slashing as wire


@click.group(cls=LazyGroup)
def slashing() -> None:
    """A validator's way back."""


@slashing.command()
@tx_flags
def unjail(**options: Any) -> None:
    """Let the signer's validator compete again after its time in jail."""
    from akashpy.cli.tx.session import transact
    from akashpy.types.address import VALOPER
    from akashpy.wire import slashing as wire

    async def write(session: Session) -> list[wire.MsgUnjail]:
        operator = session.account.address.with_prefix(VALOPER)
        return [wire.MsgUnjail(validator_addr=operator)]

    transact(options, write)
