"""Who acts on which chain: the connection and the key that a people's verb works with.

Without options this is the development chain of `akashpy dev` and its key `tenant`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.home import BACKENDS, open_keyring
from akashpy.cli.output import Command
from akashpy.cli.people.places import dev_chain

if TYPE_CHECKING:
    from akashpy.client.client import Client
    from akashpy.keys.secp256k1 import PrivateKey

DEV_KEY = "tenant"


@dataclass(frozen=True, slots=True)
class Session:
    """A connected client and the tenant's key."""

    client: Client
    chain_id: str
    key: PrivateKey

    @property
    def owner(self) -> str:
        """The tenant's account."""
        return str(self.key.address)


def session_options(command: Command) -> Command:
    """Which chain and which key; all optional beside a running `akashpy dev`."""
    for decorate in (
        click.option(
            "--keyring-backend", type=click.Choice(BACKENDS), envvar="AKASH_KEYRING_BACKEND"
        ),
        click.option("--home", type=click.Path(path_type=Path), envvar="AKASH_HOME"),
        click.option("--from", "from_", envvar="AKASH_FROM", help="Key that signs, by name."),
        click.option("--grpc-addr", envvar="AKASH_GRPC_ADDR", help="gRPC endpoint of the chain."),
        click.option("--node", envvar="AKASH_NODE", help="CometBFT RPC of the chain."),
    ):  # fmt: skip
        command = decorate(command)
    return command


@asynccontextmanager
async def open_session(options: dict[str, Any]) -> AsyncIterator[Session]:
    """Connect and open the key. Raises UsageError when there is no chain to talk to."""
    from akashpy.client.client import Client
    from akashpy.client.events import RpcEvents
    from akashpy.client.rpc import RpcTransport, http_url
    from akashpy.client.transport import GrpcTransport, Transport

    dev = dev_chain() if not options["node"] and not options["grpc_addr"] else None
    if dev is None and not options["node"] and not options["grpc_addr"]:
        raise click.UsageError(
            "no chain: start one with `akashpy dev`, or name a node with --node tcp://host:26657"
        )
    key = _key(options, Path(dev.home) if dev else None)
    grpc, node = (dev.grpc, dev.rpc) if dev else (options["grpc_addr"], options["node"])
    transport: Transport = GrpcTransport(grpc) if grpc else RpcTransport(node)
    events = RpcEvents(http_url(node).rstrip("/")) if node else None
    try:
        client = Client(transport, events=events)
        yield Session(client, await client.node.chain_id(), key)
    finally:
        if events is not None:
            await events.close()
        await transport.close()


def _key(options: dict[str, Any], dev_home: Path | None) -> PrivateKey:
    from akashpy.keys.ring import KeyringError
    from akashpy.types.errors import ChainError

    if dev_home is not None and options["home"] is None:
        home, backend = dev_home, options["keyring_backend"] or "test"
        name = options["from_"] or DEV_KEY
    else:
        home = options["home"] or Path.home() / ".akash"
        backend = options["keyring_backend"] or "os"
        name = options["from_"]
    if not name:
        raise click.UsageError("no key: name the one that signs with --from")
    try:
        return open_keyring(home, backend, None).key(name)
    except (KeyringError, ChainError) as error:
        raise click.ClickException(f"key {name!r} in {home}: {error}") from error
