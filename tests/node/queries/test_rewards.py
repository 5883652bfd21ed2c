"""Reads of inflation, rewards, signing and evidence."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.message import Message

from akashpy.chain import evidence, staking
from akashpy.node.queries.refusal import Refused
from akashpy.node.queries.table import QUERIES
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, Logic, PlainError, Status
from akashpy.types.evidence import Equivocation
from akashpy.types.staking import NoDelegation, NoValidatorFound
from akashpy.wire import to_json
from tests.chain.economy import Economy

MINT, DISTRIBUTION = "/cosmos.mint.v1beta1.Query/", "/cosmos.distribution.v1beta1.Query/"
SLASHING, EVIDENCE = "/cosmos.slashing.v1beta1.Query/", "/cosmos.evidence.v1beta1.Query/"


@pytest.fixture
def chain() -> Economy:
    """Two validators and a delegator who earn."""
    made = Economy()
    made.run(made.delegate("ann", "val1", 10_000_000))
    made.block()
    made.block(uakt=2000)
    return made


def ask(chain: Economy, path: str, **fields: Any) -> dict[str, Any]:
    """The JSON of an answer; the state must not change."""
    query = QUERIES[path]
    request: Message = query.request(**fields)
    before = chain.rows()
    found: dict[str, Any] = to_json(query.respond(chain.ctx, request))
    assert chain.rows() == before
    return found


def test_inflation(chain: Economy) -> None:
    chain.inflate()
    chain.block()
    now = ask(chain, MINT + "Inflation")["inflation"]
    assert now.startswith("0.1300000")
    yearly = ask(chain, MINT + "AnnualProvisions")["annual_provisions"]
    assert Dec.of(yearly).is_positive
    assert ask(chain, MINT + "Params")["params"]["blocks_per_year"] == "6311520"


def test_rewards(chain: Economy) -> None:
    ann, operator = chain.address("ann"), chain.operator("val1")
    due = [{"denom": "uakt", "amount": "441.000000000000000000"}]
    found = ask(
        chain, DISTRIBUTION + "DelegationRewards",
        delegator_address=ann, validator_address=operator,
    )  # fmt: skip
    assert found == {"rewards": due}
    found = ask(chain, DISTRIBUTION + "DelegationTotalRewards", delegator_address=ann)
    assert found == {"rewards": [{"validator_address": operator, "reward": due}], "total": due}
    found = ask(chain, DISTRIBUTION + "DelegatorValidators", delegator_address=ann)
    assert found == {"validators": [operator]}
    found = ask(chain, DISTRIBUTION + "ValidatorDistributionInfo", validator_address=operator)
    assert found == {
        "operator_address": chain.address("val1"),
        "self_bond_rewards": due,
        "commission": [{"denom": "uakt", "amount": "98.000000000000000000"}],
    }
    found = ask(chain, DISTRIBUTION + "ValidatorOutstandingRewards", validator_address=operator)
    left = [{"denom": "uakt", "amount": "980.000000000000000000"}]
    assert found == {"rewards": {"rewards": left}}
    found = ask(chain, DISTRIBUTION + "ValidatorCommission", validator_address=operator)
    assert found["commission"]["commission"][0]["amount"] == "98.000000000000000000"


def test_community_and_addresses(chain: Economy) -> None:
    pool = ask(chain, DISTRIBUTION + "CommunityPool")["pool"]
    assert pool == [{"denom": "uakt", "amount": "40.000000000000000000"}]
    nobody = chain.address("nobody")
    found = ask(chain, DISTRIBUTION + "DelegatorWithdrawAddress", delegator_address=nobody)
    assert found == {"withdraw_address": nobody}
    assert ask(chain, DISTRIBUTION + "Params")["params"]["withdraw_addr_enabled"]
    found = ask(chain, DISTRIBUTION + "DelegationTotalRewards", delegator_address=nobody)
    assert found == {"rewards": [], "total": []}


def test_slashes_between_heights(chain: Economy) -> None:
    heights = []
    for _ in range(3):
        chain.block()
        heights.append(chain.ctx.height)
        power = staking.power(chain.validator("val1"))
        staking.slash(chain.ctx, chain.consensus("val1"), chain.ctx.height, power, Dec.of("0.1"))
    path, operator = DISTRIBUTION + "ValidatorSlashes", chain.operator("val1")

    def slashes(first: int, last: int) -> int:
        found = ask(
            chain, path, validator_address=operator, starting_height=first, ending_height=last
        )
        return len(found["slashes"])

    assert slashes(0, heights[2]) == 3
    assert slashes(heights[1], heights[1]) == 1
    assert slashes(heights[2] + 1, heights[2] + 9) == 0
    with pytest.raises(Refused, match="starting height greater than ending height"):
        slashes(5, 4)


@pytest.mark.parametrize(
    ("path", "fields", "error", "text"),
    [
        ("ValidatorCommission", {}, Refused, "empty validator address"),
        ("ValidatorSlashes", {}, Refused, "empty validator address"),
        ("ValidatorSlashes", {"validator_address": "x"}, Refused, "invalid validator address"),
        ("DelegationRewards", {}, Refused, "empty delegator address"),
        ("DelegationTotalRewards", {}, Refused, "empty delegator address"),
        ("DelegatorWithdrawAddress", {}, Refused, "empty delegator address"),
        (
            "ValidatorCommission",
            {"validator_address": Address.of(b"n" * 20, prefix="akashvaloper")},
            NoValidatorFound,
            "validator does not exist",
        ),
        (
            "ValidatorOutstandingRewards",
            {"validator_address": Address.of(b"n" * 20)},
            Logic,
            "hrp does not match bech32 prefix: expected 'akashvaloper' got 'akash'",
        ),
    ],
)
def test_invalid_questions(
    chain: Economy, path: str, fields: dict[str, str], error: type[ChainError], text: str
) -> None:
    with pytest.raises(error, match=text):
        ask(chain, DISTRIBUTION + path, **fields)


def test_invalid_without_a_delegation(chain: Economy) -> None:
    with pytest.raises(NoDelegation):
        ask(
            chain, DISTRIBUTION + "DelegationRewards",
            delegator_address=chain.address("bob"), validator_address=chain.operator("val1"),
        )  # fmt: skip


def test_signing(chain: Economy) -> None:
    text = chain.valcons("val1")
    found = ask(chain, SLASHING + "SigningInfo", cons_address=text)["val_signing_info"]
    assert found["address"] == text
    assert found["jailed_until"] == "1970-01-01T00:00:00Z"
    assert found["missed_blocks_counter"] == "0"
    listed = ask(chain, SLASHING + "SigningInfos")
    assert found in listed["info"]
    assert listed["pagination"]["total"] == "2"
    assert ask(chain, SLASHING + "Params")["params"]["signed_blocks_window"] == "100"
    with pytest.raises(Refused, match="invalid request"):
        ask(chain, SLASHING + "SigningInfo")
    nobody = Address.of(b"n" * 20, prefix="akashvalcons")
    with pytest.raises(Refused, match="SigningInfo not found for validator") as caught:
        ask(chain, SLASHING + "SigningInfo", cons_address=nobody)
    assert caught.value.status is Status.NOT_FOUND


def test_evidence(chain: Economy) -> None:
    value = Equivocation(5, 10**18, 10, chain.valcons("val1"))
    evidence.records.put(chain.ctx, value)
    found = ask(chain, EVIDENCE + "Evidence", hash=value.hash.hex())["evidence"]
    assert found["@type"] == "/cosmos.evidence.v1beta1.Equivocation"
    assert found["time"] == "2001-09-09T01:46:40Z"
    assert ask(chain, EVIDENCE + "AllEvidence")["evidence"] == [found]
    for text, error, why in (
        ("", Refused, "invalid request; hash is empty"),
        ("00", Refused, "evidence 00 not found"),
        ("xy", PlainError, "invalid evidence hash: encoding/hex: invalid byte: U.0078 'x'"),
        ("0", PlainError, "invalid evidence hash: encoding/hex: odd length hex string"),
    ):
        with pytest.raises(error, match=why):
            ask(chain, EVIDENCE + "Evidence", hash=text)
