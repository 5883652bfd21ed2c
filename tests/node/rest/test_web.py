"""gRPC-Web on the REST port: both forms, refusals in the headers, off unless asked for."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from google.rpc.status_pb2 import Status as RpcStatus

from akashpy.wire import bank, deployment
from tests.node.realchain import address
from tests.node.rest.conftest import Open, Port

TYPE = "application/grpc-web+proto"
TEXT = "application/grpc-web-text"
BALANCE = "/cosmos.bank.v1beta1.Query/Balance"
DEPLOYMENT = "/akash.deployment.v1beta4.Query/Deployment"
HEIGHT = "x-cosmos-block-height"


def framed(message: bytes, flags: int = 0) -> bytes:
    return bytes([flags]) + len(message).to_bytes(4, "big") + message


def parts(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The message and the trailers."""
    message = b""
    while body:
        flags, size = body[0], int.from_bytes(body[1:5], "big")
        content, body = body[5 : 5 + size], body[5 + size :]
        if flags == 0x80:
            lines = content.decode().removesuffix("\r\n").split("\r\n")
            assert body == b""
            return message, dict(line.split(": ", 1) for line in lines)
        message = content
    raise AssertionError("no trailers")


def request() -> bytes:
    message = bank.QueryBalanceRequest(address=address("tenant"), denom="uakt")
    return framed(message.SerializeToString())


async def call(
    port: Port, path: str, body: bytes, kind: str = TYPE, **headers: str
) -> tuple[bytes, dict[str, str], dict[str, str]]:
    status, answer, said = await port.ask(
        path, "POST", data=body, headers={"Content-Type": kind, **headers}
    )
    assert (status, said["Content-Type"]) == (200, kind)
    if not answer:  # a refusal tells in its headers what trailers would
        return b"", {name.lower(): text for name, text in said.items()}, said
    message, trailers = parts(b64decode(answer) if "text" in kind else answer)
    return message, trailers, said


async def test_a_call_in_both_forms_and_its_height(opened: Open) -> None:
    async with opened(grpc_web=True) as port:
        await port.chain.blocks(1)
        message, trailers, said = await call(port, BALANCE, request())
        balance = bank.QueryBalanceResponse.FromString(message).balance
        assert (balance.denom, balance.amount) == ("uakt", "1000000000000")
        assert (trailers, said[HEIGHT]) == ({"grpc-status": "0"}, "2")
        again, _, said = await call(port, BALANCE, b64encode(request()), TEXT, **{HEIGHT: "1"})
        assert (again, said[HEIGHT]) == (message, "1")


async def test_a_refusal_is_in_the_headers(opened: Open) -> None:
    id = {"owner": address("tenant"), "dseq": 5}
    ask = framed(deployment.QueryDeploymentRequest(id=id).SerializeToString())
    async with opened(grpc_web=True) as port:
        message, trailers, _ = await call(port, DEPLOYMENT, ask)
        assert (message, trailers["grpc-status"]) == (b"", "5")
        assert trailers["grpc-message"] == "codespace deployment code 4: Deployment not found"
        details = RpcStatus.FromString(b64decode(trailers["grpc-status-details-bin"]))
        assert (details.code, len(details.details)) == (5, 1)


@pytest.mark.parametrize(
    ("path", "body", "kind", "status", "text"),
    [
        ("/akash.nope.v1.Query/X", request(), TYPE, "12", "unknown service akash.nope.v1.Query"),
        (
            "/cosmos.bank.v1beta1.Query/X",
            request(),
            TYPE,
            "12",
            "unknown method X for service cosmos.bank.v1beta1.Query",
        ),
        ("/odd", request(), TYPE, "12", 'malformed method name: "/odd"'),
        (BALANCE, b"", TYPE, "13", "grpc: the request is not one whole frame"),
        (BALANCE, b"\0\0\0\0\x09x", TYPE, "13", "grpc: the request is not one whole frame"),
        (BALANCE, framed(b"", 1), TYPE, "12", "grpc: compressed requests are not read"),
        (BALANCE, framed(b"", 0x80), TYPE, "13", "grpc: a frame with flags 0x80"),
        (BALANCE, framed(b"\xff\xff"), TYPE, "13", "grpc: error unmarshalling request"),
        (BALANCE, b"***", TEXT, "13", "grpc: the request is not base64"),
        (
            BALANCE,
            request(),
            "application/grpc-web+json",
            "13",
            "invalid gRPC request content-type",
        ),
    ],
)
async def test_calls_that_cannot_be(
    opened: Open, path: str, body: bytes, kind: str, status: str, text: str
) -> None:
    async with opened(grpc_web=True) as port:
        message, trailers, _ = await call(port, path, body, kind)
    assert (message, trailers["grpc-status"]) == (b"", status)
    assert trailers["grpc-message"].startswith(text)


async def test_it_is_off_unless_asked_for(port: Port) -> None:
    headers = {"Content-Type": TYPE}
    refused = await port.refused(BALANCE, "POST", data=request(), headers=headers)
    assert refused == (501, 12, "Not Implemented")
