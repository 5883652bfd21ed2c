"""The oracle.v2 module's vocabulary: prices fed from outside.

Values, parameters and errors, shared by chain, node, client and feed. It must not know state or how
anything is decided. Source: chain-sdk `go/node/oracle/v2` (v0.2.10).
"""

from dataclasses import dataclass, field
from typing import Self

from google.protobuf.any_pb2 import Any as WireAny

from akashpy.types.address import Address
from akashpy.types.duration import HOUR, SECOND, duration, nanoseconds, spelled
from akashpy.types.errors import ChainError, InvalidAddress, PlainError
from akashpy.wire import WireError, unpack
from akashpy.wire import oracle as wire

AKT, ACT, USD = "akt", "act", "usd"
BASES = {"uakt": AKT, "uact": ACT}
"""Micro denomination -> the denomination that prices are kept under."""


class OracleError(ChainError, codespace="oracle.v2"):
    """A refusal of the codespace `oracle.v2`."""


class PriceEntryExists(OracleError, code=1, text="price entry exists"): ...


class InvalidTimestamp(OracleError, code=2, text="invalid timestamp"): ...


class UnauthorizedWriterAddress(OracleError, code=3, text="unauthorized writer address"): ...


class PriceStalled(OracleError, code=4, text="price stalled"): ...


class InvalidFeedContractParams(OracleError, code=5, text="invalid feed contract params"): ...


class InvalidFeedContractConfig(OracleError, code=6, text="invalid feed contract config"): ...


class TWAPZeroWeight(OracleError, code=7, text="invalid TWAP calculation: zero weight"): ...


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """Told upward at the end of the block in which a price became healthy or stopped being so."""

    denom: str
    base: str
    is_healthy: bool


@dataclass(frozen=True, slots=True)
class Params:
    """The module's parameters; periods in nanoseconds, deviation in hundredths of a percent."""

    sources: tuple[str, ...] = ()
    min_price_sources: int = 1
    max_price_staleness_period: int = 30 * SECOND
    twap_window: int = 5 * SECOND
    max_price_deviation_bps: int = 150
    feed_contracts_params: tuple[WireAny, ...] = field(default=())
    price_retention: int = 24 * HOUR
    prune_epoch: str = "hour"
    max_prune_per_epoch: int = 1000
    max_future_time_drift: int = 10 * SECOND

    @classmethod
    def WIRE(cls) -> type[wire.Params]:
        """The message class of these parameters."""
        return wire.Params

    @classmethod
    def from_wire(cls, msg: wire.Params) -> Self:
        """Read an akash.oracle.v2.Params."""
        return cls(
            tuple(msg.sources),
            msg.min_price_sources,
            nanoseconds(msg.max_price_staleness_period),
            nanoseconds(msg.twap_window),
            msg.max_price_deviation_bps,
            tuple(msg.feed_contracts_params),
            nanoseconds(msg.price_retention),
            msg.prune_epoch,
            msg.max_prune_per_epoch,
            nanoseconds(msg.max_future_time_drift),
        )

    def to_wire(self) -> wire.Params:
        """An akash.oracle.v2.Params."""
        return wire.Params(
            sources=self.sources,
            min_price_sources=self.min_price_sources,
            max_price_staleness_period=duration(self.max_price_staleness_period),
            twap_window=duration(self.twap_window),
            max_price_deviation_bps=self.max_price_deviation_bps,
            feed_contracts_params=self.feed_contracts_params,
            price_retention=duration(self.price_retention),
            prune_epoch=self.prune_epoch,
            max_prune_per_epoch=self.max_prune_per_epoch,
            max_future_time_drift=duration(self.max_future_time_drift),
        )

    def validate(self) -> None:
        """Raises PlainError with Akash's text. Source: Params.ValidateBasic."""
        self._validate_contracts()
        for is_bad, text in (
            (self.min_price_sources < 1, "min_price_sources must be at least 1"),
            (
                self.max_price_staleness_period <= 0,
                "max_price_staleness_period must be greater than 0",
            ),
            (self.max_price_deviation_bps == 0, "max_price_deviation_bps must be greater than 0"),
            (self.twap_window <= 0, "twap_window must be greater than 0"),
            (self.price_retention <= 0, "price_retention must be positive"),
            (
                self.price_retention < self.twap_window,
                f"price_retention ({spelled(self.price_retention)}) must be at least "
                f"twap_window ({spelled(self.twap_window)})",
            ),
            (not self.prune_epoch, "prune_epoch must not be empty"),
            (self.max_prune_per_epoch < 0, "max_prune_per_epoch must be non-negative"),
            (self.max_future_time_drift < 0, "max_future_time_drift must be non-negative"),
        ):
            if is_bad:
                raise PlainError(text)
        for source in self.sources:
            try:
                Address.parse(source)
            except InvalidAddress as error:
                raise PlainError(f'invalid source address "{source}": {error.detail}') from error

    def _validate_contracts(self) -> None:
        """Raises PlainError for parameters of a contract that are no message this chain knows."""
        for packed in self.feed_contracts_params:
            try:
                unpack(packed)
            except WireError as error:
                raise PlainError(f"feed_contracts_params: {error}") from error


def validate_add_price_entry(msg: wire.MsgAddPriceEntry) -> None:
    """Raises PlainError for a signer that is no address."""
    _require_address(msg.signer, "signer")


def validate_update_params(msg: wire.MsgUpdateParams) -> None:
    """Raises PlainError for the authority's text and for parameters."""
    _require_address(msg.authority, "authority")
    Params.from_wire(msg.params).validate()


def _require_address(text: str, which: str) -> None:
    try:
        Address.parse(text)
    except InvalidAddress as error:
        raise PlainError(f"invalid {which} address: {error.detail}") from error
