"""Docker Compose files as values that remember their lines.

Reads the tree, applies merge keys and variable defaults, and gives every value with the place it
was written at. Knows Compose's syntax, not what becomes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from sdl.decode import is_null
from sdl.errors import Path, show_path
from sdl.scalars import NULLS
from sdl.source import read
from sdl.tree import Node, compose

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?[-+?])(?P<word>[^{}]*))?\})"
)
_MAX_MERGES = 20


class ConvertError(Exception):
    """A Compose file cannot become an SDL file; says which part and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a Compose file, with its path and the line (from 1) of its key or item."""

    node: Node
    path: Path
    line: int

    @property
    def is_null(self) -> bool:
        """Nothing was written."""
        return is_null(self.node)

    @property
    def is_mapping(self) -> bool:
        """A mapping."""
        return isinstance(self.node, MappingNode)

    @property
    def is_list(self) -> bool:
        """A list."""
        return isinstance(self.node, SequenceNode)

    def show_path(self) -> str:
        """The path as text."""
        return show_path(self.path)

    def items(self) -> list[Part]:
        """The items of a list; [] for anything else."""
        if not isinstance(self.node, SequenceNode):
            return []
        return [
            Part(child, (*self.path, i), child.start_mark.line + 1)
            for i, child in enumerate(self.node.value)
        ]

    def fields(self) -> dict[str, Part]:
        """The values of a mapping, merge keys applied; {} for anything else."""
        return dict(self._pairs(self.node, 0))

    def _pairs(self, node: Node, depth: int) -> Iterator[tuple[str, Part]]:
        if not isinstance(node, MappingNode) or depth > _MAX_MERGES:
            return
        own: list[tuple[str, Part]] = []
        for key, child in node.value:
            if not isinstance(key, ScalarNode):
                continue
            if key.value == "<<" and not key.style:
                parents = child.value if isinstance(child, SequenceNode) else [child]
                for parent in reversed(parents):
                    yield from self._pairs(parent, depth + 1)
            else:
                part = Part(child, (*self.path, str(key.value)), key.start_mark.line + 1)
                own.append((str(key.value), part))
        yield from own

    def get(self, *keys: str) -> Part | None:
        """The value under some keys, None where one is missing or null."""
        part = self
        for key in keys:
            found = part.fields().get(key)
            if found is None or found.is_null:
                return None
            part = found
        return part

    def text(self) -> str:
        """A scalar's text with variables replaced by their defaults; "" for anything else."""
        return substitute(self.raw())

    def raw(self) -> str:
        """A scalar's text as written."""
        if not isinstance(self.node, ScalarNode):
            return ""
        if not self.node.style and not self.node.tag and self.node.value in NULLS:
            return ""
        return str(self.node.value)


def substitute(text: str) -> str:
    """Replace `${NAME:-default}` by its default, other variables by nothing, `$$` by `$`."""

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        return match["word"] or "" if (match["operator"] or "").endswith("-") else ""

    return _VARIABLE.sub(value, text)


def unset_variables(text: str) -> list[str]:
    """Names of the variables of a text that have no default."""
    names = []
    for match in _VARIABLE.finditer(text):
        name = match["bare"] or match["name"]
        if name and not (match["operator"] or "").endswith("-"):
            names.append(name)
    return names


def read_compose(source: FilePath | str) -> Part:
    """Read a Compose file.

    Raises SdlError if it is not YAML, ConvertError if it is no Compose file.
    """
    text = read(source)
    root = compose(text)
    if root is None or not isinstance(root, MappingNode):
        raise ConvertError("this is no Compose file: it has no services")
    return Part(root, (), 1)
