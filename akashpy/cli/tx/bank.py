"""`akashpy tx bank`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import switch, tx_flags
from akashpy.cli.tx.values import coins


@click.group(cls=LazyGroup)
def bank() -> None:
    """Coins from account to account."""


@bank.command()
@click.argument("from_key_or_address")
@click.argument("to_address")
@click.argument("amount")
@tx_flags
def send(from_key_or_address: str, to_address: str, amount: str, **options: Any) -> None:
    """Send coins, such as 5uakt or 5uakt,2uact; the first argument signs, not --from."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import bank as wire

    sent = coins(amount)

    async def write(session: Session) -> list[wire.MsgSend]:
        return [
            wire.MsgSend(from_address=session.address, to_address=to_address, amount=sent.to_wire())
        ]

    transact(options | {"sender": from_key_or_address}, write)


@bank.command("multi-send")
@click.argument("from_key_or_address")
@click.argument("to_addresses", nargs=-1, required=True)
@click.argument("amount")
@switch("--split", help="Share the amount among the receivers, rounded down.")
@tx_flags
def multi_send(
    from_key_or_address: str,
    to_addresses: tuple[str, ...],
    amount: str,
    split: bool,
    **options: Any,
) -> None:
    """Send coins to several receivers, the whole amount to each of them."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.types.coin import Coin, Coins
    from akashpy.wire import bank as wire

    given, count = coins(amount), len(to_addresses)
    each = Coins.of(Coin(c.denom, c.amount // count) for c in given) if split else given
    total = Coins.of(Coin(c.denom, c.amount * count) for c in each)

    async def write(session: Session) -> list[wire.MsgMultiSend]:
        outputs = [wire.Output(address=to, coins=each.to_wire()) for to in to_addresses]
        source = wire.Input(address=session.address, coins=total.to_wire())
        return [wire.MsgMultiSend(inputs=[source], outputs=outputs)]

    transact(options | {"sender": from_key_or_address}, write)
