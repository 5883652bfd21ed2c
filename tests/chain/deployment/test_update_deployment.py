"""MsgUpdateDeployment: only the hash of the manifest changes."""

from typing import Any

import pytest

from akashpy.types.deployment import (
    DeploymentClosed,
    DeploymentID,
    DeploymentNotFound,
    EmptyHash,
    InvalidHash,
)
from akashpy.types.errors import ChainError, InvalidSequence
from akashpy.wire import deployment as pb
from tests.chain.bazaar import HASH, Bazaar
from tests.chain.conftest import Given

OTHER = bytes(32)


def update(given: Given, id: DeploymentID, hash: bytes = OTHER) -> Any:
    return given.run(pb.MsgUpdateDeployment(id=id.to_wire(), hash=hash))


def test_changes_the_hash_and_nothing_else(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy()
    before = bazaar.deployment(id)
    bazaar.told()
    update(given, id)
    after = bazaar.deployment(id)
    assert (after.hash, after.state, after.created_at) == (OTHER, before.state, before.created_at)
    assert bazaar.told() == ["EventDeploymentUpdated"]


@pytest.mark.parametrize(
    ("hash", "error"), [(b"", EmptyHash), (b"short", InvalidHash), (HASH, InvalidHash)]
)
def test_rejects_a_hash(given: Given, hash: bytes, error: type[ChainError]) -> None:
    id = Bazaar(given).deploy()
    with given.rejects(error):
        update(given, id, hash)


def test_rejects_an_unknown_or_closed_deployment(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy()
    with given.rejects(DeploymentNotFound):
        update(given, DeploymentID(id.owner, 99))
    with given.rejects(InvalidSequence):
        update(given, DeploymentID(id.owner, 0))
    bazaar.close(id)
    with given.rejects(DeploymentClosed):
        update(given, id)
