"""The inventory as the status page shows it: what is taken, what is free.

Source: facts of the provider, REST status (8.1): cpu in thousandths, the rest in bytes.
"""

from __future__ import annotations

from typing import Any

from provider.inventory.place import Room, volume_class
from provider.inventory.reserve import Holding, Inventory


def inventory_json(inventory: Inventory) -> dict[str, Any]:
    """Claims of leases (active) and of bids (pending), machines and pools."""
    body: dict[str, Any] = {}
    active = [_taken(h) for h in inventory.holdings if h.is_committed]
    pending = [_taken(h) for h in inventory.holdings if not h.is_committed]
    if active:
        body["active"] = active
    if pending:
        body["pending"] = pending
    free = inventory.free()
    nodes = [
        {
            "name": node.name,
            "allocatable": _amounts(
                node.cpu, sum(g.count for g in node.gpus), node.memory, node.storage
            ),
            "available": _room(room),
        }
        for node, room in zip(inventory.cluster.nodes, free.rooms, strict=True)
    ]
    available: dict[str, Any] = {}
    if nodes:
        available["nodes"] = nodes
    if free.pools:
        available["storage"] = [{"class": k, "size": v} for k, v in sorted(free.pools.items())]
    body["available"] = available
    return body


def _amounts(cpu: int, gpu: int, memory: int, storage: int) -> dict[str, int]:
    return {"cpu": cpu, "gpu": gpu, "memory": memory, "storage_ephemeral": storage}


def _room(room: Room) -> dict[str, int]:
    return _amounts(room.cpu, sum(free for _, free in room.gpus), room.memory, room.storage)


def _taken(holding: Holding) -> dict[str, Any]:
    cpu = gpu = memory = ephemeral = 0
    classes: dict[str, int] = {}
    for unit in holding.units:
        resources, count = unit.resources, unit.count
        cpu += resources.cpu.units * count if resources.cpu else 0
        gpu += resources.gpu.units * count if resources.gpu else 0
        memory += resources.memory.quantity * count if resources.memory else 0
        for volume in resources.storage:
            name, _ = volume_class(volume.attributes)
            if name:
                classes[name] = classes.get(name, 0) + volume.quantity * count
            else:
                ephemeral += volume.quantity * count
    body: dict[str, Any] = _amounts(cpu, gpu, memory, ephemeral)
    if classes:
        body["storage"] = classes
    return body
