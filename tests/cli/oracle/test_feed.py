"""`akashpy oracle feed` against a real node, a file and a local HTTP server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from akashpy.chain import genesis
from akashpy.cli.oracle.feeder import Feeder, sender
from akashpy.cli.oracle.guard import Guard
from akashpy.cli.oracle.sources import parse
from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.errors import Unreachable
from akashpy.client.outcome import TxOutcome
from akashpy.client.rpc import RpcTransport
from akashpy.client.signer import KeySigner
from akashpy.node import local
from akashpy.node.comet.keys import SigningKey
from akashpy.node.daemon import Node, NodeSettings
from akashpy.node.home import init_home
from akashpy.types.coin import Coins
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID
from akashpy.types.errors import InvalidRequest
from akashpy.wire import deployment, escrow, market, provider
from akashpy.wire import oracle as pb
from tests.chain.bazaar import HASH, deposit, first_order, price_of, spec, unit
from tests.cli.conftest import Cli, with_keys
from tests.nodes import CHAIN_ID, FUNDS, key_of, node_process

SECOND = 10**9
PATIENCE = 90.0
PRICE = "/akash.oracle.v2.Query/AggregatedPrice"
GUARD = Guard(
    max_age=600 * SECOND,
    max_deviation_bps=100,
    min_sources=1,
    min_change_bps=5,
    heartbeat=SECOND // 5,
)


def home_with_feed(root: Path) -> Path:
    """A chain whose oracle takes prices from the account `other`."""
    validator = SigningKey(sha256(b"validator").digest())
    accounts = [(key_of(name).address, Coins.parse(FUNDS)) for name in ("tenant", "other")]
    document = genesis.default(
        "default",
        CHAIN_ID,
        time.time_ns(),
        accounts,
        (validator.public, key_of("operator").address, 5_000_000),
    )
    params = document["app_state"]["oracle"]["params"]
    params["sources"] = [key_of("other").address]
    return init_home(root, document, validator_key=validator).root


class Log:
    """What a feeder reported."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []
        self.came = asyncio.Event()

    def __call__(self, what: str, facts: dict[str, object]) -> None:
        self.lines.append((what, facts))
        self.came.set()

    async def until(self, what: str, count: int = 1) -> None:
        async with asyncio.timeout(PATIENCE):
            while sum(1 for kind, _ in self.lines if kind == what) < count:
                self.came.clear()
                await self.came.wait()

    def of(self, what: str) -> list[dict[str, object]]:
        return [facts for kind, facts in self.lines if kind == what]


async def test_the_chain_has_the_median_of_the_sources(tmp_path: Path) -> None:
    market = {"price": "1.25"}

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(market)

    app = web.Application()
    app.add_routes([web.get("/price", answer)])
    file = tmp_path / "price.txt"
    file.write_text("1.26")
    log, stop = Log(), asyncio.Event()
    async with (
        TestServer(app) as server,
        Node.start(
            home_with_feed(tmp_path / "node"), NodeSettings(rpc_port=0, block_interval=0.05)
        ) as node,
    ):
        client = Client(local.transport(node.core))
        texts = [f"{server.make_url('/price')}#price", f"file:{file}", "file:nowhere"]
        send = sender(client, KeySigner(key_of("other")), ("akt", "usd"), 60.0)
        feeder = Feeder([parse(text, 60.0) for text in texts], GUARD, 0.05, log, send)
        task = asyncio.create_task(feeder.run(stop))
        await log.until("fed")
        # the market is flat: heartbeats keep the price fresh
        await log.until("fed", 4)
        assert {facts["price"] for facts in log.of("fed")} == {"1.255000000000000000"}
        market["price"] = "1.5"
        file.write_text("1.5")
        moved = len(log.of("fed"))
        await log.until("fed", moved + 2)
        assert log.of("fed")[-1]["price"] == "1.500000000000000000"
        stop.set()
        assert await task
        found = await client.call(
            PRICE, pb.QueryAggregatedPriceRequest(denom="akt"), pb.QueryAggregatedPriceResponse
        )
        assert found.price_health.is_healthy
        assert Dec.from_wire(found.aggregated_price.median_price) == Dec.of("1.5")
    assert log.lines[-1] == ("stopped", {})
    assert any("file:nowhere" in str(facts["left_out"]) for facts in log.of("source"))


async def test_refusals_and_silence_do_not_end_the_feed(tmp_path: Path) -> None:
    """needs E.1 row 14: whatever goes wrong, the next round feeds."""
    file = tmp_path / "price.txt"
    file.write_text("1")
    troubles = [InvalidRequest("no"), Unreachable("gone"), TimeoutError()]
    sent: list[tuple[Dec, int]] = []

    async def send(price: Dec, moment: int) -> TxOutcome:
        if troubles:
            raise troubles.pop(0)
        sent.append((price, moment))
        return TxOutcome("AB", 7, 0, "", "", 0, 0, (), b"")

    log, stop = Log(), asyncio.Event()
    task = asyncio.create_task(
        Feeder([parse(f"file:{file}", 1.0)], GUARD, 0.01, log, send).run(stop)
    )
    await log.until("fed")
    assert [facts["error"] for facts in log.of("refused")] == [
        "no: invalid request", "gone", "the node took too long",
    ]  # fmt: skip
    file.unlink()
    await log.until("no-price")
    file.write_text("2")
    await log.until("fed", 2)
    stop.set()
    await task
    assert [price for price, _ in sent[:1] + sent[-1:]] == [Dec.of(1), Dec.of(2)]
    moments = [moment for _, moment in sent]
    assert moments == sorted(moments)


async def test_a_stale_file_feeds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "price.txt"
    file.write_text("1")
    old = time.time_ns() - 3600 * SECOND
    os.utime(file, ns=(old, old))
    log = Log()
    feeder = Feeder([parse(f"file:{file}", 1.0)], GUARD, 0.01, log, None)
    assert not await feeder.run(asyncio.Event(), once=True)
    assert [kind for kind, _ in log.lines] == ["source", "no-price"]


# THE COMMAND


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """The commands and a node whose oracle trusts `other`."""
    root = tmp_path_factory.mktemp("feed")
    with node_process(home_with_feed(root / "node")) as node:
        yield Cli(with_keys(root), node.rpc)


def test_a_dry_run_needs_neither_key_nor_node(alone: Cli, tmp_path: Path) -> None:
    file = tmp_path / "price.txt"
    file.write_text("1.25")
    done = alone("oracle", "feed", f"file:{file}", "--dry-run", "--once", "-o", "json")
    assert done.code == 0, done
    (line,) = map(json.loads, done.out.splitlines())
    assert (line["event"], line["price"], line["pair"]) == (
        "would-feed", "1.250000000000000000", "akt/usd",
    )  # fmt: skip


def test_nothing_to_feed_is_exit_code_one(alone: Cli, tmp_path: Path) -> None:
    done = alone("oracle", "feed", f"file:{tmp_path}/none", "--dry-run", "--once")
    assert done.code == 1
    assert "no-price: sources 0, min_sources 1" in done.out
    assert "no price was fed" in done.err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("price.txt",), "is no source"),
        (("file:x", "--interval", "0s"), "--interval must be above zero"),
        (("file:x",), 'required flag(s) "from" not set'),
        ((), "Missing argument 'SOURCE...'"),
    ],
)
def test_wrong_usage(alone: Cli, words: tuple[str, ...], text: str) -> None:
    done = alone("oracle", "feed", *words)
    assert done.code == 2
    assert text in done.err


def test_a_price_is_fed_once(running: Cli, tmp_path: Path) -> None:
    file = tmp_path / "price.txt"
    file.write_text("1.25")
    done = running("oracle", "feed", f"file:{file}", "--once", "--from", "other")
    assert done.code == 0, done
    assert " akt/usd fed: price 1.250000000000000000, sources 1, height " in done.out
    wrong = running(
        "oracle", "feed", f"file:{file}", "--once", "--from", "other", "--chain-id", "x"
    )
    assert (wrong.code, "--chain-id is 'x'" in wrong.err) == (1, True)
    refused = running("oracle", "feed", f"file:{file}", "--once", "--from", "tenant")
    assert refused.code == 1
    assert "is not authorized oracle provider" in refused.out


def test_a_signal_ends_it_gracefully(running: Cli, tmp_path: Path) -> None:
    file = tmp_path / "price.txt"
    file.write_text("1.25")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "AKASH_NODE": running.node,
        "AKASH_HOME": str(running.home),
        "AKASH_KEYRING_BACKEND": "test",
    }
    words = ["-m", "akashpy.cli", "oracle", "feed", f"file:{file}", "--from", "other"]
    process = subprocess.Popen(
        [sys.executable, *words, "-o", "json", "--interval", "100ms"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "fed"
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == 0
        assert json.loads(rest.splitlines()[-1])["event"] == "stopped"
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()


# AKASH'S COMMANDS


async def lease_with_akt(node: str) -> None:
    """A lease of 1,000 uact a block; its account holds 1,000,000 each of uact and uakt."""
    tenant, host = key_of("tenant"), key_of("other")
    id = DeploymentID(str(tenant.address), 5)
    bid = first_order(id).with_provider(host.address)
    price = price_of(1000, "uact").to_wire()
    transport = RpcTransport(node)
    client = Client(transport, settings=BroadcastSettings(poll=0.05))
    try:
        for key, message in (
            (host, provider.MsgCreateProvider(owner=host.address, host_uri="https://p.example")),
            (
                tenant,
                deployment.MsgCreateDeployment(
                    id=id.to_wire(),
                    groups=[spec(unit(1000, "uact"))],
                    hash=HASH,
                    deposit=deposit(1_000_000, "uact"),
                ),
            ),
            (
                tenant,
                escrow.MsgAccountDeposit(
                    signer=tenant.address,
                    id=id.escrow.to_wire(),
                    deposit=deposit(1_000_000, "uakt"),
                ),
            ),
            (
                host,
                market.MsgCreateBid(
                    id=bid.to_wire(), price=price, deposit=deposit(500_000, "uact")
                ),
            ),
            (tenant, market.MsgCreateLease(bid_id=bid.to_wire())),
        ):
            await client.broadcast([message], KeySigner(key))
    finally:
        await transport.close()


def test_blocks_remaining_counts_akt_while_minting_is_halted(running: Cli, tmp_path: Path) -> None:
    asyncio.run(lease_with_akt(running.node))
    file = tmp_path / "price.txt"
    file.write_text("1.25")
    fed = running("oracle", "feed", f"file:{file}", "--once", "--from", "other")
    assert fed.code == 0, fed
    owner = str(key_of("tenant").address)
    words = ("query", "escrow", "blocks-remaining", "--owner", owner, "--dseq", "5", "-o", "json")
    left = running(*words).value["blocks_remaining"]
    assert 1000 < left <= 2500  # by uact alone at most 1000, with AKT at 1.25 to 1.5 more


def test_queries_and_transactions(running: Cli) -> None:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    running.tx("oracle", "feed", "akt", "usd", "1.5", now, "--from", "other")
    prices = running("query", "oracle", "prices", "--asset-denom", "akt", "-o", "json").value
    assert prices["prices"][0]["state"]["price"] == "1.500000000000000000"
    end = time.monotonic() + PATIENCE
    while running("query", "oracle", "ap", "akt").code:  # until a block is younger than the price
        assert time.monotonic() < end
    for short in ("aggregated-price", "ap"):
        found = running("query", "oracle", short, "akt", "-o", "json").value
        assert found["price_health"]["is_healthy"]
    params = running("query", "oracle", "params", "-o", "json").value
    assert params["prune_epoch"] == "hour"
    said = running.refused("query", "oracle", "p", "--start-time", "yesterday")
    assert "write times like" in said
    status = running("query", "bme", "status", "-o", "json").value
    assert status["status"] in ("mint_status_halt_cr", "mint_status_halt_oracle")
    assert running("query", "bme", "params", "-o", "json").value["params"]["min_epoch_blocks"]
    assert running("query", "bme", "vault-state", "-o", "json").value["vault_state"]
    epochs = running("query", "epochs", "epoch-infos", "-o", "json").value["epochs"]
    assert [each["id"] for each in epochs] == ["day", "hour", "minute", "week"]
    current = running("query", "epochs", "current-epoch", "hour", "-o", "json").value
    assert current == {"current_epoch": "1"}
    said = running.refused("tx", "bme", "mint-act", "5000000uakt", "--from", "tenant", "--yes")
    assert "circuit breaker is active" in said
    running.tx("bme", "burn-act", "5000000uact", "--from", "tenant")
    running.tx("bme", "burn-mint", "5000000uact", "uakt", "--from", "tenant")
    ledger = running("query", "bme", "ledger", "--denom", "uact", "-o", "json").value
    assert len(ledger["records"]) == 2
    pending = "ledger_record_status_pending"
    shown = running("query", "bme", "ledger", "--status", pending, "--limit", "1", "-o", "json")
    assert len(shown.value["records"]) <= 1
