"""Contents of before v1: text, parameter changes, and those that nothing handles."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import gov, subspaces
from akashpy.chain.gov import records
from akashpy.types.coin import Coins
from akashpy.types.errors import InvalidRequest, Panic, PlainError
from akashpy.types.gov import (
    InvalidProposalContent,
    InvalidProposalType,
    InvalidSigner,
    NoProposalHandlerExists,
)
from akashpy.types.params import (
    EmptyChanges,
    EmptyKey,
    EmptySubspace,
    EmptyValue,
    SettingParameter,
    UnknownSubspace,
)
from akashpy.wire import gov as pb
from akashpy.wire import gov_v1beta1 as old
from akashpy.wire.distribution import CommunityPoolSpendProposal
from akashpy.wire.params import ParamChange, ParameterChangeProposal
from akashpy.wire.upgrade import SoftwareUpgradeProposal
from tests.chain.gov.conftest import DAY, YES, Council


def submit(council: Council, content: Any) -> int:
    """MsgSubmitProposal (v1beta1) of alice."""
    msg = old.MsgSubmitProposal(
        proposer=council.alice, initial_deposit=Coins.parse("10000000uakt").to_wire()
    )
    if content is not None:
        msg.content.CopyFrom(wire.pack(content))
    return int(council.given.run(msg).proposal_id)


def text(title: str = "A title", description: str = "Words") -> old.TextProposal:
    """A text."""
    return old.TextProposal(title=title, description=description)


def changes(*found: tuple[str, str, str]) -> ParameterChangeProposal:
    """A change of legacy parameters."""
    return ParameterChangeProposal(
        title="A title",
        description="Words",
        changes=[ParamChange(subspace=s, key=k, value=v) for s, k, v in found],
    )


def test_a_text_passes_and_changes_nothing(council: Council) -> None:
    number = submit(council, text())
    proposal = council.found(number)
    assert (proposal.title, proposal.summary, proposal.metadata) == ("A title", "Words", "")
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(2 * DAY)
    assert council.found(number).status == records.PASSED
    council.given.holds()


def test_a_parameter_change_is_stored_when_it_passes(council: Council) -> None:
    number = submit(council, changes(("staking", "MaxValidators", "105")))
    assert subspaces.value_of(council.ctx, "staking", "MaxValidators") == ""
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(2 * DAY)
    assert subspaces.value_of(council.ctx, "staking", "MaxValidators") == "105"
    assert subspaces.keys_of(council.ctx, "staking") == ["MaxValidators"]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, InvalidProposalContent, "missing content: invalid proposal content"),
        (
            text(title="  "),
            InvalidProposalContent,
            "proposal title cannot be blank: invalid proposal content",
        ),
        (
            text(title="t" * 141),
            InvalidProposalContent,
            "proposal title is longer than max length of 140: invalid proposal content",
        ),
        (
            text(description=""),
            InvalidProposalContent,
            "proposal description cannot be blank: invalid proposal content",
        ),
        (
            text(description="d" * 10_001),
            InvalidProposalContent,
            "proposal description is longer than max length of 10000: invalid proposal content",
        ),
        (
            CommunityPoolSpendProposal(title="T", description="D"),
            InvalidProposalType,
            "CommunityPoolSpend: invalid proposal type",
        ),
        (
            SoftwareUpgradeProposal(title="T", description="D", plan={"name": "v2", "height": 9}),
            NoProposalHandlerExists,
            "upgrade: no handler exists for proposal type",
        ),
        (SoftwareUpgradeProposal(title="T", description="D"), InvalidRequest, None),
        (changes(), EmptyChanges, None),
        (changes(("", "k", "v")), EmptySubspace, None),
        (changes(("auth", "", "v")), EmptyKey, None),
        (changes(("auth", "k", "")), EmptyValue, None),
        (changes(("nobody", "k", "1")), InvalidProposalContent, None),
        (changes(("auth", "k", "1")), Panic, None),
        (changes(("auth", "TxSigLimit", "7")), InvalidProposalContent, None),
        (pb.MsgVote(), InvalidProposalContent, None),
    ],
)
def test_refuses(council: Council, content: Any, error: Any, words: str | None) -> None:
    with council.given.rejects(error, words):
        submit(council, content)


def test_a_content_without_a_handler(council: Council) -> None:
    content = wire.pack(CommunityPoolSpendProposal(title="T", description="D"))
    msg = pb.MsgExecLegacyContent(content=content, authority=gov.AUTHORITY)
    with council.given.rejects(
        NoProposalHandlerExists, "distribution: no handler exists for proposal type"
    ):
        council.submit(msg)


def test_only_governance_executes_a_content(council: Council) -> None:
    msg = pb.MsgExecLegacyContent(content=wire.pack(text()), authority=council.bob)
    with council.given.rejects(
        InvalidSigner,
        f"expected {gov.AUTHORITY} got {council.bob}: "
        "expected gov account as only signer for proposal message",
    ):
        council.given.run(msg)
    msg.authority = "x"
    with council.given.rejects(PlainError):
        council.given.run(msg)


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        (("auth", "TxSigLimit"), ' "9" ', '"9"'),
        (("staking", "BondDenom"), '"uakt"', '"uakt"'),
        (("staking", "MinCommissionRate"), '"0.05"', '"0.050000000000000000"'),
        (("distribution", "withdrawaddrenabled"), "false", "false"),
        (("slashing", "DowntimeJailDuration"), '"60000000000"', '"60000000000"'),
        (("gov", "votingparams"), '{"voting_period": "1"}', '{"voting_period":"1"}'),
    ],
)
def test_values_are_kept_as_json(
    council: Council, key: tuple[str, str], value: str, stored: str
) -> None:
    subspaces.change(council.ctx, changes((*key, value)).changes)
    assert subspaces.value_of(council.ctx, *key) == stored


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("auth", "TxSigLimit"), '"0"'),
        (("auth", "TxSigLimit"), '"-1"'),
        (("auth", "TxSigLimit"), f'"{2**64}"'),
        (("auth", "TxSigLimit"), '"' + "9" * 5000 + '"'),
        (("staking", "MaxValidators"), "true"),
        (("staking", "MaxValidators"), "1.5"),
        (("staking", "BondDenom"), '"!"'),
        (("staking", "MinCommissionRate"), '"1.01"'),
        (("staking", "MinCommissionRate"), "{"),
        (("distribution", "withdrawaddrenabled"), '"false"'),
        (("gov", "votingparams"), "[" * 200),
    ],
)
def test_values_of_another_kind(council: Council, key: tuple[str, str], value: str) -> None:
    with council.given.rejects(SettingParameter):
        subspaces.change(council.ctx, changes((*key, value)).changes)


def test_unknown_subspaces(council: Council) -> None:
    with pytest.raises(UnknownSubspace):
        subspaces.value_of(council.ctx, "nobody", "k")
