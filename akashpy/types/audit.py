"""The audit module's vocabulary: what auditors say about providers.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError, Status


class AuditError(ChainError, codespace="audit", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `audit`."""


class ProviderNotFound(
    AuditError, code=1, text="invalid provider: address not found", status=Status.NOT_FOUND
): ...


class InvalidAddress(AuditError, code=2, text="invalid address"): ...


class AttributeNotFound(
    AuditError, code=3, text="attribute not found", status=Status.NOT_FOUND
): ...
