"""Publishing and revoking certificates."""

import pytest

from akashpy.chain import cert
from akashpy.keys.x509 import Certificate as KeyPair
from akashpy.keys.x509 import pem
from akashpy.types.cert import (
    CertificateAlreadyRevoked,
    CertificateExists,
    CertificateNotFound,
    CertificateState,
    InvalidCertificateValue,
    InvalidPubkeyValue,
    InvalidSerialNumber,
    InvalidState,
)
from akashpy.types.errors import ChainError, InvalidAddress, PlainError
from akashpy.wire import cert as pb
from tests.chain.conftest import Given


@pytest.fixture
def tenant_pair(given: Given) -> KeyPair:
    return KeyPair.generate(given.address("tenant"), serial=1234)


def publish(owner: str, pair: KeyPair, **changes: bytes) -> pb.MsgCreateCertificate:
    msg = pb.MsgCreateCertificate(owner=owner, cert=pair.cert_pem, pubkey=pair.pubkey_pem)
    for name, value in changes.items():
        setattr(msg, name, value)
    return msg


def revoke(owner: str, serial: str) -> pb.MsgRevokeCertificate:
    return pb.MsgRevokeCertificate(id=pb.ID(owner=owner, serial=serial))


def test_published_under_its_own_serial(given: Given, tenant_pair: KeyPair) -> None:
    owner = given.address("tenant")
    given.run(publish(owner, tenant_pair))
    found = cert.find(given.ctx, owner.raw, 1234)
    assert found is not None
    assert found.state is CertificateState.VALID
    assert (found.cert, found.pubkey) == (tenant_pair.cert_pem, tenant_pair.pubkey_pem)
    assert given.events == []
    given.holds()


def test_one_owner_may_have_several(given: Given, tenant_pair: KeyPair) -> None:
    owner = given.address("tenant")
    given.run(publish(owner, tenant_pair))
    given.run(publish(owner, KeyPair.generate(owner, serial=2**159 - 1)))
    assert cert.find(given.ctx, owner.raw, 2**159 - 1) is not None


def test_revoked_for_ever(given: Given, tenant_pair: KeyPair) -> None:
    owner = given.address("tenant")
    given.run(publish(owner, tenant_pair))
    given.run(revoke(owner, "1234"))
    found = cert.find(given.ctx, owner.raw, 1234)
    assert found is not None
    assert found.state is CertificateState.REVOKED
    with given.rejects(CertificateAlreadyRevoked, "certificate already revoked"):
        given.run(revoke(owner, "1234"))
    with given.rejects(CertificateExists, "certificate exists"):
        given.run(publish(owner, tenant_pair))
    given.holds()


def test_invalid_serials(given: Given, tenant_pair: KeyPair) -> None:
    owner = given.address("tenant")
    given.run(publish(owner, tenant_pair))
    with given.rejects(CertificateExists):
        given.run(publish(owner, tenant_pair))
    with given.rejects(CertificateNotFound, "certificate not found"):
        given.run(revoke(owner, "1235"))
    with given.rejects(InvalidSerialNumber, "invalid serial number"):
        given.run(revoke(owner, "12x"))
    with given.rejects(InvalidAddress, "MsgRevoke: Invalid Owner Address: invalid address"):
        given.run(revoke("nobody", "1"))


def test_invalid_owner(given: Given, tenant_pair: KeyPair) -> None:
    with given.rejects(
        InvalidAddress, "MsgCreateCertificate: Invalid Owner Address: invalid address"
    ):
        given.run(publish("nobody", tenant_pair))
    with given.rejects(
        InvalidCertificateValue,
        "invalid certificate value: CommonName does not match owner",
    ):
        given.run(publish(given.address("other"), tenant_pair))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("pubkey", b"", InvalidPubkeyValue),
        ("pubkey", pem("PUBLIC KEY", b"x"), InvalidPubkeyValue),
        ("pubkey", pem("EC PUBLIC KEY", b"x"), InvalidPubkeyValue),
        ("cert", b"", InvalidCertificateValue),
        (
            "cert",
            b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
            InvalidCertificateValue,
        ),
        ("cert", pem("EC PUBLIC KEY", b"x"), InvalidCertificateValue),
        ("cert", pem("CERTIFICATE", b"x"), PlainError),
    ],
)
def test_invalid_text(
    given: Given, tenant_pair: KeyPair, field: str, value: bytes, error: type[ChainError]
) -> None:
    with given.rejects(error):
        given.run(publish(given.address("tenant"), tenant_pair, **{field: value}))


def test_invalid_bytes_after_the_block(given: Given, tenant_pair: KeyPair) -> None:
    owner = given.address("tenant")
    with given.rejects(InvalidCertificateValue):
        given.run(publish(owner, tenant_pair, cert=tenant_pair.cert_pem + b"x"))
    with given.rejects(InvalidPubkeyValue):
        given.run(publish(owner, tenant_pair, pubkey=tenant_pair.pubkey_pem * 2))


def test_invalid_signature_by_another_key(given: Given, tenant_pair: KeyPair) -> None:
    owner = given.address("tenant")
    other = KeyPair.generate(owner, serial=1)
    with given.rejects(
        InvalidCertificateValue, "invalid certificate value: invalid certificate signature"
    ):
        given.run(publish(owner, tenant_pair, pubkey=other.pubkey_pem))


def with_two(given: Given) -> dict[str, object]:
    """The exported state of one valid and one revoked certificate."""
    owner = given.address("tenant")
    for serial in (1, 2):
        given.run(publish(owner, KeyPair.generate(owner, serial=serial)))
    given.run(revoke(owner, "2"))
    return cert.export_genesis(given.ctx)


def test_genesis_keeps_revoked_certificates(given: Given) -> None:
    exported = with_two(given)
    cert.validate_genesis(exported)
    fresh = Given()
    cert.init_genesis(fresh.ctx, exported)
    assert cert.export_genesis(fresh.ctx) == exported
    found = cert.find(fresh.ctx, given.address("tenant").raw, 2)
    assert found is not None
    assert found.state is CertificateState.REVOKED


def test_akash_refuses_its_own_export(given_akash: Given) -> None:
    exported = with_two(given_akash)
    fresh = Given("akash")
    with pytest.raises(InvalidState):
        cert.init_genesis(fresh.ctx, exported)


def test_invalid_genesis(given: Given, tenant_pair: KeyPair) -> None:
    entry = pb.GenesisCertificate(owner=given.address("tenant"))
    entry.certificate.cert, entry.certificate.pubkey = tenant_pair.cert_pem, tenant_pair.pubkey_pem
    from akashpy import wire

    state = wire.to_json(pb.GenesisState(certificates=[entry]))
    with pytest.raises(InvalidState):
        cert.validate_genesis(state)
    entry.certificate.state = pb.State.valid
    doubled = wire.to_json(pb.GenesisState(certificates=[entry, entry]))
    with pytest.raises(CertificateExists):
        cert.init_genesis(given.ctx, doubled)
