"""`akashpy oracle feed`: flags, signals and lines of progress."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.network import node_options
from akashpy.cli.tx.flags import DURATION, GAS_PRICES, flag, signing_flags, switch

SECOND = 10**9


@click.group(cls=LazyGroup)
def oracle() -> None:
    """Prices for the chain."""


@oracle.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--asset-denom", default="akt", show_default=True, help="What is priced.")
@click.option("--base-denom", default="usd", show_default=True, help="In what.")
@click.option("--interval", type=DURATION, default="5s", show_default=True, help="Between reads.")
@click.option(
    "--heartbeat",
    type=DURATION,
    default="15s",
    show_default=True,
    help="Feed an unchanged price after so long.",
)
@click.option(
    "--min-change-bps",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Feed earlier when the price moved so far.",
)
@click.option(
    "--max-age", type=DURATION, default="20s", show_default=True, help="Leave older quotes out."
)
@click.option(
    "--max-deviation-bps",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="Leave quotes out that are farther from the median.",
)
@click.option(
    "--min-sources",
    type=click.IntRange(min=1),
    default=None,
    help="Quotes that must be left.  [default: more than half of the sources]",
)
@click.option(
    "--source-timeout",
    type=DURATION,
    default="4s",
    show_default=True,
    help="How long a source may take.",
)
@click.option("--once", is_flag=True, help="Feed once; exit code 1 where that was not possible.")
@switch("--dry-run", help="Say what would be fed and send nothing; needs neither key nor node.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A line of text or of JSON for each step.",
)
@flag("--gas-prices", default=GAS_PRICES, help="Price of gas.")
@flag("--chain-id", default="", help="Refuse a node of any other chain.")
@signing_flags
@node_options
def feed(sources: tuple[str, ...], **options: Any) -> None:
    """Keep a price of the chain fed from SOURCE...

    \b
    A source is one of
      file:PATH             a file that something keeps writing
      command:WORDS         a program that prints a price
      https://host/path     an HTTP address
    Behind a source, #a.b says where the price stands in JSON, #a.b@c also where its time does.
    The median of all sources that are fresh and agree is fed. Ctrl-C ends the feed.

    \b
    Examples:
      akashpy oracle feed file:price.txt --from feed --keyring-backend test
      akashpy oracle feed "https://one.example/akt#usd" "https://two.example/akt#price" --dry-run
    """  # fmt: skip
    from akashpy.cli.network import run
    from akashpy.cli.oracle.sources import SourceError, parse

    timeout = options["source_timeout"] / SECOND
    try:
        found = [parse(text, timeout) for text in sources]
    except SourceError as error:
        raise click.UsageError(str(error)) from error
    if options["interval"] <= 0:
        raise click.UsageError("--interval must be above zero")
    account = None
    if not options["dry_run"]:
        from akashpy.cli.tx.sender import open_account

        account = open_account(options)
    if not run(lambda: _feed(found, account, options)) and options["once"]:
        raise click.ClickException("no price was fed; the lines above say why")


async def _feed(sources: list[Any], account: Any, options: dict[str, Any]) -> bool:
    import asyncio
    import signal
    from contextlib import AsyncExitStack

    from akashpy.cli.network import transport
    from akashpy.cli.oracle.feeder import Feeder, Send, sender
    from akashpy.cli.oracle.guard import Guard
    from akashpy.client.broadcast import BroadcastSettings
    from akashpy.client.client import Client
    from akashpy.client.fees import FeePolicy

    guard = Guard(
        max_age=options["max_age"],
        max_deviation_bps=options["max_deviation_bps"],
        min_sources=options["min_sources"] or len(sources) // 2 + 1,
        min_change_bps=options["min_change_bps"],
        heartbeat=options["heartbeat"],
    )
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        send: Send | None = None
        if account is not None:
            node = await stack.enter_async_context(transport(options))
            fees = FeePolicy(prices=options["gas_prices"])
            client = Client(node, settings=BroadcastSettings(fees=fees, timeout_blocks=5))
            await _require_chain(client, options["chain_id"])
            pair = (options["asset_denom"], options["base_denom"])
            patience = max(options["heartbeat"] / SECOND, 10.0)
            send = sender(client, account, pair, patience)
        feeder = Feeder(sources, guard, options["interval"] / SECOND, _lines(options), send)
        return await feeder.run(stop, once=options["once"])


async def _require_chain(client: Any, wanted: str) -> None:
    """Raises ClickException for a node of another chain than the user names."""
    if not wanted:
        return
    found = await client.node.chain_id()
    if wanted != found:
        raise click.ClickException(
            f"the node is of chain {found!r}, and --chain-id is {wanted!r}: name another node"
        )


def _lines(options: dict[str, Any]) -> Any:
    """Prints each step as one line."""
    import json
    import time

    pair = f"{options['asset_denom']}/{options['base_denom']}"

    def report(what: str, facts: dict[str, Any]) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if options["output"] == "json":
            line = json.dumps({"at": at, "event": what, "pair": pair, **facts})
        else:
            told = ", ".join(f"{name} {value}" for name, value in facts.items())
            line = f"{at} {pair} {what}{': ' if told else ''}{told}"
        click.echo(line)

    return report
