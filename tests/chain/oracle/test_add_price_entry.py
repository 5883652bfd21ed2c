"""MsgAddPriceEntry: who may feed what, and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest

from akashpy.chain import oracle
from akashpy.types.dec import Dec
from akashpy.types.duration import SECOND
from akashpy.types.errors import InvalidRequest, PlainError, Unauthorized
from akashpy.types.moment import ZERO, timestamp
from akashpy.types.oracle import InvalidTimestamp, Params, validate_add_price_entry
from tests.chain.conftest import GENESIS_TIME, Given
from tests.chain.treasury import Economy


@pytest.fixture
def economy(given: Given) -> Economy:
    found = Economy(given)
    given.events.clear()
    return found


def test_a_source_feeds_a_price(economy: Economy) -> None:
    economy.feed("1.25")
    assert [(key, record.price) for key, record in oracle.PRICES.under(economy.ctx)] == [
        ((1, "akt", "usd", GENESIS_TIME, 0), Dec.of("1.25").wire())
    ]
    assert [(event.type, dict(event.attributes)) for event in economy.given.events] == [
        (
            "akash.oracle.v2.EventPriceData",
            {
                "id": '{"denom":"akt","base_denom":"usd"}',
                "price": '"1.250000000000000000"',
                "source": f'"{economy.sources[0]}"',
                "timestamp": '"2023-11-14T22:13:20Z"',
            },
        )
    ]


def test_prices_of_one_block_are_numbered(economy: Economy) -> None:
    for price in ("1", "1", "2"):
        economy.given.run(economy.entry(price))
    assert [key[-1] for key, _ in oracle.PRICES.under(economy.ctx)] == [0, 1, 2]
    economy.given.advance()
    economy.given.run(economy.entry("3"))
    assert [key[-1] for key, _ in oracle.PRICES.under(economy.ctx)] == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"id": {"denom": "uakt"}}, InvalidRequest, "unsupported denom uakt: invalid request"),
        (
            {"id": {"base_denom": "eur"}},
            InvalidRequest,
            "unsupported base denom eur: invalid request",
        ),
        ({"price": "0"}, InvalidRequest, "price must be positive: invalid request"),
        ({"price": ""}, InvalidRequest, "price must be positive: invalid request"),
        ({"price": "-1"}, InvalidRequest, "price must be positive: invalid request"),
        (
            {"timestamp": timestamp(GENESIS_TIME - 12 * SECOND - 1)},
            InvalidRequest,
            "price timestamp is too old: invalid request",
        ),
        ({"timestamp": timestamp(ZERO - 1)}, InvalidTimestamp, None),
        (
            {"timestamp": timestamp(GENESIS_TIME + 10 * SECOND + 1)},
            InvalidTimestamp,
            "10000000001 ns ahead of the block, 10000000000 may be: invalid timestamp",
        ),
    ],
)  # fmt: skip
def test_refused(economy: Economy, change: Any, error: Any, text: str | None) -> None:
    message = economy.entry("1")
    for name, value in change.items():
        if isinstance(value, dict):
            for inner, part in value.items():
                setattr(getattr(message, name), inner, part)
        elif isinstance(value, str):
            setattr(message, name, value)
        else:
            getattr(message, name).CopyFrom(value)
    with economy.given.rejects(error, text):
        economy.given.run(message)


def test_only_sources_feed(economy: Economy) -> None:
    stranger = economy.given.account("stranger")
    text = f"source {stranger} is not authorized oracle provider: unauthorized"
    with economy.given.rejects(Unauthorized, text):
        economy.given.run(economy.entry("1", source=stranger))


def test_a_signer_must_be_an_address(economy: Economy) -> None:
    message = economy.entry("1", source="nobody")
    with pytest.raises(PlainError, match="invalid signer address: "):
        validate_add_price_entry(message)


def test_an_older_price_is_refused_an_equal_time_is_not(economy: Economy) -> None:
    economy.given.run(economy.entry("1", at=GENESIS_TIME - 5 * SECOND))
    economy.given.run(economy.entry("2", at=GENESIS_TIME - 5 * SECOND))
    with economy.given.rejects(InvalidRequest, "price timestamp is too old: invalid request"):
        economy.given.run(economy.entry("3", at=GENESIS_TIME - 5 * SECOND - 1))


def test_akash_takes_prices_of_the_future(given_akash: Given) -> None:
    economy = Economy(given_akash)
    economy.given.run(economy.entry("1", at=GENESIS_TIME + 10**9 * SECOND))
    with given_akash.rejects(InvalidRequest, "price timestamp is too old: invalid request"):
        economy.feed("1")


def test_the_future_is_bounded_by_the_parameter(economy: Economy) -> None:
    economy.given.run(economy.entry("1", at=GENESIS_TIME + 10 * SECOND))
    assert Params().max_future_time_drift == 10 * SECOND


def test_a_removed_source_feeds_no_more_and_keeps_its_number(economy: Economy) -> None:
    first = economy.sources[0]
    other = economy.given.account("other")
    economy.feed("1")
    economy.set_oracle(sources=[other])
    assert list(oracle.LATEST.under(economy.ctx)) == []
    with economy.given.rejects(Unauthorized):
        economy.given.run(economy.entry("1", source=first))
    economy.set_oracle(sources=[other, first])
    assert dict(oracle.SOURCE_IDS.under(economy.ctx)) == {first: 1, other: 2}
    economy.given.run(economy.entry("1", source=first))
