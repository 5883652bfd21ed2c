"""The authz module's vocabulary: rights given to others.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class AuthzError(ChainError, codespace="authz"):
    """A refusal of the codespace `authz`."""


class NoAuthorizationFound(AuthzError, code=2, text="authorization not found"): ...


class InvalidExpirationTime(
    AuthzError, code=3, text="expiration time of authorization should be more than current time"
): ...


class UnknownAuthorizationType(AuthzError, code=4, text="unknown authorization type"): ...


class NoGrantKeyFound(AuthzError, code=5, text="grant key not found"): ...


class AuthorizationExpired(AuthzError, code=6, text="authorization expired"): ...


class GranteeIsGranter(AuthzError, code=7, text="grantee and granter should be different"): ...


class AuthorizationNumOfSigners(
    AuthzError, code=9, text="authorization can be given to msg with only one signer"
): ...


class NegativeMaxTokens(AuthzError, code=12, text="max tokens should be positive"): ...
