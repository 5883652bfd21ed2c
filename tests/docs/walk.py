"""The README's walk from an SDL file to a lease and back, as the commands it shows."""

from __future__ import annotations

from tests.docs.pages import ROOT, commands

HEADING = "## From an SDL file to a running lease"


def _walk() -> list[tuple[str, ...]]:
    """The commands below the heading that talk to a running `akashpy dev`, in their order."""
    lines = (ROOT / "README.md").read_text().splitlines()
    begin = lines.index(HEADING) + 1
    end = next(n for n, line in enumerate(lines) if n > begin and line.startswith("## "))
    return [
        each.words
        for each in commands()
        if each.page == "README.md"
        and begin < each.line <= end
        and each.words[0] == "akashpy"
        and each.words[1] != "dev"
    ]


WALK = _walk()
