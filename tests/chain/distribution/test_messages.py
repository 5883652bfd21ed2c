"""The other messages of distribution: commission, withdraw address, community pool, parameters."""

import pytest

from akashpy.chain import distribution
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.distribution import (
    BadDistribution,
    NoValidatorCommission,
    SetWithdrawAddrDisabled,
)
from akashpy.types.errors import (
    ChainError,
    InsufficientFunds,
    InvalidAddress,
    InvalidCoins,
    InvalidRequest,
    PlainError,
    Unauthorized,
)
from akashpy.types.gov import InvalidSigner
from akashpy.types.staking import NoValidatorFound
from akashpy.wire import distribution as pb
from akashpy.wire.base import Coin
from tests.chain.economy import Economy

GOV = Address.of_module("gov")
NOT_ALLOWED = f"{GOV} is not allowed to receive external funds: unauthorized"


def uakt(amount: int, denom: str = "uakt") -> Coin:
    return Coin(denom=denom, amount=str(amount))


# COMMISSION


def test_commission_in_whole_units(chain: Economy) -> None:
    chain.block(uakt=1010)
    assert chain.commission("val1") == "49.490000000000000000uakt"
    before = chain.balance(chain.address("val1"))
    answer = chain.run(chain.withdraw_commission("val1"))
    assert [(coin.denom, coin.amount) for coin in answer.amount] == [("uakt", "49")]
    assert chain.balance(chain.address("val1")) == before + 49
    assert chain.commission("val1") == "0.490000000000000000uakt"
    assert chain.told("withdraw_commission") == [{"amount": "49uakt"}]
    chain.sound()


def test_commission_below_one_unit_waits(chain: Economy) -> None:
    chain.block(uakt=10)
    assert not chain.run(chain.withdraw_commission("val1")).amount
    assert chain.commission("val1") == "0.490000000000000000uakt"
    assert chain.told("withdraw_commission") == [{"amount": ""}]


@pytest.mark.parametrize("who", ["val1", "nobody"])
def test_invalid_commission(chain: Economy, who: str) -> None:
    with chain.rejects(NoValidatorCommission, "no validator commission to withdraw"):
        chain.run(chain.withdraw_commission(who))


# WITHDRAW ADDRESS


def address_msg(chain: Economy, to: str) -> pb.MsgSetWithdrawAddress:
    return pb.MsgSetWithdrawAddress(delegator_address=chain.address("ann"), withdraw_address=to)


def test_set_withdraw_address(chain: Economy) -> None:
    to = chain.address("zoe")
    chain.run(address_msg(chain, to))
    assert distribution.withdraw_address(chain.ctx, chain.address("ann").raw) == to.raw
    assert chain.told("set_withdraw_address") == [{"withdraw_address": to}]


def test_invalid_withdraw_address(chain: Economy) -> None:
    with chain.rejects(Unauthorized, NOT_ALLOWED):
        chain.run(address_msg(chain, GOV))
    text = "invalid withdraw address: empty address string is not allowed: invalid address"
    with chain.rejects(InvalidAddress, text):
        chain.run(address_msg(chain, ""))
    chain.tax("0.02", withdraw_addr_enabled=False)
    with chain.rejects(SetWithdrawAddrDisabled, "set withdraw address disabled"):
        chain.run(address_msg(chain, chain.address("zoe")))


# COMMUNITY POOL


def fund(chain: Economy, *coins: Coin, who: str = "ann") -> pb.MsgFundCommunityPool:
    return pb.MsgFundCommunityPool(depositor=chain.address(who), amount=coins)


def spend(chain: Economy, to: str, *coins: Coin, authority: str = GOV) -> pb.MsgCommunityPoolSpend:
    return pb.MsgCommunityPoolSpend(authority=authority, recipient=to, amount=coins)


def test_fund_and_spend(chain: Economy) -> None:
    chain.run(fund(chain, uakt(500)))
    assert chain.pool() == "500.000000000000000000uakt"
    chain.sound()
    zoe = chain.address("zoe")
    chain.run(spend(chain, zoe, uakt(499)))
    assert chain.pool() == "1.000000000000000000uakt"
    assert chain.balance(zoe) == 499
    chain.sound()


@pytest.mark.parametrize(
    ("coins", "error", "text"),
    [
        ([], InvalidCoins, "amount cannot be nil: invalid coins"),
        ([uakt(0)], InvalidCoins, "0uakt: invalid coins"),
        ([uakt(-1)], InvalidCoins, "-1uakt: invalid coins"),
        ([uakt(1), uakt(1)], InvalidCoins, "1uakt,1uakt: invalid coins"),
    ],
)
def test_invalid_amounts(
    chain: Economy, coins: list[Coin], error: type[ChainError], text: str
) -> None:
    with chain.rejects(error, text):
        chain.run(fund(chain, *coins))
    with chain.rejects(error, text):
        chain.run(spend(chain, chain.address("zoe"), *coins))


def test_invalid_fund(chain: Economy) -> None:
    with chain.rejects(InsufficientFunds):
        chain.run(fund(chain, uakt(10**15)))
    msg = fund(chain, uakt(1))
    msg.depositor = "x"
    with chain.rejects(InvalidAddress):
        chain.run(msg)


def test_invalid_spend(chain: Economy) -> None:
    zoe = chain.address("zoe")
    chain.run(fund(chain, uakt(5)))
    with chain.rejects(
        BadDistribution, "community pool does not have sufficient coins to distribute"
    ):
        chain.run(spend(chain, zoe, uakt(6)))
    with chain.rejects(InvalidSigner):
        chain.run(spend(chain, zoe, uakt(5), authority=zoe))
    text = "invalid authority address: empty address string is not allowed: invalid address"
    with chain.rejects(InvalidAddress, text):
        chain.run(spend(chain, zoe, uakt(5), authority=""))
    with chain.rejects(PlainError, "empty address string is not allowed"):
        chain.run(spend(chain, "", uakt(5)))
    with chain.rejects(Unauthorized, NOT_ALLOWED):
        chain.run(spend(chain, GOV, uakt(5)))


# A VALIDATOR'S REWARDS FROM ANYBODY


def deposit(
    chain: Economy, to: str, *coins: Coin, who: str = "ann"
) -> pb.MsgDepositValidatorRewardsPool:
    return pb.MsgDepositValidatorRewardsPool(
        depositor=chain.address(who), validator_address=to, amount=coins
    )


def test_deposit_is_shared_like_a_reward(chain: Economy) -> None:
    chain.run(deposit(chain, chain.operator("val1"), uakt(100, "uact"), uakt(1000)))
    assert chain.outstanding("val1") == "100.000000000000000000uact,1000.000000000000000000uakt"
    assert chain.commission("val1") == "10.000000000000000000uact,100.000000000000000000uakt"
    chain.sound()
    chain.block()
    chain.run(chain.withdraw("val1", "val1"))
    assert chain.told("withdraw_rewards")[-1]["amount"] == "90uact,900uakt"
    chain.sound()


def test_invalid_deposit(chain: Economy) -> None:
    with chain.rejects(NoValidatorFound, "validator does not exist"):
        chain.run(deposit(chain, chain.operator("bob"), uakt(1)))
    with chain.rejects(InsufficientFunds):
        chain.run(deposit(chain, chain.operator("val1"), uakt(10**15)))
    with chain.rejects(InvalidCoins):
        chain.run(deposit(chain, chain.operator("val1"), uakt(-1)))
    with chain.rejects(PlainError, "empty address string is not allowed"):
        chain.run(deposit(chain, "", uakt(1)))


# PARAMETERS


def params_msg(authority: str = GOV, **changes: str) -> pb.MsgUpdateParams:
    value = pb.Params(community_tax=Dec.of("0.1").wire(), withdraw_addr_enabled=True)
    for name, text in changes.items():
        setattr(value, name, text)
    return pb.MsgUpdateParams(authority=authority, params=value)


def test_update_params(chain: Economy) -> None:
    chain.run(params_msg())
    assert distribution.params(chain.ctx).community_tax == Dec.of("0.1")
    assert distribution.params(chain.ctx).withdraw_addr_enabled


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"community_tax": ""}, PlainError, "community tax must be not nil"),
        (
            {"community_tax": "-1"},
            PlainError,
            "community tax must be positive: -0.000000000000000001",
        ),
        (
            {"community_tax": str(10**18 + 1)},
            PlainError,
            "community tax too large: 1.000000000000000001",
        ),
        (
            {"base_proposer_reward": "1"},
            InvalidRequest,
            "cannot update base or bonus proposer reward because these are deprecated fields: "
            "invalid request",
        ),
    ],
)
def test_invalid_params(
    chain: Economy, changes: dict[str, str], error: type[ChainError], text: str
) -> None:
    with chain.rejects(error, text):
        chain.run(params_msg(**changes))


def test_invalid_params_of_a_stranger(chain: Economy) -> None:
    with chain.rejects(InvalidSigner):
        chain.run(params_msg(chain.address("ann")))
