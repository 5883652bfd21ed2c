"""A client of a real chain in this process, through memory or through gRPC."""

from __future__ import annotations

import pytest

from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.fees import FeePolicy
from akashpy.client.signer import KeySigner
from akashpy.node import local
from akashpy.types.coin import Coin
from akashpy.types.deposit import Deposit
from akashpy.wire import bank
from tests.node.realchain import address, key, real_chain

QUICK = BroadcastSettings(
    poll=0.005, patience=60.0, timeout_blocks=300, fees=FeePolicy(prices="0.0025uakt")
)


class World:
    """A chain that makes blocks by timer, and a client of it."""

    def __init__(self, chain, transport):
        self.chain = chain
        self.transport = transport
        self.client = self.another()

    def another(self, transport=None, settings=QUICK):
        """A further client, as another process would be one."""
        return Client(
            transport or self.transport,
            events=local.LocalEvents(self.chain.core),
            settings=settings,
        )

    def signer(self, name="tenant"):
        return KeySigner(key(name))

    def send(self, amount, sender="tenant", to="other"):
        """MsgSend of uakt."""
        return bank.MsgSend(
            from_address=address(sender),
            to_address=address(to),
            amount=[Coin("uakt", amount).to_wire()],
        )

    async def balance(self, name, denom="uakt"):
        return await self.client.query.bank.balance(address(name), denom)


def deposit(amount=5_000_000, denom="uakt"):
    return Deposit(Coin(denom, amount))


@pytest.fixture
async def world(tmp_path):
    async with real_chain(tmp_path, interval=0.02) as chain, chain.running():
        yield World(chain, local.transport(chain.core))
