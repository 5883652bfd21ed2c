"""Reads of evidence. Source: cosmossdk.io/x/evidence/keeper/grpc_query.go."""

from __future__ import annotations

from akashpy.chain import evidence as chain
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid, missing
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.wire import evidence as pb


def evidence(ctx: Context, req: pb.QueryEvidenceRequest) -> pb.QueryEvidenceResponse:
    """Evidence by its hash, in hexadecimal."""
    if not req.hash:
        raise invalid("invalid request; hash is empty")
    found = chain.EVIDENCE.get(ctx, _unhex(req.hash))
    if found is None:
        raise missing(f"evidence {req.hash} not found")
    return pb.QueryEvidenceResponse(evidence=found)


def all_evidence(ctx: Context, req: pb.QueryAllEvidenceRequest) -> pb.QueryAllEvidenceResponse:
    """All evidence, in order of hashes."""
    found = stocklist.page(ctx, chain.EVIDENCE, req.pagination)
    return pb.QueryAllEvidenceResponse(evidence=found.values, pagination=stocklist.response(found))


def _unhex(text: str) -> bytes:
    """The bytes of hexadecimal text. Raises PlainError in Go's words."""
    for at, char in enumerate(text):
        if char not in "0123456789abcdefABCDEF":
            code = ord(char) if ord(char) < 128 else text[at:].encode()[0]
            shown = f"'{char}'" if 32 <= code < 127 else f"{chr(code)!r}"
            raise PlainError(
                f"invalid evidence hash: encoding/hex: invalid byte: U+{code:04X} {shown}"
            )
    if len(text) % 2:
        raise PlainError("invalid evidence hash: encoding/hex: odd length hex string")
    return bytes.fromhex(text)


METHODS: Methods = {"Evidence": evidence, "AllEvidence": all_evidence}
