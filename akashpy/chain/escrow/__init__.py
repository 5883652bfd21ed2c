"""Escrow: money that leases draw on block by block, and bid deposits.

It must not know orders, bids or leases: it tells upward with AccountEnded and PaymentEnded. What
market and deployment call is in operations, the books in records, the arithmetic in settle and
deduct, the sources in deposits and grants, the queue of accounts running dry in exhaustion, payment
in AKT in fallback, genesis and invariants in genesis. Source: node `x/escrow` (v2.1.0).
"""

from akashpy import wire
from akashpy.chain.escrow.deposits import authorize
from akashpy.chain.escrow.genesis import (
    export_genesis,
    init_genesis,
    money_is_accounted_for,
    no_open_account_owes,
    payments_have_open_accounts,
    validate_genesis,
)
from akashpy.chain.escrow.operations import (
    account_deposit,
    close_account,
    close_exhausted,
    close_payment,
    create_account,
    create_payment,
    deposit,
    is_open,
    is_paying,
    withdraw_payment,
)
from akashpy.chain.escrow.records import ACCOUNTS, PAYMENTS, AccountEnded, PaymentEnded
from akashpy.chain.module import Handler, Module
from akashpy.types.escrow import validate_account_deposit
from akashpy.wire import escrow as pb

__all__ = [
    "ACCOUNTS",
    "MODULE",
    "PAYMENTS",
    "AccountEnded",
    "PaymentEnded",
    "authorize",
    "close_account",
    "close_exhausted",
    "close_payment",
    "create_account",
    "create_payment",
    "deposit",
    "is_open",
    "is_paying",
    "withdraw_payment",
]

MODULE = Module(
    name="escrow",
    handlers={
        "/akash.escrow.v1.MsgAccountDeposit": Handler(validate_account_deposit, account_deposit)
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=lambda preset: wire.to_json(pb.GenesisState()),
    validate_genesis=validate_genesis,
    end_block=(close_exhausted,),
    invariants=(money_is_accounted_for, payments_have_open_accounts, no_open_account_owes),
)
