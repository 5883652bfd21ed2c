"""A failed query over JSON-RPC: the wrapping comes off, and the module's own error is left."""

import pytest

from akashpy.client.errors import StatusRefusal, Unreachable, of_abci, of_simulation
from akashpy.types import audit, provider
from akashpy.types.deployment import DeploymentNotFound
from akashpy.types.deployment import GroupNotFound as DeploymentGroupNotFound
from akashpy.types.errors import InsufficientFunds, InvalidHeight, Status, UnknownRequest
from akashpy.types.market import BidNotFound

DEPLOYMENT = "/akash.deployment.v1beta4.Query/Deployment"
NO_PROVIDER = "invalid provider: address not found: key not found"


@pytest.mark.parametrize(
    ("path", "log", "kind"),
    [
        (DEPLOYMENT, "Deployment not found: key not found", DeploymentNotFound),
        (DEPLOYMENT, "Group not found: key not found", DeploymentGroupNotFound),
        ("/akash.market.v1beta5.Query/Bid", "invalid bid: bid not found: key not found",
         BidNotFound),
        ("/akash.provider.v1beta4.Query/Provider", NO_PROVIDER, provider.ProviderNotFound),
        ("/akash.audit.v1.Query/ProviderAttributes", NO_PROVIDER, audit.ProviderNotFound),
    ],
)  # fmt: skip
def test_a_modules_own_error(path, log, kind):
    assert type(of_abci(path, "sdk", 22, log)) is kind


def test_a_text_nobody_registered_is_a_bare_not_found():
    found = of_abci("/akash.x.v1.Query/Y", "sdk", 22, "no such moon: key not found")
    assert (type(found), found.status, str(found)) == (
        StatusRefusal, Status.NOT_FOUND, "no such moon",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "log", "status", "text"),
    [
        (22, "rpc error: code = NotFound desc = tx not found: 00: key not found",
         Status.NOT_FOUND, "tx not found: 00"),
        (18, "rpc error: code = InvalidArgument desc = invalid state value: invalid request",
         Status.INVALID_ARGUMENT, "invalid state value"),
        (6, "rpc error: code = Internal desc = boom: unknown request", Status.INTERNAL, "boom"),
        (6, "rpc error: code = Novel desc = boom: unknown request", Status.UNKNOWN, "boom"),
    ],
)  # fmt: skip
def test_a_bare_status(code, log, status, text):
    found = of_abci("/cosmos.tx.v1beta1.Service/GetTx", "sdk", code, log)
    assert (type(found), found.status, str(found)) == (StatusRefusal, status, text)


def test_a_failed_simulation_is_looked_up_as_over_grpc():
    log = (
        "rpc error: code = Unknown desc = failed to execute message; message index: 0: spendable "
        "balance 1uakt is smaller than 2uakt: insufficient funds [send.go:298] with gas used: '5': "
        "unknown request"
    )
    found = of_abci("/cosmos.tx.v1beta1.Service/Simulate", "sdk", 6, log)
    assert type(of_simulation(found)) is InsufficientFunds


def test_what_is_no_wrapping_stays():
    height = of_abci(
        DEPLOYMENT, "sdk", 26, "cannot query with height in the future: invalid height"
    )
    assert type(height) is InvalidHeight
    path = of_abci(DEPLOYMENT, "sdk", 6, "unknown query path: unknown request")
    assert type(path) is UnknownRequest
    gone = of_abci(
        DEPLOYMENT, "sdk", 6, "rpc error: code = Unavailable desc = shutting down: unknown request"
    )
    assert isinstance(gone, Unreachable)
