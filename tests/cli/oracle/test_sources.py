"""Files, programs and HTTP answers as sources of prices."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from akashpy.cli.oracle.sources import SourceError, parse, read_all
from akashpy.types.dec import Dec

SECOND = 10**9


@pytest.fixture
async def prices() -> AsyncIterator[str]:
    """A local HTTP server with one answer of each kind."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"akt": {"usd": 1.25}, "at": "2026-01-02T03:04:05.678Z"})

    async def plain(request: web.Request) -> web.Response:
        return web.Response(text="1.5\n")

    async def slow(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("the client has gone")

    app = web.Application()
    app.add_routes([web.get("/json", answer), web.get("/plain", plain), web.get("/slow", slow)])
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def price(text: str, timeout: float = 60.0) -> Dec:
    return (await parse(text, timeout).read()).price


async def refusal(text: str, timeout: float = 60.0) -> str:
    with pytest.raises(SourceError) as caught:
        await parse(text, timeout).read()
    return str(caught.value)


async def test_http(prices: str) -> None:
    assert await price(f"{prices}/plain") == Dec.of("1.5")
    assert await price(f"{prices}/json#akt.usd") == Dec.of("1.25")
    quote = await parse(f"{prices}/json#akt.usd@at", 60.0).read()
    assert quote.time == 1_767_323_045_678_000_000
    assert await refusal(f"{prices}/none") == f"{prices}/none: HTTP status 404"
    assert await refusal(f"{prices}/slow", 0.05) == f"{prices}/slow: no answer in 0.05 s"
    assert "http://127.0.0.1:1/x" in await refusal("http://127.0.0.1:1/x")
    assert (await refusal(f"{prices}/json#akt.eur")).endswith("has no 'akt.eur' (at 'eur')")
    assert "is no price" in await refusal(f"{prices}/json")


async def test_a_file_is_as_old_as_its_last_writing(tmp_path: Path) -> None:
    file = tmp_path / "price.txt"
    file.write_text(" 2.000000000000000001 \n")
    os.utime(file, ns=(0, 123 * SECOND))
    quote = await parse(f"file:{file}", 60.0).read()
    assert (quote.price, quote.time) == (Dec.of("2.000000000000000001"), 123 * SECOND)
    file.write_text(json.dumps({"list": [{"p": "0.1"}], "t": 1700000000.5}))
    quote = await parse(f"file:{file}#list.0.p@t", 60.0).read()
    assert (quote.price, quote.time) == (Dec.of("0.1"), 1_700_000_000_500_000_000)
    assert "No such file" in await refusal(f"file:{tmp_path}/none")


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "nan", "inf", "1e400", "1.2.3", "0e0"])
async def test_what_is_no_price(tmp_path: Path, text: str) -> None:
    file = tmp_path / "price.txt"
    file.write_text(text)
    assert f"file:{file}: " in await refusal(f"file:{file}")


async def test_small_and_long_numbers(tmp_path: Path) -> None:
    file = tmp_path / "price.txt"
    for text, raw in (("1e-6", 10**12), ("0.0000000000000000019", 2), ("1E3", 10**21)):
        file.write_text(text)
        assert (await price(f"file:{file}")).raw == raw


async def test_a_command() -> None:
    program = f"command:{sys.executable} -c"
    assert await price(f"{program} 'print(1.75)'") == Dec.of("1.75")
    said = await refusal(f"{program} 'import sys; sys.exit(\"no market\")'")
    assert said.endswith("exit status 1: no market")
    async with asyncio.timeout(90):
        slow = f"{program} 'import time; time.sleep(600)'"
        assert "no answer in 0.2 s" in await refusal(slow, 0.2)
    assert "command:no-such-program" in await refusal("command:no-such-program")


@pytest.mark.parametrize("text", ["", "price.txt", "ftp://x", "file:", "command:", "http:x"])
def test_what_is_no_source(text: str) -> None:
    with pytest.raises(SourceError, match="is no source: write file:PATH"):
        parse(text, 1.0)


async def test_one_silent_source_does_not_silence_the_others(prices: str, tmp_path: Path) -> None:
    sources = [parse(f"{prices}/plain", 60.0), parse(f"file:{tmp_path}/none", 60.0)]
    quotes, silent = await read_all(sources)
    assert [quote.price for quote in quotes] == [Dec.of("1.5")]
    assert len(silent) == 1
