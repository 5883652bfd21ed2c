"""MsgUpdateParams of deployment: only governance, only valid parameters."""

from typing import Any

import pytest

from akashpy.chain import deployment
from akashpy.chain.authority import AUTHORITY
from akashpy.types.coin import Coin
from akashpy.types.deployment import InvalidParam, Params
from akashpy.types.errors import ChainError, PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import deployment as pb
from tests.chain.conftest import Given

NEW = Params((Coin("uact", 7), Coin("uakt", 9)))


def update(given: Given, authority: str, params: Params) -> Any:
    return given.run(pb.MsgUpdateParams(authority=authority, params=params.to_wire()))


def test_governance_replaces_them(given: Given) -> None:
    update(given, AUTHORITY, NEW)
    assert deployment.get_params(given.ctx) == NEW


def test_rejects_everybody_else(given: Given) -> None:
    with given.rejects(InvalidSigner):
        update(given, given.address("somebody"), NEW)
    with given.rejects(PlainError):
        update(given, "not an address", NEW)


@pytest.mark.parametrize(
    ("coins", "error"),
    [
        ((Coin("uakt", 1),), InvalidParam),
        ((Coin("uact", 2**31),), InvalidParam),
        ((Coin("uact", 1), Coin("uact", 2)), PlainError),
    ],
)
def test_rejects_bad_parameters(
    given: Given, coins: tuple[Coin, ...], error: type[ChainError]
) -> None:
    with given.rejects(error):
        update(given, AUTHORITY, Params(coins))
