"""`akashpy events`: what happens on the chain, as it happens."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import click

from akashpy.cli.network import node_options, run
from akashpy.cli.output import output_option, show


@click.command()
@click.option("--since", type=click.IntRange(min=1), help="Begin with this height.")
@click.option("--blocks", type=click.IntRange(min=1), help="End after so many blocks.")
@click.option("--all", "everything", is_flag=True, help="Also the SDK's own events.")
@node_options
@output_option("json")
def events(
    since: int | None,
    blocks: int | None,
    everything: bool,
    node: str,
    output: str,
    **_: Any,
) -> None:
    """Print Akash's typed events, one a line, block by block without gaps.

    \b
    Examples:
      akashpy events
      akashpy events --since 100 --blocks 10 --node tcp://localhost:26657
    """
    from akashpy import wire
    from akashpy.client.events import RpcEvents, message_of
    from akashpy.client.rpc import http_url

    async def main() -> None:
        source = RpcEvents(http_url(node))
        seen = 0
        try:
            async with aclosing(source.follow(since)) as following:  # type: ignore[type-var]
                async for block in following:
                    for event in block.events:
                        message = message_of(event)
                        if message is not None:
                            content = wire.to_json(message)
                        elif everything:
                            content = dict(event.attributes)
                        else:
                            continue
                        row = {"height": block.height, "type": event.type, "event": content}
                        show(row, output)
                    seen += 1
                    if seen == blocks:
                        return
        finally:
            await source.close()

    run(main)
