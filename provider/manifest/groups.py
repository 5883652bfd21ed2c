"""Groups as the chain has them, in the plain JSON that manifests are compared with.

Source: facts of the SDL, JSON shape of group specs.
"""

from __future__ import annotations

from typing import Any

from akashpy.types.attributes import Attributes
from akashpy.types.deployment import GroupSpec
from akashpy.types.resources import Resources

JSON = dict[str, Any]


def group_json(spec: GroupSpec) -> JSON:
    """One group; prices and requirements are as on chain, though no manifest is held to them."""
    return {
        "name": spec.name,
        "requirements": {
            "signed_by": {
                "all_of": list(spec.requirements.signed_by.all_of) or None,
                "any_of": list(spec.requirements.signed_by.any_of) or None,
            },
            "attributes": _attributes(spec.requirements.attributes) or None,
        },
        "resources": [
            {
                "resource": _resources(unit.resources),
                "count": unit.count,
                "price": {"denom": unit.price.denom, "amount": str(unit.price.amount)},
            }
            for unit in spec.resources
        ],
    }


def _resources(found: Resources) -> JSON:
    return {
        "id": found.id,
        "cpu": found.cpu and _part("units", found.cpu.units, found.cpu.attributes),
        "memory": found.memory and _part("size", found.memory.quantity, found.memory.attributes),
        "storage": [
            {"name": volume.name, **_part("size", volume.quantity, volume.attributes)}
            for volume in found.storage
        ],
        "gpu": found.gpu and _part("units", found.gpu.units, found.gpu.attributes),
        "endpoints": [
            {"kind": int(endpoint.kind), "sequence_number": endpoint.sequence_number}
            for endpoint in found.endpoints
        ],
    }


def _part(size: str, amount: int, attributes: Attributes) -> JSON:
    part: JSON = {size: {"val": str(amount)}}
    if attributes:
        part["attributes"] = _attributes(attributes)
    return part


def _attributes(attributes: Attributes) -> list[JSON]:
    return [{"key": attribute.key, "value": attribute.value} for attribute in attributes]
