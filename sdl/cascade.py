"""Which problems are only consequences of others, and so not worth showing.

While gathering, an unreadable section counts as empty; what then seems to be missing is not.
Knows codes and paths only.
"""

from __future__ import annotations

from sdl.errors import Code, SdlError

_STRUCTURAL = frozenset((Code.YAML_TYPE, Code.YAML_DUPLICATE_KEY, Code.YAML_VALUE))

_DEPENDS: dict[Code, tuple[str, ...]] = {
    Code.NO_SERVICE: ("services",),
    Code.NO_COMPUTE_PROFILE: ("profiles", "deployment"),
    Code.NO_PLACEMENT_PROFILE: ("profiles",),
    Code.NO_PRICING: ("profiles", "deployment"),
    Code.NO_RESOURCES: ("profiles",),
    Code.IP_UNDECLARED: ("endpoints",),
    Code.ENDPOINT_UNUSED: ("services", "deployment"),
    Code.ENDPOINT_NO_KIND: ("endpoints",),
    Code.VOLUME_UNKNOWN: ("profiles",),
    Code.VOLUME_MOUNT: ("services",),
    Code.VOLUME_NEEDS_MOUNT: ("services",),
    Code.TEE_NEEDS_GPU: ("profiles",),
    Code.GROUPS_EMPTY: ("deployment",),
    Code.MANIFEST_EMPTY: ("deployment",),
    Code.MANIFEST_NO_GLOBAL: ("services", "deployment"),
    Code.SERVICE_IMAGE: ("services",),
    Code.EXPOSE_PORT: ("services",),
    Code.UNIT_NIL_CPU: ("profiles",),
    Code.UNIT_NIL_MEMORY: ("profiles",),
    Code.UNIT_NIL_STORAGE: ("profiles",),
    Code.UNIT_CPU: ("profiles",),
    Code.UNIT_MEMORY: ("profiles",),
    Code.UNIT_STORAGE: ("profiles",),
    Code.TOTAL_CPU: ("profiles", "deployment"),
    Code.TOTAL_MEMORY: ("profiles", "deployment"),
    Code.GPU_NO_ATTRIBUTES: ("profiles",),
}
"""Problems that a broken part of these sections can feign."""

_FEIGNED_BY: dict[Code, frozenset[Code]] = {
    Code.TOTAL_CPU: frozenset((Code.NO_COMPUTE_PROFILE, Code.UNIT_NIL_CPU, Code.NO_RESOURCES)),
    Code.TOTAL_MEMORY: frozenset(
        (Code.NO_COMPUTE_PROFILE, Code.UNIT_NIL_MEMORY, Code.NO_RESOURCES)
    ),
    Code.UNIT_NIL_CPU: frozenset((Code.NO_COMPUTE_PROFILE, Code.NO_RESOURCES)),
    Code.UNIT_NIL_MEMORY: frozenset((Code.NO_COMPUTE_PROFILE, Code.NO_RESOURCES)),
    Code.UNIT_NIL_STORAGE: frozenset((Code.NO_COMPUTE_PROFILE, Code.NO_RESOURCES)),
    Code.NO_PRICING: frozenset((Code.NO_COMPUTE_PROFILE,)),
    Code.MANIFEST_NO_GLOBAL: frozenset((Code.NO_SERVICE, Code.IP_NOT_GLOBAL, Code.GROUPS_EMPTY)),
    Code.SERVICE_IMAGE: frozenset((Code.NO_SERVICE,)),
    Code.VOLUME_UNKNOWN: frozenset((Code.STORAGE_DUPLICATE,)),
    Code.MANIFEST_EMPTY: frozenset((Code.GROUPS_EMPTY,)),
    Code.TEE_NEEDS_GPU: frozenset((Code.GPU_BAD_ATTRIBUTES, Code.GPU_NO_ATTRIBUTES)),
}


def without_consequences(errors: list[SdlError]) -> list[SdlError]:
    """Drop the problems that others of the list explain."""
    codes = {error.code for error in errors}
    broken = {
        error.path.partition(".")[0].partition("[")[0]
        for error in errors
        if error.code in _STRUCTURAL
    }
    lost_section = Code.UNKNOWN_FIELD in codes
    return [error for error in errors if not _is_feigned(error, codes, broken, lost_section)]


def _is_feigned(error: SdlError, codes: set[Code], broken: set[str], lost_section: bool) -> bool:
    sections = _DEPENDS.get(error.code, ())
    if sections and (lost_section or broken.intersection(sections)):
        return True
    return bool(codes & _FEIGNED_BY.get(error.code, frozenset()))
