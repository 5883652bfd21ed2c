"""Whole numbers as text, with Go's rules of reading them.

It must not know what the numbers count.
"""

import re

from akashpy.types.errors import PlainError, TxDecode

INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
UNSIGNED = re.compile(r"[0-9]+", re.ASCII)


def integer(text: str) -> int:
    """A whole number of any size from the wire's decimal text; empty text is zero.

    Raises TxDecode when it is anything else.
    """
    if text.isascii() and text.isdigit():  # nearly always, and quicker than the pattern
        return int(text)
    if not text:
        return 0
    if INTEGER.fullmatch(text) is None:
        raise TxDecode(f'math/big: cannot unmarshal "{text}" into a *big.Int')
    return int(text)


def unsigned(text: str, bits: int = 64) -> int:
    """A whole number from 0 to 2^bits - 1, as Go's strconv.ParseUint reads it.

    Raises PlainError with Go's text.
    """
    if UNSIGNED.fullmatch(text) is None:
        raise PlainError(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    number = int(text) if len(text) <= 1000 else 2**bits
    if number >= 2**bits:
        raise PlainError(f'strconv.ParseUint: parsing "{text}": value out of range')
    return number
