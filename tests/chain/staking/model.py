"""Stake once more, in exact rationals: the oracle of the property test.

Written from the rules: shares are bought and sold at tokens over shares, what unbonds waits its
time, a slash takes from what was there at the infraction. Tokens that the chain rounds down to
whole units are told to the model, which demands that they are within one unit of the exact value.
It shares no code with `akashpy.chain.staking`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor


@dataclass
class Entry:
    """Stake that is unbonding, or (with `target`) that moved."""

    who: str
    source: str
    height: int
    due: int
    initial: int
    balance: int = 0
    target: str = ""
    shares: Fraction = Fraction(0)


@dataclass
class Model:
    """Tokens and shares of each validator, what people own, and what waits."""

    tokens: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    shares: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    wallets: dict[str, int] = field(default_factory=dict)
    unbonding: list[Entry] = field(default_factory=list)
    moved: list[Entry] = field(default_factory=list)
    burned: int = 0

    def total(self, validator: str) -> Fraction:
        """All shares of a validator."""
        return sum((s for (_, v), s in self.shares.items() if v == validator), Fraction(0))

    def buy(self, who: str, validator: str, amount: int) -> Fraction:
        """Shares for tokens, at the present price."""
        total = self.total(validator)
        issued = Fraction(amount) if not total else total * amount / self.tokens[validator]
        self.shares[who, validator] += issued
        self.tokens[validator] += amount
        return issued

    def sell(self, who: str, validator: str, wanted: int, given: int) -> None:
        """Tokens for shares; `given` is what the chain gave for shares worth `wanted`."""
        total, tokens = self.total(validator), self.tokens[validator]
        sold = min(total * wanted / tokens, self.shares[who, validator])
        self.sell_shares(who, validator, sold, given)

    def sell_shares(self, who: str, validator: str, sold: Fraction, given: int) -> None:
        """As `sell`, by shares."""
        exact = sold * self.tokens[validator] / self.total(validator)
        is_last = abs(self.total(validator) - sold) < Fraction(1, 10**6)
        assert is_last or exact - 1 - Fraction(1, 10**6) <= given <= exact + Fraction(1, 10**6)
        self.shares[who, validator] -= sold
        if self.shares[who, validator] < Fraction(1, 10**9):
            del self.shares[who, validator]
        self.tokens[validator] -= given

    def begin(self, entry: Entry) -> None:
        """Let stake unbond; two of one block and one end are one."""
        for other in self.unbonding:
            same = (other.who, other.source, other.height, other.due)
            if same == (entry.who, entry.source, entry.height, entry.due):
                other.initial += entry.initial
                other.balance += entry.balance
                return
        self.unbonding.append(entry)

    def pass_time(self, now: int) -> None:
        """Pay out what is due."""
        for entry in [each for each in self.unbonding if each.due <= now]:
            self.wallets[entry.who] += entry.balance
            self.unbonding.remove(entry)
        self.moved = [each for each in self.moved if each.due > now]

    def slash_left(self, validator: str, height: int, now: int, fraction: Fraction) -> int:
        """Take from what began to unbond since; give what that should have cost."""
        due = 0
        for entry in self.unbonding:
            if entry.source != validator or entry.height < height or entry.due <= now:
                continue
            share = floor(fraction * entry.initial)
            due += share
            taken = min(share, entry.balance)
            entry.balance -= taken
            self.burned += taken
        return due

    def pending(self, who: str, validator: str) -> list[tuple[int, int]]:
        """(height, balance) of what is unbonding."""
        return [
            (each.height, each.balance)
            for each in self.unbonding
            if (each.who, each.source) == (who, validator)
        ]
