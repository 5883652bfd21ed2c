"""The oracle.v2 module's vocabulary: prices fed from outside.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class OracleError(ChainError, codespace="oracle.v2"):
    """A refusal of the codespace `oracle.v2`."""


class PriceEntryExists(OracleError, code=1, text="price entry exists"): ...


class InvalidTimestamp(OracleError, code=2, text="invalid timestamp"): ...


class UnauthorizedWriterAddress(OracleError, code=3, text="unauthorized writer address"): ...


class PriceStalled(OracleError, code=4, text="price stalled"): ...


class InvalidFeedContractParams(OracleError, code=5, text="invalid feed contract params"): ...


class InvalidFeedContractConfig(OracleError, code=6, text="invalid feed contract config"): ...


class TWAPZeroWeight(OracleError, code=7, text="invalid TWAP calculation: zero weight"): ...
