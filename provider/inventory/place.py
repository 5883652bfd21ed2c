"""Finds places for an order's resources on machines, and takes them off what is free.

Without a place nothing is taken off. Machines are tried in their order, the most demanding unit
first; all replicas of a unit get the same GPU model, because a bid can name only one. Source: facts
of the provider, placement and GPU matching (3.3, 3.4), without its quirk of pinning a model that
then does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from akashpy.types.attributes import Attribute, Attributes
from akashpy.types.deployment import GroupSpec
from akashpy.types.market import ResourceOffer
from akashpy.types.resources import EndpointKind, ResourceUnit
from provider.errors import NoRoom
from provider.inventory.nodes import Gpu

MOST_TRIES = 256
"""Combinations of GPU models that are tried for one order."""
RAM = "ram"


@dataclass(frozen=True, slots=True)
class Take:
    """What some replicas of one unit take of one machine; `gpu` is an index of its devices."""

    node: int
    unit: int
    replicas: int
    cpu: int
    memory: int
    storage: int
    gpu: int | None = None
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """All that an order takes, and its resources with GPU models made concrete."""

    takes: tuple[Take, ...]
    pools: tuple[tuple[str, int], ...]
    addresses: int
    units: tuple[ResourceUnit, ...]


@dataclass(slots=True)
class Room:
    """What is free on one machine."""

    cpu: int
    memory: int
    storage: int
    classes: tuple[str, ...]
    gpus: list[tuple[Gpu, int]]


@dataclass(slots=True)
class Free:
    """What is free in a cluster."""

    rooms: list[Room]
    pools: dict[str, int] = field(default_factory=dict)
    addresses: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """What one replica takes; `persistent` are bytes by class."""

    cpu: int
    memory: int
    storage: int
    persistent: tuple[tuple[str, int], ...]
    gpus: int
    wishes: tuple[str, ...]


def place(spec: GroupSpec, free: Free) -> Claim:
    """A place for every replica of a group, taken off the rooms of `free`; its pools and addresses
    are the caller's to count.

    Raises NoRoom with the resource that lacks; then `free` is as it was.
    """
    needs = [_need(unit) for unit in spec.resources]
    pools = _pools(spec, needs, free)
    addresses = leased_addresses(spec)
    if addresses > free.addresses:
        raise NoRoom("no_addresses", f"{addresses} leased IPs asked, {free.addresses} are free")
    order = sorted(
        range(len(needs)), key=lambda i: (-needs[i].gpus, -needs[i].memory, -needs[i].cpu, i)
    )
    search = _Search(spec, needs, order, free)
    if not search.fits(0):
        raise NoRoom(search.lack, f"group {spec.name!r}: no machine has room for {search.what}")
    return Claim(tuple(search.takes), pools, addresses, search.offered())


def with_offer(spec: GroupSpec, offers: Sequence[ResourceOffer]) -> GroupSpec:
    """A group with the resources a bid offered, so that it keeps the GPU models it named."""
    offered = {offer.resources.id: offer.resources for offer in offers}
    units = tuple(
        replace(unit, resources=offered.get(unit.resources.id, unit.resources))
        for unit in spec.resources
    )
    return replace(spec, resources=units)


def leased_addresses(spec: GroupSpec) -> int:
    """How many leased IPs a group asks for: distinct sequence numbers of such endpoints."""
    return len(
        {
            endpoint.sequence_number
            for unit in spec.resources
            for endpoint in unit.resources.endpoints
            if endpoint.kind == EndpointKind.LEASED_IP
        }
    )


class _Search:
    """Depth first over the units, each with every GPU model that could serve it."""

    def __init__(
        self, spec: GroupSpec, needs: list[Need], order: Sequence[int], free: Free
    ) -> None:
        self._spec, self._needs, self._order, self._free = spec, needs, order, free
        self._tries = 0
        self._models: dict[int, tuple[Gpu, str]] = {}
        self.takes: list[Take] = []
        self.lack, self.what = "no_capacity", "its resources"

    def fits(self, depth: int) -> bool:
        """Place the units from `depth` on; on success `takes` says where."""
        if depth == len(self._order):
            return True
        index = self._order[depth]
        need = self._needs[index]
        for choice in self._choices(need):
            self._tries += 1
            if self._tries > MOST_TRIES:
                return False
            before = len(self.takes)
            if self._put(index, need, choice) and self.fits(depth + 1):
                if choice is not None:
                    self._models[index] = choice
                return True
            self._undo(before)
        if need.gpus and not self._choices(need):
            self.lack, self.what = "no_gpu", f"GPU {' or '.join(need.wishes) or 'of any model'}"
        elif need.gpus:
            self.lack, self.what = "no_gpu_free", f"{need.gpus} GPU with the rest of unit {index}"
        return False

    def offered(self) -> tuple[ResourceUnit, ...]:
        """The group's units as a bid offers them."""
        units = []
        for index, unit in enumerate(self._spec.resources):
            resources = unit.resources
            if index in self._models and resources.gpu is not None:
                gpu, wish = self._models[index]
                named = Attributes([Attribute(gpu.named(wish), "true")])
                resources = replace(resources, gpu=replace(resources.gpu, attributes=named))
            units.append(replace(unit, resources=resources))
        return tuple(units)

    def _choices(self, need: Need) -> list[tuple[Gpu, str] | None]:
        if not need.gpus:
            return [None]
        found: dict[tuple[str, str, str], tuple[Gpu, str]] = {}
        seen = set[Gpu]()
        for room in self._free.rooms:
            for gpu, _ in room.gpus:
                if gpu in seen:
                    continue
                seen.add(gpu)
                wish = next((w for w in need.wishes if gpu.fits(w)), None)
                if wish is None and need.wishes:
                    continue
                found.setdefault((gpu.vendor, gpu.model, wish or ""), (gpu, wish or ""))
        return list(found.values())

    def _put(self, index: int, need: Need, choice: tuple[Gpu, str] | None) -> bool:
        left = self._spec.resources[index].count
        offered = "" if choice is None or not choice[1] else choice[0].named(choice[1])
        for number, room in enumerate(self._free.rooms):
            if left == 0:
                break
            if need.persistent and any(name not in room.classes for name, _ in need.persistent):
                continue
            slot = None if choice is None else _slot_of(room, choice[0], offered, need.gpus)
            if choice is not None and slot is None:
                continue
            count = min(left, _how_many(room, need, slot))
            if count > 0:
                take = Take(
                    number, index, count, need.cpu * count, need.memory * count,
                    need.storage * count, slot, need.gpus * count,
                )  # fmt: skip
                _apply(room, take, -1)
                self.takes.append(take)
                left -= count
        return left == 0

    def _undo(self, before: int) -> None:
        for take in self.takes[before:]:
            _apply(self._free.rooms[take.node], take, 1)
        del self.takes[before:]


def _need(unit: ResourceUnit) -> Need:
    resources = unit.resources
    if resources.cpu is None or resources.memory is None or resources.gpu is None:
        raise NoRoom("incomplete", f"resource {resources.id} lacks cpu, memory or gpu")
    memory, storage, persistent = resources.memory.quantity, 0, dict[str, int]()
    for volume in resources.storage:
        name, lasting = volume_class(volume.attributes)
        if lasting:
            if name in ("", RAM):
                raise NoRoom("storage_class", f"volume {volume.name!r}: no class of its own")
            persistent[name] = persistent.get(name, 0) + volume.quantity
        elif name == RAM:
            memory += volume.quantity
        else:
            storage += volume.quantity
    wishes = tuple(a.key for a in resources.gpu.attributes if a.value == "true")
    return Need(
        resources.cpu.units, memory, storage, tuple(persistent.items()), resources.gpu.units, wishes
    )


def volume_class(attributes: Attributes) -> tuple[str, bool]:
    """A volume's class and whether it is persistent."""
    found = {attribute.key: attribute.value for attribute in attributes}
    return found.get("class", ""), found.get("persistent") == "true"


def _pools(spec: GroupSpec, needs: list[Need], free: Free) -> tuple[tuple[str, int], ...]:
    wanted: dict[str, int] = {}
    for unit, need in zip(spec.resources, needs, strict=True):
        for name, size in need.persistent:
            wanted[name] = wanted.get(name, 0) + size * unit.count
    for name, size in wanted.items():
        if name not in free.pools:
            raise NoRoom("storage_class", f"storage class {name!r} is not offered here")
        if size > free.pools[name]:
            raise NoRoom(
                "no_storage", f"storage class {name!r}: {size} bytes asked, {free.pools[name]} free"
            )
    return tuple(sorted(wanted.items()))


def _slot_of(room: Room, gpu: Gpu, offered: str, count: int) -> int | None:
    """The room's devices that an offer may name and of which so many are free."""
    for index, (here, free) in enumerate(room.gpus):
        if free < count or here.model != gpu.model or here.vendor != gpu.vendor:
            continue
        if not offered or here.fits(offered):
            return index
    return None


def _how_many(room: Room, need: Need, slot: int | None) -> int:
    """Replicas that fit into what is free."""
    bounds = [
        have // each
        for have, each in (
            (room.cpu, need.cpu), (room.memory, need.memory), (room.storage, need.storage)
        )
        if each
    ]  # fmt: skip
    if slot is not None:
        bounds.append(room.gpus[slot][1] // need.gpus)
    return max(0, min(bounds, default=0))


def _apply(room: Room, take: Take, sign: int) -> None:
    room.cpu += sign * take.cpu
    room.memory += sign * take.memory
    room.storage += sign * take.storage
    if take.gpu is not None:
        gpu, free = room.gpus[take.gpu]
        room.gpus[take.gpu] = (gpu, free + sign * take.gpus)
