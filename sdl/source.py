"""Where SDL text comes from, and how much of it is taken.

A `pathlib.Path` is read, a `str` is the text itself; nothing is guessed. The size is bounded
before any parsing, because a syntax tree is some hundred times larger than its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sdl.errors import Code, SdlError

MAX_BYTES = 524_288
"""Largest SDL text taken, in bytes. Its manifest would not fit in a Kubernetes object anyway."""


@dataclass(frozen=True, slots=True)
class Source:
    """SDL text as bytes, with the name to show in errors ("" when there is no file)."""

    name: str
    data: bytes

    def lines(self) -> list[str]:
        """Split the text for excerpts; undecodable bytes are shown as replacement characters."""
        encoding = "utf-8-sig"
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16"
        return self.data.decode(encoding, "replace").splitlines()


def read(source: Path | str) -> Source:
    """Take SDL text from a file or a string.

    Raises SdlError (input.unreadable, input.too-large).
    """
    if isinstance(source, Path):
        return _bounded(str(source), _read_file(source))
    if isinstance(source, str):
        # A lone surrogate cannot be written as UTF-8; the YAML reader refuses its bytes below.
        return _bounded("", source.encode("utf-8", "surrogatepass"))
    raise TypeError(f"source must be a pathlib.Path or a str, not {type(source).__name__}")


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SdlError(
            Code.UNREADABLE,
            f"open {path}: {(error.strerror or str(error)).lower()}",
            file=str(path),
            value=str(path),
            remedy="give the path of a readable SDL file",
        ) from error


def _bounded(name: str, data: bytes) -> Source:
    if len(data) > MAX_BYTES:
        raise SdlError(
            Code.TOO_LARGE,
            f"sdl: file is larger than {MAX_BYTES} bytes",
            file=name,
            remedy="move data out of the SDL: into the image, a volume, or a URL in env",
        )
    return Source(name, data)
