"""The certificates of a cluster: one authority, and a key pair for each program."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = datetime.timedelta(days=30)
EARLY = datetime.timedelta(hours=1)
"""Certificates are valid from before now, since clocks differ."""


class Authority:
    """Signs for one cluster and writes what it signs into a folder, `name.crt` and `name.key`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / "ca.crt").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            subject = _name("kubernetes-ca")
            limits = x509.BasicConstraints(ca=True, path_length=None)
            made = _draft(subject, subject, key).add_extension(limits, critical=True)
            _write_key(folder / "ca.key", key)
            (folder / "ca.crt").write_bytes(_pem(made.sign(key, hashes.SHA256())))

    def path(self, name: str) -> str:
        """The path of a file, as programs are told it."""
        return str(self._folder / name)

    def issue(self, name: str, common: str, group: str = "", hosts: Sequence[str] = ()) -> None:
        """A pair for server and client use, unless it is there already."""
        if (self._folder / f"{name}.crt").exists():
            return
        issuer = x509.load_pem_x509_certificate((self._folder / "ca.crt").read_bytes())
        key = ec.generate_private_key(ec.SECP256R1())
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        draft = _draft(_name(common, group), issuer.subject, key)
        draft = draft.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if hosts:
            names = x509.SubjectAlternativeName([_host(each) for each in hosts])
            draft = draft.add_extension(names, critical=False)
        _write_key(self._folder / f"{name}.key", key)
        signed = draft.sign(_read_key(self._folder / "ca.key"), hashes.SHA256())
        (self._folder / f"{name}.crt").write_bytes(_pem(signed))

    def signing_pair(self, name: str) -> None:
        """A bare key pair, `name.key` and `name.pub`: what service account tokens are signed by."""
        if (self._folder / f"{name}.pub").exists():
            return
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(self._folder / f"{name}.key", key)
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        (self._folder / f"{name}.pub").write_bytes(key.public_key().public_bytes(encoding, form))

    def kubeconfig(self, name: str, server: str, target: Path) -> None:
        """A kubeconfig by which the holder of a pair reaches the API server."""

        def data(file: str) -> str:
            return base64.b64encode((self._folder / file).read_bytes()).decode()

        cluster = {"server": server, "certificate-authority-data": data("ca.crt")}
        pair = {
            "client-certificate-data": data(f"{name}.crt"),
            "client-key-data": data(f"{name}.key"),
        }
        whole = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": name, "user": pair}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": name}}],
        }
        target.touch(mode=0o600)
        target.write_text(json.dumps(whole, indent=1))


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + LIFE)
    )


def _name(common: str, group: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if group:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    return x509.Name(parts)


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
