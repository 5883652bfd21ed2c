"""Proven reads: right answers of a real node are taken, and no forged part of one is."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from akashpy.chain.bank import BALANCES
from akashpy.client.proofs import ProofOp, ProofRefused, ProvenReads, verify
from akashpy.client.rpc import RpcTransport
from akashpy.node.rpc.server import serve
from akashpy.state.proof import OPERATION
from akashpy.state.store import Store
from akashpy.tx import build
from akashpy.types.coin import Coin
from akashpy.types.errors import ChainError
from akashpy.wire import bank
from tests.node.realchain import CHAIN, RICH, RealChain, address, key, real_chain

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "proofs.json").read_text())
HELD = BALANCES.key((address("tenant").raw, "uakt")).removeprefix(b"bank/")
"""Where the bank keeps what the tenant has."""
NOBODYS = BALANCES.key((address("tenant").raw, "unone")).removeprefix(b"bank/")
AMOUNT = str(RICH.amount_of("uakt")).encode()
SENT = 5000 + 7
"""What the tenant pays and sends in block 4, in uakt."""


@pytest.fixture
async def chain(tmp_path: Path) -> AsyncIterator[RealChain]:
    """A chain at height 6, in whose block 4 the tenant sends coins."""
    async with real_chain(tmp_path) as found:
        await live(found)
        yield found


async def live(chain: RealChain) -> None:
    """Blocks 2 to 6."""
    await chain.blocks(2)
    sending = bank.MsgSend(
        from_address=address("tenant"),
        to_address=address("other"),
        amount=[Coin("uakt", 7).to_wire()],
    )
    done = await chain.core.broadcast(
        build.build(
            [sending], key("tenant"), chain_id=CHAIN, account_number=0, sequence=0,
            fee=[Coin("uakt", 5000)], gas=200_000,
        )
    )  # fmt: skip
    assert done.check.code == 0, done.check.log
    await chain.blocks(3)


@pytest.fixture
async def node(chain: RealChain) -> AsyncIterator[RpcTransport]:
    """Its JSON-RPC."""
    async with serve(chain.core, "127.0.0.1", 0) as url:
        transport = RpcTransport(url)
        try:
            yield transport
        finally:
            await transport.close()


class Forged:
    """A node that changes its answers on their way."""

    def __init__(self, node: RpcTransport, method: str, **changes: Any) -> None:
        self._node, self._method, self._changes = node, method, changes

    async def ask(self, method: str, params: dict[str, Any], *, timeout: float = 10.0) -> Any:
        """The real answer with the changes."""
        answer = await self._node.ask(method, params, timeout=timeout)
        if method == self._method:
            next(iter(answer.values())).update(self._changes)
        return answer


async def test_present_and_absent_rows_are_proven(chain: RealChain, node: RpcTransport) -> None:
    reads = ProvenReads(node)
    for row, value in ((HELD, AMOUNT), (NOBODYS, None)):
        found = await reads.read("bank", row, height=3)
        assert (found.value, found.height) == (value, 3)
        assert found.app_hash == chain.core.meta(4).header.app_hash


async def test_each_height_is_proven_as_it_was(chain: RealChain, node: RpcTransport) -> None:
    after = str(int(AMOUNT) - SENT).encode()
    for height, value in ((2, AMOUNT), (3, AMOUNT), (4, after), (5, after)):
        found = await ProvenReads(node).read("bank", HELD, height=height)
        assert (found.value, found.height) == (value, height)


async def test_the_latest_row_waits_for_the_next_header(
    chain: RealChain, node: RpcTransport
) -> None:
    async with chain.running():
        found = await ProvenReads(node, poll=0.01).read("bank", HELD)
    assert (found.value, found.height >= 6) == (str(int(AMOUNT) - SENT).encode(), True)


async def test_a_trusted_header_of_ones_own_decides(chain: RealChain, node: RpcTransport) -> None:
    asked = []

    async def trusted(height: int) -> bytes:
        asked.append(height)
        return chain.core.meta(height).header.app_hash

    assert (await ProvenReads(node, app_hash=trusted).read("bank", HELD, height=2)).value == AMOUNT
    assert asked == [3]

    async def another(height: int) -> bytes:
        return bytes(32)

    with pytest.raises(ProofRefused, match="does not lead to app hash 0000"):
        await ProvenReads(node, app_hash=another).read("bank", HELD, height=2)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"value": b64encode(b"1").decode()}, "node said 31 of key"),
        ({"value": None}, "node said nothing of key"),
        ({"height": "2"}, "answer is of height 2, asked was 3"),
        ({"height": "soon"}, "cannot be read"),
        ({"value": "!"}, "cannot be read"),
        ({"proofOps": None}, "proof operations are []"),
        ({"proofOps": {"ops": []}}, "proof operations are []"),
        ({"proofOps": {"ops": [{"type": "ics23:iavl", "key": "", "data": ""}]}}, "ics23:iavl"),
        ({"proofOps": {"ops": [{"type": OPERATION, "key": "YmFuay8C", "data": ""}]}}, "62616e6b2f"),
        ({"proofOps": {"ops": 5}}, "cannot be read"),
    ],
)
async def test_a_changed_answer_is_refused(
    node: RpcTransport, changes: dict[str, Any], text: str
) -> None:
    with pytest.raises(ProofRefused) as refused:
        await ProvenReads(Forged(node, "abci_query", **changes)).read("bank", HELD, height=3)
    assert text in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"app_hash": "00" * 32}, "does not lead to app hash"),
        ({"height": "3"}, "header is of height 3, asked was 4"),
        ({"app_hash": "no"}, "header 4 cannot be read"),
    ],
)
async def test_a_changed_header_is_refused(
    node: RpcTransport, changes: dict[str, Any], text: str
) -> None:
    with pytest.raises(ProofRefused, match=text):
        await ProvenReads(Forged(node, "header", **changes)).read("bank", HELD, height=3)


async def test_a_proof_of_another_height_is_refused(chain: RealChain, node: RpcTransport) -> None:
    """Block 4 changes the state, so that the header of 5 has another app hash than that of 4."""
    hashes = [chain.core.meta(height).header.app_hash for height in (4, 5)]
    assert hashes[0] != hashes[1]

    async def wrong(height: int) -> bytes:
        return hashes[0] if height == 5 else hashes[1]

    for height in (3, 4):
        with pytest.raises(ProofRefused, match="does not lead to app hash"):
            await ProvenReads(node, app_hash=wrong).read("bank", HELD, height=height)


async def test_a_nodes_refusal_is_its_error(node: RpcTransport) -> None:
    with pytest.raises(ChainError) as refused:
        await ProvenReads(node).read("bank", HELD, height=1)
    assert (refused.value.codespace, refused.value.code) == ("sdk", 18)
    with pytest.raises(ChainError) as refused:
        await ProvenReads(node).read("bank", HELD, height=99)
    assert (refused.value.codespace, refused.value.code) == ("store", 7)
    assert "ensure height has not been pruned" in str(refused.value)


# FIXED VECTORS

CASES = VECTORS["proofs"]


def case(entry: dict[str, Any]) -> tuple[ProofOp, bytes, str, bytes, bytes]:
    op = ProofOp(OPERATION, bytes.fromhex(entry["op_key"]), bytes.fromhex(entry["data"]))
    value = bytes.fromhex(entry["value"] or "")
    return op, bytes.fromhex(VECTORS["app_hash"]), "bank", bytes.fromhex(entry["key"]), value


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry["name"])
def test_a_fixed_proof_holds(entry: dict[str, Any]) -> None:
    op, root, store, key, value = case(entry)
    wanted = None if entry["value"] is None else value
    assert verify([op], root, store, key, value) == wanted


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry["name"])
def test_a_proof_forged_in_any_byte_is_refused(entry: dict[str, Any]) -> None:
    op, root, store, key, value = case(entry)
    for place in range(len(op.data)):
        for flip in (1, 0x80, 0xFF):
            forged = bytearray(op.data)
            forged[place] ^= flip
            with pytest.raises(ProofRefused):
                verify([replace(op, data=bytes(forged))], root, store, key, value)
    for size in range(len(op.data)):
        with pytest.raises(ProofRefused):
            verify([replace(op, data=op.data[:size])], root, store, key, value)
    with pytest.raises(ProofRefused):
        verify([replace(op, data=op.data + b"\x00")], root, store, key, value)


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry["name"])
def test_another_root_key_store_or_value_is_refused(entry: dict[str, Any]) -> None:
    op, root, store, key, value = case(entry)
    for place in range(len(root)):
        with pytest.raises(ProofRefused, match="does not lead to app hash"):
            verify(
                [op], root[:place] + bytes([root[place] ^ 1]) + root[place + 1 :], store, key, value
            )
    for place in range(len(key)):
        other = key[:place] + bytes([key[place] ^ 1]) + key[place + 1 :]
        with pytest.raises(ProofRefused, match="proof is of key"):
            verify([op], root, store, other, value)
        if entry["value"] is not None:
            forged = replace(op, key=store.encode() + b"/" + other)
            with pytest.raises(ProofRefused):
                verify([forged], root, store, other, value)
    with pytest.raises(ProofRefused, match="proof is of key"):
        verify([op], root, "market", key, value)
    with pytest.raises(ProofRefused, match="node said"):
        verify([op], root, store, key, value + b"0")
    with pytest.raises(ProofRefused, match="proof operations"):
        verify([op, op], root, store, key, value)


def test_a_proof_of_absence_is_none_for_a_key_that_is_there() -> None:
    present, absent = case(CASES[0]), case(CASES[1])
    forged = replace(absent[0], key=present[0].key)
    with pytest.raises(ProofRefused):
        verify([forged], present[1], "bank", present[3], b"")


def test_the_store_still_makes_the_fixed_proofs() -> None:
    rows = {bytes.fromhex(key): bytes.fromhex(value) for key, value in VECTORS["rows"].items()}
    store = Store.open(None, buckets=VECTORS["buckets"])
    store.commit(store.stage(1, rows))
    assert store.app_hash.hex() == VECTORS["app_hash"]
    for entry in CASES:
        assert store.prove(bytes.fromhex(entry["op_key"])).encode().hex() == entry["data"]
    store.close()


def test_an_empty_value_is_not_an_absent_one() -> None:
    store = Store.open(None, buckets=16)
    store.commit(store.stage(1, {b"bank/a": b""}))
    for name, wanted in ((b"a", b""), (b"b", None)):
        op = ProofOp(OPERATION, b"bank/" + name, store.prove(b"bank/" + name).encode())
        assert verify([op], store.app_hash, "bank", name, b"") == wanted
    store.close()
