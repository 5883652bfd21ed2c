"""Governance's own parameters, and its genesis."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import gov
from akashpy.chain.gov import genesis, records
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import gov as pb
from tests.chain.conftest import Given
from tests.chain.gov.conftest import DAY, YES, Council, send_enabled


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"min_deposit": ""}, "invalid minimum deposit: "),
        ({"expedited_min_deposit": ""}, "invalid expedited minimum deposit: "),
        (
            {"expedited_min_deposit": "10000000uakt"},
            "expedited minimum deposit must be greater than minimum deposit: 10000000uakt",
        ),
        ({"max_deposit_period": -1}, "maximum deposit period must be positive: -1"),
        ({"quorum": "x"}, "invalid quorum string: failed to set decimal string with base 10: x"),
        ({"quorum": "-0.1"}, "quorom cannot be negative: -0.100000000000000000"),
        ({"quorum": "1.1"}, "quorom too large: 1.1"),
        ({"threshold": "0"}, "vote threshold must be positive: 0.000000000000000000"),
        ({"threshold": "2"}, "vote threshold too large: 2.000000000000000000"),
        (
            {"expedited_threshold": "0.5"},
            "expedited vote threshold 0.500000000000000000, must be greater than the regular "
            "threshold 0.500000000000000000",
        ),
        ({"veto_threshold": "-1"}, "veto threshold must be positive: -1.000000000000000000"),
        ({"voting_period": -1}, "voting period must be positive: -1ns"),
        (
            {"expedited_voting_period": 2 * DAY},
            "expedited voting period 48h0m0s must be strictly less that the regular voting "
            "period 48h0m0s",
        ),
        (
            {"min_initial_deposit_ratio": "-1"},
            "mininum initial deposit ratio of proposal must be positive: -1.000000000000000000",
        ),
        (
            {"proposal_cancel_ratio": "1.5"},
            "burn rate of cancel proposal is too large: 1.500000000000000000",
        ),
        ({"proposal_cancel_dest": "x"}, "deposits destination address is invalid: x"),
    ],
)
def test_refuses(council: Council, values: Any, text: str) -> None:
    with council.given.rejects(PlainError, text):
        council.change_params(**values)


def test_only_governance_changes_them(council: Council) -> None:
    msg = pb.MsgUpdateParams(authority=council.bob, params=records.params(council.ctx))
    with council.given.rejects(
        InvalidSigner,
        f"invalid authority; expected {gov.AUTHORITY}, got {council.bob}: "
        "expected gov account as only signer for proposal message",
    ):
        council.given.run(msg)


@pytest.mark.parametrize("name", ["max_deposit_period", "voting_period", "expedited_voting_period"])
def test_periods_must_be_there(council: Council, name: str) -> None:
    msg = pb.MsgUpdateParams(authority=gov.AUTHORITY, params=records.params(council.ctx))
    msg.params.ClearField(name)  # type: ignore[arg-type]  # a name of a field
    with council.given.rejects(PlainError):
        council.given.run(msg)


def test_the_presets() -> None:
    akash = wire.from_json(pb.GenesisState, genesis.default_genesis("akash")).params
    assert akash.min_deposit[0].amount == "2500000000"
    assert akash.max_deposit_period.ToSeconds() == 14 * 24 * 3600
    assert akash.voting_period.ToSeconds() == 3 * 24 * 3600
    assert akash.quorum == "0.200000000000000000"
    ours = wire.from_json(pb.GenesisState, genesis.default_genesis("default")).params
    assert (ours.min_deposit[0].amount, ours.min_deposit[0].denom) == ("10000000", "uakt")
    for preset in ("akash", "default"):
        genesis.validate_genesis(genesis.default_genesis(preset))


def test_exports_what_it_imports(council: Council) -> None:
    waiting = council.submit(send_enabled(), deposit="100000uakt")
    voting = council.submit(send_enabled(), expedited=True)
    council.vote(voting, council.alice, YES)
    state = genesis.export_genesis(council.ctx)
    genesis.validate_genesis(state)
    fresh = Context.scratch(bus=council.given.router)
    for key, row in council.given.rows().items():
        if not key.startswith(b"gov/"):
            fresh.set(key, row)
    genesis.init_genesis(fresh, state)
    rows = {key: row for key, row in council.given.rows().items() if key.startswith(b"gov/")}
    found = {key: row for key, row in fresh.changes.items() if key.startswith(b"gov/")}
    assert {key: row for key, row in found.items() if row is not None} == rows
    assert waiting != voting


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"starting_proposal_id": "0"}, "starting proposal id must be greater than 0"),
        ({"proposals": [{"id": "1"}, {"id": "1"}]}, "duplicate proposal id: 1"),
        ({"proposals": [{"id": "1", "status": 2}]}, "proposal 1 has no voting_end_time"),
        ({"deposits": ["alice"]}, "has non-existent proposal id: 1"),
        ({"proposals": [{"id": "1"}], "votes": ["alice", "alice"]}, "duplicate vote: proposal 1"),
    ],
)
def test_refuses_a_genesis(given: Given, change: dict[str, Any], text: str) -> None:
    state = genesis.default_genesis("default")
    for name, owner in (("deposits", "depositor"), ("votes", "voter")):
        if name in change:
            people = [given.address(each) for each in change[name]]
            change = change | {name: [{"proposal_id": "1", owner: each} for each in people]}
    with pytest.raises(PlainError, match=text):
        genesis.validate_genesis(state | change)


def test_refuses_deposits_that_nobody_paid(given: Given) -> None:
    state = genesis.default_genesis("default")
    deposit = {
        "proposal_id": "1",
        "depositor": given.address("alice"),
        "amount": [{"denom": "uakt", "amount": "5"}],
    }
    state["deposits"] = [deposit]
    with pytest.raises(PlainError, match="expected module account was  but we got 5uakt"):
        genesis.init_genesis(given.ctx, state)
