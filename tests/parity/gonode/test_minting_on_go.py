"""Prices, minting, burning, leases paid in AKT and reclamation: a Go chain's blocks beside ours.

A script is lived on a Go node; its blocks are executed again by our rules with every fix off, from
the same genesis. Each transaction must end with the same code and text, each block must tell the
same of Akash's events, and the books must be the same in the end.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from akashpy.client.client import Client
from akashpy.node.queries.table import QUERIES
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID
from akashpy.types.duration import SECOND, duration
from akashpy.types.moment import timestamp
from akashpy.wire import bank, bme, deployment, epochs, escrow, market, oracle, provider, to_json
from tests.chain.bazaar import HASH, deposit, first_order, price_of, spec, unit
from tests.nodes import key_of
from tests.parity.gonode.gochain import GoChain, go_chain, init_chain
from tests.parity.gonode.replay import document as our_genesis
from tests.parity.gonode.retold import retell

VAULT = 320_000_000_000_000
"""uakt: at $2 they cover the accounts' 600,000,000 ACT by 107 percent."""
FEE = Coins.parse("20000uakt")
GAS = 2_000_000
FEEDS = ("other", "cli", "house")
ACCOUNTS = "/akash.escrow.v1.Query/Accounts"
PAYMENTS = "/akash.escrow.v1.Query/Payments"
BOOKS: list[tuple[str, Message, Any]] = [
    (
        "/akash.bme.v1.Query/LedgerRecords",
        bme.QueryLedgerRecordsRequest(),
        bme.QueryLedgerRecordsResponse,
    ),
    ("/akash.bme.v1.Query/VaultState", bme.QueryVaultStateRequest(), bme.QueryVaultStateResponse),
    ("/akash.bme.v1.Query/Params", bme.QueryParamsRequest(), bme.QueryParamsResponse),
    (
        "/akash.oracle.v2.Query/Prices",
        oracle.QueryPricesRequest(),
        oracle.QueryPricesResponse,
    ),
    (
        "/akash.oracle.v2.Query/AggregatedPrice",
        oracle.QueryAggregatedPriceRequest(denom="akt"),
        oracle.QueryAggregatedPriceResponse,
    ),
    ("/akash.oracle.v2.Query/Params", oracle.QueryParamsRequest(), oracle.QueryParamsResponse),
    (
        "/akash.epochs.v1beta1.Query/EpochInfos",
        epochs.QueryEpochInfosRequest(),
        epochs.QueryEpochInfosResponse,
    ),
    (ACCOUNTS, escrow.QueryAccountsRequest(), escrow.QueryAccountsResponse),
    (PAYMENTS, escrow.QueryPaymentsRequest(), escrow.QueryPaymentsResponse),
    ("/akash.market.v1beta5.Query/Leases", market.QueryLeasesRequest(), market.QueryLeasesResponse),
    ("/akash.market.v1beta5.Query/Orders", market.QueryOrdersRequest(), market.QueryOrdersResponse),
]  # fmt: skip


def prepare(home: Path) -> None:
    """Short periods, sources and a vault in the Go chain's genesis."""
    path = home / "config/genesis.json"
    document: dict[str, Any] = json.loads(path.read_text())
    state = document["app_state"]
    state["oracle"]["params"] |= {
        "sources": [_of(name) for name in FEEDS],
        "max_price_staleness_period": "6s",
        "twap_window": "2s",
        "price_retention": "8s",
        "prune_epoch": "tick",
        "max_prune_per_epoch": "3",
    }
    tick = dict(state["epochs"]["epochs"][0]) | {"id": "tick", "duration": "4s"}
    state["epochs"]["epochs"].append(tick)
    state["bme"]["params"] |= {"min_epoch_blocks": "4", "max_endblocker_records": 2}
    state["market"]["params"]["min_reclamation_window"] = "1s"
    state["bank"]["balances"].append(
        {
            "address": str(Address.of_module("bme")),
            "coins": [{"denom": "uakt", "amount": str(VAULT)}],
        }
    )
    supply = next(coin for coin in state["bank"]["supply"] if coin["denom"] == "uakt")
    supply["amount"] = str(int(supply["amount"]) + VAULT)
    path.write_text(json.dumps(document))


class Script:
    """Sends messages and remembers nothing: the blocks do."""

    def __init__(self, chain: GoChain, client: Client) -> None:
        self.chain = chain
        self.client = client
        self.sent = 0

    async def send(self, name: str, *msgs: Message) -> Any:
        self.sent += 1
        return await self.client.send(msgs, self.chain.signer(name), gas=GAS, fees=FEE)

    async def feed(self, price: str, *names: str, ago: int = 0, **id: str) -> None:
        pair = {"denom": "akt", "base_denom": "usd"} | id
        for name in names or ("other",):
            entry = oracle.MsgAddPriceEntry(
                signer=_of(name),
                id=pair,
                price=Dec.of(price).wire(),
                timestamp=timestamp(time.time_ns() - ago * SECOND),
            )
            await self.send(name, entry)

    async def request(self, kind: str, name: str, coin: str, **more: str) -> None:
        burned = Coin.parse(coin).to_wire()
        owner = _of(name)
        message = getattr(bme, kind)(owner=owner, to=owner, coins_to_burn=burned, **more)
        await self.send(name, message)

    async def blocks(self, count: int) -> None:
        height = await self.client.node.height()
        async with asyncio.timeout(30):
            await self.client.node.beyond(height + count - 1)


def _of(name: str) -> str:
    return str(key_of(name).address)


async def prices_and_requests(script: Script) -> None:
    await script.request("MsgMintACT", "tenant", "10000000uakt")  # no price yet
    await script.feed("2")
    await script.feed("2", "tenant")  # no source
    await script.feed("2", denom="uakt")
    await script.feed("2", base_denom="eur")
    await script.feed("0")
    await script.feed("2", "cli", ago=60)
    await script.feed("2.02", "cli")
    await script.feed("3", "house")  # they disagree now
    await script.feed("2.01", "house")
    await script.blocks(2)
    for name in ("tenant", "provider", "validator"):
        await script.feed("2.01", *FEEDS)
        await script.request("MsgMintACT", name, "10000001uakt")
        await script.request("MsgBurnACT", name, "7654321uact")
    await script.request("MsgMintACT", "tenant", "1uakt")  # below the minimum, cancelled later
    await script.request("MsgBurnACT", "tenant", "1uact")  # below a unit, cancelled later
    await script.request("MsgBurnMint", "tenant", "1uakt", denom_to_mint="uakt")
    await script.request("MsgBurnMint", "tenant", "33333333uakt", denom_to_mint="uact")
    for price in ("2.01", "2.013", "2.007"):
        await script.feed(price, *FEEDS)
        await script.blocks(2)


async def halted(script: Script) -> None:
    await script.feed("1.7", *FEEDS)  # a warning: longer epochs
    await script.blocks(4)
    await script.request("MsgMintACT", "provider", "20000000uakt")
    await script.feed("1.5", *FEEDS)  # below the halt
    await script.blocks(6)
    await script.feed("1.5", *FEEDS)
    await script.blocks(6)
    await script.request("MsgMintACT", "tenant", "10000000uakt")
    await script.request("MsgBurnACT", "tenant", "3000000uact")


async def paid_in_akt(script: Script) -> None:
    host = {"owner": _of("provider"), "host_uri": "https://p.example.com:8443"}
    await script.send("provider", provider.MsgCreateProvider(**host))
    id = DeploymentID(_of("tenant"), 77)
    order = first_order(id)
    bid = order.with_provider(Address.parse(_of("provider")))
    await script.send(
        "tenant",
        deployment.MsgCreateDeployment(
            id=id.to_wire(),
            groups=[spec(unit(100_000, "uact"))],
            hash=HASH,
            deposit=deposit(500_000, "uact"),
            reclamation=deployment.DeploymentReclamation(min_window=duration(SECOND)),
        ),
    )
    akt = deposit(4_000_000, "uakt")
    top = escrow.MsgAccountDeposit(signer=_of("tenant"), id=id.escrow.to_wire(), deposit=akt)
    await script.send("tenant", top)
    offer = {"id": bid.to_wire(), "price": price_of("70000.5", "uact").to_wire()}
    money = {"deposit": deposit(500_000, "uakt")}
    await script.send("provider", market.MsgCreateBid(**offer, **money))  # offers no notice
    short = {"reclamation_window": duration(SECOND // 2)}
    await script.send("provider", market.MsgCreateBid(**offer, **money, **short))
    notice = {"reclamation_window": duration(3 * SECOND)}
    await script.send("provider", market.MsgCreateBid(**offer, **money, **notice))
    await script.send("tenant", market.MsgCreateLease(bid_id=bid.to_wire()))
    withdraw = market.MsgWithdrawLease(id=bid.lease.to_wire())
    await script.feed("1.5", *FEEDS)
    await script.send("provider", withdraw)
    await script.blocks(8)
    await script.feed("1.5", *FEEDS)
    await script.send("provider", withdraw)
    await script.blocks(2)
    await script.send("provider", withdraw)
    more = deposit(3_000_000, "uact")
    await script.send(
        "tenant",
        escrow.MsgAccountDeposit(signer=_of("tenant"), id=id.escrow.to_wire(), deposit=more),
    )
    await script.send("provider", withdraw)
    start = market.MsgLeaseStartReclaim(id=bid.lease.to_wire(), reason=10_001)
    close = market.MsgCloseBid(id=bid.to_wire(), reason=10_001)
    await script.send("provider", close)  # no notice given
    await script.send("provider", start)
    await script.send("provider", start)  # given already
    await script.send("provider", close)  # too early
    await script.blocks(14)
    await script.send("provider", close)
    await script.send("tenant", deployment.MsgCloseDeployment(id=id.to_wire()))


async def silence(script: Script) -> None:
    await script.blocks(30)
    await script.request("MsgMintACT", "tenant", "10000000uakt")
    await script.request("MsgBurnACT", "tenant", "3000000uact")
    await script.feed("2.1", *FEEDS)
    await script.blocks(2)
    await script.request("MsgBurnACT", "tenant", "3000000uact")
    await script.feed("2.1", *FEEDS)
    await script.blocks(8)
    await script.feed("2.1", *FEEDS)
    await script.blocks(8)


def shown(events: Any) -> list[tuple[str, dict[str, str]]]:
    """Akash's own events."""
    found = [
        (event["type"], {each["key"]: each["value"] for each in event["attributes"]})
        if isinstance(event, dict)
        else (event.type, dict(event.attributes))
        for event in events
    ]
    return [each for each in found if each[0].startswith("akash.") or each[0] == "transfer"]


async def test_the_same_blocks(tmp_path: Path) -> None:
    home = tmp_path / "go"
    init_chain(home)
    prepare(home)
    with go_chain(home) as chain:
        async with chain.client() as client:
            script = Script(chain, client)
            for part in (prices_and_requests, halted, paid_in_akt, silence):
                await part(script)
            last = await client.node.height() - 1
            theirs = {
                path: to_json(await client.call(path, request, kind, height=last))
                for path, request, kind in BOOKS
            }
            supply = await client.call(
                "/cosmos.bank.v1beta1.Query/SupplyOf",
                bank.QuerySupplyOfRequest(denom="uact"),
                bank.QuerySupplyOfResponse,
                height=last,
            )
        paid = next(one for one in theirs[ACCOUNTS]["accounts"] if one["id"]["xid"].endswith("/77"))
        assert float({c["denom"]: c["amount"] for c in paid["state"]["transferred"]}["uakt"]) > 0
        codes: list[int] = []
        kinds: set[str] = set()
        app = None
        for app, told in retell(  # noqa: B007  # its last state is compared below
            chain.rpc, our_genesis(home), last
        ):
            at = f"block {told.height}"
            for mine, its in zip(
                told.ours.tx_results, told.theirs["txs_results"] or (), strict=True
            ):
                code = (its.get("codespace", ""), its.get("code", 0))
                assert (mine.codespace, mine.code) == code, (at, mine.log, its.get("log"))
                codes.append(mine.code)
                if mine.code:
                    # ours may name the lease or order in front
                    text = its["log"].partition("message index: 0: ")[2]
                    assert mine.log.endswith(text), (at, mine.log, its["log"])
                else:
                    assert shown(mine.events) == shown(its["events"]), at
            ours = [each for each in shown(told.ours.events) if each[0] != "transfer"]
            expected = shown(told.theirs["finalize_block_events"] or ())
            assert ours == [each for each in expected if each[0] != "transfer"], at
            kinds |= {kind for kind, _ in ours}
        assert app is not None
        for path, request, _ in BOOKS:
            mine = to_json(QUERIES[path].respond(app.query_context(), request))
            assert mine == theirs[path] or _without_keys(mine) == _without_keys(theirs[path]), path
        assert app.query_context().height == last
        found = QUERIES["/cosmos.bank.v1beta1.Query/SupplyOf"].respond(
            app.query_context(), bank.QuerySupplyOfRequest(denom="uact")
        )
        assert to_json(found) == to_json(supply)
    print(f"{script.sent} transactions, {last} blocks, codes {sorted(set(codes))}")
    assert {"akash.bme.v1.EventLedgerRecordExecuted", "akash.bme.v1.EventLedgerRecordCanceled"} <= (
        kinds
    )
    assert {"akash.oracle.v2.EventPriceStaled", "akash.bme.v1.EventMintStatusChange"} <= kinds


def _without_keys(answer: Any) -> Any:
    """An answer without its paging: keys of pages are each side's own."""
    return {name: part for name, part in answer.items() if name != "pagination"}
