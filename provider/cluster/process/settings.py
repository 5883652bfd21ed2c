"""Settings of the process driver, and the rule that it serves nobody but this machine.

Nothing here reads the environment or a file: a composition root fills the settings in.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from provider.cluster.errors import ClusterError
from provider.cluster.process.spec import Bounds, Restarts

PUBLIC_CHAINS = ("akashnet-", "sandbox-", "testnet-", "devnet-")

WARNING = (
    "The process driver isolates nothing: every tenant's program runs as a process of this user, "
    "with this user's files. It is for demonstrations and tests on this machine only."
)


class NotLocal(ClusterError):
    """The process driver was asked to serve more than this machine."""


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """How the process driver works; times in seconds, sizes in bytes, cpu in thousandths."""

    root: Path
    """Everything it stores; one driver at a time."""
    host: str = "127.0.0.1"
    """Address on which services are reached; must be loopback."""
    isolation: Literal["auto", "namespaces", "none"] = "auto"
    """Namespaces where the host permits them, or one of both by force."""
    path: str = field(
        default=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    )
    """PATH of the programs; begins where this interpreter lies."""
    restarts: Restarts = field(default_factory=Restarts)
    journal: Bounds = field(default_factory=Bounds)
    grace: float = 10.0
    """Between asking a program to end and killing it."""
    keep_ended: float = 24 * 3600.0
    """How long logs stay after their lease's end."""
    keep_ended_bytes: int = 256 << 20
    """How many bytes of such logs stay; the oldest go first."""
    dies_with_daemon: bool = False
    """End all programs when the daemon ends; for demonstrations."""
    limits: Literal["auto", "rlimits", "none"] = "auto"
    """Bound cpu and memory by control groups where the host lets it, memory by rlimits, or not."""
    node: str = "localhost"
    cpu: int = field(default_factory=lambda: (os.cpu_count() or 1) * 1000)
    memory: int = field(
        default_factory=lambda: os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    )
    storage: int = field(default_factory=lambda: shutil.disk_usage("/").free)
    gpu: int = 0
    """Devices declared; none is looked for."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the driver must know of the provider around it before it may start.

    `host_uri` is the address registered on chain, `nodes` are the chain's endpoints.
    """

    gateway_host: str
    host_uri: str
    chain_id: str
    nodes: tuple[str, ...]


def require_local(workload_host: str, around: Surroundings) -> None:
    """Refuse anything that reaches beyond this machine.

    Raises NotLocal naming the field, its value and the remedy.
    """
    places = [
        ("gateway host", around.gateway_host),
        ("workload host", workload_host),
        ("registered host", around.host_uri),
        *(("chain node", node) for node in around.nodes),
    ]
    for what, value in places:
        if not is_loopback(value):
            raise NotLocal(
                f"{what} {value!r} is not this machine: the process driver isolates nothing and "
                "serves loopback only; use 127.0.0.1 or localhost, or another driver"
            )
    if around.chain_id.startswith(PUBLIC_CHAINS):
        raise NotLocal(
            f"chain {around.chain_id!r} is a public one: the process driver isolates nothing and "
            "serves a local chain only; use another driver"
        )


def is_loopback(address: str) -> bool:
    """True when a host name, host:port or URL can only mean this machine; never asks DNS."""
    split = urlsplit(address if "//" in address else f"//{address}")
    host = (split.hostname or "").rstrip(".")
    if address.count(":") > 1 and "//" not in address and "[" not in address:
        host = address  # a bare IPv6 address
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
