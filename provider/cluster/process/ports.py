"""Ports of the host given to leases: chosen once, kept while the lease is here.

A TCP port is held by a bound socket that never listens, so that nobody else is given it between
two launches; launchers share it. It knows names of ports, not what they are for.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable

from provider.cluster.process.keeper import bind_port
from provider.cluster.process.plan import wanted_ports
from provider.cluster.workload import Workload

log = logging.getLogger(__name__)

Chosen = tuple[tuple[str, int], ...]


class Ports:
    """The ports of one host that are in use here."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._held: dict[int, socket.socket] = {}

    def choose(self, workload: Workload, known: Chosen, *, isolated: bool) -> Chosen:
        """A port for each name the workload needs; names that had one keep it."""
        before = dict(known)
        chosen: dict[str, int] = {}
        for name, use in wanted_ports(workload, isolated=isolated).items():
            chosen[name] = before.get(name) or self._find(use)
        return tuple(chosen.items())

    def take(self, workload: Workload, known: Chosen, *, isolated: bool) -> Chosen:
        """Hold ports that were chosen in an earlier life; one that was lost is chosen anew."""
        kept = []
        for name, port in known:
            if name.endswith("/TCP") and port not in self._held:
                try:
                    self._held[port] = bind_port(self._host, port, "TCP", listens=False)
                except OSError as error:
                    log.warning("port %d of %s is lost: %s", port, name, error.strerror)
                    continue
            kept.append((name, port))
        return self.choose(workload, tuple(kept), isolated=isolated)

    def release(self, chosen: Iterable[tuple[str, int]]) -> None:
        """Give ports back."""
        for _, port in chosen:
            if held := self._held.pop(port, None):
                held.close()

    def close(self) -> None:
        """Give all back."""
        while self._held:
            self._held.popitem()[1].close()

    def _find(self, use: str) -> int:
        """A free port; `use` is TCP, UDP, or one of them followed by a word for a program's own.

        A program binds its own port itself and UDP sockets share packets, so these are not held.
        """
        proto = use.split()[0]
        with_hold = use == "TCP"
        bound = bind_port(self._host, 0, proto, listens=False)
        port: int = bound.getsockname()[1]
        if with_hold:
            self._held[port] = bound
        else:
            bound.close()
        return port
