"""Certificates: their exact form, the file, and each demand of the chain in Akash's order."""

from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path

import pytest
from cryptography import x509 as lib
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from akashpy.keys import x509
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate, CertificateFileError, check_published, pem, pem_block
from akashpy.types.cert import InvalidCertificateValue, InvalidPubkeyValue
from akashpy.types.errors import ChainError, PlainError

ACCOUNT = PrivateKey(bytes(31) + b"\x07")
OWNER = ACCOUNT.address


@pytest.fixture(scope="module")
def made() -> Certificate:
    return Certificate.generate(OWNER, not_before=datetime(2026, 1, 2, tzinfo=UTC), serial=7)


def test_a_clients_certificate(made: Certificate) -> None:
    cert = made.certificate
    assert (made.owner, made.serial) == (OWNER, 7)
    assert cert.issuer == cert.subject
    assert cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == OWNER
    assert cert.subject.get_attributes_for_oid(x509.AUTH_VERSION_OID)[0].value == "v0.0.1"
    assert cert.not_valid_after_utc - cert.not_valid_before_utc == timedelta(days=365)
    assert isinstance(made.key.curve, ec.SECP256R1)
    usage = cert.extensions.get_extension_for_class(lib.KeyUsage)
    assert usage.critical
    assert usage.value.key_encipherment
    assert usage.value.data_encipherment
    assert not usage.value.digital_signature
    purposes = cert.extensions.get_extension_for_class(lib.ExtendedKeyUsage)
    assert list(purposes.value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert len(cert.extensions) == 3


def test_a_servers_certificate() -> None:
    served = Certificate.generate(OWNER, domains=["a.example", "127.0.0.1"]).certificate
    names = served.extensions.get_extension_for_class(lib.SubjectAlternativeName).value
    assert names.get_values_for_type(lib.DNSName) == ["a.example"]
    assert [str(ip) for ip in names.get_values_for_type(lib.IPAddress)] == ["127.0.0.1"]
    permitted = served.extensions.get_extension_for_class(lib.NameConstraints)
    assert permitted.critical
    assert permitted.value.permitted_subtrees == [lib.DNSName("a.example")]
    purposes = served.extensions.get_extension_for_class(lib.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]


def test_only_addresses_make_no_name_constraint() -> None:
    served = Certificate.generate(OWNER, domains=["::1"]).certificate
    with pytest.raises(lib.ExtensionNotFound):
        served.extensions.get_extension_for_class(lib.NameConstraints)


def test_serial_numbers_differ() -> None:
    serials = {Certificate.generate(OWNER).serial for _ in range(2)}
    assert len(serials) == 2


def test_the_file(tmp_path: Path, made: Certificate) -> None:
    path = made.save(tmp_path / "home", ACCOUNT)
    assert path == tmp_path / "home" / f"{OWNER}.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    data = path.read_bytes()
    first = pem_block(data)
    assert first is not None
    assert first.type == "CERTIFICATE"
    second = pem_block(first.rest)
    assert second is not None
    assert (second.type, second.rest) == ("ENCRYPTED PRIVATE KEY", b"")
    again = Certificate.load(tmp_path / "home", ACCOUNT)
    assert again.certificate == made.certificate
    assert again.key_pem == made.key_pem
    made.save(tmp_path / "home", ACCOUNT)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_password_is_a_signature_of_the_address_text() -> None:
    assert x509.password(ACCOUNT) == ACCOUNT.sign(OWNER.encode())
    assert x509.legacy_password(ACCOUNT) == ACCOUNT.sign(OWNER.raw)


@pytest.mark.parametrize("secret", [x509.password(ACCOUNT), x509.legacy_password(ACCOUNT)])
def test_files_from_before_pkcs8_open_with_either_password(
    made: Certificate, secret: bytes
) -> None:
    plain = made.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    start = bytes(range(16))
    one = md5(secret + start[:8]).digest()
    two = md5(one + secret + start[:8]).digest()
    padder = PKCS7(128).padder()
    sealer = Cipher(algorithms.AES(one + two), modes.CBC(start)).encryptor()
    sealed = sealer.update(padder.update(plain) + padder.finalize()) + sealer.finalize()
    header = f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{start.hex()}\n\n".encode()
    begin = b"-----BEGIN EC PRIVATE KEY-----\n"
    old = pem("EC PRIVATE KEY", sealed).replace(begin, begin + header)
    passwords = [x509.password(ACCOUNT), x509.legacy_password(ACCOUNT)]
    assert Certificate.read(made.cert_pem + old, passwords).key_pem == made.key_pem
    with pytest.raises(CertificateFileError):
        Certificate.read(made.cert_pem + old, [b"wrong"])


def test_files_that_do_not_open(tmp_path: Path, made: Certificate) -> None:
    with pytest.raises(CertificateFileError, match="is missing"):
        Certificate.load(tmp_path, ACCOUNT)
    made.save(tmp_path, ACCOUNT)
    data = x509.path_of(tmp_path, OWNER).read_bytes()
    other = PrivateKey.generate()
    x509.path_of(tmp_path, other.address).write_bytes(data)
    with pytest.raises(CertificateFileError, match="does not open"):
        Certificate.load(tmp_path, other)
    for bad in (b"", made.cert_pem, made.key_pem + made.cert_pem, pem("CERTIFICATE", b"x") * 2):
        with pytest.raises(CertificateFileError):
            Certificate.read(bad, [b"x"])


def test_what_the_chain_takes(made: Certificate) -> None:
    assert check_published(OWNER, made.cert_pem, made.pubkey_pem) == 7
    assert b"BEGIN EC PUBLIC KEY" in made.pubkey_pem


def other_public(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem("EC PUBLIC KEY", der)


@pytest.mark.parametrize(
    ("pubkey", "text"),
    [
        (b"", "invalid pubkey value"),
        (b"junk", "invalid pubkey value"),
        (pem("PUBLIC KEY", b"x"), "invalid pubkey value: invalid pem block type"),
        (other_public(ed25519.Ed25519PrivateKey.generate()), "invalid public key type"),
        (other_public(ec.generate_private_key(ec.SECP256K1())), "invalid public key type"),
        (pem("EC PUBLIC KEY", b"x"), "invalid pubkey value: "),
    ],
)
def test_bad_public_keys(made: Certificate, pubkey: bytes, text: str) -> None:
    with pytest.raises(InvalidPubkeyValue) as caught:
        check_published(OWNER, b"", pubkey)
    assert text in str(caught.value)


def test_bytes_after_a_block_are_refused(made: Certificate) -> None:
    with pytest.raises(InvalidPubkeyValue):
        check_published(OWNER, made.cert_pem, made.pubkey_pem + b"x")
    with pytest.raises(InvalidCertificateValue):
        check_published(OWNER, made.cert_pem * 2, made.pubkey_pem)


@pytest.mark.parametrize(
    ("cert", "error", "text"),
    [
        (b"", InvalidCertificateValue, "invalid certificate value"),
        (pem("X", b"x"), InvalidCertificateValue, "invalid certificate value: invalid pem"),
        (pem("CERTIFICATE", b"x"), PlainError, "x509: "),
    ],
)
def test_bad_certificates(
    made: Certificate, cert: bytes, error: type[ChainError], text: str
) -> None:
    with pytest.raises(error) as caught:
        check_published(OWNER, cert, made.pubkey_pem)
    assert type(caught.value) is error
    assert str(caught.value).startswith(text)


def test_another_keys_signature(made: Certificate) -> None:
    other = Certificate.generate(OWNER)
    with pytest.raises(InvalidCertificateValue, match="invalid certificate signature"):
        check_published(OWNER, made.cert_pem, other.pubkey_pem)


def test_another_owner(made: Certificate) -> None:
    with pytest.raises(InvalidCertificateValue, match="CommonName does not match owner"):
        check_published(PrivateKey.generate().address, made.cert_pem, made.pubkey_pem)


def test_a_name_that_is_no_address(made: Certificate) -> None:
    name = lib.Name([lib.NameAttribute(NameOID.COMMON_NAME, "me")])
    cert = (
        lib.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(made.key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 2, tzinfo=UTC))
        .sign(made.key, SHA256())
    )
    der = cert.public_bytes(serialization.Encoding.DER)
    with pytest.raises(InvalidCertificateValue, match="decoding bech32 failed"):
        check_published(OWNER, pem("CERTIFICATE", der), made.pubkey_pem)
