"""From the plain values that `sdl` produces to messages on the wire.

Takes dicts and lists of the shape of Akash's JSON, so that neither side imports the other.
Source: facts of the network, SDL "JSON shapes".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.duration import duration
from akashpy.wire import base
from akashpy.wire import deployment as pb

Json = Mapping[str, Any]


def group_specs(groups: Iterable[Json]) -> list[pb.GroupSpec]:
    """The groups of a deployment, in order. Raises KeyError for a missing field."""
    return [group_spec(group) for group in groups]


def group_spec(group: Json) -> pb.GroupSpec:
    """One group."""
    requirements = group["requirements"]
    signed_by = requirements.get("signed_by") or {}
    return pb.GroupSpec(
        name=group["name"],
        requirements=base.PlacementRequirements(
            signed_by=base.SignedBy(
                all_of=signed_by.get("all_of") or (), any_of=signed_by.get("any_of") or ()
            ),
            attributes=_attributes(requirements.get("attributes")),
        ),
        resources=[_unit(unit) for unit in group["resources"]],
    )


def reclamation(found: Mapping[str, int] | None) -> pb.DeploymentReclamation | None:
    """The reclamation notice a tenant asks for; `min_window` in nanoseconds."""
    if found is None:
        return None
    return pb.DeploymentReclamation(min_window=duration(int(found["min_window"])))


def _unit(unit: Json) -> pb.ResourceUnit:
    price = unit["price"]
    return pb.ResourceUnit(
        resource=_resources(unit["resource"]),
        count=int(unit["count"]),
        price=DecCoin(price["denom"], Dec.of(str(price["amount"]))).to_wire(),
    )


def _resources(found: Json) -> base.Resources:
    resources = base.Resources(id=int(found["id"]))
    if found.get("cpu") is not None:
        resources.cpu.CopyFrom(
            base.CPU(units=_value(found["cpu"]["units"]), attributes=_own(found["cpu"]))
        )
    if found.get("memory") is not None:
        resources.memory.CopyFrom(
            base.Memory(quantity=_value(found["memory"]["size"]), attributes=_own(found["memory"]))
        )
    for volume in found.get("storage") or ():
        resources.storage.append(
            base.Storage(
                name=volume["name"], quantity=_value(volume["size"]), attributes=_own(volume)
            )
        )
    if found.get("gpu") is not None:
        resources.gpu.CopyFrom(
            base.GPU(units=_value(found["gpu"]["units"]), attributes=_own(found["gpu"]))
        )
    for endpoint in found.get("endpoints") or ():
        resources.endpoints.append(
            base.Endpoint(
                kind=int(endpoint.get("kind", 0)),  # type: ignore[arg-type]  # a known number
                sequence_number=int(endpoint["sequence_number"]),
            )
        )
    return resources


def _own(found: Json) -> list[base.Attribute]:
    return _attributes(found.get("attributes"))


def _attributes(found: Sequence[Json] | None) -> list[base.Attribute]:
    return [
        base.Attribute(key=each.get("key", ""), value=each.get("value", "")) for each in found or ()
    ]


def _value(found: Json) -> base.ResourceValue:
    return base.ResourceValue(val=str(found["val"]).encode())
