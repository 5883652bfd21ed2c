"""Which node a command talks to, and how its answers and refusals end the command.

Akash's commands name a node by its CometBFT RPC (`--node tcp://host:port`, AKASH_NODE); gRPC is
used where `--grpc-addr` names it. Must not know what is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from akashpy.cli.output import Command

if TYPE_CHECKING:
    from akashpy.client.transport import Transport

Result = TypeVar("Result")
NODE = "tcp://localhost:26657"


def node_options(command: Command) -> Command:
    """`--node`, `--grpc-addr`, `--grpc-insecure`, with Akash's environment variables."""
    command = click.option(
        "--grpc-insecure", is_flag=True, envvar="AKASH_GRPC_INSECURE", help="gRPC without TLS."
    )(command)
    command = click.option(
        "--grpc-addr", envvar="AKASH_GRPC_ADDR", help="gRPC endpoint, instead of --node."
    )(command)
    return click.option(
        "--node",
        default=NODE,
        show_default=True,
        envvar="AKASH_NODE",
        help="CometBFT RPC of the node, as tcp://host:port or a URL.",
    )(command)


@asynccontextmanager
async def transport(options: dict[str, Any]) -> AsyncIterator[Transport]:
    """The connection that the options name, closed at the end."""
    if options.get("grpc_addr"):
        from akashpy.client.transport import GrpcTransport

        address = options["grpc_addr"]
        scheme = "http" if options.get("grpc_insecure") else "https"
        found: Transport = GrpcTransport(address if "://" in address else f"{scheme}://{address}")
    else:
        from akashpy.client.rpc import RpcTransport

        found = RpcTransport(options["node"])
    try:
        yield found
    finally:
        await found.close()


def node_status(node: str) -> Any:
    """What a node says of itself over its RPC. Raises ClickException."""
    from akashpy.client.rpc import RpcTransport

    async def main() -> Any:
        found = RpcTransport(node)
        try:
            return await found.ask("status", {})
        finally:
            await found.close()

    return run(main)


def run(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a command's coroutine; refusals and silence end it with one sentence and exit code 1."""
    from akashpy.cli.refusal import sentence
    from akashpy.client.errors import ClientError, Unreachable
    from akashpy.types.errors import ChainError

    try:
        return asyncio.run(main())
    except ChainError as error:
        raise click.ClickException(sentence(error)) from error
    except Unreachable as error:
        text = f"{error}\nname a node that runs with --node tcp://host:port, or start one"
        raise click.ClickException(text) from error
    except (ClientError, ValueError) as error:
        raise click.ClickException(str(error)) from error
