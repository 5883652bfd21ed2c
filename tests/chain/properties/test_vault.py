"""Random histories of minting and burning: vault, supply and every person's coins add up.

The vault's rule is written again here in exact fractions, apart from the chain's own code.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain import bank, bme
from akashpy.types.coin import Coin
from akashpy.types.dec import UNIT, Dec
from akashpy.types.errors import ChainError
from akashpy.wire import bme as wire
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy

PEOPLE = ("p", "q", "r")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["mint", "burn", "block", "silence", "epoch"]),
        st.sampled_from(PEOPLE),
        st.integers(1, 300 * AKT),
        st.integers(1, 10**7).map(lambda micro: Dec(micro * 10**12)),
    ),
    max_size=40,
)


@hypothesis_given(STEPS, st.booleans(), st.sampled_from(["default", "akash"]))
@settings(max_examples=60, deadline=None)
def test_vault_and_supply(
    steps: list[tuple[str, str, int, Dec]], spread: bool, preset: str
) -> None:
    economy = Economy(Given(preset))
    given, ctx = economy.given, economy.ctx
    economy.set_bme(min_mint=[], settle_spread_bps=100 if spread else 0)
    economy.healthy("2")
    owners = {name: given.account(name, uakt=1000 * AKT, uact=100 * AKT) for name in PEOPLE}
    akt, act = bank.supply(ctx, "uakt"), bank.supply(ctx, "uact")
    for kind, name, amount, price in steps:
        if kind == "block":
            economy.block(str(price))
        elif kind == "silence":
            economy.blocks(3)
        elif kind == "epoch":
            economy.blocks(11, str(price))
        else:
            try:
                getattr(economy, kind)(owners[name], amount)
            except ChainError:
                pass  # refused: the invariants below say that nothing moved
        minted, burned = dict(bme.MINTED.under(ctx)), dict(bme.BURNED.under(ctx))
        assert bank.supply(ctx, "uact") == act + minted["uact"] - burned["uact"]
        assert bank.supply(ctx, "uakt") == akt + minted["uakt"]
        assert burned["uakt"] == 0
        given.holds()
    for record in economy.executed():
        check_record(economy, record)


def check_record(economy: Economy, record: wire.LedgerRecord) -> None:
    """One conversion against exact fractions: never more than the price says, never a unit less."""
    minting = record.HasField("remint_credit_accrued")
    source = record.remint_credit_accrued if minting else record.burned
    given_up = Coin.from_wire(source.coin).amount
    made = sum(
        Coin.from_wire(part.coin).amount
        for part in (record.minted, record.remint_credit_issued)
        if part.price
    )
    priced = record.minted if record.minted.price else record.remint_credit_issued
    rate = Fraction(int(source.price), UNIT) / Fraction(int(priced.price), UNIT)
    exact = given_up * rate
    slack = Fraction(given_up, UNIT)  # the rate is rounded at its 18th place first
    assert exact - 1 - slack < made <= exact + slack
    bps = 25 if minting else bme.params(economy.ctx).settle_spread_bps
    spread = Coin.from_wire(record.spread).amount
    assert exact * bps / 10_000 - 1 - slack < spread <= exact * bps / 10_000 + slack
