"""Gateway tokens: Akash's own test tokens, signatures, rules of claims, and what they permit."""

from dataclasses import replace
from typing import Any

import pytest

from akashpy.keys import jwt
from akashpy.keys.jwt import (
    Claims,
    DeploymentPermission,
    InvalidClaims,
    InvalidToken,
    Permission,
    decode,
)
from akashpy.keys.secp256k1 import PrivateKey

KEY = PrivateKey(bytes(31) + b"\x09")
PROVIDER = PrivateKey(bytes(31) + b"\x0a").address
OTHER = PrivateKey(bytes(31) + b"\x0b").address
NOW = 1_800_000_000
FULL = Claims(KEY.address, NOW, NOW, NOW + 900)
PART = DeploymentPermission(5, ("logs", "status"), gseq=1, oseq=2, services=("web",))
GRANULAR = replace(
    FULL,
    access="granular",
    permissions=(
        Permission(
            PROVIDER,
            "granular",
            deployments=(PART, DeploymentPermission(6, ("shell",), services=("web",))),
        ),
        Permission(OTHER, "scoped", ("events",)),
    ),
)

SIGNED_BY = bytes.fromhex("03e1fde5cc17f56501ed53d87718df76c135b9a6401dceb53d198111a1eaf85f76")
GO_TOKEN = (
    "eyJhbGciOiJFUzI1NksiLCJ0eXAiOiJKV1QifQ.eyJ2ZXJzaW9uIjoiIiwibGVhc2VzIjp7ImFjY2VzcyI6IiJ9fQ."
    "fQFwGyhJDyF9i_zCX6IwJ43_arjs_1qJmxNSph6t8INMMZ7hBvrzwg0Ym8N06G7O_ZDw0mujQCfmOmR1jegnmA"
)
GO_WALLET_TOKEN = (
    "eyJhbGciOiJFUzI1NktBRFIzNiIsInR5cCI6IkpXVCJ9."
    "eyJ2ZXJzaW9uIjoiIiwibGVhc2VzIjp7ImFjY2VzcyI6IiJ9fQ."
    "22E6loqRf26cdpE-SqL2g1bN2utaFxNSEo-tFgbr8ZYpewJzy13Oo7xePj_WHgPJh6xpU9iw58TYyf5rEayTeA"
)


@pytest.mark.parametrize("text", [GO_TOKEN, GO_WALLET_TOKEN])
def test_tokens_signed_by_akashs_programs(text: str) -> None:
    token = decode(text)
    token.verify(SIGNED_BY)
    with pytest.raises(InvalidToken):
        token.verify(KEY.public)
    with pytest.raises(InvalidToken):
        replace(token, signed=token.signed + b"x").verify(SIGNED_BY)


@pytest.mark.parametrize(
    "claims", [FULL, GRANULAR, replace(FULL, access="scoped", scope=("logs",))]
)
def test_issued_tokens_are_read_back_and_accepted(claims: Claims) -> None:
    token = decode(jwt.issue(KEY, claims))
    assert token.claims == claims
    assert token.issuer == KEY.address
    token.verify(KEY.public)
    token.claims.validate(NOW)


def test_a_fresh_token_lives_fifteen_minutes() -> None:
    claims = decode(jwt.access_token(KEY, now=NOW)).claims
    assert (claims.access, claims.expires_at) == ("full", NOW + 900)
    assert claims.jti
    claims.validate(NOW + 899)


@pytest.mark.parametrize("now", [NOW - 1, NOW - 0.001, NOW + 900, NOW + 10**9])
def test_times_have_no_leeway(now: float) -> None:
    with pytest.raises(InvalidClaims):
        FULL.validate(now)


SCOPED = replace(FULL, access="scoped", scope=("logs",))


def granular(permission: Permission) -> Claims:
    return replace(FULL, access="granular", permissions=(permission,))


def part(**change: Any) -> Claims:
    return granular(Permission(PROVIDER, "granular", deployments=(replace(PART, **change),)))


@pytest.mark.parametrize(
    "claims",
    [
        replace(FULL, issued_at=None),
        replace(FULL, not_before=None),
        replace(FULL, expires_at=None),
        replace(FULL, version=""),
        replace(FULL, version="v2"),
        replace(FULL, issuer="me"),
        replace(FULL, access=""),
        replace(FULL, access="all"),
        replace(FULL, scope=("logs",)),
        replace(SCOPED, scope=()),
        replace(SCOPED, scope=("logs", "logs")),
        replace(SCOPED, scope=("fly",)),
        replace(FULL, permissions=GRANULAR.permissions),
        replace(GRANULAR, permissions=()),
        replace(GRANULAR, permissions=GRANULAR.permissions[1:] * 2),
        granular(Permission("me", "full")),
        granular(Permission(PROVIDER, "all")),
        granular(Permission(PROVIDER, "full", ("logs",))),
        granular(Permission(PROVIDER, "scoped")),
        granular(Permission(PROVIDER, "scoped", ("fly",))),
        granular(Permission(PROVIDER, "granular")),
        granular(Permission(PROVIDER, "full", deployments=(PART,))),
        part(dseq=0),
        part(gseq=0),
        part(scope=()),
        part(scope=("fly",)),
        part(services=("web", "web")),
        part(services=()),
    ],
)
def test_each_rule_of_claims(claims: Claims) -> None:
    with pytest.raises(InvalidClaims):
        claims.validate(NOW)


def test_what_full_access_permits() -> None:
    assert FULL.allows_provider(PROVIDER)
    assert FULL.allows_lease(KEY.address, PROVIDER, 5)
    assert not FULL.allows_lease(OTHER, PROVIDER, 5)
    assert FULL.allows_scope("shell", PROVIDER, 5)


def test_what_scoped_access_permits() -> None:
    assert SCOPED.allows_lease(KEY.address, PROVIDER, 5, 1, 1)
    assert SCOPED.allows_scope("logs", PROVIDER, 5)
    assert not SCOPED.allows_scope("shell", PROVIDER, 5)


def test_what_granular_access_permits() -> None:
    mine = KEY.address
    assert GRANULAR.allows_provider(PROVIDER)
    assert not GRANULAR.allows_provider(mine)
    assert GRANULAR.allows_lease(mine, PROVIDER, 5)
    assert GRANULAR.allows_lease(mine, PROVIDER, 5, 1, 2)
    assert not GRANULAR.allows_lease(mine, PROVIDER, 5, 1, 3)
    assert not GRANULAR.allows_lease(mine, PROVIDER, 5, 2, 2)
    assert GRANULAR.allows_lease(mine, PROVIDER, 6, 9, 9)
    assert not GRANULAR.allows_lease(mine, PROVIDER, 7)
    assert not GRANULAR.allows_lease(OTHER, PROVIDER, 5)
    assert GRANULAR.allows_lease(mine, OTHER, 7)
    assert GRANULAR.allows_scope("logs", PROVIDER, 5, 1, 2)
    assert not GRANULAR.allows_scope("shell", PROVIDER, 5, 1, 2)
    assert GRANULAR.allows_scope("shell", PROVIDER, 6)
    assert GRANULAR.allows_scope("events", OTHER, 1)
    assert not GRANULAR.allows_scope("logs", OTHER, 1)
    assert not GRANULAR.allows_scope("logs", mine, 5)
    full_there = granular(Permission(PROVIDER, "full"))
    assert full_there.allows_lease(mine, PROVIDER, 9)
    assert full_there.allows_scope("shell", PROVIDER, 9)


HUGE_GSEQ = jwt._encode({"leases": {"permissions": [{"deployments": [{"gseq": 2**32}]}]}})
HUGE_TIME = jwt._text(b'{"exp": 1e999}')
HEADER = jwt._encode({"alg": "ES256K", "typ": "JWT"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "!.!.!",
        f"{jwt._encode({'alg': 'none'})}.{jwt._encode({})}.",
        f"{jwt._encode({'alg': 'HS256'})}.{jwt._encode({})}.",
        f"{HEADER}.{jwt._text(b'[]')}.",
        f"{HEADER}.{jwt._text(b'[' * 60_000)}.",
        f"{HEADER}.{jwt._encode({'iss': 5})}.",
        f"{HEADER}.{jwt._encode({'exp': 'x'})}.",
        f"{HEADER}.{jwt._encode({'exp': True})}.",
        f"{HEADER}.{HUGE_TIME}.",
        f"{HEADER}.{jwt._encode({'leases': []})}.",
        f"{HEADER}.{jwt._encode({'leases': {'scope': 'logs'}})}.",
        f"{HEADER}.{jwt._encode({'leases': {'permissions': [5]}})}.",
        f"{HEADER}.{jwt._encode({'leases': {'permissions': [{'deployments': [{'dseq': -1}]}]}})}.",
        f"{HEADER}.{HUGE_GSEQ}.",
        f"{HEADER}.{jwt._encode({})}.a=",
        f"{HEADER}.{jwt._encode({'x': 'y' * 70_000})}.",
    ],
)
def test_texts_that_are_no_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        decode(text)


def test_an_issuer_that_is_no_address() -> None:
    with pytest.raises(InvalidToken):
        _ = decode(jwt.issue(KEY, replace(FULL, issuer="me"))).issuer


def test_high_s_is_refused() -> None:
    token = decode(jwt.issue(KEY, FULL))
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = order - int.from_bytes(token.signature[32:], "big")
    spoilt = replace(token, signature=token.signature[:32] + high.to_bytes(32, "big"))
    with pytest.raises(InvalidToken):
        spoilt.verify(KEY.public)
