"""The evidence module's vocabulary: proof that a validator signed twice.

Values and errors, shared by chain, node and client. It must not know state or punishment.
Source: cosmossdk.io/x/evidence/types.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.types.abci import Misbehavior
from akashpy.types.address import VALCONS, Address
from akashpy.types.duration import SECOND
from akashpy.types.errors import ChainError, PlainError, TxDecode
from akashpy.types.moment import ZERO, moment_of, timestamp
from akashpy.wire import evidence as pb

URL = "/cosmos.evidence.v1beta1.Equivocation"
ROUTE = "equivocation"
"""The name under which a handler for this kind would be registered; Akash registers none."""


@dataclass(frozen=True, slots=True)
class Equivocation:
    """A validator signed two blocks, or lied to a light client, at one height.

    `time` is unix nanoseconds, `power` its voting power then, `consensus` its consensus address.
    """

    height: int
    time: int
    power: int
    consensus: str

    @classmethod
    def of(cls, seen: Misbehavior) -> Self:
        """What consensus saw."""
        return cls(seen.height, seen.time, seen.power, Address.of(seen.address, prefix=VALCONS))

    @classmethod
    def from_any(cls, packed: Any) -> Self:
        """Read packed evidence. Raises TxDecode for bytes that are none and any other kind."""
        if packed.type_url != URL:
            raise TxDecode(
                f"no concrete type registered for type URL {packed.type_url} against interface "
                "*exported.Evidence"
            )
        try:
            msg = wire.decode(pb.Equivocation, packed.value)
        except wire.WireError as error:
            raise TxDecode(str(error)) from error
        time = moment_of(msg.time) if msg.HasField("time") else ZERO
        return cls(msg.height, time, msg.power, msg.consensus_address)

    def to_wire(self) -> pb.Equivocation:
        """The message."""
        return pb.Equivocation(
            height=self.height,
            time=timestamp(self.time),
            power=self.power,
            consensus_address=self.consensus,
        )

    def to_any(self) -> Any:
        """The message, packed."""
        return wire.pack(self.to_wire())

    @property
    def hash(self) -> bytes:
        """What it is known by: the hash of its message as Go writes it."""
        return sha256(wire.encode_gogo(self.to_wire())).digest()

    def validate(self) -> None:
        """Raises PlainError. Source: Equivocation.ValidateBasic."""
        if self.time < SECOND:
            raise PlainError(f"invalid equivocation time: {_go_time(self.time)}")
        if self.height < 1:
            raise PlainError(f"invalid equivocation height: {self.height}")
        if self.power < 1:
            raise PlainError(f"invalid equivocation validator power: {self.power}")
        if not self.consensus:
            raise PlainError("invalid equivocation validator consensus address: ")


def _go_time(time: int) -> str:
    """A time before 1970 or in its first second, as Go prints one."""
    days, rest = divmod(max(time, ZERO), 86_400 * SECOND)
    year, month, day = _date(days)
    seconds, nanos = divmod(rest, SECOND)
    part = f".{nanos:09d}".rstrip("0") if nanos else ""
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{year:04d}-{month:02d}-{day:02d} {clock}{part} +0000 UTC"


def _date(days: int) -> tuple[int, int, int]:
    """The date so many days after the first of 1970, in the Gregorian calendar.

    Years begin in March here, so that the leap day is the last; 719,468 days lie between the first
    of March of the year 0 and 1970.
    """
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    return (
        era * 400 + year + (month >= 10),
        month + 3 if month < 10 else month - 9,
        day - (153 * month + 2) // 5 + 1,
    )


# ERRORS


class EvidenceError(ChainError, codespace="evidence"):
    """A refusal of the codespace `evidence`."""


class NoEvidenceHandlerExists(
    EvidenceError, code=2, text="unregistered handler for evidence type"
): ...


class InvalidEvidence(EvidenceError, code=3, text="invalid evidence"): ...


class EvidenceExists(EvidenceError, code=5, text="evidence already exists"): ...
