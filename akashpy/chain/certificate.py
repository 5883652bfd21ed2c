"""Reading a certificate that an account wants to publish: PEM, X.509, who signed it, whose it is.

It exists apart from the cert module's rules because it is the only part of the chain that parses
X.509. What passes here is consensus: DER is read strictly, and only the curves Go knows are taken.
It must not know state. Source: chain-sdk go/node/cert/v1 ParseAndValidateCertificate.
"""

import re
from base64 import b64decode
from binascii import Error as BadBase64
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import Certificate, load_der_x509_certificate
from cryptography.x509.oid import NameOID

from akashpy.types.address import Address
from akashpy.types.cert import InvalidCertificateValue, InvalidPubkeyValue
from akashpy.types.errors import InvalidAddress, PlainError

BLOCK = re.compile(
    rb"(?:\A|\n)-----BEGIN ([^\n]+)-----[ \t\r]*\n(.*?)\n-----END ([^\n]+)-----[ \t\r]*\n?\Z",
    re.DOTALL,
)
PUBLIC_KEY = b"EC PUBLIC KEY"
CERTIFICATE = b"CERTIFICATE"
CURVES = ("secp224r1", "secp256r1", "secp384r1", "secp521r1")
"""Curves that Go's crypto/x509 knows."""


class Pem(NamedTuple):
    """One PEM block: its label and its bytes."""

    label: bytes
    der: bytes


def serial_of(owner: Address, cert: bytes, pubkey: bytes) -> int:
    """Check that `cert` is self-signed by `pubkey` and names `owner`; give its serial number.

    Neither expiry, nor key usage, nor the issuer is looked at.
    Raises InvalidPubkeyValue, InvalidCertificateValue, PlainError when X.509 does not parse.
    """
    key = _public_key(pubkey)
    block = _pem(cert)
    if block is None:
        raise InvalidCertificateValue
    if block.label != CERTIFICATE:
        raise InvalidCertificateValue("invalid pem block type")
    parsed = _certificate(block.der)
    try:
        key.verify(parsed.signature, parsed.tbs_certificate_bytes, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise InvalidCertificateValue("invalid certificate signature") from None
    names = parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        named = Address.parse(str(names[-1].value) if names else "")
    except InvalidAddress as error:
        raise InvalidCertificateValue(error.detail) from error
    if named.raw != owner.raw:
        raise InvalidCertificateValue("CommonName does not match owner")
    return parsed.serial_number


def _public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    block = _pem(data)
    if block is None:
        raise InvalidPubkeyValue
    if block.label != PUBLIC_KEY:
        raise InvalidPubkeyValue("invalid pem block type")
    try:
        key = load_der_public_key(block.der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidPubkeyValue(f"x509: {error}") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidPubkeyValue("invalid public key type")
    if key.curve.name not in CURVES:
        raise InvalidPubkeyValue("x509: unsupported elliptic curve")
    return key


def _certificate(der: bytes) -> Certificate:
    try:
        parsed = load_der_x509_certificate(der)
        if parsed.serial_number < 0:
            raise PlainError("x509: negative serial number")
        parsed.subject, parsed.extensions, parsed.signature_algorithm_oid  # noqa: B018  # parsed late
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PlainError(f"x509: {error}") from error
    return parsed


def _pem(data: bytes) -> Pem | None:
    """The only block of `data`, nothing after it; None when there is no such block."""
    match = BLOCK.search(data)
    if match is None or match[1] != match[3] or data.count(b"-----BEGIN ") != 1:
        return None
    try:
        return Pem(match[1], b64decode(b"".join(match[2].split()), validate=True))
    except BadBase64:
        return None
