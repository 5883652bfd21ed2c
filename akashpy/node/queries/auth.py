"""Reads of accounts. Source: SDK 0.53 `x/auth/keeper/grpc_query.go`."""

from __future__ import annotations

from google.protobuf.any_pb2 import Any

from akashpy.chain import auth
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid, missing
from akashpy.state.codecs import Bytes, RawBytes
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.address import PREFIX, Address
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.wire import auth as pb
from akashpy.wire import pack

ROWS = Map(auth.STORE, auth.ACCOUNT_PREFIX.removeprefix(b"acc/"), Bytes, RawBytes)
"""Address -> the account as stored: the bytes of its Any."""


def accounts(ctx: Context, req: pb.QueryAccountsRequest) -> pb.QueryAccountsResponse:
    """All accounts, in order of their addresses' bytes."""
    found = stocklist.page(ctx, ROWS, req.pagination)
    return pb.QueryAccountsResponse(
        accounts=[Any.FromString(row) for row in found.values],
        pagination=stocklist.response(found),
    )


def account(ctx: Context, req: pb.QueryAccountRequest) -> pb.QueryAccountResponse:
    """One account."""
    if not req.address:
        raise invalid("Address cannot be empty")
    row = ROWS.get(ctx, _raw(req.address))
    if row is None:
        raise missing(f"account {req.address} not found")
    return pb.QueryAccountResponse(account=Any.FromString(row))


def account_info(ctx: Context, req: pb.QueryAccountInfoRequest) -> pb.QueryAccountInfoResponse:
    """One account without what is particular to its kind."""
    if not req.address:
        raise invalid("address cannot be empty")
    found = auth.account(ctx, _raw(req.address))
    if found is None:
        raise missing(f"account {req.address} not found")
    return pb.QueryAccountInfoResponse(info=auth.base_of(found))


def account_address_by_id(
    ctx: Context, req: pb.QueryAccountAddressByIDRequest
) -> pb.QueryAccountAddressByIDResponse:
    """The address of an account number."""
    if req.id:
        raise invalid("requesting with id isn't supported, try to request using account-id")
    found = auth.NUMBERS.get(ctx, req.account_id)
    if found is None:
        raise missing(f"account address not found with account number {req.account_id}")
    return pb.QueryAccountAddressByIDResponse(account_address=Address.of(found))


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=auth.params(ctx))


def module_accounts(
    ctx: Context, req: pb.QueryModuleAccountsRequest
) -> pb.QueryModuleAccountsResponse:
    """The accounts of modules that have one yet, by name."""
    del req
    owners = (owner for _, owner in sorted(auth.MODULE_ADDRESSES.items()))
    found = (auth.account(ctx, owner) for owner in owners)
    return pb.QueryModuleAccountsResponse(
        accounts=[pack(auth.to_wire(each)) for each in found if each is not None]
    )


def module_account_by_name(
    ctx: Context, req: pb.QueryModuleAccountByNameRequest
) -> pb.QueryModuleAccountByNameResponse:
    """One module's account."""
    if not req.name:
        raise invalid("module name is empty")
    owner = auth.MODULE_ADDRESSES.get(req.name)
    found = None if owner is None else auth.account(ctx, owner)
    if found is None:
        raise missing(f"account {req.name} not found")
    return pb.QueryModuleAccountByNameResponse(account=pack(auth.to_wire(found)))


def bech32_prefix(ctx: Context, req: pb.Bech32PrefixRequest) -> pb.Bech32PrefixResponse:
    """The prefix of accounts' addresses."""
    del ctx, req
    return pb.Bech32PrefixResponse(bech32_prefix=PREFIX)


def address_to_text(
    ctx: Context, req: pb.AddressBytesToStringRequest
) -> pb.AddressBytesToStringResponse:
    """An address as text."""
    del ctx
    if not req.address_bytes:
        raise PlainError("empty address bytes is not allowed")
    try:
        text = Address.of(req.address_bytes)
    except InvalidAddress as error:
        raise PlainError(str(error)) from error
    return pb.AddressBytesToStringResponse(address_string=text)


def address_to_bytes(
    ctx: Context, req: pb.AddressStringToBytesRequest
) -> pb.AddressStringToBytesResponse:
    """An address as bytes."""
    del ctx
    if not req.address_string.strip():
        raise PlainError("empty address string is not allowed")
    return pb.AddressStringToBytesResponse(address_bytes=_raw(req.address_string))


def _raw(text: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


METHODS: Methods = {
    "Accounts": accounts,
    "Account": account,
    "AccountAddressByID": account_address_by_id,
    "Params": params,
    "ModuleAccounts": module_accounts,
    "ModuleAccountByName": module_account_by_name,
    "Bech32Prefix": bech32_prefix,
    "AddressBytesToString": address_to_text,
    "AddressStringToBytes": address_to_bytes,
    "AccountInfo": account_info,
}
