"""Gas: what execution may cost, and what each touch of the state costs.

The amounts and descriptors are the Cosmos SDK's, because the descriptor and both numbers are part
of the error a client reads. This module must not know the state or who pays.
Source: SDK 0.53 store/types/gas.go (KVGasConfig, gasKVStore descriptors).
"""

from akashpy.types.errors import OutOfGas

HAS_FLAT = 1000
DELETE_FLAT = 1000
READ_FLAT = 1000
READ_PER_BYTE = 3
WRITE_FLAT = 2000
WRITE_PER_BYTE = 30
ITER_NEXT_FLAT = 30
"""Gas per operation or per byte of key and value, as the SDK's KVGasConfig()."""

NO_LIMIT = 2**64 - 1
"""The limit an unlimited meter reports (the SDK's math.MaxUint64)."""


class GasMeter:
    """Counts gas up to `limit`. `used` may end above the limit, as the SDK's does."""

    __slots__ = ("limit", "used")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def consume(self, amount: int, descriptor: str) -> None:
        """Charge `amount`; the charge stands even when it is the one that fails.

        Raises OutOfGas.
        """
        self.used += amount
        if self.used > self.limit:
            raise OutOfGas(
                f"out of gas in location: {descriptor}; "
                f"gasWanted: {self.limit}, gasUsed: {self.used}"
            )

    def consume_steps(self, *steps: tuple[int, str]) -> None:
        """Charge several steps in order, stopping at the one that exceeds the limit.

        Raises OutOfGas.
        """
        for amount, descriptor in steps:
            self.consume(amount, descriptor)

    def refund(self, amount: int) -> None:
        """Give back `amount`.

        Raises ValueError when more is given back than was used.
        """
        if amount > self.used:
            raise ValueError(f"gas refund of {amount} exceeds the {self.used} used")
        self.used -= amount

    @property
    def remaining(self) -> int:
        """Gas left before the limit; 0 when past it."""
        return max(0, self.limit - self.used)

    @property
    def used_to_limit(self) -> int:
        """Gas used, at most the limit: what a transaction takes from its block."""
        return min(self.used, self.limit)

    @property
    def is_spent(self) -> bool:
        """Nothing is left."""
        return self.used >= self.limit

    def __repr__(self) -> str:
        return f"{type(self).__name__}(limit={self.limit}, used={self.used})"


class InfiniteGasMeter(GasMeter):
    """A meter that counts without a limit: block hooks, genesis, simulation, queries."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(NO_LIMIT)
