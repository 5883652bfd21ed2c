"""The mint module's vocabulary: how many coins a year brings.

Values and parameters, shared by chain, node and client. It must not know state, validators or who
gets the coins. The module has no codespace of its own. Source: SDK 0.53 x/mint/types.
"""

from dataclasses import dataclass, replace
from typing import Self

from akashpy.types.coin import Coin, validate_denom
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.fraction import fraction
from akashpy.wire import mint as pb

BLOCKS_PER_YEAR = 60 * 60 * 8766 // 5
"""Blocks of five seconds."""
RATE_CHANGE, HIGHEST, LOWEST, GOAL = map(Dec.of, ("0.13", "0.2", "0.07", "0.67"))


@dataclass(frozen=True, slots=True)
class Params:
    """How inflation follows the bonded share; all but the last two are shares of the supply.

    A year of inflation lies between `inflation_min` and `inflation_max` and moves towards one of
    them by at most `rate_change` a year, depending on which side of `goal_bonded` the bonded
    share lies.
    """

    rate_change: Dec = RATE_CHANGE
    inflation_max: Dec = HIGHEST
    inflation_min: Dec = LOWEST
    goal_bonded: Dec = GOAL
    blocks_per_year: int = BLOCKS_PER_YEAR
    denom: str = "uakt"

    @staticmethod
    def WIRE() -> type[pb.Params]:
        """The message it is on the wire."""
        return pb.Params

    @classmethod
    def from_wire(cls, msg: pb.Params) -> Self:
        """Read and check. Raises PlainError in the SDK's words, TxDecode."""
        if not msg.mint_denom.strip():
            raise PlainError("mint denom cannot be blank")
        validate_denom(msg.mint_denom)
        change = fraction(msg.inflation_rate_change, "inflation rate change")
        highest = fraction(msg.inflation_max, "max inflation")
        lowest = fraction(msg.inflation_min, "min inflation")
        goal = _goal(msg.goal_bonded)
        if not msg.blocks_per_year:
            raise PlainError("blocks per year must be positive: 0")
        if highest < lowest:
            raise PlainError(
                f"max inflation ({highest}) must be greater than or equal to min inflation "
                f"({lowest})"
            )
        return cls(change, highest, lowest, goal, msg.blocks_per_year, msg.mint_denom)

    def to_wire(self) -> pb.Params:
        """The message."""
        return pb.Params(
            mint_denom=self.denom,
            inflation_rate_change=self.rate_change.wire(),
            inflation_max=self.inflation_max.wire(),
            inflation_min=self.inflation_min.wire(),
            goal_bonded=self.goal_bonded.wire(),
            blocks_per_year=self.blocks_per_year,
        )


def _goal(text: str) -> Dec:
    if not text:
        raise PlainError("goal bonded cannot be nil: <nil>")
    value = Dec.from_wire(text)
    if not value.is_positive:
        raise PlainError(f"goal bonded must be positive: {value}")
    if value > Dec.ONE:
        raise PlainError(f"goal bonded too large: {value}")
    return value


@dataclass(frozen=True, slots=True)
class Minter:
    """Inflation of this moment, a share of the supply a year, and what it comes to in a year.

    `annual_provisions` is in base units.
    """

    inflation: Dec = RATE_CHANGE
    annual_provisions: Dec = Dec.ZERO

    @staticmethod
    def WIRE() -> type[pb.Minter]:
        """The message it is on the wire."""
        return pb.Minter

    @classmethod
    def from_wire(cls, msg: pb.Minter) -> Self:
        """Read; absent numbers are zero. Raises TxDecode."""
        return cls(Dec.from_wire(msg.inflation), Dec.from_wire(msg.annual_provisions))

    def to_wire(self) -> pb.Minter:
        """The message."""
        return pb.Minter(
            inflation=self.inflation.wire(), annual_provisions=self.annual_provisions.wire()
        )

    def validate(self) -> None:
        """Raises PlainError for negative inflation. Source: SDK x/mint ValidateMinter."""
        if self.inflation.is_negative:
            raise PlainError(f"mint parameter Inflation should be positive, is {self.inflation}")

    def after_block(self, params: Params, bonded: Dec, supply: int) -> Self:
        """The minter of the next block: `bonded` is the bonded share of `supply` base units.

        Source: SDK x/mint NextInflationRate, NextAnnualProvisions.
        """
        yearly = (Dec.ONE - bonded.quo(params.goal_bonded)).mul(params.rate_change)
        inflation = self.inflation + yearly.quo(Dec.of(params.blocks_per_year))
        inflation = max(min(inflation, params.inflation_max), params.inflation_min)
        return replace(self, inflation=inflation, annual_provisions=inflation.mul_int(supply))

    def block_provision(self, params: Params) -> Coin:
        """What one block brings, in whole base units. Source: SDK x/mint BlockProvision."""
        return Coin(params.denom, self.annual_provisions.quo_int(params.blocks_per_year).truncate())
