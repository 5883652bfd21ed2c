"""One file, checked as a person wants it: all errors, the one that comes first, and advice.

Puts parser and lint together for the command line; knows no output format.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sdl.definition import Definition, examine
from sdl.errors import SdlError
from sdl.estimate import Scales
from sdl.lint import Warned, advise
from sdl.source import Source, read


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one file. `first` is the error that Akash's parser reports, if any."""

    file: str
    source: Source
    definition: Definition | None
    first: SdlError | None
    errors: list[SdlError]
    warnings: list[Warned]


def check(source: Path | str, scales: Scales, *, file: str = "") -> Report:
    """Check one file or text; `file` names a text in the report."""
    name = file or (str(source) if isinstance(source, Path) else "")
    try:
        text = read(source)
    except SdlError as error:
        return Report(name, Source(name, b""), None, error, [error], [])
    text = Source(name, text.data)
    found = examine(text)
    warnings: list[Warned] = []
    if found.root is not None and found.document is not None:
        warnings = advise(text, found.root, found.document, found.groups, scales)
    return Report(name, text, found.definition, found.first, found.errors, warnings)
