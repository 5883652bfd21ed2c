"""The money behind a deployment, a bid or a lease, as the message that escrow stores."""

from __future__ import annotations

from akashpy.chain.escrow.records import ACCOUNTS, PAYMENTS
from akashpy.state.context import Context
from akashpy.types.escrow import AccountNotFound, EscrowID, PaymentID, PaymentNotFound
from akashpy.wire import escrow as pb


def account(ctx: Context, id: EscrowID) -> pb.Account:
    """An account. Raises AccountNotFound."""
    row = ctx.get(ACCOUNTS.key(str(id)))
    if row is None:
        raise AccountNotFound()
    return pb.Account.FromString(row)


def payment(ctx: Context, id: PaymentID) -> pb.Payment:
    """A payment. Raises PaymentNotFound."""
    row = ctx.get(PAYMENTS.key(str(id)))
    if row is None:
        raise PaymentNotFound()
    return pb.Payment.FromString(row)
