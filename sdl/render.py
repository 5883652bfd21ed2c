"""Groups and manifest as JSON values, field by field in Akash's struct order.

Fields that Go omits are left out, nil lists are None, quantities are decimal strings. Every call
gives fresh values. Knows no rule.
"""

from __future__ import annotations

from typing import Any

from sdl.build import Endpoint, Group, Placed, Port, Unit
from sdl.model import Amount, Attributes, Resources, Service, Volume
from sdl.quantity import show_price

JSON = dict[str, Any]
_NO_GPU = Amount(0, [])


def render_groups(groups: list[Group]) -> list[JSON]:
    """Group specs as they go into MsgCreateDeployment."""
    return [
        {
            "name": group.name,
            "requirements": {
                "signed_by": {
                    "all_of": _copy(group.placement.all_of),
                    "any_of": _copy(group.placement.any_of),
                },
                "attributes": _attributes(group.attributes) if group.attributes else None,
            },
            "resources": [_unit(unit) for unit in group.units],
        }
        for group in groups
    ]


def _unit(unit: Unit) -> JSON:
    price = unit.price
    return {
        "resource": _resources(unit.resources, unit.id, unit.endpoints),
        "count": unit.count,
        "price": {
            "denom": price.denom if price else "",
            "amount": show_price(price.amount if price else 0),
        },
    }


def render_manifest(groups: list[Group], *, trim_credentials: bool) -> list[JSON]:
    """The manifest as it is sent to providers; version 2.1 trims credentials."""
    return [
        {
            "name": group.name,
            "services": [_service(placed, trim_credentials) for placed in group.services],
        }
        for group in groups
    ]


def _service(placed: Placed, trim: bool) -> JSON:
    service = placed.service
    rendered = {
        "name": placed.name,
        "image": service.image,
        "command": _copy(service.command),
        "args": _copy(service.args),
        "env": _copy(service.env),
        "resources": _resources(placed.resources, placed.unit_id, placed.endpoints),
        "count": placed.count,
        "expose": [_expose(port) for port in placed.ports],
    }
    if service.params is not None:
        rendered["params"] = _params(service)
    rendered["credentials"] = _credentials(service, trim)
    return rendered


def _resources(resources: Resources, unit_id: int, endpoints: list[Endpoint]) -> JSON:
    rendered: JSON = {"id": unit_id}
    if resources.cpu is not None:
        rendered["cpu"] = _amount("units", resources.cpu)
    if resources.memory is not None:
        rendered["memory"] = _amount("size", resources.memory)
    if resources.storage is not None:
        rendered["storage"] = [_volume(volume) for volume in resources.storage]
    rendered["gpu"] = _amount("units", resources.gpu or _NO_GPU)
    rendered["endpoints"] = [
        {"kind": kind, "sequence_number": sequence} if kind else {"sequence_number": sequence}
        for kind, sequence in endpoints
    ]
    return rendered


def _amount(name: str, amount: Amount) -> JSON:
    rendered: JSON = {name: {"val": str(amount.value)}}
    if amount.attributes:
        rendered["attributes"] = _attributes(amount.attributes)
    return rendered


def _volume(volume: Volume) -> JSON:
    rendered: JSON = {"name": volume.name, "size": {"val": str(volume.size)}}
    if volume.attributes:
        rendered["attributes"] = _attributes(volume.attributes)
    return rendered


def _attributes(attributes: Attributes) -> list[JSON]:
    rendered = []
    for key, value in attributes:
        attribute = {"key": key} if key else {}
        if value:
            attribute["value"] = value
        rendered.append(attribute)
    return rendered


def _expose(port: Port) -> JSON:
    return {
        "port": port.port,
        "externalPort": port.external,
        "proto": port.proto,
        "service": port.service,
        "global": port.is_global,
        "hosts": _copy(port.hosts),
        "httpOptions": {**port.http, "nextCases": list(port.http["nextCases"])},
        "ip": port.ip,
        "endpointSequenceNumber": port.sequence,
    }


def _params(service: Service) -> JSON:
    params = service.params
    assert params is not None  # by the caller
    mounts = [
        {"name": name, "mount": mount.mount, "readOnly": mount.read_only}
        for name, mount in sorted(params.storage.items())
    ]
    rendered: JSON = {"storage": mounts or None}
    if params.permissions is not None:
        rendered["permissions"] = {"read": list(params.permissions)} if params.permissions else {}
    if params.tee:
        rendered["tee"] = {"type": params.tee, "attestation": True}
    return rendered


def _credentials(service: Service, trim: bool) -> JSON | None:
    credentials = service.credentials
    if credentials is None:
        return None
    if trim:
        return {
            "host": credentials.host.strip(),
            "email": credentials.email.strip(),
            "username": credentials.username.strip(),
            "password": credentials.password.strip(),
        }
    # Version 2.0's builder forgets the address.
    return {
        "host": credentials.host,
        "email": "",
        "username": credentials.username,
        "password": credentials.password,
    }


def _copy(texts: list[str] | None) -> list[str] | None:
    return None if texts is None else list(texts)
