"""Certificates at the door: the six rules, on real connections, and what the bridge carries.

Refused clients see the connection end before any answer; nothing of HTTP runs for them.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from akashpy.keys.x509 import Certificate
from akashpy.types.address import Address
from provider.gateway import tls as bridge
from provider.gateway.backend import ChainCertificate
from provider.gateway.server import Gateway
from tests.provider.gateway.fake import DSEQ, PROVIDER, TENANT, FakeBackend, serving, session, tls

STATUS = f"/lease/{DSEQ}/1/1/status"


async def status_with(gateway: Gateway, directory: Path, certificate: Certificate | None) -> int:
    async with (
        session(gateway, tls(directory, certificate)) as client,
        client.get(STATUS) as answer,
    ):
        return answer.status


async def refused(gateway: Gateway, directory: Path, certificate: Certificate) -> None:
    with pytest.raises(aiohttp.ClientError):
        await status_with(gateway, directory, certificate)


def remade(
    certificate: Certificate,
    *,
    issuer: str = "",
    usages: list[x509.ObjectIdentifier] | None = None,
    signer: Certificate | None = None,
) -> Certificate:
    """A certificate with the same serial and key, differing in one thing."""
    old = certificate.certificate
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or str(certificate.owner))])
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(name)
        .public_key(certificate.key.public_key())
        .serial_number(certificate.serial)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
        .add_extension(
            x509.ExtendedKeyUsage(usages or [ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
    )
    key = (signer or certificate).key
    return Certificate(builder.sign(key, hashes.SHA256()), certificate.key)


async def test_a_certificate_on_chain_is_its_owner(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    certificate = backend.publish(Certificate.generate(TENANT))
    assert await status_with(gateway, tmp_path, certificate) == 200


async def test_several_certificates_of_one_owner_work(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    both = [backend.publish(Certificate.generate(TENANT)) for _ in range(2)]
    for certificate in both:
        assert await status_with(gateway, tmp_path, certificate) == 200


async def test_no_certificate_is_nobody(gateway: Gateway, tmp_path: Path) -> None:
    assert await status_with(gateway, tmp_path, None) == 401


async def test_another_owners_certificate_sees_no_lease(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    other = backend.publish(Certificate.generate(Address.of(b"\x01" * 20)))
    assert await status_with(gateway, tmp_path, other) == 404


async def test_a_certificate_that_is_not_on_chain_is_refused(
    gateway: Gateway, tmp_path: Path
) -> None:
    await refused(gateway, tmp_path, Certificate.generate(TENANT))


async def test_publication_and_revocation_are_seen_at_once(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    certificate = Certificate.generate(TENANT)
    await refused(gateway, tmp_path, certificate)
    backend.publish(certificate)
    assert await status_with(gateway, tmp_path, certificate) == 200
    backend.certificates.clear()
    await refused(gateway, tmp_path, certificate)


async def test_a_name_that_is_no_account_is_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    certificate = Certificate.generate(Address.of(b"\x01" * 20, prefix="other"))
    await refused(gateway, tmp_path, certificate)


async def test_another_issuer_is_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    certificate = backend.publish(remade(Certificate.generate(TENANT), issuer=str(PROVIDER)))
    await refused(gateway, tmp_path, certificate)


async def test_a_signature_of_another_key_is_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    forged = remade(Certificate.generate(TENANT), signer=Certificate.generate(TENANT))
    backend.publish(forged)
    await refused(gateway, tmp_path, forged)


async def test_a_certificate_that_differs_from_the_one_on_chain_is_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    published = backend.publish(Certificate.generate(TENANT))
    await refused(gateway, tmp_path, remade(published))


@pytest.mark.parametrize("days", [-400, 2])
async def test_a_certificate_out_of_its_time_is_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path, days: int
) -> None:
    start = datetime.now(UTC) + timedelta(days=days)
    certificate = backend.publish(Certificate.generate(TENANT, not_before=start))
    await refused(gateway, tmp_path, certificate)


async def test_a_certificate_for_servers_only_is_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    usages = [ExtendedKeyUsageOID.SERVER_AUTH]
    certificate = backend.publish(remade(Certificate.generate(TENANT), usages=usages))
    await refused(gateway, tmp_path, certificate)


async def test_two_certificates_are_refused(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    first, second = (backend.publish(Certificate.generate(TENANT)) for _ in range(2))
    context = tls(tmp_path)
    file = tmp_path / "two.pem"
    file.write_bytes(first.cert_pem + second.cert_pem + first.key_pem)
    context.load_cert_chain(file)
    async with session(gateway, context) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.get(STATUS)


async def test_a_chain_that_does_not_answer_lets_nobody_in(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(owner: Address, serial: int) -> ChainCertificate | None:
        raise ConnectionError("no chain")

    monkeypatch.setattr(backend, "certificate", fails)
    await refused(gateway, tmp_path, Certificate.generate(TENANT))


async def test_the_served_certificate_is_ours_whatever_the_name(gateway: Gateway) -> None:
    first = await _served(gateway, "localhost")
    assert await _served(gateway, "mtls.localhost") == first
    assert await _served(gateway, None) == first


async def test_a_renewed_certificate_is_served_from_then_on(gateway: Gateway) -> None:
    fresh = Certificate.generate(PROVIDER, domains=["localhost"])
    assert await _served(gateway, "localhost") != fresh.cert_der
    gateway.renew(fresh)
    assert await _served(gateway, "localhost") == fresh.cert_der


async def test_a_published_name_has_its_own_certificate_and_asks_for_none(
    gateway: Gateway, backend: FakeBackend, tmp_path: Path
) -> None:
    public = Certificate.generate(PROVIDER, domains=["localhost"])
    gateway.publish(public.cert_pem, public.key_pem)
    assert await _served(gateway, "localhost") == public.cert_der
    assert await _served(gateway, "mtls.localhost") != public.cert_der
    certificate = backend.publish(Certificate.generate(TENANT))
    for name, expected in (("localhost", b" 401 "), ("mtls.localhost", b" 200 ")):
        async with _connection(gateway, name, tls(tmp_path, certificate)) as (reader, writer):
            writer.write(f"GET {STATUS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            async with asyncio.timeout(90):
                assert expected in await reader.readline()


async def test_older_tls_is_refused(gateway: Gateway) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        async with _connection(gateway, "localhost", context):
            pass


async def test_plain_text_is_refused(gateway: Gateway) -> None:
    reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
    writer.write(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(90):
        assert b"HTTP" not in await reader.read()
    writer.close()


async def test_large_bodies_pass_both_ways(
    tenant: aiohttp.ClientSession, backend: FakeBackend
) -> None:
    backend.manifest_body = [{"name": "x" * 3_000_000}]
    async with tenant.get(f"/lease/{DSEQ}/1/1/manifest") as answer:
        assert await answer.json(content_type=None) == backend.manifest_body
    async with tenant.put(
        f"/deployment/{DSEQ}/manifest", json=[{"name": "y" * 3_000_000}]
    ) as answer:
        assert answer.status == 200
    assert len(backend.submitted[0][2][0]["name"]) == 3_000_000


async def test_a_client_that_never_shakes_hands_is_dropped(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "HANDSHAKE_SECONDS", 0.05)
    async with serving(backend) as gateway:
        reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
        async with asyncio.timeout(90):
            assert await reader.read() == b""
        writer.close()


async def test_closing_leaves_no_listener(backend: FakeBackend, tmp_path: Path) -> None:
    async with (
        serving(backend) as gateway,
        session(gateway, tls(tmp_path)) as client,
        client.get("/address") as answer,
    ):
        assert answer.status == 200
    with socket.socket() as probe:
        assert probe.connect_ex((gateway.host, gateway.port)) != 0


@asynccontextmanager
async def _connection(
    gateway: Gateway, name: str | None, context: ssl.SSLContext
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with asyncio.timeout(90):
        reader, writer = await asyncio.open_connection(
            gateway.host, gateway.port, ssl=context, server_hostname=name or ""
        )
    try:
        yield reader, writer
    finally:
        writer.close()


async def _served(gateway: Gateway, name: str | None) -> bytes | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with _connection(gateway, name, context) as (_, writer):
        der: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return der
