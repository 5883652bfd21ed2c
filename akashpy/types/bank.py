"""The bank module's vocabulary: who holds which coins.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


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
