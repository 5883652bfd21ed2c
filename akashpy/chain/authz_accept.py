"""Whether an authorization lets a message pass, and what is left of it afterwards.

Pure decisions over the four kinds, apart from the gas for walking their lists. It must not know
where grants are stored. Source: SDK 0.53 `x/authz`, `x/bank/types/send_authorization.go`,
`x/staking/types/authz.go`; chain-sdk `go/node/escrow/v1/authz.go` TryAccept.
"""

from collections.abc import Iterable
from typing import NamedTuple

from google.protobuf.message import Message

from akashpy.state.context import Context
from akashpy.types.authz import Authorization
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import (
    InsufficientFunds,
    InvalidRequest,
    InvalidType,
    PlainError,
    Unauthorized,
)
from akashpy.types.escrow import Scope, UnauthorizedDepositScope
from akashpy.wire import authz as pb
from akashpy.wire.bank import MsgSend, SendAuthorization
from akashpy.wire.escrow import DepositAuthorization, MsgAccountDeposit
from akashpy.wire.staking import (
    MsgBeginRedelegate,
    MsgCancelUnbondingDelegation,
    MsgDelegate,
    MsgUndelegate,
    StakeAuthorization,
)

LIST_GAS = 10
"""For each entry of a list that is looked at."""
ZERO = Coin("uakt", 0)
"""What the legacy limit of a deposit authorization is kept at."""


class Accepted(NamedTuple):
    """The answer: `updated` is to be stored instead, None leaves it; `used_up` removes it."""

    allowed: bool
    updated: Authorization | None = None
    used_up: bool = False


class Drawn(NamedTuple):
    """A part of a deposit taken from an authorization, and what that leaves."""

    amount: int
    updated: DepositAuthorization

    @property
    def is_last(self) -> bool:
        """Whether nothing is left."""
        return not self.updated.spend_limits


def accept(ctx: Context, authorization: Authorization, msg: Message) -> Accepted:
    """Whether `msg` may be sent under `authorization`.

    Raises InvalidType, InvalidRequest, InsufficientFunds, Unauthorized, InvalidCoins,
    escrow.UnauthorizedDepositScope.
    """
    if isinstance(authorization, pb.GenericAuthorization):
        return Accepted(True)
    if isinstance(authorization, SendAuthorization):
        return _accept_send(ctx, authorization, msg)
    if isinstance(authorization, StakeAuthorization):
        return _accept_stake(ctx, authorization, msg)
    return _accept_deposit(authorization, msg)


def draw(
    authorization: DepositAuthorization, scope: int, wanted: Coin, *, partial: bool
) -> Drawn | None:
    """Take `wanted`, or with `partial` as much of it as there is; None without any of the denom.

    Raises escrow.UnauthorizedDepositScope, InsufficientFunds.
    """
    if scope not in authorization.scopes:
        raise UnauthorizedDepositScope
    limits = limits_of(authorization)
    limit = limits.amount_of(wanted.denom)
    if limit == 0:
        return None
    if limit < wanted.amount and not partial:
        raise InsufficientFunds
    taken = min(limit, wanted.amount)
    left = limits.subtract([Coin(wanted.denom, taken)])
    return Drawn(taken, with_limits(authorization, left))


def limits_of(authorization: DepositAuthorization) -> Coins:
    """What may be spent, the legacy limit included."""
    limits = Coins.from_wire(authorization.spend_limits)
    legacy = Coin.from_wire(authorization.spend_limit)
    return limits + [legacy] if legacy.amount > 0 else limits


def with_limits(authorization: DepositAuthorization, limits: Coins) -> DepositAuthorization:
    """The same scopes with other limits."""
    return DepositAuthorization(
        scopes=authorization.scopes, spend_limit=ZERO.to_wire(), spend_limits=limits.to_wire()
    )


def _accept_send(ctx: Context, authorization: SendAuthorization, msg: Message) -> Accepted:
    if not isinstance(msg, MsgSend):
        raise InvalidType("type mismatch")
    limit, amount = Coins.from_wire(authorization.spend_limit), Coins.from_wire(msg.amount)
    if not limit.covers(amount):
        raise InsufficientFunds("requested amount is more than spend limit")
    allowed = authorization.allow_list
    if allowed and not _listed(ctx, allowed, msg.to_address, "send authorization"):
        raise Unauthorized(f"cannot send to {msg.to_address} address")
    left = limit.subtract(amount)
    if not left:
        return Accepted(True, used_up=True)
    return Accepted(True, SendAuthorization(spend_limit=left.to_wire(), allow_list=allowed))


def _accept_stake(ctx: Context, authorization: StakeAuthorization, msg: Message) -> Accepted:
    if isinstance(msg, MsgBeginRedelegate):
        validator, amount = msg.validator_dst_address, Coin.from_wire(msg.amount)
    elif isinstance(msg, MsgDelegate | MsgUndelegate | MsgCancelUnbondingDelegation):
        validator, amount = msg.validator_address, Coin.from_wire(msg.amount)
    else:
        raise InvalidRequest("unknown msg type")
    gas = "stake authorization"
    allowed = authorization.allow_list.address
    is_allowed = _listed(ctx, allowed, validator, gas)
    is_denied = _listed(ctx, authorization.deny_list.address, validator, gas)
    if is_denied or (allowed and not is_allowed):
        raise Unauthorized(f"cannot delegate/undelegate to {validator} validator")
    if not authorization.HasField("max_tokens"):
        return Accepted(True, authorization)
    most = Coin.from_wire(authorization.max_tokens)
    if most.denom != amount.denom:
        raise PlainError(f"invalid coin denoms: {most.denom}, {amount.denom}")
    left = Coin(most.denom, most.amount - amount.amount)
    if left.amount < 0:
        raise PlainError(f"negative coin amount: {left}")
    if left.amount == 0:
        return Accepted(True, used_up=True)
    updated = StakeAuthorization()
    updated.CopyFrom(authorization)
    updated.max_tokens.CopyFrom(left.to_wire())
    return Accepted(True, updated)


def _accept_deposit(authorization: DepositAuthorization, msg: Message) -> Accepted:
    """Deposits of deployments and bids never come here: their messages have grants of their own."""
    if not isinstance(msg, MsgAccountDeposit):
        name = f"*types.{msg.DESCRIPTOR.name}"
        raise InvalidType(f'"{name}" is unsupported authorization msg for deposit')
    scope = int(msg.id.scope)
    if scope not in (Scope.DEPLOYMENT, Scope.BID):
        raise UnauthorizedDepositScope
    drawn = draw(authorization, scope, Coin.from_wire(msg.deposit.amount), partial=False)
    if drawn is None:
        return Accepted(False)
    return Accepted(True, drawn.updated, used_up=drawn.is_last)


def _listed(ctx: Context, entries: Iterable[str], wanted: str, why: str) -> bool:
    for entry in entries:
        ctx.gas.consume(LIST_GAS, why)
        if entry == wanted:
            return True
    return False
