"""`akashpy tx bme`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import tx_flags


@click.group(cls=LazyGroup)
def bme() -> None:
    """Burning and minting between AKT and ACT. The result comes with an epoch, blocks later."""


@bme.command("burn-mint")
@click.argument("coins-to-burn")
@click.argument("denom-to-mint")
@tx_flags
def burn_mint(coins_to_burn: str, denom_to_mint: str, **options: Any) -> None:
    """Burn tokens to mint another denomination: `bme burn-mint 5000000uakt uact`."""
    _request("MsgBurnMint", coins_to_burn, options, denom_to_mint=denom_to_mint)


@bme.command("mint-act")
@click.argument("coins-to-burn")
@tx_flags
def mint_act(coins_to_burn: str, **options: Any) -> None:
    """Mint ACT by burning AKT: `bme mint-act 5000000uakt`."""
    _request("MsgMintACT", coins_to_burn, options)


@bme.command("burn-act")
@click.argument("coins-to-burn")
@tx_flags
def burn_act(coins_to_burn: str, **options: Any) -> None:
    """Burn ACT to mint AKT: `bme burn-act 5000000uact`."""
    _request("MsgBurnACT", coins_to_burn, options)


def _request(kind: str, coins_to_burn: str, options: dict[str, Any], **more: str) -> None:
    from akashpy.cli.tx.session import Session, transact
    from akashpy.cli.tx.values import coin
    from akashpy.wire import bme as pb

    burned = coin(coins_to_burn, "coins-to-burn").to_wire()

    async def write(session: Session) -> list[Any]:
        owner = session.address
        return [getattr(pb, kind)(owner=owner, to=owner, coins_to_burn=burned, **more)]

    transact(options, write)
