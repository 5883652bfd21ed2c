"""`akashpy tx provider`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import tx_flags

if TYPE_CHECKING:
    from akashpy.types.provider import Provider

EXAMPLE = """write it like
  host: https://provider.example.com:8443
  attributes:
    - key: region
      value: us-west
  info:
    email: ops@example.com
    website: https://example.com"""


@click.group(cls=LazyGroup)
def provider() -> None:
    """Register a provider."""


@provider.command()
@click.argument("config_file", type=click.Path(path_type=Path))
@tx_flags
def create(config_file: Path, **options: Any) -> None:
    """Register the signer as a provider, as a YAML file with host, attributes, info says."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import provider as wire

    async def write(session: Session) -> list[wire.MsgCreateProvider]:
        found = read(config_file, session.address).to_wire()
        return [
            wire.MsgCreateProvider(
                owner=found.owner,
                host_uri=found.host_uri,
                attributes=found.attributes,
                info=found.info,
            )
        ]

    transact(options, write)


@provider.command()
@click.argument("config_file", type=click.Path(path_type=Path))
@tx_flags
def update(config_file: Path, **options: Any) -> None:
    """Replace what the chain says of a provider by what the file says."""
    from akashpy.cli.tx.session import Session, transact
    from akashpy.wire import provider as wire

    async def write(session: Session) -> list[wire.MsgUpdateProvider]:
        found = read(config_file, session.address).to_wire()
        return [
            wire.MsgUpdateProvider(
                owner=found.owner,
                host_uri=found.host_uri,
                attributes=found.attributes,
                info=found.info,
            )
        ]

    transact(options, write)


def read(path: Path, owner: str) -> Provider:
    """A provider's file. Raises ClickException that names the line or field."""
    import yaml

    from akashpy.types.address import Address
    from akashpy.types.attributes import Attribute, Attributes
    from akashpy.types.provider import Info, Provider

    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    try:
        info = content.get("info") or {}
        attributes = [
            Attribute(str(each["key"]), str(each["value"]))
            for each in content.get("attributes") or ()
        ]
        return Provider(
            owner=Address.parse(owner),
            host_uri=str(content["host"]),
            attributes=Attributes(attributes),
            info=Info(str(info.get("email") or ""), str(info.get("website") or "")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(f"{path}: {error} is missing or no map; {EXAMPLE}") from error
