"""Bounds of the port: bodies, headers, calls, connections, silence, time; long lists in slices."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from urllib.parse import urlsplit

import pytest

from akashpy import wire
from akashpy.node import rest_answer
from akashpy.node.queries.services import SERVICES, Service
from akashpy.node.rest_answer import CHUNK, json_steps
from akashpy.wire import bank, node
from tests.node.rest.conftest import Open, Port

TXS = "/cosmos/tx/v1beta1/txs"
SUPPLY = "/cosmos/bank/v1beta1/supply"
STATUS = "/cosmos.base.node.v1beta1.Service/Status"
ASK_STATUS = "/cosmos/base/node/v1beta1/status"


async def raw(port: Port, data: bytes) -> bytes:
    """What the port says to these bytes until it closes the connection."""
    place = urlsplit(port.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(data)
        async with asyncio.timeout(60):
            return await reader.read()
    finally:
        writer.close()


async def test_a_body_too_large(opened: Open) -> None:
    async with opened(body_bytes=100) as port:
        refused = await port.refused(TXS, "POST", data=b" " * 101)
        assert refused == (400, 3, "http: request body too large")
        assert (await port.refused(TXS, "POST", data=b" " * 100))[2] == "invalid empty tx"


async def test_a_body_that_does_not_arrive(opened: Open) -> None:
    async with opened(read_timeout=0.05) as port:
        head = b"POST /cosmos/tx/v1beta1/txs HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"
        place = urlsplit(port.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(head)
        async with asyncio.timeout(60):
            answer = await reader.readuntil(b"}")
        writer.close()
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"not complete after 0.05 s" in answer


async def test_a_silent_connection_is_closed(opened: Open) -> None:
    async with opened(read_timeout=0.05) as port:
        assert await raw(port, b"GET / HTTP/1.1\r\n") == b""


async def test_lines_and_headers_are_bounded(opened: Open) -> None:
    async with opened(line_bytes=1000) as port:
        status, _, _ = await port.ask(f"{SUPPLY}?x={'y' * 900}")
        assert status == 200
        status, _, _ = await port.ask(f"{SUPPLY}?x={'y' * 1100}")
        assert status == 400
        status, _, _ = await port.ask(SUPPLY, headers={"X": "y" * 1100})
        assert status == 400


async def test_one_connection_too_many(opened: Open) -> None:
    async with opened(connections=1) as port:
        await port.ask(SUPPLY)  # keeps its connection
        answer = await raw(port, b"")
        assert answer.startswith(b"HTTP/1.1 503")
        assert b'{"code":14,"message":"1 connections are open; try again later"' in answer


async def test_calls_are_bounded_in_number_and_time(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def wait(core: object, request: object) -> node.StatusResponse:
        del core, request
        begun.set()
        await never.wait()
        return node.StatusResponse()

    monkeypatch.setitem(SERVICES, STATUS, Service(node.StatusRequest, None, wait))
    async with opened(calls=1, call_timeout=2) as port:
        first = asyncio.create_task(port.refused(ASK_STATUS))
        await begun.wait()
        busy = (503, 14, "1 calls are being answered; try again later")
        assert await port.refused(SUPPLY) == busy
        assert await first == (504, 4, "context deadline exceeded")
        assert (await port.ask(SUPPLY))[0] == 200


async def test_an_unforeseen_failure_is_internal(
    opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(core: object, request: object) -> node.StatusResponse:
        raise RuntimeError("secret")

    monkeypatch.setitem(SERVICES, STATUS, Service(node.StatusRequest, fail))
    async with opened() as port:
        assert await port.refused(ASK_STATUS) == (500, 13, "panic: internal error")
        assert "secret" in caplog.text


def test_long_lists_are_written_in_slices_and_read_the_same() -> None:
    coins = [{"denom": f"u{n}", "amount": str(n)} for n in range(5 * CHUNK + 1)]
    message = bank.QueryAllBalancesResponse(balances=coins)
    message.pagination.total = len(coins)
    texts = []

    def keep() -> Generator[None, None, None]:
        texts.append((yield from json_steps(message)))

    assert sum(1 for _ in keep()) == 6
    assert texts == [wire.json_text(wire.to_json(message))]


def test_one_field_may_be_the_body() -> None:
    message = bank.QueryBalanceResponse(balance={"denom": "uakt", "amount": "5"})
    with pytest.raises(StopIteration) as end:
        next(rest_answer.json_steps(message, "balance"))
    assert end.value.value == '{"denom":"uakt","amount":"5"}'
