"""`akashpy tx cert`: certificates by which tenants and providers know each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.output import say
from akashpy.cli.tx.flags import DURATION, flag, stacked, switch, tx_flags

YEAR = 8760 * 3600 * 10**9


@click.group(cls=LazyGroup)
def cert() -> None:
    """Certificates: generate one into the home, publish it, revoke it."""


@cert.group(cls=LazyGroup)
def generate() -> None:
    """Make a certificate in the home."""


@cert.group(cls=LazyGroup)
def publish() -> None:
    """Put the home's certificate on the chain."""


@cert.group(cls=LazyGroup)
def revoke() -> None:
    """Declare a certificate invalid for good."""


_generating = stacked(
    flag("--start-time", default="", help="Valid from, as RFC 3339.  [default: now]"),
    flag("--valid-duration", type=DURATION, default=YEAR, show_default="8760h",
         help="How long it is valid."),
    switch("--overwrite", help="Replace a certificate that is there."),
    tx_flags,
)  # fmt: skip


@generate.command("client")
@_generating
def generate_client(**options: Any) -> None:
    """A tenant's certificate."""
    _generate((), **options)


@generate.command("server")
@click.argument("domains", nargs=-1, required=True)
@_generating
def generate_server(domains: tuple[str, ...], **options: Any) -> None:
    """A provider's certificate for its names or IP addresses."""
    _generate(domains, **options)


def _generate(
    domains: tuple[str, ...], start_time: str, valid_duration: int, overwrite: bool, **options: Any
) -> None:
    from datetime import UTC, datetime, timedelta

    from akashpy.cli.tx.sender import key_of
    from akashpy.keys.x509 import Certificate, path_of

    if not options["sender"]:
        raise click.UsageError('required flag(s) "from" not set: name the key that signs')
    key = key_of(options)
    home: Path = options["home"]
    path = path_of(home, key.address)
    if path.exists() and not overwrite:
        raise click.ClickException(
            f"{path}: a certificate is there already; replace it with --overwrite"
        )
    start = None
    if start_time:
        try:
            start = datetime.fromisoformat(start_time)
        except ValueError as error:
            raise click.UsageError(
                f"--start-time {start_time!r} is no RFC 3339 time: {error}"
            ) from error
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
    length = timedelta(microseconds=valid_duration // 1000)
    made = Certificate.generate(key.address, domains=domains, not_before=start, valid_for=length)
    say(f"certificate {made.serial} written to {made.save(home, key)}")


def _publishing(kind: str) -> None:
    @publish.command(kind)
    @switch("--to-genesis", help="Add it to the genesis file instead.")
    @tx_flags
    def command(to_genesis: bool, **options: Any) -> None:
        from akashpy.cli.tx.certificate import load
        from akashpy.cli.tx.sender import key_of
        from akashpy.cli.tx.session import Session, transact
        from akashpy.wire import cert as wire

        if to_genesis:
            raise click.UsageError(
                "--to-genesis is not available: publish it in a transaction of the running chain"
            )

        async def write(session: Session) -> list[wire.MsgCreateCertificate]:
            found = load(session, session.account.key or key_of(options))
            return [
                wire.MsgCreateCertificate(
                    owner=session.address, cert=found.cert_pem, pubkey=found.pubkey_pem
                )
            ]

        transact(options, write)

    command.help = f"Publish the home's {kind} certificate."


def _revoking(kind: str) -> None:
    @revoke.command(kind)
    @flag("--serial", default="", help="Its serial number.  [default: the home's certificate]")
    @tx_flags
    def command(serial: str, **options: Any) -> None:
        from akashpy.cli.tx.certificate import load
        from akashpy.cli.tx.sender import key_of
        from akashpy.cli.tx.session import Session, transact
        from akashpy.wire import cert as wire

        async def write(session: Session) -> list[wire.MsgRevokeCertificate]:
            named = serial or str(load(session, session.account.key or key_of(options)).serial)
            return [wire.MsgRevokeCertificate(id=wire.ID(owner=session.address, serial=named))]

        transact(options, write)

    command.help = f"Revoke a {kind} certificate."


for _kind in ("client", "server"):
    _publishing(_kind)
    _revoking(_kind)
