"""What fuzzing found at the ports."""

from __future__ import annotations

import logging
from typing import Any

import grpc
import pytest

from akashpy.node import http_faults
from akashpy.node.grpc import serve as serve_grpc
from akashpy.node.rest import serve as serve_rest
from akashpy.node.rpc.server import serve as serve_rpc
from tests.fuzz.conftest import quiet
from tests.fuzz.line import Line, get
from tests.node.realchain import RealChain


@pytest.mark.parametrize("serve", [serve_rpc, serve_rest])
async def test_clients_cannot_fill_the_log_with_tracebacks(
    serve: Any, chain: RealChain, caplog: pytest.LogCaptureFixture
) -> None:
    """Each malformed request was an error in the log, with a traceback of thirty lines."""
    with caplog.at_level(logging.INFO):
        async with serve(chain.core, "127.0.0.1", 0) as url:
            line = Line(url)
            answer = await line.ask(b"GET /x?\xf0\x9f HTTP/1.1\r\nno header\r\n\r\n")
            assert answer is not None
            assert answer.status == 400
            cut = b"POST /x HTTP/1.1\r\nHost: node\r\nContent-Length: 99\r\n\r\nhalf"
            await line.ask(cut, last=True)
    told = [record for record in caplog.records if record.name == http_faults.HTTP_LOG.name]
    assert told, "the framework says nothing any more: is the quiet logger of use?"
    assert {record.levelno for record in told} == {logging.INFO}
    assert not any(record.exc_info for record in caplog.records)


async def test_a_page_key_that_is_no_ascii(chain: RealChain) -> None:
    """It was an internal error; Go names the byte."""
    async with serve_rest(chain.core, "127.0.0.1", 0) as url:
        answer = await Line(url).ask(
            get("/akash/provider/v1beta4/providers?pagination.key=AA%F0%9F%98%80")
        )
    assert answer is not None
    assert (answer.status, answer.json["code"]) == (400, 3)
    assert "illegal base64 data at input byte 2" in answer.json["message"]


@pytest.mark.parametrize(
    "path",
    [
        "grpc.health.v1.Health/Check",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "cosmos.bank.v1beta1.Query/Params",
    ],
)
async def test_bytes_that_are_no_request(
    chain: RealChain, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """For the library's own services it was Unknown, with a traceback in the log."""
    with quiet(caplog):
        async with (
            serve_grpc(chain.core, "127.0.0.1", 0) as address,
            grpc.aio.insecure_channel(address) as channel,
        ):
            call = channel.stream_stream(f"/{path}")(iter([b"\x0a\xff"]), timeout=10)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                assert [answer async for answer in call] == []
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert "grpc: error unmarshalling request" in caught.value.details()
