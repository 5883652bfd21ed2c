"""Governance reaches every module: its parameters change through a proposal that passes."""

from collections.abc import Callable
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import bank, consensus, registry
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.gov import records
from akashpy.node.queries.table import QUERIES
from akashpy.wire.bank import MsgSetSendEnabled, SendEnabled
from akashpy.wire.consensus import MsgUpdateParams as ConsensusParams
from tests.chain.conftest import Given
from tests.chain.gov.conftest import DAY, YES, Council

URLS = sorted(url for url in registry.router().handlers if url.endswith(".MsgUpdateParams"))

CHANGES: dict[str, dict[str, Any]] = {
    "/akash.bme.v1": {"max_pending_attempts": 5},
    "/akash.deployment.v1beta4": {"min_deposits": [{"denom": "uact", "amount": "7"}]},
    "/akash.market.v1beta5": {"order_max_bids": 33},
    "/akash.oracle.v2": {"max_prune_per_epoch": "77"},
    "/akashpy.chain.v1": {"settlement_denoms": ["uact"]},
    "/cosmos.auth.v1beta1": {"tx_sig_limit": "9"},
    "/cosmos.bank.v1beta1": {"default_send_enabled": False},
    "/cosmos.consensus.v1": {"block": {"max_bytes": "2000000", "max_gas": "5"}},
    "/cosmos.distribution.v1beta1": {"community_tax": "0.070000000000000000"},
    "/cosmos.gov.v1": {"quorum": "0.250000000000000000"},
    "/cosmos.mint.v1beta1": {"blocks_per_year": "123456"},
    "/cosmos.slashing.v1beta1": {"signed_blocks_window": "777"},
    "/cosmos.staking.v1beta1": {"max_validators": 55},
}
"""Package of a module's messages -> what a proposal sets in its parameters, as JSON."""


def params_of(council: Council, package: str) -> dict[str, Any]:
    """A module's parameters as its query shows them."""
    query = QUERIES[f"{package}.Query/Params"]
    shown: Any = wire.to_json(query.respond(council.ctx, query.request()))
    found: dict[str, Any] = shown["params"]
    return found


def change(council: Council, package: str) -> Any:
    """The message that sets a module's parameters, one of them changed."""
    url = f"{package}.MsgUpdateParams"
    kind: Callable[..., Any] = wire.message_class(url)
    if kind is ConsensusParams:
        value: Any = wire.to_json(consensus.default())
        fields = {name: value[name] for name in ("block", "evidence", "validator")}
        return wire.from_json(kind, {"authority": AUTHORITY, **fields, **CHANGES[package]})
    return wire.from_json(
        kind,
        {"authority": AUTHORITY, "params": params_of(council, package) | CHANGES[package]},
    )


def decide(council: Council, msg: Any) -> Any:
    """A proposal of one message, accepted; the proposal after its voting period."""
    number = council.submit(msg)
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(2 * DAY)
    return council.found(number)


def test_every_module_with_parameters_is_here() -> None:
    assert [f"{package}.MsgUpdateParams" for package in sorted(CHANGES)] == URLS


@pytest.mark.parametrize("package", sorted(CHANGES))
def test_its_parameters_change(council: Council, package: str) -> None:
    found = decide(council, change(council, package))
    assert (found.status, found.failed_reason) == (records.PASSED, "")
    after = params_of(council, package)
    assert {name: after[name] for name in CHANGES[package]} == CHANGES[package]


@pytest.mark.parametrize("package", sorted(CHANGES))
def test_nobody_else_changes_them(given: Given, package: str) -> None:
    council = Council(given)
    msg = change(council, package)
    msg.authority = council.alice
    before = given.rows()
    with pytest.raises(Exception, match="expected gov account as only signer"):
        given.run(msg)
    assert given.rows() == before


def test_denominations_are_opened_by_a_proposal(council: Council) -> None:
    msg = MsgSetSendEnabled(
        authority=AUTHORITY, send_enabled=[SendEnabled(denom="uact", enabled=True)]
    )
    assert decide(council, msg).status == records.PASSED
    assert bank.is_send_enabled(council.ctx, "uact")
