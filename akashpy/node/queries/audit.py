"""Reads of what auditors vouch for.

Akash's two unfiltered lists decode the stored value as the wrong message (the owner's field then
holds raw bytes of an attribute); that loses what is asked for, so these answer with the records
themselves, and AuditorAttributes with those of the auditor asked for. A row of docs/differences.md.
Source: node v2.1 `x/audit/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain import audit
from akashpy.chain.audit import RECORDS
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.state.collections import Page
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.audit import AuditedProvider, InvalidAddress, ProviderNotFound
from akashpy.types.errors import InvalidAddress as NoAddress
from akashpy.wire import audit as pb


def all_attributes(
    ctx: Context, req: pb.QueryAllProvidersAttributesRequest
) -> pb.QueryProvidersResponse:
    """Every record, by owner, then auditor."""
    return _shown(stocklist.page(ctx, RECORDS, req.pagination))


def of_provider(ctx: Context, req: pb.QueryProviderAttributesRequest) -> pb.QueryProvidersResponse:
    """Every record about one provider; paging is ignored. Raises ProviderNotFound."""
    owner = _address(req.owner)
    found = audit.records(ctx, owner)
    if not found:
        raise ProviderNotFound()
    return pb.QueryProvidersResponse(providers=[each.to_wire() for each in found])


def of_provider_by_auditor(
    ctx: Context, req: pb.QueryProviderAuditorRequest
) -> pb.QueryProvidersResponse:
    """One record. Raises ProviderNotFound."""
    auditor, owner = _address(req.auditor), _address(req.owner)
    found = audit.record(ctx, owner, auditor)
    if found is None:
        raise ProviderNotFound()
    return pb.QueryProvidersResponse(providers=[found.to_wire()])


def by_auditor(ctx: Context, req: pb.QueryAuditorAttributesRequest) -> pb.QueryProvidersResponse:
    """Every record of one auditor, by owner."""
    auditor = _address(req.auditor)
    found = stocklist.page(
        ctx, RECORDS, req.pagination, keep=lambda key, value: key[1] == auditor.raw
    )
    return _shown(found)


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except NoAddress as error:
        raise InvalidAddress() from error


def _shown(
    found: Page[tuple[bytes, bytes], pb.AuditedAttributesStore],
) -> pb.QueryProvidersResponse:
    records = [
        AuditedProvider(
            Address.of(key[0]), Address.of(key[1]), Attributes.from_wire(value.attributes)
        )
        for key, value in found.items
    ]
    return pb.QueryProvidersResponse(
        providers=[each.to_wire() for each in records], pagination=stocklist.response(found)
    )


METHODS: Methods = {
    "AllProvidersAttributes": all_attributes,
    "ProviderAttributes": of_provider,
    "ProviderAuditorAttributes": of_provider_by_auditor,
    "AuditorAttributes": by_auditor,
}
