"""The slashing module's vocabulary: punishment of validators.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class SlashingError(ChainError, codespace="slashing"):
    """A refusal of the codespace `slashing`."""


class NoValidatorForAddress(
    SlashingError, code=2, text="address is not associated with any known validator"
): ...


class BadValidatorAddr(SlashingError, code=3, text="validator does not exist for that address"): ...


class ValidatorJailed(SlashingError, code=4, text="validator still jailed; cannot be unjailed"): ...


class ValidatorNotJailed(
    SlashingError, code=5, text="validator not jailed; cannot be unjailed"
): ...


class MissingSelfDelegation(
    SlashingError, code=6, text="validator has no self-delegation; cannot be unjailed"
): ...


class SelfDelegationTooLowToUnjail(
    SlashingError, code=7, text="validator's self delegation less than minimum; cannot be unjailed"
): ...


class NoSigningInfoFound(SlashingError, code=8, text="no validator signing info found"): ...


class ValidatorTombstoned(SlashingError, code=9, text="validator already tombstoned"): ...
