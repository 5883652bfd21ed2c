"""Supply is what the balances sum up to, at every height."""

from akashpy.chain.bank.records import HOLDERS, SUPPLY, holdings
from akashpy.state.context import Context
from akashpy.types.address import Address


def supply_conserved(ctx: Context) -> str | None:
    """Invariant: supply equals the sum of all balances, and none is zero or negative."""
    total: dict[str, int] = {}
    count = 0
    for owner, denom, amount in holdings(ctx):
        if amount <= 0:
            return f"bank: balance of {Address.of(owner)} is {amount}{denom}"
        if not HOLDERS.has(ctx, (denom, owner)):
            return f"bank: {Address.of(owner)} is missing among the holders of {denom}"
        total[denom] = total.get(denom, 0) + amount
        count += 1
    recorded = dict(SUPPLY.under(ctx))
    if recorded != total:
        return f"bank: supply {recorded} differs from the sum of balances {total}"
    if sum(1 for _ in HOLDERS.under(ctx)) != count:
        return "bank: the index of holders lists balances that do not exist"
    return None
