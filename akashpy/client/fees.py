"""How much gas a transaction may use and what it pays for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from akashpy.types.coin import Coin, Coins, DecCoins

Gas = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """`prices` like "0.025uakt" per unit of gas; empty asks the node for its minimum.

    `adjustment` multiplies the gas that a simulation used.
    """

    prices: str = ""
    adjustment: float = 1.5

    def limit(self, used: int) -> int:
        """The gas limit for a transaction that used `used` when simulated."""
        return int(used * self.adjustment) + 1


def fee(prices: DecCoins, gas: int) -> Coins:
    """What `gas` costs, in the first denomination that has a price, rounded up."""
    for price in prices:
        amount = price.amount.mul_int(gas).ceil()
        if amount:
            return Coins.of([Coin(price.denom, amount)])
    return Coins.EMPTY
