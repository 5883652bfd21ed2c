"""Inflation, fees, rewards and refusals of a Go chain, block by block beside ours.

The Go program's blocks are executed again from the same genesis: the same events of inflation and
rewards, the same codes and texts of refused messages, and the same coins in the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from akashpy.types.address import VALOPER, Address
from akashpy.types.evidence import Equivocation
from akashpy.wire import bank, distribution, evidence, mint, slashing, staking, to_json
from tests.nodes import key_of
from tests.parity.gonode.gochain import GoChain, go_chain, init_chain
from tests.parity.gonode.replay import Replay, blocks, rpc, told

OPERATOR = str(key_of("validator").address.with_prefix(VALOPER))
TENANT, OTHER, HOUSE = (str(key_of(name).address) for name in ("tenant", "other", "house"))
GOV = str(Address.of_module("gov"))
D = "/cosmos.distribution.v1beta1.Query/"
PATHS: list[tuple[str, Message, type[Message]]] = [
    (
        "/cosmos.mint.v1beta1.Query/Inflation",
        mint.QueryInflationRequest(),
        mint.QueryInflationResponse,
    ),
    (
        "/cosmos.mint.v1beta1.Query/AnnualProvisions",
        mint.QueryAnnualProvisionsRequest(),
        mint.QueryAnnualProvisionsResponse,
    ),
    ("/cosmos.mint.v1beta1.Query/Params", mint.QueryParamsRequest(), mint.QueryParamsResponse),
    (
        D + "CommunityPool",
        distribution.QueryCommunityPoolRequest(),
        distribution.QueryCommunityPoolResponse,
    ),
    (
        D + "ValidatorOutstandingRewards",
        distribution.QueryValidatorOutstandingRewardsRequest(validator_address=OPERATOR),
        distribution.QueryValidatorOutstandingRewardsResponse,
    ),
    (
        D + "ValidatorCommission",
        distribution.QueryValidatorCommissionRequest(validator_address=OPERATOR),
        distribution.QueryValidatorCommissionResponse,
    ),
    (
        D + "ValidatorDistributionInfo",
        distribution.QueryValidatorDistributionInfoRequest(validator_address=OPERATOR),
        distribution.QueryValidatorDistributionInfoResponse,
    ),
    (
        D + "DelegationTotalRewards",
        distribution.QueryDelegationTotalRewardsRequest(delegator_address=TENANT),
        distribution.QueryDelegationTotalRewardsResponse,
    ),
    (
        D + "DelegatorWithdrawAddress",
        distribution.QueryDelegatorWithdrawAddressRequest(delegator_address=TENANT),
        distribution.QueryDelegatorWithdrawAddressResponse,
    ),
    (
        "/cosmos.slashing.v1beta1.Query/SigningInfos",
        slashing.QuerySigningInfosRequest(),
        slashing.QuerySigningInfosResponse,
    ),
    (
        "/cosmos.slashing.v1beta1.Query/Params",
        slashing.QueryParamsRequest(),
        slashing.QueryParamsResponse,
    ),
    (
        "/cosmos.bank.v1beta1.Query/TotalSupply",
        bank.QueryTotalSupplyRequest(),
        bank.QueryTotalSupplyResponse,
    ),
    (
        "/cosmos.staking.v1beta1.Query/Validators",
        staking.QueryValidatorsRequest(),
        staking.QueryValidatorsResponse,
    ),
    *(
        (
            "/cosmos.bank.v1beta1.Query/AllBalances",
            bank.QueryAllBalancesRequest(address=address),
            bank.QueryAllBalancesResponse,
        )
        for address in (
            TENANT, OTHER, HOUSE, str(key_of("validator").address),
            str(Address.of_module("distribution")), str(Address.of_module("fee_collector")),
        )
    ),
]  # fmt: skip


def coins(amount: int, denom: str = "uakt") -> list[dict[str, str]]:
    return [{"denom": denom, "amount": str(amount)}]


def withdraw(who: str, at: str = OPERATOR) -> Message:
    return distribution.MsgWithdrawDelegatorReward(delegator_address=who, validator_address=at)


def delegate(amount: int) -> Message:
    return staking.MsgDelegate(
        delegator_address=TENANT, validator_address=OPERATOR, amount=coins(amount)[0]
    )


NOBODY = str(key_of("other").address.with_prefix(VALOPER))
STEPS: list[tuple[str, Message]] = [
    ("tenant", delegate(7_777_777_777)),
    ("other", distribution.MsgFundCommunityPool(depositor=OTHER, amount=coins(1_234_567))),
    ("tenant", withdraw(TENANT)),
    (
        "tenant",
        distribution.MsgSetWithdrawAddress(delegator_address=TENANT, withdraw_address=HOUSE),
    ),
    (
        "other",
        distribution.MsgDepositValidatorRewardsPool(
            depositor=OTHER, validator_address=OPERATOR, amount=[*coins(999, "uact"), *coins(1001)]
        ),
    ),
    ("tenant", withdraw(TENANT)),
    ("validator", distribution.MsgWithdrawValidatorCommission(validator_address=OPERATOR)),
    ("tenant", delegate(1)),
    (
        "tenant",
        staking.MsgUndelegate(
            delegator_address=TENANT, validator_address=OPERATOR, amount=coins(3_333_333_333)[0]
        ),
    ),
    # refusals
    ("other", withdraw(OTHER)),
    ("other", withdraw(OTHER, NOBODY)),
    ("other", withdraw(OTHER, OTHER)),
    ("other", distribution.MsgWithdrawValidatorCommission(validator_address=NOBODY)),
    ("other", distribution.MsgSetWithdrawAddress(delegator_address=OTHER, withdraw_address=GOV)),
    ("other", distribution.MsgSetWithdrawAddress(delegator_address=OTHER, withdraw_address="x")),
    ("other", distribution.MsgFundCommunityPool(depositor=OTHER)),
    ("other", distribution.MsgFundCommunityPool(depositor=OTHER, amount=coins(10**17))),
    (
        "other",
        distribution.MsgCommunityPoolSpend(authority=OTHER, recipient=OTHER, amount=coins(1)),
    ),
    (
        "other",
        distribution.MsgDepositValidatorRewardsPool(
            depositor=OTHER, validator_address=NOBODY, amount=coins(5)
        ),
    ),
    (
        "other",
        distribution.MsgUpdateParams(
            authority=OTHER, params=distribution.Params(community_tax="0")
        ),
    ),
    ("other", mint.MsgUpdateParams(authority=OTHER)),
    ("other", slashing.MsgUpdateParams(authority=OTHER)),
    ("other", slashing.MsgUnjail(validator_addr=NOBODY)),
    ("validator", slashing.MsgUnjail(validator_addr=OPERATOR)),
    ("other", evidence.MsgSubmitEvidence(submitter=OTHER)),
    (
        "other",
        evidence.MsgSubmitEvidence(submitter=OTHER, evidence=Equivocation(0, 0, 0, "").to_any()),
    ),
    ("tenant", withdraw(TENANT)),
]
ECONOMY = {"mint", "rewards", "commission", "coinbase"}


async def live(go: GoChain) -> int:
    """Carry out the steps on the Go chain; the height after them."""
    async with go.client() as client:
        for who, msg in STEPS:
            await client.send([msg], go.signer(who), gas=500_000)
        return int((await client.status()).height)


async def answers(go: GoChain, height: int) -> list[Any]:
    """What the Go chain answers at a height."""
    found = []
    async with go.client() as client:
        for path, request, response in PATHS:
            answer = await client.call(path, request, response, height=height)
            found.append(to_json(answer))
    return found


async def test_the_same_economy(tmp_path: Path) -> None:
    init_chain(tmp_path)
    with go_chain(tmp_path, interval="300ms") as go:
        height = await live(go)
        theirs = await answers(go, height)
        history = list(blocks(go, height))
        assert rpc(go, "status")["sync_info"]["latest_block_height"]
    ours = Replay(tmp_path)
    refused = 0
    for block in history:
        result = ours.block(block.given)
        found = [(event.type, event.attributes) for event in result.events]
        expected = told(block.results["finalize_block_events"] or [])
        assert [each for each in found if each[0] in ECONOMY] == [
            each for each in expected if each[0] in ECONOMY
        ], f"block {block.given.height}"
        for mine, other in zip(result.tx_results, block.results["txs_results"] or [], strict=True):
            assert (mine.codespace, mine.code) == (other["codespace"], other["code"]), mine.log
            refused += bool(mine.code)
            if mine.code:
                assert mine.log == other["log"]
            else:
                assert [(e.type, e.attributes) for e in mine.events] == told(other["events"])
    assert refused == 17
    for (path, request, _), answer in zip(PATHS, theirs, strict=True):
        assert ours.query(path, request) == answer, path


async def test_reported_evidence_panics_there(go: GoChain) -> None:
    good = Equivocation(5, 10**18, 10, OPERATOR).to_any()
    async with go.client() as client:
        msg = evidence.MsgSubmitEvidence(submitter=OTHER, evidence=good)
        outcome = await client.send([msg], go.signer("other"), gas=500_000)
    assert outcome.error is not None
    assert outcome.error.code == 111222
