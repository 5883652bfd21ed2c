"""`akashpy tx authz`: let another account send messages, or pay deposits, in one's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, tx_flags
from akashpy.cli.tx.values import address, coin, coins, words

if TYPE_CHECKING:
    from akashpy.cli.tx.session import Session
    from akashpy.types.authz import Authorization
    from akashpy.types.coin import Coin

STAKE = ("delegate", "unbond", "redelegate")
KINDS = ("send", "generic", *STAKE, "deposit")
BOND = "/cosmos.staking.v1beta1.Query/Params"


@click.group(cls=LazyGroup)
def authz() -> None:
    """Authorizations: give them, take them back, use them."""


@authz.command()
@click.argument("grantee")
@click.argument("kind", metavar=f"<{'|'.join(KINDS)}>", type=click.Choice(KINDS))
@flag("--spend-limit", default="", help="Most that may be spent, such as 5000000uact.")
@flag("--scope", multiple=True, help="deployment, bid or both: what deposits are for.")
@flag("--msg-type", default="", help="Type URL of the message, for generic.")
@flag("--allow-list", multiple=True, help="Only these receivers, for send.")
@flag("--allowed-validators", multiple=True, help="Only these validators.")
@flag("--deny-validators", multiple=True, help="All but these validators.")
@flag(
    "--expiration",
    type=int,
    default=0,
    show_default=False,
    help="When it ends, in Unix seconds.  [default: never]",
)
@tx_flags
def grant(grantee: str, kind: str, expiration: int, **options: Any) -> None:
    """Let GRANTEE act in one's name.

    \b
    akashpy tx authz grant akash1... send --spend-limit 1000uakt --from alice
    akashpy tx authz grant akash1... deposit --scope deployment,bid --spend-limit 9000000uact
    """
    from akashpy import wire
    from akashpy.cli.tx.session import transact
    from akashpy.wire import authz as pb

    given = {name: options.pop(name) for name in WANTED}

    async def write(session: Session) -> list[pb.MsgGrant]:
        if grantee.lower() == session.address.lower():
            raise click.UsageError("grantee and granter should be different")
        made = pb.Grant(authorization=wire.pack(await _authorization(session, kind, given)))
        if expiration:
            made.expiration.seconds = expiration
        return [pb.MsgGrant(granter=session.address, grantee=address(grantee), grant=made)]

    transact(options, write)


WANTED = (
    "spend_limit",
    "scope",
    "msg_type",
    "allow_list",
    "allowed_validators",
    "deny_validators",
)


@authz.command()
@click.argument("grantee")
@click.argument("msg_type_url")
@tx_flags
def revoke(grantee: str, msg_type_url: str, **options: Any) -> None:
    """Take back what GRANTEE may send, such as /cosmos.bank.v1beta1.MsgSend."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import authz as pb

    async def write(session: Session) -> list[pb.MsgRevoke]:
        return [
            pb.MsgRevoke(
                granter=session.address, grantee=address(grantee), msg_type_url=msg_type_url
            )
        ]

    transact(options, write)


@authz.command("exec")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@tx_flags
def exec_(file: Path, **options: Any) -> None:
    """Send the messages of a transaction that its owner wrote with --generate-only."""
    from akashpy.cli.tx.files import messages_of
    from akashpy.cli.tx.session import transact
    from akashpy.wire import authz as pb

    packed = messages_of(file)

    async def write(session: Session) -> list[pb.MsgExec]:
        return [pb.MsgExec(grantee=session.address, msgs=packed)]

    transact(options, write)


async def _authorization(session: Session, kind: str, given: dict[str, Any]) -> Authorization:
    """What the flags describe. Raises UsageError for one that is missing or wrong."""
    from akashpy.wire import authz as pb
    from akashpy.wire.bank import SendAuthorization

    if kind == "generic":
        if not given["msg_type"]:
            raise click.UsageError("generic needs --msg-type, such as /cosmos.gov.v1.MsgVote")
        return pb.GenericAuthorization(msg=given["msg_type"])
    if kind in STAKE:
        return await _stake(session, kind, given)
    limit = coins(given["spend_limit"], "--spend-limit")
    if not limit:
        raise click.UsageError("--spend-limit should be greater than zero, such as 1000uakt")
    if kind == "deposit":
        return _deposit(given, limit)
    allowed = words(given["allow_list"])
    for place, receiver in enumerate(allowed):
        if receiver in allowed[:place]:
            raise click.UsageError(f"duplicate address {receiver} in --allow-list")
    return SendAuthorization(
        spend_limit=limit.to_wire(), allow_list=[address(text) for text in allowed]
    )


def _deposit(given: dict[str, Any], limit: tuple[Coin, ...]) -> Authorization:
    from akashpy.types.coin import Coin
    from akashpy.wire.escrow import DepositAuthorization

    known = {"deployment": DepositAuthorization.deployment, "bid": DepositAuthorization.bid}
    scopes = words(given["scope"])
    for place, word in enumerate(scopes):
        if word not in known:
            raise click.UsageError(f"--scope {word!r} is none; allowed are deployment and bid")
        if word in scopes[:place]:
            raise click.UsageError(f"--scope names {word} twice")
    if not scopes:
        raise click.UsageError("deposit needs --scope: deployment, bid or deployment,bid")
    return DepositAuthorization(
        scopes=[known[word] for word in scopes],
        spend_limit=Coin("uakt", 0).to_wire(),
        spend_limits=[each.to_wire() for each in limit],
    )


async def _stake(session: Session, kind: str, given: dict[str, Any]) -> Authorization:
    from akashpy.types.address import VALOPER
    from akashpy.wire import staking as pb

    lists = words(given["allowed_validators"]), words(given["deny_validators"])
    if not any(lists):
        raise click.UsageError("name --allowed-validators or --deny-validators")
    if all(lists):
        raise click.UsageError("cannot set both --allowed-validators and --deny-validators")
    allowed, denied = (
        pb.StakeAuthorization.Validators(address=[address(text, VALOPER) for text in one])
        for one in lists
    )
    types = {
        "delegate": pb.AuthorizationType.AUTHORIZATION_TYPE_DELEGATE,
        "unbond": pb.AuthorizationType.AUTHORIZATION_TYPE_UNDELEGATE,
        "redelegate": pb.AuthorizationType.AUTHORIZATION_TYPE_REDELEGATE,
    }
    made = pb.StakeAuthorization(authorization_type=types[kind])
    if allowed.address:
        made.allow_list.CopyFrom(allowed)
    else:
        made.deny_list.CopyFrom(denied)
    if given["spend_limit"]:
        most = coin(given["spend_limit"], "--spend-limit")
        answer = await session.client.call(BOND, pb.QueryParamsRequest(), pb.QueryParamsResponse)
        bond = answer.params.bond_denom
        if most.denom != bond:
            raise click.UsageError(f"--spend-limit {most}: the chain stakes {bond}")
        if most.amount <= 0:
            raise click.UsageError("--spend-limit should be greater than zero")
        made.max_tokens.CopyFrom(most.to_wire())
    return made
