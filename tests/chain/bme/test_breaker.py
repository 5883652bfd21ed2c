"""The circuit breaker: the ratio, the status, the length of epochs, and when it is known."""

from __future__ import annotations

import pytest

from akashpy.chain import bme
from akashpy.chain.bme.breaker import epoch_length, power
from akashpy.chain.bme.records import EPOCHS
from akashpy.node.queries import bme as queries
from akashpy.types.bme import MintStatus, Params
from akashpy.types.dec import Dec
from akashpy.types.errors import Panic
from akashpy.types.oracle import PriceStalled
from akashpy.wire import bme as wire
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy


def covered(given: Given, bps: int) -> Economy:
    """A vault that covers the supply of ACT by so many hundredths of a percent."""
    economy = Economy(given)
    given.account("holder", uact=10_000 * AKT)
    economy.fund_vault(bps * AKT // 2)
    economy.blocks(2, "2")
    return economy


@pytest.mark.parametrize(
    ("bps", "status"),
    [
        (0, MintStatus.HALT_CR),
        (9000, MintStatus.HALT_CR),
        (9002, MintStatus.WARNING),
        (9500, MintStatus.WARNING),
        (9502, MintStatus.HEALTHY),
        (20_000, MintStatus.HEALTHY),
    ],
)
def test_thresholds(given: Given, bps: int, status: MintStatus) -> None:
    economy = covered(given, bps) if bps else Economy(given)
    if not bps:
        economy.blocks(2, "2")
    assert economy.status == status


def test_coins_that_wait_do_not_cover(given: Given) -> None:
    economy = covered(given, 10_000)
    before = bme.collateral_ratio(given.ctx)
    economy.mint(given.account("owner", uakt=100 * AKT), 100 * AKT)
    assert bme.collateral_ratio(given.ctx) == before == Dec.ONE


def test_a_huge_ratio_does_not_stop_the_chain(given_akash: Given) -> None:
    """Akash converts the ratio to int64 before it caps it."""
    economy = Economy(given_akash)
    economy.fund_vault(10**30)
    economy.blocks(2, "1000000000000")
    assert economy.status == MintStatus.HEALTHY


@pytest.mark.parametrize("fixed", [True, False])
def test_a_stale_price_is_known_in_its_block(given: Given, fixed: bool) -> None:
    """needs E.1 row 12: the status flips within one block, Akash's one block later."""
    economy = Economy(given)
    if not fixed:
        economy.without_fixes("oracle-staleness")
    economy.healthy("2")
    economy.blocks(5)
    assert economy.status == MintStatus.HEALTHY
    economy.blocks(1)  # 36 s after the last price: stale at the end of this block
    assert economy.status == (MintStatus.HALT_ORACLE if fixed else MintStatus.HEALTHY)
    request = wire.QueryStatusRequest()
    if fixed:
        answer = queries.status(given.ctx, request)
        assert (answer.status, answer.mints_allowed, answer.refunds_allowed) == (4, False, False)
        assert Dec.from_wire(answer.collateral_ratio) == Dec.ZERO
    else:
        with pytest.raises(PriceStalled):
            queries.status(given.ctx, request)
        economy.blocks(1)
        assert economy.status == MintStatus.HALT_ORACLE


def test_minting_begins_an_epoch_after_recovery(given: Given) -> None:
    economy = Economy(given)
    economy.fund_vault(AKT)
    while economy.ctx.height < 30:
        economy.block()
    economy.told()
    economy.block("2")
    assert economy.status == MintStatus.HEALTHY
    assert "EventMintStatusChange" in economy.told()
    assert EPOCHS.get(given.ctx, "mint") == 30 + 10


def test_epochs_grow_as_the_ratio_falls() -> None:
    rules = Params()
    lengths = [epoch_length(rules, bps) for bps in (9600, 9500, 9495, 9490, 9480, 9400, 9100)]
    assert lengths == [10, 10, 10, 11, 12, 25, 452]
    assert epoch_length(rules, 9001) == 1067
    assert epoch_length(Params(circuit_breaker_halt_threshold=0), 1) == 14_400
    assert epoch_length(Params(epoch_blocks_backoff_percent=0), 9001) == 10
    assert epoch_length(Params(min_epoch_blocks=10**15), 9001) == 10**15
    steep = Params(epoch_blocks_backoff_percent=100, circuit_breaker_halt_threshold=0)
    assert epoch_length(steep, 1) == 14_400  # a power that does not fit: Akash's chain stops


def test_powers() -> None:
    assert power(Dec.of("1.1"), 0) == Dec.ONE
    assert power(Dec.of("1.1"), 1) == Dec.of("1.1")
    assert power(Dec.of("1.1"), 5) == Dec.of("1.61051")
    with pytest.raises(Panic):
        power(Dec.of(2), 1000)
