"""A YAML tree as plain JSON values, the way an editor's YAML reader sees the file.

Used to hold the JSON Schema against real files. Aliases are expanded once per place, bounded.
"""

from __future__ import annotations

from typing import Any

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from sdl.errors import Code, SdlError
from sdl.scalars import ScalarError, resolve_plain, resolve_tagged
from sdl.tree import Node

_MAX_NODES = 200_000


def plain_value(root: Node) -> Any:
    """Resolve a whole tree. Raises SdlError (yaml.excessive-aliasing) when it grows too large."""
    return _Reader().value(root)


class _Reader:
    def __init__(self) -> None:
        self.left = _MAX_NODES

    def value(self, node: Node) -> Any:
        self.left -= 1
        if self.left < 0:
            raise SdlError(
                Code.YAML_ALIASES,
                "yaml: document contains excessive aliasing",
                remedy="repeat fewer parts by aliases",
            )
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if isinstance(node, SequenceNode):
            return [self.value(child) for child in node.value]
        return self._mapping(node)

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, child in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name == "<<" and not key.style:
                parents = child.value if isinstance(child, SequenceNode) else [child]
                for parent in parents:
                    value = self.value(parent)
                    if isinstance(value, dict):
                        merged = value | merged
            else:
                own[name] = self.value(child)
        return merged | own


def _scalar(node: ScalarNode) -> Any:
    if node.tag:
        try:
            return resolve_tagged(node.tag, node.value)[1]
        except ScalarError:
            return node.value
    if node.style:
        return node.value
    tag, value = resolve_plain(node.value)
    return node.value if tag == "!!timestamp" else value
