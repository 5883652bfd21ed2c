"""Creating deployments: the number a deployment gets, and never two for one wish.

Akash lets the client choose the number (dseq); the habit is the latest height. Must not know SDL.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from akashpy.client.client import Client
from akashpy.client.outcome import TxOutcome
from akashpy.client.signer import Signer
from akashpy.types.deployment import DeploymentExists, DeploymentID, DeploymentNotFound
from akashpy.types.deposit import Deposit
from akashpy.wire import deployment as pb

TRIES = 100
"""Numbers tried one after the other."""


class Created(NamedTuple):
    """A deployment that is on chain, and the transaction that made it."""

    id: DeploymentID
    outcome: TxOutcome


async def create_deployment(
    client: Client,
    signer: Signer,
    groups: Iterable[pb.GroupSpec],
    version: bytes,
    deposit: Deposit,
    *,
    dseq: int | None = None,
    reclamation: pb.DeploymentReclamation | None = None,
) -> Created:
    """Create a deployment; `version` is the manifest's 32-byte hash.

    Without `dseq` it is the latest height, moved on by one while it is taken. That happens only
    when the chain itself says that the number is in use: an answer that got lost is followed up by
    `broadcast`, so one call makes one deployment. Raises DeploymentExists for a `dseq` that was
    asked for, other ChainErrors, NeverIncluded, OutcomeUnknown, Unreachable.
    """
    listed = list(groups)
    number = await client.node.height() if dseq is None else dseq
    for _ in range(TRIES):
        id = DeploymentID(signer.address, number)
        message = pb.MsgCreateDeployment(
            id=id.to_wire(), groups=listed, hash=version, deposit=deposit.to_wire()
        )
        if reclamation is not None:
            message.reclamation.CopyFrom(reclamation)
        try:
            return Created(id, await client.broadcast([message], signer))
        except DeploymentExists:
            if dseq is not None or not await _exists(client, id):
                raise
            number += 1
    raise DeploymentExists(f"{TRIES} numbers from {number - TRIES} on are in use; choose a dseq")


async def _exists(client: Client, id: DeploymentID) -> bool:
    """Whether the chain has the deployment: a text in a simulation's failure is no proof.

    A simulation may run on a block that cannot be read yet, so one block is waited for.
    """
    for _ in range(2):
        try:
            await client.query.deployment.deployment(id)
        except DeploymentNotFound:
            await client.node.beyond(await client.node.height())
        else:
            return True
    return False
