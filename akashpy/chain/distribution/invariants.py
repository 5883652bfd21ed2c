"""What must always hold of rewards. Source: SDK 0.50 x/distribution/keeper/invariants.go."""

from akashpy.chain import auth, bank, staking
from akashpy.chain.distribution.records import HISTORICAL, OUTSTANDING, SLASHES, STARTING, pool
from akashpy.state.context import Context
from akashpy.types.coin import DecCoins


def account_holds_all(ctx: Context) -> str | None:
    """The module's account holds what is not withdrawn and the community pool, to the last unit."""
    owed = pool(ctx)
    for _, rewards in OUTSTANDING.under(ctx):
        owed += rewards
    held = DecCoins.whole(bank.balances(ctx, auth.MODULE_ADDRESSES["distribution"]))
    return None if owed == held else f"distribution: account holds {held}, owed are {owed}"


def references_counted(ctx: Context) -> str | None:
    """Periods are remembered exactly by the running period, delegations and slashes."""
    counted = sum(value.references for _, value in HISTORICAL.under(ctx))
    validators = sum(1 for _ in staking.validators(ctx))
    delegations = sum(1 for _ in STARTING.under(ctx))
    slashes = sum(1 for _ in SLASHES.under(ctx))
    if counted == validators + delegations + slashes:
        return None
    return (
        f"distribution: {counted} references to periods for {validators} validators, "
        f"{delegations} delegations and {slashes} slashes"
    )


INVARIANTS = (account_holds_all, references_counted)
