"""`akashpy query slashing`."""

from __future__ import annotations

import json
from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.slashing.v1beta1.Query/"


@click.group(cls=LazyGroup)
def slashing() -> None:
    """How validators sign, and what it costs not to."""


@slashing.command()
@query_options
def params(**options: Any) -> None:
    """How many blocks may be missed and what it costs."""
    from akashpy.wire import slashing as wire

    request = wire.QueryParamsRequest()
    ask(SERVICE + "Params", request, wire.QueryParamsResponse, options, part="params")


@slashing.command("signing-info")
@click.argument("validator_conspub")
@query_options
def signing_info(validator_conspub: str, **options: Any) -> None:
    """How a validator signs: by its public key as JSON (`akashpy node show-validator`), or its
    consensus address."""
    from akashpy.wire import slashing as wire

    address = validator_conspub
    if validator_conspub.lstrip().startswith("{"):
        address = _consensus_address(validator_conspub)
    request = wire.QuerySigningInfoRequest(cons_address=address)
    response = wire.QuerySigningInfoResponse
    ask(SERVICE + "SigningInfo", request, response, options, part="val_signing_info")


@slashing.command("signing-infos")
@paging_options
@query_options
def signing_infos(**options: Any) -> None:
    """How all validators sign."""
    from akashpy.wire import slashing as wire

    request = wire.QuerySigningInfosRequest(pagination=page_request(options))
    ask(SERVICE + "SigningInfos", request, wire.QuerySigningInfosResponse, options)


def _consensus_address(text: str) -> str:
    """The consensus address of a public key's JSON. Raises UsageError."""
    from hashlib import sha256

    from akashpy.types.address import VALCONS, Address
    from akashpy.wire import WireError, from_json
    from akashpy.wire.crypto import Ed25519PubKey

    try:
        found = json.loads(text)
        kind = found.pop("@type", "")
        key = from_json(Ed25519PubKey, found).key
    except (ValueError, AttributeError, WireError) as error:
        raise click.UsageError(f"public key {text!r}: {error}") from error
    if kind != "/cosmos.crypto.ed25519.PubKey" or len(key) != 32:
        raise click.UsageError(f"public key {text!r} is no /cosmos.crypto.ed25519.PubKey")
    return str(Address.of(sha256(key).digest()[:20], prefix=VALCONS))
