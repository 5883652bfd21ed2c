"""Who holds which part of the cluster: hold while bidding, commit when won, release at the end.

What is free is always the cluster minus all claims; what an order takes is taken off, and whenever
something is given back all is counted anew, so that it cannot drift. It is never below zero, even
when a machine shrank under what runs on it. Single-threaded: a hold is
taken between two awaits, so two orders never get the same last device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from akashpy.types.deployment import GroupSpec
from akashpy.types.market import OrderID
from akashpy.types.resources import ResourceUnit
from provider.errors import NoRoom
from provider.inventory.nodes import Cluster, Node
from provider.inventory.place import Claim, Free, Room, Take, leased_addresses, place


@dataclass(slots=True)
class Holding:
    """An order's claim; committed once it is a lease."""

    order: OrderID
    spec: GroupSpec
    claim: Claim
    is_committed: bool = False

    def commit(self) -> None:
        """Keep it beyond the end of its hold, until it is released."""
        self.is_committed = True

    @property
    def units(self) -> tuple[ResourceUnit, ...]:
        """The resources with concrete GPU models, as a bid offers them."""
        return self.claim.units


class Inventory:
    """A cluster and the claims on it."""

    def __init__(self, cluster: Cluster, *, freed: Callable[[], None] = lambda: None) -> None:
        """`freed` is told whenever there may be more room."""
        self.cluster = cluster
        self._freed = freed
        self._holdings: dict[OrderID, Holding] = {}
        self._left: Free | None = None
        """What is free now; None when it has to be counted."""

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """All claims, oldest first."""
        return tuple(self._holdings.values())

    def holds(self, order: OrderID) -> bool:
        """Whether an order has a claim."""
        return order in self._holdings

    @contextmanager
    def hold(self, order: OrderID, spec: GroupSpec) -> Iterator[Holding]:
        """Take what an order needs; given back at the end unless committed. Raises NoRoom."""
        holding = self.take(order, spec)
        try:
            yield holding
        finally:
            if not holding.is_committed:
                self.release(order)

    def take(self, order: OrderID, spec: GroupSpec) -> Holding:
        """Take what an order needs until `release`; the same order again gets the same.

        Raises NoRoom.
        """
        known = self._holdings.get(order)
        if known is not None:
            return known
        left, self._left = self._left or self.free(), None
        try:
            claim = place(spec, left)
        except NoRoom:
            self._left = left
            raise
        for name, size in claim.pools:
            left.pools[name] -= size
        left.addresses -= claim.addresses
        self._left = left
        holding = self._holdings[order] = Holding(order, spec, claim)
        return holding

    def adopt(self, order: OrderID, spec: GroupSpec) -> Holding:
        """Count something that runs already, whether or not there is room for it."""
        try:
            holding = self.take(order, spec)
        except NoRoom:
            holding = self._holdings[order] = Holding(order, spec, _on_first(spec, self.cluster))
            self._left = None
        holding.commit()
        return holding

    def release(self, order: OrderID) -> None:
        """Give back what an order holds; nothing when it holds nothing."""
        if self._holdings.pop(order, None) is not None:
            self._left = None
            self._freed()

    def change(self, cluster: Cluster) -> None:
        """Another look at the machines; claims stay where their machine still is."""
        moved = {node.name: i for i, node in enumerate(cluster.nodes)}
        for holding in self._holdings.values():
            takes = tuple(
                replace(take, node=moved[self.cluster.nodes[take.node].name])
                for take in holding.claim.takes
                if self.cluster.nodes[take.node].name in moved
            )
            holding.claim = replace(holding.claim, takes=takes)
        self.cluster = cluster
        self._left = None
        self._freed()

    def free(self) -> Free:
        """What no claim takes, counted anew."""
        rooms = [_room(node) for node in self.cluster.nodes]
        pools, addresses = dict(self.cluster.pools), self.cluster.addresses
        for holding in self._holdings.values():
            for take in holding.claim.takes:
                _subtract(rooms[take.node], take)
            for name, size in holding.claim.pools:
                pools[name] = max(0, pools.get(name, 0) - size)
            addresses = max(0, addresses - holding.claim.addresses)
        return Free(rooms, pools, addresses)


def _room(node: Node) -> Room:
    return Room(
        node.cpu, node.memory, node.storage, node.classes, [(gpu, gpu.count) for gpu in node.gpus]
    )


def _subtract(room: Room, take: Take) -> None:
    room.cpu = max(0, room.cpu - take.cpu)
    room.memory = max(0, room.memory - take.memory)
    room.storage = max(0, room.storage - take.storage)
    if take.gpu is not None and take.gpu < len(room.gpus):
        gpu, free = room.gpus[take.gpu]
        room.gpus[take.gpu] = (gpu, max(0, free - take.gpus))


def _on_first(spec: GroupSpec, cluster: Cluster) -> Claim:
    """A claim on the first machine for what has no room, so that nothing is sold twice."""
    takes = []
    for index, unit in enumerate(spec.resources):
        resources = unit.resources
        gpus = resources.gpu.units if resources.gpu else 0
        wishes = [a.key for a in resources.gpu.attributes] if resources.gpu else []
        node, slot = _device(cluster, wishes) if gpus else (0, None)
        takes.append(
            Take(
                node, index, unit.count,
                (resources.cpu.units if resources.cpu else 0) * unit.count,
                (resources.memory.quantity if resources.memory else 0) * unit.count,
                sum(v.quantity for v in resources.storage if not v.attributes) * unit.count,
                slot, gpus * unit.count,
            )
        )  # fmt: skip
    kept = tuple(takes) if cluster.nodes else ()
    return Claim(kept, (), leased_addresses(spec), spec.resources)


def _device(cluster: Cluster, wishes: list[str]) -> tuple[int, int | None]:
    for number, node in enumerate(cluster.nodes):
        for slot, gpu in enumerate(node.gpus):
            if not wishes or any(gpu.fits(wish) for wish in wishes):
                return number, slot
    return 0, None
