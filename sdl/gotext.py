"""Texts as Go prints them: quoted strings, shortened YAML values.

Clients match on Akash's error sentences, so values inside them are quoted by Go's rules. Knows
nothing of SDL.
"""

from __future__ import annotations

_SHORT = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def quote(text: str) -> str:
    """Put text in double quotes with Go's escapes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_quote_char, text)) + '"'


def _quote_char(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    point = ord(char)
    if 0xDC80 <= point <= 0xDCFF:  # a byte that is not UTF-8, kept by surrogateescape
        return f"\\x{point - 0xDC00:02x}"
    if point < 0x80:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def backtick(value: str) -> str:
    """Show a YAML scalar as type errors do: more than ten bytes are cut to seven."""
    raw = value.encode("utf-8", "surrogateescape")
    if len(raw) > 10:
        return " `" + raw[:7].decode("utf-8", "replace") + "...`"
    return f" `{value}`"


def quote_bytes(text: str) -> str:
    """Quote as Go's duration parser does: everything but printable ASCII byte by byte."""
    shown = ""
    for char in text:
        if char in '"\\':
            shown += "\\" + char
        elif " " <= char < "\x80":
            shown += char
        else:
            raw = char.encode("utf-8", "surrogateescape")
            shown += "".join(f"\\x{byte:02x}" for byte in raw)
    return f'"{shown}"'
