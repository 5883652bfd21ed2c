"""Errors: the registry holds Akash's and the SDK's numbers, texts and statuses; texts as Go's."""

import json
from pathlib import Path

import pytest

from akashpy.types import errors, market
from akashpy.types.errors import ChainError, ForeignError, PlainError, Status

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "errors.json").read_text(encoding="utf-8")
)
EVERY = [
    (codespace, int(code), entry)
    for codespace, entries in VECTORS.items()
    for code, entry in entries.items()
]


def snake(name: str) -> str:
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(name)).upper()


@pytest.mark.parametrize(
    ("codespace", "code", "entry"), EVERY, ids=[f"{space}-{code}" for space, code, _ in EVERY]
)
def test_every_error_is_registered_as_recorded(
    codespace: str, code: int, entry: dict[str, str]
) -> None:
    found = errors.lookup(codespace, code)
    assert found is not None
    name = entry["name"].removeprefix("Error").removeprefix("Err")
    assert found.__name__ == name
    assert (found.codespace, found.code) == (codespace, code)
    assert found.text == entry["text"]
    assert found.status.name == snake(entry["grpc"])


def test_nothing_else_is_registered_but_what_is_explained() -> None:
    more = set(errors.registered()) - {(space, code) for space, code, _ in EVERY}
    assert more == {("undefined", 1), ("undefined", 111222), ("provider", 10)} | {
        ("evidence", code) for code in (2, 3, 5)
    } | {("upgrade", code) for code in range(2, 7)}


def test_text_is_detail_then_registered_text() -> None:
    assert str(market.OrderClosed("order 5")) == "order 5: order closed"
    assert str(market.OrderClosed()) == "order closed"
    assert str(market.InvalidParam(after="too low")) == "parameter invalid: too low"
    assert str(PlainError("just this")) == "just this"


def test_wrapping_keeps_the_class_and_adds_in_front() -> None:
    wrapped = market.InvalidParam("a", after="z").wrapped("b")
    assert type(wrapped) is market.InvalidParam
    assert str(wrapped) == "b: a: parameter invalid: z"


def test_a_pair_cannot_be_registered_twice() -> None:
    with pytest.raises(TypeError, match="OrderClosed"):
        type("Again", (market.MarketError,), {}, code=24)


@pytest.mark.parametrize(
    "error", [market.OrderClosed("x"), PlainError("parameter invalid: y"), errors.OutOfGas()]
)
def test_rebuilding_from_a_nodes_answer_gives_the_same_error(error: ChainError) -> None:
    again = errors.rebuild(error.codespace, error.code, str(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_a_number_that_go_loses_is_lost_here() -> None:
    error = market.InvalidParam(after="y")
    assert (error.codespace, error.code) == ("undefined", 1)
    again = errors.rebuild("market", market.InvalidParam.code, str(error))
    assert (type(again), again.codespace) == (market.InvalidParam, "market")
    assert (again.code, str(again)) == (market.InvalidParam.code, str(error))


def test_an_unknown_pair_keeps_its_numbers() -> None:
    error = errors.rebuild("wasm", 5, "contract failed")
    assert isinstance(error, ForeignError)
    assert (error.codespace, error.code, str(error)) == ("wasm", 5, "contract failed")
    assert str(error.wrapped("more")) == "more: contract failed"
    assert error.wrapped("more").code == 5


def test_statuses_have_grpcs_numbers() -> None:
    assert (Status.OK, Status.NOT_FOUND, Status.UNAUTHENTICATED) == (0, 5, 16)


def test_an_empty_text_put_before_shows_as_in_go() -> None:
    error = errors.InvalidCoins.around("")
    assert str(error) == ": invalid coins"
    assert str(error.wrapped("message 0")) == "message 0: : invalid coins"
    assert str(errors.InvalidCoins.around("5uakt")) == "5uakt: invalid coins"
