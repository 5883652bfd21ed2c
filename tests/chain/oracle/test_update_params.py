"""MsgUpdateParams of the oracle: governance alone, and Akash's words for bad values."""

from __future__ import annotations

from typing import Any

import pytest

from akashpy.chain import oracle
from akashpy.chain.authority import AUTHORITY
from akashpy.types.duration import HOUR, SECOND, duration
from akashpy.types.errors import PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.types.oracle import Params
from akashpy.wire import oracle as wire
from tests.chain.conftest import Given


def message(**changes: Any) -> wire.MsgUpdateParams:
    params = Params().to_wire()
    for name, value in changes.items():
        params.ClearField(name)  # type: ignore[arg-type]  # a field's name
        params.MergeFrom(wire.Params(**{name: value}))
    return wire.MsgUpdateParams(authority=AUTHORITY, params=params)


def test_governance_changes_parameters(given: Given) -> None:
    source = given.address("feed")
    given.run(message(sources=[source], twap_window=duration(HOUR)))
    assert oracle.params(given.ctx) == Params(sources=(source,), twap_window=HOUR)


def test_nobody_else_may(given: Given) -> None:
    stranger = given.address("stranger")
    text = (
        f"invalid authority; expected {AUTHORITY}, got {stranger}: "
        "expected gov account as only signer for proposal message"
    )
    with given.rejects(InvalidSigner, text):
        given.run(wire.MsgUpdateParams(authority=stranger, params=Params().to_wire()))
    with given.rejects(PlainError):
        given.run(wire.MsgUpdateParams(authority="x", params=Params().to_wire()))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"min_price_sources": 0}, "min_price_sources must be at least 1"),
        (
            {"max_price_staleness_period": duration(0)},
            "max_price_staleness_period must be greater than 0",
        ),
        (
            {"max_price_staleness_period": duration(-1)},
            "max_price_staleness_period must be greater than 0",
        ),
        ({"max_price_deviation_bps": 0}, "max_price_deviation_bps must be greater than 0"),
        ({"twap_window": duration(0)}, "twap_window must be greater than 0"),
        ({"price_retention": duration(0)}, "price_retention must be positive"),
        (
            {"price_retention": duration(SECOND // 2)},
            "price_retention (500ms) must be at least twap_window (5s)",
        ),
        ({"prune_epoch": ""}, "prune_epoch must not be empty"),
        ({"max_prune_per_epoch": -1}, "max_prune_per_epoch must be non-negative"),
        ({"max_future_time_drift": duration(-1)}, "max_future_time_drift must be non-negative"),
        (
            {"sources": ["nobody"]},
            'invalid source address "nobody": decoding bech32 failed: '
            "invalid bech32 string length 6",
        ),
    ],
)  # fmt: skip
def test_bad_parameters_are_refused(given: Given, changes: dict[str, Any], text: str) -> None:
    with given.rejects(PlainError, text):
        given.run(message(**changes))


def test_contract_parameters_must_be_known(given: Given) -> None:
    bad = wire.MsgUpdateParams(authority=AUTHORITY, params=Params().to_wire())
    bad.params.feed_contracts_params.add(type_url="/no.such.Thing")
    with given.rejects(PlainError):
        given.run(bad)


def test_defaults_are_akashs() -> None:
    assert oracle.MODULE.default_genesis("akash") == {
        "params": {
            "sources": [], "min_price_sources": 1, "max_price_staleness_period": "30s",
            "twap_window": "5s", "max_price_deviation_bps": "150", "feed_contracts_params": [],
            "price_retention": "86400s", "prune_epoch": "hour", "max_prune_per_epoch": "1000",
            "max_future_time_drift": "10s",
        },
        "prices": [], "latest_prices_ids": [], "source_ids": [], "source_seq": "0",
    }  # fmt: skip
