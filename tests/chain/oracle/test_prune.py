"""Old prices go when an epoch ends, a bounded number at a time."""

from __future__ import annotations

from akashpy.chain import epochs, oracle
from akashpy.chain.oracle.prune import epoch_ended
from akashpy.types.duration import HOUR, SECOND, duration
from akashpy.types.epochs import EpochEnded
from tests.chain.conftest import GENESIS_TIME, Given
from tests.chain.treasury import Economy


def prices(economy: Economy) -> int:
    return sum(1 for _ in oracle.PRICES.under(economy.ctx))


def test_prices_older_than_the_retention_go(given: Given) -> None:
    economy = Economy(given, "a", "b")
    economy.set_oracle(price_retention=duration(18 * SECOND), max_prune_per_epoch=3)
    for _ in range(5):
        economy.block("1", "2")
    assert prices(economy) == 10
    before = given.ctx.time - 18 * SECOND
    epoch_ended(given.ctx, EpochEnded("day", 1))
    assert prices(economy) == 10
    epoch_ended(given.ctx, EpochEnded("hour", 1))
    assert prices(economy) == 7  # three of source 1, which comes first
    epoch_ended(given.ctx, EpochEnded("hour", 2))
    assert prices(economy) == 4
    assert all(key[3] > before for key, _ in oracle.PRICES.under(given.ctx))


def test_with_a_maximum_of_zero_nothing_goes(given: Given) -> None:
    economy = Economy(given)
    economy.set_oracle(max_prune_per_epoch=0)
    economy.block("1")
    given.ctx.time += 100 * HOUR
    epoch_ended(given.ctx, EpochEnded("hour", 1))
    assert prices(economy) == 1


def test_ten_thousand_old_prices_cost_a_bounded_block(given: Given) -> None:
    economy = Economy(given)
    for number in range(10_000):
        message = economy.entry("1", at=GENESIS_TIME + number)
        given.router.handler(message).execute(given.ctx, message)
    given.ctx.time += 25 * HOUR
    epochs.begin_block(given.ctx)
    given.ctx.time += HOUR
    used = given.ctx.gas.used
    reads = len(given.rows())
    epochs.begin_block(given.ctx)
    assert reads - len(given.rows()) == 1_000
    assert given.ctx.gas.used - used < 10_000_000
    assert prices(economy) == 9_000
