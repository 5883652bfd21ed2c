"""What `akashpy up` does: from an SDL file to a running service, in steps that can be taken again.

Each step looks at the chain first, so that a second run after any interruption goes on where the
first one ended; a changed file becomes an update of the deployment in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.people import auction, places, serving
from akashpy.cli.people.progress import Progress
from akashpy.cli.people.session import Session
from akashpy.client.deploy import create_deployment
from akashpy.client.query import DeploymentView
from akashpy.client.sdl import group_specs, reclamation
from akashpy.client.signer import KeySigner
from akashpy.types.coin import Coin
from akashpy.types.deployment import (
    DeploymentID,
    DeploymentNotFound,
    DeploymentState,
)
from akashpy.types.deposit import Deposit, Source
from akashpy.types.market import Lease
from akashpy.wire import deployment as pb

if TYPE_CHECKING:
    from sdl import Definition


@dataclass(frozen=True, slots=True)
class Wish:
    """What to bring up: the SDL, under which name, and how.

    `bid_patience`, `ready_patience` in seconds; `provider` an address or host URI, None for the
    cheapest; `deposit` None for the chain's minimum.
    """

    name: str
    file: str
    definition: Definition
    deposit: Coin | None = None
    provider: str | None = None
    bid_patience: float = 60.0
    ready_patience: float = 300.0


async def up(session: Session, wish: Wish, progress: Progress) -> dict[str, Any]:
    """Bring a deployment up; where it is. Raises ClickException, ChainError, ClientError."""
    known, view = await _known(session, wish.name)
    version = wish.definition.version()
    did = "created"
    if view is None:
        known = await _create(session, wish, progress)
    elif view.deployment.hash != version:
        await _update(session, view, wish, progress)
        did = "updated"
    else:
        did = "unchanged"
        progress.done(f"deployment {known.owner}/{known.dseq} is on chain with this file already")
    id = DeploymentID(known.owner, known.dseq)
    leases = await _leased(session, id, wish, progress)
    progress.now("sending the manifest")
    await serving.send_manifest(session, leases, wish.definition.manifest(), wish.ready_patience)
    progress.done("manifest accepted")
    services = await serving.until_ready(session, leases, progress, wish.ready_patience)
    progress.done("all services run")
    return _result(wish.name, did, id, leases, services)


async def _known(session: Session, name: str) -> tuple[places.Deployment, DeploymentView | None]:
    """What is remembered under the name, and the deployment if it is active."""
    known = places.remembered(session.chain_id, name)
    if known is None or known.owner != session.owner:
        return places.Deployment(name, session.chain_id, session.owner, 0, ""), None
    try:
        view = await session.client.query.deployment.deployment(
            DeploymentID(known.owner, known.dseq)
        )
    except DeploymentNotFound:
        return known, None
    return known, view if view.deployment.state is DeploymentState.ACTIVE else None


async def _create(session: Session, wish: Wish, progress: Progress) -> places.Deployment:
    groups = group_specs(wish.definition.groups())
    deposit = wish.deposit or await minimum_deposit(session, groups[0].resources[0].price.denom)
    progress.now(f"creating the deployment with a deposit of {deposit}")
    made = await create_deployment(
        session.client,
        KeySigner(session.key),
        groups,
        wish.definition.version(),
        Deposit(deposit, (Source.GRANT, Source.BALANCE)),
        reclamation=reclamation(wish.definition.reclamation()),
    )
    known = places.Deployment(wish.name, session.chain_id, session.owner, made.id.dseq, wish.file)
    known.save()
    progress.done(f"deployment {made.id} created in block {made.outcome.height}, deposit {deposit}")
    return known


async def minimum_deposit(session: Session, denom: str) -> Coin:
    """The least deposit the chain takes in a denomination. Raises ClickException."""
    params = await session.client.query.deployment.params()
    for coin in params.min_deposits:
        if coin.denom == denom:
            return coin
    raise click.ClickException(
        f"the chain takes no deposit in {denom}, the SDL's price denomination; it takes "
        + ", ".join(coin.denom for coin in params.min_deposits)
    )


async def _update(session: Session, view: DeploymentView, wish: Wish, progress: Progress) -> None:
    """Replace the manifest's hash on chain; refused when the order itself would be another."""
    groups = [spec.SerializeToString() for spec in group_specs(wish.definition.groups())]
    if groups != [group.spec.to_wire().SerializeToString() for group in view.groups]:
        raise click.ClickException(
            f"{wish.file} asks for other resources, prices or placement than deployment "
            f"{view.deployment.id}: these are fixed for its life. End it with "
            f"`akashpy down {wish.name}` and bring it up again, or use another --name"
        )
    progress.now("updating the deployment")
    message = pb.MsgUpdateDeployment(
        id=view.deployment.id.to_wire(), hash=wish.definition.version()
    )
    outcome = await session.client.broadcast([message], KeySigner(session.key))
    progress.done(f"deployment {view.deployment.id} updated in block {outcome.height}")


async def _leased(
    session: Session, id: DeploymentID, wish: Wish, progress: Progress
) -> list[Lease]:
    """Leases for all groups: those there are, and new ones for orders that are open."""
    wanted = await auction.orders(session, id)
    if wanted:
        offers = await auction.gather(session, id, wanted, progress, wish.bid_patience)
        progress.show(auction.table(offers))
        taken = auction.choose(wanted, offers, wish.provider)
        progress.now("making the lease")
        await auction.take(session, taken)
        for offer in taken:
            price = auction.short(offer.bid.price)
            progress.done(f"lease with {offer.bid.id.provider} at {price} per block")
    leases = await auction.leases(session, id)
    if not leases:
        raise click.ClickException(
            f"deployment {id} has neither an open order nor a lease: a provider or its owner ended "
            f"it. End it with `akashpy down {wish.name}` and bring it up again"
        )
    return leases


def _result(
    name: str,
    did: str,
    id: DeploymentID,
    leases: list[Lease],
    services: list[serving.Service],
) -> dict[str, Any]:
    return {
        "name": name,
        "action": did,
        "owner": id.owner,
        "dseq": str(id.dseq),
        "leases": [
            {
                "gseq": lease.id.gseq,
                "provider": lease.id.provider,
                "price": str(lease.price),
                "created_at": str(lease.created_at),
            }
            for lease in leases
        ],
        "services": [service.row() for service in services],
    }
