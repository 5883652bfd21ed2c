"""One SDL file, read and checked: what the rest of the world asks it for.

The pipeline of Akash's parser in its order: compose, decode, build, references, limits, manifest
rules. `load` stops at the first problem, `problems_of` finds all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from sdl.build import Group, build_groups
from sdl.canonical import replace_undecodable, version
from sdl.cascade import without_consequences
from sdl.decode import is_null
from sdl.errors import Code, Path, SdlError
from sdl.limits import check_groups
from sdl.manifest_rules import check_manifest_rules
from sdl.model import Document
from sdl.parse import parse
from sdl.problems import Problems
from sdl.references import check_references
from sdl.render import JSON, render_groups, render_manifest
from sdl.source import Source, read
from sdl.tree import Node, compose


class Definition:
    """A valid SDL file. Every method gives fresh plain values."""

    __slots__ = ("_has_binary", "_rendered", "_window", "built", "document")

    def __init__(
        self, document: Document, groups: list[Group], window: int | None, *, has_binary: bool
    ) -> None:
        self.document = document
        self.built = groups
        self._window = window
        self._has_binary = has_binary
        # Never handed out: callers may change what they get.
        self._rendered = self._render()

    def groups(self) -> list[JSON]:
        """Group specs for MsgCreateDeployment, sorted by name."""
        return self._decodable(render_groups(self.built))

    def manifest(self) -> list[JSON]:
        """The manifest for providers."""
        return self._decodable(self._render())

    def version(self) -> bytes:
        """The 32-byte hash of the manifest."""
        return version(self._rendered)

    @property
    def rendered(self) -> list[JSON]:
        """The manifest as it is hashed, for checks only: not to be changed."""
        return self._rendered

    def reclamation(self) -> dict[str, int] | None:
        """{"min_window": nanoseconds}, or None if the file asks for none."""
        return None if self._window is None else {"min_window": self._window}

    def _render(self) -> list[JSON]:
        return render_manifest(self.built, trim_credentials=self.document.shared_units)

    def _decodable(self, value: list[JSON]) -> list[JSON]:
        """Only `!!binary` can bring bytes that are not UTF-8."""
        if not self._has_binary:
            return value
        copied: list[JSON] = replace_undecodable(value)
        return copied


def load(source: FilePath | str) -> Definition:
    """Read an SDL file: a `pathlib.Path` is opened, a `str` is the text itself.

    Raises SdlError: the problem that Akash's parser reports first.
    """
    text = read(source)
    root = _root(text)
    return _check(Problems(text, root), root)


def problems_of(source: FilePath | str) -> list[SdlError]:
    """Every problem of an SDL file, in the order of its lines; [] for a valid one."""
    try:
        text = read(source)
    except SdlError as error:
        return [error]
    return examine(text).errors


@dataclass(frozen=True, slots=True)
class Examined:
    """All that is known of a text, valid or not. `first` is the error that `load` raises."""

    definition: Definition | None
    first: SdlError | None
    errors: list[SdlError]
    root: Node | None
    document: Document | None
    groups: list[Group]


def examine(text: Source) -> Examined:
    """Read a text and go on after errors, as far as there is something to go on with."""
    try:
        root = _root(text)
    except SdlError as error:
        return Examined(None, error, [error], None, None, [])
    try:
        definition = _check(Problems(text, root), root)
    except SdlError as error:
        first = error
    else:
        return Examined(definition, None, [], root, definition.document, definition.built)
    problems = Problems(text, root, gather=True)
    try:
        partial = _check(problems, root)
    except SdlError as fatal:
        return Examined(None, first, [fatal], root, None, [])
    found = without_consequences(problems.errors)
    if not any(_same(first, error) for error in found):
        found.append(first)
    found.sort(key=lambda error: (error.line, error.column))
    return Examined(None, first, found, root, partial.document, partial.built)


def _same(first: SdlError, other: SdlError) -> bool:
    return first.code == other.code and (first.line, first.path) == (other.line, other.path)


def _root(source: Source) -> Node:
    root = compose(source)
    if root is None or is_null(root):
        raise SdlError(
            Code.UNINITIALIZED,
            "sdl: uninitialized",
            file=source.name,
            line=1,
            column=1,
            remedy="the file is empty: `akashpy sdl init` writes one to start from",
        )
    return root


def _check(problems: Problems, root: Node) -> Definition:
    document = parse(problems, root)
    groups = build_groups(document, problems)
    window = check_references(document, problems)
    check_groups(groups, problems)
    has_binary = b"binary" in problems.source.data
    definition = Definition(document, groups, window, has_binary=has_binary)
    if groups or not problems.gather:
        _check_manifest(definition, groups, problems)
    return definition


def _check_manifest(definition: Definition, groups: list[Group], problems: Problems) -> None:
    """Apply the manifest's own rules, with places in the SDL file."""

    def report(code: Code, text: str, path: Path, value: str, remedy: str) -> None:
        problems.at_path(code, text, _sdl_path(groups, path), value=value, remedy=remedy)

    check_manifest_rules(definition.rendered, report)


_FIELDS = {"name": (), "hosts": ("accept",), "resources": ()}


def _sdl_path(groups: list[Group], path: Path) -> Path:
    """Where in the SDL a path of the manifest was written."""
    if len(path) < 3:
        return ("services",) if not path else ("profiles", "placement", groups[int(path[0])].name)
    placed = groups[int(path[0])].services[int(path[2])]
    own: Path = ("services", placed.name)
    rest = path[3:]
    if rest[:1] == ("expose",) and len(rest) > 1:
        port = placed.ports[int(rest[1])]
        own = (*own, "expose", port.expose)
        rest = rest[2:]
    if rest[:1] and rest[0] in _FIELDS:
        rest = _FIELDS[str(rest[0])]
    return (*own, *rest)
