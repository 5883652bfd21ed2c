"""Certificates by which tenants and providers know each other.

Makes them, keeps them in `<home>/<address>.pem` with the key encrypted by a signature of the
account's key, and says what the chain demands of one that is published: all as the Go programs do,
so that either side's files and certificates work with the other. It must not know TLS connections
or the chain's state. Source: chain-sdk `go/node/cert/v1` (cert.go, utils/key_pair_manager.go).
"""

import os
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.types.address import Address
from akashpy.types.cert import InvalidCertificateValue, InvalidPubkeyValue
from akashpy.types.errors import InvalidAddress, PlainError

AUTH_VERSION_OID = x509.ObjectIdentifier("2.23.133.2.6")
AUTH_VERSION = "v0.0.1"
VALID_FOR = timedelta(days=365)
CERTIFICATE_BLOCK = "CERTIFICATE"
PUBLIC_KEY_BLOCK = "EC PUBLIC KEY"
ENCRYPTED_KEY_BLOCK = "ENCRYPTED PRIVATE KEY"
GO_CURVES = ("secp224r1", "secp256r1", "secp384r1", "secp521r1")
"""The curves that Go's crypto/x509 reads."""
PEM = re.compile(
    rb"-----BEGIN ([^\r\n]*?)-----[ \t]*\r?\n(.*?)-----END \1-----[ \t]*(?:\r?\n|$)", re.DOTALL
)
PEM_HEADERS = re.compile(rb"((?:[^\r\n:]+:[^\r\n]*\r?\n)+)\r?\n")


class CertificateFileError(Exception):
    """A certificate file that is missing, damaged, or locked with another key's password."""


class PemBlock(NamedTuple):
    """One block of PEM text and what follows it."""

    type: str
    headers: dict[str, str]
    der: bytes
    rest: bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, as an account holds them."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def owner(self) -> Address:
        """The account it speaks for. Raises InvalidAddress."""
        return Address.parse(_common_name(self.certificate.subject))

    @property
    def serial(self) -> int:
        """Its number, unique for the owner."""
        return self.certificate.serial_number

    @property
    def cert_pem(self) -> bytes:
        """What is published as `cert`."""
        return pem(CERTIFICATE_BLOCK, self.cert_der)

    @property
    def cert_der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pubkey_pem(self) -> bytes:
        """What is published as `pubkey`."""
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return pem(PUBLIC_KEY_BLOCK, der)

    @property
    def key_pem(self) -> bytes:
        """The private key, open: for handing to TLS, never for a file."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @classmethod
    def generate(
        cls,
        owner: Address,
        *,
        domains: Sequence[str] = (),
        not_before: datetime | None = None,
        valid_for: timedelta = VALID_FOR,
        serial: int | None = None,
    ) -> Self:
        """A new self-signed certificate; with `domains` (names or IPs) it may serve as well.

        `serial` is the time in unix nanoseconds unless given.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        start = not_before or datetime.now(UTC)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, str(owner)),
                x509.NameAttribute(AUTH_VERSION_OID, AUTH_VERSION),
            ]
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(time.time_ns() if serial is None else serial)
            .not_valid_before(start)
            .not_valid_after(start + valid_for)
        )
        for extension, critical in _extensions(domains):
            builder = builder.add_extension(extension, critical=critical)
        return cls(builder.sign(key, SHA256()), key)

    def save(self, home: Path, account: PrivateKey) -> Path:
        """Write `<home>/<address>.pem`, readable by the owner alone; an older one is replaced."""
        encrypted = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password(account)),
        )
        path = path_of(home, account.address)
        draft = path.with_suffix(".pem.new")
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(self.cert_pem + encrypted)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return path

    @classmethod
    def load(cls, home: Path, account: PrivateKey) -> Self:
        """Read `<home>/<address>.pem`. Raises CertificateFileError."""
        path = path_of(home, account.address)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise CertificateFileError(f"{path} is missing: generate a certificate") from None
        return cls.read(data, [password(account), legacy_password(account)], str(path))

    @classmethod
    def read(cls, data: bytes, passwords: Sequence[bytes], source: str = "certificate") -> Self:
        """Read a certificate file's content, trying each password. Raises CertificateFileError."""
        first = pem_block(data)
        second = pem_block(first.rest) if first else None
        if first is None or second is None or first.type != CERTIFICATE_BLOCK:
            raise CertificateFileError(f"{source}: expected a certificate, then a private key")
        try:
            certificate = x509.load_der_x509_certificate(first.der)
        except ValueError as error:
            raise CertificateFileError(f"{source}: the certificate cannot be read") from error
        for secret in passwords:
            key = _decrypt(second, secret)
            if key is not None:
                return cls(certificate, key)
        raise CertificateFileError(
            f"{source}: the private key does not open with this account's key"
        )


def password(account: PrivateKey) -> bytes:
    """What encrypts the file's private key: the account's signature over its own address text."""
    return account.sign(str(account.address).encode())


def legacy_password(account: PrivateKey) -> bytes:
    """The same for old files: over the address's bytes."""
    return account.sign(account.address.raw)


def path_of(home: Path, owner: Address) -> Path:
    """Where an account's certificate lies."""
    return home / f"{owner}.pem"


def check_published(owner: Address, cert: bytes, pubkey: bytes) -> int:
    """What the chain demands of a published certificate; returns its serial number.

    Raises InvalidPubkeyValue, InvalidCertificateValue, PlainError, in Akash's order.
    """
    key = _published_key(pubkey)
    block = pem_block(cert)
    if block is None or block.rest:
        raise InvalidCertificateValue
    if block.type != CERTIFICATE_BLOCK:
        raise InvalidCertificateValue(after="invalid pem block type")
    try:
        certificate = x509.load_der_x509_certificate(block.der)
        signature, signed = certificate.signature, certificate.tbs_certificate_bytes
        name = _common_name(certificate.subject)
        serial = certificate.serial_number
    except ValueError as error:
        raise PlainError(f"x509: {error}") from None
    try:
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise InvalidCertificateValue(after="invalid certificate signature") from None
    try:
        named = Address.parse(name)
    except InvalidAddress as error:
        raise InvalidCertificateValue(after=error.detail) from None
    if named.raw != owner.raw:
        raise InvalidCertificateValue(after="CommonName does not match owner")
    return serial


def pem(kind: str, der: bytes) -> bytes:
    """One PEM block."""
    text = b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""]).encode()


def pem_block(data: bytes) -> PemBlock | None:
    """The first PEM block in some bytes, and what comes after it; None when there is none."""
    match = PEM.search(data)
    if match is None:
        return None
    content, headers = match[2], {}
    if found := PEM_HEADERS.match(content):
        content = content[found.end() :]
        for line in found[1].decode("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            headers[name.strip()] = value.strip()
    try:
        der = b64decode(b"".join(content.split()), validate=True)
    except ValueError:
        return None
    return PemBlock(match[1].decode("utf-8", "replace"), headers, der, data[match.end() :])


def _published_key(pubkey: bytes) -> ec.EllipticCurvePublicKey:
    block = pem_block(pubkey)
    if block is None or block.rest:
        raise InvalidPubkeyValue
    if block.type != PUBLIC_KEY_BLOCK:
        raise InvalidPubkeyValue(after="invalid pem block type")
    try:
        key = serialization.load_der_public_key(block.der)
    except Exception as error:  # noqa: BLE001  # the library has many kinds; all mean unreadable
        raise InvalidPubkeyValue(after=str(error)) from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in GO_CURVES:
        raise InvalidPubkeyValue(after="invalid public key type")
    return key


def _common_name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not values:
        return ""
    value = values[-1].value
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _extensions(domains: Sequence[str]) -> list[tuple[x509.ExtensionType, bool]]:
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
    if domains:
        usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
    found: list[tuple[x509.ExtensionType, bool]] = [
        (_key_usage(), True),
        (x509.ExtendedKeyUsage(usages), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
    ]
    addresses, names = _sort_domains(domains)
    if domains:
        listed: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        listed += [x509.IPAddress(ip_address(address)) for address in addresses]
        found.append((x509.SubjectAlternativeName(listed), False))
    if names:
        permitted = [x509.DNSName(name) for name in names]
        found.append((x509.NameConstraints(permitted, None), True))
    return found


def _sort_domains(domains: Sequence[str]) -> tuple[list[str], list[str]]:
    """IP addresses, and names."""
    addresses, names = [], []
    for domain in domains:
        try:
            ip_address(domain)
        except ValueError:
            names.append(domain)
        else:
            addresses.append(domain)
    return addresses, names


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _decrypt(block: PemBlock, secret: bytes) -> ec.EllipticCurvePrivateKey | None:
    """The private key of a block, or None when the password is wrong."""
    try:
        if block.type == ENCRYPTED_KEY_BLOCK:
            key = serialization.load_der_private_key(block.der, secret)
        else:
            key = serialization.load_der_private_key(_decrypt_legacy(block, secret), None)
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _decrypt_legacy(block: PemBlock, secret: bytes) -> bytes:
    """The content of a block encrypted as OpenSSL did before PKCS #8 (RFC 1423, AES-256-CBC)."""
    name, _, text = block.headers.get("DEK-Info", "").partition(",")
    if block.headers.get("Proc-Type") != "4,ENCRYPTED" or name != "AES-256-CBC":
        raise ValueError("unsupported encrypted PEM")
    start = bytes.fromhex(text)
    first = md5(secret + start[:8], usedforsecurity=False).digest()
    second = md5(first + secret + start[:8], usedforsecurity=False).digest()
    opened = Cipher(algorithms.AES(first + second), modes.CBC(start)).decryptor()
    padded = opened.update(block.der) + opened.finalize()
    unpad = PKCS7(128).unpadder()
    return unpad.update(padded) + unpad.finalize()
