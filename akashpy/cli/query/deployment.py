"""`akashpy query deployment`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/akash.deployment.v1beta4.Query/"


@click.group(cls=LazyGroup)
def deployment() -> None:
    """Deployments and their groups."""


@deployment.command("list")
@click.option("--owner", default="", help="Only this owner's.")
@click.option("--dseq", type=int, default=0, help="Only this one.")
@click.option("--state", default="", help="active or closed.")
@paging_options
@query_options
def list_(owner: str, dseq: int, state: str, **options: Any) -> None:
    """Deployments that match."""
    from akashpy.wire import deployment as wire

    request = wire.QueryDeploymentsRequest(
        filters=wire.DeploymentFilters(owner=owner, dseq=dseq, state=state),
        pagination=page_request(options),
    )
    ask(SERVICE + "Deployments", request, wire.QueryDeploymentsResponse, options)


@deployment.command()
@click.option("--owner", required=True)
@click.option("--dseq", type=int, required=True)
@query_options
def get(owner: str, dseq: int, **options: Any) -> None:
    """One deployment with its groups and escrow account."""
    from akashpy.wire import deployment as wire

    request = wire.QueryDeploymentRequest(id=wire.DeploymentID(owner=owner, dseq=dseq))
    ask(SERVICE + "Deployment", request, wire.QueryDeploymentResponse, options)


@deployment.group(cls=LazyGroup)
def group() -> None:
    """Groups of deployments."""


@group.command("get")
@click.option("--owner", required=True)
@click.option("--dseq", type=int, required=True)
@click.option("--gseq", type=int, default=1, show_default=True)
@query_options
def group_get(owner: str, dseq: int, gseq: int, **options: Any) -> None:
    """One group."""
    from akashpy.wire import deployment as wire

    request = wire.QueryGroupRequest(id=wire.GroupID(owner=owner, dseq=dseq, gseq=gseq))
    ask(SERVICE + "Group", request, wire.QueryGroupResponse, options, part="group")


@deployment.command()
@query_options
def params(**options: Any) -> None:
    """The module's parameters."""
    from akashpy.wire import deployment as wire

    ask(SERVICE + "Params", wire.QueryParamsRequest(), wire.QueryParamsResponse, options)
