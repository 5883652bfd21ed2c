"""What it costs a validator to be absent or to sign twice, and how it comes back.

`liveness` counts each block, `punish` is what evidence and operators ask for, `hooks` what staking
tells. It must not know rewards, nor how evidence is found.
Source of rules, texts and events: Cosmos SDK 0.53 x/slashing.
"""

from akashpy.chain.module import Handler, Module
from akashpy.chain.slashing.genesis import (
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.slashing.hooks import SUBSCRIBERS
from akashpy.chain.slashing.invariants import INVARIANTS
from akashpy.chain.slashing.liveness import begin_block
from akashpy.chain.slashing.punish import (
    jail,
    signing_info,
    slash_double_sign,
    tombstone,
    unjail,
    update_params,
)
from akashpy.chain.slashing.records import MISSED, PARAMS, PUBLIC_KEYS, SIGNING, missed_blocks

__all__ = [
    "MISSED",
    "MODULE",
    "PARAMS",
    "PUBLIC_KEYS",
    "SIGNING",
    "jail",
    "missed_blocks",
    "signing_info",
    "slash_double_sign",
    "tombstone",
]

_URL = "/cosmos.slashing.v1beta1."
MODULE = Module(
    name="slashing",
    handlers={
        f"{_URL}MsgUnjail": Handler(None, unjail),
        f"{_URL}MsgUpdateParams": Handler(None, update_params),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(begin_block,),
    subscribers=SUBSCRIBERS,
    invariants=INVARIANTS,
)
