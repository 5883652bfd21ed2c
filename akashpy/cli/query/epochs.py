"""`akashpy query epochs`: Akash's program has no such command, its chain has the queries."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, query_options

SERVICE = "/akash.epochs.v1beta1.Query/"


@click.group(cls=LazyGroup)
def epochs() -> None:
    """Named lengths of time that the chain counts."""


@epochs.command("epoch-infos")
@query_options
def epoch_infos(**options: Any) -> None:
    """All epochs."""
    from akashpy.wire import epochs as pb

    ask(SERVICE + "EpochInfos", pb.QueryEpochInfosRequest(), pb.QueryEpochInfosResponse, options)


@epochs.command("current-epoch")
@click.argument("identifier")
@query_options
def current_epoch(identifier: str, **options: Any) -> None:
    """The number of one epoch, such as hour."""
    from akashpy.wire import epochs as pb

    request = pb.QueryCurrentEpochRequest(identifier=identifier)
    ask(SERVICE + "CurrentEpoch", request, pb.QueryCurrentEpochResponse, options)
