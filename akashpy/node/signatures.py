"""Hands signatures to the worker process and brings back which are valid.

Exists so that checks of transactions find the costly part done. What the worker vouches for spares
one operation and decides nothing: without its word, or when it has died or stalled, the check
verifies by itself, with the same outcome. Must not know transactions.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple, cast

from akashpy.node.signature_worker import COUNT, READY, RECORD

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds without any answer after which the worker is given up."""
ALONE = 2
"""Up to so many signatures are left to the caller when the worker is idle: asking costs more."""


class Claim(NamedTuple):
    """That `signature` over a message with this SHA-256 is by this compressed key."""

    public: bytes
    digest: bytes
    signature: bytes


class _Asked(NamedTuple):
    """A question in the order of its answer: the answer's bytes, and who waits for them."""

    size: int
    future: asyncio.Future[bytes]


class Signatures(asyncio.Protocol):
    """The node's end of the line. Answers come in the order of the questions."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._begun = asyncio.Event()
        self._waiting: deque[_Asked] = deque()
        self._outgoing: list[bytes] = []
        self._answers = b""
        self._heard = 0.0
        self._watch: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """Nothing is being verified."""
        return not self._waiting

    async def ready(self) -> None:
        """Return once the worker can be asked, or is gone."""
        await self._begun.wait()

    async def valid(self, claims: Sequence[Claim]) -> Sequence[bool]:
        """Which claims the worker found true; all False where it was not asked or did not answer.

        Without claims it still returns after those asked before, so that none overtakes another.
        """
        transport = self._transport
        if transport is None or not self._begun.is_set() or (self.is_idle and len(claims) <= ALONE):
            return [False] * len(claims)
        future: asyncio.Future[bytes] = self._loop.create_future()
        if self.is_idle:
            self._heard = self._loop.time()
            self._watch = self._loop.call_later(PATIENCE, self._look)
        self._waiting.append(_Asked(len(claims), future))
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.extend([RECORD.pack(*claim) for claim in claims])
        return [bool(byte) for byte in await future]

    def _flush(self) -> None:
        records, self._outgoing = self._outgoing, []
        if records and self._transport is not None:
            self._transport.write(COUNT.pack(len(records)) + b"".join(records))

    def _look(self) -> None:
        """Give the worker up when it has been silent for too long."""
        self._watch = None
        if self.is_idle:
            return
        silent = self._loop.time() - self._heard
        if silent < PATIENCE:
            self._watch = self._loop.call_later(PATIENCE - silent, self._look)
        elif self._transport is not None:
            log.warning("the signature worker does not answer; verifying without it")
            self._transport.abort()

    def _settle(self) -> None:
        """Give out what has been answered in full."""
        answers, at = self._answers, 0
        while self._waiting and at + self._waiting[0].size <= len(answers):
            size, future = self._waiting.popleft()
            if not future.done():
                future.set_result(answers[at : at + size])
            at += size
        self._answers = answers[at:]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The worker is starting."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """That the worker is ready, then answers, one byte each."""
        if not self._begun.is_set():
            self._begun.set()
            data = data[len(READY) :]
        self._heard = self._loop.time()
        self._answers += data
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """The worker is gone: everyone who waits, and who comes, verifies without it."""
        self._transport = None
        self._begun.set()
        if self._watch is not None:
            self._watch.cancel()
        if self._waiting:
            log.warning("the signature worker is gone; verifying without it")
        waiting, self._waiting = self._waiting, deque()
        for size, future in waiting:
            if not future.done():
                future.set_result(bytes(size))

    def close(self) -> None:
        """End the line, and with it the worker."""
        if self._transport is not None:
            self._transport.abort()


@asynccontextmanager
async def signatures() -> AsyncIterator[Signatures]:
    """A worker process while inside; where none can be started, a line that nobody answers."""
    ours, theirs = socket.socketpair()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "akashpy.node.signature_worker",
            stdin=theirs.fileno(), stdout=theirs.fileno(), env=_environment(),
        )  # fmt: skip
    except OSError as error:
        log.warning("no signature worker; verifying without it", extra={"why": str(error)})
        ours.close()
        yield Signatures()
        return
    finally:
        theirs.close()
    _, line = await asyncio.get_running_loop().create_connection(Signatures, sock=ours)
    try:
        yield line
    finally:
        line.close()
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait for the worker, which ends with its input; kill it when it does not."""
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _environment() -> dict[str, str]:
    """Ours, with the modules found where we found them."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    return {**os.environ, "PYTHONPATH": path}


def worth_it() -> bool:
    """Whether there is a core for the worker."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else True
