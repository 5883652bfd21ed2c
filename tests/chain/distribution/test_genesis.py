"""Distribution starts from what it exported, to the last row."""

from typing import Any

import pytest

from akashpy.chain import bank, distribution, staking
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, PlainError
from tests.chain.economy import Economy

MODULE = distribution.MODULE


def lively(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val1", 3_000_000))
    chain.block(uakt=1003, uact=7)
    chain.run(chain.delegate("bob", "val2", 1_000_000))
    staking.slash(chain.ctx, chain.consensus("val2"), chain.ctx.height - 1, 10, Dec.of("0.1"))
    distribution.records.WITHDRAW_ADDRESS.put(
        chain.ctx, chain.address("ann").raw, chain.address("bob").raw
    )
    chain.block(uakt=10)


def rows(ctx: Context) -> dict[bytes, bytes]:
    return dict(ctx.iterate(b"distribution/", b"distribution0"))


def test_export_and_import_give_the_same_rows(chain: Economy) -> None:
    lively(chain)
    state = MODULE.export_genesis(chain.ctx)
    MODULE.validate_genesis(state)
    before = rows(chain.ctx)
    assert len(before) > 15
    fresh = Context.scratch()
    bank.MODULE.init_genesis(fresh, bank.MODULE.export_genesis(chain.ctx))
    MODULE.init_genesis(fresh, state)
    assert rows(fresh) == before


def test_invalid_when_the_account_holds_something_else(chain: Economy) -> None:
    lively(chain)
    state: Any = MODULE.export_genesis(chain.ctx)
    state["fee_pool"]["community_pool"][0]["amount"] = "5000.000000000000000000"
    fresh = Context.scratch()
    bank.MODULE.init_genesis(fresh, bank.MODULE.export_genesis(chain.ctx))
    with pytest.raises(PlainError, match="distribution module balance does not match"):
        MODULE.init_genesis(fresh, state)


@pytest.mark.parametrize(("preset", "tax"), [("default", "0.02"), ("akash", "0")])
def test_default(preset: str, tax: str) -> None:
    state = MODULE.default_genesis(preset)
    assert state["params"]["community_tax"] == str(Dec.of(tax))
    MODULE.validate_genesis(state)


def test_invalid_genesis() -> None:
    state: Any = MODULE.default_genesis("default")
    state["params"]["community_tax"] = "1.5"
    with pytest.raises(PlainError, match="community tax too large"):
        MODULE.validate_genesis(state)
    state = MODULE.default_genesis("default")
    state["fee_pool"]["community_pool"] = [{"denom": "uakt", "amount": "-1.0"}]
    with pytest.raises(ChainError, match="negative CommunityPool in distribution fee pool"):
        MODULE.validate_genesis(state)
