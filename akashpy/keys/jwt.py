"""Tokens by which a tenant shows a provider who it is (ES256K, ES256KADR36).

Makes them, reads them, checks signature and claims, and says what they permit; a gateway decides
what to answer. It must not know HTTP, nor how the issuer's public key is found.
Source: chain-sdk `go/util/jwt`, its test corpus, and `specs/jwt-schema.json`.
"""

import binascii
import json
import secrets
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from akashpy.keys.secp256k1 import PrivateKey, address_of, verify
from akashpy.types.address import Address
from akashpy.types.errors import InvalidAddress

PLAIN = "ES256K"
WALLET = "ES256KADR36"
"""The same signature over an ADR-36 document, as browser wallets make it."""
VERSION = "v1"
LIFETIME = 900
"""Seconds; what the Go client asks for."""
ACCESSES = ("full", "scoped", "granular")
SCOPES = (
    "send-manifest",
    "get-manifest",
    "logs",
    "shell",
    "events",
    "status",
    "restart",
    "hostname-migrate",
    "ip-migrate",
    "attestation",
)
MAX_TOKEN = 64 * 1024
"""Characters; longer texts are refused unread."""


class JwtError(Exception):
    """A token that is not accepted."""


class InvalidToken(JwtError):
    """Not a token, not signed by its issuer, or of an unknown kind."""


class InvalidClaims(JwtError):
    """Rightly signed, but expired, not valid yet, or breaking the rules of claims."""


@dataclass(frozen=True, slots=True)
class DeploymentPermission:
    """Rights on one deployment, or a part of it; 0 means any group or order."""

    dseq: int
    scope: tuple[str, ...]
    gseq: int = 0
    oseq: int = 0
    services: tuple[str, ...] = ()

    def covers(self, dseq: int, gseq: int, oseq: int) -> bool:
        """Whether a lease (or with zeros a deployment) is meant."""
        return (
            self.dseq == dseq
            and (not gseq or not self.gseq or self.gseq == gseq)
            and (not oseq or not self.oseq or self.oseq == oseq)
        )

    def problem(self) -> str:
        """What breaks the rules, or ""."""
        if self.dseq == 0:
            return "a deployment's dseq is missing"
        if self.oseq and not self.gseq:
            return "oseq needs gseq"
        if not self.services:
            return "services are missing"  # required though no route looks at them
        if len(set(self.services)) != len(self.services):
            return "services are repeated"
        return _scope_problem(self.scope)


@dataclass(frozen=True, slots=True)
class Permission:
    """Rights at one provider."""

    provider: str
    access: str
    scope: tuple[str, ...] = ()
    deployments: tuple[DeploymentPermission, ...] = ()

    def problem(self) -> str:
        """What breaks the rules, or ""."""
        if not Address.is_valid(self.provider):
            return f"provider {self.provider!r} is no address"
        if self.access not in ACCESSES:
            return f"access {self.access!r} is unknown"
        if (self.access == "scoped") != bool(self.scope):
            return "scope goes with access scoped, and only with it"
        if (self.access == "granular") != bool(self.deployments):
            return "deployments go with access granular, and only with it"
        if self.scope and (why := _scope_problem(self.scope)):
            return why
        return next((why for one in self.deployments if (why := one.problem())), "")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. Times are unix seconds; None where the token has none."""

    issuer: str
    issued_at: int | None
    not_before: int | None
    expires_at: int | None
    access: str = "full"
    scope: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    version: str = VERSION
    jti: str = ""

    def validate(self, now: float) -> None:
        """Check times without leeway, then the rules. Raises InvalidClaims."""
        if self.expires_at is None or self.not_before is None or self.issued_at is None:
            raise InvalidClaims("iat, nbf and exp are required")
        if now >= self.expires_at:
            raise InvalidClaims("token is expired")
        if now < self.not_before:
            raise InvalidClaims("token is not valid yet")
        if why := self._problem():
            raise InvalidClaims(why)

    def allows_provider(self, provider: str) -> bool:
        """Whether the token may be used at this provider at all."""
        return self.access != "granular" or self._permission(provider) is not None

    def allows_lease(
        self, owner: str, provider: str, dseq: int, gseq: int = 0, oseq: int = 0
    ) -> bool:
        """Whether the token is for this owner's deployment or lease at this provider."""
        if self.access != "granular":
            return self.issuer == owner
        permission = self._permission(provider)
        if permission is None or self.issuer != owner:
            return False
        if permission.access != "granular":
            return True
        return any(one.covers(dseq, gseq, oseq) for one in permission.deployments)

    def allows_scope(
        self, scope: str, provider: str, dseq: int = 0, gseq: int = 0, oseq: int = 0
    ) -> bool:
        """Whether the token permits one kind of action on a deployment or lease."""
        if self.access == "full":
            return True
        if self.access == "scoped":
            return scope in self.scope
        permission = self._permission(provider)
        if permission is None:
            return False
        if permission.access == "full":
            return True
        if permission.access == "scoped":
            return scope in permission.scope
        return any(
            scope in one.scope for one in permission.deployments if one.covers(dseq, gseq, oseq)
        )

    def _permission(self, provider: str) -> Permission | None:
        return next((one for one in self.permissions if one.provider == provider), None)

    def _problem(self) -> str:
        if self.version != VERSION:
            return f"version {self.version!r} is not {VERSION}"
        if not Address.is_valid(self.issuer):
            return f"issuer {self.issuer!r} is no address"
        if self.access not in ACCESSES:
            return f"access {self.access!r} is unknown"
        if (self.access == "scoped") != bool(self.scope):
            return "scope goes with access scoped, and only with it"
        if (self.access == "granular") != bool(self.permissions):
            return "permissions go with access granular, and only with it"
        if self.scope and (why := _scope_problem(self.scope)):
            return why
        providers = [one.provider for one in self.permissions]
        if len(set(providers)) != len(providers):
            return "a provider is named twice"
        return next((why for one in self.permissions if (why := one.problem())), "")


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was read but not checked."""

    algorithm: str
    claims: Claims
    signed: bytes
    signature: bytes

    @property
    def issuer(self) -> Address:
        """Whose key must have signed it. Raises InvalidToken."""
        try:
            return Address.parse(self.claims.issuer)
        except InvalidAddress as error:
            raise InvalidToken(f"issuer: {error.detail}") from None

    def verify(self, public: bytes) -> None:
        """Check the signature with the issuer's compressed key. Raises InvalidToken."""
        message = self.signed
        if self.algorithm == WALLET:
            message = _adr36(self.signed, address_of(public))
        if not verify(public, message, self.signature):
            raise InvalidToken("the signature is not the issuer's")


def decode(text: str) -> Token:
    """Read a token without believing it. Raises InvalidToken."""
    parts = text.split(".") if len(text) <= MAX_TOKEN else []
    if len(parts) != 3:
        raise InvalidToken("a token has three parts")
    header, payload = _object(parts[0]), _object(parts[1])
    algorithm = header.get("alg")
    if algorithm not in (PLAIN, WALLET):
        raise InvalidToken(f"alg {algorithm!r} is not {PLAIN} or {WALLET}")
    signed = f"{parts[0]}.{parts[1]}".encode()
    return Token(str(algorithm), _claims(payload), signed, _bytes(parts[2]))


def issue(key: PrivateKey, claims: Claims) -> str:
    """A signed token (ES256K)."""
    header = _encode({"alg": PLAIN, "typ": "JWT"})
    signed = f"{header}.{_encode(_payload(claims))}"
    return f"{signed}.{_text(key.sign(signed.encode()))}"


def access_token(key: PrivateKey, *, now: int, lifetime: int = LIFETIME) -> str:
    """A token for everything the account owns, valid from `now` (unix seconds) on."""
    return issue(
        key,
        Claims(
            issuer=key.address,
            issued_at=now,
            not_before=now,
            expires_at=now + lifetime,
            jti=secrets.token_hex(16),
        ),
    )


def _scope_problem(scope: tuple[str, ...]) -> str:
    if not scope:
        return "scope is empty"
    if len(set(scope)) != len(scope):
        return "scope is repeated"
    unknown = [one for one in scope if one not in SCOPES]
    return f"scope {unknown[0]!r} is unknown" if unknown else ""


def _payload(claims: Claims) -> dict[str, Any]:
    leases: dict[str, Any] = {"access": claims.access}
    if claims.scope:
        leases["scope"] = list(claims.scope)
    if claims.permissions:
        leases["permissions"] = [_permission_json(one) for one in claims.permissions]
    found: dict[str, Any] = {
        "iss": claims.issuer,
        "exp": claims.expires_at,
        "nbf": claims.not_before,
        "iat": claims.issued_at,
        "jti": claims.jti,
        "version": claims.version,
        "leases": leases,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _permission_json(permission: Permission) -> dict[str, Any]:
    found: dict[str, Any] = {"provider": permission.provider, "access": permission.access}
    if permission.scope:
        found["scope"] = list(permission.scope)
    if permission.deployments:
        found["deployments"] = [_deployment_json(one) for one in permission.deployments]
    return found


def _deployment_json(deployment: DeploymentPermission) -> dict[str, Any]:
    found: dict[str, Any] = {
        "dseq": deployment.dseq,
        "scope": list(deployment.scope),
        "gseq": deployment.gseq,
        "oseq": deployment.oseq,
        "services": list(deployment.services),
    }
    return {name: value for name, value in found.items() if value}


def _claims(payload: dict[str, Any]) -> Claims:
    leases = _as(dict, payload.get("leases", {}), "leases")
    return Claims(
        issuer=_as(str, payload.get("iss", ""), "iss"),
        issued_at=_time(payload, "iat"),
        not_before=_time(payload, "nbf"),
        expires_at=_time(payload, "exp"),
        access=_as(str, leases.get("access", ""), "leases.access"),
        scope=_texts(leases, "scope"),
        permissions=tuple(_permission(one) for one in _items(leases, "permissions")),
        version=_as(str, payload.get("version", ""), "version"),
        jti=_as(str, payload.get("jti", ""), "jti"),
    )


def _permission(found: dict[str, Any]) -> Permission:
    return Permission(
        provider=_as(str, found.get("provider", ""), "provider"),
        access=_as(str, found.get("access", ""), "access"),
        scope=_texts(found, "scope"),
        deployments=tuple(_deployment(one) for one in _items(found, "deployments")),
    )


def _deployment(found: dict[str, Any]) -> DeploymentPermission:
    return DeploymentPermission(
        dseq=_number(found, "dseq", 64),
        scope=_texts(found, "scope"),
        gseq=_number(found, "gseq", 32),
        oseq=_number(found, "oseq", 32),
        services=_texts(found, "services"),
    )


def _as(kind: type, value: Any, name: str) -> Any:
    if not isinstance(value, kind):
        raise InvalidToken(f"{name} is not a {kind.__name__}")
    return value


def _items(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    values = _as(list, found.get(name) or [], name)
    return [_as(dict, value, name) for value in values]


def _texts(found: dict[str, Any], name: str) -> tuple[str, ...]:
    values = _as(list, found.get(name) or [], name)
    return tuple(_as(str, value, name) for value in values)


def _number(found: dict[str, Any], name: str, bits: int) -> int:
    value = found.get(name, 0)
    if type(value) is not int or not 0 <= value < 2**bits:
        raise InvalidToken(f"{name} is not a whole number of {bits} bits")
    return value


def _time(payload: dict[str, Any], name: str) -> int | None:
    value = payload.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken(f"{name} is not a number")
    try:
        return int(value)
    except (OverflowError, ValueError):
        raise InvalidToken(f"{name} is not a time") from None


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise InvalidToken("a part of the token is not JSON") from None
    return _as(dict, found, "a part of the token")  # type: ignore[no-any-return]  # just checked


def _bytes(part: str) -> bytes:
    try:
        raw = part.encode("ascii")
        if b"=" in raw or b"+" in raw or b"/" in raw:
            raise ValueError("not base64url")
        return urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (ValueError, binascii.Error):
        raise InvalidToken("a part of the token is not base64url") from None


def _encode(value: dict[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _adr36(signed: bytes, signer: str) -> bytes:
    document = {
        "account_number": "0",
        "chain_id": "",
        "fee": {"amount": [], "gas": "0"},
        "memo": "",
        "msgs": [
            {
                "type": "sign/MsgSignData",
                "value": {"data": b64encode(signed).decode(), "signer": signer},
            }
        ],
        "sequence": "0",
    }
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
