"""The height that a client of gRPC or REST asks for, as text in a header.

Exists so that every transport reads it alike and refuses it with the same words. It must not know
any transport. Source: SDK 0.53 `baseapp/grpcserver.go`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from akashpy.types.errors import InvalidRequest

HEIGHT = "x-cosmos-block-height"
"""The header (metadata key), both ways."""
MAX_DIGITS = 100
"""Longer texts are out of range without being read."""


def height_of(given: Sequence[str]) -> int:
    """The height in the header's values; 0, the latest, unless there is exactly one.

    Raises InvalidRequest.
    """
    if len(given) != 1:
        return 0
    is_number = re.fullmatch(r"[+-]?[0-9]+", given[0], re.ASCII) is not None
    if not is_number or len(given[0]) > MAX_DIGITS or not -(2**63) <= int(given[0]) < 2**63:
        raise InvalidRequest(
            f'Baseapp.RegisterGRPCServer: invalid height header "{HEIGHT}": strconv.ParseInt: '
            f'parsing "{given[0]}": {"value out of range" if is_number else "invalid syntax"}'
        )
    height = int(given[0])
    if height < 0:
        raise InvalidRequest("cannot query with height < 0; please provide a valid height")
    return height
