"""Who must own what after every block, worked out again from the transactions alone.

Reads the blocks of a story as any outsider could, and applies the rules of the market in exact
rationals (the oracle of the property tests). It shares no code with the chain's rules, and it asks
the chain for nothing but its blocks; a story compares the result with what the chain says.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import aiohttp

from akashpy.tx.build import Tx, decode
from akashpy.types.address import Address
from tests.chain.properties.rational_escrow import Oracle

UNIT = 10**18
OTHERS = 64
"""People beside the owner whose deposits of a denomination one account keeps."""


@dataclass
class Order:
    """Open bids and the lease of an order: provider -> price."""

    bids: dict[str, tuple[Fraction, str]] = field(default_factory=dict)
    winner: str = ""


class Ledger:
    """Every account's coins, escrow account, payment and bid after `height`."""

    def __init__(self, genesis: Mapping[str, Any]) -> None:
        self.height = 0
        self.oracle = Oracle(fixed=True, room=OTHERS)
        self.fees: dict[tuple[str, str], int] = {}
        self.moved: dict[tuple[str, str], int] = {}
        self.orders: dict[str, Order] = {}
        self.txs: list[tuple[int, str, int]] = []
        """Height, message name and code of every message that was in a block."""
        bank = genesis["app_state"]["bank"]
        self.start = {
            (entry["address"], coin["denom"]): int(coin["amount"])
            for entry in bank["balances"]
            for coin in entry["coins"]
        }
        self.supply = {coin["denom"]: int(coin["amount"]) for coin in bank["supply"]}

    async def follow(self, http: aiohttp.ClientSession, rpc: str, until: int) -> None:
        """Read the blocks up to a height."""
        while self.height < until:
            height = self.height + 1
            block = await _ask(http, rpc, "block", height)
            results = await _ask(http, rpc, "block_results", height)
            txs = [b64decode(each) for each in block["block"]["data"]["txs"] or ()]
            self.apply(height, zip(txs, results["txs_results"] or (), strict=True))
            self._mint(results["finalize_block_events"] or ())

    def apply(self, height: int, txs: Iterable[tuple[bytes, Mapping[str, Any]]]) -> None:
        """One block: its transactions in order, then what its end does."""
        assert height == self.height + 1
        self.oracle.height = height
        for raw, result in txs:
            tx, code = decode(raw), int(result.get("code") or 0)
            if any(each["type"] == "tx" for each in result.get("events") or ()):
                self._pay_fee(tx)
            for msg in tx.msgs:
                name = type(msg).__name__
                self.txs.append((height, name, code))
                if code == 0 and name in _RULES:
                    _RULES[name](self, msg)
        open_before = {key for key, book in self.oracle.books.items() if book.state == "open"}
        self.oracle.next_block()
        for key in sorted(open_before):
            if self.oracle.books[key].state != "open" and key.startswith("deployment/"):
                self._close_bids(key.removeprefix("deployment/") + "/")
        self.height = height

    def _mint(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Inflation: the supply grows by what a block says it made, and nobody's coins change."""
        for event in events:
            if event["type"] == "mint":
                told = {each["key"]: each["value"] for each in event["attributes"]}
                self.supply["uakt"] += int(told["amount"])

    def owned(self, owner: str, denom: str) -> int:
        """Base units that an account must hold now."""
        at = (owner, denom)
        return (
            self.start.get(at, 0)
            + self.oracle.wallets.get(at, 0)
            + self.moved.get(at, 0)
            - self.fees.get(at, 0)
        )

    def owners(self) -> set[tuple[str, str]]:
        """Every account and denomination that the story touched."""
        return {*self.start, *self.oracle.wallets, *self.moved, *self.fees}

    def count(self, name: str, *, code: int | None = 0) -> int:
        """How many messages of a name are in blocks (None: whatever became of them)."""
        return sum(each == name and code in (None, got) for _, each, got in self.txs)

    # Rules

    def _pay_fee(self, tx: Tx) -> None:
        payer = tx.payer or str(Address.of(tx.signers[0]))
        for coin in tx.fee:
            at = (payer, coin.denom)
            self.fees[at] = self.fees.get(at, 0) + coin.amount

    def _send(self, msg: Any) -> None:
        for coin in msg.amount:
            for owner, sign in ((msg.from_address, -1), (msg.to_address, 1)):
                at = (owner, coin.denom)
                self.moved[at] = self.moved.get(at, 0) + sign * int(coin.amount)

    def _create_deployment(self, msg: Any) -> None:
        coin = msg.deposit.amount
        key = f"deployment/{msg.id.owner}/{msg.id.dseq}"
        given = [(msg.id.owner, coin.denom, int(coin.amount))]
        self.oracle.open(key, msg.id.owner, given)

    def _top_up(self, msg: Any) -> None:
        coin = msg.deposit.amount
        scope = {1: "deployment", 2: "bid"}[msg.id.scope]
        self.oracle.give(f"{scope}/{msg.id.xid}", [(msg.signer, coin.denom, int(coin.amount))])

    def _create_bid(self, msg: Any) -> None:
        coin = msg.deposit.amount
        order, provider = _order(msg.id), msg.id.provider
        given = [(provider, coin.denom, int(coin.amount))]
        self.oracle.open(f"bid/{order}/{provider}", provider, given)
        rate = Fraction(int(msg.price.amount), UNIT)
        self.orders.setdefault(order, Order()).bids[provider] = (rate, msg.price.denom)

    def _create_lease(self, msg: Any) -> None:
        order, provider = _order(msg.bid_id), msg.bid_id.provider
        found = self.orders[order]
        rate, denom = found.bids[provider]
        found.winner = provider
        book = _book(order)
        self.oracle.start(book, f"deployment/{order}/{provider}", provider, rate, denom)
        for loser in [each for each in found.bids if each != provider]:
            self._close_bid_of(order, loser)

    def _withdraw(self, msg: Any) -> None:
        self.oracle.withdraw(f"deployment/{_order(msg.id)}/{msg.id.provider}")

    def _close_lease(self, msg: Any) -> None:
        self._end_bid(_order(msg.id), msg.id.provider)

    def _close_deployment(self, msg: Any) -> None:
        key = f"{msg.id.owner}/{msg.id.dseq}"
        self.oracle.close(f"deployment/{key}")
        self._close_bids(f"{key}/")

    def _close_group(self, msg: Any) -> None:
        prefix = f"{msg.id.owner}/{msg.id.dseq}/{msg.id.gseq}/"
        for order in [each for each in self.orders if each.startswith(prefix)]:
            for provider in list(self.orders[order].bids):
                self._end_bid(order, provider)

    # Parts

    def _end_bid(self, order: str, provider: str) -> None:
        """Refund a bid; if it was the lease, stop paying it."""
        name = f"deployment/{order}/{provider}"
        self._close_bid_of(order, provider)
        stream = self.oracle.streams.get(name)
        if stream is not None and stream.state == "open":
            self.oracle.stop(name)

    def _close_bids(self, prefix: str) -> None:
        for order in [each for each in self.orders if each.startswith(prefix)]:
            for provider in list(self.orders[order].bids):
                self._close_bid_of(order, provider)

    def _close_bid_of(self, order: str, provider: str) -> None:
        del self.orders[order].bids[provider]
        self.oracle.close(f"bid/{order}/{provider}")


_RULES = {
    "MsgSend": Ledger._send,
    "MsgCreateDeployment": Ledger._create_deployment,
    "MsgAccountDeposit": Ledger._top_up,
    "MsgCreateBid": Ledger._create_bid,
    "MsgCreateLease": Ledger._create_lease,
    "MsgWithdrawLease": Ledger._withdraw,
    "MsgCloseLease": Ledger._close_lease,
    "MsgCloseBid": Ledger._close_lease,
    "MsgCloseDeployment": Ledger._close_deployment,
    "MsgCloseGroup": Ledger._close_group,
    "MsgPauseGroup": Ledger._close_group,
}


def _order(id: Any) -> str:
    return f"{id.owner}/{id.dseq}/{id.gseq}/{id.oseq}"


def _book(order: str) -> str:
    return "deployment/" + "/".join(order.split("/")[:2])


async def _ask(http: aiohttp.ClientSession, rpc: str, method: str, height: int) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"height": str(height)}}
    async with http.post(rpc, json=body) as response:
        reply = json.loads(await response.read())
    assert "result" in reply, f"{method} {height}: {reply}"
    return reply["result"]
