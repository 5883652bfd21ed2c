"""Who makes a request and what it may do: certificate or token, checked in a real provider's order.

Tokens and their claims are keys.jwt's; here they become the statuses and texts of the gateway.
Source: provider gateway/utils and gateway/rest middleware.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from akashpy.keys import jwt
from akashpy.types.address import Address
from akashpy.types.market import LeaseID
from provider.gateway.backend import Backend

AMBIGUOUS = "auth: ambiguous authentication. may not use mTLS and JWT at the same time"
BAD_HEADER = "invalid authorization header"
BAD_CLAIMS = "JWT has invalid claims"
BAD_TOKEN = "JWT is invalid"
UNAUTHORIZED = "unauthorized access"


class AuthError(Exception):
    """A request that is not let through; the text is the answer's message."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Identity:
    """The account behind a request; `claims` bound what it may do, None bounds nothing."""

    owner: Address
    claims: jwt.Claims | None = None

    def require_provider(self, provider: Address) -> None:
        """Raise AuthError unless it may act at this provider."""
        if self.claims is not None and not self.claims.allows_provider(provider):
            raise AuthError(401, UNAUTHORIZED)

    def require(self, scope: str, provider: Address, dseq: int, gseq: int, oseq: int) -> None:
        """Raise AuthError unless it may act on this lease; zeros mean the whole deployment.

        An empty scope asks for the lease alone.
        """
        claims = self.claims
        if claims is None:
            return
        if not claims.allows_lease(self.owner, provider, dseq, gseq, oseq):
            raise AuthError(401, UNAUTHORIZED)
        if scope and not claims.allows_scope(scope, provider, dseq, gseq, oseq):
            raise AuthError(401, UNAUTHORIZED)

    def lease(self, provider: Address, dseq: int, gseq: int, oseq: int) -> LeaseID:
        """The lease a path names; the owner is never part of a path."""
        return LeaseID(self.owner, dseq, gseq, oseq, provider)


async def identify(
    header: str, certified: Address | None, backend: Backend, *, now: float | None = None
) -> Identity | None:
    """Who asks; None for nobody. `now` is unix seconds.

    Raises AuthError, also on routes that anybody may use.
    """
    if not header:
        return None if certified is None else Identity(certified)
    if certified is not None:
        raise AuthError(400, AMBIGUOUS)
    words = header.split(" ")
    if len(words) != 2 or words[0].lower() != "bearer":
        raise AuthError(400, BAD_HEADER)
    try:
        token = jwt.decode(words[1])
        owner = token.issuer
        public = await backend.public_key(owner)
        if public is None:
            raise AuthError(401, BAD_TOKEN)
        token.verify(public)
        token.claims.validate(time.time() if now is None else now)
    except jwt.InvalidClaims as error:
        raise AuthError(400, BAD_CLAIMS) from error
    except jwt.JwtError as error:
        raise AuthError(401, BAD_TOKEN) from error
    return Identity(owner, token.claims)
