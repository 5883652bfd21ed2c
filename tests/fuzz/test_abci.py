"""ABCI frames gone wrong: answered, or told as an exception that ends the connection and the node.

CometBFT is trusted, so a request that must not be is no attack but a broken installation: the node
has to say so and stop, and the state must be what it was.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from akashpy.node.abci import socket as abci_socket
from akashpy.node.comet.encoding import delimited
from akashpy.types.errors import ChainError
from akashpy.wire import abci as pb
from tests.fuzz.conftest import Memory
from tests.fuzz.line import PATIENCE
from tests.fuzz.mutation import SEED, TEXTS, broken, fill
from tests.fuzz.town import Pen, further
from tests.node.abci.calls import Caller

BEGUN = 3
HEADS = (b"\xff" * 11, b"\x80" * 9 + b"\x01", b"\xff\xff\xff\xff\x0f", b"\x00", b"")


async def test_frames(tmp_path: Path, rounds: int) -> None:
    dice, memory = random.Random(SEED + 50), Memory(rounds)
    caller = Caller(tmp_path / "node")
    try:
        await caller.begun(BEGUN)
        app = caller.chain.app
        app.take_panics()
        before = (app.height, app.app_hash)
        failures: list[BaseException] = []
        answered = ended = 0
        async with abci_socket.serve(
            caller.application, "tcp://127.0.0.1:0", failures.append
        ) as address:
            for batch in _batches(_frames(caller, dice, rounds)):
                found, is_open = await _talk(address, batch)
                answered += found
                ended += not is_open
                for _ in batch:
                    memory.look()
        assert (app.height, app.app_hash) == before
        assert app.take_panics() == []
        caller.chain.store.check()
        for failure in failures:
            assert not isinstance(failure, AttributeError | NameError | AssertionError), failure
            assert str(failure), repr(failure)
        memory.require_flat()
        assert answered > rounds // 4
        assert ended
        await caller.block(BEGUN + 1)
    finally:
        await caller.close()


async def test_blocks_executed_and_given_up(tmp_path: Path) -> None:
    """Any block may be proposed and executed; another one decided for its height is as ever."""
    dice = random.Random(SEED + 51)
    caller, other = Caller(tmp_path / "node"), Caller(tmp_path / "other")
    try:
        await caller.begun(BEGUN)
        await other.begun(BEGUN)
        txs = [Pen(caller.chain.app.query_context()).unsigned([msg]) for msg in further()]
        executed = 0
        for _ in range(400):
            request = pb.RequestFinalizeBlock()
            fill(request, dice, TEXTS)
            request.height = BEGUN + 1
            request.time.FromNanoseconds(caller.chain.core.genesis.time + dice.randrange(10**12))
            del request.txs[:]
            request.txs.extend(broken(dice.choice(txs), dice, txs) for _ in range(5))
            with suppress(ValueError, ChainError):
                await caller.application.answer("finalize_block", request)
                executed += 1
        assert executed > 100
        assert caller.chain.app.take_panics() == []
        await caller.block(BEGUN + 1)
        await other.block(BEGUN + 1)
        assert caller.chain.app.app_hash == other.chain.app.app_hash
    finally:
        await caller.close()
        await other.close()


async def _talk(address: str, frames: list[bytes]) -> tuple[int, bool]:
    """How many requests were answered, and whether the connection would have gone on."""
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**24)
    answered = 0
    try:
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                for frame in frames:
                    writer.write(frame)
                writer.write(delimited(pb.Request(flush=pb.RequestFlush()).SerializeToString()))
                writer.write_eof()
            try:
                while True:
                    response = await _read(reader)
                    kind = response.WhichOneof("value")
                    assert kind, "an answer without content"
                    if kind == "flush":
                        return answered, True
                    if kind == "exception":
                        assert response.exception.error
                        return answered, False
                    answered += 1
            except (asyncio.IncompleteReadError, ConnectionError):
                return answered, False
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> pb.Response:
    size = shift = 0
    while True:
        (byte,) = await reader.readexactly(1)
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return pb.Response.FromString(await reader.readexactly(size))


def _batches(frames: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Frames for one connection each: as many as go on, and one after which it may not."""
    batch: list[bytes] = []
    for frame in frames:
        batch.append(frame)
        if len(batch) == 8:
            yield batch
            batch = []
    if batch:
        yield batch


def _frames(caller: Caller, dice: random.Random, rounds: int) -> Iterator[bytes]:
    pen = Pen(caller.chain.app.query_context())
    txs = [pen.unsigned([msg]) for msg in further()]
    kinds = [field.name for field in pb.Request.DESCRIPTOR.fields if field.name != "flush"]
    last = [b""]
    for turn in range(rounds):
        request = pb.Request()
        kind = dice.choice(kinds) if turn % 8 == 7 else dice.choice(("check_tx", "query", "echo"))
        part = getattr(request, kind)
        part.SetInParent()
        if kind == "check_tx":
            part.tx = broken(dice.choice(txs), dice, txs)
        else:
            fill(part, dice, TEXTS)
        if kind == "finalize_block" and part.height == BEGUN + 1:
            part.height += 1  # nothing here is executed, so that no commit can be right
        data = request.SerializeToString()
        frame = delimited(data)
        if turn % 8 == 7:
            match dice.randrange(4):
                case 0:
                    frame = broken(frame, dice, last)
                case 1:
                    frame = dice.choice(HEADS) + frame
                case 2:
                    frame = delimited(broken(data, dice, last))
        last = [frame]
        yield frame
