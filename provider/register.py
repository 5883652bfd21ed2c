"""Making an account a provider: a certificate published, a record on chain. Idempotent."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from akashpy.client.client import Client
from akashpy.client.signer import Signer
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate, path_of
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.provider import Info, Provider, ProviderNotFound
from akashpy.wire import cert as cert_pb
from akashpy.wire import provider as provider_pb


def certificate(home: Path, key: PrivateKey, host: str) -> Certificate:
    """The certificate in the home, or a new one there for the host's name."""
    if path_of(home, key.address).exists():
        return Certificate.load(home, key)
    made = Certificate.generate(key.address, domains=[urlsplit(host).hostname or "localhost"])
    home.mkdir(parents=True, exist_ok=True)
    made.save(home, key)
    return made


async def publish(client: Client, signer: Signer, own: Certificate) -> bool:
    """Put a certificate on chain unless it stands there already. True when it was put there."""
    owner = str(signer.address)
    found = client.query.cert.certificates(owner=owner, serial=own.serial)
    async for view in found:
        if view.serial == own.serial:
            return False
    message = cert_pb.MsgCreateCertificate(owner=owner, cert=own.cert_pem, pubkey=own.pubkey_pem)
    await client.broadcast([message], signer)
    return True


async def register(
    client: Client, signer: Signer, host: str, attributes: Attributes, info: Info
) -> str:
    """Create or update the provider's record; says which, or `unchanged`."""
    wanted = Provider(str(signer.address), host, attributes, info)
    known = await _known(client, signer.address)
    if known == wanted:
        return "unchanged"
    kind = provider_pb.MsgUpdateProvider if known else provider_pb.MsgCreateProvider
    message = kind(
        owner=wanted.owner,
        host_uri=host,
        attributes=attributes.to_wire(),
        info=info.to_wire(),
    )
    await client.broadcast([message], signer)
    return "updated" if known else "created"


async def _known(client: Client, address: Address) -> Provider | None:
    try:
        return await client.query.provider.provider(str(address))
    except ProviderNotFound:
        return None
