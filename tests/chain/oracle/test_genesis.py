"""The oracle comes back from an export as it was, with the fix; as Akash's without."""

from __future__ import annotations

import json
from typing import Any

import pytest

from akashpy.chain import oracle, params
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from tests.chain.conftest import Given
from tests.chain.treasury import Economy

STORE = b"oracle/"


def imported(given: Given, state: dict[str, Any]) -> Context:
    ctx = Context.scratch(height=0, time=given.ctx.time, bus=given.router)
    params.init_genesis(ctx, params.export_genesis(given.ctx))
    oracle.MODULE.validate_genesis(state)
    oracle.MODULE.init_genesis(ctx, state)
    return ctx


def rows(ctx: Context) -> dict[bytes, bytes | None]:
    return {
        key: row for key, row in ctx.changes.items() if key.startswith(STORE) and row is not None
    }


def test_export_and_import_are_the_same(given: Given) -> None:
    economy = Economy(given, "a", "b")
    economy.blocks(3, "1", "1.01")
    economy.set_oracle(sources=economy.sources[1:])
    economy.blocks(1)
    state = json.loads(json.dumps(oracle.MODULE.export_genesis(given.ctx)))
    assert rows(imported(given, state)) == rows(given.ctx)


def test_akash_keeps_parameters_only(given_akash: Given) -> None:
    economy = Economy(given_akash)
    economy.blocks(3, "1")
    state = oracle.MODULE.export_genesis(given_akash.ctx)
    assert (state["prices"], state["source_ids"], "akashpy" in state) == ([], [], False)
    again = imported(given_akash, state)
    assert oracle.params(again) == oracle.params(given_akash.ctx)
    assert list(oracle.PRICES.under(again)) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"params": {"min_price_sources": 0}}, "min_price_sources must be at least 1"),
        ({"akashpy": []}, "akashpy must be an object, not list"),
        (
            {"prices": [{"id": {"source": 1}, "state": {"price": "0.000000000000000000"}}]},
            "price of source 1 must be positive",
        ),
    ],
)
def test_bad_state_is_refused(change: dict[str, Any], text: str) -> None:
    state = oracle.MODULE.default_genesis("default") | change
    if change == {"akashpy": []}:
        state["akashpy"] = [1]
    with pytest.raises(PlainError) as caught:
        oracle.MODULE.validate_genesis(state)
    assert str(caught.value) == text
