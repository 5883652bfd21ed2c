"""Ports for programs that must know theirs before they start, or keep it over a restart.

They lie below the range from which the kernel gives connections their ports, so that nobody is
given one by chance between its choice and its use. Whoever can listen on port 0 needs none of this.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

LOWEST = 10_000
"""Above the ports that services are known by."""
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")

_given = set[int]()


def free_port() -> int:
    """A port of loopback that nobody listens on and that was not given before in this process."""
    above = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
    candidates = list(range(LOWEST, above))
    random.SystemRandom().shuffle(candidates)
    for port in candidates:
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise AssertionError(f"no port from {LOWEST} to {above - 1} is free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
