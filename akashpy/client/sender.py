"""One account's place in line: its number, its next sequence, and a lock for handing over.

Senders of one process share it, so their transactions get consecutive sequences; other processes
may use the same account, so what a node says about the sequence is always believed. Must not know
messages or fees.
"""

from __future__ import annotations

import asyncio
import re

from akashpy.client.query import AuthQueries
from akashpy.types.address import Address
from akashpy.types.errors import ChainError

_EXPECTED = re.compile(r"account sequence mismatch, expected (\d+), got (\d+)")


class Sender:
    """The line of one account. Hold `lock` from reading `sequence` until it is used."""

    def __init__(self, address: Address, accounts: AuthQueries) -> None:
        self.address = address
        self.lock = asyncio.Lock()
        self._accounts = accounts
        self._number = 0
        self._sequence: int | None = None

    async def place(self) -> tuple[int, int]:
        """Account number and next sequence, read from the chain when not known."""
        if self._sequence is None:
            found = await self._accounts.account(self.address)
            self._number, self._sequence = found.number, found.sequence
        return self._number, self._sequence

    async def committed(self, height: int) -> int:
        """The sequence that the chain at `height` expects next, pending transactions aside."""
        return (await self._accounts.account(self.address, height=height)).sequence

    def used(self, sequence: int) -> None:
        """A transaction with this sequence was accepted."""
        self._sequence = sequence + 1

    def forget(self) -> None:
        """The next place is read from the chain again."""
        self._sequence = None

    def correct(self, refused: ChainError, sequence: int) -> None:
        """Take the sequence from a node's refusal of `sequence`, or read it again."""
        said = _EXPECTED.search(str(refused))
        expected = int(said[1]) if said else None
        self._sequence = None if expected == sequence else expected
