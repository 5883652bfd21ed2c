"""Addresses in requests: the refusals that Akash's and the SDK's queries give for bad ones.

It must not know what an address is asked for.
"""

from __future__ import annotations

from akashpy.node.queries.refusal import invalid
from akashpy.types.address import PREFIX, Address
from akashpy.types.errors import InvalidAddress


def owner(text: str) -> Address:
    """The owner of an id. Raises Refused with InvalidArgument."""
    return _named(text, "owner")


def provider(text: str) -> Address:
    """The provider of an id. Raises Refused with InvalidArgument."""
    return _named(text, "provider")


def account(text: str, *, before: str = "", prefix: str = PREFIX) -> Address:
    """Any address; `before` is what the refusal's text begins with.

    Raises Refused with InvalidArgument.
    """
    try:
        return Address.parse(text, prefix=prefix)
    except InvalidAddress as error:
        raise invalid(before + error.detail) from error


def _named(text: str, which: str) -> Address:
    try:
        return Address.parse(text)
    except InvalidAddress as error:
        raise invalid(f"invalid {which} address") from error
