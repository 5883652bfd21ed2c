"""Old prices are forgotten when an epoch ends, a bounded number at a time.

It must not know how epochs are counted. Source: node `x/oracle/keeper/prune.go` (v2.1.0).
"""

from itertools import islice

from akashpy.chain.oracle.records import LATEST, PRICES, params
from akashpy.state.context import Context
from akashpy.types.epochs import EpochEnded
from akashpy.types.moment import is_writable


def epoch_ended(ctx: Context, value: EpochEnded) -> None:
    """Remove prices that are older than the retention, per source, at most the parameter's sum."""
    rules = params(ctx)
    after = ctx.time - rules.price_retention + 1
    if value.identifier != rules.prune_epoch or not is_writable(after):
        return
    left = rules.max_prune_per_epoch
    for fed, _ in list(LATEST.under(ctx)):
        if left <= 0:
            return
        old = [key for key, _ in islice(PRICES.under(ctx, *fed, until=(*fed, after)), left)]
        for key in old:
            PRICES.remove(ctx, key)
        left -= len(old)
