"""The `akashpy sdl` group: a table of its commands. Knows nothing of what they do."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "check": Entry("akashpy.cli.sdl_read:check_files", "find errors, and what may disappoint"),
    "fmt": Entry("akashpy.cli.sdl_write:format_files", "lay files out uniformly, keeping comments"),
    "describe": Entry("akashpy.cli.sdl_read:describe_files", "say in words what is asked for"),
    "groups": Entry("akashpy.cli.sdl_read:show_groups", "print deployment groups as JSON"),
    "manifest": Entry("akashpy.cli.sdl_read:show_manifest", "print manifests as JSON"),
    "hash": Entry("akashpy.cli.sdl_read:show_hash", "print version hashes"),
    "convert": Entry("akashpy.cli.sdl_write:convert_files", "make SDL from Docker Compose files"),
    "init": Entry("akashpy.cli.sdl_write:init", "write a file to start from"),
    "schema": Entry("akashpy.cli.sdl_write:schema", "print the JSON Schema for editors"),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def sdl() -> None:
    """Check, format, describe and convert SDL files; no chain and no network needed."""
