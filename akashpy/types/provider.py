"""The provider module's vocabulary: who offers resources.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError, Status


class ProviderError(ChainError, codespace="provider", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `provider`."""


class InvalidProviderURI(ProviderError, code=1, text="invalid provider: invalid host uri"): ...


class NotAbsProviderURI(ProviderError, code=2, text="invalid provider: not absolute host uri"): ...


class ProviderNotFound(
    ProviderError, code=3, text="invalid provider: address not found", status=Status.NOT_FOUND
): ...


class ProviderExists(
    ProviderError, code=4, text="invalid provider: already exists", status=Status.ALREADY_EXISTS
): ...


class InvalidAddress(ProviderError, code=5, text="invalid address"): ...


class Attributes(ProviderError, code=6, text="attribute specification error"): ...


class IncompatibleAttributes(
    ProviderError, code=7, text="attributes cannot be changed", status=Status.FAILED_PRECONDITION
): ...


class InvalidInfoWebsite(ProviderError, code=8, text="invalid provider: invalid info website"): ...


class Internal(ProviderError, code=9, text="internal error", status=Status.INTERNAL): ...
