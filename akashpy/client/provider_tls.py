"""Whom a tenant believes to be a provider: the holder of a certificate that the provider published.

The server's certificate is fetched first, in a handshake that sends nothing, and compared with
those on chain; every connection that carries something trusts exactly that one. A certificate that
is not Akash's own kind must be a public CA's, for the provider's name. It must not know HTTP.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from akashpy.client.errors import ClientError, Unreachable
from akashpy.keys.x509 import Certificate, pem_block
from akashpy.types.address import Address

HANDSHAKE_TIMEOUT = 15.0
MTLS = "mtls."
"""Put before the host's name to be asked for a client certificate."""


class ProviderNotTrusted(ClientError):
    """The server is not the provider, as far as the chain tells."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How to connect: a TLS context and the server name to ask for."""

    context: ssl.SSLContext
    server_name: str


async def trust(
    host: str,
    port: int,
    provider: Address,
    published: Sequence[bytes],
    own: Certificate | None = None,
) -> Trust:
    """Find out what the server shows and decide how to trust it.

    `published` are the PEM blocks of the provider's valid certificates on chain; `own` is the
    tenant's certificate, to be shown. Raises ProviderNotTrusted, Unreachable.
    """
    name = host if own is None else MTLS + host
    shown = await _shown(host, port, name)
    certificate = x509.load_der_x509_certificate(shown)
    if _common_name(certificate) is None:
        return Trust(_public_context(own), host)
    blocks = [pem_block(each) for each in published]
    if not any(block is not None and block.der == shown for block in blocks):
        raise ProviderNotTrusted(
            f"{host}:{port} shows certificate {certificate.serial_number} of "
            f"{_common_name(certificate)}, which provider {provider} has not published as valid; "
            "ask the provider to publish its certificate"
        )
    return Trust(_pinned_context(certificate, own), name)


async def _shown(host: str, port: int, name: str) -> bytes:
    """The certificate that the server shows; nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=name)
    except (OSError, TimeoutError) as error:
        raise Unreachable(f"provider's gateway {host}:{port}: {error or 'no answer'}") from error
    try:
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        found = tls.getpeercert(binary_form=True)
    finally:
        writer.close()
    if found is None:
        raise ProviderNotTrusted(f"{host}:{port} shows no certificate")
    return found


def _common_name(certificate: x509.Certificate) -> str | None:
    """The account in a certificate of Akash's own kind: issuer and subject are one address."""
    names = [
        [str(each.value) for each in side.get_attributes_for_oid(NameOID.COMMON_NAME)]
        for side in (certificate.subject, certificate.issuer)
    ]
    if names[0] != names[1] or len(names[0]) != 1 or not Address.is_valid(names[0][0]):
        return None
    return names[0][0]


def _pinned_context(only: x509.Certificate, own: Certificate | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the certificate itself is the identity
    context.verify_flags = ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=only.public_bytes(Encoding.PEM).decode())
    return _with_own(context, own)


def _public_context(own: Certificate | None) -> ssl.SSLContext:
    return _with_own(ssl.create_default_context(), own)


def _with_own(context: ssl.SSLContext, own: Certificate | None) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if own is None:
        return context
    # ssl reads keys from files only: one that nobody else can read, for a moment
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(own.cert_pem + own.key_pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
    return context
