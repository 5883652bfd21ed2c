"""Looking at a deployment by its name, following its logs, and ending it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from akashpy.cli.people import auction, places, serving
from akashpy.cli.people.progress import Progress
from akashpy.cli.people.session import Session
from akashpy.client.errors import ClientError
from akashpy.client.provider import ProviderGateway, TokenCredentials
from akashpy.client.query import DeploymentView
from akashpy.client.signer import KeySigner
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID, DeploymentNotFound, DeploymentState
from akashpy.types.escrow import Account
from akashpy.types.market import Lease
from akashpy.wire import deployment as pb


def known(session: Session, name: str) -> places.Deployment:
    """What is remembered of a name on this chain. Raises ClickException that lists the names."""
    found = places.remembered(session.chain_id, name)
    if found is None:
        others = [each.name for each in places.all_remembered(session.chain_id)]
        raise click.ClickException(
            f"no deployment is called {name!r} on {session.chain_id}; there are: "
            + (", ".join(others) or "none, bring one up with `akashpy up FILE`")
        )
    return found


async def status(session: Session, name: str) -> dict[str, Any]:
    """State, leases, services and money of a deployment. Raises ClickException."""
    found = known(session, name)
    id = DeploymentID(found.owner, found.dseq)
    view = await session.client.query.deployment.deployment(id)
    leases = await auction.leases(session, id)
    height = await session.client.node.height()
    try:
        services = await serving.services(session, leases)
        trouble = None
    except ClientError as error:
        services, trouble = [], str(error)
    return {
        "name": name,
        "owner": id.owner,
        "dseq": str(id.dseq),
        "state": view.deployment.state.name,
        "leases": [_lease(lease) for lease in leases],
        "services": [service.row() for service in services],
        "escrow": _money(view.account, leases, height),
    } | ({"provider_unreachable": trouble} if trouble else {})


def _lease(lease: Lease) -> dict[str, Any]:
    return {
        "gseq": lease.id.gseq,
        "provider": lease.id.provider,
        "state": lease.state.name,
        "price": str(lease.price),
    }


def _money(account: Account, leases: Sequence[Lease], height: int) -> dict[str, Any]:
    """Funds left at a height, and how many blocks they last; amounts in base units."""
    rate = sum((lease.price.amount for lease in leases), Dec.ZERO)
    first = account.funds[0] if account.funds else None
    if first is None or not rate.is_positive:
        return {
            "state": account.state.name,
            "funds": [f"{f.amount}{f.denom}" for f in account.funds],
        }
    left = max(first.amount - rate.mul_int(height - account.settled_at), Dec.ZERO)
    return {
        "state": account.state.name,
        "funds": [f"{left}{first.denom}"]
        + [f"{other.amount}{other.denom}" for other in account.funds[1:]],
        "rate_per_block": f"{rate}{first.denom}",
        "blocks_left": str(left.quo(rate).truncate()),
    }


async def listing(session: Session, *, everything: bool) -> list[dict[str, Any]]:
    """One row for each name on this chain; closed ones only on demand."""
    rows = []
    for found in places.all_remembered(session.chain_id):
        view = await _view(session, found)
        state = view.deployment.state.name if view else "unknown"
        if everything or (view and view.deployment.state is DeploymentState.ACTIVE):
            row = {"name": found.name, "dseq": str(found.dseq), "state": state, "file": found.file}
            rows.append(row)
    return rows


async def _view(session: Session, found: places.Deployment) -> DeploymentView | None:
    try:
        return await session.client.query.deployment.deployment(
            DeploymentID(found.owner, found.dseq)
        )
    except DeploymentNotFound:
        return None


async def running(session: Session, name: str) -> list[Lease]:
    """The leases of a name. Raises ClickException when there is none."""
    found = known(session, name)
    leases = await auction.leases(session, DeploymentID(found.owner, found.dseq))
    if not leases:
        raise click.ClickException(f"{name} has no lease that runs; see `akashpy status {name}`")
    return leases


async def follow_logs(
    session: Session, name: str, services: Sequence[str], *, follow: bool, tail: int | None
) -> None:
    """Print the log lines of all leases, one lease after the other; follow the first one."""
    for lease in await running(session, name):
        who = TokenCredentials(session.key)
        async with ProviderGateway.of(session.client, lease.id.provider, who) as gateway:
            lines = gateway.logs(lease.id, services=services, follow=follow, tail=tail)
            async for line in lines:
                click.echo(f"[{line.name}] {line.message}")


async def close(session: Session, name: str, progress: Progress) -> dict[str, Any]:
    """End a deployment on chain and free its name. Raises ClickException, ChainError."""
    found = known(session, name)
    id = DeploymentID(found.owner, found.dseq)
    view = await _view(session, found)
    if view is not None and view.deployment.state is DeploymentState.ACTIVE:
        progress.now(f"closing deployment {id}")
        message = pb.MsgCloseDeployment(id=id.to_wire())
        outcome = await session.client.broadcast([message], KeySigner(session.key))
        progress.done(f"deployment {id} closed in block {outcome.height}")
    found.forget()
    leases = [
        {
            "provider": each.lease.id.provider,
            "state": each.lease.state.name,
            "paid": str(each.payment.withdrawn),
        }
        async for each in session.client.query.market.leases(owner=id.owner, dseq=id.dseq)
    ]
    return {"name": name, "owner": id.owner, "dseq": str(id.dseq), "leases": leases}
