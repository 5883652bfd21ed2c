"""`akashpy query block | block-results | tx | txs`: what the chain recorded."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.network import node_options, run
from akashpy.cli.output import output_option, show
from akashpy.cli.query.ask import ask, query_options

TX_SERVICE = "/cosmos.tx.v1beta1.Service/"


@click.command()
@click.argument("hash")
@query_options
def tx(hash: str, **options: Any) -> None:
    """A transaction that was included, with its result and events."""
    from akashpy.cli.query.ask import fetch
    from akashpy.wire import to_json
    from akashpy.wire import tx as wire

    request = wire.GetTxRequest(hash=hash.upper())
    found = fetch(TX_SERVICE + "GetTx", request, wire.GetTxResponse, options)
    show(to_json(found.tx_response), options["output"])


@click.command()
@click.option("--events", help="Akash's form, such as message.sender=akash1...&tx.height=5.")
@click.option("--query", "text", help="CometBFT's form, such as \"message.sender='akash1...'\".")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--limit", type=click.IntRange(1, 100), default=100, show_default=True)
@click.option("--order-by", type=click.Choice(["asc", "desc"]), default="asc")
@query_options
def txs(
    events: str | None, text: str | None, page: int, limit: int, order_by: str, **options: Any
) -> None:
    """Transactions whose events match."""
    from akashpy.wire import tx as wire

    if (events is None) == (text is None):
        raise click.UsageError('required flag(s) "events" not set: say what to look for')
    text = text or _condition(events or "")

    order = f"ORDER_BY_{order_by.upper()}"
    request = wire.GetTxsEventRequest(query=text, page=page, limit=limit, order_by=order)
    ask(TX_SERVICE + "GetTxsEvent", request, wire.GetTxsEventResponse, options)


def _condition(events: str) -> str:
    """Akash's `type.key=value&...` in CometBFT's language. Raises UsageError."""
    conditions = []
    for part in events.strip("'\"").split("&"):
        name, equals, value = part.partition("=")
        if not equals or "." not in name:
            raise click.UsageError(
                f"--events {part!r}: write {{eventType}}.{{eventAttribute}}={{value}}"
            )
        is_number = name == "tx.height" and value.isdecimal()
        conditions.append(f"{name}={value}" if is_number else f"{name}='{value}'")
    return " AND ".join(conditions)


@click.command()
@click.argument("height", type=click.IntRange(min=1), required=False)
@node_options
@output_option("text")
def block(height: int | None, node: str, output: str, **_: Any) -> None:
    """A block by height, or the latest."""
    _rpc("block", height, node, output, "block")


@click.command("block-results")
@click.argument("height", type=click.IntRange(min=1), required=False)
@node_options
@output_option("text")
def block_results(height: int | None, node: str, output: str, **_: Any) -> None:
    """What the transactions of a block, or of the latest, led to."""
    _rpc("block_results", height, node, output, None)


def _rpc(method: str, height: int | None, node: str, output: str, part: str | None) -> None:
    from akashpy.client.rpc import RpcTransport

    async def main() -> Any:
        rpc = RpcTransport(node)
        try:
            return await rpc.ask(method, {"height": str(height)} if height else {})
        finally:
            await rpc.close()

    found = run(main)
    show(found[part] if part else found, output)
