"""The `version` key: which edition of the language a file is written in.

Akash reads it as a tolerant semantic version before anything else.
"""

from __future__ import annotations

import re

from yaml.nodes import MappingNode, SequenceNode

from sdl.decode import raw_text
from sdl.errors import Code
from sdl.gotext import quote
from sdl.problems import Problems
from sdl.tree import Node

_REMEDY = 'write version: "2.0" (or "2.1", where services of one profile share resources)'
_ALPHANUMERIC = re.compile(r"[0-9A-Za-z-]*", re.ASCII)


class VersionTextError(ValueError):
    """The text is no version, in the words of the semver library that Akash uses."""

    def __init__(self, text: str, code: Code = Code.VERSION_SYNTAX) -> None:
        super().__init__(text)
        self.code = code


def read_version(problems: Problems, root: Node) -> bool:
    """Tell whether the rules of 2.1 (shared units) apply instead of those of 2.0.

    Raises SdlError (version.missing, version.unsupported, version.syntax) unless gathering.
    """
    node = _version_node(root)
    if node is None:
        problems.at_node(
            Code.VERSION_MISSING, "SDL invalid: no version found", root, value="", remedy=_REMEDY
        )
        return False
    if raw_text(node) == "2.0":
        return False
    try:
        major, minor, patch, prerelease, build = _parse_tolerant(raw_text(node))
    except VersionTextError as error:
        problems.at_node(error.code, str(error), node, remedy=_REMEDY)
        return False
    number = (major, minor, patch)
    if number == (2, 0, 0) and not prerelease:
        return False
    if number > (2, 1, 0) or (number == (2, 1, 0) and not prerelease):
        return True
    shown = ".".join(map(str, number))
    shown += f"-{prerelease}" if prerelease else ""
    shown += f"+{build}" if build else ""
    problems.at_node(
        Code.VERSION_UNSUPPORTED,
        f"SDL invalid: config: unsupported version {quote(shown)}",
        node,
        remedy=_REMEDY,
    )
    return False


def _version_node(root: Node) -> Node | None:
    """The node after the first one whose text is `version`, be that a key or not."""
    if isinstance(root, MappingNode):
        flat = [node for pair in root.value for node in pair]
    elif isinstance(root, SequenceNode):
        flat = root.value
    else:
        return None
    for i, node in enumerate(flat[:-1]):
        if raw_text(node) == "version":
            found: Node = flat[i + 1]
            return found
    return None


def _parse_tolerant(text: str) -> tuple[int, int, int, str, str]:
    parts = text.strip().removeprefix("v").split(".", 2)
    for i, part in enumerate(parts):
        if len(part.encode("utf-8", "surrogateescape")) > 1:
            part = part.lstrip("0")
            parts[i] = part if part[:1] in tuple("0123456789") else "0" + part
    if len(parts) < 3:
        if "+" in parts[-1] or "-" in parts[-1]:
            raise VersionTextError("Short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (3 - len(parts))
    patch, plus, build = parts[2].partition("+")
    patch, minus, prerelease = patch.partition("-")
    numbers = [
        _number(name, part)
        for name, part in zip(("major", "minor", "patch"), (*parts[:2], patch), strict=True)
    ]
    if minus:
        _check_prerelease(prerelease)
    if plus:
        _check_build(build)
    return numbers[0], numbers[1], numbers[2], prerelease, build


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) and text:
        raise VersionTextError(f"Invalid character(s) found in {name} number {quote(text)}")
    if len(text) > 1 and text[0] == "0":
        raise VersionTextError(
            f"{name.capitalize()} number must not contain leading zeroes {quote(text)}"
        )
    if not text:
        raise VersionTextError('strconv.ParseUint: parsing "": invalid syntax', Code.UINT_SYNTAX)
    if len(text) > 20 or int(text) >= 2**64:
        raise VersionTextError(
            f"strconv.ParseUint: parsing {quote(text)}: value out of range", Code.UINT_RANGE
        )
    return int(text)


def _check_prerelease(text: str) -> None:
    for part in text.split("."):
        if not part:
            raise VersionTextError("Prerelease is empty")
        if part.isascii() and part.isdecimal():
            if len(part) > 1 and part[0] == "0":
                raise VersionTextError(
                    f"Numeric PreRelease version must not contain leading zeroes {quote(part)}"
                )
        elif not _ALPHANUMERIC.fullmatch(part):
            raise VersionTextError(f"Invalid character(s) found in prerelease {quote(part)}")


def _check_build(text: str) -> None:
    for part in text.split("."):
        if not part:
            raise VersionTextError("Build meta data is empty")
        if not _ALPHANUMERIC.fullmatch(part):
            raise VersionTextError(f"Invalid character(s) found in build meta data {quote(part)}")
