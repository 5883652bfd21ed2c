"""The whole loop on a Go chain: our provider daemon, our client and Go's tenants, real money."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
import yaml

from akashpy.client.client import Client
from akashpy.client.errors import ClientError, Unreachable
from akashpy.client.provider import ProviderGateway, TokenCredentials
from akashpy.keys.ring import Keyring
from akashpy.types.deployment import DeploymentID
from akashpy.types.errors import ChainError
from akashpy.types.escrow import State
from akashpy.types.market import BidID, BidState, Lease, LeaseID, LeaseState
from akashpy.wire import deployment as deployment_pb
from akashpy.wire import market as market_pb
from tests.parity.gonode.gochain import GoChain, GoFailed, free_ports, go_chain, init_chain
from tests.parity.gonode.loop import DENOM, DEPOSIT, HELLO, bid, deploy, hello, page, register
from tests.parity.gonode.test_commands_on_go import ours
from tests.stories.house import PROGRAM
from tests.stories.processes import Processes, Running, end_processes_under

T = TypeVar("T")

PATIENCE = 100
"""Blocks within which everything must have happened."""
FIRST, SECOND = "version 1", "version 2"
PRICES = {"uact": {"cpu": "3", "memory": "0.5"}}
"""Base units per block for a thousandth of a core and a MiB."""
RATE = 3 * 100 + 128 // 2
"""What the daemon must ask for hello.yaml."""
DEAR = {"uact": {"cpu": "300"}}
DEAR_RATE = 300 * 100
SMALL_DEPOSIT = 60 * DEAR_RATE + 7
"""Lasts for sixty blocks and a bit."""


@dataclass
class Market:
    """A Go chain with our provider daemon on it."""

    go: GoChain
    client: Client
    daemon: Running
    address: str

    async def until(self, what: str, check: Callable[[], Awaitable[T | None]]) -> T:
        """The first answer of `check` that is not None, asked once after every block."""
        last: Exception | None = None
        for _ in range(PATIENCE):
            try:
                found = await check()
            except (ClientError, ChainError, GoFailed) as error:
                found, last = None, error
            if found is not None:
                return found
            await self.client.node.beyond(await self.client.node.height())
        raise AssertionError(f"{what}: not within {PATIENCE} blocks; {last}\n{self.daemon.tail()}")

    async def bid(self, id: DeploymentID, rate: int = RATE) -> BidID:
        """The daemon's bid on a deployment."""

        async def look() -> BidID | None:
            listed = self.client.query.market.bids(
                owner=id.owner, dseq=id.dseq, provider=self.address, state="open"
            )
            async for view in listed:
                assert view.bid.price.amount.truncate() == rate
                return view.bid.id
            return None

        return await self.until(f"bid on {id}", look)

    async def money(self) -> tuple[int, int]:
        """What the tenant of the Go CLI and the provider have."""
        bank = self.client.query.bank
        tenant = await bank.balance(self.go.key("cli").address, DENOM)
        return tenant, await bank.balance(self.address, DENOM)

    async def ended(self, lease: LeaseID, uri: str, before: tuple[int, int]) -> None:
        """The lease is closed, each has what the blocks say, and nothing is served any more."""
        view = await self.client.query.market.lease(lease)
        assert view.lease.state is LeaseState.CLOSED
        earned = RATE * (view.lease.closed_on - view.lease.created_at)
        assert view.payment.withdrawn.amount == earned
        deployment = await self.client.query.deployment.deployment(lease.deployment)
        assert deployment.account.state is State.CLOSED
        tenant, provider = before
        assert await self.money() == (tenant - earned, provider + earned)

        await self.gone(uri)

    async def gone(self, uri: str) -> None:
        """Wait until nothing answers at an address any more."""

        async def look() -> bool | None:
            async with aiohttp.ClientSession() as session:
                try:
                    async with session.get(f"http://{uri}/"):
                        return None
                except aiohttp.ClientError:
                    return True

        await self.until(f"end of {uri}", look)


@asynccontextmanager
async def opened(go: GoChain, root: Path, prices: dict[str, Any]) -> AsyncIterator[Market]:
    """A registered provider, its daemon ready to bid; everything it started is ended."""
    home = root / "house"
    home.mkdir()
    Keyring.open(home, "test").add("house", go.key("house"))
    (port,) = free_ports(1)
    try:
        async with Processes(root / "logs") as processes, go.client() as client:
            await processes.run(
                "init",
                [*PROGRAM, "init", "--home", str(home), "--node", go.node,
                 "--grpc-addr", go.grpc, "--from", "house", "--keyring-backend", "test",
                 "--host", f"https://localhost:{port}", "--attribute", "region=us-west"],
            )  # fmt: skip
            file = home / "provider.yaml"
            declared = yaml.safe_load(file.read_text()) | {"pricing": prices}
            file.write_text(yaml.safe_dump(declared))
            daemon = await processes.start(
                "run",
                [*PROGRAM, "run", "--home", str(home),
                 "--gateway-listen-address", f"127.0.0.1:{port}"],
            )  # fmt: skip
            yield Market(go, client, daemon, str(go.key("house").address))
            assert await daemon.stop() == 0
    finally:
        end_processes_under(root)


@pytest.fixture
async def market(go: GoChain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Market]:
    """A provider at an ordinary price."""
    async with opened(go, tmp_path_factory.mktemp("p"), PRICES) as market:
        yield market


async def test_our_client_and_provider_run_the_loop(market: Market) -> None:
    go, client, tenant = market.go, market.client, market.go.signer("cli")
    before = await market.money()
    created = await deploy(client, tenant, hello())
    bid = await market.bid(created.id)
    await client.broadcast([market_pb.MsgCreateLease(bid_id=bid.to_wire())], tenant)
    lease = bid.lease

    credentials = TokenCredentials(go.key("cli"))
    async with ProviderGateway.of(client, market.address, credentials) as gateway:

        async def sent() -> bool:
            await gateway.send_manifest(lease.dseq, hello().manifest())
            return True

        await market.until("manifest taken", sent)

        async def where() -> str | None:
            uris = (await gateway.lease_status(lease))["services"]["web"]["uris"]
            return uris[0] if uris else None

        uri = await market.until("an address", where)
        assert FIRST in await page(uri)

        second = hello("", (FIRST, SECOND))
        change = deployment_pb.MsgUpdateDeployment(id=created.id.to_wire(), hash=second.version())
        await client.broadcast([change], tenant)

        async def sent_again() -> bool:
            await gateway.send_manifest(lease.dseq, second.manifest())
            return True

        await market.until("second manifest taken", sent_again)

        async def updated() -> bool | None:
            return SECOND in await page(await where() or uri) or None

        await market.until("second version", updated)
        lines = [line.message async for line in gateway.logs(lease)]
        assert any('"GET / HTTP/1.1" 200' in line for line in lines)
        async with gateway.shell(lease, "web", ["/bin/echo", "foo"]) as shell:
            said = b"".join([part.data async for part in shell.output()])
            assert (said, shell.exit_code) == (b"foo\n", 0)
        uri = await where() or uri
    await client.broadcast([deployment_pb.MsgCloseDeployment(id=created.id.to_wire())], tenant)
    await market.ended(lease, uri, before)


async def test_go_commands_run_the_loop_with_our_provider(market: Market, tmp_path: Path) -> None:
    go, client = market.go, market.client
    before = await market.money()
    owner = go.key("cli").address
    await go.ago("akash", "tx", "cert", "generate", "client", "--from", "cli", "--overwrite")
    await _tx(go, "cert", "publish", "client", "--from", "cli")
    made = await _tx(
        go, "deployment", "create", str(HELLO), "--deposit", f"{DEPOSIT}{DENOM}", "--from", "cli"
    )
    id = DeploymentID(owner, await _dseq(client, owner, int(made["height"])))
    await market.bid(id)
    (shown,) = go.query("market", "bid", "list", "--owner", owner, "--dseq", str(id.dseq))["bids"]
    assert shown["bid"]["id"]["provider"] == market.address
    name = ("--dseq", str(id.dseq), "--provider", market.address, "--from", "cli")
    await _tx(go, "market", "lease", "create", *name)
    lease = LeaseID(owner, id.dseq, 1, 1, go.key("house").address)
    flags = (*name, "--home", str(go.home), "--keyring-backend", "test", "--node", go.node)

    async def run(*arguments: str) -> str:
        return await go.ago("provider-services", *arguments, *flags)

    async def sent() -> bool:
        answer = json.loads(await run("send-manifest", str(HELLO), "-o", "json"))
        assert answer == [{"provider": market.address, "status": "PASS"}]
        return True

    await market.until("manifest taken", sent)

    async def where() -> str | None:
        status = json.loads(await run("lease-status"))
        uris = status["services"]["web"]["uris"]
        return uris[0] if uris else None

    uri = await market.until("an address", where)
    assert FIRST in await page(uri)
    assert json.loads(await run("service-status", "--service", "web"))["available"] == 1
    assert f"[{lease}][web-" in await run("lease-logs", "--service", "web")
    assert '"GET / HTTP/1.1" 200' in await run("lease-logs")
    assert await run("lease-shell", "web", "/bin/echo", "foo") == "foo\n"
    assert await run("lease-shell", "--auth-type", "mtls", "web", "/bin/echo", "bar") == "bar\n"

    second = tmp_path / "second.yaml"
    second.write_text(HELLO.read_text().replace(FIRST, SECOND))
    with pytest.raises(GoFailed, match="manifest version validation failed"):
        await run("send-manifest", str(second), "-o", "json")
    await _tx(go, "deployment", "update", str(second), "--dseq", str(id.dseq), "--from", "cli")

    async def sent_again() -> bool:
        await run("send-manifest", str(second), "-o", "json")
        return True

    await market.until("second manifest taken", sent_again)

    async def updated() -> bool | None:
        return SECOND in await page(await where() or uri) or None

    await market.until("second version", updated)
    uri = await where() or uri
    await _tx(go, "escrow", "deposit", "deployment", f"1000000{DENOM}",
              "--dseq", str(id.dseq), "--from", "cli")  # fmt: skip
    await _tx(go, "deployment", "close", "--dseq", str(id.dseq), "--from", "cli")
    await market.ended(lease, uri, before)
    after = await asyncio.to_thread(go.attempt, "provider-services", "lease-status", *flags)
    assert "remote server returned 404" in after.stderr


async def test_a_lease_that_can_no_longer_be_paid_ends(
    go: GoChain, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Akash's chain ends it only when it is settled: the daemon sees to that."""
    tenant = go.signer("cli")
    dear = hello("", ("amount: 1000", "amount: 50000"))
    async with opened(go, tmp_path_factory.mktemp("p"), DEAR) as market:
        client, before = market.client, await market.money()
        created = await deploy(client, tenant, dear, SMALL_DEPOSIT)
        bid = await market.bid(created.id, DEAR_RATE)
        await client.broadcast([market_pb.MsgCreateLease(bid_id=bid.to_wire())], tenant)
        async with ProviderGateway.of(
            client, market.address, TokenCredentials(go.key("cli"))
        ) as gateway:

            async def uri() -> str:
                await gateway.send_manifest(bid.dseq, dear.manifest())
                status = await gateway.lease_status(bid.lease)
                found: str = status["services"]["web"]["uris"][0]
                return found

            address = await market.until("an address", uri)
            assert FIRST in await page(address)

        async def ended() -> Lease | None:
            view = await client.query.market.lease(bid.lease)
            return view.lease if view.lease.state is LeaseState.INSUFFICIENT_FUNDS else None

        lease = await market.until("end of the lease", ended)
        assert lease.closed_on - lease.created_at >= SMALL_DEPOSIT // DEAR_RATE
        assert lease.closed_on - lease.created_at <= SMALL_DEPOSIT // DEAR_RATE + 10
        await market.gone(address)
        tenant_had, provider_had = before
        after = await market.money()
        assert after[0] == tenant_had - SMALL_DEPOSIT
        assert after[1] == provider_had + SMALL_DEPOSIT


async def test_a_losing_bid_is_taken_back(market: Market) -> None:
    """Akash's chain refunds only the first loser by address; the others have to ask."""
    go, client, tenant = market.go, market.client, market.go.signer("cli")
    rivals = [go.signer("provider"), go.signer("other")]
    known = [each.owner async for each in client.query.provider.providers()]
    for rival in rivals:
        if rival.address not in known:
            await register(client, rival, "https://localhost:9000")
    _, before = await market.money()
    created = await deploy(client, tenant, hello())
    ours_first = await market.bid(created.id)
    best, _ = [await bid(client, rival, created.id, RATE - 1) for rival in rivals]
    assert (await market.money())[1] < before
    await client.broadcast([market_pb.MsgCreateLease(bid_id=best.to_wire())], tenant)

    async def refunded() -> bool | None:
        return (await market.money())[1] == before or None

    await market.until("deposit back", refunded)
    view = await client.query.market.bid(ours_first)
    assert view.bid.state in {BidState.LOST, BidState.CLOSED}
    await client.broadcast([deployment_pb.MsgCloseDeployment(id=created.id.to_wire())], tenant)


async def test_our_people_commands(market: Market) -> None:
    """`akashpy up`, `ps`, `exec`, `logs`, `down` with the environment of Akash's own command."""
    go = market.go
    before = await market.money()

    async def run(*arguments: str) -> str:
        done = await asyncio.to_thread(ours, go, *arguments, "--from", "cli")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    shown = await run("up", str(HELLO))
    assert "http://127.0.0.1:" in shown
    uri = shown.split("http://")[1].split()[0]
    assert FIRST in await page(uri)
    assert "hello" in await run("ps")
    assert await run("exec", "hello", "/bin/echo", "foo") == "foo\n"
    assert '"GET / HTTP/1.1" 200' in await run("logs", "hello")
    (deployment,) = [
        view.deployment.id
        async for view in market.client.query.deployment.deployments(
            owner=go.key("cli").address, state="active"
        )
    ]
    await run("down", "hello", "-y")
    lease = LeaseID(deployment.owner, deployment.dseq, 1, 1, go.key("house").address)
    await market.ended(lease, uri, before)


async def test_a_node_that_goes_and_comes_back_costs_no_workload(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, ports = tmp_path / "node", free_ports(3)
    home.mkdir()
    init_chain(home)
    async with AsyncExitStack() as stack:
        with go_chain(home, ports=ports) as go:
            market = await stack.enter_async_context(
                opened(go, tmp_path_factory.mktemp("p"), PRICES)
            )
            client, tenant = market.client, go.signer("cli")
            created = await deploy(client, tenant, hello())
            bid = await market.bid(created.id)
            await client.broadcast([market_pb.MsgCreateLease(bid_id=bid.to_wire())], tenant)
            credentials = TokenCredentials(go.key("cli"))
            gateway = await stack.enter_async_context(
                ProviderGateway.of(client, market.address, credentials)
            )

            async def where() -> str:
                await gateway.send_manifest(bid.dseq, hello().manifest())
                status = await gateway.lease_status(bid.lease)
                found: str = status["services"]["web"]["uris"][0]
                return found

            uri = await market.until("an address", where)
            assert FIRST in await page(uri)
        with pytest.raises(Unreachable):
            await client.status()
        assert FIRST in await page(uri)
        with go_chain(home, ports=ports):
            height = 0
            while height < created.outcome.height + 30:
                height = await client.node.beyond(height)
            assert FIRST in await page(uri)
            assert (await client.query.market.lease(bid.lease)).lease.state is LeaseState.ACTIVE
            close = deployment_pb.MsgCloseDeployment(id=created.id.to_wire())
            await client.broadcast([close], tenant)
            await market.gone(uri)
            await stack.aclose()


async def _tx(go: GoChain, *arguments: str) -> dict[str, Any]:
    return await asyncio.to_thread(go.tx, *arguments)


async def _dseq(client: Client, owner: str, height: int) -> int:
    """The number of the deployment that was created in a block."""
    listed = client.query.deployment.deployments(owner=owner, state="active")
    found = [v.deployment.id.dseq async for v in listed if v.deployment.created_at == height]
    assert len(found) == 1
    return found[0]
