"""From a Document to deployment groups: which service runs where, with which unit and ports.

Akash does this while decoding, before it asks whether what is referred to exists, so missing
parts count as empty here. Reports what is wrong with TEE types, protocols and HTTP options.
Knows no limit and no JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sdl.errors import Code, Path
from sdl.gosort import go_sort
from sdl.gotext import quote
from sdl.model import (
    Attributes,
    Deploy,
    Document,
    Expose,
    HTTPOptions,
    Placement,
    Price,
    Resources,
    Service,
    To,
)
from sdl.problems import Problems
from sdl.remedy import did_you_mean

SHARED_HTTP, RANDOM_PORT, LEASED_IP = 0, 1, 2
NEXT_CASES = ("error", "timeout", "500", "502", "503", "504", "403", "404", "429", "off")
TEE_TYPES = ("cpu", "cpu-gpu")

Endpoint = tuple[int, int]
"""Kind and sequence number."""

_UINT32_END = 2**32


@dataclass(frozen=True, slots=True)
class Port:
    """One manifest expose. `expose` and `to` say where it was written (`to` -1: nowhere)."""

    port: int
    external: int
    proto: str
    service: str
    is_global: bool
    hosts: list[str] | None
    http: dict[str, Any]
    ip: str
    sequence: int
    expose: int
    to: int

    @property
    def key(self) -> tuple[str, int, str, bool]:
        """What exposes are sorted by."""
        return self.service, self.port, self.proto, not self.is_global


@dataclass(slots=True)
class Unit:
    """One resource unit of a group. `path` is where its first service is deployed."""

    id: int
    profile: str
    resources: Resources
    endpoints: list[Endpoint]
    count: int
    price: Price | None
    path: Path


@dataclass(frozen=True, slots=True)
class Placed:
    """One service in one group, with the id of its unit and its own ports."""

    name: str
    service: Service
    resources: Resources
    unit_id: int
    count: int
    ports: list[Port]
    endpoints: list[Endpoint]


@dataclass(slots=True)
class Group:
    """One deployment group: a placement and what runs in it."""

    name: str
    placement: Placement
    attributes: Attributes | None
    units: list[Unit] = field(default_factory=list)
    services: list[Placed] = field(default_factory=list)
    tee: str = ""


def build_groups(document: Document, problems: Problems) -> list[Group]:
    """Build all groups, sorted by name, their services sorted by name.

    Raises SdlError (tee.*, expose.unsupported-protocol, http.*, compute.*) unless gathering.
    """
    groups: dict[str, Group] = {}
    sequences = _ip_sequences(document)
    ports: dict[str, list[Port]] = {}
    for name in sorted(document.deployment):
        service = document.services.get(name) or Service()
        placements = document.deployment[name]
        for placement_name in sorted(placements):
            group = groups.get(placement_name)
            if group is None:
                placement = document.placement.get(placement_name) or Placement()
                group = Group(placement_name, placement, placement.attributes)
                groups[placement_name] = group
            deploy = placements[placement_name]
            _apply_tee(document, problems, name, service, group, deploy)
            if name not in ports:
                ports[name] = _ports(problems, name, service, sequences)
            _place(document, name, service, group, deploy, ports[name])
    return [groups[name] for name in sorted(groups)]


def _ip_sequences(document: Document) -> dict[str, int]:
    """Number the leased IPs: by position among all sorted names, blanks included."""
    if not document.endpoints:
        return {}
    names = []
    for service_name in sorted(document.deployment):
        if not document.deployment[service_name]:
            continue
        service = document.services.get(service_name)
        for expose in service.expose if service else ():
            names += [to.ip for to in expose.to if not to.is_global or to.ip]
    return {name: position for position, name in enumerate(sorted(names), 1)}


def _apply_tee(
    document: Document,
    problems: Problems,
    name: str,
    service: Service,
    group: Group,
    deploy: Deploy,
) -> None:
    """Check a service's TEE type and require it of the group's providers."""
    tee = service.params.tee if service.params else ""
    if not tee:
        return
    path = ("services", name, "params", "tee")
    if tee not in TEE_TYPES:
        problems.at_path(
            Code.TEE_TYPE,
            f"sdl: unsupported tee type: {quote(tee)} (allowed: cpu, cpu-gpu)",
            path,
            value=tee,
            remedy=did_you_mean(tee, TEE_TYPES),
        )
        return
    profile = document.compute.get(deploy.profile)
    if profile is None:
        _report_profile(document, problems, name, group.name, deploy)
        return
    if tee == "cpu-gpu" and not (profile.gpu and profile.gpu.value > 0):
        problems.at_path(
            Code.TEE_NEEDS_GPU,
            'sdl: tee type requires gpu resources: "cpu-gpu" specified but no gpu resources '
            "defined",
            path,
            value=tee,
            remedy=f"give profile {deploy.profile} GPUs, or write tee: cpu",
        )
    if group.tee and group.tee != tee:
        problems.at_path(
            Code.TEE_CONFLICT,
            "sdl: conflicting tee types in the same placement group: "
            f"group {quote(group.name)} has {quote(group.tee)} and {quote(tee)}",
            path,
            value=tee,
            remedy="use one TEE type in a placement, or deploy to two placements",
        )
    if not group.tee:
        group.tee = tee
        attributes = [*(group.attributes or []), ("tee/type", tee)]
        group.attributes = go_sort(attributes, key=lambda attribute: attribute[0])


def _report_profile(
    document: Document, problems: Problems, name: str, group: str, deploy: Deploy
) -> None:
    """Report a compute profile that is missing or empty; Akash's parser crashes on both here."""
    if deploy.profile in document.compute:
        report_no_resources(problems, deploy.profile)
        return
    report_no_profile(document, problems, name, group, deploy)


def report_no_resources(problems: Problems, profile: str) -> None:
    """Report a deployed compute profile without `resources`."""
    problems.at_path(
        Code.NO_RESOURCES,
        f"sdl: compute profile {quote(profile)} has no resources",
        ("profiles", "compute", profile, "resources"),
        remedy="add resources: with cpu, memory and storage",
    )


def report_no_profile(
    document: Document, problems: Problems, name: str, group: str, deploy: Deploy
) -> None:
    """Report a deployment that names a compute profile which does not exist."""
    problems.at_path(
        Code.NO_COMPUTE_PROFILE,
        f"SDL invalid: {name}.{group}: no compute profile named {deploy.profile}",
        ("deployment", name, group, "profile"),
        value=deploy.profile,
        remedy=did_you_mean(deploy.profile, document.compute)
        or "declare it under profiles.compute",
    )


def _ports(
    problems: Problems, name: str, service: Service, sequences: dict[str, int]
) -> list[Port]:
    """Expand a service's exposes, one per receiver, in the order that they are sent out in."""
    found: list[Port] = []
    for expose in service.expose:
        path = ("services", name, "expose", expose.index)
        proto = _protocol(problems, expose, path)
        for to in expose.to or (To("", False, "", -1),):
            found.append(
                Port(
                    expose.port,
                    expose.as_port,
                    proto,
                    to.service,
                    to.is_global,
                    expose.accept,
                    _http_options(problems, expose.http, path),
                    to.ip,
                    sequences.get(to.ip, 0) if to.is_global and to.ip else 0,
                    expose.index,
                    to.index,
                )
            )
    if len(found) > 1:
        return go_sort(found, key=lambda port: port.key)
    return found


def _protocol(problems: Problems, expose: Expose, path: Path) -> str:
    proto = expose.proto.upper()
    if proto in ("", "TCP", "UDP") and expose.proto.isascii():
        return proto or "TCP"
    problems.at_path(
        Code.PROTOCOL,
        "unsupported service protocol",
        (*path, "proto"),
        value=expose.proto,
        remedy="write tcp or udp (HTTP runs over tcp)",
    )
    return "TCP"


_HTTP_LIMITS = (
    ("max_body_size", 104857600, Code.HTTP_BODY_SIZE, "body size", "bytes"),
    ("proxy_buffer_size", 1048576, Code.HTTP_PROXY_BUFFER, "proxy buffer size", "bytes"),
    ("read_timeout", 60000, Code.HTTP_READ_TIMEOUT, "read timeout", "ms"),
    ("send_timeout", 60000, Code.HTTP_SEND_TIMEOUT, "send timeout", "ms"),
)


def _http_options(problems: Problems, options: HTTPOptions | None, path: Path) -> dict[str, Any]:
    """Fill in the defaults, in the order of the manifest's fields."""
    if options is None:
        return {
            "maxBodySize": 1048576,
            "readTimeout": 60000,
            "sendTimeout": 60000,
            "nextTries": 3,
            "nextTimeout": 0,
            "nextCases": ["error", "timeout"],
        }
    path = (*path, "http_options")
    for key, limit, code, words, unit in _HTTP_LIMITS:
        value = getattr(options, key)
        if value > limit:
            problems.at_path(
                code,
                f"http option not allowed: {words} cannot be greater than {limit} {unit}",
                (*path, key),
                value=str(value),
                remedy=f"write at most {limit}",
            )
    _check_next_cases(problems, options.next_cases, path)
    filled = {
        "maxBodySize": options.max_body_size or 1048576,
        "readTimeout": options.read_timeout or 60000,
        "sendTimeout": options.send_timeout or 60000,
        "nextTries": options.next_tries or 3,
        "nextTimeout": options.next_timeout,
        "nextCases": list(options.next_cases) or ["error", "timeout"],
    }
    if options.proxy_buffer_size:
        filled["proxyBufferSize"] = options.proxy_buffer_size
    return filled


def _check_next_cases(problems: Problems, cases: list[str], path: Path) -> None:
    path = (*path, "next_cases")
    for case in cases:
        if case not in NEXT_CASES:
            problems.at_path(
                Code.HTTP_NEXT_CASE,
                f"next case is unknown: {quote(case)}",
                path,
                value=case,
                remedy=did_you_mean(case, NEXT_CASES, limit=len(NEXT_CASES)),
            )
        elif case == "off" and len(cases) > 1:
            problems.at_path(
                Code.HTTP_NEXT_OFF,
                "if 'off' is specified, no other cases may be specified",
                path,
                value="off",
                remedy="write next_cases: [off], or leave off out",
            )


def _place(
    document: Document,
    name: str,
    service: Service,
    group: Group,
    deploy: Deploy,
    ports: list[Port],
) -> None:
    """Give a service its unit in a group: its own, or since 2.1 the one of its profile."""
    resources = document.compute.get(deploy.profile) or Resources()
    endpoints: list[Endpoint] = []
    for port in ports:
        if port.is_global:
            endpoints += _endpoints(port)
    unit = None
    if document.shared_units:
        unit = next((unit for unit in group.units if unit.profile == deploy.profile), None)
    if unit is None:
        unit = Unit(
            len(group.units) + 1,
            deploy.profile,
            resources,
            endpoints,
            deploy.count,
            group.placement.pricing.get(deploy.profile),
            ("deployment", name, group.name),
        )
        group.units.append(unit)
    else:
        unit.count = (unit.count + deploy.count) % _UINT32_END
        unit.endpoints = go_sort([*unit.endpoints, *endpoints], key=lambda endpoint: endpoint[1])
    group.services.append(Placed(name, service, resources, unit.id, deploy.count, ports, endpoints))


def _endpoints(port: Port) -> list[Endpoint]:
    is_http = port.proto == "TCP" and (port.external or port.port) == 80
    shared = (SHARED_HTTP if is_http else RANDOM_PORT, 0)
    if not port.ip:
        return [shared]
    return sorted([shared, (LEASED_IP, port.sequence)], key=lambda endpoint: endpoint[1])
