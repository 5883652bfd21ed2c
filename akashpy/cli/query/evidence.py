"""`akashpy query evidence`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.evidence.v1beta1.Query/"


@click.command()
@click.argument("evidence_hash", metavar="[HASH]", default="")
@paging_options
@query_options
def evidence(evidence_hash: str, **options: Any) -> None:
    """Evidence of validators who signed twice: by its hash, or all."""
    from akashpy.wire import evidence as wire

    if evidence_hash:
        request = wire.QueryEvidenceRequest(hash=evidence_hash)
        response = wire.QueryEvidenceResponse
        ask(SERVICE + "Evidence", request, response, options, part="evidence")
        return
    every = wire.QueryAllEvidenceRequest(pagination=page_request(options))
    ask(SERVICE + "AllEvidence", every, wire.QueryAllEvidenceResponse, options)
