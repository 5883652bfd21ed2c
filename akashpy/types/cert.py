"""The cert module's vocabulary: certificates that accounts publish.

The id, the record, errors and the checks that need no cryptography, shared by chain, node, client
and provider; what a certificate must contain is in `akashpy.keys.x509`. It must not know TLS.
Source: chain-sdk `go/node/cert/v1`.
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.errors import ChainError, Status
from akashpy.types.errors import InvalidAddress as SdkInvalidAddress
from akashpy.types.wireenum import WireEnum
from akashpy.wire import cert as wire


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


MAX_SERIAL_BYTES = 40


class CertificateState(WireEnum):
    """The life of a certificate."""

    INVALID = 0
    VALID = 1
    REVOKED = 2


@dataclass(frozen=True, slots=True, order=True)
class CertificateID:
    """`owner/serial`; the serial is the certificate's own, a whole number."""

    owner: str
    serial: int

    @classmethod
    def from_wire(cls, msg: wire.ID) -> Self:
        """Read an akash.cert.v1.ID. Raises InvalidSerialNumber."""
        return cls(msg.owner, parse_serial(msg.serial))

    def to_wire(self) -> wire.ID:
        """An akash.cert.v1.ID."""
        return wire.ID(owner=self.owner, serial=str(self.serial))

    def __str__(self) -> str:
        return f"{self.owner}/{self.serial}"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A published certificate and its public key, each one PEM block as published."""

    state: CertificateState
    cert: bytes
    pubkey: bytes

    @classmethod
    def WIRE(cls) -> type[wire.Certificate]:
        """The message class of this record."""
        return wire.Certificate

    @classmethod
    def from_wire(cls, msg: wire.Certificate) -> Self:
        """Read an akash.cert.v1.Certificate."""
        return cls(CertificateState(msg.state), msg.cert, msg.pubkey)

    def to_wire(self) -> wire.Certificate:
        """An akash.cert.v1.Certificate."""
        return wire.Certificate(
            state=self.state,  # type: ignore[arg-type]  # a known number
            cert=self.cert,
            pubkey=self.pubkey,
        )


def parse_serial(text: str) -> int:
    """A serial number from decimal text.

    Raises InvalidSerialNumber when it is no number, negative, or above 40 bytes.
    """
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 100:
        raise InvalidSerialNumber
    serial = int(digits)
    if serial.bit_length() > 8 * MAX_SERIAL_BYTES:
        raise InvalidSerialNumber
    return serial


def validate_create_certificate_owner(msg: wire.MsgCreateCertificate) -> None:
    """The first check of MsgCreateCertificate; the certificate itself is checked by keys.x509.

    Raises InvalidAddress of the codespace sdk.
    """
    if not Address.is_valid(msg.owner):
        raise SdkInvalidAddress("MsgCreateCertificate: Invalid Owner Address")


def validate_revoke_certificate(msg: wire.MsgRevokeCertificate) -> None:
    """Raises InvalidAddress of the codespace sdk, InvalidSerialNumber."""
    if not Address.is_valid(msg.id.owner):
        raise SdkInvalidAddress("MsgRevoke: Invalid Owner Address")
    parse_serial(msg.id.serial)
