"""`akashpy-provider init`: from nothing to a provider that may run. Every step may be repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import click

from provider.cli.options import (
    FILE,
    chain_options,
    output_option,
    passphrase,
    read_file,
    run_async,
    settings_of,
    show,
)

NUMBERS = ("cpu", "memory", "endpoint", "ip")


@click.command()
@chain_options
@click.option("--host", help="Address of the gateway, like https://provider.example:8443.")
@click.option("--attribute", "attributes", multiple=True, help="key=value; may be repeated.")
@click.option("--email", help="Shown on chain.")
@click.option("--website", help="Shown on chain.")
@click.option(
    "--price",
    "prices",
    multiple=True,
    help="In base units per block, for both tokens: cpu=0.01 (a thousandth of a core), "
    "memory=0.002 (a MiB), storage.ephemeral=, gpu.a100=, endpoint=, ip=.",
)
@output_option
def init(
    home: Path,
    host: str | None,
    attributes: tuple[str, ...],
    email: str | None,
    website: str | None,
    prices: tuple[str, ...],
    output: str,
    **flags: Any,
) -> None:
    """Write provider.yaml, make or use the key and the certificate, register on chain.

    The account must have coins for fees; when it has none, its address is shown. Run again after
    any change: what is right already is left alone.
    """
    given = {name.rstrip("_"): value for name, value in flags.items() if value is not None}
    given |= {"host": host} if host else {}
    info = {k: v for k, v in (("email", email), ("website", website)) if v}
    content = read_file(home) | given
    if info:
        content["info"] = content.get("info", {}) | info
    if attributes:
        pairs = (each.partition("=") for each in attributes)
        content["attributes"] = [{"key": key, "value": value} for key, _, value in pairs]
    if prices:
        content["pricing"] = {denom: _prices(prices) for denom in ("uakt", "uact")}
    _write(home, content)
    show(run_async(lambda: _init(home)), output)


async def _init(home: Path) -> dict[str, Any]:
    from akashpy.client.broadcast import BroadcastSettings
    from akashpy.client.client import Client
    from akashpy.client.errors import StatusRefusal
    from akashpy.client.fees import FeePolicy
    from akashpy.client.signer import KeySigner
    from akashpy.keys.ring import Keyring
    from akashpy.types.errors import Status
    from provider.errors import GiveUp
    from provider.register import certificate, publish, register

    settings = settings_of(home, {})
    backend = cast(Literal["test", "file"], settings.keyring_backend)
    ring = Keyring.open(settings.keyring_dir or home, backend, passphrase)
    key = _key(ring, settings.key)
    _write(home, read_file(home) | {"owner": str(key.address)})
    own = certificate(home, key, settings.host)
    signer = KeySigner(key)
    fees = BroadcastSettings(fees=FeePolicy(prices=settings.gas_prices))
    async with Client.connect(settings.grpc_addr, settings.node, settings=fees) as client:
        try:
            await client.query.auth.account(str(key.address))
        except StatusRefusal as error:
            if error.status is not Status.NOT_FOUND:
                raise
            raise GiveUp(
                f"account {key.address} has no coins yet: send it some and run init again"
            ) from error
        published = await publish(client, signer, own)
        record = await register(client, signer, settings.host, settings.attributes, settings.info)
    return {
        "address": str(key.address),
        "host": settings.host,
        "file": str(home / FILE),
        "certificate": str(own.serial),
        "published": published,
        "record": record,
    }


def _key(ring: Any, name: str) -> Any:
    """The key of that name, or a new one whose mnemonic is shown once."""
    from akashpy.keys import mnemonic
    from akashpy.types.errors import KeyNotFound

    try:
        return ring.key(name)
    except KeyNotFound:
        if name.startswith("akash1"):
            raise
    phrase = mnemonic.generate()
    made = mnemonic.derive(phrase)
    ring.add(name, made)
    click.echo(
        f"A new key {name!r} was made. Write these words down; they are shown only once:\n\n"
        f"{phrase}\n",
        err=True,
    )
    return made


def _prices(given: tuple[str, ...]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for each in given:
        name, equals, amount = each.partition("=")
        kind, _, rest = name.partition(".")
        if not equals or (kind not in NUMBERS and kind not in ("storage", "gpu")):
            raise click.UsageError(f"--price {each!r}: write name=amount, like cpu=0.01")
        if kind in NUMBERS:
            table[kind] = amount
        else:
            table.setdefault(kind, {})[rest or ("ephemeral" if kind == "storage" else "*")] = amount
    return table


def _write(home: Path, content: dict[str, Any]) -> None:
    import yaml

    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    fresh = path.with_suffix(".new")
    fresh.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    fresh.replace(path)
