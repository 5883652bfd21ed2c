"""Who may change parameters: the gov module's account, and nobody else.

It exists below every module, so that auth and bank can ask without knowing governance. It must not
know any module that asks.
"""

from akashpy.types.address import Address
from akashpy.types.gov import InvalidSigner

AUTHORITY = str(Address.of_module("gov"))
"""The only account that may send messages which change parameters."""


def require_authority(authority: str) -> None:
    """Raises gov.InvalidSigner unless `authority` is the gov module's address."""
    if authority != AUTHORITY:
        raise InvalidSigner(f"invalid authority; expected {AUTHORITY}, got {authority}")
