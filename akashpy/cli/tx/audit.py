"""`akashpy tx audit`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import tx_flags


@click.group(cls=LazyGroup)
def audit() -> None:
    """Vouch for providers."""


@audit.group(cls=LazyGroup)
def attr() -> None:
    """What the signer vouches for."""


@attr.command()
@click.argument("provider")
@click.argument("pairs", nargs=-1, metavar="[KEY VALUE]...")
@tx_flags
def create(provider: str, pairs: tuple[str, ...], **options: Any) -> None:
    """Vouch for attributes of a provider; without any, for those it declares on chain."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import audit as wire
    from akashpy.wire.base import Attribute

    if len(pairs) % 2:
        raise click.UsageError(f"attributes must be provided as pairs: {pairs[-1]!r} has no value")
    given = [
        Attribute(key=key, value=value) for key, value in zip(pairs[::2], pairs[1::2], strict=True)
    ]

    async def write(session: Session) -> list[wire.MsgSignProviderAttributes]:
        attributes = given
        if not given:
            found = await session.client.query.provider.provider(provider)
            attributes = [each.to_wire() for each in found.attributes]
        return [
            wire.MsgSignProviderAttributes(
                owner=provider, auditor=session.address, attributes=attributes
            )
        ]

    transact(options, write)


@attr.command()
@click.argument("provider")
@click.argument("keys", nargs=-1)
@tx_flags
def delete(provider: str, keys: tuple[str, ...], **options: Any) -> None:
    """Vouch no more for some attributes of a provider, or for all."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import audit as wire

    async def write(session: Session) -> list[wire.MsgDeleteProviderAttributes]:
        return [
            wire.MsgDeleteProviderAttributes(owner=provider, auditor=session.address, keys=keys)
        ]

    transact(options, write)
