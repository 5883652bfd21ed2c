"""`akashpy tx evidence`."""

from __future__ import annotations

import click

from akashpy.cli.lazy import LazyGroup


@click.group(cls=LazyGroup)
def evidence() -> None:
    """Nothing can be sent: consensus reports validators who sign twice by itself."""
