"""The staking module's vocabulary: validators and delegations.

Values, parameters and errors, shared by chain, node, client and provider, and what staking tells
the modules above it. It must not know state or how anything is decided.
"""

from dataclasses import dataclass

from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError

# WHAT STAKING TELLS, at the moments of the SDK's hooks. Addresses are raw bytes: `operator` of a
# validator, `consensus` of its key, `delegator` of an account.


@dataclass(frozen=True, slots=True)
class ValidatorCreated:
    """A validator's record is stored; it has no stake yet."""

    operator: bytes


@dataclass(frozen=True, slots=True)
class ValidatorModified:
    """A validator's commission is about to change, or it is about to be slashed."""

    operator: bytes


@dataclass(frozen=True, slots=True)
class ValidatorRemoved:
    """A validator's record is gone."""

    consensus: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class ValidatorBonded:
    """A validator has joined the bonded set."""

    consensus: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class ValidatorBeginUnbonding:
    """A validator has left the bonded set."""

    consensus: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class DelegationCreating:
    """A first delegation of this account to this validator is about to be stored."""

    delegator: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class SharesModifying:
    """The shares of an existing delegation are about to change."""

    delegator: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class DelegationRemoving:
    """A delegation without shares is about to be removed."""

    delegator: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class DelegationModified:
    """A delegation is stored with new shares."""

    delegator: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class ValidatorSlashing:
    """A validator is about to lose `fraction` of its tokens."""

    operator: bytes
    fraction: Dec


@dataclass(frozen=True, slots=True)
class UnbondingInitiated:
    """An unbonding operation has begun: of a delegation, a redelegation or a validator."""

    id: int


# ERRORS


class StakingError(ChainError, codespace="staking"):
    """A refusal of the codespace `staking`."""


class EmptyValidatorAddr(StakingError, code=2, text="empty validator address"): ...


class NoValidatorFound(StakingError, code=3, text="validator does not exist"): ...


class ValidatorOwnerExists(
    StakingError,
    code=4,
    text="validator already exist for this operator address; must use new validator "
    "operator address",
): ...


class ValidatorPubKeyExists(
    StakingError,
    code=5,
    text="validator already exist for this pubkey; must use new validator pubkey",
): ...


class ValidatorPubKeyTypeNotSupported(
    StakingError, code=6, text="validator pubkey type is not supported"
): ...


class ValidatorJailed(
    StakingError, code=7, text="validator for this address is currently jailed"
): ...


class BadRemoveValidator(StakingError, code=8, text="failed to remove validator"): ...


class CommissionNegative(StakingError, code=9, text="commission must be positive"): ...


class CommissionHuge(StakingError, code=10, text="commission cannot be more than 100%"): ...


class CommissionGTMaxRate(
    StakingError, code=11, text="commission cannot be more than the max rate"
): ...


class CommissionUpdateTime(
    StakingError, code=12, text="commission cannot be changed more than once in 24h"
): ...


class CommissionChangeRateNegative(
    StakingError, code=13, text="commission change rate must be positive"
): ...


class CommissionChangeRateGTMaxRate(
    StakingError, code=14, text="commission change rate cannot be more than the max rate"
): ...


class CommissionGTMaxChangeRate(
    StakingError, code=15, text="commission cannot be changed more than max change rate"
): ...


class SelfDelegationBelowMinimum(
    StakingError,
    code=16,
    text="validator's self delegation must be greater than their minimum self delegation",
): ...


class MinSelfDelegationDecreased(
    StakingError, code=17, text="minimum self delegation cannot be decrease"
): ...


class EmptyDelegatorAddr(StakingError, code=18, text="empty delegator address"): ...


class NoDelegation(StakingError, code=19, text="no delegation for (address, validator) tuple"): ...


class BadDelegatorAddr(StakingError, code=20, text="delegator does not exist with address"): ...


class NoDelegatorForAddress(
    StakingError, code=21, text="delegator does not contain delegation"
): ...


class InsufficientShares(StakingError, code=22, text="insufficient delegation shares"): ...


class DelegationValidatorEmpty(
    StakingError, code=23, text="cannot delegate to an empty validator"
): ...


class NotEnoughDelegationShares(StakingError, code=24, text="not enough delegation shares"): ...


class NotMature(StakingError, code=25, text="entry not mature"): ...


class NoUnbondingDelegation(StakingError, code=26, text="no unbonding delegation found"): ...


class MaxUnbondingDelegationEntries(
    StakingError,
    code=27,
    text="too many unbonding delegation entries for (delegator, validator) tuple",
): ...


class NoRedelegation(StakingError, code=28, text="no redelegation found"): ...


class SelfRedelegation(StakingError, code=29, text="cannot redelegate to the same validator"): ...


class TinyRedelegationAmount(
    StakingError, code=30, text="too few tokens to redelegate (truncates to zero tokens)"
): ...


class BadRedelegationDst(
    StakingError, code=31, text="redelegation destination validator not found"
): ...


class TransitiveRedelegation(
    StakingError,
    code=32,
    text="redelegation to this validator already in progress; first redelegation to this "
    "validator must complete before next redelegation",
): ...


class MaxRedelegationEntries(
    StakingError,
    code=33,
    text="too many redelegation entries for (delegator, src-validator, dst-validator) tuple",
): ...


class DelegatorShareExRateInvalid(
    StakingError, code=34, text="cannot delegate to validators with invalid (zero) ex-rate"
): ...


class BothShareMsgsGiven(
    StakingError, code=35, text="both shares amount and shares percent provided"
): ...


class NeitherShareMsgsGiven(
    StakingError, code=36, text="neither shares amount nor shares percent provided"
): ...


class InvalidHistoricalInfo(StakingError, code=37, text="invalid historical info"): ...


class NoHistoricalInfo(StakingError, code=38, text="no historical info found"): ...


class EmptyValidatorPubKey(StakingError, code=39, text="empty validator public key"): ...


class CommissionLTMinRate(
    StakingError, code=40, text="commission cannot be less than min rate"
): ...


class UnbondingNotFound(StakingError, code=41, text="unbonding operation not found"): ...


class UnbondingOnHoldRefCountNegative(
    StakingError, code=42, text="cannot un-hold unbonding operation that is not on hold"
): ...


class InvalidSigner(
    StakingError, code=43, text="expected authority account as only signer for proposal message"
): ...


class BadRedelegationSrc(StakingError, code=44, text="redelegation source validator not found"): ...


class NoUnbondingType(StakingError, code=45, text="unbonding type not found"): ...
