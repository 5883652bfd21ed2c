"""Akash's Stack Definition Language: text to deployment groups, manifest and version hash.

`load(source)` reads a file (a `pathlib.Path`) or a text (a `str`); `check_manifest` checks what
somebody else made. Needs no chain and no network.
"""

from __future__ import annotations

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
