"""Plain values as YAML text in the style of SDL files.

Writes block style with two spaces; quotes a text exactly when YAML would read it as something
else. For texts that this program makes; people's files are laid out by sdl.layout.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sdl.scalars import resolve_plain

_PLAIN = re.compile(r"[A-Za-z0-9/._*+][A-Za-z0-9/._*+=@:,~ -]*")


def emit(value: dict[str, Any]) -> str:
    """Write a mapping, with blank lines between its top-level keys."""
    blocks = []
    for key, child in value.items():
        blocks.append("\n".join(_entry(key, child, "")) + "\n")
    return "\n".join(blocks)


def _entry(key: str, value: Any, indent: str) -> list[str]:
    name = f"{indent}{_scalar(key)}:"
    if isinstance(value, dict) and value:
        return [name, *_mapping(value, indent + "  ")]
    if isinstance(value, list) and value:
        return [name, *_list(value, indent + "  ")]
    return [f"{name} {_scalar(value)}"]


def _mapping(value: dict[str, Any], indent: str) -> list[str]:
    return [line for key, child in value.items() for line in _entry(key, child, indent)]


def _list(values: list[Any], indent: str) -> list[str]:
    lines: list[str] = []
    for value in values:
        if isinstance(value, dict) and value:
            inner = _mapping(value, indent + "  ")
            lines += [f"{indent}- {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(f"{indent}- {_scalar(value)}")
    return lines


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value in ({}, []):
        return "{}" if value == {} else "[]"
    text = str(value)
    if _is_plain(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and not text.endswith((" ", ":"))
        and ": " not in text
        and not text.startswith("*")
        and text.lower() not in ("y", "n", "yes", "no", "on", "off")
        and resolve_plain(text)[0] == "!!str"
    )
