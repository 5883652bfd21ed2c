"""From a refusal to what a gRPC client sees: status, text and details.

Exists so that gRPC, REST and the in-memory transport say the same. Beyond the SDK's answer, the
details (google.rpc.Status) name codespace and code, which the SDK's text alone hides; a client that
does not know them loses nothing. It must not know gRPC's library.
Source: cosmossdk.io/errors GRPCStatus, grpc-go status.FromError.
"""

from __future__ import annotations

from google.protobuf.any_pb2 import Any
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status as RpcStatus

from akashpy.types.errors import ChainError

DETAILS_KEY = "grpc-status-details-bin"
"""Trailing metadata that carries the google.rpc.Status."""
REASON = "CHAIN_ERROR"


def text_of(error: ChainError) -> str:
    """The message of the gRPC status: a registered error names its codespace and code first."""
    if error.codespace == "undefined":
        return str(error)
    parts = (error.text, error.detail, error.after)
    said = ": ".join(part for part in parts if part)
    return f"codespace {error.codespace} code {error.code}: {said}"


def status_of(error: ChainError) -> RpcStatus:
    """The whole status, with codespace and code in its details where there are any."""
    status = RpcStatus(code=int(error.status), message=text_of(error))
    cause = getattr(error, "cause", None) or error
    if isinstance(cause, ChainError) and cause.codespace != "undefined":
        info = ErrorInfo(
            reason=REASON,
            domain=cause.codespace,
            metadata={"codespace": cause.codespace, "code": str(cause.code), "log": str(cause)},
        )
        packed = Any()
        packed.Pack(info)
        status.details.append(packed)
    return status
