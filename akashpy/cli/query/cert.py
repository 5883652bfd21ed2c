"""`akashpy query cert`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options


@click.group(cls=LazyGroup)
def cert() -> None:
    """Certificates."""


@cert.command("list")
@click.option("--owner", default="", help="Only this account's.")
@click.option("--serial", default="", help="Only this one; needs --owner.")
@click.option("--state", default="", help="valid or revoked.")
@paging_options
@query_options
def list_(owner: str, serial: str, state: str, **options: Any) -> None:
    """Certificates that match."""
    from akashpy.wire import cert as wire

    request = wire.QueryCertificatesRequest(
        filter=wire.CertificateFilter(owner=owner, serial=serial, state=state),
        pagination=page_request(options),
    )
    path = "/akash.cert.v1.Query/Certificates"
    ask(path, request, wire.QueryCertificatesResponse, options)
