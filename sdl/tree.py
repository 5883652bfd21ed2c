"""YAML text to a tree of nodes, with Akash's words for what is not YAML.

libyaml composes the tree; nothing is resolved here, because text, quoting, tag and line of every
scalar decide later what it means. Depth is bounded while composing: the composer recurses in C.
Knows nothing of SDL.
"""

from __future__ import annotations

from operator import is_
from typing import Any, TypeAlias

from yaml.composer import ComposerError
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs leave it private
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    MappingStartEvent,
    ScalarEvent,
)
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.parser import ParserError
from yaml.reader import ReaderError
from yaml.scanner import ScannerError
from yaml.tokens import BlockEndToken

from sdl.dialect import rewrite_colon, rewrite_questions
from sdl.errors import Code, Path, SdlError, Step
from sdl.source import Source

Node: TypeAlias = ScalarNode | SequenceNode | MappingNode

MAX_DEPTH = 500
"""Deepest nesting taken. A meaningful SDL needs fourteen levels."""

_MAX_REWRITES = 100
_REWRITTEN_BYTES = 4 * 2**20
_LOOKAHEAD = 3
_DEEP = f"yaml: exceeded max depth of {MAX_DEPTH}"


class _TooDeepError(Exception):
    """Nesting went beyond MAX_DEPTH."""


class _Composer(CParser):
    """libyaml's composer without any tag resolution: an untagged node has tag "".

    It asks these three for every node, so they are builtins: each takes any arguments, does
    nothing, and the first returns "".
    """

    resolve: Any = "".format
    descend_resolver: Any = is_
    ascend_resolver: Any = bool


class _BoundedComposer(_Composer):
    """The same, counting levels; only for texts that could nest deeply."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.depth = 0

    def descend_resolver(self, parent: object, index: object) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeepError

    def ascend_resolver(self) -> None:
        self.depth -= 1


def compose(source: Source) -> Node | None:
    """Compose the first document of a text; None when there is none.

    Raises SdlError (yaml.syntax, yaml.too-deep).
    """
    data = source.data
    for _ in range(min(_MAX_REWRITES, max(2, _REWRITTEN_BYTES // (len(data) + 1)))):
        try:
            root = _compose(data)
            rewritten = rewrite_questions(data, root)
        except _TooDeepError:
            raise SdlError(
                Code.TOO_DEEP, _DEEP, file=source.name, remedy="remove the needless nesting"
            ) from None
        except ReaderError as error:
            raise _unreadable(source, error) from error
        except MarkedYAMLError as error:
            rewritten = rewrite_colon(data, error)
            if rewritten is None:
                raise _syntax_error(source, _seen_first(data, error)) from error
        if rewritten is None:
            return root
        data = rewritten
    raise _syntax_error(source, ParserError(None, None, "too many ambiguous plain scalars"))


def _compose(data: bytes) -> Node | None:
    parser = _Composer if _is_shallow(data) else _BoundedComposer
    reader: Any = parser(data)
    try:
        if not reader.check_node():
            return None
        if b"%YAML" in data:
            _check_directive(data)
        root: Node = reader.get_node()
        return root
    except ComposerError as error:
        if "duplicate anchor" not in str(error.context):
            raise
    finally:
        reader.dispose()
    return _compose_events(data)


def _check_directive(data: bytes) -> None:
    """Akash's reader knows YAML 1.1 only."""
    reader: Any = _Composer(data)
    try:
        reader.get_event()
        start = reader.get_event()
        if getattr(start, "version", None) not in (None, (1, 1)):
            raise ParserError(None, None, "found incompatible YAML document", start.start_mark)
    finally:
        reader.dispose()


def _seen_first(data: bytes, error: MarkedYAMLError) -> MarkedYAMLError:
    """The error that Go's reader reports: it scans two tokens further than libyaml parses."""
    mark = error.problem_mark
    if not isinstance(error, ParserError) or mark is None:
        return error
    reader: Any = _Composer(data)
    ahead = _LOOKAHEAD
    try:
        while ahead and reader.check_token():
            token = reader.get_token()
            if token.start_mark.index >= mark.index and not isinstance(token, BlockEndToken):
                ahead -= 1
    except ScannerError as scanned:
        return scanned
    except YAMLError:
        return error
    finally:
        reader.dispose()
    return error


def _is_shallow(data: bytes) -> bool:
    """Tell whether the text cannot nest deeper than the limit.

    A block level costs at least one column of a line, a flow level one bracket.
    """
    brackets = data.count(b"[") + data.count(b"{")
    return len(data) < MAX_DEPTH or brackets + max(map(len, data.splitlines())) < MAX_DEPTH


def _compose_events(data: bytes) -> Node | None:
    """Compose a text that reuses an anchor's name, which YAML allows and libyaml's composer not."""
    reader: Any = _Composer(data)
    try:
        reader.get_event()  # stream start
        reader.get_event()  # document start
        return _compose_event(reader, reader.get_event(), {}, 1)
    finally:
        reader.dispose()


def _compose_event(reader: Any, event: Any, anchors: dict[str, Node], depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise _TooDeepError
    start: Any = event.start_mark
    end: Any = event.end_mark
    if isinstance(event, AliasEvent):
        if event.anchor not in anchors:
            raise ComposerError(None, None, "found undefined alias", start)
        return anchors[event.anchor]
    tag = "" if event.tag in (None, "!") else event.tag
    made: Node
    if isinstance(event, ScalarEvent):
        made = ScalarNode(tag, event.value, start, end, event.style)
    else:
        kind = MappingNode if isinstance(event, MappingStartEvent) else SequenceNode
        made = kind(tag, [], start, end, event.flow_style)
    if event.anchor:
        anchors[event.anchor] = made
    if isinstance(made, ScalarNode):
        return made
    while not isinstance(following := reader.get_event(), CollectionEndEvent):
        child = _compose_event(reader, following, anchors, depth + 1)
        if isinstance(made, MappingNode):
            value = _compose_event(reader, reader.get_event(), anchors, depth + 1)
            made.value.append((child, value))
        else:
            made.value.append(child)
    return made


def _unreadable(source: Source, error: ReaderError) -> SdlError:
    line = source.data.count(b"\n", 0, error.position) + 1
    return SdlError(
        Code.YAML_SYNTAX,
        f"yaml: {error.reason}",
        file=source.name,
        line=line,
        column=1,
        remedy="save the file as plain UTF-8 text",
    )


def _syntax_error(source: Source, error: MarkedYAMLError) -> SdlError:
    """Word a syntax error as Go's yaml.v3 does, with the place where libyaml gave up."""
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem)
    if isinstance(error, ComposerError):
        name = mark_text(source, mark.line, mark.column + 1) if mark else ""
        text = f"yaml: unknown anchor '{name}' referenced"
    else:
        text = f"yaml: {_go_line(error)}{problem}"
    return SdlError(
        Code.YAML_SYNTAX,
        text,
        file=source.name,
        line=mark.line + 1 if mark else 0,
        column=mark.column + 1 if mark else 0,
        value=problem,
        remedy=_syntax_remedy(problem, error.context),
    )


def _go_line(error: MarkedYAMLError) -> str:
    line = 0
    for mark in (error.context_mark, error.problem_mark):
        if mark is not None and mark.line:
            line = mark.line + (1 if isinstance(error, ScannerError) else 0)
            break
    return f"line {line}: " if line else ""


_REMEDIES = (
    ("cannot start any token", "quote the value: YAML reserves this character"),
    ("mapping values are not allowed", "quote the value, or check the indentation of this line"),
    (
        "did not find expected key",
        "check the indentation, and quote values with special characters",
    ),
    ("did not find expected '-'", "indent all items of the list alike"),
    ("could not find expected ':'", "write the key as `key: value`"),
    ("tab", "indent with spaces, never with tabs"),
    ("unexpected end of stream", "close the quote that is opened here"),
)


def _syntax_remedy(problem: str, context: str | None) -> str:
    for sign, remedy in _REMEDIES:
        if sign in problem:
            return remedy
    return f"check the YAML here ({context})" if context else "check the YAML here"


def mark_text(source: Source, line: int, column: int) -> str:
    """The word of the text that begins at a 0-based position."""
    lines = source.lines()
    rest = lines[line][column:] if line < len(lines) else ""
    end = 0
    while end < len(rest) and (rest[end].isalnum() or rest[end] in "_-"):
        end += 1
    return rest[:end]


Places = dict[int, tuple[Node | None, Step]]
"""By the id of each node: the node above it, and the step from there."""


def places_of(root: Node) -> Places:
    """Note for every node and key of a tree where it first appears."""
    places: Places = {id(root): (None, "")}
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, SequenceNode):
            children: list[tuple[Node, Step]] = [(c, i) for i, c in enumerate(node.value)]
        elif isinstance(node, MappingNode):
            children = [(value, str(key.value)) for key, value in node.value]
            for key, _ in node.value:
                places.setdefault(id(key), (node, str(key.value)))
        else:
            continue
        for child, step in children:
            if id(child) not in places:
                places[id(child)] = (node, step)
                stack.append(child)
    return places


def path_of(places: Places, wanted: Node) -> Path:
    """Where a node lies; () for the root itself and for nodes from elsewhere."""
    steps: list[Step] = []
    node: Node | None = wanted
    while node is not None and id(node) in places:
        node, step = places[id(node)]
        if node is not None:
            steps.append(step)
    return tuple(reversed(steps))


def locate(root: Node, path: Path, *, at_key: bool = False) -> tuple[int, int]:
    """Find the 0-based line and column of a path, or of the nearest part of it that exists.

    A scalar is shown at its value unless `at_key`, everything else at its key.
    """
    node, mark = root, root.start_mark
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        node, mark = found
        if isinstance(node, ScalarNode) and node.value and not at_key:
            mark = node.start_mark
    return mark.line, mark.column


def _child(node: Node, step: str | int) -> tuple[Node, Any] | None:
    """The child under a step, and the mark to show for it: of its key, or of the list item."""
    if isinstance(node, SequenceNode):
        if isinstance(step, int) and step < len(node.value):
            return node.value[step], node.value[step].start_mark
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark
        for key, value in node.value:
            if key.value == "<<":
                parents = value.value if isinstance(value, SequenceNode) else [value]
                for parent in parents:
                    if parent is not node and (found := _child(parent, step)):
                        return found
    return None
