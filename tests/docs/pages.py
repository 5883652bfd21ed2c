"""The pages of the documentation and the commands they show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)\s*$")
SHELLS = ("", "sh", "shell", "bash", "console")
PROGRAMS = ("akashpy", "akashpy-provider", "go", "make", "pip", "python")


@dataclass(frozen=True)
class Command:
    """One command as a page shows it: words, without its comment."""

    page: str
    line: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.words)


def pages() -> list[Path]:
    """Every page a reader may meet."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    found += sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "examples").rglob("*.md"))
    return [page for page in found if page.is_file()]


def commands() -> list[Command]:
    """Every command of ours in a fenced block of a page."""
    return [command for page in pages() for command in _commands(page)]


def name_of(page: Path) -> str:
    """A page's path from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


def _commands(page: Path) -> Iterator[Command]:
    for number, line in _shell_lines(page):
        text = line.strip().removeprefix("$ ")
        if text.partition(" ")[0] in PROGRAMS:
            words = shlex.split(text, comments=True)
            yield Command(name_of(page), number, tuple(words))


def _shell_lines(page: Path) -> Iterator[tuple[int, str]]:
    inside, shell = False, False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = FENCE.match(line.strip())
        if fence:
            inside, shell = not inside, not inside and fence[1] in SHELLS
        elif inside and shell:
            yield number, line
