"""New coins for those who secure the chain: inflation that follows the bonded share.

Each block mints its part of a year's inflation into the fee collector, from where distribution
shares it out. It must not know rewards, fees or messages of others. Source of rules, texts and
events: Cosmos SDK 0.53 x/mint.
"""

from akashpy.chain.mint.genesis import (
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.mint.minting import MINTER, PARAMS, mint_block, update_params
from akashpy.chain.module import Handler, Module

__all__ = ["MINTER", "MODULE", "PARAMS", "mint_block", "update_params"]

MODULE = Module(
    name="mint",
    handlers={"/cosmos.mint.v1beta1.MsgUpdateParams": Handler(None, update_params)},
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(mint_block,),
)
