"""A submitted manifest beside the groups on chain, as a provider judges it.

Works on the plain JSON values of both. First whether the values have the right shape at all (they
come from outside), then the manifest's own rules, then the comparison in Akash's order. Endpoint
sequence numbers and prices are not compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sdl.build import LEASED_IP, RANDOM_PORT, SHARED_HTTP
from sdl.errors import Code, Path, SdlError, show_path
from sdl.gotext import quote
from sdl.manifest_rules import check_manifest_rules
from sdl.shape import read_groups, read_manifest

JSON = dict[str, Any]

_OVER = {
    SHARED_HTTP: (Code.CROSS_OVER_HTTP, "HTTP"),
    RANDOM_PORT: (Code.CROSS_OVER_PORT, "PORT"),
    LEASED_IP: (Code.CROSS_OVER_IP, "IP"),
}
_UNDER = {
    SHARED_HTTP: (Code.CROSS_UNDER_HTTP, "HTTP endpoints"),
    RANDOM_PORT: (Code.CROSS_UNDER_PORT, "PORT endpoints"),
    LEASED_IP: (Code.CROSS_UNDER_IP, "IP endpoints"),
}
_REMEDY = "a new manifest must fit the groups of its deployment; else create a new deployment"


def check_manifest(manifest: list[JSON], groups: list[JSON] | None = None) -> None:
    """Check a manifest, and with `groups` also that it uses up exactly these group specs.

    Both are JSON values as `Definition.manifest()` and `Definition.groups()` give them.
    Raises SdlError: the first problem that Akash's provider reports.
    """
    manifest = read_manifest(manifest)
    check_manifest_rules(manifest, _raise)
    if groups is None:
        return
    groups = read_groups(groups)
    if len(groups) != len(manifest):
        _raise(
            Code.CROSS_GROUP_COUNT,
            f"invalid manifest: group count mismatch ({len(manifest)} != {len(groups)})",
            (),
            "",
            _REMEDY,
        )
    by_name = {group["name"]: group for group in groups}
    used: list[tuple[str, Path, list[_Left]]] = []
    for i, group in enumerate(manifest):
        spec = by_name.get(group["name"])
        if spec is None:
            _raise(
                Code.CROSS_GROUP_UNKNOWN,
                f"invalid manifest: unknown deployment group ('{group['name']}')",
                (i, "name"),
                group["name"],
                _REMEDY,
            )
        else:
            used.append((group["name"], (i,), _use_group(group, spec, (i,))))
    for name, path, units in used:
        _check_leftovers(name, units, path)


def _raise(code: Code, text: str, path: Path, value: str, remedy: str) -> None:
    raise SdlError(code, text, path=show_path(path), value=value, remedy=remedy)


@dataclass(slots=True)
class _Left:
    """What of one unit is not used yet."""

    resource: JSON
    count: int
    endpoints: dict[int, int]


def _use_group(group: JSON, spec: JSON, path: Path) -> list[_Left]:
    """Let all services of a group take from its units; return what is left of these."""
    units: list[_Left] = []
    for unit in spec["resources"] or ():
        endpoints = {SHARED_HTTP: 0, RANDOM_PORT: 0, LEASED_IP: 0}
        for endpoint in unit["resource"]["endpoints"] or ():
            endpoints[endpoint["kind"] or SHARED_HTTP] += 1
        units.append(_Left(unit["resource"], unit["count"], endpoints))
    for j, service in enumerate(group["services"]):
        _use(service, units, group["name"], (*path, "services", j))
    return units


def _check_leftovers(group: str, units: list[_Left], path: Path) -> None:
    """Every unit must be used up."""
    prefix = f"manifest cross-validation error: group {quote(group)}"
    for left in units:
        unit_id = left.resource["id"]
        for kind, (code, words) in _UNDER.items():
            if left.endpoints[kind] > 0:
                _raise(
                    code,
                    f"{prefix}: resources ID ({unit_id}): under-utilized "
                    f"({left.endpoints[kind]}) {words}",
                    path,
                    str(left.endpoints[kind]),
                    _REMEDY,
                )
        if left.count > 0:
            _raise(
                Code.CROSS_UNDER_UNITS,
                f"{prefix}: resources ID ({unit_id}): under-utilized ({left.count}) resources",
                path,
                str(left.count),
                _REMEDY,
            )


def _use(service: JSON, units: list[_Left], group: str, path: Path) -> None:
    """Take what one service needs from its unit."""
    unit_id, count = service["resources"]["id"], service["count"]
    prefix = (
        f"manifest cross-validation error: group {quote(group)}: service {quote(service['name'])}: "
    )
    left = next((left for left in units if left.resource["id"] == unit_id), None)
    if left is None:
        _raise(
            Code.CROSS_NO_UNIT,
            f"{prefix}not found deployment group resources with ID = {unit_id}",
            (*path, "resources", "id"),
            str(unit_id),
            _REMEDY,
        )
        return
    if count > left.count:
        _raise(
            Code.CROSS_REPLICAS,
            f"{prefix}over-utilized replicas ({count}) > group spec resources count ({left.count})",
            (*path, "count"),
            str(count),
            _REMEDY,
        )
    _compare(service["resources"], left.resource, prefix, path)
    for k, expose in enumerate(service["expose"] or ()):
        if expose["global"]:
            _consume(expose, left, prefix, (*path, "expose", k))
    left.count -= count


def _compare(mine: JSON, theirs: JSON, prefix: str, path: Path) -> None:
    """Compare the resources of a service with those of its unit."""
    for code, key, size, word in (
        (Code.CROSS_CPU, "cpu", "units", "CPU"),
        (Code.CROSS_GPU, "gpu", "units", "GPU"),
        (Code.CROSS_MEMORY, "memory", "size", "Memory"),
    ):
        if _amount(mine[key], size) != _amount(theirs.get(key), size):
            _mismatch(code, prefix, word, mine["id"], (*path, "resources", key))
    wanted = [(v.get("name"), _amount(v, "size")) for v in mine["storage"]]
    offered = [(v.get("name"), _amount(v, "size")) for v in theirs.get("storage") or ()]
    if wanted != offered[: len(wanted)]:
        _mismatch(
            Code.CROSS_STORAGE, prefix, "Storage", mine["id"], (*path, "resources", "storage")
        )


def _consume(expose: JSON, left: _Left, prefix: str, path: Path) -> None:
    """Use up the endpoints of one global expose."""
    is_http = expose["proto"] == "TCP" and (expose["externalPort"] or expose["port"]) == 80
    kinds = [SHARED_HTTP if is_http else RANDOM_PORT]
    if expose["ip"]:
        kinds.append(LEASED_IP)
    for kind in kinds:
        left.endpoints[kind] -= 1
        if left.endpoints[kind] < 0:
            code, word = _OVER[kind]
            _raise(
                code,
                f"{prefix}resource ID {left.resource['id']}: over-utilized {word} endpoints",
                path,
                str(expose["port"]),
                _REMEDY,
            )


def _amount(part: JSON | None, size: str) -> tuple[str, list[tuple[str, str]]] | None:
    if part is None:
        return None
    attributes = part.get("attributes") or ()
    return part[size]["val"], [(a["key"] or "", a["value"] or "") for a in attributes]


def _mismatch(code: Code, prefix: str, word: str, unit_id: int, path: Path) -> None:
    _raise(code, f"{prefix}{word} resources mismatch for ID {unit_id}", path, "", _REMEDY)
