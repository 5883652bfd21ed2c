"""`akashpy auth`: tokens that tell a provider who asks."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, signing_flags

ACCESSES = ("full", "scoped", "granular")


@click.group(cls=LazyGroup)
def auth() -> None:
    """Tokens for providers."""


@auth.command()
@flag("--access", type=click.Choice(ACCESSES), default="full", help="What it permits.")
@flag("--exp", default="15m", help="Until when: a length such as 15m, or a unix time.")
@flag("--nbf", default="", help="From when: a length such as 15m, or a unix time.  [default: now]")
@flag("--scope", default="", help="With --access scoped: a list such as logs,status.")
@signing_flags
def jwt(access: str, exp: str, nbf: str, scope: str, **options: Any) -> None:
    """Print a token (ES256K) that a provider's gateway takes as `Authorization: Bearer`."""
    import time

    from akashpy.cli.tx.sender import key_of
    from akashpy.keys.jwt import Claims, InvalidClaims, issue

    if not options["sender"]:
        raise click.UsageError('required flag(s) "from" not set: name the key that signs')
    scopes = tuple(word.strip() for word in scope.split(",") if word.strip())
    if scopes and access != "scoped":
        raise click.UsageError("--scope is only for --access scoped")
    if access == "granular":
        raise click.UsageError(
            "--access granular needs a list of permissions, which no flag can say: "
            "make the token with akashpy.keys.jwt"
        )
    now = int(time.time())
    begins = _moment(nbf, now, "--nbf") if nbf else now
    ends = _moment(exp, begins, "--exp")
    if begins >= ends:
        raise click.UsageError(
            f"`nbf` value is invalid. expected {begins} (nbf) < {ends} (exp): choose another --exp"
        )
    key = key_of(options)
    claims = Claims(
        issuer=str(key.address),
        issued_at=now,
        not_before=begins,
        expires_at=ends,
        access=access,
        scope=scopes,
    )
    try:
        claims.validate(begins)
    except InvalidClaims as error:
        raise click.UsageError(f"--scope {scope!r}: {error}") from error
    click.echo(issue(key, claims))


def _moment(text: str, start: int, name: str) -> int:
    """A unix time, or a length of time after `start`, in seconds."""
    from sdl.quantity import QuantityError, parse_duration

    if text.isdecimal():
        return int(text)
    try:
        return start + parse_duration(text) // 10**9
    except QuantityError as error:
        raise click.UsageError(f"{name} {text!r}: {error}; write 15m, 1h or a unix time") from error
