"""A small world in one process: embedded node, provider, tenant; real sockets between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp

import sdl
from akashpy.client.client import Client
from akashpy.client.deploy import create_deployment
from akashpy.client.sdl import group_specs
from akashpy.client.signer import KeySigner
from akashpy.keys.jwt import access_token
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.node.daemon import Node, NodeSettings
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin
from akashpy.types.deployment import DeploymentID
from akashpy.types.deposit import Deposit
from akashpy.types.market import Bid, LeaseID
from akashpy.types.provider import Info
from akashpy.wire import market
from provider.config import Settings, prices_of
from provider.daemon import Daemon
from provider.register import certificate, publish, register
from tests.nodes import given_home, key_of
from tests.ports import free_port

PATIENCE = 90.0
"""Seconds after which something that has not happened never will."""

PAGE = """
version: "2.0"
services:
  web:
    image: python:3.12-slim
    command: ["sh", "-c"]
    args:
      - mkdir -p site && echo "$TEXT" > site/index.html &&
        exec python3 -m http.server --directory site "${PORT:-80}"
    env: ["TEXT=%s"]
    expose:
      - {port: 80, as: 80, to: [{global: true}]}
profiles:
  compute:
    web:
      resources: {cpu: {units: 0.1}, memory: {size: 64Mi}, storage: {size: 64Mi}}
  placement:
    here:
      pricing: {web: {denom: %s, amount: 1000}}
deployment:
  web: {here: {profile: web, count: 1}}
"""


def page(text: str, denom: str = "uakt") -> sdl.Definition:
    """A web page with a text on it."""
    return sdl.load(PAGE % (text, denom))


@dataclass
class World:
    """The chain and everyone's way to it."""

    root: Path
    node: Node
    client: Client
    session: aiohttp.ClientSession

    def settings(self, name: str, **changes: Any) -> Settings:
        """A provider's settings, with a home and a gateway of its own."""
        home = self.root / name
        home.mkdir(exist_ok=True)
        port = free_port()
        made = Settings(
            home=home,
            host=f"https://127.0.0.1:{port}",
            node=self.node.rpc,
            grpc_addr=self.node.grpc,
            listen=("127.0.0.1", port),
            prices=prices_of({}),
            dies_with_daemon=True,
            public_hostname="localhost",
        )
        return replace(made, **changes)

    async def register(self, name: str, settings: Settings) -> PrivateKey:
        """Make an account a provider."""
        key = key_of(name)
        signer = KeySigner(key)
        await publish(self.client, signer, certificate(settings.home, key, settings.host))
        await register(self.client, signer, settings.host, Attributes(settings.attributes), Info())
        return key

    async def order(self, definition: sdl.Definition, deposit: str = "5000000uakt") -> DeploymentID:
        """Put a deployment on chain as the tenant."""
        signer = KeySigner(key_of("tenant"))
        made = await create_deployment(
            self.client,
            signer,
            group_specs(definition.groups()),
            definition.version(),
            Deposit(Coin.parse(deposit)),
        )
        return made.id

    async def bid(self, id: DeploymentID, *, count: int = 1) -> list[Bid]:
        """The open bids on a deployment, once there are `count`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = self.client.query.market.bids(owner=id.owner, dseq=id.dseq, state="open")
                bids = [view.bid async for view in found]
                if len(bids) >= count:
                    return bids
                await self.block()

    async def accept(self, bid: Bid) -> LeaseID:
        """Make a lease of a bid."""
        message = market.MsgCreateLease(bid_id=bid.id.to_wire())
        await self.client.broadcast([message], KeySigner(key_of("tenant")))
        return bid.id.lease

    async def block(self) -> None:
        """Wait for one block."""
        await self.node.core.reached(self.node.core.height + 1)

    async def put(self, gateway: str, id: DeploymentID, manifest: list[Any]) -> tuple[int, str]:
        """Send a manifest; status and text of the answer."""
        url = f"{gateway}/deployment/{id.dseq}/manifest"
        async with self.session.put(url, json=manifest, headers=self._token()) as answer:
            return answer.status, await answer.text()

    async def get(self, url: str) -> tuple[int, Any]:
        """A question to a gateway as the tenant; status and JSON."""
        async with self.session.get(url, headers=self._token()) as answer:
            return answer.status, await answer.json(content_type=None)

    async def served(self, gateway: str, lease: LeaseID, service: str = "web") -> str:
        """What a lease's page says, once it says anything."""
        url = f"{gateway}/lease/{lease.dseq}/{lease.gseq}/{lease.oseq}/status"
        async with asyncio.timeout(PATIENCE):
            while True:
                status, body = await self.get(url)
                uris = body["services"][service]["uris"] if status == 200 else None
                for uri in uris or ():
                    try:
                        async with self.session.get(f"http://{uri}/") as answer:
                            if answer.status == 200:
                                return (await answer.text()).strip()
                    except aiohttp.ClientError:
                        pass
                await self.block()

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {access_token(key_of('tenant'), now=int(time.time()))}"}


@asynccontextmanager
async def world(root: Path, *names: str, interval: float = 0.2) -> AsyncIterator[World]:
    """A chain with a funded tenant and funded accounts of these names."""
    home = given_home(root / "node", ["tenant", *names])
    settings = NodeSettings(rpc_port=0, grpc_port=0, block_interval=interval)
    connector = aiohttp.TCPConnector(ssl=False)
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with (
        Node.start(home, settings) as node,
        Client.connect(node.grpc, node.rpc) as client,
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
    ):
        await node.core.reached(2)
        yield World(root, node, client, session)


@asynccontextmanager
async def running(world: World, name: str, **changes: Any) -> AsyncIterator[Daemon]:
    """A registered provider that runs."""
    settings = world.settings(name, **changes)
    key = await world.register(name, settings)
    async with Daemon.open(settings, key=key) as daemon:
        yield daemon
