"""Reads of balances, supply and denominations. Source: SDK 0.53 `x/bank/keeper/grpc_query.go`."""

from __future__ import annotations

from akashpy.chain import bank
from akashpy.node.queries import address, stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid, missing
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, validate_denom
from akashpy.types.errors import ChainError
from akashpy.wire import bank as pb
from akashpy.wire.base import Coin as WireCoin
from akashpy.wire.base import PageRequest, PageResponse

INVALID = "invalid address: "


def balance(ctx: Context, req: pb.QueryBalanceRequest) -> pb.QueryBalanceResponse:
    """What an account holds of one denomination; 0 when nothing."""
    _denom(req.denom)
    owner = address.account(req.address, before=INVALID).raw
    amount = bank.balance(ctx, owner, req.denom)
    return pb.QueryBalanceResponse(balance=Coin(req.denom, amount).to_wire())


def all_balances(ctx: Context, req: pb.QueryAllBalancesRequest) -> pb.QueryAllBalancesResponse:
    """All that an account holds, by denomination."""
    coins, pages = _balances(ctx, req.address, req.pagination)
    if req.resolve_denom:
        for coin in coins:
            named = bank.METADATA.get(ctx, coin.denom)
            coin.denom = named.display if named is not None else coin.denom
    return pb.QueryAllBalancesResponse(balances=coins, pagination=pages)


def spendable_balances(
    ctx: Context, req: pb.QuerySpendableBalancesRequest
) -> pb.QuerySpendableBalancesResponse:
    """All that an account may spend now, by denomination."""
    coins, pages = _balances(ctx, req.address, req.pagination)
    owner = Address.parse(req.address).raw
    free = bank.spendable_coins(ctx, owner)
    for coin in coins:
        coin.amount = str(free.amount_of(coin.denom))
    return pb.QuerySpendableBalancesResponse(balances=coins, pagination=pages)


def spendable_balance(
    ctx: Context, req: pb.QuerySpendableBalanceByDenomRequest
) -> pb.QuerySpendableBalanceByDenomResponse:
    """What an account may spend of one denomination."""
    owner = address.account(req.address, before=INVALID).raw
    _denom(req.denom)
    amount = bank.spendable(ctx, owner, req.denom)
    return pb.QuerySpendableBalanceByDenomResponse(balance=Coin(req.denom, amount).to_wire())


def total_supply(ctx: Context, req: pb.QueryTotalSupplyRequest) -> pb.QueryTotalSupplyResponse:
    """All coins in existence, by denomination."""
    found = stocklist.page(ctx, bank.SUPPLY, req.pagination)
    return pb.QueryTotalSupplyResponse(
        supply=[Coin(denom, amount).to_wire() for denom, amount in found.items],
        pagination=stocklist.response(found),
    )


def supply_of(ctx: Context, req: pb.QuerySupplyOfRequest) -> pb.QuerySupplyOfResponse:
    """The supply of one denomination; 0 when there is none."""
    _denom(req.denom)
    amount = bank.supply(ctx, req.denom)
    return pb.QuerySupplyOfResponse(amount=Coin(req.denom, amount).to_wire())


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=bank.params(ctx))


def denoms_metadata(
    ctx: Context, req: pb.QueryDenomsMetadataRequest
) -> pb.QueryDenomsMetadataResponse:
    """What is known about each denomination."""
    found = stocklist.page(ctx, bank.METADATA, req.pagination)
    return pb.QueryDenomsMetadataResponse(
        metadatas=found.values, pagination=stocklist.response(found)
    )


def denom_metadata(
    ctx: Context, req: pb.QueryDenomMetadataRequest
) -> pb.QueryDenomMetadataResponse:
    """What is known about one denomination."""
    return pb.QueryDenomMetadataResponse(metadata=_metadata(ctx, req.denom))


def denom_metadata_by_query(
    ctx: Context, req: pb.QueryDenomMetadataByQueryStringRequest
) -> pb.QueryDenomMetadataByQueryStringResponse:
    """The same for denominations that do not fit a path."""
    return pb.QueryDenomMetadataByQueryStringResponse(metadata=_metadata(ctx, req.denom))


def denom_owners(ctx: Context, req: pb.QueryDenomOwnersRequest) -> pb.QueryDenomOwnersResponse:
    """Who holds a denomination, in order of addresses' bytes."""
    owners, pages = _owners(ctx, req.denom, req.pagination)
    return pb.QueryDenomOwnersResponse(denom_owners=owners, pagination=pages)


def denom_owners_by_query(
    ctx: Context, req: pb.QueryDenomOwnersByQueryRequest
) -> pb.QueryDenomOwnersByQueryResponse:
    """The same for denominations that do not fit a path."""
    owners, pages = _owners(ctx, req.denom, req.pagination)
    return pb.QueryDenomOwnersByQueryResponse(denom_owners=owners, pagination=pages)


def send_enabled(ctx: Context, req: pb.QuerySendEnabledRequest) -> pb.QuerySendEnabledResponse:
    """Which denominations may be sent or not: those asked for, or all that differ."""
    if req.denoms:
        rows = ((denom, bank.SEND_ENABLED.get(ctx, denom)) for denom in req.denoms)
        return pb.QuerySendEnabledResponse(
            send_enabled=[
                pb.SendEnabled(denom=denom, enabled=row == bank.YES)
                for denom, row in rows
                if row is not None
            ]
        )
    found = stocklist.page(ctx, bank.SEND_ENABLED, req.pagination)
    return pb.QuerySendEnabledResponse(
        send_enabled=[
            pb.SendEnabled(denom=denom, enabled=row == bank.YES) for denom, row in found.items
        ],
        pagination=stocklist.response(found),
    )


def _balances(
    ctx: Context, owner: str, request: PageRequest
) -> tuple[list[WireCoin], PageResponse]:
    raw = address.account(owner, before=INVALID).raw
    found = stocklist.page(ctx, bank.BALANCES, request, raw, before="paginate: ")
    coins = [Coin(key[1], amount).to_wire() for key, amount in found.items]
    return coins, stocklist.response(found)


def _owners(
    ctx: Context, denom: str, request: PageRequest
) -> tuple[list[pb.DenomOwner], PageResponse]:
    _denom(denom)
    found = stocklist.page(ctx, bank.HOLDERS, request, denom)
    owners = [
        pb.DenomOwner(
            address=Address.of(key[1]),
            balance=Coin(denom, bank.balance(ctx, key[1], denom)).to_wire(),
        )
        for key, _ in found.items
    ]
    return owners, stocklist.response(found)


def _metadata(ctx: Context, denom: str) -> pb.Metadata:
    _denom(denom)
    found = bank.METADATA.get(ctx, denom)
    if found is None:
        raise missing(f"client metadata for denom {denom}")
    return found


def _denom(text: str) -> None:
    try:
        validate_denom(text)
    except ChainError as error:
        raise invalid(str(error)) from error


METHODS: Methods = {
    "Balance": balance,
    "AllBalances": all_balances,
    "SpendableBalances": spendable_balances,
    "SpendableBalanceByDenom": spendable_balance,
    "TotalSupply": total_supply,
    "SupplyOf": supply_of,
    "Params": params,
    "DenomsMetadata": denoms_metadata,
    "DenomMetadata": denom_metadata,
    "DenomMetadataByQueryString": denom_metadata_by_query,
    "DenomOwners": denom_owners,
    "DenomOwnersByQuery": denom_owners_by_query,
    "SendEnabled": send_enabled,
}
