"""`akashpy-provider run`: the daemon as a process. One line of JSON says when it is ready."""

from __future__ import annotations

import json
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from provider.cli.options import chain_options, passphrase, run_async, settings_of

LEVELS = ("debug", "info", "warning", "error")


@click.command()
@chain_options
@click.option(
    "--gateway-listen-address", "gateway_listen_", help="host:port; as registered if not given."
)
@click.option("--bid-deposit", "bid_deposit_", help="What a bid locks, like 500000uakt.")
@click.option("--bid-timeout", "bid_timeout_", help="A bid older than that is closed; 0 never.")
@click.option("--manifest-timeout", "manifest_timeout_", help="For a lease's first manifest.")
@click.option("--withdrawal-period", "withdraw_period_", help="Between withdrawals.")
@click.option("--cluster-public-hostname", "cluster_public_hostname_", help="Told to workloads.")
@click.option("--metrics-listener", "metrics_listen_", help="host:port of /metrics; none if empty.")
@click.option("--log-level", type=click.Choice(LEVELS), default="info", show_default=True)
def run(home: Path, log_level: str, **flags: Any) -> None:
    """Bid for orders and serve tenants until SIGINT or SIGTERM.

    When it is ready to bid, one line of JSON with gateway, address and pid goes to standard
    output; the log goes to standard error.
    """
    from provider.logs import set_up

    set_up(logging.getLevelName(log_level.upper()))
    settings = settings_of(home, _dotted(flags))
    run_async(lambda: _run(settings))


async def _run(settings: Any) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    life = asyncio.create_task(_serve(settings))
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait((life, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not life.done():
        life.cancel()
    with suppress(asyncio.CancelledError):
        await life


async def _serve(settings: Any) -> None:
    import asyncio

    from provider.daemon import Daemon

    key = await asyncio.to_thread(_key, settings)
    async with Daemon.open(settings, key=key) as daemon:
        ready = {
            "ready": True,
            "gateway": daemon.gateway_url,
            "address": str(daemon.address),
            "pid": os.getpid(),
        }
        click.echo(json.dumps(ready))
        await daemon.failed


def _key(settings: Any) -> Any:
    """The provider's key. Raises GiveUp where the keyring does not have it."""
    from akashpy.types.errors import KeyNotFound
    from provider.daemon import read_key
    from provider.errors import GiveUp

    try:
        return read_key(settings, passphrase)
    except KeyNotFound as error:
        raise GiveUp(
            f"key {settings.key!r} is not in the {settings.keyring_backend} keyring of "
            f"{settings.keyring_dir or settings.home}: make this machine a provider with "
            "`akashpy-provider init`, or name the key with --from"
        ) from error


def _dotted(flags: dict[str, Any]) -> dict[str, Any]:
    """Flags under the names of their settings."""
    groups = ("gateway", "bid", "manifest", "metrics", "withdraw")
    found = {}
    for name, value in flags.items():
        key = name.rstrip("_")
        head, _, rest = key.partition("_")
        found[f"{head}.{rest}" if head in groups else key] = value
    return found
