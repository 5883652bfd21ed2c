"""Writes the pages of docs/ that come from the code: `make docs`."""

from __future__ import annotations

from pathlib import Path

from tests import compatibility

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Write each page and say so."""
    path = DOCS / "compatibility.md"
    path.write_text(compatibility.page(), encoding="utf-8")
    print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
