"""One query: options to a request, the request to a node, the answer to the output."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import click

from akashpy.cli.network import node_options, run, transport
from akashpy.cli.output import Command, output_option, show


def query_options(command: Command) -> Command:
    """What every query takes: the node, a height, the output."""
    command = click.option(
        "--height", type=click.IntRange(min=0), help="Read the state at this height."
    )(command)
    return node_options(output_option("text")(command))


def paging_options(command: Command) -> Command:
    """What every list takes, as the SDK's pagination."""
    for decorate in (
        click.option("--reverse", is_flag=True, help="Last first."),
        click.option("--count-total", is_flag=True, help="Count all records."),
        click.option("--page-key", help="Where to go on, as the last page said."),
        click.option("--offset", type=click.IntRange(min=0), default=0),
        click.option("--limit", type=click.IntRange(min=0), default=100, show_default=True),
        click.option("--page", type=click.IntRange(min=1), default=1, show_default=True),
    ):
        command = decorate(command)
    return command


def page_request(options: dict[str, Any]) -> Any:
    """The wire's PageRequest for the list options. Raises UsageError for a bad page key."""
    from akashpy.wire.base import PageRequest

    offset = options["offset"] or (options["page"] - 1) * options["limit"]
    try:
        key = b64decode(options["page_key"] or "", validate=True)
    except ValueError as error:
        raise click.UsageError(
            f"--page-key {options['page_key']!r} is not base64; copy next_key of the last page"
        ) from error
    return PageRequest(
        key=key,
        offset=0 if key else offset,
        limit=options["limit"],
        count_total=options["count_total"],
        reverse=options["reverse"],
    )


def ask(path: str, request: Any, response: Any, options: dict[str, Any], *, part: str = "") -> None:
    """Send a request to the node that the options name and show its answer.

    `part` is the one field of the answer to show, where Akash's command shows no more.
    """
    answer = fetch(path, request, response, options)
    from akashpy.wire import to_json

    found = to_json(answer)
    show(found[part] if part else found, options["output"])


def fetch(path: str, request: Any, response: Any, options: dict[str, Any]) -> Any:
    """The answer of the node that the options name. Raises ClickException for a refusal."""

    async def main() -> Any:
        async with transport(options) as node:
            data = await node.unary(
                path, request.SerializeToString(), timeout=10.0, height=options["height"]
            )
            return response.FromString(data)

    return run(main)


def each(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several decorators as one, the first outermost."""

    def add(command: Command) -> Command:
        for decorate in reversed(decorators):
            command = decorate(command)
        return command

    return add
