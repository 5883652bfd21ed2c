"""MsgUpdateParams of market: only governance, only valid parameters."""

from typing import Any

import pytest

from akashpy.chain import market
from akashpy.chain.authority import AUTHORITY
from akashpy.types.coin import Coin
from akashpy.types.errors import PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.types.market import InvalidParam, Params
from akashpy.wire import market as pb
from tests.chain.bazaar import HOUR
from tests.chain.conftest import Given

NEW = Params(order_max_bids=7, min_reclamation_window=0, max_reclamation_window=HOUR)


def update(given: Given, authority: str, params: Params) -> Any:
    return given.run(pb.MsgUpdateParams(authority=authority, params=params.to_wire()))


def test_governance_replaces_them(given: Given) -> None:
    update(given, AUTHORITY, NEW)
    assert market.get_params(given.ctx) == NEW


def test_rejects_everybody_else(given: Given) -> None:
    with given.rejects(InvalidSigner):
        update(given, given.address("somebody"), NEW)
    with given.rejects(PlainError):
        update(given, "not an address", NEW)


@pytest.mark.parametrize(
    "params",
    [
        Params(order_max_bids=0),
        Params(order_max_bids=501),
        Params(bid_min_deposits=(Coin("uakt", 1), Coin("uact", 1))),
        Params(bid_min_deposits=(Coin("uact", 0),)),
        Params(min_reclamation_window=-1),
        Params(min_reclamation_window=0, max_reclamation_window=0),
        Params(min_reclamation_window=HOUR, max_reclamation_window=HOUR),
    ],
)
def test_rejects_bad_parameters(given: Given, params: Params) -> None:
    with given.rejects(InvalidParam):
        update(given, AUTHORITY, params)
