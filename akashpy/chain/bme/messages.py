"""The messages of bme: requests to mint and burn ACT, and what governance decides.

A request only moves coins into the queue; it must not know when they are converted. Source: node
`x/bme/handler/server.go`, `x/bme/keeper/keeper.go` RequestBurnMint (v2.1.0).
"""

from akashpy.chain import auth, bank, oracle
from akashpy.chain import params as chain_params
from akashpy.chain.authority import require_authority
from akashpy.chain.bme.breaker import QUEUE_FIX
from akashpy.chain.bme.convert import quote
from akashpy.chain.bme.records import (
    NAME,
    PARAMS,
    PENDING,
    WAITING,
    add,
    key_of,
    next_number,
    params,
    status,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.bme import (
    UACT,
    UAKT,
    CircuitBreakerActive,
    InvalidAddress,
    InvalidDenom,
    MintStatus,
    Params,
)
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import InvalidAddress as SdkInvalidAddress
from akashpy.types.errors import PlainError
from akashpy.types.events import typed
from akashpy.wire import bme as pb

ROUTES = ((UAKT, UACT), (UACT, UAKT))


def burn_mint(ctx: Context, msg: pb.MsgBurnMint) -> pb.MsgBurnMintResponse:
    """Queue a conversion. Raises as `_request` does."""
    return pb.MsgBurnMintResponse(id=_request(ctx, msg, msg.denom_to_mint))


def mint_act(ctx: Context, msg: pb.MsgMintACT) -> pb.MsgMintACTResponse:
    """Queue the minting of ACT for AKT. Raises as `_request` does."""
    return pb.MsgMintACTResponse(id=_request(ctx, msg, UACT))


def burn_act(ctx: Context, msg: pb.MsgBurnACT) -> pb.MsgBurnACTResponse:
    """Queue the burning of ACT for AKT. Raises as `_request` does."""
    return pb.MsgBurnACTResponse(id=_request(ctx, msg, UAKT))


def _request(
    ctx: Context, msg: pb.MsgBurnMint | pb.MsgMintACT | pb.MsgBurnACT, denom: str
) -> pb.LedgerRecordID:
    """Take the coins and let the request wait for its epoch.

    Raises InvalidDenom, PriceStalled, CircuitBreakerActive, InsufficientFunds; with the fix
    "bme-mint-queue" also what would make the conversion fail at today's price.
    """
    # LOAD
    owner, coin = Address.parse(msg.owner), Coin.from_wire(msg.coins_to_burn)
    # CHECK
    if (coin.denom, denom) not in ROUTES:
        raise InvalidDenom(f"invalid swap route {coin.denom} -> {denom}")
    oracle.price(ctx, coin.denom)
    oracle.price(ctx, denom)
    now = int(status(ctx).status)
    if now > MintStatus.HALT_CR or (now == MintStatus.HALT_CR and coin.denom != UACT):
        raise CircuitBreakerActive
    if chain_params.is_fixed(ctx, QUEUE_FIX):
        quote(ctx, params(ctx), coin, denom)
    # APPLY
    bank.send_to_module(ctx, owner.raw, NAME, Coins.of([coin]))
    id = pb.LedgerRecordID(
        denom=coin.denom,
        to_denom=denom,
        source=owner,
        height=ctx.height,
        sequence=next_number(ctx),
    )
    add(ctx, WAITING, coin.denom, coin.amount)
    PENDING.put(
        ctx,
        key_of(id),
        pb.LedgerPendingRecord(
            owner=owner, to=msg.to, coins_to_burn=coin.to_wire(), denom_to_mint=denom
        ),
    )
    return id


def fund_vault(ctx: Context, msg: pb.MsgFundVault) -> pb.MsgFundVaultResponse:
    """Governance moves an account's coins into the vault, without that account's signature.

    Raises gov.InvalidSigner, InvalidAddress, InsufficientFunds; PlainError for a bad source.
    """
    require_authority(msg.authority)
    try:
        source = Address.parse(msg.source).raw
    except SdkInvalidAddress as error:
        raise PlainError(error.detail) from error
    found = auth.account(ctx, source)
    if found is None:
        raise InvalidAddress(f"account {msg.source} does not exist")
    if found.is_module:
        raise InvalidAddress(f"source address {msg.source} must not be module account")
    coin = Coin.from_wire(msg.amount)
    bank.send_to_module(ctx, source, NAME, Coins.of([coin]))
    balance = Coin(coin.denom, bank.balance(ctx, auth.MODULE_ADDRESSES[NAME], coin.denom))
    ctx.emit(
        typed(
            pb.EventVaultFunded(
                amount=msg.amount, source=msg.source, new_vault_balance=balance.to_wire()
            )
        )
    )
    return pb.MsgFundVaultResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    new = Params.from_wire(msg.params)
    new.validate()
    PARAMS.put(ctx, new)
    return pb.MsgUpdateParamsResponse()
