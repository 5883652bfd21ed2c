"""Sizes as Compose writes them. Knows nothing of what they are sizes of."""

from __future__ import annotations

import re

_UNITS = {"": "", "b": "", "k": "Ki", "m": "Mi", "g": "Gi", "t": "Ti"}


def sdl_size(text: str) -> str:
    """A Compose size (`512m`, `1gb`) as SDL writes it; "" if it is none."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([bkmgt]?)i?b?", text.strip(), re.I)
    return match[1] + _UNITS[match[2].lower()] if match else ""
