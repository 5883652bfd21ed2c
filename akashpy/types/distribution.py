"""The distribution module's vocabulary: rewards and the community pool.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.coin import DecCoins
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, PlainError
from akashpy.wire import distribution as pb

TAX = Dec.of("0.02")


@dataclass(frozen=True, slots=True)
class Params:
    """What share of all fees goes to the community pool, and whether rewards may go elsewhere.

    The two proposer rewards have had no effect since SDK 0.46; they are kept as they came.
    """

    community_tax: Dec = TAX
    withdraw_addr_enabled: bool = True
    base_proposer_reward: Dec = Dec.ZERO
    bonus_proposer_reward: Dec = Dec.ZERO

    @staticmethod
    def WIRE() -> type[pb.Params]:
        """The message it is on the wire."""
        return pb.Params

    @classmethod
    def from_wire(cls, msg: pb.Params) -> Self:
        """Read and check. Raises PlainError in the SDK's words, TxDecode."""
        if not msg.community_tax:
            raise PlainError("community tax must be not nil")
        tax = Dec.from_wire(msg.community_tax)
        if tax.is_negative:
            raise PlainError(f"community tax must be positive: {tax}")
        if tax > Dec.ONE:
            raise PlainError(f"community tax too large: {tax}")
        return cls(
            tax,
            msg.withdraw_addr_enabled,
            Dec.from_wire(msg.base_proposer_reward),
            Dec.from_wire(msg.bonus_proposer_reward),
        )

    def to_wire(self) -> pb.Params:
        """The message."""
        return pb.Params(
            community_tax=self.community_tax.wire(),
            base_proposer_reward=self.base_proposer_reward.wire(),
            bonus_proposer_reward=self.bonus_proposer_reward.wire(),
            withdraw_addr_enabled=self.withdraw_addr_enabled,
        )


@dataclass(frozen=True, slots=True)
class CurrentRewards:
    """What a validator's delegators have earned in the period that still runs."""

    rewards: DecCoins
    period: int

    @staticmethod
    def WIRE() -> type[pb.ValidatorCurrentRewards]:
        """The message it is on the wire."""
        return pb.ValidatorCurrentRewards

    @classmethod
    def from_wire(cls, msg: pb.ValidatorCurrentRewards) -> Self:
        """Read. Raises InvalidCoins, TxDecode."""
        return cls(DecCoins.from_wire(msg.rewards), msg.period)

    def to_wire(self) -> pb.ValidatorCurrentRewards:
        """The message."""
        return pb.ValidatorCurrentRewards(rewards=self.rewards.to_wire(), period=self.period)


@dataclass(frozen=True, slots=True)
class HistoricalRewards:
    """What one base unit of stake has earned from the validator's start to a period's end.

    `references` counts who still needs it: the next period, delegations and slashes.
    """

    ratio: DecCoins
    references: int

    @staticmethod
    def WIRE() -> type[pb.ValidatorHistoricalRewards]:
        """The message it is on the wire."""
        return pb.ValidatorHistoricalRewards

    @classmethod
    def from_wire(cls, msg: pb.ValidatorHistoricalRewards) -> Self:
        """Read. Raises InvalidCoins, TxDecode."""
        return cls(DecCoins.from_wire(msg.cumulative_reward_ratio), msg.reference_count)

    def to_wire(self) -> pb.ValidatorHistoricalRewards:
        """The message."""
        return pb.ValidatorHistoricalRewards(
            cumulative_reward_ratio=self.ratio.to_wire(), reference_count=self.references
        )


@dataclass(frozen=True, slots=True)
class StartingInfo:
    """Since when a delegation earns: behind which period and height, with which stake.

    `stake` is in base units.
    """

    previous_period: int
    stake: Dec
    height: int

    @staticmethod
    def WIRE() -> type[pb.DelegatorStartingInfo]:
        """The message it is on the wire."""
        return pb.DelegatorStartingInfo

    @classmethod
    def from_wire(cls, msg: pb.DelegatorStartingInfo) -> Self:
        """Read. Raises TxDecode."""
        return cls(msg.previous_period, Dec.from_wire(msg.stake), msg.height)

    def to_wire(self) -> pb.DelegatorStartingInfo:
        """The message."""
        return pb.DelegatorStartingInfo(
            previous_period=self.previous_period, stake=self.stake.wire(), height=self.height
        )


@dataclass(frozen=True, slots=True)
class SlashEvent:
    """A validator lost `fraction` of its tokens at the end of `period`."""

    period: int
    fraction: Dec

    @staticmethod
    def WIRE() -> type[pb.ValidatorSlashEvent]:
        """The message it is on the wire."""
        return pb.ValidatorSlashEvent

    @classmethod
    def from_wire(cls, msg: pb.ValidatorSlashEvent) -> Self:
        """Read. Raises TxDecode."""
        return cls(msg.validator_period, Dec.from_wire(msg.fraction))

    def to_wire(self) -> pb.ValidatorSlashEvent:
        """The message."""
        return pb.ValidatorSlashEvent(validator_period=self.period, fraction=self.fraction.wire())


# ERRORS


class DistributionError(ChainError, codespace="distribution"):
    """A refusal of the codespace `distribution`."""


class EmptyDelegatorAddr(DistributionError, code=2, text="delegator address is empty"): ...


class EmptyWithdrawAddr(DistributionError, code=3, text="withdraw address is empty"): ...


class EmptyValidatorAddr(DistributionError, code=4, text="validator address is empty"): ...


class EmptyDelegationDistInfo(
    DistributionError, code=5, text="no delegation distribution info"
): ...


class NoValidatorDistInfo(DistributionError, code=6, text="no validator distribution info"): ...


class NoValidatorCommission(
    DistributionError, code=7, text="no validator commission to withdraw"
): ...


class SetWithdrawAddrDisabled(DistributionError, code=8, text="set withdraw address disabled"): ...


class BadDistribution(
    DistributionError, code=9, text="community pool does not have sufficient coins to distribute"
): ...


class InvalidProposalAmount(
    DistributionError, code=10, text="invalid community pool spend proposal amount"
): ...


class EmptyProposalRecipient(
    DistributionError, code=11, text="invalid community pool spend proposal recipient"
): ...


class NoValidatorExists(DistributionError, code=12, text="validator does not exist"): ...


class NoDelegationExists(DistributionError, code=13, text="delegation does not exist"): ...
