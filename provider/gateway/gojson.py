"""JSON as Go's encoder writes it and Go's decoder complains about it.

Tenants' tools show the decoder's text to people and tests compare it, so a body that cannot be
read is refused in exactly those words. Knows nothing of manifests.
Source: Go encoding/json (scanner.go, decode.go, encode.go).
"""

from __future__ import annotations

import json
from typing import Any

ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
SPACE = " \t\r\n"
DIGITS = "0123456789"
HEX = "0123456789abcdefABCDEF"
LITERALS = {"t": "true", "f": "false", "n": "null"}
DEPTH = 10_000


class GoJsonError(ValueError):
    """The text Go's decoder gives for a body it cannot read."""


def dumps(value: Any) -> str:
    """Compact JSON with Go's HTML-safe escapes; members in the order given."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def loads(body: bytes) -> Any:
    """The first JSON value of a body; what follows it is not looked at, as Go's Decoder does.

    Raises GoJsonError.
    """
    text = body.decode("utf-8", "replace")
    end = _Scanner(text).value_end()
    return json.loads(text[:end])


def kind_of(value: Any) -> str:
    """Go's word for the kind of a JSON value."""
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")


class _Scanner:
    """Finds the end of the first value, or the first character that cannot be there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def value_end(self) -> int:
        self._space()
        if self._at == len(self._text):
            raise GoJsonError("EOF")
        self._value(0)
        return self._at

    def _value(self, depth: int) -> None:
        if depth > DEPTH:
            raise GoJsonError("exceeded max depth")
        character = self._next()
        if character == "{":
            self._object(depth)
        elif character == "[":
            self._array(depth)
        elif character == '"':
            self._string()
        elif character in LITERALS:
            self._literal(LITERALS[character])
        elif character == "-" or character in DIGITS:
            self._number(character)
        else:
            self._fail("looking for beginning of value")

    def _object(self, depth: int) -> None:
        self._space()
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            self._space()
            where = "looking for beginning of object key string"
            if self._next() != '"':
                self._fail(where)
            self._string()
            self._space()
            if self._next() != ":":
                self._fail("after object key")
            self._space()
            self._value(depth + 1)
            self._space()
            character = self._next()
            if character == "}":
                return
            if character != ",":
                self._fail("after object key:value pair")

    def _array(self, depth: int) -> None:
        self._space()
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            self._space()
            self._value(depth + 1)
            self._space()
            character = self._next()
            if character == "]":
                return
            if character != ",":
                self._fail("after array element")

    def _string(self) -> None:
        while (character := self._next()) != '"':
            if character < " ":
                self._fail("in string literal")
            if character == "\\":
                escape = self._next()
                if escape == "u":
                    for _ in range(4):
                        where = "in \\u hexadecimal character escape"
                        if self._next() not in HEX:
                            self._fail(where)
                elif escape not in '"\\/bfnrt':
                    self._fail("in string escape code")

    def _literal(self, word: str) -> None:
        for expected in word[1:]:
            where = f"in literal {word} (expecting {_quote(expected)})"
            if self._next() != expected:
                self._fail(where)

    def _number(self, first: str) -> None:
        if first == "-":
            first = self._next()
            if first not in DIGITS:
                self._fail("in numeric literal")
        if first != "0":
            self._digits()
        if self._peek() == ".":
            self._at += 1
            if self._next() not in DIGITS:
                self._fail("after decimal point in numeric literal")
            self._digits()
        if self._peek() in ("e", "E"):
            self._at += 1
            if self._peek() in ("+", "-"):
                self._at += 1
            if self._next() not in DIGITS:
                self._fail("in exponent of numeric literal")
            self._digits()

    def _digits(self) -> None:
        while self._peek() and self._peek() in DIGITS:
            self._at += 1

    def _space(self) -> None:
        while self._peek() and self._peek() in SPACE:
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        """The next character; the body may not end here."""
        if self._at >= len(self._text):
            raise GoJsonError("unexpected EOF")
        self._at += 1
        return self._text[self._at - 1]

    def _fail(self, where: str) -> None:
        raise GoJsonError(f"invalid character {_quote(self._text[self._at - 1])} {where}")


def _quote(character: str) -> str:
    """A character as Go's decoder shows it."""
    if character == "'":
        return "'\\''"
    if character == '"':
        return "'\"'"
    shown = json.dumps(character, ensure_ascii=False)[1:-1]
    if character < " " and len(shown) == 6:
        shown = f"\\x{ord(character):02x}"
    return f"'{shown}'"
