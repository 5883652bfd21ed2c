"""Who is let through: tokens and certificates, as a real provider was seen to judge them.

The matrix of tokens follows the recordings; what a token's text may look like is tested with keys.
"""

from __future__ import annotations

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from akashpy.keys import jwt
from akashpy.keys.secp256k1 import ORDER, PrivateKey
from akashpy.types.address import Address
from tests.provider.gateway.fake import DSEQ, PROVIDER, TENANT, TENANT_KEY, FakeBackend

STATUS = f"/lease/{DSEQ}/1/1/status"
OTHER = PrivateKey(b"\x08" * 32)
INVALID = (401, {"message": "JWT is invalid"})
BAD_CLAIMS = (400, {"message": "JWT has invalid claims"})
UNAUTHORIZED = (401, {"message": "unauthorized access"})


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _part(value: object) -> str:
    return _b64(json.dumps(value).encode())


def payload(**changes: Any) -> dict[str, Any]:
    """Claims of a good token; None takes a member out."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": str(TENANT),
        "iat": now,
        "nbf": now - 5,
        "exp": now + 900,
        "version": "v1",
        "leases": {"access": "full"},
    }
    return {k: v for k, v in (claims | changes).items() if v is not None}


def token(claims: dict[str, Any], *, alg: str = "ES256K", key: PrivateKey = TENANT_KEY) -> str:
    """A token signed over the plain text."""
    signed = f"{_part({'alg': alg, 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_b64(key.sign(signed.encode()))}"


def wallet_token(claims: dict[str, Any]) -> str:
    """A token signed as a wallet signs."""
    signed = f"{_part({'alg': 'ES256KADR36', 'typ': 'JWT'})}.{_part(claims)}"
    data = {"data": b64encode(signed.encode()).decode(), "signer": str(TENANT)}
    document = {
        "account_number": "0",
        "chain_id": "",
        "fee": {"amount": [], "gas": "0"},
        "memo": "",
        "msgs": [{"type": "sign/MsgSignData", "value": data}],
        "sequence": "0",
    }
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    return f"{signed}.{_b64(TENANT_KEY.sign(text.encode()))}"


def high_s(text: str) -> str:
    """The same token with the other, equally true signature that Cosmos refuses."""
    signed, _, signature = text.rpartition(".")
    raw = jwt._bytes(signature)
    s = ORDER - int.from_bytes(raw[32:], "big")
    return f"{signed}.{_b64(raw[:32] + s.to_bytes(32, 'big'))}"


def scoped(*scope: str) -> dict[str, Any]:
    return {"access": "scoped", "scope": list(scope)}


def granular(*permissions: dict[str, Any]) -> dict[str, Any]:
    return {"access": "granular", "permissions": list(permissions)}


def at_provider(provider: Address = PROVIDER, **more: Any) -> dict[str, Any]:
    return {"provider": str(provider), "access": "full"} | more


def deployment(**more: Any) -> dict[str, Any]:
    one = {"dseq": DSEQ, "scope": ["status"], "services": ["other"]} | more
    kept = {k: v for k, v in one.items() if v is not None}
    return granular(at_provider(access="granular", deployments=[kept]))


async def ask(client: aiohttp.ClientSession, path: str, authorization: str) -> tuple[int, Any]:
    async with client.get(path, headers={"Authorization": authorization}) as answer:
        return answer.status, await answer.json(content_type=None)


@pytest.mark.parametrize(
    "leases",
    [
        {"access": "full"},
        scoped("status"),
        granular(at_provider()),
        granular(at_provider(access="scoped", scope=["status"])),
        deployment(),
        deployment(gseq=1, oseq=1),
    ],
)
async def test_a_token_that_permits_it_is_let_through(
    anyone: aiohttp.ClientSession, leases: dict[str, Any]
) -> None:
    claims = payload(leases=leases, jti="once", novel=1)
    for text in (token(claims), wallet_token(claims)):
        status, body = await ask(anyone, STATUS, f"bearer {text}")
        assert (status, list(body["services"])) == (200, ["web"])


@pytest.mark.parametrize(
    "leases",
    [
        scoped("logs"),
        granular(at_provider(access="scoped", scope=["logs"])),
        granular(at_provider(TENANT)),
        deployment(dseq=7),
        deployment(gseq=2),
        deployment(scope=["logs"]),
    ],
)
async def test_a_token_that_does_not_permit_it_is_not(
    anyone: aiohttp.ClientSession, leases: dict[str, Any]
) -> None:
    assert await ask(anyone, STATUS, f"Bearer {token(payload(leases=leases))}") == UNAUTHORIZED


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"nbf": None},
        {"iat": None},
        {"version": None},
        {"version": "v2"},
        {"leases": None},
        {"leases": {"access": "bogus"}},
        {"leases": scoped()},
        {"leases": scoped("status", "status")},
        {"leases": scoped("bogus")},
        {"leases": {"access": "full", "scope": ["status"]}},
        {"leases": granular()},
        {"leases": deployment(services=None)},
    ],
)
async def test_bad_claims_are_400(anyone: aiohttp.ClientSession, changes: dict[str, Any]) -> None:
    assert await ask(anyone, STATUS, f"Bearer {token(payload(**changes))}") == BAD_CLAIMS


async def test_a_token_is_good_between_its_times_only(anyone: aiohttp.ClientSession) -> None:
    now = int(time.time())
    for changes in ({"exp": now - 1}, {"nbf": now + 600}):
        assert await ask(anyone, STATUS, f"Bearer {token(payload(**changes))}") == BAD_CLAIMS


@pytest.mark.parametrize(
    "made",
    [
        lambda: "garbage",
        lambda: token(payload(), key=OTHER),
        lambda: token(payload(iss=str(OTHER.address)), key=OTHER),
        lambda: token(payload(iss="nobody")),
        lambda: token(payload(iss=None)),
        lambda: token(payload(), alg="none"),
        lambda: token(payload(), alg="HS256"),
        lambda: token(payload(), alg="ES256KADR36"),
        lambda: high_s(token(payload())),
        lambda: token(payload())[:-8] + "AAAAAAAA",
    ],
    ids=range(10),
)
async def test_a_token_not_to_be_believed_is_401(
    anyone: aiohttp.ClientSession, made: Callable[[], str]
) -> None:
    text = made()
    for path in (STATUS, "/address"):
        assert await ask(anyone, path, f"Bearer {text}") == INVALID


async def test_an_unknown_account_is_refused_each_time(
    anyone: aiohttp.ClientSession, backend: FakeBackend
) -> None:
    """A real provider hangs from the second request on."""
    backend.keys.clear()
    for _ in range(3):
        assert await ask(anyone, STATUS, f"Bearer {token(payload())}") == INVALID


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer a b", "Bearer  a"])
async def test_a_malformed_header_is_400(anyone: aiohttp.ClientSession, header: str) -> None:
    assert await ask(anyone, STATUS, header) == (400, {"message": "invalid authorization header"})


async def test_an_empty_header_is_nobody(anyone: aiohttp.ClientSession) -> None:
    assert await ask(anyone, STATUS, "") == UNAUTHORIZED


async def test_certificate_and_token_together_are_refused(tenant: aiohttp.ClientSession) -> None:
    text = "auth: ambiguous authentication. may not use mTLS and JWT at the same time"
    assert await ask(tenant, STATUS, f"Bearer {token(payload())}") == (400, {"message": text})


async def test_an_unknown_path_is_told_before_the_token_is_read(
    anyone: aiohttp.ClientSession,
) -> None:
    async with anyone.get("/nope", headers={"Authorization": "Bearer garbage"}) as answer:
        assert (answer.status, await answer.text()) == (404, "404 page not found\n")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("PUT", f"/deployment/{DSEQ}/manifest", "send-manifest"),
        ("GET", f"/lease/{DSEQ}/1/1/manifest", "get-manifest"),
        ("GET", f"/lease/{DSEQ}/1/1/status", "status"),
        ("GET", f"/lease/{DSEQ}/1/1/kubeevents", "events"),
        ("GET", f"/lease/{DSEQ}/1/1/logs", "logs"),
        ("GET", f"/lease/{DSEQ}/1/1/shell", "shell"),
    ],
)
async def test_every_route_has_its_scope(
    anyone: aiohttp.ClientSession, method: str, path: str, scope: str
) -> None:
    for granted in jwt.SCOPES:
        header = {"Authorization": f"Bearer {token(payload(leases=scoped(granted)))}"}
        async with anyone.request(method, path, headers=header, data=b"[]") as answer:
            assert (answer.status == 401) is (granted != scope)


async def test_a_manifest_needs_rights_on_its_deployment_only(
    anyone: aiohttp.ClientSession, backend: FakeBackend
) -> None:
    leases = deployment(scope=["send-manifest"], gseq=2)
    header = {"Authorization": f"Bearer {token(payload(leases=leases))}"}
    async with anyone.put(f"/deployment/{DSEQ}/manifest", headers=header, data=b"[]") as answer:
        assert answer.status == 200
    assert backend.submitted == [(TENANT, DSEQ, [])]
