"""The bme module's vocabulary: burning and minting between AKT and ACT.

Values, parameters, message checks and errors, shared by chain, node, client and provider. It must
not know state or how anything is decided. Source: chain-sdk `go/node/bme/v1` (v0.2.10).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from akashpy.types.address import Address
from akashpy.types.coin import Coin, problem, validate_denom
from akashpy.types.errors import ChainError, InvalidCoins, PlainError, Status
from akashpy.types.errors import InvalidAddress as SdkInvalidAddress
from akashpy.wire import bme as wire

UAKT, UACT = "uakt", "uact"
BPS = 10_000
"""Hundredths of a percent in one."""
MAX_SPREAD_BPS = 1_000
MAX_BACKOFF_PERCENT = 100


class MintStatus(IntEnum):
    """Whether ACT may be minted (below HALT_CR) and burned for AKT (below HALT_ORACLE)."""

    UNSPECIFIED = 0
    HEALTHY = 1
    WARNING = 2
    HALT_CR = 3
    HALT_ORACLE = 4


class RecordStatus(IntEnum):
    """What became of a request."""

    INVALID = 0
    PENDING = 1
    EXECUTED = 2
    CANCELED = 3


class CancelReason(IntEnum):
    """Why a request was cancelled and refunded."""

    UNKNOWN = 0
    EPSILON = 1
    ZERO_PRICE = 2
    INSUFFICIENT_FUNDS = 3
    INVALID_DENOM = 4
    INVALID_AMOUNT = 5
    MINIMUM_MINT = 6
    MINT_FAILED = 7
    BURN_FAILED = 8
    MAX_ATTEMPTS = 9


class BmeError(ChainError, codespace="bme", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `bme`."""


class InvalidParams(BmeError, code=2, text="invalid parameters"): ...


class Unauthorized(BmeError, code=3, text="unauthorized", status=Status.UNAUTHENTICATED): ...


class OracleUnhealthy(BmeError, code=5, text="oracle is unhealthy", status=Status.ABORTED): ...


class CircuitBreakerActive(
    BmeError, code=6, text="circuit breaker is active", status=Status.ABORTED
): ...


class InsufficientVaultFunds(
    BmeError, code=7, text="insufficient vault funds", status=Status.ABORTED
): ...


class InvalidAmount(BmeError, code=8, text="invalid amount"): ...


class InvalidDenom(BmeError, code=9, text="invalid denomination"): ...


class InvalidAddress(BmeError, code=10, text="invalid address"): ...


class InvalidSender(BmeError, code=11, text="invalid sender"): ...


class ZeroPrice(BmeError, code=12, text="oracle price is zero", status=Status.INTERNAL): ...


class RecordExists(
    BmeError, code=13, text="ledger record already exists", status=Status.ALREADY_EXISTS
): ...


class MintFailed(BmeError, code=14, text="failed to mint tokens", status=Status.ABORTED): ...


class BurnFailed(BmeError, code=15, text="failed to burn tokens", status=Status.ABORTED): ...


class Epsilon(
    BmeError,
    code=16,
    text="result value is less then precision of the denom",
    status=Status.ABORTED,
): ...


class MinimumMint(
    BmeError, code=17, text="minimum mint amount is not met", status=Status.ABORTED
): ...


@dataclass(frozen=True, slots=True)
class Params:
    """The module's parameters; thresholds and spreads in hundredths of a percent."""

    circuit_breaker_warn_threshold: int = 9500
    circuit_breaker_halt_threshold: int = 9000
    min_epoch_blocks: int = 10
    epoch_blocks_backoff_percent: int = 10
    mint_spread_bps: int = 25
    settle_spread_bps: int = 0
    max_endblocker_records: int = 50
    min_mint: tuple[Coin, ...] = (Coin(UACT, 10_000_000),)
    max_pending_attempts: int = 3

    @classmethod
    def WIRE(cls) -> type[wire.Params]:
        """The message class of these parameters."""
        return wire.Params

    @classmethod
    def from_wire(cls, msg: wire.Params) -> Self:
        """Read an akash.bme.v1.Params."""
        return cls(
            msg.circuit_breaker_warn_threshold,
            msg.circuit_breaker_halt_threshold,
            msg.min_epoch_blocks,
            msg.epoch_blocks_backoff_percent,
            msg.mint_spread_bps,
            msg.settle_spread_bps,
            msg.max_endblocker_records,
            tuple(Coin.from_wire(coin) for coin in msg.min_mint),
            msg.max_pending_attempts,
        )

    def to_wire(self) -> wire.Params:
        """An akash.bme.v1.Params."""
        return wire.Params(
            circuit_breaker_warn_threshold=self.circuit_breaker_warn_threshold,
            circuit_breaker_halt_threshold=self.circuit_breaker_halt_threshold,
            min_epoch_blocks=self.min_epoch_blocks,
            epoch_blocks_backoff_percent=self.epoch_blocks_backoff_percent,
            mint_spread_bps=self.mint_spread_bps,
            settle_spread_bps=self.settle_spread_bps,
            max_endblocker_records=self.max_endblocker_records,
            min_mint=[coin.to_wire() for coin in self.min_mint],
            max_pending_attempts=self.max_pending_attempts,
        )

    def validate(self) -> None:
        """Raises PlainError with Akash's text. Source: Params.Validate."""
        warn, halt = self.circuit_breaker_warn_threshold, self.circuit_breaker_halt_threshold
        for is_bad, text in (
            (self.min_epoch_blocks <= 0, "min_epoch_blocks must be positive"),
            (warn > BPS, "circuit_breaker_warn_threshold cannot exceed 10000"),
            (halt > BPS, "circuit_breaker_halt_threshold cannot exceed 10000"),
            (warn <= halt, "warn threshold must be greater than halt threshold"),
            (self.mint_spread_bps > MAX_SPREAD_BPS, "mint_spread_bps cannot exceed 1000 (10%)"),
            (self.settle_spread_bps > MAX_SPREAD_BPS, "settle_spread_bps cannot exceed 1000 (10%)"),
            (
                self.epoch_blocks_backoff_percent > MAX_BACKOFF_PERCENT,
                "epoch_blocks_backoff cannot exceed 100%",
            ),
            (bool(problem(self.min_mint)), "min_mint coins are invalid"),
        ):
            if is_bad:
                raise PlainError(text)


def validate_burn_mint(msg: wire.MsgBurnMint) -> None:
    """Raises sdk InvalidAddress, Unauthorized, InvalidCoins, InvalidAmount, InvalidDenom."""
    _validate_request(msg)
    try:
        validate_denom(msg.denom_to_mint)
    except PlainError as error:
        raise InvalidDenom(f"invalid denom to mint: {error}") from error


def validate_mint_act(msg: wire.MsgMintACT) -> None:
    """Raises sdk InvalidAddress, Unauthorized, InvalidCoins, InvalidAmount."""
    _validate_request(msg)


def validate_burn_act(msg: wire.MsgBurnACT) -> None:
    """Raises sdk InvalidAddress, Unauthorized, InvalidCoins, InvalidAmount."""
    _validate_request(msg)


def _validate_request(msg: wire.MsgBurnMint | wire.MsgMintACT | wire.MsgBurnACT) -> None:
    for text, which in ((msg.owner, "owner"), (msg.to, "to")):
        try:
            Address.parse(text)
        except SdkInvalidAddress as error:
            raise SdkInvalidAddress(f"invalid {which} address: {error.detail}") from error
    if msg.owner != msg.to:
        raise Unauthorized("owner and to addresses must match")
    coin = Coin.from_wire(msg.coins_to_burn)
    try:
        coin.validate()
    except PlainError as error:
        raise InvalidCoins(f"invalid coins: {error}") from error
    if coin.amount == 0:
        raise InvalidAmount("amount must not be 0")


def validate_fund_vault(msg: wire.MsgFundVault) -> None:
    """Raises Unauthorized for the authority's text, InvalidAmount, InvalidDenom."""
    _require_authority_text(msg.authority)
    coin = Coin.from_wire(msg.amount)
    if problem([coin]):
        raise InvalidAmount("amount must be positive")
    if coin.denom != UAKT:
        raise InvalidDenom(f"expected uakt, got {coin.denom}")


def validate_update_params(msg: wire.MsgUpdateParams) -> None:
    """Raises Unauthorized for the authority's text, PlainError for parameters."""
    _require_authority_text(msg.authority)
    Params.from_wire(msg.params).validate()


def _require_authority_text(text: str) -> None:
    try:
        Address.parse(text)
    except SdkInvalidAddress as error:
        raise Unauthorized(f"invalid authority address: {error.detail}") from error
