"""`akashpy-provider status`: what the running provider says of itself, and why it would not bid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from provider.cli.options import (
    chain_options,
    output_option,
    read_file,
    run_async,
    settings_of,
    show,
)


@click.command()
@chain_options
@output_option
def status(home: Path, output: str, **flags: Any) -> None:
    """Ask the provider's own gateway, as registered on chain."""
    owner = read_file(home).get("owner")
    if not owner:
        raise click.ClickException(f"{home} holds no provider: run akashpy-provider init")
    settings = settings_of(home, flags)
    show(run_async(lambda: _status(settings, str(owner))), output)


async def _status(settings: Any, owner: str) -> dict[str, Any]:
    from akashpy.client.client import Client
    from akashpy.client.provider import Anonymous, ProviderGateway
    from akashpy.types.address import Address

    async with (
        Client.connect(settings.grpc_addr, settings.node) as client,
        ProviderGateway.of(client, Address.parse(owner), Anonymous()) as gateway,
    ):
        return await gateway.status()
