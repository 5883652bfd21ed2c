"""A town to live stories in: one node, some providers, some tenants, each provider a real daemon.

Everything waits for blocks of the chain: a story says what must become true, and it is looked at
after every block until it is, or until so many blocks have passed that it never will.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from google.protobuf.message import Message

import sdl
from akashpy.chain import genesis
from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.deploy import create_deployment
from akashpy.client.errors import ClientError
from akashpy.client.outcome import TxOutcome
from akashpy.client.provider import ProviderGateway, TokenCredentials
from akashpy.client.query import BidView, LeaseView
from akashpy.client.sdl import group_specs
from akashpy.client.signer import KeySigner
from akashpy.node.comet.keys import SigningKey
from akashpy.node.home import init_home
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentID
from akashpy.types.deposit import Deposit
from akashpy.types.market import BidID, LeaseID, LeaseState, OrderID
from akashpy.wire import deployment as pb_deployment
from akashpy.wire import escrow as pb_escrow
from akashpy.wire import market as pb_market
from tests.ports import free_port
from tests.stories.house import House
from tests.stories.ledger import Ledger
from tests.stories.people import address_of, key_of, module_address
from tests.stories.processes import Processes, Running, end_processes_under

T = TypeVar("T")

CHAIN_ID = "story-1"
FUNDS = "1000000000uakt,1000000000uact"
INTERVAL = 0.25
"""Seconds between blocks."""
PATIENCE = 80
PATIENCE_SECONDS = 90.0
"""What has not happened after so many blocks and seconds never will; a busy machine may still make
its blocks in time, so that blocks alone do not tell."""
STALL_SECONDS = 90.0
"""Seconds without any block after which the story fails."""
POOLS = ("bonded_tokens_pool", "not_bonded_tokens_pool")
MODULES = tuple(
    module_address(name) for name in ("escrow", "fee_collector", "distribution", *POOLS)
)
"""Accounts whose coins are everybody else's or the validators': what remains of the supply."""
NODE = Path(__file__).with_name("node_program.py")


class Town:
    """Made by `start`."""

    def __init__(
        self, root: Path, processes: Processes, document: dict[str, Any], interval: float
    ) -> None:
        self.root = root
        self.processes = processes
        self._interval = interval
        self.rpc_port, self.grpc_port = free_port(), free_port()
        self.ledger = Ledger(document)
        self.houses: dict[str, House] = {}
        self.node: Running
        self.client: Client
        self.http: aiohttp.ClientSession

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        root: Path,
        people: Sequence[str],
        *,
        interval: float = INTERVAL,
        funds: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Town]:
        """A chain that funds the people, a block every `interval` seconds, and a client."""
        validator = SigningKey(sha256(b"story validator").digest())
        purses = [
            (key_of(name).address, Coins.parse((funds or {}).get(name, FUNDS))) for name in people
        ]
        staked = (validator.public, key_of("operator").address, 5_000_000)
        document = genesis.default("default", CHAIN_ID, time.time_ns(), purses, staked)
        init_home(root / "node", document, validator_key=validator)
        async with AsyncExitStack() as stack:
            stack.callback(end_processes_under, root)
            processes = await stack.enter_async_context(Processes(root / "logs"))
            town = cls(root, processes, document, interval)
            town.http = await stack.enter_async_context(
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
            )
            await town.start_node()
            town.client = await stack.enter_async_context(
                Client.connect(town.grpc, town.rpc, settings=BroadcastSettings(poll=0.05))
            )
            yield town

    # The node

    @property
    def grpc(self) -> str:
        """The node's gRPC endpoint."""
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def rpc(self) -> str:
        """The node's RPC endpoint."""
        return f"http://127.0.0.1:{self.rpc_port}"

    async def start_node(self) -> None:
        """Start the node, or start it again where it was; the ports stay."""
        home, ports = str(self.root / "node"), (str(self.rpc_port), str(self.grpc_port))
        self.node = await self.processes.start(
            "node", [str(NODE), home, *ports, str(self._interval)]
        )

    async def cut_power(self, moment: str) -> None:
        """Let the node kill itself at a moment inside a coming block; returns when it is gone."""
        (self.root / "node" / "kill-at").write_text(moment)
        assert await self.node.gone() == -9

    # Waiting

    async def height(self) -> int:
        """The latest height."""
        return await self.client.node.height()

    async def next_block(self, count: int = 1) -> int:
        """Wait until `count` more blocks stand; gives the height."""
        height = await self.height()
        for _ in range(count):
            async with asyncio.timeout(STALL_SECONDS):
                height = await self.client.node.beyond(height)
        return height

    async def until(
        self, what: str, check: Callable[[], Awaitable[T | None]], *, blocks: int = PATIENCE
    ) -> T:
        """The first answer of `check` that is not None or False, asked once after every block."""
        last, seen, end = "", 0, time.monotonic() + PATIENCE_SECONDS
        while seen < blocks or time.monotonic() < end:
            seen += 1
            try:
                found = await check()
            except (ClientError, aiohttp.ClientError, TimeoutError) as error:
                found, last = None, f"; last refusal: {error!r}"
            if found is not None and found is not False:
                return found
            await self.next_block()
        raise AssertionError(f"{what}: not within {seen} blocks{last}\n{self._tails()}")

    def _tails(self) -> str:
        return "\n".join(
            f"--- {name}\n{house.process.tail()}"
            for name, house in self.houses.items()
            if house.process is not None
        )

    # People

    def address(self, name: str) -> str:
        """A person's account."""
        return address_of(name)

    async def send(self, who: str, *msgs: Message) -> TxOutcome:
        """A person's transaction, in a block. Raises the ChainError with which it was refused."""
        return await self.client.broadcast(msgs, KeySigner(key_of(who)))

    async def provider(self, name: str, **options: Any) -> House:
        """A provider that has registered and is ready to bid; options as of `House.open`."""
        house = await House.open(self, name, **options)
        self.houses[name] = house
        await house.start()
        return house

    # A deployment's life

    async def deploy(
        self, who: str, text: str, *, deposit: str = "5000000uakt", dseq: int | None = None
    ) -> DeploymentID:
        """Put an SDL text on chain."""
        found = sdl.load(text)
        created = await create_deployment(
            self.client,
            KeySigner(key_of(who)),
            group_specs(found.groups()),
            found.version(),
            Deposit(Coin.parse(deposit)),
            dseq=dseq,
        )
        return created.id

    async def bids(self, order: OrderID, count: int = 1) -> list[BidView]:
        """The open bids on an order, cheapest first, once there are `count`."""

        async def look() -> list[BidView] | None:
            found = [
                view
                async for view in self.client.query.market.bids(
                    owner=order.owner,
                    dseq=order.dseq,
                    gseq=order.gseq,
                    oseq=order.oseq,
                    state="open",
                )
            ]
            return found if len(found) >= count else None

        found = await self.until(f"{count} bids on {order}", look)
        return sorted(found, key=lambda view: (view.bid.price.amount, view.bid.id.provider))

    async def take(self, who: str, bid: BidID) -> LeaseID:
        """Take a bid."""
        await self.send(who, pb_market.MsgCreateLease(bid_id=bid.to_wire()))
        return bid.lease

    @asynccontextmanager
    async def gateway(self, who: str, provider: str) -> AsyncIterator[ProviderGateway]:
        """A provider's gateway, as a tenant."""
        credentials = TokenCredentials(key_of(who))
        async with ProviderGateway.of(self.client, provider, credentials) as gateway:
            yield gateway

    async def manifest(self, who: str, lease: LeaseID, text: str) -> None:
        """Hand a manifest over; a provider that has not seen the lease yet is asked again."""

        async def hand_over() -> bool:
            async with self.gateway(who, lease.provider) as gateway:
                await gateway.send_manifest(lease.dseq, sdl.load(text).manifest())
            return True

        await self.until(f"manifest of {lease} taken", hand_over, blocks=20)

    async def lease_status(self, who: str, lease: LeaseID) -> dict[str, Any]:
        """What the provider says of a lease."""
        async with self.gateway(who, lease.provider) as gateway:
            return await gateway.lease_status(lease)

    async def page(self, who: str, lease: LeaseID, *, says: str | None = None) -> tuple[str, str]:
        """Text and number of start of the lease's page, once it is served (and `says` this)."""

        async def look() -> tuple[str, str] | None:
            status = await self.lease_status(who, lease)
            uris = status["services"]["web"]["uris"]
            if not uris:
                return None
            found = await self.fetch(f"http://{uris[0]}/")
            return found if found and says in (None, found[0]) else None

        return await self.until(f"page of {lease}", look)

    async def uri(self, who: str, lease: LeaseID) -> str:
        """Where the lease's page is."""
        status = await self.lease_status(who, lease)
        return f"http://{status['services']['web']['uris'][0]}/"

    async def fetch(self, uri: str) -> tuple[str, str] | None:
        """A page's two parts; None when it is not served."""
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self.http.get(uri) as response:
                if response.status == 200:
                    text, _, start = (await response.text()).partition("|")
                    return text, start
        return None

    async def serve(self, who: str, text: str, **options: Any) -> tuple[LeaseID, str, str]:
        """From SDL to a served page with the cheapest bid: the lease, its address, its start."""
        wanted = int(options.pop("wait_for", 1))
        id = await self.deploy(who, text, **options)
        best = (await self.bids(OrderID.of(id.with_gseq(1), 1), wanted))[0]
        lease = await self.take(who, best.bid.id)
        await self.manifest(who, lease, text)
        _, start = await self.page(who, lease)
        return lease, await self.uri(who, lease), start

    async def gone(self, uri: str) -> None:
        """Wait until nothing answers at an address any more."""

        async def look() -> bool:
            return await self.fetch(uri) is None

        await self.until(f"{uri} is gone", look)

    async def close(self, who: str, id: DeploymentID) -> TxOutcome:
        """Close a deployment."""
        return await self.send(who, pb_deployment.MsgCloseDeployment(id=id.to_wire()))

    async def top_up(self, who: str, id: DeploymentID, coin: str) -> TxOutcome:
        """Add money to a deployment's account."""
        deposit = Deposit(Coin.parse(coin)).to_wire()
        message = pb_escrow.MsgAccountDeposit(
            signer=self.address(who), id=id.escrow.to_wire(), deposit=deposit
        )
        return await self.send(who, message)

    async def lease_in(self, lease: LeaseID, state: LeaseState) -> LeaseView:
        """The lease, once it is in a state."""

        async def look() -> LeaseView | None:
            view = await self.client.query.market.lease(lease)
            return view if view.lease.state is state else None

        return await self.until(f"{lease} {state.name}", look)

    # Money

    async def books(self, height: int | None = None) -> Ledger:
        """Work out again who owns what, and hold the chain to it to the last base unit."""
        at = await self.height() if height is None else height
        await self.ledger.follow(self.http, self.rpc, at)
        query, at = self.client.query, self.ledger.height
        for owner, denom in sorted(self.ledger.owners()):
            if owner in MODULES:
                continue
            found = await query.bank.balance(owner, denom, height=at)
            wanted = self.ledger.owned(owner, denom)
            assert found == wanted, f"{self._name(owner)} has {found}{denom}, not {wanted}"
        for denom, supply in self.ledger.supply.items():
            assert await query.bank.supply(denom, height=at) == supply
        await self._compare_payments(at)
        return self.ledger

    async def _compare_payments(self, height: int) -> None:
        found = {
            str(payment.id): payment
            async for payment in self.client.query.escrow.payments(height=height)
        }
        streams = self.ledger.oracle.streams
        assert set(found) == set(streams)
        for key, stream in streams.items():
            assert found[key].state.name == stream.state, key
            assert found[key].withdrawn.amount == stream.taken, key

    def _name(self, owner: str) -> str:
        names = {house.address: name for name, house in self.houses.items()}
        return names.get(owner, owner)
