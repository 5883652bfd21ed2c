"""A real node over the real chain: sends land, restarts resume, SIGKILL loses nothing announced."""

from __future__ import annotations

import json
import random
import time
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from akashpy.chain import bank
from akashpy.node import abciquery
from akashpy.node.blockstore import BlockStore, BlockStoreError
from akashpy.node.comet.block import tx_hash
from akashpy.node.comet.keys import KeyFileError, load_validator_key
from akashpy.node.core import Core
from akashpy.node.daemon import Node, NodeSettings
from akashpy.node.home import HomeError, init_home
from akashpy.state import proof as proofs
from akashpy.state.store import Store
from tests.node.blocks import verifier
from tests.nodes import CHAIN_ID, given_home, key_of, node_process, send

QUICK = NodeSettings(rpc_port=0, block_interval=0.02)


def balance(core: Core, name: str) -> int:
    return bank.balance(core.app.query_context(), key_of(name).address.raw, "uakt")


def call(url: str, method: str, **params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = Request(url, data=body, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as response:
        return json.load(response)


async def test_a_send_lands_and_the_chain_verifies(tmp_path: Path) -> None:
    home = given_home(tmp_path, ["alice", "bob"])
    async with Node.start(home, QUICK) as node:
        before = balance(node.core, "bob")
        raw = send("alice", "bob", 7, number=0, sequence=0)
        done = await node.core.broadcast(raw, "commit")
        assert done.landed is not None
        assert done.landed.result.code == 0, done.landed.result.log
        assert balance(node.core, "bob") == before + 7
        assert node.core.tx(tx_hash(raw)) == done.landed
        await node.core.reached(done.landed.height + 2)
        verifier.verify_chain(node.core)


async def test_many_senders_sequences_all_land_in_order(tmp_path: Path) -> None:
    names = [f"sender{at}" for at in range(5)]
    async with Node.start(given_home(tmp_path, names), QUICK) as node:
        for sequence in range(20):
            for number, name in enumerate(names):
                raw = send(name, "sink", 1, number=number, sequence=sequence)
                done = await node.core.broadcast(raw)
                assert done.check.code == 0, done.check.log
        await node.core.reached(node.core.height + 2)
        assert balance(node.core, "sink") == 100


async def test_a_wrong_sequence_is_refused_at_the_check(tmp_path: Path) -> None:
    async with Node.start(given_home(tmp_path, ["alice"]), QUICK) as node:
        await node.core.reached(1)
        done = await node.core.broadcast(send("alice", "bob", 1, number=0, sequence=4))
        assert (done.check.codespace, done.check.code) == ("sdk", 32)
        assert len(node.core.mempool) == 0


async def test_a_store_proof_holds_against_the_next_header(tmp_path: Path) -> None:
    async with Node.start(given_home(tmp_path, ["alice"]), QUICK) as node:
        await node.core.reached(3)
        key = bank.BALANCES.key((key_of("alice").address.raw, "uakt")).removeprefix(b"bank/")
        found = abciquery.answer(node.core, "/store/bank/key", key, prove=True)
        await node.core.reached(found.height + 1)
        assert found.proof is not None
        proof = proofs.Proof.decode(found.proof[0].data)
        root = node.core.meta(found.height + 1).header.app_hash
        value = found.value or None
        assert value is not None
        assert proofs.verify(proof, root, b"bank/" + key, value)
        assert not proofs.verify(proof, root, b"bank/" + key, b"another")


async def test_a_second_start_resumes(tmp_path: Path) -> None:
    home = given_home(tmp_path, ["alice"])
    async with Node.start(home, QUICK) as node:
        await node.core.broadcast(send("alice", "bob", 5, number=0, sequence=0), "commit")
        height = node.core.height
    async with Node.start(home, QUICK) as node:
        assert node.core.height >= height
        assert balance(node.core, "bob") == 5
        await node.core.broadcast(send("alice", "bob", 5, number=0, sequence=1), "commit")
        assert balance(node.core, "bob") == 10
        verifier.verify_chain(node.core)


@pytest.mark.slow
async def test_killed_at_any_instant_it_keeps_what_it_announced(tmp_path: Path) -> None:
    home = given_home(tmp_path, ["alice"])
    chance = random.Random(20)
    sequence = 0
    announced: dict[int, str] = {}
    for _ in range(4):
        with node_process(home, interval=0.03) as node:
            until, first = time.monotonic() + 0.3 + chance.random() * 0.4, len(announced)
            while time.monotonic() < until or len(announced) < first + 2:
                raw = send("alice", "bob", 1, number=0, sequence=sequence)
                answer = call(node.rpc, "broadcast_tx_sync", tx=b64encode(raw).decode())
                sequence += answer.get("result", {}).get("code", 1) == 0
                info = call(node.rpc, "status")["result"]["sync_info"]
                announced[int(info["latest_block_height"])] = info["latest_block_hash"]
            node.kill()
        sequence = _landed(home)
    async with Node.start(home, QUICK) as node:
        assert len(announced) > 4
        for height, hash in announced.items():
            if height:
                assert node.core.meta(height).id.hash.hex().upper() == hash
        await node.core.reached(node.core.height + 2)
        assert balance(node.core, "bob") == sequence > 0
        verifier.verify_chain(node.core)


def _landed(home: Path) -> int:
    """Transactions in the blocks that are on disk: the sequence to go on with."""
    store = BlockStore.open(home / "data" / "blocks")
    try:
        return sum(len(store.txs(height)) for height in range(1, store.height + 1))
    finally:
        store.close()


async def test_state_one_block_behind_is_replayed_to_the_same_hash(tmp_path: Path) -> None:
    home = given_home(tmp_path, ["alice"])
    async with Node.start(home, QUICK) as node:
        await node.core.broadcast(send("alice", "bob", 5, number=0, sequence=0), "commit")
        await node.core.reached(node.core.height + 2)
    state = Store.open(home / "data" / "state")
    height, app_hash = state.height, state.app_hash
    state.rollback()
    state.close()
    async with Node.start(home, NodeSettings(rpc_port=None, block_interval=60)) as node:
        await node.core.reached(height)
        assert node.core.app.app_hash == app_hash or node.core.height > height
        outcome = node.core.store.outcome(height)
        assert outcome is not None
        assert outcome.app_hash == app_hash


async def test_queries_by_grpc_path_reach_the_chain(tmp_path: Path) -> None:
    from akashpy.wire import bank as pb

    async with Node.start(given_home(tmp_path, ["alice"]), QUICK) as node:
        await node.core.reached(2)
        request = pb.QueryBalanceRequest(address=key_of("alice").address, denom="uakt")
        path = "/cosmos.bank.v1beta1.Query/Balance"
        answer = call_in_thread(node.rpc, path, request.SerializeToString())
        value = b64decode((await answer)["value"])
        assert pb.QueryBalanceResponse.FromString(value).balance.amount == "1000000000000"


def call_in_thread(url: str, path: str, data: bytes) -> Any:
    import asyncio

    def ask() -> Any:
        return call(url, "abci_query", path=path, data=data.hex())["result"]["response"]

    return asyncio.to_thread(ask)


async def test_blocks_of_another_genesis_are_refused(tmp_path: Path) -> None:
    home = given_home(tmp_path, ["alice"])
    async with Node.start(home, QUICK) as node:
        await node.core.reached(1)
    genesis = home / "config" / "genesis.json"
    genesis.write_text(genesis.read_text() + " ")
    with pytest.raises(BlockStoreError, match="belong to another genesis"):
        async with Node.start(home, QUICK):
            pass


async def test_homes_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"genesis.json: no genesis; initialise the home first"):
        async with Node.start(tmp_path / "empty", QUICK):
            pass
    home = given_home(tmp_path / "home", ["alice"])
    document = (home / "config" / "genesis.json").read_text()
    for broken, why in (
        ("{", "not JSON"),
        ("{}", "chain_id is missing"),
        ('{"chain_id":"x","genesis_time":"now"}', "genesis_time: time 'now' is not RFC 3339"),
    ):
        (home / "config" / "genesis.json").write_text(broken)
        with pytest.raises(HomeError, match=why):
            async with Node.start(home, QUICK):
                pass
    (home / "config" / "genesis.json").write_text(document)
    with pytest.raises(HomeError, match="already there"):
        init_home(home, {"chain_id": CHAIN_ID})
    key_file = home / "config" / "priv_validator_key.json"
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_file.write_text("{}")
    with pytest.raises(KeyFileError, match="priv_key is not of type"):
        load_validator_key(key_file)
