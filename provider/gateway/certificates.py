"""Whether a client's certificate speaks for an account: six rules, asked of the chain each time.

No cache: a certificate published a block ago works, one revoked a block ago does not.
Source: node and provider v2.1 gateway TLS verification.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from akashpy.keys.x509 import pem_block
from akashpy.types.address import Address
from akashpy.types.errors import InvalidAddress
from provider.gateway.backend import ChainCertificate
from provider.gateway.tls import ClientRefused

Lookup = Callable[[Address, int], Awaitable[ChainCertificate | None]]


async def owner_of(
    certificates: Sequence[x509.Certificate], lookup: Lookup, *, now: datetime | None = None
) -> Address | None:
    """The account a client's certificate speaks for; None when the client showed none.

    Raises ClientRefused naming the rule that failed.
    """
    if not certificates:
        return None
    if len(certificates) > 1:
        raise ClientRefused(f"{len(certificates)} certificates were shown, one is allowed")
    (shown,) = certificates
    owner = _owner(shown)
    if _common_name(shown.issuer) != owner:
        raise ClientRefused(f"certificate of {owner} is issued by another name")
    known = await lookup(owner, shown.serial_number)
    if known is None:
        raise ClientRefused(
            f"certificate {shown.serial_number} of {owner} does not stand valid on chain"
        )
    _check_signature(shown, known)
    _check_chain(shown, known, now or datetime.now(UTC))
    return owner


def _owner(shown: x509.Certificate) -> Address:
    name = _common_name(shown.subject)
    try:
        return Address.parse(name)
    except InvalidAddress as error:
        raise ClientRefused(f"common name {name!r} is no account: {error}") from error


def _common_name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else ""


def _check_signature(shown: x509.Certificate, known: ChainCertificate) -> None:
    """The public key on chain must have signed what was shown."""
    block = pem_block(known.pubkey)
    try:
        key = serialization.load_der_public_key(block.der if block else b"")
        if not isinstance(key, EllipticCurvePublicKey):
            raise ClientRefused("the public key on chain is not of kind EC")
        key.verify(shown.signature, shown.tbs_certificate_bytes, ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise ClientRefused("the certificate is not signed by the key on chain") from error


def _check_chain(shown: x509.Certificate, known: ChainCertificate, now: datetime) -> None:
    """What Go's verification with the certificate on chain as only root comes to.

    That certificate may not sign others (it is no CA), so only itself is ever accepted.
    """
    try:
        root = x509.load_pem_x509_certificate(known.cert)
    except ValueError as error:
        raise ClientRefused("the certificate on chain cannot be read") from error
    if shown.fingerprint(hashes.SHA256()) != root.fingerprint(hashes.SHA256()):
        raise ClientRefused("the certificate is not the one on chain")
    if not shown.not_valid_before_utc <= now <= shown.not_valid_after_utc:
        raise ClientRefused(
            f"the certificate is valid from {shown.not_valid_before_utc} "
            f"to {shown.not_valid_after_utc}, now is {now}"
        )
    try:
        usages = shown.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    except ValueError as error:
        raise ClientRefused("the certificate's extensions cannot be read") from error
    allowed = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if not allowed & set(usages):
        raise ClientRefused("the certificate is not meant for clients")
