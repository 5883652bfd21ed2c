"""Calls over ABCI's socket that are replayed, repeated or skipped, at a node with a state on disk.

A call that must not pass gets its exact error and ends the node, as going on would fork it; a call
that may be repeated gives the same. Afterwards the node, started again, has the state it had, to
the last row, and goes on exactly as one that never heard of it. CometBFT does not call ExtendVote
and VerifyVoteExtension, because our genesis leaves vote extensions off; they are called here.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from akashpy.node.abci.application import AbciSettings
from akashpy.node.comet.encoding import delimited
from akashpy.node.comet.keys import load_validator_key
from akashpy.node.cometbft.daemon import CometNode, CometSettings
from akashpy.node.genesis import Genesis
from akashpy.wire import abci as pb
from tests.nodes import given_home, send

SECOND = 10**9
PATIENCE = 60
OFFER, APPLY = pb.ResponseOfferSnapshot, pb.ResponseApplySnapshotChunk
ACCEPT, REJECT = 1, 2


class Consensus:
    """What CometBFT is to the application: one connection, and the calls it makes."""

    def __init__(
        self, node: CometNode, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.node = node
        self._reader, self._writer = reader, writer
        home = node.home
        self._genesis: Genesis = home.load_genesis()
        self._proposer = load_validator_key(home.validator_key).address

    async def call(self, kind: str, request: Any = None, **fields: Any) -> Any:
        """The response to a request; the text of the exception where it is refused."""
        name = "Request" + "".join(part.title() for part in kind.split("_"))
        made = request or getattr(pb, name)(**fields)
        for each in (pb.Request(**{kind: made}), pb.Request(flush=pb.RequestFlush())):
            self._writer.write(delimited(each.SerializeToString()))
        async with asyncio.timeout(PATIENCE):
            response = await self._receive()
            if response.HasField("exception"):
                return str(response.exception.error)
            await self._receive()  # what follows a flush
        return getattr(response, kind)

    async def _receive(self) -> pb.Response:
        size = shift = 0
        while True:
            (byte,) = await self._reader.readexactly(1)
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return pb.Response.FromString(await self._reader.readexactly(size))

    async def refused(self, kind: str, request: Any = None, **fields: Any) -> str:
        """The exception's text, after which the connection and the node have ended."""
        told = await self.call(kind, request, **fields)
        assert isinstance(told, str), told
        async with asyncio.timeout(PATIENCE):
            assert await self._reader.read() == b""
        assert self.node.failed.done()
        assert str(self.node.failed.exception()) in told
        return told

    def genesis(self, **changes: Any) -> pb.RequestInitChain:
        """InitChain of the home's genesis, with changes."""
        document = self._genesis.document()
        fields = {
            "chain_id": document["chain_id"],
            "app_state_bytes": msgspec.json.encode(document["app_state"]),
            "initial_height": 1,
        }
        request = pb.RequestInitChain(**(fields | changes))
        request.time.FromNanoseconds(self._genesis.time)
        return request

    def block(self, height: int, *txs: bytes) -> pb.RequestFinalizeBlock:
        """FinalizeBlock of a height."""
        request = pb.RequestFinalizeBlock(
            height=height, txs=txs, proposer_address=self._proposer, hash=bytes(32)
        )
        request.time.FromNanoseconds(self._genesis.time + height * SECOND)
        return request

    async def decide(self, height: int, *txs: bytes) -> bytes:
        """FinalizeBlock and Commit; the app hash."""
        done = await self.call("finalize_block", self.block(height, *txs))
        assert isinstance(await self.call("commit"), pb.ResponseCommit)
        assert [each.code for each in done.tx_results] == [0] * len(txs)
        app_hash: bytes = done.app_hash
        return app_hash

    def rows(self) -> bytes:
        """A digest of every row of the state."""
        digest = sha256()
        for key, value in self.node._state.iterate(b"", None):
            digest.update(delimited(key) + delimited(value))
        return digest.digest()

    async def stands(self) -> tuple[int, bytes, bytes]:
        """Height, app hash, and a digest of all rows."""
        info = await self.call("info")
        return info.last_block_height, info.last_block_app_hash, self.rows()


@asynccontextmanager
async def running(home: Path, **settings: int) -> AsyncIterator[Consensus]:
    """The node of a home, whose CometBFT is the test."""
    told = CometSettings(supervise=False, pruning="nothing", chain=AbciSettings(**settings))
    async with CometNode.start(home, told) as node:
        host, _, port = node.abci.removeprefix("tcp://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield Consensus(node, reader, writer)
        finally:
            writer.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A chain that has not begun."""
    return given_home(tmp_path / "one", ("alice", "bob"))


def pay(sequence: int, amount: int = 7) -> bytes:
    return send("alice", "bob", amount, number=0, sequence=sequence)


async def begun(home: Path, blocks: int = 3) -> tuple[int, bytes, bytes]:
    """A chain of some blocks, in each a payment; where it stands."""
    async with running(home) as consensus:
        await consensus.call("init_chain", consensus.genesis())
        for height in range(1, blocks + 1):
            await consensus.decide(height, pay(height - 1))
        return await consensus.stands()


async def goes_on(home: Path, before: tuple[int, bytes, bytes], expected: list[bytes]) -> None:
    """The node starts with what it had, and its next blocks hash as expected."""
    async with running(home) as consensus:
        assert await consensus.stands() == before
        height = before[0]
        assert [
            await consensus.decide(height + place, pay(height + place - 1))
            for place in range(1, len(expected) + 1)
        ] == expected


async def test_a_chain_that_has_not_begun_takes_nothing_but_its_genesis(home: Path) -> None:
    wrong = [
        ("finalize_block", lambda c: c.block(1), "the chain has no genesis: call init_chain first"),
        ("commit", lambda c: pb.RequestCommit(), "no executed block to commit"),
        ("init_chain", lambda c: c.genesis(chain_id="other-1"),
         "invalid chain-id on InitChain; expected: node-test-1, got: other-1"),
        ("init_chain", lambda c: c.genesis(app_state_bytes=b"{"), "DecodeError"),
        ("init_chain", lambda c: c.genesis(app_state_bytes=b"{}"), "genesis has no validator"),
        ("init_chain", lambda c: c.genesis(validators=[pb.ValidatorUpdate(power=3)]),
         "genesis names 1 validators, the staking module"),
    ]  # fmt: skip
    for kind, request, text in wrong:
        async with running(home) as consensus:
            assert (await consensus.stands())[:2] == (0, b"")
            assert text in await consensus.refused(kind, request(consensus))
    fresh = given_home(home.parent / "fresh", ("alice", "bob"))
    (fresh / "config/genesis.json").write_bytes((home / "config/genesis.json").read_bytes())
    assert await begun(home) == await begun(fresh)


async def test_the_genesis_may_be_repeated_until_the_first_block(home: Path) -> None:
    async with running(home) as consensus:
        first = await consensus.call("init_chain", consensus.genesis())
        assert await consensus.call("init_chain", consensus.genesis()) == first
        once = await consensus.call("finalize_block", consensus.block(1))
    async with running(home) as consensus:  # nothing of it was durable
        assert (await consensus.stands())[:2] == (0, b"")
        assert await consensus.call("init_chain", consensus.genesis()) == first
        assert await consensus.call("finalize_block", consensus.block(1)) == once


WRONG = [
    ("init_chain", lambda c: c.genesis(), "InvalidRequest: the chain has begun: it is at height 3"),
    ("commit", lambda c: pb.RequestCommit(), "InvalidRequest: no executed block to commit"),
    ("finalize_block", lambda c: c.block(3, pay(2)), "InvalidHeight: invalid height: 3; expected: "
     "4"),
    ("finalize_block", lambda c: c.block(1), "InvalidHeight: invalid height: 1; expected: 4"),
    ("finalize_block", lambda c: c.block(5), "InvalidHeight: invalid height: 5; expected: 4"),
    ("finalize_block", lambda c: c.block(0), "InvalidHeight: invalid height: 0; expected: 4"),
    ("finalize_block", lambda c: c.block(-4), "InvalidHeight: invalid height: -4; expected: 4"),
]  # fmt: skip


async def test_what_comes_out_of_turn_is_refused_and_changes_nothing(
    home: Path, tmp_path: Path
) -> None:
    before = await begun(home)
    async with running(copied(home, tmp_path / "calm")) as calm:
        expected = [await calm.decide(4, pay(3)), await calm.decide(5, pay(4))]
    for kind, request, text in WRONG:
        async with running(home) as consensus:
            assert text in await consensus.refused(kind, request(consensus))
        async with running(home) as consensus:
            assert await consensus.stands() == before, text
    await goes_on(home, before, expected)


async def test_what_comes_after_a_block_that_is_not_committed_changes_nothing(home: Path) -> None:
    before = await begun(home)
    for kind, request, text in WRONG:
        if kind == "commit":
            continue
        async with running(home) as consensus:
            await consensus.call("finalize_block", consensus.block(4, pay(3)))
            assert text in await consensus.refused(kind, request(consensus))
        async with running(home) as consensus:
            assert await consensus.stands() == before, text


async def test_a_block_may_be_repeated_and_the_last_one_counts(home: Path, tmp_path: Path) -> None:
    before = await begun(home)
    async with running(copied(home, tmp_path / "calm")) as calm:
        expected = [await calm.decide(4, pay(3)), await calm.decide(5, pay(4))]
    async with running(home) as consensus:
        other = await consensus.call("finalize_block", consensus.block(4, pay(3, 1_000)))
        assert other.app_hash != expected[0]
        assert (await consensus.stands())[:2] == before[:2]
        first = await consensus.call("finalize_block", consensus.block(4, pay(3)))
        assert await consensus.call("finalize_block", consensus.block(4, pay(3))) == first
        assert first.app_hash == expected[0]
        await consensus.call("commit")
        told = await consensus.refused("commit")
        assert "no executed block to commit" in told
    async with running(home) as consensus:
        assert (await consensus.stands())[:2] == (4, expected[0])
        assert await consensus.decide(5, pay(4)) == expected[1]


async def test_what_asks_only_changes_nothing_however_often(home: Path) -> None:
    before = await begun(home)
    txs = [pay(3), pay(4), b"garbage"]
    async with running(home) as consensus:
        for _ in range(2):
            assert (await consensus.call("echo", message="x")).message == "x"
            checked = await consensus.call("check_tx", tx=b"garbage")
            assert (checked.codespace, checked.code) == ("sdk", 2)
            prepared = await consensus.call(
                "prepare_proposal", txs=txs, max_tx_bytes=10_000, height=9
            )
            assert list(prepared.txs) == txs
            judged = await consensus.call("process_proposal", txs=txs, height=9)
            assert judged.status == ACCEPT
            assert (await consensus.call("extend_vote", height=9)).vote_extension == b""
            extended = await consensus.call("verify_vote_extension", height=9)
            assert extended.status == ACCEPT
            bad = await consensus.call("verify_vote_extension", height=9, vote_extension=b"x")
            assert bad.status == REJECT
            assert not (await consensus.call("list_snapshots")).snapshots
            none = await consensus.call("load_snapshot_chunk", height=3, format=2, chunk=0)
            assert none.chunk == b""
        assert await consensus.stands() == before


async def test_a_chain_that_goes_on_takes_no_snapshot(home: Path, tmp_path: Path) -> None:
    snapshot, chunks, app_hash = await taken(copied(home, tmp_path / "giver"))
    before = await begun(home, 2)
    async with running(home) as consensus:
        for result in (OFFER.ABORT, OFFER.ABORT):
            offered = await consensus.call("offer_snapshot", snapshot=snapshot, app_hash=app_hash)
            assert offered.result == result
            done = await consensus.call("apply_snapshot_chunk", index=0, chunk=chunks[0])
            assert done.result == APPLY.ABORT
        assert await consensus.stands() == before


async def test_chunks_are_taken_in_their_order_and_as_they_are(home: Path, tmp_path: Path) -> None:
    snapshot, chunks, app_hash = await taken(copied(home, tmp_path / "giver"))
    good = chunks[0]
    async with running(home) as consensus:
        early = await consensus.call("apply_snapshot_chunk", index=0, chunk=good, sender="p")
        assert early.result == APPLY.ABORT  # nothing was offered
        for field, value, result in (
            ("format", 1, OFFER.REJECT_FORMAT), ("height", 7, OFFER.REJECT),
            ("chunks", 5, OFFER.REJECT), ("hash", bytes(32), OFFER.REJECT),
        ):  # fmt: skip
            other = pb.Snapshot.FromString(snapshot.SerializeToString())
            setattr(other, field, value)
            offered = await consensus.call("offer_snapshot", snapshot=other, app_hash=app_hash)
            assert offered.result == result
        lied = await consensus.call("offer_snapshot", snapshot=snapshot, app_hash=bytes(32))
        assert lied.result == OFFER.REJECT
        for _ in range(2):
            offered = await consensus.call("offer_snapshot", snapshot=snapshot, app_hash=app_hash)
            assert offered.result == OFFER.ACCEPT
        late = await consensus.call("apply_snapshot_chunk", index=1, chunk=good, sender="p")
        assert (late.result, list(late.refetch_chunks)) == (APPLY.RETRY, [0])
        bad = await consensus.call("apply_snapshot_chunk", index=0, chunk=good[:-1], sender="liar")
        assert (bad.result, list(bad.reject_senders)) == (APPLY.RETRY, ["liar"])
        assert (await consensus.stands())[:2] == (0, b"")
        done = await consensus.call("apply_snapshot_chunk", index=0, chunk=good, sender="p")
        assert done.result == APPLY.ACCEPT
        stood = await consensus.stands()
        assert stood[:2] == (snapshot.height, app_hash)
        again = await consensus.call("apply_snapshot_chunk", index=0, chunk=good, sender="p")
        assert again.result == APPLY.ABORT
        assert await consensus.stands() == stood
    async with running(home) as consensus:  # killed before CometBFT knew: the same once more
        assert await consensus.stands() == stood
        await consensus.call("offer_snapshot", snapshot=snapshot, app_hash=app_hash)
        await consensus.call("apply_snapshot_chunk", index=0, chunk=good, sender="p")
        assert await consensus.stands() == stood
        await consensus.decide(snapshot.height + 1)
        offered = await consensus.call("offer_snapshot", snapshot=snapshot, app_hash=app_hash)
        assert offered.result == OFFER.ABORT
    async with running(tmp_path / "giver") as giver:
        expected = await giver.decide(snapshot.height + 1)
    async with running(home) as consensus:
        assert (await consensus.stands())[:2] == (snapshot.height + 1, expected)


async def taken(home: Path) -> tuple[pb.Snapshot, list[bytes], bytes]:
    """The snapshot of a new chain at height 3, its chunks, and the app hash."""
    async with running(home, snapshot_interval=3) as giver:
        await giver.call("init_chain", giver.genesis())
        for height in range(1, 4):
            app_hash = await giver.decide(height, pay(height - 1))
        async with asyncio.timeout(PATIENCE):
            while True:  # it is written while other calls are answered
                listed = (await giver.call("list_snapshots")).snapshots
                if listed:
                    break
        (snapshot,) = listed
        chunks = [
            (await giver.call("load_snapshot_chunk", height=3, format=snapshot.format, chunk=index))
            .chunk
            for index in range(snapshot.chunks)
        ]  # fmt: skip
        return snapshot, chunks, app_hash


def copied(home: Path, place: Path) -> Path:
    """Another node's home, which is where this one's is now."""
    return Path(shutil.copytree(home, place))
