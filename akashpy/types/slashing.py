"""The slashing module's vocabulary: punishment of validators.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.dec import Dec
from akashpy.types.duration import SECOND, duration, nanoseconds, spelled
from akashpy.types.errors import ChainError, PlainError
from akashpy.types.fraction import fraction
from akashpy.types.moment import moment_of, timestamp
from akashpy.wire import slashing as pb

NEVER = 253_402_300_799 * SECOND
"""Until when a validator that signed twice is jailed: the last second of the year 9999."""
MINUTE = 60 * SECOND
HALF, ONE_TWENTIETH, ONE_HUNDREDTH = Dec.of("0.5"), Dec.of("0.05"), Dec.of("0.01")


@dataclass(frozen=True, slots=True)
class Params:
    """How many blocks may be missed, and what missing more or signing twice costs.

    `window` is in blocks, `jail_duration` in nanoseconds; the rest are shares of a whole.
    """

    window: int = 100
    min_signed: Dec = HALF
    jail_duration: int = 10 * MINUTE
    double_sign: Dec = ONE_TWENTIETH
    downtime: Dec = ONE_HUNDREDTH

    @staticmethod
    def WIRE() -> type[pb.Params]:
        """The message it is on the wire."""
        return pb.Params

    @classmethod
    def from_wire(cls, msg: pb.Params) -> Self:
        """Read and check. Raises PlainError in the SDK's words, TxDecode."""
        if msg.signed_blocks_window <= 0:
            raise PlainError(f"signed blocks window must be positive: {msg.signed_blocks_window}")
        signed = fraction(_text(msg.min_signed_per_window), "min signed per window")
        jailed = nanoseconds(msg.downtime_jail_duration)
        if jailed <= 0:
            raise PlainError(f"downtime jail duration must be positive: {spelled(jailed)}")
        return cls(
            msg.signed_blocks_window,
            signed,
            jailed,
            fraction(_text(msg.slash_fraction_double_sign), "double sign slash fraction"),
            fraction(_text(msg.slash_fraction_downtime), "downtime slash fraction"),
        )

    def to_wire(self) -> pb.Params:
        """The message."""
        return pb.Params(
            signed_blocks_window=self.window,
            min_signed_per_window=self.min_signed.wire().encode(),
            downtime_jail_duration=duration(self.jail_duration),
            slash_fraction_double_sign=self.double_sign.wire().encode(),
            slash_fraction_downtime=self.downtime.wire().encode(),
        )

    @property
    def max_missed(self) -> int:
        """How many blocks of a window may be missed. Source: SDK MinSignedPerWindow."""
        return self.window - self.min_signed.mul_int(self.window).round()


def check_genesis(msg: pb.Params) -> Params:
    """The parameters of a genesis, of which more is asked than of an update.

    Raises PlainError, TxDecode. Source: SDK x/slashing ValidateGenesis.
    """
    for number, name in (
        (msg.slash_fraction_downtime, "slashing fraction downtime"),
        (msg.slash_fraction_double_sign, "slashing fraction double sign"),
        (msg.min_signed_per_window, "min signed per window"),
    ):
        share = Dec.from_wire(_text(number))
        if share.is_negative or share > Dec.ONE:
            raise PlainError(
                f"{name} should be less than or equal to one and greater than zero, is {share}"
            )
    jailed = nanoseconds(msg.downtime_jail_duration)
    if jailed < MINUTE:
        raise PlainError(
            f"downtime unjail duration must be at least 1 minute, is {spelled(jailed)}"
        )
    if msg.signed_blocks_window < 10:
        raise PlainError(f"signed blocks window must be at least 10, is {msg.signed_blocks_window}")
    return Params.from_wire(msg)


def _text(number: bytes) -> str:
    return number.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class SigningInfo:
    """How a validator signs: since when, at which place of the window, how many it missed.

    `address` is its consensus address, `jailed_until` in unix nanoseconds. A tombstoned validator
    never comes back.
    """

    address: str
    start_height: int
    index_offset: int = 0
    jailed_until: int = 0
    tombstoned: bool = False
    missed: int = 0

    @staticmethod
    def WIRE() -> type[pb.ValidatorSigningInfo]:
        """The message it is on the wire."""
        return pb.ValidatorSigningInfo

    @classmethod
    def from_wire(cls, msg: pb.ValidatorSigningInfo) -> Self:
        """Read."""
        return cls(
            msg.address,
            msg.start_height,
            msg.index_offset,
            moment_of(msg.jailed_until),
            msg.tombstoned,
            msg.missed_blocks_counter,
        )

    def to_wire(self) -> pb.ValidatorSigningInfo:
        """The message."""
        return pb.ValidatorSigningInfo(
            address=self.address,
            start_height=self.start_height,
            index_offset=self.index_offset,
            jailed_until=timestamp(self.jailed_until),
            tombstoned=self.tombstoned,
            missed_blocks_counter=self.missed,
        )


# ERRORS


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
