"""The vesting module's vocabulary: coins an account holds but may not spend yet.

A `Vesting` says when which coins unlock and how much of them is delegated; it is part of an
account's record. Values and their arithmetic only, shared by chain and node: it must not know
state, balances' whereabouts or who asks. Source of the rules: Cosmos SDK 0.53 x/auth/vesting.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from akashpy.types.coin import Coin, Coins, problem, text_of
from akashpy.types.dec import Dec
from akashpy.types.errors import Panic, PlainError
from akashpy.wire import auth as auth_pb
from akashpy.wire import vesting as pb


class Kind(Enum):
    """How coins unlock: evenly, at once at the end, period by period, or never."""

    CONTINUOUS = "ContinuousVestingAccount"
    DELAYED = "DelayedVestingAccount"
    PERIODIC = "PeriodicVestingAccount"
    PERMANENT = "PermanentLockedAccount"


VestingMessage: TypeAlias = (
    pb.ContinuousVestingAccount
    | pb.DelayedVestingAccount
    | pb.PeriodicVestingAccount
    | pb.PermanentLockedAccount
)


@dataclass(frozen=True, slots=True)
class Period:
    """`amount` unlocks `length` seconds after the period before it (or the start)."""

    length: int
    amount: tuple[Coin, ...]


@dataclass(frozen=True, slots=True)
class Vesting:
    """What is particular to a vesting account. `start` and `end` are unix seconds.

    A delayed account has no start and a permanently locked one neither: 0. The delegated amounts
    tell which of the account's delegations came from free and which from vesting coins.
    """

    kind: Kind
    original: tuple[Coin, ...]
    start: int = 0
    end: int = 0
    periods: tuple[Period, ...] = ()
    delegated_free: Coins = Coins.EMPTY
    delegated_vesting: Coins = Coins.EMPTY

    def vested(self, second: int) -> Coins:
        """What has unlocked by this unix second."""
        return _vested(self.kind, self.original, self.start, self.end, self.periods, second)

    def vesting(self, second: int) -> Coins:
        """What has not unlocked by this unix second."""
        return Coins(self.original).subtract(self.vested(second))

    def locked(self, second: int) -> Coins:
        """What the account's balance must keep: vesting coins that are not delegated."""
        vesting = self.vesting(second)
        if not vesting or not self.delegated_vesting:
            return vesting
        return Coins.of(
            Coin(coin.denom, max(coin.amount - self.delegated_vesting.amount_of(coin.denom), 0))
            for coin in vesting
        )

    def delegating(self, second: int, balance: Coins, amount: Coins) -> "Vesting":
        """This account after delegating `amount` of `balance`: vesting coins go first.

        Raises Panic for more than the balance. Source: BaseVestingAccount.TrackDelegation.
        """
        vesting = self.vesting(second)
        free, bound = self.delegated_free, self.delegated_vesting
        for coin in amount:
            if not coin.amount or balance.amount_of(coin.denom) < coin.amount:
                raise Panic("delegation attempt with zero coins or insufficient funds")
            undelegated = vesting.amount_of(coin.denom) - bound.amount_of(coin.denom)
            first = min(max(undelegated, 0), coin.amount)
            bound = bound + [Coin(coin.denom, first)]
            free = free + [Coin(coin.denom, coin.amount - first)]
        return replace(self, delegated_free=free, delegated_vesting=bound)

    def undelegating(self, amount: Coins) -> "Vesting":
        """This account after getting back `amount`: free coins come back first.

        More than was delegated may come back. Source: BaseVestingAccount.TrackUndelegation.
        """
        free, bound = self.delegated_free, self.delegated_vesting
        for coin in amount:
            first = min(free.amount_of(coin.denom), coin.amount)
            second = min(bound.amount_of(coin.denom), coin.amount - first)
            free = free.subtract([Coin(coin.denom, first)])
            bound = bound.subtract([Coin(coin.denom, second)])
        return replace(self, delegated_free=free, delegated_vesting=bound)

    def validate(self) -> None:
        """Raises PlainError with Go's text. Source: each kind's Validate."""
        if self.kind is Kind.PERMANENT and self.end > 0:
            raise PlainError("permanently vested accounts cannot have an end-time")
        if self.kind in (Kind.CONTINUOUS, Kind.PERIODIC) and self.start >= self.end:
            raise PlainError("vesting start-time cannot be before end-time")
        if self.kind is Kind.PERIODIC:
            self._validate_periods()
        self.validate_base()

    def validate_base(self) -> None:
        """What every kind must satisfy. Raises PlainError."""
        if self.end < 0:
            raise PlainError("end time cannot be negative")
        if problem(self.original) or not self.original:
            raise PlainError(f"invalid coins: {text_of(self.original)}")
        if not Coins(self.original).covers(self.delegated_vesting):
            raise PlainError(
                "delegated vesting amount cannot be greater than original vesting amount"
            )

    def _validate_periods(self) -> None:
        total = Coins.EMPTY
        for number, period in enumerate(self.periods):
            if period.length < 0:
                raise PlainError(f"period #{number} has a negative length: {period.length}")
            if problem(period.amount) or not period.amount:
                raise PlainError(f"period #{number} has invalid coins: {text_of(period.amount)}")
            total = total + period.amount
        end = end_of_periods(self.start, self.periods)
        if end != self.end:
            raise PlainError("vesting end time does not match length of all vesting periods")
        if end < self.start:
            raise PlainError("cumulative endTime overflowed, and/or is less than startTime")
        if total != self.original:
            raise PlainError(
                f"original vesting coins ({text_of(self.original)}) does not match the sum of all "
                f"coins in vesting periods ({total})"
            )

    # WIRE

    @classmethod
    def from_wire(cls, message: VestingMessage) -> "Vesting":
        """What a vesting account's message says beside its base account."""
        base = message.base_vesting_account
        start = 0
        periods: tuple[Period, ...] = ()
        if isinstance(message, pb.ContinuousVestingAccount | pb.PeriodicVestingAccount):
            start = message.start_time
        if isinstance(message, pb.PeriodicVestingAccount):
            periods = periods_from_wire(message.vesting_periods)
        return cls(
            Kind(message.DESCRIPTOR.name),
            tuple(Coin.from_wire(coin) for coin in base.original_vesting),
            start,
            base.end_time,
            periods,
            Coins.from_wire(base.delegated_free),
            Coins.from_wire(base.delegated_vesting),
        )

    def to_wire(self, account: auth_pb.BaseAccount) -> VestingMessage:
        """The message of the account that has this vesting."""
        base = pb.BaseVestingAccount(
            base_account=account,
            original_vesting=[coin.to_wire() for coin in self.original],
            delegated_free=self.delegated_free.to_wire(),
            delegated_vesting=self.delegated_vesting.to_wire(),
            end_time=self.end,
        )
        if self.kind is Kind.CONTINUOUS:
            return pb.ContinuousVestingAccount(base_vesting_account=base, start_time=self.start)
        if self.kind is Kind.DELAYED:
            return pb.DelayedVestingAccount(base_vesting_account=base)
        if self.kind is Kind.PERMANENT:
            return pb.PermanentLockedAccount(base_vesting_account=base)
        return pb.PeriodicVestingAccount(
            base_vesting_account=base,
            start_time=self.start,
            vesting_periods=[
                pb.Period(length=each.length, amount=[coin.to_wire() for coin in each.amount])
                for each in self.periods
            ],
        )


def periods_from_wire(periods: Iterable[pb.Period]) -> tuple[Period, ...]:
    """Periods as they stand, unchecked."""
    return tuple(
        Period(each.length, tuple(Coin.from_wire(coin) for coin in each.amount)) for each in periods
    )


def end_of_periods(start: int, periods: Iterable[Period]) -> int:
    """When the last period ends; 64 bits wide and wrapping, as Go computes it."""
    end = start + sum(each.length for each in periods)
    return (end + 2**63) % 2**64 - 2**63


@lru_cache(maxsize=10_000)
def _vested(
    kind: Kind,
    original: tuple[Coin, ...],
    start: int,
    end: int,
    periods: tuple[Period, ...],
    second: int,
) -> Coins:
    if kind is Kind.PERMANENT:
        return Coins.EMPTY
    if kind is Kind.DELAYED:
        return Coins(original) if second >= end else Coins.EMPTY
    if second <= start:
        return Coins.EMPTY
    if second >= end:
        return Coins(original)
    if kind is Kind.PERIODIC:
        return _of_ended_periods(start, periods, second)
    part = Dec.of(second - start).quo(Dec.of(end - start))
    return Coins.of(Coin(coin.denom, Dec.of(coin.amount).mul(part).round()) for coin in original)


def _of_ended_periods(start: int, periods: tuple[Period, ...], second: int) -> Coins:
    sums = Coins.EMPTY
    for period in periods:
        if second - start < period.length:
            break
        sums = sums + period.amount
        start += period.length
    return sums
