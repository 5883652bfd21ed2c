"""Providers, audits and certificates' ids: URLs as Go reads them, and each check in order."""

from collections.abc import Callable

import pytest

from akashpy.types import audit, cert
from akashpy.types import provider as p
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.errors import (
    AttributesDuplicateKeys,
    ChainError,
    InvalidAddress,
    InvalidAttributeKey,
)
from akashpy.types.provider import Info, Provider
from akashpy.types.url import URL, BadURL, parse_url
from akashpy.wire import audit as audit_wire
from akashpy.wire import cert as cert_wire
from akashpy.wire import provider as wire


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://a.b:8443", URL("https", "a.b:8443", "")),
        ("HTTPS://u:p@a?q#f", URL("https", "a", "")),
        ("https://[::1]:80/x", URL("https", "[::1]:80", "/x")),
        ("a/b:c", URL("", "", "a/b:c")),
        ("//a/b", URL("", "a", "/b")),
        ("///a", URL("", "", "///a")),
        ("mailto:x", URL("mailto", "", "")),
        ("http:///x", URL("http", "", "/x")),
        ("", URL("", "", "")),
    ],
)
def test_urls(text: str, url: URL) -> None:
    assert parse_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        ":x",
        "a:b/c d\x00",
        "1:2",
        "https://a:b",
        "https://[::1",
        "https://[::1]x",
        "https://a b",
        "https://a%20b",
        "https://a%zz",
        "https://a/%zz",
        "https://a#%zz",
        "https://u^@a",
        "https://a\x7f",
    ],
)
def test_texts_that_are_no_url(text: str) -> None:
    with pytest.raises(BadURL):
        parse_url(text)


@pytest.mark.parametrize("text", ["https://a.b", "https://a.b:8443", "https://127.0.0.1:8443"])
def test_good_hosts(text: str) -> None:
    p.validate_host_uri(text)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("https://a:b", p.InvalidProviderURI, "invalid provider: invalid host uri"),
        (
            "a.b",
            p.NotAbsProviderURI,
            'validating "a.b" for absolute URI: invalid provider: not absolute host uri',
        ),
        (
            "http://a.b",
            p.InvalidProviderURI,
            'scheme in "http://a.b" should be https: invalid provider: invalid host uri',
        ),
        (
            "https:a",
            p.InvalidProviderURI,
            'validating "https:a" for valid host: invalid provider: invalid host uri',
        ),
        (
            "https://a.b/",
            p.InvalidProviderURI,
            'path in "https://a.b/" should be empty: invalid provider: invalid host uri',
        ),
    ],
)
def test_bad_hosts(text: str, error: type[ChainError], said: str) -> None:
    with pytest.raises(error) as caught:
        p.validate_host_uri(text)
    assert str(caught.value) == said


@pytest.fixture
def create(provider: Address) -> wire.MsgCreateProvider:
    return wire.MsgCreateProvider(
        owner=provider,
        host_uri="https://a.b:8443",
        attributes=Attributes.of([("region", "eu"), ("tier", "1")]).to_wire(),
        info=Info("me@a.b", "a.b/x").to_wire(),
    )


def test_a_good_provider(create: wire.MsgCreateProvider, provider: Address) -> None:
    p.validate_create_provider(create)
    p.validate_update_provider(wire.MsgUpdateProvider(owner=create.owner, host_uri=create.host_uri))
    record = Provider.from_wire(create)
    assert Provider.from_wire(record.to_wire()) == record
    assert Provider.WIRE() is wire.Provider
    p.validate_delete_provider(wire.MsgDeleteProvider(owner=provider))


Msg = wire.MsgCreateProvider


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda m: setattr(m, "host_uri", ""), p.NotAbsProviderURI),
        (lambda m: setattr(m, "owner", "me"), InvalidAddress),
        (lambda m: setattr(m.attributes[0], "key", "region/*"), InvalidAttributeKey),
        (lambda m: setattr(m.attributes[0], "key", "tier"), AttributesDuplicateKeys),
        (lambda m: setattr(m.info, "website", ":x"), p.InvalidInfoWebsite),
    ],
)
def test_each_refusal_of_a_provider(
    create: Msg, spoil: Callable[[Msg], None], error: type[ChainError]
) -> None:
    spoil(create)
    with pytest.raises(error) as caught:
        p.validate_create_provider(create)
    assert type(caught.value) is error


def test_texts_name_the_message() -> None:
    with pytest.raises(InvalidAddress, match="MsgUpdate: Invalid Provider Address"):
        p.validate_update_provider(wire.MsgUpdateProvider(host_uri="https://a"))
    with pytest.raises(InvalidAddress, match="MsgDelete: Invalid Provider Address"):
        p.validate_delete_provider(wire.MsgDeleteProvider())


def test_audits(owner: Address, provider: Address) -> None:
    sign = audit_wire.MsgSignProviderAttributes(
        owner=provider, auditor=owner, attributes=Attributes.of([("!", "x")]).to_wire()
    )
    audit.validate_message(sign)  # Akash does not look at the keys here
    record = audit.AuditedProvider.from_wire(sign)
    assert audit.AuditedProvider.from_wire(record.to_wire()) == record
    assert audit.AuditedProvider.WIRE() is audit_wire.AuditedProvider
    with pytest.raises(InvalidAddress, match="Invalid Owner Address"):
        audit.validate_message(audit_wire.MsgSignProviderAttributes())
    with pytest.raises(InvalidAddress, match="Invalid Auditor Address"):
        audit.validate_message(audit_wire.MsgDeleteProviderAttributes(owner=owner))


def test_serial_numbers(owner: Address) -> None:
    assert cert.parse_serial("1795380701847446586") == 1795380701847446586
    id = cert.CertificateID(owner, 7)
    assert cert.CertificateID.from_wire(id.to_wire()) == id
    assert str(id) == f"{owner}/7"
    for text in ("", "x", "-1", "1.0", "٣", str(2**320), "9" * 5000):
        with pytest.raises(cert.InvalidSerialNumber):
            cert.parse_serial(text)


def test_certificate_messages(owner: Address) -> None:
    cert.validate_create_certificate_owner(cert_wire.MsgCreateCertificate(owner=owner))
    with pytest.raises(InvalidAddress, match="MsgCreateCertificate: Invalid Owner Address"):
        cert.validate_create_certificate_owner(cert_wire.MsgCreateCertificate())
    good = cert_wire.ID(owner=owner, serial="5")
    cert.validate_revoke_certificate(cert_wire.MsgRevokeCertificate(id=good))
    with pytest.raises(InvalidAddress, match="MsgRevoke: Invalid Owner Address"):
        cert.validate_revoke_certificate(cert_wire.MsgRevokeCertificate())
    with pytest.raises(cert.InvalidSerialNumber):
        cert.validate_revoke_certificate(
            cert_wire.MsgRevokeCertificate(id=cert_wire.ID(owner=owner, serial="x"))
        )


def test_certificate_records() -> None:
    record = cert.Certificate(cert.CertificateState.REVOKED, b"c", b"p")
    assert cert.Certificate.from_wire(record.to_wire()) == record
    assert cert.Certificate.WIRE() is cert_wire.Certificate
