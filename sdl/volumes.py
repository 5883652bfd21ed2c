"""The order in which a profile's volumes go out: by size, and then by Akash's own rules.

The comparison says "before" in both directions for two equal ephemeral volumes, so that these
come out reversed. The order is part of the version hash.
"""

from __future__ import annotations

from sdl.gosort import go_stable
from sdl.model import Volume


def sort_volumes(volumes: list[Volume]) -> list[Volume]:
    """Order volumes as Akash sends them."""
    if len(volumes) < 2:
        return volumes
    return go_stable(volumes, _before)


def _before(one: Volume, other: Volume) -> bool:
    if one.size != other.size:
        return one.size < other.size
    mine, theirs = one.attribute("persistent"), other.attribute("persistent")
    if mine is None and theirs is not None:
        return True
    if mine is not None and theirs is None:
        return False
    if mine is not None and theirs is not None and mine < theirs:
        return True
    if mine != "true":
        return True
    if theirs != "true":
        return False
    return one.name < other.name
