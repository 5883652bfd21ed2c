"""Machines, their devices and the storage of a cluster, as declared or observed.

Plain values with units; whether something is free is reserve.py's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

KNOWN_WISHES = 1024
"""Keys whose parts are remembered: one order's is asked of every machine."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """`count` equal devices; `memory` as in orders ("80Gi"), `interface` "pcie" or "sxm"."""

    vendor: str
    model: str
    count: int
    memory: str = ""
    interface: str = ""

    def fits(self, wish: str) -> bool:
        """Whether a device satisfies an order's key: `vendor/<v>/model/<m or *>[/ram/..][..]`."""
        asked = _read(wish)
        if asked is None or asked.vendor != self.vendor or asked.model not in ("*", self.model):
            return False
        if asked.memory is not None and asked.memory != self.memory:
            return False
        return asked.interface is None or _slot(asked.interface) == _slot(self.interface)

    def named(self, wish: str) -> str:
        """The key of an offer of this device: the model concrete, the rest as it was asked."""
        parts = wish.split("/") if wish else ["vendor", self.vendor, "model", "*"]
        parts[3] = self.model
        return "/".join(parts)


@dataclass(frozen=True, slots=True)
class Node:
    """One machine: cpu in thousandths of a core, the rest in bytes."""

    name: str
    cpu: int
    memory: int
    storage: int
    classes: tuple[str, ...] = ()
    """Classes of persistent storage it can attach."""
    gpus: tuple[Gpu, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """All machines, the persistent storage they share (bytes by class), and leasable addresses."""

    nodes: tuple[Node, ...]
    pools: tuple[tuple[str, int], ...] = ()
    addresses: int = 0


class _Wish(NamedTuple):
    """The parts of an order's key."""

    vendor: str
    model: str
    memory: str | None
    interface: str | None


@lru_cache(KNOWN_WISHES)
def _read(wish: str) -> _Wish | None:
    """The parts of a key; None when it names no vendor and model."""
    parts = wish.split("/")
    asked = dict(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or "vendor" not in asked or "model" not in asked:
        return None
    return _Wish(asked["vendor"], asked["model"], asked.get("ram"), asked.get("interface"))


def _slot(interface: str) -> str:
    text = interface.lower()
    return "sxm" if text.startswith("sxm") else text
