"""The cert module's vocabulary: certificates that accounts publish.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError, Status


class CertError(ChainError, codespace="cert", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `cert`."""


class CertificateNotFound(
    CertError, code=1, text="certificate not found", status=Status.NOT_FOUND
): ...


class InvalidAddress(CertError, code=2, text="invalid address"): ...


class CertificateExists(
    CertError, code=3, text="certificate exists", status=Status.ALREADY_EXISTS
): ...


class CertificateAlreadyRevoked(
    CertError, code=4, text="certificate already revoked", status=Status.FAILED_PRECONDITION
): ...


class InvalidSerialNumber(CertError, code=5, text="invalid serial number"): ...


class InvalidCertificateValue(CertError, code=6, text="invalid certificate value"): ...


class InvalidPubkeyValue(CertError, code=7, text="invalid pubkey value"): ...


class InvalidState(CertError, code=8, text="invalid state"): ...


class InvalidKeySize(CertError, code=9, text="invalid key size"): ...
