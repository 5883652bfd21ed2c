"""bme: ACT, the credit that pays for compute, is minted from AKT and burned back into it.

AKT burned for ACT goes into the vault; the vault's worth over all ACT decides whether more may be
minted (breaker). Requests (messages) wait in a queue for their epoch (queue) and are converted at
the oracle's price then (convert). It must not know leases or escrow. Source: node `x/bme` (v2.1.0).
"""

from akashpy.chain.bme.breaker import collateral_ratio, price_health_changed
from akashpy.chain.bme.convert import quote
from akashpy.chain.bme.genesis import (
    books_are_covered,
    coins_of,
    default_genesis,
    export_genesis,
    init_genesis,
    queue_adds_up,
    validate_genesis,
)
from akashpy.chain.bme.messages import burn_act, burn_mint, fund_vault, mint_act, update_params
from akashpy.chain.bme.queue import end_block
from akashpy.chain.bme.records import (
    BURNED,
    CANCELED,
    CREDITS,
    EXECUTED,
    MINTED,
    NAME,
    PENDING,
    params,
    status,
)
from akashpy.chain.module import Handler, Module
from akashpy.types.bme import (
    validate_burn_act,
    validate_burn_mint,
    validate_fund_vault,
    validate_mint_act,
    validate_update_params,
)
from akashpy.types.oracle import HealthChanged

__all__ = [
    "BURNED", "CANCELED", "CREDITS", "EXECUTED", "MINTED", "MODULE", "NAME", "PENDING", "coins_of",
    "collateral_ratio", "params", "quote", "status",
]  # fmt: skip

_URL = "/akash.bme.v1."
MODULE = Module(
    name=NAME,
    handlers={
        f"{_URL}MsgBurnMint": Handler(validate_burn_mint, burn_mint),
        f"{_URL}MsgMintACT": Handler(validate_mint_act, mint_act),
        f"{_URL}MsgBurnACT": Handler(validate_burn_act, burn_act),
        f"{_URL}MsgFundVault": Handler(validate_fund_vault, fund_vault),
        f"{_URL}MsgUpdateParams": Handler(validate_update_params, update_params),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    end_block=(end_block,),
    subscribers={HealthChanged: price_health_changed},
    invariants=(books_are_covered, queue_adds_up),
)
