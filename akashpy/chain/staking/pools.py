"""The two accounts that hold all stake: bonded, and everything else that cannot be spent.

It exists so that tokens move between the pools in one place. It must not know who staked.
Source: SDK 0.53 `x/staking/keeper/pool.go`.
"""

from akashpy.chain import auth, bank
from akashpy.chain.staking.parameters import BONDED, BONDED_POOL, NOT_BONDED_POOL, bond_denom
from akashpy.state.context import Context
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec


def pool_of(status: int) -> str:
    """The pool that holds the stake of validators in `status`."""
    return BONDED_POOL if status == BONDED else NOT_BONDED_POOL


def held(ctx: Context, pool: str) -> int:
    """Base units of stake in a pool."""
    return bank.balance(ctx, auth.MODULE_ADDRESSES[pool], bond_denom(ctx))


def stake(ctx: Context, amount: int) -> Coins:
    """`amount` base units of the bond denomination; none of them for zero."""
    return Coins.of([Coin(bond_denom(ctx), amount)]) if amount else Coins.EMPTY


def bond(ctx: Context, amount: int) -> None:
    """Move stake into the bonded pool."""
    bank.send_between_modules(ctx, NOT_BONDED_POOL, BONDED_POOL, stake(ctx, amount))


def unbond(ctx: Context, amount: int) -> None:
    """Move stake out of the bonded pool."""
    bank.send_between_modules(ctx, BONDED_POOL, NOT_BONDED_POOL, stake(ctx, amount))


def burn(ctx: Context, pool: str, amount: int) -> None:
    """Destroy stake of a pool."""
    if amount > 0:
        bank.burn(ctx, pool, stake(ctx, amount))


def total_bonded_tokens(ctx: Context) -> int:
    """Base units of stake that are bonded."""
    return held(ctx, BONDED_POOL)


def staking_supply(ctx: Context) -> int:
    """Base units of the bond denomination in existence."""
    return bank.supply(ctx, bond_denom(ctx))


def bonded_ratio(ctx: Context) -> Dec:
    """The bonded part of the supply; zero when there is no supply."""
    supply = staking_supply(ctx)
    return Dec.of(total_bonded_tokens(ctx)).quo_int(supply) if supply > 0 else Dec.ZERO
