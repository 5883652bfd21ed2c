"""The parameters this project adds to a chain: settlement denominations and fixes.

Where Akash has a defect that costs someone money or leaves a lease dead or running wrongly, the
rule here differs from Akash's. Each difference that changes an outcome or an event has a name in
`FIXES`, so that a chain can switch it; docs/differences.md has a row for each. This module must
not know the rules themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from akashpy.types.coin import validate_denom
from akashpy.types.errors import PlainError
from akashpy.wire import chain as wire

FIXES: Mapping[str, str] = MappingProxyType(
    {
        "akt-fallback-funds": "an account that AKT paid for goes on without negative funds or dust",
        "bme-cancel-reasons": "a cancelled request to mint or burn says what really stopped it",
        "bme-genesis": "requests, status and epochs of minting survive export and import",
        "bme-mint-queue": "no request is queued that cannot be executed, and none waits for ever",
        "cert-genesis": "revoked certificates survive export and import",
        "deployment-start-group": "a group of a closed deployment cannot be started",
        "escrow-accruals": "a new lease does not discard what other providers earned so far",
        "escrow-dust": "an account keeps one row for each depositor, and so many depositors",
        "escrow-exhaustion": "an account closes in the block in which it runs empty",
        "escrow-prefix": "an account does not touch payments of accounts whose number it begins",
        "escrow-same-block": "withdrawing or closing twice in one block pays and closes rightly",
        "feegrant-queue": "a revoked fee allowance does not end a later one of the same pair",
        "market-losing-bids": "every losing bid is refunded when a lease is made, not the first",
        "market-max-bids": "an order takes as many bids as the parameter says, not one more",
        "oracle-future-prices": "a price dated too far ahead of the block is refused",
        "oracle-genesis": "prices and sources' numbers survive export and import",
        "oracle-staleness": "a price that fails is known in its block, by minting and by queries",
    }
)
"""Every fix by name, and what holds when it is on. A name never changes its meaning."""

PRESETS = ("default", "akash")
"""`default` is this project's own chain, `akash` is Akash's network with its defects."""


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of the module `chain`: what may pay for leases, and which fixes are on."""

    settlement_denoms: tuple[str, ...]
    fixes: tuple[str, ...]

    @classmethod
    def WIRE(cls) -> type[wire.Params]:
        """The message class of these parameters."""
        return wire.Params

    @classmethod
    def preset(cls, name: str) -> Self:
        """The parameters of a preset; `name` is one of PRESETS."""
        if name == "akash":
            return cls(("uact",), ())
        return cls(("uakt", "uact"), tuple(sorted(FIXES)))

    @classmethod
    def from_wire(cls, msg: wire.Params) -> Self:
        """Read an akashpy.chain.v1.Params."""
        return cls(tuple(msg.settlement_denoms), tuple(msg.fixes))

    def to_wire(self) -> wire.Params:
        """An akashpy.chain.v1.Params."""
        return wire.Params(settlement_denoms=self.settlement_denoms, fixes=self.fixes)

    def validate(self) -> None:
        """Raises PlainError for no, repeated or unknown names."""
        if not self.settlement_denoms:
            raise PlainError("settlement_denoms is empty: name at least one denomination")
        for denom in self.settlement_denoms:
            validate_denom(denom)
        _refuse_repeats("settlement_denoms", self.settlement_denoms)
        _refuse_repeats("fixes", self.fixes)
        for name in self.fixes:
            if name not in FIXES:
                known = ", ".join(FIXES)
                raise PlainError(f"fixes names {name!r}, which is not one of: {known}")


def _refuse_repeats(field: str, names: tuple[str, ...]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise PlainError(f"{field} names {name!r} twice")
