"""Deposits paid by others: drawing on the authorizations given to an account, and giving back.

A grant is reduced when it is chosen, and what its granter gets back unspent is put on it again, so
that it can be used for the next deployment. It must not know accounts or payments.
Source: node `x/escrow/keeper/keeper.go` AuthorizeDeposits, saveAccount (v2.1.0).
"""

from collections.abc import Iterator

from akashpy.chain import authz
from akashpy.chain.authz_accept import draw, limits_of, with_limits
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.authz import MSG_DEPOSIT
from akashpy.types.coin import Coin
from akashpy.wire.escrow import DepositAuthorization


def drawn(
    ctx: Context, grantee: Address, wanted: Coin, scope: int
) -> Iterator[tuple[Address, int]]:
    """Granters and what each gives, until `wanted` is reached; their grants are reduced by it.

    A grant is passed over when it has ended, is for another scope or has nothing of the
    denomination; one that is used up stays, for what may come back.
    """
    left = wanted.amount
    for granter, authorization, expiration in authz.given_to(ctx, grantee.raw, MSG_DEPOSIT):
        if not isinstance(authorization, DepositAuthorization):
            continue  # a generic one allows the message, not the use of money
        if scope not in authorization.scopes or expiration == ctx.time:
            continue  # what ends in this very block cannot be saved again
        part = draw(authorization, scope, Coin(wanted.denom, left), partial=True)
        if part is None:
            continue
        authz.save(ctx, granter, grantee.raw, part.updated, expiration)
        yield Address.of(granter), part.amount
        left -= part.amount
        if left == 0:
            return


def restore(ctx: Context, granter: Address, grantee: Address, coin: Coin) -> None:
    """Put a refunded coin back on the grant it came from, if that is still there."""
    found = authz.usable(ctx, granter.raw, grantee.raw, MSG_DEPOSIT)
    if found is None or not isinstance(found.authorization, DepositAuthorization):
        return
    if found.expiration == ctx.time:
        return  # it ends in this very block and cannot be saved again
    limits = limits_of(found.authorization) + [coin]
    updated = with_limits(found.authorization, limits)
    authz.save(ctx, granter.raw, grantee.raw, updated, found.expiration)
