"""The bme module's vocabulary: burning and minting between AKT and ACT.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError, Status


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
