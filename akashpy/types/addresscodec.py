"""Addresses as the SDK's address codec reads them, with its refusals.

The older rules and this codec refuse the same texts, but another prefix in other words and with a
code. Newer modules of the SDK use the codec. It must not know whose address is read.
Source: SDK 0.53 codec/address/bech32_codec.go.
"""

from akashpy.types.address import PREFIX, Address
from akashpy.types.errors import InvalidAddress, Logic, PlainError

OTHER_PREFIX = "invalid Bech32 prefix; "


def decoded(text: str, *, prefix: str = PREFIX) -> bytes:
    """The bytes of an address. Raises Logic for another prefix, else PlainError."""
    try:
        return Address.parse(text, prefix=prefix).raw
    except InvalidAddress as error:
        if error.detail.startswith(OTHER_PREFIX):
            found = text.lower().rpartition("1")[0]
            raise Logic(
                f"hrp does not match bech32 prefix: expected '{prefix}' got '{found}'"
            ) from error
        raise PlainError(error.detail) from error


def named(text: str, what: str, *, prefix: str = PREFIX) -> bytes:
    """The bytes of an address; a refusal begins with `what`. Raises InvalidAddress."""
    try:
        return decoded(text, prefix=prefix)
    except (Logic, PlainError) as error:
        raise InvalidAddress(f"{what}: {error}") from error
