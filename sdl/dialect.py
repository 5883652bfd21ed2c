"""Two places where Go's YAML scanner and libyaml part, bridged by rewriting the text.

Inside [ ] and { }, Go ends a plain scalar at `?`, and takes a colon before a bracket or comma as
part of it (`{nvidia:}` has the key `nvidia:`). Positions after a rewritten scalar shift by a few
columns within their line. Knows nothing of SDL.
"""

from __future__ import annotations

from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import ParserError


def rewrite_colon(data: bytes, error: MarkedYAMLError) -> bytes | None:
    """Quote the plain scalar whose last colon libyaml refused; None for any other error."""
    if error.problem != "found unexpected ':'" or not error.context_mark or not error.problem_mark:
        return None
    text = _decode(data)
    start, end = error.context_mark.index, error.problem_mark.index + 1
    if text is None or not 0 <= start < end <= len(text):
        return None
    scalar = text[start:end].replace("'", "''")
    return f"{text[:start]}'{scalar}'{text[end:]}".encode()


def rewrite_questions(
    data: bytes, root: ScalarNode | SequenceNode | MappingNode | None
) -> bytes | None:
    """Set apart the question marks that begin plain scalars in flow collections; None if none do.

    Raises ParserError where a question mark comes later: there Go sees a key without a comma.
    """
    if b"?" not in data or root is None:
        return None
    text = _decode(data)
    starts = set()
    for parent, scalar in _questioned(root):
        if not scalar.value.startswith("?"):
            wanted = "]" if isinstance(parent, SequenceNode) else "}"
            raise ParserError(
                "while parsing a flow collection",
                parent.start_mark,
                f"did not find expected ',' or '{wanted}'",
                scalar.start_mark,
            )
        starts.add(scalar.start_mark.index)
    if text is None or not starts:
        return None
    pieces, end = [], 0
    for start in sorted(starts):
        pieces += [text[end:start], "? "]
        end = start + 1
    return "".join((*pieces, text[end:])).encode()


def _questioned(root: Node) -> list[tuple[Node, ScalarNode]]:
    """Plain scalars with a question mark that lie directly in flow collections, and these."""
    found: list[tuple[Node, ScalarNode]] = []
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen or not isinstance(node, SequenceNode | MappingNode):
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            children = [child for pair in node.value for child in pair]
        else:
            children = list(node.value)
        stack += children
        if node.flow_style:
            found += [
                (node, child)
                for child in children
                if isinstance(child, ScalarNode) and not child.style and "?" in child.value
            ]
    return sorted(found, key=lambda pair: pair[1].start_mark.index)


def _decode(data: bytes) -> str | None:
    """The text whose characters libyaml's marks count; None unless it is plain UTF-8."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    return data.decode("utf-8", "replace")
