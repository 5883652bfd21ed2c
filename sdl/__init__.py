"""Akash's Stack Definition Language: text to deployment groups, manifest and version hash.

`load(source)` reads a file (a `pathlib.Path`) or a text (a `str`); `check_manifest` checks what
somebody else made. Needs no chain and no network. The names load their modules on first use, so
that importing a part of the package does not pay for the whole.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdl.canonical import version
    from sdl.crosscheck import check_manifest
    from sdl.definition import Definition, load, problems_of
    from sdl.errors import Code, SdlError

__all__ = [
    "Code",
    "Definition",
    "SdlError",
    "check_manifest",
    "load",
    "problems_of",
    "version",
]

_HOMES = {
    "Code": "sdl.errors",
    "Definition": "sdl.definition",
    "SdlError": "sdl.errors",
    "check_manifest": "sdl.crosscheck",
    "load": "sdl.definition",
    "problems_of": "sdl.definition",
    "version": "sdl.canonical",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sdl' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
