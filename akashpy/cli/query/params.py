"""`akashpy query params`: what this chain settles in and mends, and the legacy subspaces."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.query.ask import ask, query_options


@click.group(invoke_without_command=True)
@query_options
@click.pass_context
def params(ctx: click.Context, /, **options: Any) -> None:
    """Settlement denominations and fixes of a chain made with akashpy."""
    if ctx.invoked_subcommand is not None:
        return
    from akashpy.wire import chain as wire

    request = wire.QueryParamsRequest()
    ask("/akashpy.chain.v1.Query/Params", request, wire.QueryParamsResponse, options)


@params.command()
@click.argument("subspace")
@click.argument("key")
@query_options
def subspace(subspace: str, key: str, **options: Any) -> None:
    """A value of the legacy parameter store, which no module reads any more."""
    from akashpy.wire import params as wire

    request = wire.QueryParamsRequest(subspace=subspace, key=key)
    response = wire.QueryParamsResponse
    ask("/cosmos.params.v1beta1.Query/Params", request, response, options, part="param")
