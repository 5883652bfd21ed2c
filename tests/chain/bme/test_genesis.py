"""bme comes back from an export as it was, with the fix; as Akash's without."""

from __future__ import annotations

import json
from typing import Any

import pytest

from akashpy.chain import bank, bme, params
from akashpy.chain.bme.records import EPOCHS
from akashpy.state.context import Context
from akashpy.types.bme import MintStatus
from akashpy.types.errors import ChainError, PlainError
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy


def imported(given: Given, state: dict[str, Any]) -> Context:
    ctx = Context.scratch(height=0, time=given.ctx.time, bus=given.router)
    params.init_genesis(ctx, params.export_genesis(given.ctx))
    exported = bank.export_genesis(given.ctx)
    bank.init_genesis(ctx, exported)
    bme.MODULE.validate_genesis(state)
    bme.MODULE.init_genesis(ctx, state)
    return ctx


def rows(ctx: Context) -> dict[bytes, bytes | None]:
    return {
        key: row for key, row in ctx.changes.items() if key.startswith(b"bme/") and row is not None
    }


def lived(given: Given) -> Economy:
    """One request of each fate."""
    economy = Economy(given)
    economy.healthy("2")
    owner = given.account("owner", uakt=100 * AKT, uact=10 * AKT)
    economy.mint(owner, 10 * AKT)
    economy.until_minted()
    economy.burn(owner, 2 * AKT)
    economy.blocks(12, "2")
    economy.set_bme(max_pending_attempts=1)
    while (EPOCHS.get(given.ctx, "burn") or 0) - given.ctx.height < 8:
        economy.block("2")
    economy.burn(owner, AKT)
    economy.blocks(20)
    economy.blocks(3, "2")
    economy.mint(owner, 20 * AKT)
    assert (len(economy.executed()), len(economy.canceled()), len(economy.pending())) == (2, 1, 1)
    return economy


def test_export_and_import_are_the_same(given: Given) -> None:
    lived(given)
    state = json.loads(json.dumps(bme.MODULE.export_genesis(given.ctx)))
    assert rows(imported(given, state)) == rows(given.ctx)


def test_akash_forgets_status_and_what_was_cancelled(given_akash: Given) -> None:
    economy = lived(given_akash)
    state = bme.MODULE.export_genesis(given_akash.ctx)
    assert "akashpy" not in state
    again = imported(given_akash, state)
    assert bme.status(again).status == MintStatus.HALT_CR
    assert (EPOCHS.get(again, "mint"), EPOCHS.get(again, "burn")) == (10, 10)
    assert list(bme.CANCELED.under(again)) == []
    assert list(bme.EXECUTED.under(again)) == list(bme.EXECUTED.under(economy.ctx))
    assert len(list(bme.PENDING.under(again))) == 1


def test_a_vault_that_owes_more_than_it_holds_is_refused(given: Given) -> None:
    state = bme.MODULE.default_genesis("default")
    state["state"]["remint_credits"] = [{"denom": "uakt", "amount": "5"}]
    ctx = Context.scratch(height=0, bus=given.router)
    params.init_genesis(ctx, params.export_genesis(given.ctx))
    with pytest.raises(PlainError, match="the vault holds 0uakt and owes 5uakt"):
        bme.MODULE.init_genesis(ctx, state)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("params", "min_epoch_blocks"), "0"),
        (("akashpy",), [1]),
        (("state", "total_minted"), [{"denom": "uact", "amount": "-1"}]),
        (("ledger",), {"records": [{"id": {"source": "x"}}]}),
        (("ledger",), {"pending_records": [{"id": {"source": "x"}}]}),
    ],
)
def test_bad_state_is_refused(path: tuple[str, ...], value: Any) -> None:
    state = bme.MODULE.default_genesis("default")
    place = state
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(ChainError):
        bme.MODULE.validate_genesis(state)
