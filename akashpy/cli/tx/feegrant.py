"""`akashpy tx feegrant`: pay the fees of another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, tx_flags
from akashpy.cli.tx.values import address, coins, words

if TYPE_CHECKING:
    from akashpy.types.feegrant import Allowance
    from akashpy.wire import feegrant as pb

SECOND = 10**9


@click.group(cls=LazyGroup)
def feegrant() -> None:
    """Fee allowances: give them, take them back."""


@feegrant.command()
@click.argument("grantee")
@flag("--spend-limit", default="", help="Most that is paid in all.  [default: no limit]")
@flag("--expiration", default="", help="When it ends, as RFC 3339.  [default: never]")
@flag(
    "--period",
    type=int,
    default=0,
    show_default=False,
    help="Seconds after which --period-limit may be spent anew.",
)
@flag("--period-limit", default="", help="Most that is paid in one period.")
@flag("--allowed-messages", multiple=True, help="Only for these type URLs.")
@tx_flags
def grant(grantee: str, **options: Any) -> None:
    """Pay the fees of GRANTEE's transactions, where they name one as --fee-granter.

    \b
    akashpy tx feegrant grant akash1... --spend-limit 1000000uakt --from alice
    akashpy tx feegrant grant akash1... --period 3600 --period-limit 10000uakt --from alice
    """
    from akashpy import wire
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import feegrant as pb

    names = ("spend_limit", "expiration", "period", "period_limit", "allowed_messages")
    given = _allowance({name: options.pop(name) for name in names})
    receiver = address(grantee)

    async def write(session: Session) -> list[pb.MsgGrantAllowance]:
        return [
            pb.MsgGrantAllowance(
                granter=session.address, grantee=receiver, allowance=wire.pack(given)
            )
        ]

    transact(options, write)


@feegrant.command()
@click.argument("grantee")
@tx_flags
def revoke(grantee: str, **options: Any) -> None:
    """Pay GRANTEE's fees no longer."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import feegrant as pb

    receiver = address(grantee)

    async def write(session: Session) -> list[pb.MsgRevokeAllowance]:
        return [pb.MsgRevokeAllowance(granter=session.address, grantee=receiver)]

    transact(options, write)


def _allowance(given: dict[str, Any]) -> Allowance:
    """What the flags describe. Raises UsageError for one that is missing or wrong."""
    from akashpy import wire
    from akashpy.wire import feegrant as pb

    basic = pb.BasicAllowance(spend_limit=coins(given["spend_limit"], "--spend-limit").to_wire())
    ends = given["expiration"]
    if ends:
        try:
            basic.expiration.FromJsonString(ends)
        except ValueError as error:
            raise click.UsageError(f"--expiration {ends!r} is no RFC 3339 time: {error}") from error
    is_periodic = given["period"] > 0 or given["period_limit"]
    made = _periodic(basic, given["period"], given["period_limit"]) if is_periodic else basic
    allowed = words(given["allowed_messages"])
    if not allowed:
        return made
    return pb.AllowedMsgAllowance(allowance=wire.pack(made), allowed_messages=allowed)


def _periodic(basic: pb.BasicAllowance, period: int, limit: str) -> pb.PeriodicAllowance:
    import time

    from akashpy.types.duration import duration
    from akashpy.wire import feegrant as pb

    if period <= 0:
        raise click.UsageError("period clock was not set: give --period in seconds")
    most = coins(limit, "--period-limit")
    if not most:
        raise click.UsageError("period limit was not set: give --period-limit, such as 1000uakt")
    made = pb.PeriodicAllowance(
        basic=basic,
        period=duration(period * SECOND),
        period_spend_limit=most.to_wire(),
        period_can_spend=most.to_wire(),
    )
    made.period_reset.FromNanoseconds(time.time_ns() + period * SECOND)
    is_late = made.period_reset.ToNanoseconds() > basic.expiration.ToNanoseconds()
    if basic.HasField("expiration") and is_late:
        raise click.UsageError(f"period ({period} s) cannot reset after --expiration")
    return made
