"""What went wrong with minting and prices elsewhere, each row of the list as a test."""

from __future__ import annotations

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain import bme, oracle
from akashpy.types.bme import Params
from akashpy.types.coin import Coin
from akashpy.types.dec import Dec
from akashpy.types.duration import duration
from akashpy.types.errors import ChainError
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy


def test_row_11_every_message_works_on_a_fresh_chain(given: Given) -> None:
    """The module account of bme was not initialised: every mint panicked."""
    economy = Economy(given)
    economy.healthy("2")
    owner = given.account("owner", uakt=100 * AKT, uact=10 * AKT)
    economy.mint(owner, 10 * AKT)
    economy.burn(owner, 10 * AKT)
    economy.blocks(12, "2")
    assert len(economy.executed()) == 2


def test_row_15_sources_change_without_a_gap(given: Given) -> None:
    economy = Economy(given, "a", "b", "c")
    economy.block("1", "1", "1")
    for name in ("d", "e", "f"):
        fresh = given.account(name, uakt=1)
        economy.sources = [*economy.sources[1:], fresh]
        economy.set_oracle(sources=economy.sources)
        given.end_block()  # the new source has not fed yet
        assert oracle.price(given.ctx, "akt") == Dec.ONE
        economy.block("1", "1", "1")
        assert oracle.price(given.ctx, "akt") == Dec.ONE


@hypothesis_given(
    st.integers(1, 2**32 - 1),
    st.integers(1, 2**63 - 1),
    st.integers(1, 2**63 - 1),
    st.integers(1, 2**63 - 1),
    st.integers(0, 2**63 - 1),
)
@settings(max_examples=40, deadline=None)
def test_row_16_every_accepted_oracle_config_runs(
    sources: int, staleness: int, window: int, deviation: int, prune: int
) -> None:
    """update_fee = 0 was accepted and bricked the feed."""
    economy = Economy(Given())
    economy.set_oracle(
        min_price_sources=sources,
        max_price_staleness_period=duration(staleness),
        twap_window=duration(window),
        price_retention=duration(window),
        max_price_deviation_bps=deviation,
        max_prune_per_epoch=prune,
    )
    economy.blocks(3, "2")
    if sources == 1 and staleness >= 6 * 10**9:
        assert oracle.price(economy.ctx, "akt") == Dec.of(2)


@hypothesis_given(
    st.integers(1, 10_000),
    st.integers(0, 9_999),
    st.integers(1, 2**63 - 1),
    st.integers(0, 100),
    st.integers(0, 1000),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_row_16_every_accepted_bme_config_runs(
    warn: int, halt: int, blocks: int, backoff: int, spread: int, records: int, attempts: int
) -> None:
    params = Params(
        warn, min(halt, warn - 1), blocks, backoff, spread, spread, records, (), attempts
    )
    economy = Economy(Given())
    economy.set_bme(
        **{
            name: getattr(params, name)
            for name in (
                "circuit_breaker_warn_threshold", "circuit_breaker_halt_threshold",
                "min_epoch_blocks", "epoch_blocks_backoff_percent", "mint_spread_bps",
                "settle_spread_bps", "max_endblocker_records", "max_pending_attempts", "min_mint",
            )
        }
    )  # fmt: skip
    assert bme.params(economy.ctx) == params
    economy.fund_vault(95 * AKT)
    economy.given.account("holder", uact=100 * AKT)
    owner = economy.given.account("owner", uakt=100 * AKT)
    economy.blocks(2, "1")
    try:
        economy.mint(owner, AKT)
    except ChainError:
        assert economy.status >= 3
    economy.blocks(12, "1")
    economy.blocks(12)
    economy.given.holds()
    total = economy.given.balance(owner) + sum(
        Coin.from_wire(record.coins_to_burn).amount for record in economy.pending()
    )
    assert total in (100 * AKT, 99 * AKT)
