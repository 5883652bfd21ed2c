"""YAML nodes into typed fields, exactly as Go's yaml.v3 fills a struct.

Null leaves a field alone, text fields keep the text as written, lists drop null items, merge keys
apply, unknown keys pass. Knows types, not SDL's keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from sdl.errors import Code
from sdl.gotext import backtick, quote
from sdl.problems import Problems
from sdl.scalars import NULLS, Scalar, ScalarError, resolve_plain, resolve_tagged, short_tag
from sdl.tree import Node

_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_SPECIAL_KEYS = NULLS | {"<<"}
_UINT32_END = 2**32
_MAX_DECODED = 300_000
_MAX_MERGES = 20


def is_null(node: Node) -> bool:
    """Tell whether a node is null: absent, for every field."""
    if not isinstance(node, ScalarNode):
        return False
    if not node.tag:
        return not node.style and node.value in NULLS
    return short_tag(node.tag) == "!!null"


def _is_merge(key: Node) -> bool:
    return (
        isinstance(key, ScalarNode)
        and key.value == "<<"
        and not key.style
        and key.tag in ("", "tag:yaml.org,2002:merge")
    )


class Decoder:
    """Reads fields and reports what has the wrong type to `problems`."""

    __slots__ = ("_budget", "problems")

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._budget = _MAX_DECODED

    def text(self, node: Node) -> str | None:
        """A string field: any scalar's text as written; None for null."""
        if node.__class__ is ScalarNode:
            if not node.tag:
                value: str = node.value
                return None if value in NULLS and not node.style else value
            tag, resolved = self._tagged(node)
            if resolved is None:
                return None
            return str(resolved) if tag == "!!binary" else node.value
        self._mismatch(node, "string")
        return None

    def uint32(self, node: Node) -> int:
        """A number field; 0 for null. Floats are truncated."""
        if node.__class__ is ScalarNode and not node.tag and not node.style:
            value = node.value
            if value.isdecimal() and value.isascii() and value[0] != "0" and len(value) < 10:
                return int(value)
        if not isinstance(node, ScalarNode):
            self._mismatch(node, "uint32")
            return 1
        tag, number = self._scalar(node)
        if number is None:
            return 0
        if isinstance(number, int) and not isinstance(number, bool):
            if 0 <= number < _UINT32_END:
                return number
        elif isinstance(number, float) and -1 < number < _UINT32_END:
            return int(number)
        self._mismatch(node, "uint32", tag, remedy=_uint_remedy(node.value))
        return 1

    def boolean(self, node: Node) -> bool:
        """A flag; False for null."""
        if not isinstance(node, ScalarNode):
            self._mismatch(node, "bool")
            return True
        tag, value = self._scalar(node)
        if value is None:
            return False
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            if value in _TRUE:
                return True
            if value in _FALSE:
                return False
        self._mismatch(node, "bool", tag, remedy="write true or false, without quotes")
        return True

    def items(self, node: Node, go_type: str) -> list[Node] | None:
        """The items of a list field, nulls included; None for null or a wrong type."""
        if node.__class__ is SequenceNode:
            self._spend(len(node.value), node)
            found: list[Node] = node.value
            return found
        if not is_null(node):
            self._mismatch(node, go_type, remedy="write a list: one `- item` per line")
        return None

    def strings(self, node: Node) -> list[str] | None:
        """A list of strings; None for null or a wrong type."""
        items = self.items(node, "[]string")
        if items is None:
            return None
        texts = [self.text(item) for item in items]
        return [text for text in texts if text is not None]

    def fields(self, node: Node, go_type: str) -> Iterable[tuple[str, Node]] | None:
        """Keys and values of a mapping, merge keys applied; None for null or a wrong type."""
        if node.__class__ is MappingNode:
            # The common case in one go: plain scalar keys, each once.
            found = [
                (key.value, value)
                for key, value in node.value
                if key.__class__ is ScalarNode and not key.tag and key.value not in _SPECIAL_KEYS
            ]
            if len(dict(found)) != len(node.value):
                return self._pairs(node, 0)
            self._budget -= len(found)
            if self._budget < 0:
                self._spend(0, node)
            return found
        if not is_null(node):
            self._mismatch(node, go_type)
        return None

    def string_map(self, node: Node) -> dict[str, str] | None:
        """A mapping of strings; null values become ""."""
        pairs = self.fields(node, "map[string]string")
        if pairs is None:
            return None
        return {key: self.text(value) or "" for key, value in pairs}

    def _pairs(self, node: MappingNode, depth: int) -> Iterable[tuple[str, Node]]:
        """The same where keys may be repeated, merged, tagged, null or no scalars.

        A repeated key fails the mapping before anything in it is decoded; other keys are decoded
        one after the other, each before its value.
        """
        seen: dict[tuple[type, str], Node] = {}
        repeated: set[int] = set()
        self._spend(len(node.value), node)
        for key, _ in node.value:
            kind = key.__class__
            name = key.value if kind is ScalarNode else ""
            if (kind, name) in seen:
                self._duplicate(name, key, seen[kind, name])
                repeated.add(id(key))
            seen.setdefault((kind, name), key)
        if repeated and not self.problems.gather:
            return []
        return self._decoded_pairs(node, repeated, depth)

    def _decoded_pairs(
        self, node: MappingNode, repeated: set[int], depth: int
    ) -> Iterator[tuple[str, Node]]:
        merged: Node | None = None
        known: set[str] = set()
        for key, value in node.value:
            if id(key) in repeated:
                continue
            if _is_merge(key):
                merged = value
            elif (text := self.text(key)) is not None:
                known.add(text)
                yield text, value
        if merged is not None:
            yield from self._merge(merged, known, depth)

    def _merge(self, source: Node, known: set[str], depth: int) -> Iterator[tuple[str, Node]]:
        """The keys that `<<` adds, those already there winning."""
        parents = source.value if isinstance(source, SequenceNode) else [source]
        for parent in parents:
            if depth > _MAX_MERGES:
                self.problems.at_node(
                    Code.YAML_VALUE,
                    "yaml: anchor value contains itself",
                    source,
                    remedy="do not merge a mapping into itself",
                )
                return
            if not isinstance(parent, MappingNode):
                self.problems.at_node(
                    Code.YAML_VALUE,
                    "yaml: map merge requires map or sequence of maps as the value",
                    source,
                    remedy="merge a mapping: `<<: *anchor`",
                )
                return
            for key, value in self._pairs(parent, depth + 1):
                if key not in known:
                    known.add(key)
                    yield key, value

    def _duplicate(self, name: str, key: Node, first: Node) -> None:
        self.problems.type_error(
            f"line {key.start_mark.line + 1}: mapping key {quote(name)} already defined at line "
            f"{first.start_mark.line + 1}",
            key,
            code=Code.YAML_DUPLICATE_KEY,
            remedy=f"remove or rename one of the two {name!r} keys",
        )

    def _scalar(self, node: ScalarNode) -> tuple[str, Scalar]:
        if node.tag:
            return self._tagged(node)
        if node.style:
            return "!!str", node.value
        return resolve_plain(node.value)

    def _tagged(self, node: ScalarNode) -> tuple[str, Scalar]:
        try:
            return resolve_tagged(node.tag, node.value)
        except ScalarError as error:
            self.problems.at_node(
                Code.YAML_VALUE, str(error), node, remedy="remove the tag or fix the value"
            )
            return "!!str", node.value

    def _mismatch(self, node: Node, go_type: str, tag: str = "", remedy: str = "") -> None:
        shown = ""
        if isinstance(node, ScalarNode):
            tag = tag or self._scalar(node)[0]
            shown = backtick(node.value)
        elif node.tag:
            tag = short_tag(node.tag)
        else:
            tag = "!!seq" if isinstance(node, SequenceNode) else "!!map"
        self.problems.type_error(
            f"line {node.start_mark.line + 1}: cannot unmarshal {tag}{shown} into {go_type}",
            node,
            code=Code.YAML_TYPE,
            remedy=remedy or _shape_remedy(go_type),
        )

    def _spend(self, count: int, node: Node) -> None:
        """Bound the work that aliases can multiply."""
        self._budget -= count
        if self._budget < 0:
            self._budget = _MAX_DECODED
            gather, self.problems.gather = self.problems.gather, False
            try:
                self.problems.at_node(
                    Code.YAML_ALIASES,
                    "yaml: document contains excessive aliasing",
                    node,
                    remedy="write the repeated parts out, or repeat fewer of them",
                )
            finally:
                self.problems.gather = gather


def _shape_remedy(go_type: str) -> str:
    if go_type == "string":
        return "write a single value"
    if go_type in ("uint32", "bool"):
        return "write a whole number" if go_type == "uint32" else "write true or false"
    if go_type.startswith("[]") or go_type in ("sdl.v2Exposes", "sdl.v2GPUsNvidia"):
        return "write a list: one `- item` per line"
    return "write a mapping: `key: value` lines"


def _uint_remedy(value: str) -> str:
    digits = value.strip()
    if digits.isdecimal() and digits.isascii() and int(digits[:12]) < _UINT32_END:
        return f"write the number without quotes: {digits}"
    return "write a whole number from 0 to 4294967295, without quotes"


def raw_pairs(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """Walk a node's children in twos, whatever its kind, as Akash's hand-written decoders do.

    Yields key text, key node, value node. A scalar has no children; a list is key, value, ...
    where a last key without value stands for itself (there Akash's parser crashes).
    """
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield raw_text(key), key, value
    elif isinstance(node, SequenceNode):
        children = node.value
        for i in range(0, len(children), 2):
            yield raw_text(children[i]), children[i], children[min(i + 1, len(children) - 1)]


def raw_text(node: Node) -> str:
    """A scalar's text whatever its quoting; "" for anything else."""
    return node.value if isinstance(node, ScalarNode) else ""
