"""Coins: an amount of a denomination, and sets of them.

The set type `Coins` is always sorted, unique and positive; a list that is not is refused at the
door. It must not know who owns coins. Source of rules and texts: Cosmos SDK 0.53 `types/coin.go`,
`types/dec_coin.go`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from akashpy.types.dec import UNIT, Dec
from akashpy.types.errors import InsufficientFunds, InvalidCoins, Panic, PlainError, TxDecode
from akashpy.types.number import integer
from akashpy.wire import base as wire

MAX_BITS = 256
DENOM = re.compile(r"[a-zA-Z][a-zA-Z0-9/:._-]{2,127}", re.ASCII)
COIN = re.compile(rf"([0-9]+)\s*({DENOM.pattern})", re.ASCII)
DEC_COIN = re.compile(rf"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*({DENOM.pattern})", re.ASCII)


@lru_cache(maxsize=4096)
def _is_denom(text: str) -> bool:
    return DENOM.fullmatch(text) is not None


def validate_denom(denom: str) -> None:
    """Raises PlainError when the text cannot be a denomination."""
    if not _is_denom(denom):
        raise PlainError(f"invalid denom: {denom}")


@dataclass(frozen=True, slots=True)
class Coin:
    """`amount` base units of `denom`. It may hold any values; `validate` judges them."""

    denom: str
    amount: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "5uakt". Raises PlainError."""
        match = COIN.fullmatch(text.strip())
        if match is None:
            raise PlainError(f"invalid decimal coin expression: {text}")
        return cls(match[2], _fit(int(match[1])))

    @classmethod
    def from_wire(cls, msg: wire.Coin) -> "Coin":
        """Read a cosmos.base.v1beta1.Coin. Raises TxDecode when the amount is no integer."""
        return _coin(msg.denom, msg.amount)

    def to_wire(self) -> wire.Coin:
        """A cosmos.base.v1beta1.Coin."""
        return wire.Coin(denom=self.denom, amount=str(self.amount))

    def validate(self) -> None:
        """Raises PlainError for a bad denomination or a negative amount; zero is allowed."""
        validate_denom(self.denom)
        if self.amount < 0:
            raise PlainError(f"negative coin amount: {self.amount}")

    def __str__(self) -> str:
        return f"{self.amount}{self.denom}"


@lru_cache(maxsize=4096)
def _coin(denom: str, text: str) -> Coin:
    """A coin of the wire; remembered, because the same fees and prices come again and again."""
    amount = integer(text)
    if amount.bit_length() > MAX_BITS:
        raise TxDecode(f"integer out of range; got: {amount.bit_length()}, max: {MAX_BITS}")
    return Coin(denom, amount)


@dataclass(frozen=True, slots=True)
class DecCoin:
    """A decimal `amount` of `denom`, such as a price per block."""

    denom: str
    amount: Dec

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "0.025uakt". Raises PlainError."""
        match = DEC_COIN.fullmatch(text.strip())
        if match is None:
            raise PlainError(f"invalid decimal coin expression: {text}")
        number = match[1]
        return cls(match[2], Dec.of("0" + number if number.startswith(".") else number))

    @classmethod
    def from_wire(cls, msg: wire.DecCoin) -> Self:
        """Read a cosmos.base.v1beta1.DecCoin. Raises TxDecode when the amount is no number."""
        return cls(msg.denom, Dec.from_wire(msg.amount))

    def to_wire(self) -> wire.DecCoin:
        """A cosmos.base.v1beta1.DecCoin."""
        return wire.DecCoin(denom=self.denom, amount=self.amount.wire())

    def validate(self) -> None:
        """Raises PlainError for a bad denomination or a negative amount; zero is allowed."""
        validate_denom(self.denom)
        if self.amount.is_negative:
            raise PlainError(f"decimal coin {self} amount cannot be negative")

    def __str__(self) -> str:
        return f"{self.amount}{self.denom}"


def problem(coins: Sequence[Coin] | Sequence[DecCoin]) -> str:
    """Why a list is not a sorted, unique, positive set of coins; "" when it is one."""
    before = ""
    for coin in coins:
        if not _is_denom(coin.denom):
            return f"invalid denom: {coin.denom}"
        if before and coin.denom < before:
            return f"denomination {coin.denom} is not sorted"
        if coin.denom == before:
            return f"duplicate denomination {coin.denom}"
        amount = coin.amount
        if not (amount.is_positive if isinstance(amount, Dec) else amount > 0):
            return f"coin {coin} amount is not positive"
        before = coin.denom
    return ""


def text_of(coins: Iterable[Coin] | Iterable[DecCoin]) -> str:
    """Any list of coins as Go prints it: "1uact,2uakt"."""
    return ",".join(map(str, coins))


class Coins(tuple[Coin, ...]):
    """A sorted set of positive coins, at most one per denomination."""

    __slots__ = ()

    EMPTY: ClassVar["Coins"]

    @classmethod
    def of(cls, coins: Iterable[Coin]) -> "Coins":
        """The sum of any coins, zero amounts dropped.

        Raises PlainError for a bad denomination, InvalidCoins for a negative sum.
        """
        sums: dict[str, int] = {}
        for coin in coins:
            validate_denom(coin.denom)
            sums[coin.denom] = sums.get(coin.denom, 0) + coin.amount
        return cls._of_sums(sums)

    @classmethod
    def _of_sums(cls, sums: dict[str, int]) -> "Coins":
        made = cls(Coin(denom, _fit(sums[denom])) for denom in sorted(sums) if sums[denom])
        for coin in made:
            if coin.amount < 0:
                raise InvalidCoins(text_of(made))
        return made

    @classmethod
    def parse(cls, text: str) -> "Coins":
        """Read "1uakt,2uact" in any order; empty text is no coins. Raises PlainError."""
        if not text.strip():
            return cls.EMPTY
        coins = [Coin.parse(part) for part in text.split(",")]
        ordered = tuple(sorted(coins, key=lambda coin: coin.denom))
        if why := problem(ordered):
            raise PlainError(why)
        return cls(ordered)

    @classmethod
    def from_wire(cls, repeated: Iterable[wire.Coin]) -> "Coins":
        """Read repeated coins as they stand.

        Raises InvalidCoins when they are not sorted, unique and positive.
        """
        coins = tuple([_coin(msg.denom, msg.amount) for msg in repeated])
        return cls.checked(coins)

    @classmethod
    def checked(cls, coins: tuple[Coin, ...]) -> "Coins":
        """These coins. Raises InvalidCoins when they are not sorted, unique and positive."""
        if len(coins) == 1:  # nearly always: then there is no order
            if coins[0].amount <= 0 or not _is_denom(coins[0].denom):
                raise InvalidCoins(text_of(coins))
        elif problem(coins):
            raise InvalidCoins(text_of(coins))
        return cls(coins)

    def to_wire(self) -> list[wire.Coin]:
        """A list of cosmos.base.v1beta1.Coin."""
        return [coin.to_wire() for coin in self]

    def amount_of(self, denom: str) -> int:
        """Base units of `denom`, 0 when there are none."""
        for coin in self:
            if coin.denom == denom:
                return coin.amount
        return 0

    def __add__(self, other: "Iterable[Coin]") -> "Coins":  # type: ignore[override]  # a sum
        sums = {coin.denom: coin.amount for coin in self}
        for coin in other:
            sums[coin.denom] = sums.get(coin.denom, 0) + coin.amount
        return self._of_sums(sums)

    def subtract(self, other: "Iterable[Coin]") -> "Coins":
        """What is left after taking `other` away. Raises InsufficientFunds."""
        sums = {coin.denom: coin.amount for coin in self}
        for coin in other:
            left = sums.get(coin.denom, 0) - coin.amount
            if left < 0:
                raise InsufficientFunds(
                    f"{sums.get(coin.denom, 0)}{coin.denom} is smaller than {coin}"
                )
            sums[coin.denom] = left
        return self._of_sums(sums)

    def covers(self, other: "Iterable[Coin]") -> bool:
        """Whether every amount of `other` is here."""
        return all(self.amount_of(coin.denom) >= coin.amount for coin in other)

    def __str__(self) -> str:
        if len(self) == 1:  # nearly always, and quicker than joining
            return f"{self[0].amount}{self[0].denom}"
        return text_of(self)


Coins.EMPTY = Coins()


class DecCoins(tuple[DecCoin, ...]):
    """A sorted set of positive decimal coins, such as minimum gas prices."""

    __slots__ = ()

    EMPTY: ClassVar["DecCoins"]

    @classmethod
    def of(cls, coins: Iterable[DecCoin]) -> "DecCoins":
        """The sum of any decimal coins, zero amounts dropped.

        Raises PlainError for a bad denomination, InvalidCoins for a negative sum.
        """
        sums: dict[str, Dec] = {}
        for coin in coins:
            validate_denom(coin.denom)
            sums[coin.denom] = sums.get(coin.denom, Dec.ZERO) + coin.amount
        made = cls(DecCoin(denom, sums[denom]) for denom in sorted(sums) if sums[denom].raw)
        for coin in made:
            if coin.amount.is_negative:
                raise InvalidCoins(text_of(made))
        return made

    @classmethod
    def parse(cls, text: str) -> "DecCoins":
        """Read "0.025uakt,0.1uact" in any order; zero prices are dropped. Raises PlainError."""
        if not text.strip():
            return cls.EMPTY
        coins = [DecCoin.parse(part) for part in text.split(",")]
        denoms = [coin.denom for coin in coins]
        for denom in denoms:
            if denoms.count(denom) > 1:
                raise PlainError(f"duplicate denomination {denom}")
        return cls.of(coins)

    @classmethod
    def from_wire(cls, repeated: Iterable[wire.DecCoin]) -> "DecCoins":
        """Read repeated decimal coins as they stand. Raises InvalidCoins."""
        coins = tuple(DecCoin.from_wire(msg) for msg in repeated)
        if problem(coins):
            raise InvalidCoins(text_of(coins))
        return cls(coins)

    def to_wire(self) -> list[wire.DecCoin]:
        """A list of cosmos.base.v1beta1.DecCoin."""
        return [coin.to_wire() for coin in self]

    def amount_of(self, denom: str) -> Dec:
        """The amount of `denom`, zero when there is none."""
        for coin in self:
            if coin.denom == denom:
                return coin.amount
        return Dec.ZERO

    @classmethod
    def whole(cls, coins: Iterable[Coin]) -> "DecCoins":
        """The same amounts, as decimals; `coins` is a set as `Coins` is."""
        return cls([DecCoin(coin.denom, Dec(coin.amount * UNIT)) for coin in coins])

    @classmethod
    def _of_sums(cls, sums: dict[str, Dec]) -> "DecCoins":
        return cls([DecCoin(denom, sums[denom]) for denom in sorted(sums) if sums[denom].raw])

    def __add__(self, other: "Iterable[DecCoin]") -> "DecCoins":  # type: ignore[override]  # a sum
        sums = {coin.denom: coin.amount for coin in self}
        for coin in other:
            held = sums.get(coin.denom)
            sums[coin.denom] = coin.amount if held is None else held + coin.amount
        return self._of_sums(sums)

    def subtract(self, other: "Iterable[DecCoin]") -> "DecCoins":
        """What is left after taking `other` away. Raises Panic for less than nothing, as Go."""
        sums = {coin.denom: coin.amount for coin in self}
        for coin in other:
            left = sums.get(coin.denom, Dec.ZERO) - coin.amount
            if left.is_negative:
                raise Panic("negative coin amount")
            sums[coin.denom] = left
        return self._of_sums(sums)

    def mul(self, factor: Dec) -> "DecCoins":
        """Each amount times `factor`, halves to even at the 18th place; zeros dropped."""
        return self._of_sums({coin.denom: coin.amount.mul(factor) for coin in self})

    def mul_truncate(self, factor: Dec) -> "DecCoins":
        """Each amount times `factor`, cut at the 18th place; zeros dropped."""
        return self._of_sums({coin.denom: coin.amount.mul_truncate(factor) for coin in self})

    def quo_truncate(self, divisor: Dec) -> "DecCoins":
        """Each amount divided, cut at the 18th place; zeros dropped.

        Raises Panic on division by zero.
        """
        return self._of_sums({coin.denom: coin.amount.quo_truncate(divisor) for coin in self})

    def least(self, other: "DecCoins") -> "DecCoins":
        """The lower of both amounts of every denomination (Go's Intersect)."""
        return self._of_sums(
            {coin.denom: min(coin.amount, other.amount_of(coin.denom)) for coin in self}
        )

    def split(self) -> "tuple[Coins, DecCoins]":
        """The whole units, and the fractions that are left."""
        units = Coins(
            Coin(coin.denom, coin.amount.truncate()) for coin in self if coin.amount.raw >= UNIT
        )
        rest = {coin.denom: Dec(coin.amount.raw % UNIT) for coin in self}
        return units, self._of_sums(rest)

    def __str__(self) -> str:
        return text_of(self)


DecCoins.EMPTY = DecCoins()


def _fit(amount: int) -> int:
    if amount.bit_length() > MAX_BITS:
        raise Panic("Int overflow")
    return amount
