"""`akashpy dev`: the command. Starts the chain in this process and each provider beside it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.output import output_option, render, say
from akashpy.cli.people import places
from akashpy.cli.people.progress import Progress, progress

if TYPE_CHECKING:
    from akashpy.cli.dev.homes import DevHome
    from akashpy.cli.dev.providers import RunningProvider
    from akashpy.node.cometbft.daemon import CometNode
    from akashpy.node.daemon import Node


MIN_GAS_PRICES = "0.0025uakt"
"""As Akash's nodes ask by default."""


@click.command()
@click.option("--providers", type=click.IntRange(0, 9), default=1, show_default=True)
@click.option("--block-interval", type=float, default=1.0, show_default=True, help="Seconds.")
@click.option("--rpc-port", type=int, default=26657, show_default=True, help="0 for a free one.")
@click.option("--grpc-port", type=int, default=9090, show_default=True, help="0 for a free one.")
@click.option("--rest-port", type=int, help="Serve REST, too, usually on 1317; 0 for a free one.")
@click.option(
    "--preset",
    type=click.Choice(["default", "akash"]),
    default="default",
    show_default=True,
    help="Rules of a new chain: ours, or Akash's to the letter.",
)
@click.option(
    "--consensus",
    type=click.Choice(["embedded", "cometbft"]),
    default="embedded",
    show_default=True,
    help="Who decides on blocks: this process, or CometBFT as its child.",
)
@click.option("--cometbft", metavar="PATH", help="CometBFT's program.  [default: from PATH]")
@click.option("--reset", is_flag=True, help="Begin with a new chain; the old one is deleted.")
@output_option("table")
def dev(**options: Any) -> None:
    """Run a chain, providers and funded keys on this machine until Ctrl-C.

    The second start goes on where the first one ended. The endpoints are printed when all of it is
    ready, as one JSON line with -o json.

    \b
    Examples:
      akashpy dev
      akashpy dev --providers 3 --block-interval 0.5
      akashpy up deploy.yaml        # in another terminal
    """
    running = places.dev_chain()
    if running is not None:
        raise click.ClickException(
            f"a development chain runs already: process {running.pid}, {running.rpc}; stop it first"
        )
    from akashpy.cli.dev.homes import DevHome

    home = DevHome(places.root() / "dev")
    if options["reset"]:
        home.remove()
    with asyncio.Runner() as runner:
        runner.run(_serve(home, options))


async def _serve(home: DevHome, options: dict[str, Any]) -> None:
    """Everything from start to the stop signal; leaving undoes it in reverse order."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        opening = asyncio.ensure_future(_open(home, options, stack))
        asked = asyncio.ensure_future(stop.wait())
        first: set[asyncio.Future[Any]] = {opening, asked}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
            await asyncio.wait((opening,))
            asked.cancel()
            return
        node, providers = _opened(opening)
        _announce(home, node, providers, options["output"])
        stack.callback(places.forget_dev_chain)
        ends = [asyncio.ensure_future(each.process.wait()) for each in providers]
        running: set[asyncio.Future[Any]] = {asked, node.failed, *ends}
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for waiter in (asked, *ends):
            waiter.cancel()
        if node.failed.done():
            node.failed.result()
        if not stop.is_set():
            raise click.ClickException(f"a provider has ended; its log is in {home.root}")
    say("stopped; `akashpy dev` goes on from here, `akashpy dev --reset` begins anew")


def _opened(opening: asyncio.Future[Any]) -> tuple[Node | CometNode, list[RunningProvider]]:
    from akashpy.cli.dev.providers import ProviderFailed
    from akashpy.node.cometbft.process import CometError
    from akashpy.node.home import HomeError

    try:
        found: tuple[Node | CometNode, list[RunningProvider]] = opening.result()
    except (ProviderFailed, CometError, HomeError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.strerror or error}: choose other ports (--rpc-port, --grpc-port, --rest-port)"
        ) from error
    return found


async def _open(
    home: DevHome, options: dict[str, Any], stack: AsyncExitStack
) -> tuple[Node | CometNode, list[RunningProvider]]:
    from akashpy.cli.dev.providers import Chain, initialise, running

    with progress() as shown:
        _make(home, options["preset"], shown)
        shown.now("starting the chain")
        node = await _chain(home, options, stack)
        await node.core.reached(1)
        chain = Chain(node.rpc, node.grpc)
        numbers = range(1, options["providers"] + 1)
        shown.now(f"setting up {len(numbers)} provider(s)")
        await _together(initialise(home.provider(number), number, chain) for number in numbers)
        found = []
        for number in numbers:
            log = home.root / f"provider-{number}.log"
            starting = running(home.provider(number), number, log, chain)
            found.append(await stack.enter_async_context(starting))
            shown.done(f"provider {number}: {found[-1].address} at {found[-1].gateway}")
    return node, found


async def _chain(home: DevHome, options: dict[str, Any], stack: AsyncExitStack) -> Node | CometNode:
    """The running node, of the consensus asked for."""
    from akashpy.cli.dev import chains

    start = chains.under_cometbft if options["consensus"] == "cometbft" else chains.embedded
    return await stack.enter_async_context(start(home.node, options, MIN_GAS_PRICES))


async def _together(jobs: Any) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


def _make(home: DevHome, preset: str, shown: Progress) -> None:
    if home.exists:
        shown.done(f"going on with the chain in {home.root}")
        return
    shown.now("making keys and genesis")
    home.make(preset)
    shown.done(f"made a new chain in {home.root}")


def _announce(
    home: DevHome, node: Node | CometNode, providers: list[RunningProvider], output: str
) -> None:
    """Tell other commands and the person where everything is."""
    from akashpy.cli.dev.homes import CHAIN_ID, TENANTS
    from akashpy.keys.ring import Keyring

    ring = Keyring.open(Path(home.root), "test")
    gateways = {each.address: each.gateway for each in providers}
    found = places.DevChain(CHAIN_ID, node.rpc, node.grpc, str(home.root), os.getpid(), gateways)
    found.save()
    shown = {
        "chain_id": CHAIN_ID,
        "rpc": node.rpc,
        "grpc": node.grpc,
        "rest": node.rest,
        "home": str(home.root),
        "pid": found.pid,
        "gateways": gateways,
        "keys": {name: str(ring.get(name).address) for name in TENANTS},
    }
    if output == "json":
        click.echo(json.dumps(shown, separators=(",", ":")))
        return
    click.echo(render(shown, output))
    say("\nready (Ctrl-C ends); elsewhere: akashpy up examples/01-hello-web/deploy.yaml")
