"""Uniform layout of SDL files: indentation and spacing, with every comment kept.

ruamel.yaml rewrites the text; afterwards the file is read again and must mean the same, or it is
left alone. Formatting a formatted file changes nothing.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from sdl.definition import examine
from sdl.errors import Code, SdlError
from sdl.scalars import NULLS
from sdl.source import Source, read
from sdl.tree import compose

_WIDTH = 4096
# ruamel.yaml lets Python's own errors out for rare YAML (mappings as keys, odd tags).
_REWRITER_ERRORS = (
    YAMLError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
)
_ROUNDS = 4


class _TextResolver(VersionedResolver):
    """Takes every plain scalar for text, so that numbers keep their spelling; null stays null."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0]:
            if value in NULLS:
                return Tag(suffix="tag:yaml.org,2002:null")
            if value == "<<":
                return Tag(suffix="tag:yaml.org,2002:merge")
            return Tag(suffix="tag:yaml.org,2002:str")
        return super().resolve(kind, value, implicit)


class LayoutError(Exception):
    """A file cannot be laid out without changing what it says."""


def format_sdl(source: Path | str) -> str:
    """Lay out one file or text.

    Raises SdlError if it is not YAML, LayoutError if it cannot be rewritten safely.
    """
    original = read(source)
    compose(original)
    text = original.data.decode("utf-8-sig", "strict" if _is_utf8(original) else "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    before = _meaning(original)
    for _ in range(_ROUNDS):
        written = _rewrite(text)
        if written == text:
            break
        text = written
    else:
        raise LayoutError("the layout does not settle; simplify the comments in this file")
    if _meaning(Source(original.name, text.encode())) != before:
        raise LayoutError("a new layout would change what this file means; it is left as it is")
    return text


def _is_utf8(source: Source) -> bool:
    try:
        source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SdlError(
            Code.YAML_SYNTAX,
            "yaml: only UTF-8 files can be formatted",
            file=source.name,
            remedy="save the file as UTF-8",
        ) from error
    return True


def _rewrite(text: str) -> str:
    yaml = YAML(typ="rt")
    yaml.Resolver = _TextResolver
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.allow_duplicate_keys = False
    try:
        documents = list(yaml.load_all(text))
        out = StringIO()
        yaml.explicit_start = text.lstrip().startswith("---")
        if not documents or documents == [None]:
            return text
        yaml.dump_all(documents, out)
    except _REWRITER_ERRORS as error:
        first = str(error).strip().splitlines()
        raise LayoutError(
            f"this file cannot be rewritten: {first[0] if first else error}"
        ) from error
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def _meaning(source: Source) -> tuple[object, ...]:
    found = examine(source)
    if found.definition is not None:
        return (
            found.definition.groups(),
            found.definition.version(),
            found.definition.reclamation(),
        )
    return tuple((error.code, error.path, error.value) for error in found.errors)
