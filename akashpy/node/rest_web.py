"""gRPC-Web: unary calls of browsers, in one HTTP exchange each.

A body is frames (a byte of flags, four of length, the bytes); the trailers are a frame of their
own, or headers where there is no answer. The -text forms are the same in base64. It must not know
what a call means.
Source: grpc/grpc doc/PROTOCOL-WEB.md.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from urllib.parse import quote

from aiohttp import web
from google.protobuf.message import DecodeError, Message
from google.rpc.status_pb2 import Status as RpcStatus

from akashpy.node.grpc_status import DETAILS_KEY
from akashpy.node.heights import HEIGHT
from akashpy.node.rest_answer import Answer, Answers, Refusal
from akashpy.types.errors import Status

TYPE = "application/grpc-web"
TEXT_TYPE = "application/grpc-web-text"
TYPES = tuple(f"{base}{form}" for base in (TYPE, TEXT_TYPE) for form in ("", "+proto"))
HEAD = 5
"""Bytes before the content of a frame."""
DATA, COMPRESSED, TRAILERS = 0x00, 0x01, 0x80


async def answer(
    answers: Answers, request: web.BaseRequest, path: str, body: bytes
) -> web.Response:
    """The reply to a gRPC-Web call; a refusal is a reply with a status in its headers."""
    kind = request.content_type
    try:
        if kind not in TYPES:
            raise Refusal.of(Status.INTERNAL, f'invalid gRPC request content-type "{kind}"')
        call = _read(answers.request_class(path), body, kind.startswith(TEXT_TYPE))
        found: Answer = await answers.answer(path, call, request.headers.getall(HEIGHT, []))
    except Refusal as refusal:
        headers = {**_said(refusal.height), **_trailers(refusal.status)}
        return web.Response(headers={**headers, "Content-Type": kind})
    trailers = "".join(f"{name}: {text}\r\n" for name, text in _trailers(RpcStatus()).items())
    frames = _frame(DATA, found.message.SerializeToString())
    frames += _frame(TRAILERS, trailers.lower().encode())
    if kind.startswith(TEXT_TYPE):
        frames = b64encode(frames)
    return web.Response(body=frames, headers={**_said(found.height), "Content-Type": kind})


def _read(kind: type[Message], body: bytes, is_text: bool) -> Message:
    """The request in a body. Raises Refusal."""
    if is_text:
        body = _plain(body)
    if len(body) < HEAD or len(body) < HEAD + int.from_bytes(body[1:HEAD]):
        raise Refusal.of(Status.INTERNAL, "grpc: the request is not one whole frame")
    if body[0] == COMPRESSED:
        raise Refusal.of(
            Status.UNIMPLEMENTED, "grpc: compressed requests are not read; send them plain"
        )
    if body[0] != DATA:
        raise Refusal.of(Status.INTERNAL, f"grpc: a frame with flags {body[0]:#04x}")
    try:
        return kind.FromString(body[HEAD : HEAD + int.from_bytes(body[1:HEAD])])
    except DecodeError as error:
        text = f"grpc: error unmarshalling request: {error}"
        raise Refusal.of(Status.INTERNAL, text) from error


def _plain(body: bytes) -> bytes:
    try:
        return b64decode(body, validate=True)
    except Base64Error as error:
        text = f"grpc: the request is not base64: {error}"
        raise Refusal.of(Status.INTERNAL, text) from error


def _frame(flags: int, content: bytes) -> bytes:
    return bytes([flags]) + len(content).to_bytes(4) + content


def _trailers(status: RpcStatus) -> dict[str, str]:
    """What tells the status, as headers of a refusal or in a frame after an answer."""
    found = {"Grpc-Status": str(status.code)}
    if status.message:
        found["Grpc-Message"] = quote(status.message, safe=_UNESCAPED)
    if status.details:
        found[DETAILS_KEY] = b64encode(status.SerializeToString()).decode()
    return found


def _said(height: int) -> dict[str, str]:
    return {HEIGHT: str(height)} if height else {}


_UNESCAPED = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
