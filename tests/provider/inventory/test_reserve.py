"""Places are taken once, given back whole, and never counted wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akashpy.types.attributes import Attributes
from akashpy.types.deployment import GroupSpec
from akashpy.types.market import OrderID, ResourceOffer
from akashpy.types.resources import Endpoint, EndpointKind, Storage
from provider.errors import NoRoom
from provider.inventory.nodes import Cluster, Gpu, Node
from provider.inventory.place import with_offer
from provider.inventory.reserve import Inventory
from tests.provider.market import GIB, TENANT, group, unit

ANY_NVIDIA = "vendor/nvidia/model/*"


def order(number: int) -> OrderID:
    """One of the tenant's orders."""
    return OrderID(TENANT, number, 1, 1)


def node(name: str = "n1", **changes: object) -> Node:
    """A machine with four cores, 8 GiB of memory and 50 GiB of storage."""
    given: dict[str, object] = {"cpu": 4000, "memory": 8 * GIB, "storage": 50 * GIB} | changes
    return Node(name, **given)  # type: ignore[arg-type]  # the keywords of a Node


def gpus(*models: tuple[str, int]) -> tuple[Gpu, ...]:
    """Devices by model."""
    return tuple(Gpu("nvidia", model, count) for model, count in models)


def free(inventory: Inventory) -> tuple[int, int, int, list[int]]:
    """What is free in all."""
    rooms = inventory.free().rooms
    return (
        sum(room.cpu for room in rooms),
        sum(room.memory for room in rooms),
        sum(room.storage for room in rooms),
        [count for room in rooms for _, count in room.gpus],
    )


def test_a_hold_takes_and_gives_back() -> None:
    inventory = Inventory(Cluster((node(),)))
    with inventory.hold(order(1), group(unit(cpu=1000, count=2))):
        assert free(inventory) == (2000, 6 * GIB, 48 * GIB, [])
    assert free(inventory) == (4000, 8 * GIB, 50 * GIB, [])


def test_a_committed_hold_stays_until_it_is_released() -> None:
    inventory = Inventory(Cluster((node(),)))
    with inventory.hold(order(1), group()) as holding:
        holding.commit()
    assert inventory.holds(order(1))
    inventory.release(order(1))
    inventory.release(order(1))
    assert free(inventory) == (4000, 8 * GIB, 50 * GIB, [])


def test_the_same_order_takes_once() -> None:
    inventory = Inventory(Cluster((node(),)))
    first = inventory.take(order(1), group(unit(cpu=3000)))
    assert inventory.take(order(1), group(unit(cpu=3000))) is first
    assert free(inventory)[0] == 1000


def test_replicas_spread_over_machines() -> None:
    inventory = Inventory(Cluster((node("a", cpu=1500), node("b", cpu=1500))))
    claim = inventory.take(order(1), group(unit(cpu=1000, count=2))).claim
    assert [(take.node, take.replicas) for take in claim.takes] == [(0, 1), (1, 1)]


def test_all_replicas_or_none() -> None:
    inventory = Inventory(Cluster((node(cpu=2500),)))
    with pytest.raises(NoRoom) as caught:
        inventory.take(order(1), group(unit(cpu=1000, count=3)))
    assert caught.value.reason == "no_capacity"
    assert free(inventory)[0] == 2500


def test_the_last_gpu_goes_to_one_order() -> None:
    inventory = Inventory(Cluster((node(gpus=gpus(("a100", 1))),)))
    spec = group(unit(gpu=1, wishes=[ANY_NVIDIA]))
    inventory.take(order(1), spec)
    with pytest.raises(NoRoom) as caught:
        inventory.take(order(2), spec)
    assert caught.value.reason == "no_gpu_free"


def test_devices_of_one_model_are_not_promised_for_another() -> None:
    inventory = Inventory(Cluster((node(gpus=gpus(("a100", 1), ("t4", 3))),)))
    inventory.take(order(1), group(unit(gpu=1, wishes=["vendor/nvidia/model/a100"])))
    with pytest.raises(NoRoom):
        inventory.take(order(2), group(unit(gpu=1, wishes=["vendor/nvidia/model/a100"])))
    inventory.take(order(3), group(unit(gpu=3, wishes=["vendor/nvidia/model/t4"])))
    assert free(inventory)[3] == [0, 0]


def test_a_wildcard_takes_a_model_that_really_fits() -> None:
    tight = node("a", memory=GIB // 2, gpus=gpus(("a100", 1)))
    roomy = node("b", gpus=gpus(("t4", 1)))
    inventory = Inventory(Cluster((tight, roomy)))
    (taken,) = inventory.take(order(1), group(unit(gpu=1, wishes=[ANY_NVIDIA]))).units
    assert taken.resources.gpu is not None
    assert taken.resources.gpu.attributes == Attributes.of([("vendor/nvidia/model/t4", "true")])


def test_all_replicas_get_the_same_model() -> None:
    inventory = Inventory(
        Cluster((node("a", gpus=gpus(("a100", 1))), node("b", gpus=gpus(("t4", 2)))))
    )
    holding = inventory.take(order(1), group(unit(gpu=1, wishes=[ANY_NVIDIA], count=2)))
    (taken,) = holding.units
    assert taken.resources.gpu is not None
    assert [a.key for a in taken.resources.gpu.attributes] == ["vendor/nvidia/model/t4"]


def test_memory_and_interface_of_a_device_are_matched_and_kept_in_the_name() -> None:
    device = Gpu("nvidia", "a100", 1, memory="80Gi", interface="sxm4")
    inventory = Inventory(Cluster((node(gpus=(device,)),)))
    with pytest.raises(NoRoom) as caught:
        inventory.take(order(1), group(unit(gpu=1, wishes=["vendor/nvidia/model/*/ram/40Gi"])))
    assert caught.value.reason == "no_gpu"
    wish = "vendor/nvidia/model/*/ram/80Gi/interface/sxm"
    (taken,) = inventory.take(order(2), group(unit(gpu=1, wishes=[wish]))).units
    assert taken.resources.gpu is not None
    assert taken.resources.gpu.attributes[0].key == (
        "vendor/nvidia/model/a100/ram/80Gi/interface/sxm"
    )


def test_persistent_storage_comes_from_the_pool_of_its_class() -> None:
    volume = Storage("data", 10 * GIB, Attributes.of([("class", "beta2"), ("persistent", "true")]))
    spec = group(unit(storage=(volume,)))
    inventory = Inventory(Cluster((node(classes=("beta2",)),), pools=(("beta2", 15 * GIB),)))
    inventory.take(order(1), spec)
    assert inventory.free().pools == {"beta2": 5 * GIB}
    with pytest.raises(NoRoom) as caught:
        inventory.take(order(2), spec)
    assert caught.value.reason == "no_storage"
    with pytest.raises(NoRoom) as caught:
        Inventory(Cluster((node(),))).take(order(1), spec)
    assert caught.value.reason == "storage_class"


def test_volumes_in_memory_are_memory() -> None:
    volume = Storage("shm", GIB, Attributes.of([("class", "ram"), ("persistent", "false")]))
    inventory = Inventory(Cluster((node(),)))
    inventory.take(order(1), group(unit(memory=GIB, storage=(volume,))))
    assert free(inventory)[1:3] == (6 * GIB, 50 * GIB)


def test_leased_addresses_are_counted_by_sequence_number() -> None:
    spec = _with_endpoints(
        group(), Endpoint(EndpointKind.LEASED_IP, 1), Endpoint(EndpointKind.LEASED_IP, 1)
    )
    inventory = Inventory(Cluster((node(),), addresses=1))
    inventory.take(order(1), spec)
    with pytest.raises(NoRoom) as caught:
        inventory.take(order(2), spec)
    assert caught.value.reason == "no_addresses"


def test_what_runs_counts_even_without_room() -> None:
    inventory = Inventory(Cluster((node(cpu=500),)))
    holding = inventory.adopt(order(1), group(unit(cpu=1000)))
    assert holding.is_committed
    assert free(inventory)[0] == 0
    with pytest.raises(NoRoom):
        inventory.take(order(2), group(unit(cpu=100)))


def test_a_smaller_machine_leaves_claims_where_they_are() -> None:
    inventory = Inventory(Cluster((node("a"), node("b"))))
    inventory.take(order(1), group(unit(cpu=3000)))
    inventory.change(Cluster((node("b"), node("a", cpu=1000))))
    assert [room.cpu for room in inventory.free().rooms] == [4000, 0]


def test_an_offer_keeps_the_model_it_named() -> None:
    spec = group(unit(gpu=1, wishes=[ANY_NVIDIA]))
    inventory = Inventory(Cluster((node(gpus=gpus(("a100", 1), ("t4", 1))),)))
    inventory.take(order(1), group(unit(gpu=1, wishes=["vendor/nvidia/model/a100"])))
    (named,) = inventory.take(order(2), spec).units
    again = Inventory(Cluster((node(gpus=gpus(("a100", 1), ("t4", 1))),)))
    again.take(order(2), with_offer(spec, (ResourceOffer(named.resources, 1),)))
    assert free(again)[3] == [1, 0]


@dataclass(frozen=True)
class Wish:
    """An order as hypothesis makes it."""

    cpu: int
    memory: int
    gpu: int
    model: str
    count: int


WISHES = st.builds(
    Wish,
    cpu=st.integers(1, 3000),
    memory=st.integers(1, 4 * GIB),
    gpu=st.integers(0, 2),
    model=st.sampled_from(["*", "a100", "t4", "h100"]),
    count=st.integers(1, 3),
)
STEPS = st.lists(st.tuples(st.integers(0, 5), st.none() | WISHES), max_size=30)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_free_and_taken_are_always_all(steps: list[tuple[int, Wish | None]]) -> None:
    machines = (node("a", gpus=gpus(("a100", 2))), node("b", gpus=gpus(("t4", 1), ("a100", 1))))
    inventory = Inventory(Cluster(machines))
    for number, wish in steps:
        if wish is None:
            inventory.release(order(number))
            continue
        try:
            inventory.take(order(number), _group_of(wish))
        except NoRoom:
            continue
    takes = [take for holding in inventory.holdings for take in holding.claim.takes]
    cpu, memory, storage, devices = free(inventory)
    assert cpu + sum(take.cpu for take in takes) == 8000
    assert memory + sum(take.memory for take in takes) == 16 * GIB
    assert storage + sum(take.storage for take in takes) == 100 * GIB
    assert sum(devices) + sum(take.gpus for take in takes) == 4
    assert all(amount >= 0 for amount in (cpu, memory, storage, *devices))
    for holding in inventory.holdings:
        asked = sum(unit.count for unit in holding.spec.resources)
        assert sum(take.replicas for take in holding.claim.takes) == asked


def _group_of(wish: Wish) -> GroupSpec:
    wishes = [f"vendor/nvidia/model/{wish.model}"] if wish.gpu else []
    return group(
        unit(cpu=wish.cpu, memory=wish.memory, gpu=wish.gpu, wishes=wishes, count=wish.count)
    )


def _with_endpoints(spec: GroupSpec, *endpoints: Endpoint) -> GroupSpec:
    units = tuple(
        replace(one, resources=replace(one.resources, endpoints=endpoints))
        for one in spec.resources
    )
    return replace(spec, resources=units)
