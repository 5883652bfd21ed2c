"""`akashpy tx deployment`. Deployments are made from SDL files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import (
    deployment_flags,
    deposit_sources,
    flag,
    group_flags,
    number,
    tx_flags,
)
from akashpy.cli.tx.values import coin, definition, deposit, minimum

if TYPE_CHECKING:
    from akashpy.cli.tx.session import Session
    from akashpy.types.deployment import DeploymentID
    from akashpy.types.deposit import Deposit
    from akashpy.wire import deployment as wire

SDL = click.argument("sdl_file", metavar="SDL-FILE", type=click.Path(path_type=Path))
TRIES = 100
"""Numbers tried, one after the other, for a deployment that asked for none."""


@click.group(cls=LazyGroup)
def deployment() -> None:
    """Create, update and close deployments."""


@deployment.group(cls=LazyGroup)
def group() -> None:
    """Groups of a deployment."""


@deployment.command()
@SDL
@flag("--owner", default="", help="The tenant.  [default: the signer]")
@flag(
    "--dseq",
    type=number,
    default=0,
    show_default=False,
    help="Number of the deployment.  [default: the latest height]",
)
@flag("--deposit", "amount", default="", help="Deposit.  [default: the chain's minimum]")
@deposit_sources
@tx_flags
def create(
    sdl_file: Path, owner: str, dseq: int, amount: str, sources: str, **options: Any
) -> None:
    """Put an SDL file up for bids; needs a published client certificate."""
    from akashpy.cli.tx.certificate import require_published
    from akashpy.cli.tx.session import perform
    from akashpy.client.sdl import group_specs, reclamation

    async def act(session: Session) -> dict[str, Any] | None:
        await require_published(session)
        found = definition(sdl_file)
        groups = group_specs(found.groups())
        deposited = await _deposit(session, groups, amount, sources)
        message = _create(groups, found.version(), deposited)
        window = reclamation(found.reclamation())
        if window is not None:
            message.reclamation.CopyFrom(window)
        return await _submit_new(session, message, owner or session.address, dseq)

    perform(options, act)


@deployment.command()
@SDL
@deployment_flags
@tx_flags
def update(sdl_file: Path, owner: str, dseq: int, **options: Any) -> None:
    """Announce a changed SDL file; its placement, resources and prices must stay."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import deployment as wire

    async def write(session: Session) -> list[wire.MsgUpdateDeployment]:
        hash = definition(sdl_file).version()
        id = _id(owner or session.address, dseq)
        return [wire.MsgUpdateDeployment(id=id.to_wire(), hash=hash)]

    transact(options, write)


@deployment.command()
@deployment_flags
@tx_flags
def close(owner: str, dseq: int, **options: Any) -> None:
    """End a deployment and get back what is left of its deposit."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import deployment as wire

    async def write(session: Session) -> list[wire.MsgCloseDeployment]:
        return [wire.MsgCloseDeployment(id=_id(owner or session.address, dseq).to_wire())]

    transact(options, write)


@group.command("close")
@group_flags
@tx_flags
def group_close(owner: str, dseq: int, gseq: int, **options: Any) -> None:
    """End a group for good."""
    _group("MsgCloseGroup", owner, dseq, gseq, options)


@group.command()
@group_flags
@tx_flags
def pause(owner: str, dseq: int, gseq: int, **options: Any) -> None:
    """End a group's leases and take it off the market."""
    _group("MsgPauseGroup", owner, dseq, gseq, options)


@group.command()
@group_flags
@tx_flags
def start(owner: str, dseq: int, gseq: int, **options: Any) -> None:
    """Put a paused group up for bids again."""
    _group("MsgStartGroup", owner, dseq, gseq, options)


def _group(kind: str, owner: str, dseq: int, gseq: int, options: dict[str, Any]) -> None:
    from akashpy.cli.tx.session import transact
    from akashpy.wire import deployment as wire

    async def write(session: Session) -> list[Any]:
        return [getattr(wire, kind)(id=_id(owner, dseq).with_gseq(gseq).to_wire())]

    transact(options, write)


def _id(owner: str, dseq: int) -> DeploymentID:
    from akashpy.types.deployment import DeploymentID

    return DeploymentID(owner, dseq)


def _create(
    groups: list[wire.GroupSpec], version: bytes, deposited: Deposit
) -> wire.MsgCreateDeployment:
    from akashpy.wire import deployment as wire

    return wire.MsgCreateDeployment(groups=groups, hash=version, deposit=deposited.to_wire())


async def _deposit(
    session: Session, groups: list[wire.GroupSpec], amount: str, sources: str
) -> Deposit:
    """What --deposit says, or the chain's minimum in the denomination of the prices."""
    if amount:
        return deposit(coin(amount, "--deposit"), sources)
    params = await session.client.query.deployment.params()
    denom = groups[0].resources[0].price.denom
    return deposit(minimum(params.min_deposits, denom), sources)


async def _submit_new(
    session: Session, message: wire.MsgCreateDeployment, owner: str, dseq: int
) -> dict[str, Any] | None:
    """Send with the number asked for, or with the latest height, moved on while it is taken.

    A number counts as taken only when the chain's state says so, never for a text in an answer.
    """
    from akashpy.types.deployment import DeploymentExists, DeploymentNotFound

    number = dseq or await session.client.node.height()
    for _ in range(TRIES):
        id = _id(owner, number)
        message.id.CopyFrom(id.to_wire())
        try:
            return await session.submit([message])
        except DeploymentExists:
            if dseq:
                raise
        try:
            await session.client.query.deployment.deployment(id)
        except DeploymentNotFound as error:
            raise click.ClickException(
                f"the chain says that deployment {id} exists and does not have it: try again"
            ) from error
        number += 1
    raise click.ClickException(
        f"{TRIES} numbers from {number - TRIES} on are in use: choose one with --dseq"
    )
