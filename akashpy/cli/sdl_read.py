"""Commands that read SDL files: check, describe, groups, manifest, hash.

Arguments and help only; the work is in `sdl_show`, imported when a command runs (a lazy door).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
SCALES = click.option(
    "--scales",
    metavar="FILE|KEY=NUMBER,...",
    help="Price scales in dollars per month: cpu, memory, ephemeral, beta1, beta2, beta3, "
    "endpoint, ip, gpu, gpu.MODEL; akt per AKT; block_seconds.",
)


@click.command("check")
@FILES
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "jsonl", "sarif"]),
    default="text",
    show_default=True,
    help="jsonl prints groups, manifest and version of each file, or Akash's first error.",
)
@click.option("--first", is_flag=True, help="Only the error that Akash's parser reports first.")
@SCALES
def check_files(files: tuple[Path, ...], output: str, first: bool, scales: str | None) -> None:
    """Find all errors of SDL files, and warn of what may disappoint.

    Exits with 0 if there are only warnings, with 1 if there is any error.
    """
    from akashpy.cli import sdl_show

    read = sdl_show.read_scales(scales)
    sys.exit(sdl_show.check_files(files, output, first=first, scales=read))


@click.command("describe")
@FILES
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text")
@SCALES
def describe_files(files: tuple[Path, ...], output: str, scales: str | None) -> None:
    """Say in plain words what SDL files ask for, and what it may cost."""
    from akashpy.cli import sdl_show

    sys.exit(sdl_show.describe_files(files, output, sdl_show.read_scales(scales)))


@click.command("groups")
@FILES
def show_groups(files: tuple[Path, ...]) -> None:
    """Print the deployment groups of SDL files as JSON; one line each for several files."""
    from akashpy.cli import sdl_show

    sys.exit(sdl_show.show_values(files, "groups"))


@click.command("manifest")
@FILES
def show_manifest(files: tuple[Path, ...]) -> None:
    """Print the manifests of SDL files as JSON; one line each for several files."""
    from akashpy.cli import sdl_show

    sys.exit(sdl_show.show_values(files, "manifest"))


@click.command("hash")
@FILES
@click.option("-q", "--quiet", is_flag=True, help="Leave out the file names.")
def show_hash(files: tuple[Path, ...], quiet: bool) -> None:
    """Print the version hashes of SDL files in hexadecimal."""
    from akashpy.cli import sdl_show

    sys.exit(sdl_show.show_hashes(files, quiet=quiet))
