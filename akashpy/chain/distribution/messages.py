"""The messages of distribution. Source: SDK 0.53 x/distribution/keeper/msg_server.go, keeper.go."""

from collections.abc import Iterable

from akashpy.chain import auth, bank
from akashpy.chain.authority import require_authority
from akashpy.chain.distribution.allocation import allocate_to
from akashpy.chain.distribution.pool import distribute_from_pool, fund_community_pool
from akashpy.chain.distribution.records import (
    COMMISSION,
    MODULE_NAME,
    OUTSTANDING,
    PARAMS,
    WITHDRAW_ADDRESS,
    commission,
    current,
    history,
    outstanding,
    params,
    withdraw_address,
)
from akashpy.chain.distribution.rewards import (
    begin_delegation,
    require_delegation,
    require_validator,
    withdraw,
)
from akashpy.chain.module import Handler
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.addresscodec import decoded, named
from akashpy.types.coin import Coins, DecCoins
from akashpy.types.dec import Dec
from akashpy.types.distribution import NoValidatorCommission, Params, SetWithdrawAddrDisabled
from akashpy.types.errors import InvalidCoins, InvalidRequest, Panic, PlainError, Unauthorized
from akashpy.types.events import Event
from akashpy.wire import distribution as pb
from akashpy.wire.base import Coin as WireCoin

VALIDATOR = "invalid validator address"
DELEGATOR = "invalid delegator address"


def set_withdraw_address(
    ctx: Context, msg: pb.MsgSetWithdrawAddress
) -> pb.MsgSetWithdrawAddressResponse:
    """Let the signer's rewards go to another account.

    Raises InvalidAddress, Unauthorized for a module's account, SetWithdrawAddrDisabled.
    """
    delegator = named(msg.delegator_address, DELEGATOR)
    to = named(msg.withdraw_address, "invalid withdraw address")
    if to in auth.BLOCKED:
        raise Unauthorized(f"{Address.of(to)} is not allowed to receive external funds")
    if not params(ctx).withdraw_addr_enabled:
        raise SetWithdrawAddrDisabled
    ctx.emit(Event("set_withdraw_address", (("withdraw_address", Address.of(to)),)))
    WITHDRAW_ADDRESS.put(ctx, delegator, to)
    return pb.MsgSetWithdrawAddressResponse()


def withdraw_delegator_reward(
    ctx: Context, msg: pb.MsgWithdrawDelegatorReward
) -> pb.MsgWithdrawDelegatorRewardResponse:
    """Pay the signer what its delegation to one validator has earned.

    Raises InvalidAddress, staking.NoValidatorFound, staking.NoDelegation, EmptyDelegationDistInfo.
    """
    operator = named(msg.validator_address, VALIDATOR, prefix=VALOPER)
    delegator = named(msg.delegator_address, DELEGATOR)
    validator = require_validator(ctx, operator)
    paid = withdraw(ctx, validator, require_delegation(ctx, delegator, operator))
    begin_delegation(ctx, delegator, operator)
    return pb.MsgWithdrawDelegatorRewardResponse(amount=[coin.to_wire() for coin in paid])


def withdraw_validator_commission(
    ctx: Context, msg: pb.MsgWithdrawValidatorCommission
) -> pb.MsgWithdrawValidatorCommissionResponse:
    """Pay the signing operator its commission, whole units; fractions wait.

    Raises InvalidAddress, NoValidatorCommission.
    """
    # LOAD
    operator = named(msg.validator_address, VALIDATOR, prefix=VALOPER)
    due = commission(ctx, operator)
    # CHECK
    if not due:
        raise NoValidatorCommission
    # APPLY
    coins, rest = due.split()
    COMMISSION.put(ctx, operator, rest)
    OUTSTANDING.put(ctx, operator, outstanding(ctx, operator).subtract(DecCoins.whole(coins)))
    if coins:
        bank.send_from_module(ctx, MODULE_NAME, withdraw_address(ctx, operator), coins)
    # EMIT
    ctx.emit(Event("withdraw_commission", (("amount", str(coins)),)))
    return pb.MsgWithdrawValidatorCommissionResponse(amount=coins.to_wire())


def fund(ctx: Context, msg: pb.MsgFundCommunityPool) -> pb.MsgFundCommunityPoolResponse:
    """Give the signer's coins to the community.

    Raises InvalidAddress, InvalidCoins, InsufficientFunds.
    """
    depositor = named(msg.depositor, "invalid depositor address")
    fund_community_pool(ctx, _amount(msg.amount), depositor)
    return pb.MsgFundCommunityPoolResponse()


def spend(ctx: Context, msg: pb.MsgCommunityPoolSpend) -> pb.MsgCommunityPoolSpendResponse:
    """Pay an account from the community pool, as governance decided.

    Raises InvalidAddress, gov.InvalidSigner, InvalidCoins, PlainError, Unauthorized for a module's
    account, BadDistribution.
    """
    _require_authority(msg.authority)
    coins = _amount(msg.amount)
    recipient = decoded(msg.recipient)
    if recipient in auth.BLOCKED:
        raise Unauthorized(f"{msg.recipient} is not allowed to receive external funds")
    distribute_from_pool(ctx, coins, recipient)
    return pb.MsgCommunityPoolSpendResponse()


def deposit(
    ctx: Context, msg: pb.MsgDepositValidatorRewardsPool
) -> pb.MsgDepositValidatorRewardsPoolResponse:
    """Give the signer's coins to a validator and its delegators, as if they had earned them.

    Raises PlainError, InvalidCoins, InsufficientFunds, staking.NoValidatorFound.
    """
    depositor = decoded(msg.depositor)
    coins = Coins.from_wire(msg.amount)
    bank.send_to_module(ctx, depositor, MODULE_NAME, coins)
    operator = decoded(msg.validator_address, prefix=VALOPER)
    validator = require_validator(ctx, operator)
    allocate_to(ctx, validator, DecCoins.whole(coins))
    if int(validator.tokens):
        _require_room(ctx, operator)
    return pb.MsgDepositValidatorRewardsPoolResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters.

    Raises InvalidAddress, gov.InvalidSigner, InvalidRequest for proposer rewards, PlainError.
    """
    _require_authority(msg.authority)
    given = msg.params
    for reward in (given.base_proposer_reward, given.bonus_proposer_reward):
        if not Dec.from_wire(reward).is_zero:
            raise InvalidRequest(
                "cannot update base or bonus proposer reward because these are deprecated fields"
            )
    PARAMS.put(ctx, Params.from_wire(given))
    return pb.MsgUpdateParamsResponse()


def _require_authority(authority: str) -> None:
    named(authority, "invalid authority address")
    require_authority(authority)


def _amount(amounts: Iterable[WireCoin]) -> Coins:
    coins = Coins.from_wire(amounts)
    if not coins:
        raise InvalidCoins("amount cannot be nil")
    return coins


def _require_room(ctx: Context, operator: bytes) -> None:
    """Raises PlainError when the rewards per base unit would no longer fit a decimal."""
    running = current(ctx, operator)
    ratio = history(ctx, operator, running.period - 1).ratio
    try:
        ratio + running.rewards  # only whether it fits
    except Panic as error:
        raise PlainError(
            f"unable to deposit coins: deposit is too large: {error.detail}"
        ) from error


_URL = "/cosmos.distribution.v1beta1."
HANDLERS = {
    f"{_URL}MsgSetWithdrawAddress": Handler(None, set_withdraw_address),
    f"{_URL}MsgWithdrawDelegatorReward": Handler(None, withdraw_delegator_reward),
    f"{_URL}MsgWithdrawValidatorCommission": Handler(None, withdraw_validator_commission),
    f"{_URL}MsgFundCommunityPool": Handler(None, fund),
    f"{_URL}MsgUpdateParams": Handler(None, update_params),
    f"{_URL}MsgCommunityPoolSpend": Handler(None, spend),
    f"{_URL}MsgDepositValidatorRewardsPool": Handler(None, deposit),
}
