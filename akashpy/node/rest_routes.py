"""Which gRPC method an HTTP request means: the path templates of google.api.http.

Routes come from the descriptors, for the methods of the query tables; the first that fits wins, in
the order of the files. It must not know what is served or by which library.
Source: google/api/http.proto (syntax), grpc-gateway v1.16 `runtime/mux.go` and `pattern.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from akashpy import wire
from akashpy.wire import HttpRule, Method

_SEGMENT = re.compile(r"\{([^{}=]+)(?:=([^{}]+))?\}|([^/{}]+)")
_ONE, _REST = "*", "**"


@dataclass(frozen=True, slots=True)
class Template:
    """A path with wildcards. `parts` are literals, `*` or `**`; `fields` says which of them, from
    one to before another, make a field's text; `verb` is what stands after a last colon.
    """

    parts: tuple[str, ...]
    fields: tuple[tuple[str, int, int], ...]
    verb: str = ""

    @classmethod
    def of(cls, text: str) -> Template:
        """Read a template. Raises ValueError."""
        body, verb = _split_verb(text)
        parts: list[str] = []
        fields = []
        at = 0
        for found in _SEGMENT.finditer(body):
            if body[at : found.start()] != "/":
                raise ValueError(f"path template {text!r}: expected one '/' at {at}")
            at = found.end()
            field, inner, literal = found.groups()
            inside = [literal] if literal else (inner or _ONE).split("/")
            if field:
                fields.append((field, len(parts), len(parts) + len(inside)))
            parts += inside
        if at != len(body) or not parts or parts.count(_REST) > 1:
            raise ValueError(f"path template {text!r}: cannot be read")
        return cls(tuple(parts), tuple(fields), verb)

    def match(self, components: Sequence[str], verb: str) -> dict[str, str] | None:
        """The texts of the fields, or None when the path is another one."""
        if verb != self.verb:
            if self.verb:
                return None
            components = [*components[:-1], f"{components[-1]}:{verb}"]
        spans = self._spans(components)
        if spans is None:
            return None
        return {
            field: "/".join(components[spans[start][0] : spans[end - 1][1]])
            for field, start, end in self.fields
        }

    def _spans(self, components: Sequence[str]) -> list[tuple[int, int]] | None:
        """Where each part lies in the path."""
        extra = len(components) - len(self.parts)
        if extra < -1 or (extra != 0 and _REST not in self.parts):
            return None
        spans = []
        at = 0
        for part in self.parts:
            end = at + (1 + extra if part == _REST else 1)
            if part not in (_ONE, _REST) and components[at] != part:
                return None
            spans.append((at, end))
            at = end
        return spans


def _split_verb(text: str) -> tuple[str, str]:
    head, colon, verb = text.rpartition(":")
    if not colon or "/" in verb or "}" in verb:
        return text, ""
    return head, verb


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a method; `wants_query` where fields are left for the query string."""

    method: Method
    rule: HttpRule
    template: Template
    wants_query: bool

    @classmethod
    def of(cls, method: Method, rule: HttpRule) -> Route:
        """The route of one rule."""
        template = Template.of(rule.path)
        bound = {field for field, _, _ in template.fields} | {rule.body}
        free = {field.name for field in method.input.DESCRIPTOR.fields} - bound
        return cls(method, rule, template, bool(free) and rule.body != "*")


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[str, list[Route]] = {}
        for route in routes:
            self._routes.setdefault(route.rule.verb, []).append(route)

    @classmethod
    def serving(cls, paths: Iterable[str]) -> Router:
        """The routes of these methods, by their gRPC paths."""
        wanted = set(paths)
        methods = (
            method
            for service in sorted({path.split("/")[1] for path in wanted})
            for method in wire.service_methods(service)
            if method.path in wanted
        )
        return cls(Route.of(method, rule) for method in methods for rule in method.http)

    def find(self, verb: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """The route and the texts of the fields in its path; `path` is decoded."""
        components = path[1:].split("/")
        last, colon, tail = components[-1].rpartition(":")
        if colon and not last:
            return None
        if colon:
            components[-1] = last
        for route in self._routes.get(verb, ()):
            fields = route.template.match(components, tail if colon else "")
            if fields is not None:
                return route, fields
        return None
