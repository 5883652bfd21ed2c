"""Who holds which coins, and the only code that moves them.

Every balance change on the chain goes through `moves` or `at_once` here, so that supply is
conserved by construction and the events are those wallets and indexers know. It must not know why
coins move. Source of rules, texts and events: Cosmos SDK 0.53 x/bank.
"""

from akashpy.chain.bank.genesis import (
    DISPLAYS,
    NAMES,
    SUPPLY_BITS,
    UNITS,
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.bank.invariants import supply_conserved
from akashpy.chain.bank.messages import msg_multi_send, msg_send, set_send_enabled, update_params
from akashpy.chain.bank.moves import (
    burn,
    delegate_coins,
    mint,
    send,
    send_between_modules,
    send_from_module,
    send_to_module,
    undelegate_coins,
)
from akashpy.chain.bank.records import (
    BALANCE_PREFIX,
    BALANCES,
    HOLDERS,
    METADATA,
    NO,
    PARAMS,
    SECOND,
    SEND_ENABLED,
    STORE,
    SUPPLY,
    YES,
    balance,
    balance_key,
    balances,
    holdings,
    is_send_enabled,
    locked,
    params,
    require_receiver,
    require_send_enabled,
    spendable,
    spendable_coins,
    supply,
)
from akashpy.chain.module import Handler, Module

__all__ = [
    "BALANCES",
    "BALANCE_PREFIX",
    "DISPLAYS",
    "HOLDERS",
    "METADATA",
    "MODULE",
    "NAMES",
    "NO",
    "PARAMS",
    "SECOND",
    "SEND_ENABLED",
    "STORE",
    "SUPPLY",
    "SUPPLY_BITS",
    "UNITS",
    "YES",
    "balance",
    "balance_key",
    "balances",
    "burn",
    "default_genesis",
    "delegate_coins",
    "export_genesis",
    "holdings",
    "init_genesis",
    "is_send_enabled",
    "locked",
    "mint",
    "msg_multi_send",
    "msg_send",
    "params",
    "require_receiver",
    "require_send_enabled",
    "send",
    "send_between_modules",
    "send_from_module",
    "send_to_module",
    "set_send_enabled",
    "spendable",
    "spendable_coins",
    "supply",
    "undelegate_coins",
    "update_params",
    "validate_genesis",
]

_URL = "/cosmos.bank.v1beta1."
MODULE = Module(
    name="bank",
    handlers={
        f"{_URL}MsgSend": Handler(None, msg_send),
        f"{_URL}MsgMultiSend": Handler(None, msg_multi_send),
        f"{_URL}MsgUpdateParams": Handler(None, update_params),
        f"{_URL}MsgSetSendEnabled": Handler(None, set_send_enabled),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    invariants=(supply_conserved,),
)
