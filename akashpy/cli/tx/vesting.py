"""`akashpy tx vesting`: new accounts whose coins unlock over time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import switch, tx_flags
from akashpy.cli.tx.values import address, coins

if TYPE_CHECKING:
    from akashpy.cli.tx.session import Session
    from akashpy.wire import vesting as wire

SECONDS = click.IntRange(-(2**63), 2**63 - 1)


@click.group(cls=LazyGroup)
def vesting() -> None:
    """Accounts whose coins unlock over time."""


@vesting.command("create-vesting-account")
@click.argument("to_address")
@click.argument("amount")
@click.argument("end_time", type=SECONDS)
@switch("--delayed", help="Unlock everything at the end, nothing before.")
@tx_flags
def create_vesting_account(
    to_address: str, amount: str, end_time: int, delayed: bool, **options: Any
) -> None:
    """Send coins that unlock evenly until END_TIME, in unix seconds."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import vesting as wire

    to, given = address(to_address), coins(amount).to_wire()

    async def write(session: Session) -> list[wire.MsgCreateVestingAccount]:
        return [
            wire.MsgCreateVestingAccount(
                from_address=session.address,
                to_address=to,
                amount=given,
                end_time=end_time,
                delayed=delayed,
            )
        ]

    transact(options, write)


@vesting.command("create-permanent-locked-account")
@click.argument("to_address")
@click.argument("amount")
@tx_flags
def create_permanent_locked_account(to_address: str, amount: str, **options: Any) -> None:
    """Send coins that may be staked but never spent; rewards may be."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import vesting as wire

    to, given = address(to_address), coins(amount).to_wire()

    async def write(session: Session) -> list[wire.MsgCreatePermanentLockedAccount]:
        return [
            wire.MsgCreatePermanentLockedAccount(
                from_address=session.address, to_address=to, amount=given
            )
        ]

    transact(options, write)


@vesting.command("create-periodic-vesting-account")
@click.argument("to_address")
@click.argument("periods_file", metavar="PERIODS.JSON", type=click.Path(path_type=Path))
@tx_flags
def create_periodic_vesting_account(to_address: str, periods_file: Path, **options: Any) -> None:
    """Send coins that unlock period by period, as a JSON file says.

    \b
    {
      "start_time": 1625204910,
      "periods": [
        {"coins": "10uakt", "length_seconds": 2592000},
        {"coins": "10uakt", "length_seconds": 2592000}
      ]
    }
    """
    from akashpy.cli.tx.session import transact
    from akashpy.wire import vesting as wire

    to = address(to_address)
    start, periods = _periods(periods_file)

    async def write(session: Session) -> list[wire.MsgCreatePeriodicVestingAccount]:
        return [
            wire.MsgCreatePeriodicVestingAccount(
                from_address=session.address,
                to_address=to,
                start_time=start,
                vesting_periods=periods,
            )
        ]

    transact(options, write)


def _periods(file: Path) -> tuple[int, list[wire.Period]]:
    """The start and the periods that a file describes. Raises ClickException."""
    from akashpy.wire import vesting as wire

    try:
        found = json.loads(file.read_text())
        start = int(found["start_time"])
        parts = [(int(each["length_seconds"]), str(each["coins"])) for each in found["periods"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise click.ClickException(
            f"{file}: {type(error).__name__}: {error}; it must hold start_time and periods with "
            "coins and length_seconds"
        ) from error
    return start, [
        wire.Period(length=length, amount=coins(text, "coins").to_wire()) for length, text in parts
    ]
