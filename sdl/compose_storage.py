"""Volumes of Compose services: which become volumes of a compute profile, and which cannot.

Named and anonymous volumes become persistent storage, tmpfs becomes memory; directories of the
host do not exist on a provider.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sdl.compose_file import Part
from sdl.compose_sizes import sdl_size

LONG_VOLUME_KEYS = frozenset(("type", "source", "target", "read_only", "tmpfs"))
"""The keys of the long syntax that mean something here."""

_TMPFS_SIZE = "64Mi"


@dataclass(frozen=True, slots=True)
class VolumeDraft:
    """One volume of one service; `size` "" takes the default."""

    name: str
    mount: str
    read_only: bool = False
    in_memory: bool = False
    size: str = ""


def read_volumes(part: Part, known: list[VolumeDraft]) -> tuple[VolumeDraft | None, str]:
    """One item of `volumes`, and why something of it does not carry over ("" if all does)."""
    kind, source, target, read_only = _fields(part)
    if kind == "tmpfs":
        given = part.get("tmpfs", "size")
        size = sdl_size(given.text()) if given else ""
        return VolumeDraft(
            _name("tmp", known), target, in_memory=True, size=size or _TMPFS_SIZE
        ), ""
    if kind == "bind" or re.match(r"[./~$]|[A-Za-z]:\\", source):
        return (
            None,
            "directories of the host do not exist on a provider: put the files into the image",
        )
    if kind != "volume":
        return None, f"SDL has no {kind} volumes"
    if not target.startswith("/"):
        return None, "a volume needs an absolute path"
    if any(volume.mount == target for volume in known):
        return None, "another volume is mounted there"
    return VolumeDraft(_name(source or "data", known), target, read_only), ""


def _fields(part: Part) -> tuple[str, str, str, bool]:
    if part.is_mapping:
        fields = {key: value.text() for key, value in part.fields().items()}
        return (
            fields.get("type", "volume"),
            fields.get("source", ""),
            fields.get("target", ""),
            fields.get("read_only", "").lower() == "true",
        )
    pieces = part.text().split(":")
    if len(pieces) == 1:
        return "volume", "", pieces[0], False
    return "volume", pieces[0], pieces[1], "ro" in ",".join(pieces[2:]).split(",")


def read_tmpfs(part: Part, known: list[VolumeDraft]) -> VolumeDraft:
    """One item of `tmpfs`: a path, perhaps with options after a colon."""
    path, _, options = part.text().partition(":")
    match = re.search(r"size=([0-9]+[a-zA-Z]*)", options)
    size = sdl_size(match[1]) if match else ""
    return VolumeDraft(_name("tmp", known), path, in_memory=True, size=size or _TMPFS_SIZE)


def read_shm(size: str) -> VolumeDraft:
    """`shm_size`: shared memory."""
    return VolumeDraft("shm", "/dev/shm", in_memory=True, size=size)  # noqa: S108  # in the container


def _name(wanted: str, known: list[VolumeDraft]) -> str:
    """A volume name that Akash takes and the service does not use yet."""
    name = re.sub(r"[^a-z0-9-]+", "-", wanted.lower()).strip("-") or "data"
    taken = {volume.name for volume in known} | {"default"}
    number, unique = 2, name
    while unique in taken:
        unique, number = f"{name}-{number}", number + 1
    return unique
