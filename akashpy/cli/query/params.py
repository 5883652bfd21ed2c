"""`akashpy query params`: what this chain settles in and which of Akash's defects it mends."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.query.ask import ask, query_options


@click.command()
@query_options
def params(**options: Any) -> None:
    """Settlement denominations and fixes of a chain made with akashpy."""
    from akashpy.wire import chain as wire

    request = wire.QueryParamsRequest()
    ask("/akashpy.chain.v1.Query/Params", request, wire.QueryParamsResponse, options)
