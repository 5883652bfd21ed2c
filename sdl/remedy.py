"""Advice for a wrong word: the nearest right one.

Knows words only; which words are right is told by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, allowed: Iterable[str], *, limit: int = 8) -> str:
    """Suggest the closest allowed word, or list what is allowed (at most `limit` words)."""
    words = list(allowed)
    folded = {known.lower(): known for known in reversed(words)}
    close = get_close_matches(word[:100].lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"did you mean {folded[close[0]]}?"
    if not words:
        return ""
    shown = ", ".join(words[:limit]) + (", ..." if len(words) > limit else "")
    return f"use {'one of ' if len(words) > 1 else ''}{shown}"
