"""Reads of published certificates, by owner, serial number and state.

It must not judge certificates. Source: facts of the network, module cert; node v2.1
`x/cert/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain.cert import CERTIFICATES
from akashpy.node.queries.bookmark import Bookmark
from akashpy.node.queries.listing import OFFSET_NEEDS_STATE
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import internal, invalid
from akashpy.node.queries.stocklist import page_limit
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.address import Address
from akashpy.types.cert import Certificate, CertificateState, InvalidSerialNumber, parse_serial
from akashpy.types.errors import InvalidAddress
from akashpy.wire import cert as pb
from akashpy.wire.base import PageResponse

STATES = bytes((CertificateState.VALID, CertificateState.REVOKED))


def certificates(ctx: Context, req: pb.QueryCertificatesRequest) -> pb.QueryCertificatesResponse:
    """Certificates that match the filter, valid ones first; a serial needs its owner.

    Raises Refused with InvalidArgument for an unknown state, a bad serial number, an offset
    without a state or a bad page key, with Internal for a bad owner.
    """
    request, filter = req.pagination, req.filter
    if request.offset and not filter.state:
        raise invalid(OFFSET_NEEDS_STATE)
    states, prefix, begin = _states(filter.state), _prefix(filter), b""
    if request.reverse:
        states = states[::-1]
    if request.key:
        mark = Bookmark.decode(request.key)
        if not mark.states or mark.prefix[:1] != mark.states[:1]:
            raise invalid("invalid pagination key")
        states, prefix, begin = mark.states, mark.prefix[1:], mark.key
    skip, left = request.offset, page_limit(request.limit)
    response = pb.QueryCertificatesResponse()
    for at, state in enumerate(states):
        row = CERTIFICATES.base + bytes((state,)) + prefix
        low, high = row, end_of(row)
        if at == 0 and begin and request.reverse:
            high = row + begin + b"\x00"
        elif at == 0:
            low = row + begin
        for key, data in ctx.iterate(low, high, reverse=request.reverse):
            if skip:
                skip -= 1
                continue
            if left == 0:
                search = bytes((state,)) + prefix
                next_key = Bookmark(states[at:], search, key[len(row) :]).encode()
                response.pagination.next_key = next_key
                response.pagination.total = len(response.certificates)
                return response
            response.certificates.append(_shown(key, data))
            left -= 1
    response.pagination.CopyFrom(PageResponse(total=len(response.certificates)))
    return response


def _states(text: str) -> bytes:
    if not text:
        return STATES
    state = CertificateState.named(text)
    if not state:
        raise invalid("invalid state value")
    return bytes((state,))


def _prefix(filter: pb.CertificateFilter) -> bytes:
    """The part of the key that the filter fixes: owner, or owner and serial."""
    if not filter.owner:
        return b""
    try:
        owner = Address.parse(filter.owner).raw
    except InvalidAddress as error:
        raise internal(error.detail) from error
    prefix = bytes((len(owner),)) + owner
    if not filter.serial:
        return prefix
    try:
        serial = parse_serial(filter.serial)
    except InvalidSerialNumber as error:
        raise invalid("invalid serial number") from error
    size = (serial.bit_length() + 7) // 8
    return prefix + bytes((size,)) + serial.to_bytes(size, "big")


def _shown(key: bytes, data: bytes) -> pb.CertificateResponse:
    at = len(CERTIFICATES.base) + 1
    at += 1 + key[at]  # the owner
    serial = int.from_bytes(key[at + 1 :], "big")
    certificate = Certificate.from_wire(pb.Certificate.FromString(data))
    return pb.CertificateResponse(certificate=certificate.to_wire(), serial=str(serial))


METHODS: Methods = {"Certificates": certificates}
