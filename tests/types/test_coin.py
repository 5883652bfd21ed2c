"""Coins: sets stay sorted, unique and positive; sums against a dictionary; texts as Go's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.types.coin import Coin, Coins, DecCoin, DecCoins, problem, validate_denom
from akashpy.types.dec import Dec
from akashpy.types.errors import InsufficientFunds, InvalidCoins, Panic, PlainError, TxDecode
from akashpy.wire import base as wire

COIN = st.builds(Coin, st.sampled_from(["uact", "uakt", "ibc/A1", "stake"]), st.integers(0, 10**30))
LISTS = st.lists(COIN, max_size=8)


def sums(*lists: list[Coin]) -> dict[str, int]:
    found: dict[str, int] = {}
    for coin in (coin for one in lists for coin in one):
        found[coin.denom] = found.get(coin.denom, 0) + coin.amount
    return {denom: amount for denom, amount in found.items() if amount}


@given(LISTS, LISTS)
def test_sums(a: list[Coin], b: list[Coin]) -> None:
    total = Coins.of(a) + Coins.of(b)
    assert {coin.denom: coin.amount for coin in total} == sums(a, b)
    assert problem(total) == ""
    assert total.subtract(Coins.of(b)) == Coins.of(a)
    assert total.covers(Coins.of(a))
    assert Coins.parse(str(total)) == total
    assert Coins.from_wire(total.to_wire()) == total


@given(LISTS, LISTS)
def test_nothing_is_taken_that_is_not_there(a: list[Coin], b: list[Coin]) -> None:
    short = any(sums(a).get(denom, 0) < amount for denom, amount in sums(b).items())
    if short:
        with pytest.raises(InsufficientFunds):
            Coins.of(a).subtract(Coins.of(b))
        assert not Coins.of(a).covers(Coins.of(b))
    else:
        assert Coins.of(a).subtract(Coins.of(b)) + Coins.of(b) == Coins.of(a)


def test_reading_text() -> None:
    assert Coin.parse("5uakt") == Coin("uakt", 5)
    assert Coin.parse("5 uakt") == Coin("uakt", 5)
    assert Coins.parse("1uakt,2uact") == (Coin("uact", 2), Coin("uakt", 1))
    assert Coins.parse("") == Coins.EMPTY
    assert DecCoin.parse("0.025uakt") == DecCoin("uakt", Dec.of("0.025"))
    assert DecCoin.parse(".5uakt").amount == Dec.of("0.5")
    assert DecCoins.parse("0.1uact,0.025uakt").amount_of("uakt") == Dec.of("0.025")


@pytest.mark.parametrize(
    "text", ["uakt", "5", "5u", "-5uakt", "5.5uakt", "5uakt,", "1uakt,2uakt", "0uakt"]
)
def test_bad_text_is_refused(text: str) -> None:
    with pytest.raises(PlainError):
        Coins.parse(text)


@pytest.mark.parametrize("text", ["uakt", "1..5uakt", "-1.5uakt", "1uakt,2uakt"])
def test_bad_decimal_text_is_refused(text: str) -> None:
    with pytest.raises(PlainError):
        DecCoins.parse(text)


@pytest.mark.parametrize("denom", ["", "ab", "1abc", "a b", "a" * 129, "uäkt"])
def test_bad_denominations_are_refused(denom: str) -> None:
    with pytest.raises(PlainError, match="invalid denom"):
        validate_denom(denom)


def test_a_coin_is_judged_only_when_asked() -> None:
    Coin("uakt", 0).validate()
    with pytest.raises(PlainError, match="negative coin amount: -1"):
        Coin("uakt", -1).validate()
    with pytest.raises(PlainError, match="cannot be negative"):
        DecCoin("uakt", Dec.of(-1)).validate()


@pytest.mark.parametrize(
    ("coins", "why"),
    [
        ([Coin("uakt", 0)], "coin 0uakt amount is not positive"),
        ([Coin("uakt", 1), Coin("uact", 1)], "denomination uact is not sorted"),
        ([Coin("uakt", 1), Coin("uakt", 1)], "duplicate denomination uakt"),
        ([Coin("u", 1)], "invalid denom: u"),
    ],
)
def test_a_list_that_is_no_set_is_refused_at_the_door(coins: list[Coin], why: str) -> None:
    assert problem(coins) == why
    with pytest.raises(InvalidCoins):
        Coins.from_wire([coin.to_wire() for coin in coins])


def test_bad_amounts_on_the_wire_are_refused() -> None:
    for amount in ("x", "1.5", str(2**256)):
        with pytest.raises(TxDecode):
            Coin.from_wire(wire.Coin(denom="uakt", amount=amount))


def test_amounts_beyond_256_bits_panic() -> None:
    with pytest.raises(Panic):
        Coins.of([Coin("uakt", 2**256 - 1), Coin("uakt", 1)])


def test_zero_is_written_out_because_go_cannot_read_nothing() -> None:
    assert Coin("uakt", 0).to_wire().amount == "0"
    assert DecCoin("uakt", Dec.ZERO).to_wire().amount == "0"
