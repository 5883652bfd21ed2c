"""The state of minting, what a block mints and who may change the rules.

It must not know genesis documents or who receives what the fee collector holds.
"""

from akashpy.chain import auth, bank, staking
from akashpy.chain.authority import require_authority
from akashpy.state.codecs import record
from akashpy.state.collections import Item
from akashpy.state.context import Context
from akashpy.types.coin import Coins
from akashpy.types.events import Event
from akashpy.types.mint import Minter, Params
from akashpy.wire import mint as pb

STORE = "mint"
MODULE_NAME = "mint"
MINTER = Item(STORE, b"\x00", record(Minter))
PARAMS = Item(STORE, b"\x01", record(Params))


def mint_block(ctx: Context) -> None:
    """Begin of a block: adjust inflation and mint this block's part of a year's provisions.

    A chain whose genesis has no mint part mints nothing. Source: SDK x/mint DefaultMintFn.
    """
    # LOAD
    params, minter = PARAMS.get(ctx), MINTER.get(ctx)
    if params is None or minter is None:
        return
    bonded = staking.bonded_ratio(ctx)
    # APPLY
    minter = minter.after_block(params, bonded, staking.staking_supply(ctx))
    MINTER.put(ctx, minter)
    made = minter.block_provision(params)
    coins = Coins.of((made,))
    if coins:
        bank.mint(ctx, MODULE_NAME, coins)
    bank.send_between_modules(ctx, MODULE_NAME, auth.FEE_COLLECTOR, coins)
    # EMIT
    ctx.emit(
        Event(
            "mint",
            (
                ("bonded_ratio", str(bonded)),
                ("inflation", str(minter.inflation)),
                ("annual_provisions", str(minter.annual_provisions)),
                ("amount", str(made.amount)),
            ),
        )
    )


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError, TxDecode."""
    require_authority(msg.authority)
    PARAMS.put(ctx, Params.from_wire(msg.params))
    return pb.MsgUpdateParamsResponse()
