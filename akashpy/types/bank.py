"""The bank module's vocabulary: who holds which coins.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.coin import validate_denom
from akashpy.types.errors import ChainError, PlainError
from akashpy.wire import bank as pb


class BankError(ChainError, codespace="bank"):
    """A refusal of the codespace `bank`."""


class NoInputs(BankError, code=2, text="no inputs to send transaction"): ...


class NoOutputs(BankError, code=3, text="no outputs to send transaction"): ...


class InputOutputMismatch(BankError, code=4, text="sum inputs != sum outputs"): ...


class SendDisabled(BankError, code=5, text="send transactions are disabled"): ...


class DenomMetadataNotFound(BankError, code=6, text="client denom metadata not found"): ...


class InvalidKey(BankError, code=7, text="invalid key"): ...


class DuplicateEntry(BankError, code=8, text="duplicate entry"): ...


class MultipleSenders(BankError, code=9, text="multiple senders not allowed"): ...


def validate_metadata(value: pb.Metadata) -> None:
    """What is said about a denomination. Raises PlainError. Source: SDK Metadata.Validate."""
    if not value.name.strip():
        raise PlainError("name field cannot be blank")
    if not value.symbol.strip():
        raise PlainError("symbol field cannot be blank")
    _require_denom(value.base, "invalid metadata base denom")
    _require_denom(value.display, "invalid metadata display denom")
    seen: set[str] = set()
    before = -1
    for unit in value.denom_units:
        if not seen and unit.denom != value.base:
            raise PlainError(
                f"metadata's first denomination unit must be the one with base denom '{value.base}'"
            )
        if not seen and unit.exponent:
            raise PlainError(f"the exponent for base denomination unit {value.base} must be 0")
        if unit.exponent <= before:
            raise PlainError("denom units should be sorted asc by exponent")
        if unit.denom in seen:
            raise PlainError(f"duplicate denomination unit {unit.denom}")
        before = unit.exponent
        _require_unit(unit)
        seen.add(unit.denom)
    if value.display not in seen:
        raise PlainError(
            f"metadata must contain a denomination unit with display denom '{value.display}'"
        )


def _require_unit(unit: pb.DenomUnit) -> None:
    _require_denom(unit.denom, "invalid denom unit")
    aliases: set[str] = set()
    for alias in unit.aliases:
        if alias in aliases:
            raise PlainError(f"duplicate denomination unit alias {alias}")
        if not alias.strip():
            raise PlainError(f"alias for denom unit {unit.denom} cannot be blank")
        aliases.add(alias)


def _require_denom(denom: str, what: str) -> None:
    try:
        validate_denom(denom)
    except ChainError as error:
        raise PlainError(f"{what}: {error}") from error
