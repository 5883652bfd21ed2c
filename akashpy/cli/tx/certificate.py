"""The signer's certificate file and what the chain says of it."""

from __future__ import annotations

import click

from akashpy.cli.tx.session import Session
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate, CertificateFileError
from akashpy.types.cert import CertificateState


async def require_published(session: Session) -> None:
    """Raises ClickException unless the home has a certificate that is valid on the chain.

    A deployment without one could not be reached by its tenant. Skipped where there is no key or
    no node to ask with (--generate-only by address, --offline).
    """
    key = session.account.key
    if key is None or session.options["offline"]:
        return
    found = load(session, key)
    async for each in session.client.query.cert.certificates(owner=session.address):
        if each.serial == found.serial:
            if each.certificate.state is CertificateState.VALID:
                return
            raise click.ClickException(
                f"certificate {found.serial} of {session.address} is revoked: make and publish a "
                "new one with `akashpy tx cert generate client --overwrite` and "
                "`akashpy tx cert publish client`"
            )
    raise click.ClickException(
        f"certificate {found.serial} of {session.address} has not been committed to the chain: "
        "run `akashpy tx cert publish client`"
    )


def load(session: Session, key: PrivateKey) -> Certificate:
    """The signer's certificate. Raises ClickException without a readable one."""
    try:
        return Certificate.load(session.options["home"], key)
    except CertificateFileError as error:
        raise click.ClickException(
            f"could not open certificate PEM file: {error} "
            "(`akashpy tx cert generate client`, then `akashpy tx cert publish client`)"
        ) from error
