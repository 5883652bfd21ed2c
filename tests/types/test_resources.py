"""Resources: each limit of a unit and of a group, from both sides, in Akash's order and words."""

from dataclasses import replace
from typing import Any

import pytest

from akashpy.types.attributes import Attributes
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.errors import (
    AttributesDuplicateKeys,
    ChainError,
    InvalidAttributeKey,
    PlainError,
    TxDecode,
)
from akashpy.types.resources import (
    CPU,
    GPU,
    MIB,
    TIB,
    Endpoint,
    Memory,
    Resources,
    ResourceUnit,
    Storage,
    validate_units,
)
from akashpy.wire import base as wire

TWICE = Attributes.of([("region", "a"), ("region", "b")])
BAD_KEY = Attributes.of([("!", "a")])


def test_good_resources_and_their_wire_form(resources: Resources, unit: ResourceUnit) -> None:
    resources.validate()
    assert Resources.from_wire(resources.to_wire()) == resources
    assert ResourceUnit.from_wire(unit.to_wire()) == unit
    assert resources.to_wire().cpu.units.val == b"100"


def test_absent_parts_stay_absent() -> None:
    empty = Resources(1, None, None, (), None)
    assert Resources.from_wire(empty.to_wire()) == empty
    assert not empty.to_wire().HasField("cpu")


def test_a_strangers_endpoint_kind_is_kept() -> None:
    assert Endpoint.from_wire(Endpoint(7).to_wire()).kind == 7


@pytest.mark.parametrize(
    "change",
    [
        {"cpu": CPU(10)},
        {"cpu": CPU(384_000)},
        {"gpu": GPU(24, Attributes.of([("vendor/nvidia/model/*", "true")]))},
        {"memory": Memory(MIB)},
        {"memory": Memory(2 * TIB)},
        {"storage": (Storage("a", 5 * MIB), Storage("b", 32 * TIB))},
    ],
)
def test_the_limits_themselves_are_allowed(resources: Resources, change: dict[str, Any]) -> None:
    replace(resources, **change).validate()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": 0}, "error: invalid resources ID (> 0 fails)"),
        ({"cpu": None}, "error: invalid unit CPU, cannot be nil"),
        ({"cpu": CPU(9)}, "error: invalid unit CPU (384000 > 9 > 384000 fails)"),
        ({"cpu": CPU(384_001)}, "error: invalid unit CPU (384000 > 384001 > 384000 fails)"),
        ({"cpu": CPU(-1)}, "error: invalid unit CPU (384000 > -1 > 384000 fails)"),
        ({"gpu": None}, "error: invalid unit GPU, cannot be nil"),
        ({"gpu": GPU(25)}, "error: invalid unit GPU (24 > 25 > 24 fails)"),
        (
            {"gpu": GPU(0, Attributes.of([("vendor/nvidia", "true")]))},
            "error: invalid GPU state. attributes cannot be present if units == 0",
        ),
        ({"memory": None}, "error: invalid unit memory, cannot be nil"),
        (
            {"memory": Memory(MIB - 1)},
            "error: invalid unit memory (2199023255552 > 1048575 > 2199023255552 fails)",
        ),
        (
            {"memory": Memory(2 * TIB + 1)},
            "error: invalid unit memory (2199023255552 > 2199023255553 > 2199023255552 fails)",
        ),
        ({"storage": ()}, "error: invalid unit storage, cannot be nil"),
        (
            {"storage": (Storage("a", 5 * MIB - 1),)},
            "error: invalid unit storage (35184372088832 > 5242879 > 5242880 fails)",
        ),
        (
            {"storage": (Storage("a", 5 * MIB), Storage("b", 32 * TIB + 1))},
            "error: invalid unit storage (35184372088832 > 35184372088833 > 5242880 fails)",
        ),
    ],
)
def test_unit_limits(resources: Resources, change: dict[str, Any], text: str) -> None:
    with pytest.raises(PlainError) as caught:
        replace(resources, **change).validate()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda attributes: {"cpu": CPU(100, attributes)}, "CPU"),
        (lambda attributes: {"gpu": GPU(1, attributes)}, "GPU"),
        (lambda attributes: {"memory": Memory(MIB, attributes)}, "Memory"),
        (lambda attributes: {"storage": (Storage("a", 5 * MIB, attributes),)}, "Storage"),
    ],
)
@pytest.mark.parametrize(
    ("attributes", "error"), [(BAD_KEY, InvalidAttributeKey), (TWICE, AttributesDuplicateKeys)]
)
def test_attributes_keep_their_codes(
    resources: Resources,
    change: Any,
    kind: str,
    attributes: Attributes,
    error: type[ChainError],
) -> None:
    with pytest.raises(error) as caught:
        replace(resources, **change(attributes)).validate()
    assert str(caught.value) == f"error: invalid {kind} attributes: {error.text}"


def many(unit: ResourceUnit, count: int, **change: Any) -> list[ResourceUnit]:
    """One unit at its largest, `count` times."""
    return [replace(unit, count=count, resources=replace(unit.resources, **change))]


def test_group_totals_may_reach_their_limits(unit: ResourceUnit) -> None:
    validate_units(many(unit, 50, cpu=CPU(384_000), gpu=GPU(24), memory=Memory(2 * TIB)))


@pytest.mark.parametrize(
    ("count", "change", "text"),
    [
        (51, {"cpu": CPU(384_000)}, "invalid total CPU (19200000 > 19584000 > 0 fails)"),
        (0, {}, "invalid total CPU (19200000 > 0 > 0 fails)"),
        (51, {"gpu": GPU(24)}, "invalid total GPU (1200 > 1224 > 0 fails)"),
        (
            51,
            {"memory": Memory(2 * TIB)},
            "invalid total memory (109951162777600 > 112150186033152 > 0 fails)",
        ),
    ],
)
def test_group_totals(unit: ResourceUnit, count: int, change: dict[str, Any], text: str) -> None:
    with pytest.raises(PlainError) as caught:
        validate_units(many(unit, count, **change))
    assert str(caught.value) == text


def test_a_group_without_units_has_no_cpu() -> None:
    with pytest.raises(PlainError, match="invalid total CPU"):
        validate_units([])


def test_storage_totals_are_not_bounded(unit: ResourceUnit) -> None:
    validate_units(many(unit, 1000, storage=(Storage("a", 32 * TIB),)))


def test_ids_are_unique(unit: ResourceUnit) -> None:
    with pytest.raises(PlainError, match=r"duplicate resources ID \(1\) within group"):
        validate_units([unit, unit])


def test_prices(unit: ResourceUnit) -> None:
    replace(unit, price=DecCoin("uakt", Dec.ZERO)).validate_price()
    replace(unit, price=DecCoin("uakt", Dec.of(10_000_000))).validate_price()
    with pytest.raises(PlainError, match="error: invalid unit price"):
        replace(unit, price=DecCoin("uakt", Dec.of("10000000.1"))).validate_price()
    for price in (DecCoin("uakt", Dec.of(-1)), DecCoin("!", Dec.of(1))):
        with pytest.raises(PlainError, match="error: invalid price object"):
            replace(unit, price=price).validate_price()
    assert unit.full_price() == DecCoin("uakt", Dec.of(21))


def test_a_quantity_that_is_no_number_is_refused() -> None:
    with pytest.raises(TxDecode):
        CPU.from_wire(wire.CPU(units=wire.ResourceValue(val=b"\xff1")))
