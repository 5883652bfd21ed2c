"""Where prices come from: a file, a command's output, or an HTTP answer.

Each gives one price and when it was true. Must not know which prices are believed.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import aiohttp

from akashpy.types.dec import PLACES, Dec
from akashpy.types.duration import SECOND
from akashpy.types.errors import ChainError

MAX_BYTES = 1 << 20
"""Bytes of an answer that are read; a price needs no more."""


class SourceError(Exception):
    """A source gave no price; the text says which and why."""


class Quote(NamedTuple):
    """What a source says: dollars for one token, and when that was so (unix nanoseconds)."""

    source: str
    price: Dec
    time: int


class Source(Protocol):
    """One place where a price is found."""

    @property
    def name(self) -> str:
        """As the user wrote it."""

    async def read(self) -> Quote:
        """The price now. Raises SourceError."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an answer the price stands, and its time: dotted names, empty for plain text."""

    price: str = ""
    time: str = ""

    def find(self, name: str, text: str, now: int) -> Quote:
        """The quote in an answer; its time is `now` where it names none. Raises SourceError."""
        if not self.price:
            return Quote(name, _price(name, text.strip()), now)
        try:
            document = json.loads(text, parse_float=str)
        except ValueError as error:
            raise SourceError(f"{name}: the answer is no JSON: {error}") from error
        price = _price(name, str(_at(name, document, self.price)))
        moment = _moment(name, _at(name, document, self.time)) if self.time else now
        return Quote(name, price, moment)


def _at(name: str, document: Any, path: str) -> Any:
    found = document
    for part in path.split("."):
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise SourceError(f"{name}: the answer has no {path!r} (at {part!r})") from error
    return found


def _price(name: str, text: str) -> Dec:
    try:
        number = Decimal(text)
        if not number.is_finite():
            raise SourceError(f"{name}: {text!r} is no price")
        found = Dec.of(f"{round(number, PLACES):f}")
    except (InvalidOperation, ChainError) as error:
        raise SourceError(f"{name}: {text[:60]!r} is no price; give a number like 1.25") from error
    if not found.is_positive:
        raise SourceError(f"{name}: {text} is not above zero")
    return found


def _moment(name: str, value: Any) -> int:
    """Unix seconds or RFC 3339 as nanoseconds."""
    from datetime import datetime

    text = str(value)
    with suppress(InvalidOperation):
        return int(Decimal(text) * SECOND)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("it names no zone")
    except ValueError as error:
        raise SourceError(f"{name}: {text!r} is no time: {error}") from error
    return int(moment.timestamp() * 1_000) * 1_000_000


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file that something else keeps writing; its time is when it was last written."""

    name: str
    path: Path
    place: Place

    async def read(self) -> Quote:
        """The file's price."""
        try:
            text, written = await asyncio.to_thread(self._load)
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"{self.name}: {error}") from error
        return self.place.find(self.name, text, written)

    def _load(self) -> tuple[str, int]:
        with self.path.open("rb") as file:
            written = self.path.stat().st_mtime_ns
            return file.read(MAX_BYTES).decode(), written


@dataclass(frozen=True, slots=True)
class CommandSource:
    """A program that prints a price and ends with exit status 0. No shell reads the words."""

    name: str
    words: tuple[str, ...]
    place: Place
    timeout: float

    async def read(self) -> Quote:
        """What the program printed. It is ended when it takes too long."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise SourceError(f"{self.name}: {error}") from error
        try:
            async with asyncio.timeout(self.timeout):
                out, err = await process.communicate()
        except TimeoutError as error:
            raise SourceError(f"{self.name}: no answer in {self.timeout:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            said = err.decode(errors="replace").strip()[-200:]
            raise SourceError(f"{self.name}: exit status {process.returncode}: {said}")
        return self.place.find(self.name, out.decode(errors="replace"), time.time_ns())


@dataclass(frozen=True, slots=True)
class HttpSource:
    """A page or API that answers GET with a price."""

    name: str
    url: str
    place: Place
    timeout: float

    async def read(self) -> Quote:
        """The answer's price."""
        limit = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as http,
                http.get(self.url, headers={"accept": "application/json, text/plain"}) as answer,
            ):
                if answer.status != 200:
                    raise SourceError(f"{self.name}: HTTP status {answer.status}")
                body = await answer.content.read(MAX_BYTES)
        except TimeoutError as error:
            raise SourceError(f"{self.name}: no answer in {self.timeout:g} s") from error
        except aiohttp.ClientError as error:
            raise SourceError(f"{self.name}: {error}") from error
        return self.place.find(self.name, body.decode(errors="replace"), time.time_ns())


def parse(text: str, timeout: float) -> Source:
    """The source that a user wrote.

    `file:PATH`, `command:WORDS` or an `http(s)://` address. Where the answer is JSON, `#a.b` says
    where the price stands in it and `#a.b@c` also where its time does. Raises SourceError.
    """
    where, _, rest = text.partition("#")
    price, _, moment = rest.partition("@")
    place = Place(price, moment)
    kind, _, value = where.partition(":")
    if kind in ("http", "https") and value.startswith("//"):
        return HttpSource(text, where, place, timeout)
    if kind == "file" and value:
        return FileSource(text, Path(value), place)
    if kind == "command" and value:
        return CommandSource(text, tuple(shlex.split(value)), place, timeout)
    raise SourceError(
        f"{text!r} is no source: write file:PATH, command:WORDS or an http(s):// address"
    )


async def read_all(sources: Sequence[Source]) -> tuple[list[Quote], list[str]]:
    """What all sources say at the same time, and why some say nothing."""
    found = await asyncio.gather(*(source.read() for source in sources), return_exceptions=True)
    quotes, silent = [], []
    for answer in found:
        if isinstance(answer, Quote):
            quotes.append(answer)
        elif isinstance(answer, SourceError):
            silent.append(str(answer))
        elif isinstance(answer, BaseException):
            raise answer
    return quotes, silent
