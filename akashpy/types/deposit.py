"""Deposits: an amount, and whose money it is to be taken from.

Source: chain-sdk `types/deposit/v1`. It must not know accounts or grants.
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.coin import Coin
from akashpy.types.errors import InvalidDepositSource
from akashpy.types.wireenum import WireEnum
from akashpy.wire import base as wire


class Source(WireEnum):
    """Where a part of a deposit comes from: the signer's balance, or a grant to the signer."""

    INVALID = 0
    BALANCE = 1
    GRANT = 2


@dataclass(frozen=True, slots=True)
class Deposit:
    """`amount` in base units, to be taken from `sources` in their order."""

    amount: Coin
    sources: tuple[int, ...] = (Source.BALANCE,)

    @classmethod
    def from_wire(cls, msg: wire.Deposit) -> Self:
        """Read an akash.base.deposit.v1.Deposit."""
        return cls(Coin.from_wire(msg.amount), tuple(Source.of(number) for number in msg.sources))

    def to_wire(self) -> wire.Deposit:
        """An akash.base.deposit.v1.Deposit."""
        return wire.Deposit(
            amount=self.amount.to_wire(),
            sources=self.sources,  # type: ignore[arg-type]  # any number is allowed on the wire
        )

    def __str__(self) -> str:
        """As Go prints it: {5uakt [balance]}; a source without a name as its number."""
        known = (Source.of(each) for each in self.sources)
        names = (each.name if isinstance(each, Source) else str(each) for each in known)
        return f"{{{self.amount} [{' '.join(names)}]}}"

    def validate(self) -> None:
        """Raises PlainError for a bad coin, InvalidDepositSource for no, unknown or same sources.

        A zero amount is allowed.
        """
        self.amount.validate()
        self.validate_sources()

    def validate_sources(self) -> None:
        """Raises InvalidDepositSource for no, unknown or repeated sources."""
        if not self.sources:
            raise InvalidDepositSource("empty deposit sources")
        for place, source in enumerate(self.sources):
            if source not in (Source.BALANCE, Source.GRANT):
                raise InvalidDepositSource(f"empty deposit source type {int(source)}")
            if source in self.sources[:place]:
                raise InvalidDepositSource(f"duplicate deposit source type {int(source)}")
