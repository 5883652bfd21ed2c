"""`akashpy-provider operator hostname|ip|inventory`: operators as programs of their own.

Names and flags are those of provider-services. One line of JSON says when an operator serves. Set
`operators: false` in the daemon's table `kubernetes` where they run beside it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provider.cli.options import run_async
from provider.ending import ended

if TYPE_CHECKING:
    from provider.cluster.kubernetes.settings import KubernetesSettings
    from provider.operator.keeper import Keeper, KeeperSettings

Command = TypeVar("Command", bound=Callable[..., Any])
Life = tuple[Callable[[], Awaitable[None]], dict[str, Any]]
"""An operator's life, and what its ready line says."""


def flag(name: str, default: Any, text: str, **more: Any) -> Callable[[Command], Command]:
    """A flag with Akash's environment variables."""
    variable = name.upper().replace("-", "_")
    return click.option(
        f"--{name}",
        default=default,
        show_default=default not in (None, ""),
        envvar=[f"AP_{variable}", f"AKASH_{variable}"],
        help=text,
        **more,
    )


def unused(name: str) -> Callable[[Command], Command]:
    """A flag of provider-services that changes nothing here."""
    return click.option(f"--{name}", default="", hidden=True)


def shared(command: Command) -> Command:
    """The flags of all operators."""
    for option in (
        unused("pod-name"),
        unused("web-refresh-interval"),
        flag("rest-port", 8080, "Port of the pages.", type=click.IntRange(0, 65535)),
        flag("rest-address", "0.0.0.0", "Where the pages are served."),
        flag("context", "", "Context of the kubeconfig."),
        click.option(
            "--kubeconfig",
            type=click.Path(dir_okay=False, path_type=Path),
            envvar=["AP_KUBECONFIG", "AKASH_KUBECONFIG", "KUBECONFIG"],
            help="File with the cluster's address and keys; without it: from inside a pod.",
        ),
        flag("k8s-manifest-ns", "lease", "Namespace of the leases' records."),
    ):
        command = option(command)
    return command


def keeping(command: Command) -> Command:
    """The flags of the operators that keep something in line."""
    for option in (
        flag("event-failure-limit", 3, "Failures until a lease is ignored.", type=int),
        flag("ignore-list-age-limit", "726h", "After so long an ignored lease is tried again."),
        flag("ignore-list-entry-limit", 131072, "Ignored leases remembered.", type=int),
        flag("retry-delay", "3s", "Between attempts."),
        flag("prune-interval", "10m", "Between looks at everything."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def operator() -> None:
    """Operators as programs of their own; by default the daemon runs them itself."""


@operator.command()
@shared
@keeping
@flag(
    "ingress-mode",
    "ingress",
    "How host names are routed.",
    type=click.Choice(["ingress", "gateway-api"]),
)
@flag("ingress-class", "akash-ingress-class", "Class of the ingresses.")
@flag("gateway-name", "akash-gateway", "Gateway that routes hang on.")
@flag("gateway-namespace", "akash-gateway", "Its namespace.")
@flag("proxy-buffer-size", "16k", "Buffer of its proxy.")
@unused("gateway-provider")
def hostname(**options: Any) -> None:
    """Keep the routes of host names as ProviderHosts say."""
    from dataclasses import replace

    from provider.cluster.kubernetes.settings import GatewayRef
    from provider.operator.pages import hostname_pages
    from provider.operator.tasks import hostname_keeper

    gateway = GatewayRef(
        options["gateway_name"], options["gateway_namespace"], options["proxy_buffer_size"]
    )
    settings = replace(
        _settings(options),
        ingress_mode=options["ingress_mode"],
        ingress_class=options["ingress_class"],
        gateway=gateway,
    )
    run_async(lambda: _run(_kept(hostname_keeper, hostname_pages, settings, options)))


@operator.command()
@shared
@keeping
@flag("provider", "", "Account of the provider.")
@click.option("--address", "addresses", multiple=True, help="An address to lease; repeatable.")
@unused("metal-lb-endpoint")
@unused("metal-lb-pool")
def ip(**options: Any) -> None:
    """Keep the services of leased addresses as ProviderLeasedIPs say."""
    from dataclasses import replace

    from provider.operator.pages import ip_pages
    from provider.operator.tasks import ip_keeper

    settings = replace(_settings(options), addresses=tuple(options["addresses"]))
    run_async(
        lambda: _run(_kept(ip_keeper, lambda keeper: ip_pages(keeper, settings), settings, options))
    )


@operator.command()
@shared
@flag("grpc-port", 8081, "Port of akash.inventory.v1.", type=click.IntRange(0, 65535))
@click.option("--storage", multiple=True, help="A class and its size, like beta2=500Gi.")
@unused("api-timeout")
@unused("query-timeout")
@unused("config")
@unused("registry-query-period")
@unused("discovery-image")
@unused("pod-namespace")
@unused("provider-configs-url")
def inventory(**options: Any) -> None:
    """Tell what the cluster's machines have and what is taken, and label them."""
    run_async(lambda: _run(_told(options)))


@asynccontextmanager
async def _kept(
    make: Callable[..., Keeper],
    pages: Callable[[Keeper], Any],
    settings: KubernetesSettings,
    options: dict[str, Any],
) -> AsyncIterator[Life]:
    from provider.operator.pages import listening
    from provider.operator.tasks import connected

    async with connected(settings) as api:
        keeper = make(api, settings, _pace(options))
        serving = listening(pages(keeper), options["rest_address"], options["rest_port"])
        async with serving as address:
            yield keeper.run, {"operator": keeper.name, "rest": address}


@asynccontextmanager
async def _told(options: dict[str, Any]) -> AsyncIterator[Life]:
    from dataclasses import replace

    from provider.operator.feed import InventoryFeed, served
    from provider.operator.pages import inventory_pages, listening
    from provider.operator.tasks import connected

    settings = replace(_settings(options), storage_classes=_pools(options["storage"]))
    host = options["rest_address"]
    async with (
        connected(settings) as api,
        InventoryFeed.open(api, settings) as feed,
        listening(inventory_pages(feed), host, options["rest_port"]) as rest,
        served(feed, f"{host}:{options['grpc_port']}") as rpc,
    ):
        yield feed.run, {"operator": "inventory", "rest": rest, "grpc": rpc}


async def _run(opening: AbstractAsyncContextManager[Life]) -> None:
    """Live until SIGINT or SIGTERM, or until the operator fails."""
    from provider.logs import set_up

    set_up(logging.INFO)
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with opening as (life, ready):
        click.echo(json.dumps({"ready": True, **ready, "pid": os.getpid()}))
        tasks = (asyncio.ensure_future(life()), asyncio.ensure_future(stopped.wait()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                await tasks[0]
        finally:
            await ended(tasks)


def _settings(options: dict[str, Any]) -> KubernetesSettings:
    from provider.cluster.kubernetes.settings import KubernetesSettings

    return KubernetesSettings(
        kubeconfig=options["kubeconfig"],
        context=options["context"],
        manifest_namespace=options["k8s_manifest_ns"],
    )


def _pace(options: dict[str, Any]) -> KeeperSettings:
    from provider.config import seconds
    from provider.operator.failures import FailureSettings
    from provider.operator.keeper import KeeperSettings

    try:
        return KeeperSettings(
            retry_delay=seconds(options["retry_delay"]),
            prune_interval=seconds(options["prune_interval"]),
            failures=FailureSettings(
                limit=options["event_failure_limit"],
                age=seconds(options["ignore_list_age_limit"]),
                entries=options["ignore_list_entry_limit"],
            ),
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _pools(written: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    from sdl.quantity import parse_bytes

    pools = []
    for each in written:
        name, equals, size = each.partition("=")
        if not equals:
            raise click.ClickException(f"--storage {each!r}: write class=size, like beta2=500Gi")
        try:
            pools.append((name, parse_bytes(size)))
        except ValueError as error:
            raise click.ClickException(f"--storage {each!r}: {error}") from error
    return tuple(pools)
