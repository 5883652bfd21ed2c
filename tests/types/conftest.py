"""Values that the tests of types share: two accounts and a good group."""

from dataclasses import replace

import pytest

from akashpy.types.address import Address
from akashpy.types.attributes import Attributes, PlacementRequirements, SignedBy
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import GroupSpec
from akashpy.types.resources import (
    CPU,
    GPU,
    MIB,
    Endpoint,
    Memory,
    Resources,
    ResourceUnit,
    Storage,
)


@pytest.fixture
def owner() -> Address:
    return Address.of(b"o" * 20)


@pytest.fixture
def provider() -> Address:
    return Address.of(b"p" * 20)


@pytest.fixture
def resources() -> Resources:
    return Resources(
        id=1,
        cpu=CPU(100),
        memory=Memory(64 * MIB),
        storage=(Storage("default", 128 * MIB),),
        gpu=GPU(0),
        endpoints=(Endpoint(), Endpoint(2, 7)),
    )


@pytest.fixture
def unit(resources: Resources) -> ResourceUnit:
    return ResourceUnit(resources, count=2, price=DecCoin("uakt", Dec.of("10.5")))


@pytest.fixture
def group(unit: ResourceUnit, resources: Resources) -> GroupSpec:
    second = replace(unit, resources=replace(resources, id=2), count=1)
    wish = PlacementRequirements(SignedBy(("a",), ()), Attributes.of([("region", "eu")]))
    return GroupSpec("west", wish, (unit, second))
