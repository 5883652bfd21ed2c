"""What can go wrong between a client and a chain, and how a node's answer becomes an exception.

A refusal by the chain's rules is a `ChainError` with its codespace and code. What is here besides
is not the chain's word: the node was not reached, or nobody knows yet what became of a transaction.
It must not know any transport.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status as RpcStatus

from akashpy.types.errors import (
    ChainError,
    InvalidRequest,
    KeyNotFound,
    PlainError,
    Status,
    Unauthorized,
    UnknownRequest,
    rebuild,
    registered,
)

UNREACHED = (Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED, Status.CANCELLED)
_NAMED = re.compile(r"codespace (\S+) code (\d+): (.*)", re.DOTALL)
_GAS = re.compile(r" with gas used: '\d+'.*\Z", re.DOTALL)
_PLACE = re.compile(r" \[[^\]]*\]\Z")
_GRPC = re.compile(r"rpc error: code = (\w+) desc = (.*)", re.DOTALL)
_STATUSES = {status.name.title().replace("_", ""): status for status in Status}
"""The names by which Go's gRPC calls its statuses."""


class ClientError(Exception):
    """Something that is not a refusal by the chain; the text names what to do."""


class Unreachable(ClientError):
    """No answer from the node. Whether the request arrived is unknown."""


class OutcomeUnknown(ClientError):
    """A transaction was handed over and nobody could say what became of it.

    After `timeout_height` it can no longer be included; until then it may be.
    """

    def __init__(self, hash: str, timeout_height: int, why: str) -> None:
        super().__init__(
            f"transaction {hash}: outcome unknown ({why}); look it up, it can only be included up "
            f"to height {timeout_height}"
        )
        self.hash = hash
        self.timeout_height = timeout_height


class NeverIncluded(ClientError):
    """A transaction was signed anew several times and each one provably never landed."""


class StatusRefusal(PlainError):
    """A refusal that names no codespace and code, only a gRPC status and a text."""

    def __init__(self, status: Status, detail: str) -> None:
        super().__init__(detail)
        self.status = status  # type: ignore[misc]  # this class alone has it per instance


def refusal(status: Status, text: str, details: bytes = b"") -> ChainError | Unreachable:
    """The exception for a gRPC status; `details` is its google.rpc.Status, if there is one.

    Codespace and code come from the details, or from the text where the SDK writes them there.
    """
    for info in _infos(details):
        code = info.metadata.get("code", "")
        if code.isdecimal():
            return rebuild(info.domain, int(code), info.metadata.get("log", text))
    named = _NAMED.fullmatch(text)
    if named is not None:
        return rebuild(named[1], int(named[2]), named[3])
    if status in UNREACHED:
        return Unreachable(text)
    return StatusRefusal(status, text)


def _infos(details: bytes) -> Iterable[ErrorInfo]:
    try:
        packed = RpcStatus.FromString(details).details
    except DecodeError:
        return
    for each in packed:
        info = ErrorInfo()
        if each.Is(ErrorInfo.DESCRIPTOR) and each.Unpack(info):
            yield info


def of_simulation(error: ChainError) -> ChainError:
    """The error behind a failed simulation, whose code a Go node does not send.

    Looks the innermost registered text up; when none or several errors have it, the text stays and
    no code is claimed. Nothing about money or a lease may be decided on such an error.
    """
    if not isinstance(error, StatusRefusal):
        return error
    text = _PLACE.sub("", _GAS.sub("", error.detail))
    return _by_text(text, registered().values()) or error


def of_abci(path: str, codespace: str, code: int, log: str) -> ChainError | Unreachable:
    """The error behind a gRPC query that was asked through `abci_query` and failed.

    The SDK shows it as one of four errors of its own, around a text: "rpc error: code = NotFound
    desc = ..." for a bare status, a module's own text otherwise. The query's module tells between
    errors of equal text.
    """
    shown = rebuild(codespace, code, log)
    if not isinstance(shown, KeyNotFound | InvalidRequest | Unauthorized | UnknownRequest):
        return shown
    bare = _GRPC.fullmatch(shown.detail)
    if bare is not None:
        return refusal(_STATUSES.get(bare[1], Status.UNKNOWN), bare[2])
    if not isinstance(shown, KeyNotFound):
        return shown
    module = path.split(".")[1] if path.count(".") > 1 else ""
    missing = [kind for kind in registered().values() if kind.status is Status.NOT_FOUND]
    own = [kind for kind in missing if kind.codespace == module]
    found = _by_text(shown.detail, own) or _by_text(shown.detail, missing)
    return found or StatusRefusal(Status.NOT_FOUND, shown.detail)


def _by_text(text: str, kinds: Iterable[type[ChainError]]) -> ChainError | None:
    """The one error whose registered text ends `text`, the longest text winning."""
    ending = [kind for kind in kinds if kind.text and text.endswith(kind.text)]
    longest = max((len(kind.text) for kind in ending), default=0)
    found = [kind for kind in ending if len(kind.text) == longest]
    if len(found) != 1:
        return None
    (kind,) = found
    return rebuild(kind.codespace, kind.code, text)
