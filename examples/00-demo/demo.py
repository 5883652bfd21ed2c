"""The product's whole life on one machine, with real parts: `make demo`.

Starts a chain and three providers, brings a page up from an SDL file, updates it, lets escrow pay
for it block by block, ends it, and accounts for every base unit. Everything runs in a directory of
its own and is gone afterwards. Exit code 1 if any figure differs from an independent computation.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import money
from rich.console import Console
from rich.table import Table

from akashpy.cli.people.auction import short
from akashpy.client.client import Client
from akashpy.client.query import LeaseView
from akashpy.client.signer import KeySigner
from akashpy.keys.ring import Keyring
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import LeaseID
from akashpy.wire import market as pb

EXAMPLE = Path(__file__).resolve().parent.parent / "01-hello-web"
NAME = "hello"
PROVIDERS = 3
BLOCK_INTERVAL = "0.5"
WATCHED_BLOCKS = 4
READY_SECONDS = 90.0
AKASHPY = (sys.executable, "-m", "akashpy.cli")

out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


class Failed(Exception):
    """A step that did not work; the text is for the person watching."""


async def demo(home: Path) -> None:
    """All steps in their order. Raises Failed, money.Mismatch."""
    environment = os.environ | {"AKASHPY_HOME": str(home)}
    step("a chain and three providers")
    async with development_chain(environment) as chain:
        show_chain(chain)
        async with Client.connect(chain["grpc"], chain["rpc"]) as client:
            await life(client, chain, environment)
    step("everything has stopped")


async def life(client: Client, chain: dict[str, Any], environment: dict[str, str]) -> None:
    """One deployment from its SDL file to the last coin."""
    tenant = chain["keys"]["tenant"]
    accounts = [tenant, *chain["gateways"], money.ESCROW, money.FEES, money.REWARDS]
    first = await client.node.height()
    before = await money.balances(client, accounts, first)

    step("an SDL file becomes an order; providers bid; the cheapest wins; the page is served")
    made = await akashpy("up", EXAMPLE / "deploy.yaml", "--name", NAME, environment=environment)
    lease = await lease_of(client, made)
    url = made["services"][0]["urls"][0]
    out.print(f"  [bold]{url}[/] says: [green]{await first_line(url)}[/]")

    step("the same command with a changed file updates it in place")
    made = await akashpy("up", EXAMPLE / "deploy-v2.yaml", "--name", NAME, environment=environment)
    out.print(f"  [bold]{url}[/] says: [green]{await first_line(url)}[/]")

    step(f"escrow pays {short(lease.lease.price)} per block")
    settled = await watch_escrow(client, chain, lease)

    step("the end: the service stops, the rest of the deposit comes back")
    await akashpy("down", NAME, "-y", environment=environment)
    ended = await client.query.market.lease(lease.lease.id)
    settled.append(ended.lease.closed_on)
    paid = money.due(ended.lease, settled)
    money.require("earned by the provider", ended.payment.withdrawn.amount, paid)
    await gone(url)

    step("who was paid what")
    last = await client.node.beyond(ended.lease.closed_on)
    after = await money.balances(client, accounts, last)
    await account_for(client, before, after, tenant, lease.lease.id.provider, paid)


async def lease_of(client: Client, made: dict[str, Any]) -> LeaseView:
    """The lease that `akashpy up` made."""
    (lease,) = made["leases"]
    id = LeaseID(made["owner"], int(made["dseq"]), lease["gseq"], 1, lease["provider"], 0)
    return await client.query.market.lease(id)


async def watch_escrow(client: Client, chain: dict[str, Any], lease: LeaseView) -> list[int]:
    """Settle twice, some blocks apart; the heights. The account must lose price x blocks."""
    id = DeploymentID(lease.lease.id.owner, lease.lease.id.dseq)
    signer = provider_signer(chain, lease.lease.id.provider)
    message = pb.MsgWithdrawLease(id=lease.lease.id.to_wire())
    heights: list[int] = []
    for _ in range(2):
        if heights:
            await client.node.beyond(heights[-1] + WATCHED_BLOCKS)
        heights.append((await client.broadcast([message], signer)).height)
        left = await money.funds(client, id, heights[-1])
        out.print(f"  block {heights[-1]}: {left.truncate()}{money.DENOM} left")
    start, end = heights
    lost = await money.funds(client, id, start) - await money.funds(client, id, end)
    computed = money.due(lease.lease, heights) - money.due(lease.lease, heights[:1])
    money.require(f"escrow from block {start} to {end}", lost.truncate(), computed)
    price = lease.lease.price
    out.print(f"  {end - start} blocks x {short(price)} = {computed}{money.DENOM}: exact")
    return heights


def provider_signer(chain: dict[str, Any], provider: str) -> KeySigner:
    """The provider's own key, from its home in the development chain."""
    for number in range(1, PROVIDERS + 1):
        ring = Keyring.open(Path(chain["home"]) / f"provider-{number}", "test")
        if str(ring.get("provider").address) == provider:
            return KeySigner(ring.key("provider"))
    raise Failed(f"no home of provider {provider}")


async def account_for(
    client: Client,
    before: money.Balances,
    after: money.Balances,
    tenant: str,
    provider: str,
    paid: int,
) -> None:
    """Explain every account's change by the lease, fees and new coins; show it. Raises Mismatch."""
    traffic = await money.traffic(client, before.height + 1, after.height)
    handed_on = traffic.handed_on(before.held[money.FEES])
    names = {
        tenant: "tenant",
        provider: "winning provider",
        money.ESCROW: "escrow",
        money.FEES: "fee collector",
        money.REWARDS: "validators' rewards",
    }
    table = Table(box=None, header_style="bold")
    for column in ("account", "before", "lease", "fees", "made", "to validators", "after"):
        table.add_column(column, justify="left" if column == "account" else "right")
    for account, held in before.held.items():
        changes = (
            {tenant: -paid, provider: paid}.get(account, 0),
            traffic.fees.total() if account == money.FEES else -traffic.fees[account],
            traffic.minted if account == money.FEES else 0,
            {money.FEES: -handed_on, money.REWARDS: handed_on}.get(account, 0),
        )
        name = names.get(account, "losing provider")
        money.require(name, after.held[account], held + sum(changes))
        table.add_row(name, *(f"{value:,}" for value in (held, *changes, after.held[account])))
    money.require("supply", after.supply, before.supply + traffic.minted)
    out.print(table)
    out.print(
        f"  supply {before.supply:,} + {traffic.minted:,} made in {after.height - before.height} "
        f"blocks = {after.supply:,}{money.DENOM}; every figure explained"
    )


# the parts


@asynccontextmanager
async def development_chain(environment: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    """`akashpy dev` until left. Raises Failed when it does not come up."""
    consensus = ("--consensus", environment.get("CONSENSUS") or "embedded")
    process = await asyncio.create_subprocess_exec(
        *AKASHPY, "dev", "--providers", str(PROVIDERS), "--block-interval", BLOCK_INTERVAL,
        "--rpc-port", "0", "--grpc-port", "0", "-o", "json", *consensus,
        env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_SECONDS):
            line = await process.stdout.readline()
        if not line:
            raise Failed("akashpy dev did not start")
        yield json.loads(line)
    except TimeoutError:
        raise Failed(f"akashpy dev was not ready within {READY_SECONDS:g} s") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(30):
                await process.wait()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def akashpy(*words: Any, environment: dict[str, str]) -> Any:
    """Run an akashpy command as a person would, and read its JSON. Raises Failed."""
    shown = " ".join(str(word) for word in words if word != "-y")
    out.print(f"  [dim]$ akashpy {shown.replace(str(EXAMPLE.parent), 'examples')}[/]")
    process = await asyncio.create_subprocess_exec(
        *AKASHPY, *(str(word) for word in words), "-o", "json",
        env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise Failed(f"akashpy {words[0]} ended with {process.returncode}")
    return json.loads(said)


async def first_line(url: str) -> str:
    """The first line of the page, once the server answers 200. Raises Failed."""
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while True:
                try:
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return (await answer.text()).splitlines()[0]
                except aiohttp.ClientError:
                    pass  # not listening yet
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise Failed(f"{url} did not answer within 30 s") from None


async def gone(url: str) -> None:
    """Return when nothing is served there any more. Raises Failed."""
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while True:
                try:
                    async with session.get(url):
                        await asyncio.sleep(0.1)
                except aiohttp.ClientError:
                    out.print(f"  {url} is gone")
                    return
    except TimeoutError:
        raise Failed(f"{url} still answers 30 s after the lease was closed") from None


def show_chain(chain: dict[str, Any]) -> None:
    """Where everything is."""
    out.print(f"  chain {chain['chain_id']}: JSON-RPC {chain['rpc']}, gRPC {chain['grpc']}")
    for address, gateway in chain["gateways"].items():
        out.print(f"  provider {address} at {gateway}")


def step(text: str) -> None:
    """Announce a step."""
    out.print(f"\n[bold cyan]{text}[/]")


def main(arguments: Sequence[str]) -> int:
    """Run the demo; 0 when everything was as computed, 1 otherwise, 130 on Ctrl-C."""
    if arguments:
        out.print("usage: demo.py   (takes nothing)")
        return 2
    home = Path(tempfile.mkdtemp(prefix="akashpy-demo-"))
    try:
        asyncio.run(demo(home))
    except (Failed, money.Mismatch) as error:
        out.print(f"\n[bold red]failed:[/] {error}")
        for log in sorted(home.glob("dev/*.log")):
            out.print(
                f"[dim]{log.name}: {log.read_text(errors='replace')[-2000:]}[/]", markup=False
            )
        return 1
    except KeyboardInterrupt:
        out.print("\ninterrupted; everything was stopped")
        return 130
    finally:
        shutil.rmtree(home, ignore_errors=True)
    out.print("\n[bold green]done[/]: deployed, served, updated, paid and closed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
