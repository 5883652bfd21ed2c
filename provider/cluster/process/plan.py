"""What each replica of a workload is to be, worked out without touching the machine.

Pure: a workload, the ports chosen for it and the way of isolation give one plan per replica; two
plans are equal exactly when the running replica needs no change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provider.cluster.process.spec import Peer
from provider.cluster.workload import Expose, Service, Workload, environment, namespace


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a driver runs its replicas."""

    leases: Path
    sockets: Path
    host: str
    path: str
    isolated: bool


@dataclass(frozen=True, slots=True)
class PlannedDoor:
    """A way in: a port of the host or a Unix socket, to a port of the program."""

    proto: str
    port: int
    host_port: int = 0
    path: str = ""
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One replica."""

    name: str
    service: str
    index: int
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    doors: tuple[PlannedDoor, ...]
    peers: tuple[Peer, ...]
    hosts: tuple[tuple[str, str], ...]
    cpu: int
    memory: int

    @classmethod
    def unknown(cls, name: str) -> Plan:
        """A replica of which only the name is known, to be ended."""
        return cls(name, name.rpartition("-")[0], 0, (), (), (), (), (), 0, 0)


def declines(workload: Workload) -> tuple[str, str] | None:
    """Why a workload can never run as processes: a reason code and a text."""
    for service in workload.services:
        where = f"service {service.name!r}"
        if not service.command:
            return "image-without-command", (
                f"{where} names image {service.image!r} without a command: the process driver runs "
                "commands only; give the service a command, or choose another provider"
            )
        if service.mounts:
            return "volume-mount", f"{where} mounts a volume; the process driver cannot"
        if any(e.ip for e in service.exposes):
            return "leased-ip", f"{where} asks for an IP address; the process driver has none"
        if any(e.proto == "UDP" and not e.is_global for e in service.exposes):
            return "internal-udp", f"{where} offers UDP to its peers; only TCP is carried"
        if service.params is not None and service.params.permissions:
            return "cluster-permissions", f"{where} asks to read a cluster that is not there"
    return None


def port_key(service: str, expose: Expose) -> str:
    """Name of the host port of an expose."""
    return f"{service}/{expose.number}/{expose.proto}"


def program_key(service: str, index: int, port: int) -> str:
    """Name of the port a program gets instead of the one it asked for."""
    return f"{service}/{index}/{port}/program"


def wanted_ports(workload: Workload, *, isolated: bool) -> dict[str, str]:
    """Names of all ports of the host this workload needs, with their protocols."""
    wanted: dict[str, str] = {}
    for service in workload.services:
        for expose in service.exposes:
            if expose.is_global or not isolated:
                wanted[port_key(service.name, expose)] = expose.proto
            if not isolated:
                for index in range(service.count):
                    key = program_key(service.name, index, expose.port)
                    wanted[key] = f"{expose.proto} program"
    return wanted


def plans(workload: Workload, ports: Mapping[str, int], place: Place) -> tuple[Plan, ...]:
    """The plan of every replica, services in the manifest's order."""
    return tuple(
        _plan(workload, service, index, ports, place)
        for service in workload.services
        for index in range(service.count)
    )


def socket_path(workload: Workload, name: str, place: Place, end: str) -> str:
    """A Unix socket of a replica; short, since the system allows about a hundred bytes."""
    text = f"{namespace(workload.lease)}/{name}"
    return str(place.sockets / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.{end}")


def _plan(
    workload: Workload, service: Service, index: int, ports: Mapping[str, int], place: Place
) -> Plan:
    name = f"{service.name}-{index}"
    home = place.leases / namespace(workload.lease) / name / "root"
    peers, hosts, names = _neighbours(workload, service, ports, place)
    own: dict[str, str] = {"PATH": place.path, "HOME": str(home), "HOSTNAME": name}
    if not place.isolated:
        for expose in reversed(service.exposes):
            chosen = str(ports[program_key(service.name, index, expose.port)])
            own |= {f"PORT_{expose.port}": chosen, "PORT": chosen}
    given = dict(environment(workload, service))
    return Plan(
        name=name,
        service=service.name,
        index=index,
        command=(*(service.command or ()), *(service.args or ())),
        env=tuple((own | names | given).items()),
        doors=_doors(workload, service, index, ports, place),
        peers=peers,
        hosts=((("127.0.0.1", name), ("127.0.0.1", service.name), *hosts)),
        cpu=service.resources.cpu,
        memory=service.resources.memory,
    )


def _doors(
    workload: Workload, service: Service, index: int, ports: Mapping[str, int], place: Place
) -> tuple[PlannedDoor, ...]:
    doors: dict[tuple[str, int, str], PlannedDoor] = {}
    for expose in service.exposes:
        target = expose.port
        if not place.isolated:
            target = ports[program_key(service.name, index, expose.port)]
        others = (i for i in range(service.count) if i != index)
        siblings = tuple(_path(workload, service, i, expose, place) for i in others)
        key = port_key(service.name, expose)
        if key in ports:
            door = PlannedDoor(
                expose.proto,
                target,
                host_port=ports[key],
                siblings=siblings if expose.proto == "TCP" else (),
            )
            doors.setdefault((expose.proto, ports[key], ""), door)
        if expose.proto == "TCP":
            path = _path(workload, service, index, expose, place)
            doors.setdefault(("TCP", 0, path), PlannedDoor("TCP", target, path=path))
    return tuple(doors.values())


def _path(workload: Workload, service: Service, index: int, expose: Expose, place: Place) -> str:
    return socket_path(workload, f"{service.name}-{index}", place, str(expose.number))


def _neighbours(
    workload: Workload, service: Service, ports: Mapping[str, int], place: Place
) -> tuple[tuple[Peer, ...], tuple[tuple[str, str], ...], dict[str, str]]:
    """How a service reaches the others: listeners in its namespace, names, and variables."""
    peers: list[Peer] = []
    hosts: list[tuple[str, str]] = []
    names: dict[str, str] = {}
    # A listener inside the namespace must not take a port the program itself listens on.
    taken = {e.port for e in service.exposes}
    others = [s for s in workload.services if s.name != service.name]
    for number, other in enumerate(others, start=1):
        address = f"127.1.{number // 256}.{number % 256}"
        hosts.append((address, other.name))
        prefix = other.name.upper().replace("-", "_")
        for expose in other.exposes:
            if expose.proto != "TCP":
                continue
            if place.isolated:
                port = expose.number
                while port in taken:
                    port = port % 65535 + 1
                paths = tuple(_path(workload, other, i, expose, place) for i in range(other.count))
                peers.append(Peer(address, port, paths))
                host = other.name if port == expose.number else address
            else:
                host, port = place.host, ports[port_key(other.name, expose)]
            names.setdefault(f"{prefix}_HOST", host)
            names.setdefault(f"{prefix}_PORT", str(port))
            names[f"{prefix}_PORT_{expose.number}"] = str(port)
    unique = {(p.address, p.port): p for p in peers}
    return tuple(unique.values()), tuple(hosts), names
