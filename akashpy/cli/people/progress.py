"""Telling a person how long work gets on: a spinner on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.status import Status


class Progress:
    """Lines on standard error; the newest one is alive until the next replaces it."""

    def __init__(self, status: Status | None) -> None:
        self._status = status

    def now(self, text: str) -> None:
        """What is being waited for."""
        if self._status is None:
            click.echo(f"... {text}", err=True)
        else:
            self._status.update(text)

    def done(self, text: str) -> None:
        """What has happened, to stay on the screen."""
        if self._status is None:
            click.echo(f"ok  {text}", err=True)
        else:
            self._status.console.print(f"[green]✓[/] {text}", highlight=False)

    def show(self, text: str) -> None:
        """Something to look at, such as a table."""
        click.echo(text, err=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress for the time of a command."""
    if not sys.stderr.isatty():
        yield Progress(None)
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield Progress(status)
