"""Parameters that are a share of a whole, as several modules of the SDK check them.

It exists because mint and slashing refuse the same mistakes in the same words. It must not know
what a share is of.
"""

from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError


def fraction(text: str, name: str) -> Dec:
    """The share between 0 and 1 that `text` is on the wire; `name` begins the refusal.

    Raises PlainError when it is absent or out of bounds, TxDecode when it is no number.
    Source: SDK 0.53 x/mint, x/slashing Params.Validate.
    """
    if not text:
        raise PlainError(f"{name} cannot be nil: <nil>")
    value = Dec.from_wire(text)
    if value.is_negative:
        raise PlainError(f"{name} cannot be negative: {value}")
    if value > Dec.ONE:
        raise PlainError(f"{name} too large: {value}")
    return value
