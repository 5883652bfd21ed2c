"""Prices: exact, in both denominations, for every kind of resource; or a reason for none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from akashpy.types.attributes import Attributes
from akashpy.types.resources import Endpoint, EndpointKind, ResourceUnit, Storage
from provider.bid.pricing import Monthly, NoPrice, PriceList, Pricing
from provider.config import prices_of
from provider.errors import GiveUp
from tests.provider.market import GIB, unit


def price(one: ResourceUnit, **prices: object) -> str:
    """What a unit costs by these prices."""
    listed = prices_of({"uakt": prices})
    return str(Pricing(listed).quote([one], "uakt").amount)


def test_cpu_by_the_thousandth_of_a_core() -> None:
    assert price(unit(cpu=1500), cpu="0.02") == "30.000000000000000000"


def test_memory_by_the_mebibyte_to_the_last_digit() -> None:
    assert price(unit(memory=1), memory="1") == "0.000000953674316406"
    assert price(unit(memory=2 * 2**20 - 1), memory="1") == "1.999999046325683594"


def test_replicas_multiply() -> None:
    assert price(unit(cpu=100, count=3), cpu="0.1") == "30.000000000000000000"


def test_storage_by_its_class() -> None:
    kept = Storage("data", GIB, Attributes.of([("class", "beta2"), ("persistent", "true")]))
    fast = Storage("shm", GIB, Attributes.of([("class", "ram"), ("persistent", "false")]))
    one = unit(storage=(Storage("default", GIB), kept, fast))
    assert price(one, storage={"ephemeral": "0.001", "beta2": "0.01"}) == "12.288000000000000000"


def test_a_class_without_a_price_is_no_bid() -> None:
    kept = Storage("data", GIB, Attributes.of([("class", "beta3"), ("persistent", "true")]))
    with pytest.raises(NoPrice) as caught:
        price(unit(storage=(kept,)), cpu="1")
    assert caught.value.reason == "storage_unpriced"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("vendor/nvidia/model/a100/ram/80Gi/interface/sxm", "9.0"),
        ("vendor/nvidia/model/a100/ram/80Gi", "7.0"),
        ("vendor/nvidia/model/a100", "5.0"),
        ("vendor/nvidia/model/t4", "1.0"),
    ],
)
def test_gpus_by_the_most_exact_name(key: str, expected: str) -> None:
    prices = {"a100.80Gi.sxm": "9", "a100.80Gi": "7", "a100": "5", "*": "1"}
    assert Decimal(price(unit(gpu=1, wishes=[key]), gpu=prices)) == Decimal(expected)


def test_a_gpu_without_a_price_is_no_bid() -> None:
    with pytest.raises(NoPrice) as caught:
        price(unit(gpu=1, wishes=["vendor/nvidia/model/t4"]), gpu={"a100": "5"})
    assert caught.value.reason == "gpu_unpriced"


def test_endpoints_once_for_a_unit_and_addresses_once_for_a_sequence() -> None:
    one = unit(count=4)
    endpoints = (
        Endpoint(), Endpoint(EndpointKind.LEASED_IP, 1), Endpoint(EndpointKind.LEASED_IP, 1)
    )  # fmt: skip
    one = replace(one, resources=replace(one.resources, endpoints=endpoints))
    assert price(one, endpoint="0.5", ip="10") == "11.500000000000000000"


def test_a_price_of_zero_is_no_bid() -> None:
    with pytest.raises(NoPrice) as caught:
        price(unit(), endpoint="1")
    assert caught.value.reason == "price_zero"


def test_a_denomination_without_prices_is_no_bid() -> None:
    with pytest.raises(NoPrice) as caught:
        Pricing(prices_of({"uakt": {"cpu": "1"}})).quote([unit(denom="uact")], "uact")
    assert caught.value.reason == "denom_unpriced"


def test_both_settlement_tokens_have_prices_by_default() -> None:
    pricing = Pricing(prices_of({}))
    assert pricing.denoms == ("uakt", "uact")
    assert pricing.quote([unit()], "uact").denom == "uact"


def test_dollars_per_month_become_units_per_block() -> None:
    # 438,000 blocks of 6 s are a month; 4.38 dollars a month are 0.00001 dollars a block.
    listed = prices_of(
        {
            "monthly_usd": {"cpu": "4.38"},
            "rates": {"uact": "1", "uakt": "0.5"},
            "block_seconds": 6,
        }
    )
    pricing = Pricing(listed)
    assert str(pricing.quote([unit(cpu=1000)], "uact").amount) == "10.000000000000000000"
    assert str(pricing.quote([unit(cpu=1000)], "uakt").amount) == "20.000000000000000000"


def test_a_months_price_needs_a_rate_above_zero() -> None:
    with pytest.raises(GiveUp, match="rates"):
        Monthly(cpu=Decimal(1)).per_block(Decimal(0), Decimal(6))


def test_prices_of_nothing_at_all_are_refused() -> None:
    with pytest.raises(GiveUp, match="every price is 0"):
        Pricing({"uakt": PriceList()})


@pytest.mark.parametrize("bad", ["-1", "abc", "NaN", "Infinity"])
def test_a_price_is_a_number_of_zero_or_more(bad: str) -> None:
    with pytest.raises(ValueError, match=r"is no number|0 or more"):
        prices_of({"uakt": {"cpu": bad}})


def test_an_unknown_price_is_an_error() -> None:
    with pytest.raises(ValueError, match="not known"):
        prices_of({"uakt": {"cpus": "1"}})
