"""Inflation: how it moves, what a block mints, who may change the rules."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akashpy.chain import auth, bank, mint, staking
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.types.mint import Minter, Params
from akashpy.wire import mint as pb
from tests.chain.economy import Economy

GOV = Address.of_module("gov")
UNIT = 10**18


def test_a_block_mints_its_part_of_a_year(chain: Economy) -> None:
    chain.inflate()
    supply = bank.supply(chain.ctx, "uakt")
    bonded = staking.bonded_ratio(chain.ctx)
    mark = len(chain.events)
    mint.mint_block(chain.ctx)
    minter = mint.MINTER.get(chain.ctx)
    assert minter is not None
    change = (1 - Fraction(bonded.raw, UNIT) / Fraction(67, 100)) * Fraction(13, 100) / 6311520
    exact = Fraction(13, 100) + change
    assert abs(Fraction(minter.inflation.raw, UNIT) - exact) < Fraction(2, UNIT)
    made = int(minter.annual_provisions.raw // (6311520 * UNIT))
    assert bank.supply(chain.ctx, "uakt") == supply + made
    assert bank.balance(chain.ctx, auth.MODULE_ADDRESSES["fee_collector"], "uakt") == made
    told = chain.events[mark:]
    assert [event.type for event in told] == [
        "coin_received", "coinbase", "coin_spent", "coin_received", "transfer", "message", "mint",
    ]  # fmt: skip
    assert told[-1].attributes == (
        ("bonded_ratio", str(bonded)),
        ("inflation", str(minter.inflation)),
        ("annual_provisions", str(minter.annual_provisions)),
        ("amount", str(made)),
    )
    chain.sound()


def test_a_block_of_less_than_one_unit_mints_nothing(chain: Economy) -> None:
    chain.inflate(Params(blocks_per_year=2**64 - 1))
    supply = bank.supply(chain.ctx, "uakt")
    mint.mint_block(chain.ctx)
    assert bank.supply(chain.ctx, "uakt") == supply
    assert chain.told("mint")[-1]["amount"] == "0"


def test_without_parameters_nothing_is_minted(chain: Economy) -> None:
    before = chain.rows()
    mint.mint_block(chain.ctx)
    assert chain.rows() == before


@pytest.mark.parametrize(
    ("bonded", "now", "expected"),
    [
        # all is bonded: downwards; nothing is: upwards; at the goal: unchanged
        ("1", "0.13", "0.129999989855082334"),
        ("0", "0.13", "0.130000020597257079"),
        ("0.67", "0.13", "0.130000000000000000"),
        ("0", "0.2", "0.200000000000000000"),
        ("1", "0.07", "0.070000000000000000"),
    ],
)
def test_next_inflation(bonded: str, now: str, expected: str) -> None:
    minter = Minter(Dec.of(now)).after_block(Params(), Dec.of(bonded), 1000)
    assert str(minter.inflation) == expected
    assert minter.annual_provisions == Dec.of(expected).mul_int(1000)


@settings(max_examples=200)
@given(
    st.integers(0, UNIT), st.integers(0, 10**18), st.integers(1, UNIT), st.integers(1, 2**64 - 1)
)
def test_inflation_stays_between_its_bounds(
    bonded: int, supply: int, goal: int, blocks: int
) -> None:
    params = Params(goal_bonded=Dec(goal), blocks_per_year=blocks)
    minter = Minter()
    for _ in range(5):
        minter = minter.after_block(params, Dec(bonded), supply)
        assert params.inflation_min <= minter.inflation <= params.inflation_max
        made = minter.block_provision(params).amount
        assert 0 <= made <= supply * minter.inflation.raw // (UNIT * blocks)


# PARAMETERS


def message(**changes: Any) -> pb.MsgUpdateParams:
    value = Params().to_wire()
    for name, new in changes.items():
        setattr(value, name, new)
    return pb.MsgUpdateParams(authority=GOV, params=value)


def test_update_params(chain: Economy) -> None:
    chain.run(message(inflation_max=Dec.of("0.5").wire()))
    found = mint.PARAMS.get(chain.ctx)
    assert found is not None
    assert found.inflation_max == Dec.of("0.5")


BIG, BELOW = str(UNIT + 1), "-1"
INVALID = [
    ({"mint_denom": " "}, "mint denom cannot be blank"),
    ({"mint_denom": "1x"}, "invalid denom: 1x"),
    ({"inflation_rate_change": ""}, "inflation rate change cannot be nil: <nil>"),
    (
        {"inflation_rate_change": BELOW},
        "inflation rate change cannot be negative: -0.000000000000000001",
    ),
    ({"inflation_rate_change": BIG}, "inflation rate change too large: 1.000000000000000001"),
    ({"inflation_max": ""}, "max inflation cannot be nil: <nil>"),
    ({"inflation_max": BELOW}, "max inflation cannot be negative: -0.000000000000000001"),
    ({"inflation_max": BIG}, "max inflation too large: 1.000000000000000001"),
    ({"inflation_min": ""}, "min inflation cannot be nil: <nil>"),
    ({"inflation_min": BELOW}, "min inflation cannot be negative: -0.000000000000000001"),
    ({"inflation_min": BIG}, "min inflation too large: 1.000000000000000001"),
    ({"goal_bonded": ""}, "goal bonded cannot be nil: <nil>"),
    ({"goal_bonded": "0"}, "goal bonded must be positive: 0.000000000000000000"),
    ({"goal_bonded": BIG}, "goal bonded too large: 1.000000000000000001"),
    ({"blocks_per_year": 0}, "blocks per year must be positive: 0"),
    (
        {"inflation_max": "1"},
        "max inflation (0.000000000000000001) must be greater than or equal to min inflation "
        "(0.070000000000000000)",
    ),
]


@pytest.mark.parametrize(("changes", "text"), INVALID)
def test_invalid_params(chain: Economy, changes: dict[str, Any], text: str) -> None:
    with chain.rejects(PlainError, text):
        chain.run(message(**changes))


def test_invalid_params_of_a_stranger(chain: Economy) -> None:
    msg = message()
    msg.authority = chain.address("ann")
    with chain.rejects(InvalidSigner):
        chain.run(msg)


# GENESIS


@pytest.mark.parametrize("preset", ["default", "akash"])
def test_genesis_comes_back(preset: str) -> None:
    state = mint.MODULE.default_genesis(preset)
    state["minter"]["annual_provisions"] = "12.500000000000000000"
    mint.MODULE.validate_genesis(state)
    ctx = Context.scratch()
    mint.MODULE.init_genesis(ctx, state)
    assert mint.MODULE.export_genesis(ctx) == state
    assert state["params"]["mint_denom"] == "uakt"


def test_invalid_genesis() -> None:
    state = mint.MODULE.default_genesis("default")
    state["minter"]["inflation"] = "-0.1"
    with pytest.raises(PlainError, match="Inflation should be positive, is -0"):
        mint.MODULE.validate_genesis(state)
    state = mint.MODULE.default_genesis("default")
    state["params"]["goal_bonded"] = "0"
    with pytest.raises(ChainError, match="goal bonded must be positive"):
        mint.MODULE.validate_genesis(state)
