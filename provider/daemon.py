"""The provider as a whole: every part made, joined, started and ended here and nowhere else.

Opened, it is ready to bid. Left, it ends in the order of its blocks: no new bids, no new tenants,
tenancies (their workloads go on), the chain. Settings come in as values.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.fees import FeePolicy
from akashpy.client.signer import KeySigner
from akashpy.keys.ring import Keyring
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate
from akashpy.types.address import Address
from akashpy.types.market import OrderID
from akashpy.types.provider import ProviderNotFound
from provider import metrics
from provider.anchor import AnchorFile
from provider.belief import NO_ANSWER
from provider.bid.auction import Auctioneer, Won
from provider.bid.engine import Engine, Record
from provider.bid.pricing import Pricing
from provider.chain import Chain, ClientChain
from provider.cluster import kubernetes
from provider.cluster.driver import Driver, Observation
from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.settings import ProcessSettings, Surroundings
from provider.config import Settings
from provider.ending import ended
from provider.errors import GiveUp, Retry
from provider.events import Feed, RoomFreed
from provider.gateway.server import Gateway, GatewaySettings
from provider.inventory.nodes import Cluster, Node
from provider.inventory.reserve import Inventory
from provider.lease.end import EndOfLease
from provider.lease.monitor import Monitor
from provider.lease.roll import Roll
from provider.lease.settle import Settlement
from provider.lease.tenancy import Tools
from provider.ledger import Ledger
from provider.manifest.receive import Reception
from provider.manifest.store import FileStore
from provider.manifest.watchdog import Watchdog
from provider.obstacles import Obstacles
from provider.service import Service

log = logging.getLogger(__name__)

T = TypeVar("T")

DATA = "provider"
"""Directory in the home for everything the daemon keeps."""
LOOK_SECONDS = 5.0
"""Between looks at a cluster's machines."""


class Daemon:
    """A running provider. Made by `open`."""

    def __init__(self, service: Service, gateway: Gateway, failed: asyncio.Future[None]) -> None:
        self.service = service
        self.failed = failed
        """Ends with the error when a part of the provider ended by itself."""
        self._gateway = gateway

    @property
    def address(self) -> Address:
        """The provider's account."""
        return self.service.address

    @property
    def gateway_url(self) -> str:
        """Where tenants reach it."""
        host = self._gateway.host
        shown = f"[{host}]" if ":" in host else host
        return f"https://{shown}:{self._gateway.port}"

    async def status(self) -> dict[str, Any]:
        """What the status page shows."""
        return dict(await self.service.status())

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        *,
        key: PrivateKey | None = None,
        passphrase: Callable[[], str] | None = None,
    ) -> AsyncIterator[Daemon]:
        """A provider that is ready to bid; the chain is waited for.

        `key` saves opening the keyring. Raises GiveUp for what only the operator can repair.
        """
        own = await asyncio.to_thread(read_key, settings, passphrase) if key is None else key
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(
                Client.connect(
                    settings.grpc_addr,
                    settings.node,
                    settings=BroadcastSettings(fees=FeePolicy(prices=settings.gas_prices)),
                    timeout=settings.ledger.patience,
                )
            )
            yield await _start(cls, settings, own, ClientChain(client, KeySigner(own)), stack)


async def _start(
    make: type[Daemon], settings: Settings, key: PrivateKey, chain: Chain, stack: AsyncExitStack
) -> Daemon:
    """Open every part in order; `stack` closes them in reverse."""
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    feed = Feed()
    data = settings.home / DATA
    anchor = await asyncio.to_thread(AnchorFile, data / "anchor.json")
    ledger = Ledger(chain, key.address, feed, anchor=anchor, settings=settings.ledger)
    has_run_before = anchor.anchor is not None
    await _patiently(ledger.open)
    host_uri = await _patiently(lambda: _registered(ledger, settings, has_run_before))
    certificate = await asyncio.to_thread(Certificate.load, settings.home, key)
    await _life(stack, failed, "following the chain", ledger.follow)
    driver = await stack.enter_async_context(_driver(settings, ledger, host_uri))
    if settings.driver == "kubernetes":
        await _operators(settings.kubernetes, stack, failed)
    cluster = settings.cluster or await _observed(driver)
    inventory = Inventory(cluster, freed=lambda: feed.publish(RoomFreed()))
    if settings.cluster is None and settings.driver != "process":
        look = functools.partial(_look_around, driver, inventory)
        await _life(stack, failed, "looking at the machines", look)
    reception = Reception(
        ledger, FileStore(data / "leases"), driver, public_hostname=_public(settings)
    )
    await reception.open()
    roll = _roll(settings, ledger, feed, driver, inventory, reception)
    await roll.recover(reception.workloads)
    await _life(stack, failed, "keeping leases", roll.run)
    obstacles = Obstacles(ledger, inventory, lambda: roll.is_counted)
    engine = _engine(settings, ledger, feed, inventory, roll, obstacles)
    service = Service(
        ledger=ledger,
        driver=driver,
        inventory=inventory,
        reception=reception,
        roll=roll,
        engine=engine,
        obstacles=obstacles,
        version_text=version("akashpy"),
        public_hostname=_public(settings),
        reclamation_window=settings.policy.reclamation_window,
    )
    host, port = settings.listen
    gateway = await stack.enter_async_context(
        Gateway.open(GatewaySettings(host=host, port=port), service, certificate)
    )
    left_open: list[OrderID] = []
    if settings.close_bids_on_exit:
        stack.push_async_callback(_close_bids, ledger, left_open)
    if settings.metrics_listen:
        numbers = metrics.Metrics(ledger, inventory, engine, roll)
        await stack.enter_async_context(metrics.listening(numbers, settings.metrics_listen))
    await _life(stack, failed, "bidding", engine.run)
    stack.callback(lambda: left_open.extend(bid_on(inventory)))
    await _either(engine.caught_up.wait(), failed)
    return make(service, gateway, failed)


def _roll(
    settings: Settings,
    ledger: Ledger,
    feed: Feed,
    driver: Driver,
    inventory: Inventory,
    reception: Reception,
) -> Roll:
    tools = Tools(
        ledger=ledger,
        driver=driver,
        inventory=inventory,
        manifests=Watchdog(reception, ledger, patience=settings.manifest_timeout),
        end=EndOfLease(ledger, feed, settings.end),
        monitor=Monitor(driver, ledger, settings.monitor),
        settlement=Settlement(ledger, settings.settle),
    )
    return Roll(tools, feed)


def _engine(
    settings: Settings,
    ledger: Ledger,
    feed: Feed,
    inventory: Inventory,
    roll: Roll,
    obstacles: Obstacles,
) -> Engine:
    pricing = Pricing(settings.prices)
    record = Record(ledger, pricing, settings.policy, max_age=300.0)

    def won(lease: Won) -> None:
        roll.begin(lease.lease)

    auctioneer = Auctioneer(ledger, feed, inventory, pricing, record.policy, won, settings.auction)
    return Engine(auctioneer, record, obstacles=obstacles.found)


@asynccontextmanager
async def _driver(settings: Settings, ledger: Ledger, host_uri: str) -> AsyncIterator[Driver]:
    if settings.driver == "kubernetes":
        opened = kubernetes.KubernetesDriver.open(settings.kubernetes, tally=ledger.tally)
        async with opened as cluster:
            yield cluster
        return
    if settings.driver != "process":
        raise GiveUp(f"driver {settings.driver!r} is not known: use process or kubernetes")
    around = Surroundings(
        gateway_host=settings.listen[0],
        host_uri=host_uri,
        chain_id=ledger.chain_id,
        nodes=(settings.node, settings.grpc_addr),
    )
    process = ProcessSettings(
        root=settings.home / DATA / "process",
        host=settings.workload_host,
        isolation=cast(Literal["auto", "namespaces", "none"], settings.isolation),
        dies_with_daemon=settings.dies_with_daemon,
    )
    async with ProcessDriver.open(process, around) as driver:
        yield driver


async def _operators(
    settings: KubernetesSettings, stack: AsyncExitStack, failed: asyncio.Future[None]
) -> None:
    """Operators as tasks of the daemon, unless they are programs of their own."""
    from provider.operator import feed, tasks  # they load the Kubernetes library

    if settings.operators:
        for keeper in await stack.enter_async_context(tasks.keepers(settings)):
            await _life(stack, failed, f"operator {keeper.name}", keeper.run)
    if settings.inventory_listen:
        api = await stack.enter_async_context(tasks.connected(settings))
        quiet = replace(settings, label_nodes=False)  # the driver writes labels already
        pictures = await stack.enter_async_context(feed.InventoryFeed.open(api, quiet))
        await _life(stack, failed, "operator inventory", pictures.run)
        await stack.enter_async_context(feed.served(pictures, settings.inventory_listen))


async def _observed(driver: Driver) -> Cluster:
    """The machines a driver sees; a cluster that does not answer is waited for."""
    while True:
        try:
            return seen(await driver.observe())
        except ClusterError as error:
            log.warning("waiting for the cluster", extra={"reason": str(error)})
        await asyncio.sleep(LOOK_SECONDS)


def seen(observation: Observation) -> Cluster:
    """What was observed, as the inventory takes it."""
    nodes = tuple(
        Node(
            node.name,
            node.cpu,
            node.memory,
            node.ephemeral_storage,
            tuple(name for name, _ in node.storage),
            node.gpus,
        )
        for node in observation.nodes
    )
    return Cluster(nodes, observation.pools, observation.addresses)


async def _look_around(driver: Driver, inventory: Inventory) -> None:
    """Keep the inventory's machines as the cluster has them; no answer changes nothing."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            cluster = seen(await driver.observe())
        except ClusterError as error:
            log.warning("machines not seen", extra={"reason": str(error)})
            continue
        if cluster != inventory.cluster:
            inventory.change(cluster)


async def _registered(ledger: Ledger, settings: Settings, has_run_before: bool) -> str:
    """The gateway's address on chain.

    A home that has run before is a provider, whatever a node says of it at the moment: what runs
    goes on, and the status page says why nothing new is bid on.
    """
    if ledger.trouble:
        return settings.host
    try:
        return (await ledger.chain.provider(ledger.address)).host_uri
    except ProviderNotFound as error:
        if has_run_before:
            log.error("the node does not know this provider", extra={"address": ledger.address})
            return settings.host
        raise GiveUp(
            f"{ledger.address} is no provider on chain {ledger.chain_id}: run akashpy-provider init"
        ) from error
    except NO_ANSWER as error:
        raise Retry(f"the chain does not answer: {error}") from error


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """An answer, however often it must be asked for."""
    while True:
        try:
            return await ask()
        except Retry as error:
            log.warning("waiting for the chain", extra={"reason": str(error)})
            await asyncio.sleep(error.after)


async def _life(
    stack: AsyncExitStack,
    failed: asyncio.Future[None],
    name: str,
    life: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Start a part that lives until the stack ends it; an end of its own is a failure."""
    task = asyncio.create_task(life(), name=name)

    def watched(task: asyncio.Task[None]) -> None:
        if task.cancelled() or failed.done():
            return
        failed.set_exception(task.exception() or GiveUp(f"{name} ended by itself"))

    task.add_done_callback(watched)
    stack.push_async_callback(ended, (task,))


async def _either(ready: Awaitable[Any], failed: asyncio.Future[None]) -> None:
    """Wait for readiness; a part that fails first ends the wait with its error."""
    waiting = asyncio.ensure_future(ready)
    await asyncio.wait((waiting, failed), return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        failed.result()


def bid_on(inventory: Inventory) -> list[OrderID]:
    """The orders that something is held for without a lease."""
    return [holding.order for holding in inventory.holdings if not holding.is_committed]


async def _close_bids(ledger: Ledger, orders: list[OrderID]) -> None:
    """Get the deposits of open bids back, as long as the chain answers."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ledger.settings.patience):
            for order in orders:
                await ledger.take_back(order.with_provider(ledger.address))


def read_key(settings: Settings, passphrase: Callable[[], str] | None) -> PrivateKey:
    """The provider's key. Raises the keyring's errors."""
    backend = cast(Literal["test", "file"], settings.keyring_backend)
    ring = Keyring.open(settings.keyring_dir or settings.home, backend, passphrase)
    return ring.key(settings.key)


def _public(settings: Settings) -> str:
    return settings.public_hostname or urlsplit(settings.host).hostname or ""
