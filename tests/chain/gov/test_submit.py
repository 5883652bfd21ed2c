"""MsgSubmitProposal: what it makes, and each reason it is refused for."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain.gov import records
from akashpy.types.address import Address
from akashpy.types.errors import (
    InsufficientFunds,
    InvalidAddress,
    InvalidCoins,
    InvalidRequest,
    TxDecode,
)
from akashpy.types.gov import (
    MAX_METADATA,
    MAX_SUMMARY,
    InvalidDepositDenom,
    InvalidProposalContent,
    InvalidProposalMsg,
    InvalidSigner,
    MetadataTooLong,
    MinDepositTooSmall,
    NoProposalMsgs,
    SummaryTooLong,
    UnroutableProposalMsg,
)
from akashpy.wire import chain as chain_pb
from akashpy.wire.bank import MsgMultiSend, MsgSend
from akashpy.wire.wasm import MsgUpdateParams as WasmParams
from tests.chain.conftest import GENESIS_TIME
from tests.chain.gov.conftest import DAY, Council, send_enabled


def test_waits_for_the_rest_of_its_deposit(council: Council) -> None:
    number = council.submit(send_enabled(), deposit="100000uakt")
    proposal = council.found(number)
    assert (number, proposal.status, proposal.proposer) == (
        1,
        records.DEPOSIT_PERIOD,
        council.alice,
    )
    assert proposal.submit_time.ToNanoseconds() == GENESIS_TIME
    assert proposal.deposit_end_time.ToNanoseconds() == GENESIS_TIME + 2 * DAY
    assert not proposal.HasField("voting_start_time")
    assert [coin.amount for coin in proposal.total_deposit] == ["100000"]
    kinds = [event.type for event in council.given.events]
    assert kinds == [
        "submit_proposal", "coin_spent", "coin_received", "transfer", "message",
        "proposal_deposit",
    ]  # fmt: skip
    assert council.given.events[0].attributes == (
        ("proposal_id", "1"),
        ("proposal_proposer", council.alice),
        ("proposal_messages", ",/cosmos.bank.v1beta1.MsgUpdateParams"),
    )
    council.given.holds()


def test_starts_voting_with_the_whole_deposit(council: Council) -> None:
    number = council.submit(send_enabled(), send_enabled())
    proposal = council.found(number)
    assert proposal.status == records.VOTING_PERIOD
    assert proposal.voting_end_time.ToNanoseconds() == GENESIS_TIME + 2 * DAY
    assert council.given.events[-1].attributes == (("voting_period_start", "1"),)
    assert council.held() == 10_000_000
    council.given.holds()


def test_an_expedited_one_needs_five_times_as_much_and_is_voted_on_for_a_day(
    council: Council,
) -> None:
    short = council.submit(send_enabled(), expedited=True, deposit="49999999uakt")
    assert council.found(short).status == records.DEPOSIT_PERIOD
    number = council.submit(send_enabled(), expedited=True)
    assert council.found(number).voting_end_time.ToNanoseconds() == GENESIS_TIME + DAY


def test_keeps_messages_as_go_writes_them(council: Council) -> None:
    found = council.found(council.submit(send_enabled()))
    assert found.messages[0].value == wire.encode_gogo(send_enabled())


@pytest.mark.parametrize(
    ("fields", "error", "text"),
    [
        ({"title": ""}, InvalidRequest, "proposal title cannot be empty: invalid request"),
        ({"summary": ""}, InvalidRequest, "proposal summary cannot be empty: invalid request"),
        (
            {"proposer": ""},
            InvalidAddress,
            "invalid proposer address: empty address string is not allowed: invalid address",
        ),
        (
            {"metadata": ""},
            NoProposalMsgs,
            "either metadata or Msgs length must be non-nil: no messages proposed",
        ),
        (
            {"metadata": '{"title": "Another"}'},
            InvalidProposalContent,
            "metadata title 'Another' must equal proposal title 'A title': "
            "invalid proposal content",
        ),
        (
            {"metadata": '{"title": "A title", "Summary": "Another", "authors": ["a"]}'},
            InvalidProposalContent,
            "metadata summary 'Another' must equal proposal summary 'A summary': "
            "invalid proposal content",
        ),
        (
            {"metadata": "null"},
            InvalidProposalContent,
            "metadata title '' must equal proposal title 'A title': invalid proposal content",
        ),
        (
            {"metadata": "m" * (MAX_METADATA + 1)},
            MetadataTooLong,
            "got metadata with length 10201: metadata too long",
        ),
        (
            {"title": "t" * (MAX_METADATA + 1)},
            MetadataTooLong,
            "got metadata with length 10201: metadata too long",
        ),
        (
            {"summary": "s" * (MAX_SUMMARY + 1)},
            SummaryTooLong,
            "got summary with length 408001: summary too long",
        ),
        (
            {"deposit": "10000000uact"},
            InvalidDepositDenom,
            "deposited 10000000uact, but gov accepts only the following denom(s): [uakt]: "
            "invalid deposit denom",
        ),
        (
            {"deposit": "99999uakt"},
            MinDepositTooSmall,
            "received 99999uakt but need at least one of the following: 100000uakt: "
            "minimum deposit is too small",
        ),
        (
            {"deposit": ""},
            MinDepositTooSmall,
            "received  but need at least one of the following: 100000uakt: "
            "minimum deposit is too small",
        ),
        (
            {"expedited": True, "deposit": "499999uakt"},
            MinDepositTooSmall,
            "received 499999uakt but need at least one of the following: 500000uakt: "
            "minimum deposit is too small",
        ),
        ({"deposit": f"{10**13}uakt"}, InsufficientFunds, None),
        ({"initial_deposit": [wire.Coin(denom="uakt", amount="-1")]}, InvalidCoins, None),
    ],
)
def test_refuses(council: Council, fields: Any, error: Any, text: str | None) -> None:
    with council.given.rejects(error, text):
        council.submit(**fields)


@pytest.mark.parametrize(
    "metadata",
    ["ipfs://x", "[1]", '{"title": 5}', '{"authors": "me"}', "{", "[" * 5000, '{"a": NaN}', "7"],
)
def test_does_not_look_into_metadata_of_another_form(council: Council, metadata: str) -> None:
    assert council.found(council.submit(metadata=metadata)).metadata == metadata


def test_takes_metadata_that_repeats_title_and_summary(council: Council) -> None:
    text = '{"title":"A title","summary":"A summary","authors":null,"x":1e999,"details":null}'
    assert council.submit(metadata=text) == 1


def test_the_first_deposit_may_be_bounded(council: Council) -> None:
    council.change_params(min_initial_deposit_ratio="0.5")
    with council.given.rejects(
        MinDepositTooSmall,
        "was (4999999uakt), need (5000000uakt): minimum deposit is too small",
    ):
        council.submit(deposit="4999999uakt")
    with council.given.rejects(MinDepositTooSmall):
        council.submit(deposit="")
    assert council.submit(deposit="5000000uakt") == 1
    with council.given.rejects(MinDepositTooSmall):
        council.submit(deposit="24999999uakt", expedited=True)


def test_messages_must_be_governance_s(council: Council) -> None:
    with council.given.rejects(
        InvalidSigner, f"{council.bob}: expected gov account as only signer for proposal message"
    ):
        council.submit(send_enabled(council.bob))
    with council.given.rejects(
        InvalidSigner, "expected gov account as only signer for proposal message"
    ):
        council.submit(MsgMultiSend())


def test_messages_must_be_well_formed(council: Council) -> None:
    update = chain_pb.MsgUpdateParams(authority=Address.of_module("gov"))
    with council.given.rejects(InvalidProposalMsg):
        council.submit(update)


def test_messages_must_have_a_handler(council: Council) -> None:
    msg = WasmParams(authority=Address.of_module("gov"))
    with council.given.rejects(
        UnroutableProposalMsg,
        "/akash.wasm.v1.MsgUpdateParams: proposal message not recognized by router",
    ):
        council.submit(msg)


def test_messages_must_be_known(council: Council) -> None:
    msg = council.message()
    msg.messages.add(type_url="/nobody.knows.Msg")
    with council.given.rejects(TxDecode):
        council.given.run(msg)


def test_a_message_that_will_fail_is_accepted(council: Council) -> None:
    broke = MsgSend(from_address=Address.of_module("gov"), to_address="")
    assert council.submit(broke) == 1
