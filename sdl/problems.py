"""Where broken rules go: raised at once, or gathered.

The library stops at the problem that Akash's parser reports first; `check` wants them all. The
same rules run for both: in gathering mode a rule reports and goes on with a harmless value.
Knows how Akash orders YAML type errors (all of one top-level key together, unless another error
comes), and how to find lines; knows no rule.
"""

from __future__ import annotations

from yaml.nodes import ScalarNode

from sdl.errors import Code, Path, SdlError, show_path
from sdl.source import Source
from sdl.tree import Node, Places, locate, path_of, places_of

MAX_PROBLEMS = 100
"""More than so many help nobody; the rest of a hostile file is not worded."""


class Problems:
    """The errors of one SDL text. `gather` False: the first one is raised."""

    __slots__ = ("_known", "_places", "_types", "errors", "gather", "noted", "root", "source")

    def __init__(self, source: Source, root: Node, *, gather: bool = False) -> None:
        self.source = source
        self.root = root
        self.gather = gather
        self.errors: list[SdlError] = []
        self._types: list[SdlError] = []
        self._known: set[tuple[Code, int, int, str]] = set()
        self._places: Places | None = None
        # How many problems are noted; a decoder that sees it rise gives up its own checks.
        self.noted = 0

    def at_node(
        self, code: Code, text: str, node: Node, *, value: str | None = None, remedy: str = ""
    ) -> None:
        """Report a rule broken by a node of the tree. Raises SdlError unless gathering."""
        self.noted += 1
        if len(self.errors) < MAX_PROBLEMS:
            self._report(self._of_node(code, text, node, value, remedy))

    def at_path(
        self, code: Code, text: str, path: Path, *, value: str = "", remedy: str = ""
    ) -> None:
        """Report a rule broken at a path, existing or not. Raises SdlError unless gathering."""
        self.noted += 1
        if len(self.errors) >= MAX_PROBLEMS:
            return
        line, column = locate(self.root, path)
        self._report(
            SdlError(
                code,
                text,
                file=self.source.name,
                line=line + 1,
                column=column + 1,
                path=show_path(path),
                value=value,
                remedy=remedy,
            )
        )

    def type_error(self, line: str, node: Node, *, code: Code, remedy: str = "") -> None:
        """Note a YAML type error; it counts when its top-level key has been read."""
        self.noted += 1
        if len(self._types) >= MAX_PROBLEMS:
            return
        text = f"yaml: unmarshal errors:\n  {line}"
        self._types.append(self._of_node(code, text, node, None, remedy))

    def end_key(self) -> None:
        """End a top-level key: its type errors become one error. Raises SdlError."""
        if not self._types:
            return
        found, self._types = self._types, []
        if self.gather:
            self.errors += found
            return
        first = found[0]
        for other in found[1:]:
            first.text += other.text.removeprefix("yaml: unmarshal errors:")
        raise first

    def _of_node(
        self, code: Code, text: str, node: Node, value: str | None, remedy: str
    ) -> SdlError:
        if self._places is None:
            self._places = places_of(self.root)
        if value is None:
            value = node.value if isinstance(node, ScalarNode) else ""
        return SdlError(
            code,
            text,
            file=self.source.name,
            line=node.start_mark.line + 1,
            column=node.start_mark.column + 1,
            path=show_path(path_of(self._places, node)),
            value=value,
            remedy=remedy,
        )

    def _report(self, error: SdlError) -> None:
        if not self.gather:
            raise error
        known = (error.code, error.line, error.column, error.path)
        if known not in self._known:
            self._known.add(known)
            self.errors.append(error)
