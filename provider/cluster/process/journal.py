"""Numbered records in a few bounded files: what a replica wrote and what happened to it.

The launcher of a replica appends; anyone may read, also after the replica's end. A journal never
grows past its bounds: the oldest file goes when a new one begins. It knows nothing of processes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from provider.cluster.process.spec import Bounds

Record = dict[str, Any]
NUMBER = "n"


class Journal:
    """The writing end. Records get the member `n`, counting from 1 without gaps."""

    def __init__(self, directory: Path, bounds: Bounds) -> None:
        self._directory = directory
        self._bounds = bounds
        self._grown = asyncio.Event()
        self._file: IO[str] | None = None
        self._size = 0
        self._is_closed = False
        directory.mkdir(parents=True, exist_ok=True)
        self._last = newest(directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def last(self) -> int:
        """Number of the newest record, 0 when there is none."""
        return self._last

    def append(self, record: Record) -> None:
        """Write one record and wake those who wait."""
        self._last += 1
        line = json.dumps({NUMBER: self._last, **record}, ensure_ascii=False) + "\n"
        size = len(line.encode())
        if self._file is None or self._size + size > self._bounds.file_bytes:
            self._turn()
        assert self._file is not None
        self._file.write(line)
        self._file.flush()
        self._size += size
        self._wake()

    def records(self, *, after: int) -> Iterator[Record]:
        """Records above a number, as far as they are kept."""
        return read(self._directory, after=after)

    async def wait(self, *, after: int) -> bool:
        """Return once there is a newer record; False when there will be none."""
        while self._last <= after and not self._is_closed:
            await self._grown.wait()
        return self._last > after

    def close(self) -> None:
        """End it; waiting readers return."""
        self._is_closed = True
        if self._file is not None:
            self._file.close()
            self._file = None
        self._wake()

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    def _turn(self) -> None:
        if self._file is not None:
            self._file.close()
        path = self._directory / f"{self._last:016}.jsonl"
        self._file = path.open("a", encoding="utf-8")
        self._size = path.stat().st_size
        for old in _files(self._directory)[: -self._bounds.files]:
            old.unlink()


def read(directory: Path, *, after: int = 0) -> Iterator[Record]:
    """Records of a journal above a number; a half-written last line is left out."""
    files = _files(directory)
    for index, path in enumerate(files):
        if index + 1 < len(files) and int(files[index + 1].stem) <= after + 1:
            continue
        try:
            file = path.open(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            continue  # its turn to go came while we read an older one
        with file:
            for line in file:
                if not line.endswith("\n"):
                    break
                try:
                    record: Record = json.loads(line)
                except ValueError:
                    continue  # torn by a crash and followed by later records
                if record[NUMBER] > after:
                    yield record


def newest(directory: Path) -> int:
    """Number of the newest record kept, 0 when there is none."""
    last = 0
    for record in read(directory, after=max(0, _first_of_newest(directory) - 1)):
        last = record[NUMBER]
    return last


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.jsonl"))


def _first_of_newest(directory: Path) -> int:
    files = _files(directory)
    return int(files[-1].stem) if files else 1
