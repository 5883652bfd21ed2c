"""The steps of a deployment's life, sent by our client: what every test of the loop repeats."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from akashpy.client.client import Client
from akashpy.client.deploy import Created, create_deployment
from akashpy.client.outcome import TxOutcome
from akashpy.client.sdl import group_specs
from akashpy.client.signer import Signer
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID
from akashpy.types.deposit import Deposit
from akashpy.types.market import BidID, OrderID
from akashpy.wire import market as market_pb
from akashpy.wire import provider as provider_pb
from sdl import Definition, load

HELLO = Path(__file__).with_name("hello.yaml")
DENOM = "uact"
DEPOSIT = 5_000_000
BID_DEPOSIT = 500_000
SERVING = 30.0
"""Seconds a started program has until it answers."""
RATE = 700
"""Base units per block that our bids ask for."""


def hello(text: str = "", *replaced: tuple[str, str]) -> Definition:
    """The definition in hello.yaml, with parts of its text replaced."""
    source = text or HELLO.read_text()
    for old, new in replaced:
        source = source.replace(old, new)
    return load(source)


def coin(amount: int) -> Deposit:
    """A deposit from the sender's balance."""
    return Deposit(Coin(DENOM, amount))


async def register(client: Client, signer: Signer, host_uri: str) -> TxOutcome:
    """Register a provider."""
    message = provider_pb.MsgCreateProvider(
        owner=signer.address,
        host_uri=host_uri,
        attributes=[{"key": "region", "value": "us-west"}],
    )
    return await client.broadcast([message], signer)


async def deploy(
    client: Client, signer: Signer, definition: Definition, deposit: int = DEPOSIT
) -> Created:
    """Create a deployment of a definition."""
    return await create_deployment(
        client, signer, group_specs(definition.groups()), definition.version(), coin(deposit)
    )


async def bid(client: Client, signer: Signer, id: DeploymentID, rate: int = RATE) -> BidID:
    """Bid on the first order of a deployment."""
    wanted = OrderID(id.owner, id.dseq, 1, 1).with_provider(signer.address)
    message = market_pb.MsgCreateBid(
        id=wanted.to_wire(),
        price=DecCoin(DENOM, Dec.of(rate)).to_wire(),
        deposit=coin(BID_DEPOSIT).to_wire(),
    )
    await client.broadcast([message], signer)
    return wanted


async def page(address: str) -> str:
    """What a service shows at host:port; a program that does not listen yet is waited for."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(SERVING):
        while True:
            try:
                async with session.get(f"http://{address}/") as response:
                    assert response.status == 200
                    return await response.text()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
