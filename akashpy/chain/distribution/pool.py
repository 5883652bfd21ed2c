"""The community pool: coins that the module's account holds and that belong to nobody.

It must not know who decides about them.
"""

from akashpy.chain import bank
from akashpy.chain.distribution.records import MODULE_NAME, POOL, add_to_pool, pool
from akashpy.state.context import Context
from akashpy.types.coin import Coins, DecCoins
from akashpy.types.distribution import BadDistribution


def fund_community_pool(ctx: Context, coins: Coins, depositor: bytes) -> None:
    """Move an account's coins into the pool. Raises InsufficientFunds."""
    bank.send_to_module(ctx, depositor, MODULE_NAME, coins)
    add_to_pool(ctx, DecCoins.whole(coins))


def distribute_from_pool(ctx: Context, coins: Coins, to: bytes) -> None:
    """Pay an account from the pool. Raises BadDistribution, Unauthorized for a module's account."""
    held, asked = pool(ctx), DecCoins.whole(coins)
    if any(held.amount_of(coin.denom) < coin.amount for coin in asked):
        raise BadDistribution
    bank.send_from_module(ctx, MODULE_NAME, to, coins)
    POOL.put(ctx, held.subtract(asked))
