"""The escrow module's vocabulary: money held while a lease runs.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError, Status


class EscrowError(ChainError, codespace="escrow", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `escrow`."""


class AccountExists(EscrowError, code=1, text="account exists", status=Status.ALREADY_EXISTS): ...


class AccountClosed(
    EscrowError, code=2, text="account closed", status=Status.FAILED_PRECONDITION
): ...


class AccountNotFound(EscrowError, code=3, text="account not found", status=Status.NOT_FOUND): ...


class AccountOverdrawn(
    EscrowError, code=4, text="account overdrawn", status=Status.FAILED_PRECONDITION
): ...


class InvalidDenomination(EscrowError, code=5, text="invalid denomination"): ...


class PaymentExists(EscrowError, code=6, text="payment exists", status=Status.ALREADY_EXISTS): ...


class PaymentClosed(
    EscrowError, code=7, text="payment closed", status=Status.FAILED_PRECONDITION
): ...


class PaymentNotFound(EscrowError, code=8, text="payment not found", status=Status.NOT_FOUND): ...


class PaymentRateZero(EscrowError, code=9, text="payment rate zero"): ...


class InvalidPayment(EscrowError, code=10, text="invalid payment"): ...


class InvalidSettlement(EscrowError, code=11, text="invalid settlement"): ...


class InvalidID(EscrowError, code=12, text="invalid ID"): ...


class InvalidAccount(EscrowError, code=13, text="invalid account"): ...


class InvalidAccountDepositor(EscrowError, code=14, text="invalid account depositor"): ...


class UnauthorizedDepositScope(
    EscrowError, code=15, text="unauthorized deposit scope", status=Status.PERMISSION_DENIED
): ...


class InvalidDeposit(EscrowError, code=16, text="invalid deposit"): ...


class InvalidAuthzScope(EscrowError, code=17, text="invalid authz scope"): ...


class MalformedKey(EscrowError, code=18, text="malformed key"): ...
