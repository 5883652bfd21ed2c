"""Two and two of four validators lose each other: the chain halts, heals, and never forks.

Each node lives in a network namespace of its own, joined by a bridge in another; parting moves two
of the bridge's ports to a second bridge. Nothing of the machine's own network is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cometbft.net import Net, deliver, until
from tests.conftest import needs

SILENCE_S = 6.0
"""No block may come for so long: some two dozen would at the usual pace."""


@dataclass
class Wires:
    """Namespaces of four nodes, and the one with the bridges."""

    tag: str

    @property
    def switch(self) -> str:
        return f"{self.tag}s"

    def node(self, place: int) -> str:
        return f"{self.tag}n{place}"

    @staticmethod
    def host(place: int) -> str:
        return f"10.99.0.{place + 1}"

    def lay(self) -> None:
        """Make all of it."""
        self._ip("netns", "add", self.switch)
        for bridge in ("whole", "other"):
            self._ip("-n", self.switch, "link", "add", bridge, "type", "bridge")
            self._ip("-n", self.switch, "link", "set", bridge, "up")
        for place in range(4):
            name, port = self.node(place), f"port{place}"
            self._ip("netns", "add", name)
            self._ip("-n", self.switch, "link", "add", port, "type", "veth",
                     "peer", "name", "eth0", "netns", name)  # fmt: skip
            self._ip("-n", self.switch, "link", "set", port, "master", "whole", "up")
            self._ip("-n", name, "address", "add", f"{self.host(place)}/24", "dev", "eth0")
            self._ip("-n", name, "link", "set", "eth0", "up")
            self._ip("-n", name, "link", "set", "lo", "up")

    def join(self, place: int, bridge: str) -> None:
        """Move a node's port to a bridge."""
        self._ip("-n", self.switch, "link", "set", f"port{place}", "master", bridge)

    def remove(self) -> None:
        """Leave nothing; the links go with their namespaces."""
        for name in (*(self.node(place) for place in range(4)), self.switch):
            subprocess.run(["ip", "netns", "delete", name], check=False, timeout=20)

    @staticmethod
    def _ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, timeout=20)


@contextmanager
def wires() -> Iterator[Wires]:
    found = Wires(f"cmt{uuid.uuid4().hex[:6]}")
    try:
        found.lay()
        yield found
    finally:
        found.remove()


@pytest.fixture
def parted(cometbft: str, tmp_path: Path) -> Iterator[tuple[Net, Wires]]:
    """Four running validators, each in its namespace."""
    needs(os.geteuid() == 0 and shutil.which("ip") is not None, "root and ip, for namespaces")
    with wires() as laid:
        hosts = [laid.host(place) for place in range(4)]
        with Net.made(tmp_path, cometbft, 4, hosts=hosts) as net:
            for place, peer in enumerate(net.peers):
                peer.namespace = laid.node(place)
            net.start()
            yield net, laid


def test_two_and_two_halt_and_heal_without_a_fork(parted: tuple[Net, Wires]) -> None:
    net, laid = parted
    for place in (2, 3):
        laid.join(place, "other")
    begun = time.monotonic()

    def heights() -> list[int]:
        return [peer.height() for peer in net.peers]

    seen, since = heights(), time.monotonic()

    def is_silent() -> bool:
        nonlocal seen, since
        now = heights()
        if now != seen:
            seen, since = now, time.monotonic()
        return all(now) and time.monotonic() - since > SILENCE_S

    until(is_silent, "no more blocks")
    assert max(seen) - min(seen) <= 1
    for place in (2, 3):
        laid.join(place, "whole")
    for peer in net.peers:
        peer.reach(max(seen) + 5)
    assert time.monotonic() > begun + SILENCE_S
    deliver(net.peers[0], net.accounts["alice"].pay("bob"))
    assert net.require_same() >= max(seen) + 5
