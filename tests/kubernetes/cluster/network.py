"""The networks of a cluster: one namespace for the node, one for a machine outside.

Everything the node's programs do to addresses, routes, packet filters and kernel switches happens
in these namespaces and goes away with them; the machine's own network stays as it is.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import threading
from pathlib import Path

from tests.kubernetes.cluster import layout
from tests.kubernetes.cluster.layout import Layout

CLONE_NEWNET = 0x40000000
NO_IPV6 = """table bridge no_ipv6 {
  chain forward { type filter hook forward priority 0; ether type ip6 drop; }
  chain input { type filter hook input priority 0; ether type ip6 drop; }
}"""
"""The pods get no IPv6 address; by those that they give themselves they would pass the policies."""


def make(place: Layout) -> None:
    """Create both namespaces and the cable between them, unless they are there."""
    node, outside = place.node_namespace, place.outside_namespace
    if node.exists() and outside.exists():
        return
    remove(place)
    for namespace in (node, outside):
        _run("ip", "netns", "add", namespace.name)
        _in(namespace, "ip", "link", "set", "lo", "up")
    _node(node)
    _uplink(node, outside)
    for setting in ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.route_localnet=1"):
        _in(node, "sysctl", "-qw", setting)
    _in(node, "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1")
    _in(node, "nft", NO_IPV6)


def remove(place: Layout) -> None:
    """Delete the namespaces; every link, route and packet filter in them goes along."""
    for namespace in (place.outside_namespace, place.node_namespace):
        if namespace.exists():
            _run("ip", "netns", "del", namespace.name)


def _node(node: Path) -> None:
    """The node's address is on a bridge, which is up without a cable."""
    _in(node, "ip", "link", "add", "node0", "type", "bridge")
    _in(node, "ip", "addr", "add", f"{layout.NODE_IP}/{layout.NODE_MASK}", "dev", "node0")
    _in(node, "ip", "link", "set", "node0", "up")


def _uplink(node: Path, outside: Path) -> None:
    """The cable; the node's default route leads to the outside machine."""
    _in(node, "ip", "link", "add", "up0", "type", "veth", "peer", "name", "eth0")
    _in(node, "ip", "link", "set", "eth0", "netns", outside.name)
    for namespace, link, address in (
        (node, "up0", layout.UPLINK_IP),
        (outside, "eth0", layout.OUTSIDE_IP),
    ):
        _in(namespace, "ip", "addr", "add", f"{address}/24", "dev", link)
        _in(namespace, "ip", "link", "set", link, "up")
    for address in layout.METADATA_IPS:
        _in(outside, "ip", "addr", "add", f"{address}/32", "dev", "lo")
    to_outside = ("default", "via", layout.OUTSIDE_IP)
    _in(node, "ip", "route", "add", *to_outside, "src", layout.NODE_IP)
    _in(outside, "ip", "route", "add", "default", "via", layout.UPLINK_IP)


def connect(namespace: Path, host: str, port: int, *, timeout_s: float = 5) -> socket.socket:
    """A connection made from inside a network namespace; usable from this one.

    Raises OSError.
    """
    made: list[socket.socket] = []
    failed: list[OSError] = []

    def attempt() -> None:
        try:
            enter(namespace)
            made.append(socket.create_connection((host, port), timeout=timeout_s))
        except OSError as error:
            failed.append(error)

    # the namespace is the thread's, and a thread that entered one must not be used again
    thread = threading.Thread(target=attempt, name="connect-in-namespace")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


def free_port() -> int:
    """A port of this machine's loopback that nothing has now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """True when something listens on that port of this machine's loopback."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


def enter(namespace: Path) -> None:
    """Move the calling thread into a network namespace. Raises OSError."""
    handle = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(handle, CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, f"setns: {os.strerror(number)}", str(namespace))
    finally:
        os.close(handle)


def _in(namespace: Path, *words: str) -> None:
    _run("nsenter", f"--net={namespace}", "--", *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
