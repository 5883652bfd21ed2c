"""Writes the pages and tables of docs/ that come from the code: `make docs`."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from akashpy.node.configuration import PREFIX, NodeConfig, shown
from tests import compatibility

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- settings: written by `make docs` -->", "<!-- end of settings -->"


def settings() -> str:
    """The table of a node's settings, from their declaration."""
    rows = ["| Setting | Default | Meaning |", "|---|---|---|"]
    for each in fields(NodeConfig):
        default = shown(each.name, each.default)
        rows.append(f"| `{each.name}` | `{default}` | {each.metadata['help']} |")
    note = (
        f"In the environment a setting's name is in capitals behind `{PREFIX}` "
        f"(`{PREFIX}MIN_RETAIN_BLOCKS`), as a flag it has dashes (`--min-retain-blocks`)."
    )
    return "\n".join([*rows, "", note])


def with_settings(page: str) -> str:
    """docs/node.md with its table as the code has it."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/node.md: the marks {BEGIN} and {END} are not there")
    return f"{before}{BEGIN}\n{settings()}\n{END}{after}"


def main() -> None:
    """Write each page and say so."""
    node = DOCS / "node.md"
    pages = {
        DOCS / "compatibility.md": compatibility.page(),
        node: with_settings(node.read_text(encoding="utf-8")),
    }
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
