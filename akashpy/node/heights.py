"""The height that a client of gRPC or REST asks for, as text in a header.

Exists so that every transport reads it alike and refuses it with the same words. It must not know
any transport. Source: SDK 0.53 `baseapp/grpcserver.go`.
"""

from __future__ import annotations

from collections.abc import Sequence

from akashpy.types.errors import InvalidRequest

HEIGHT = "x-cosmos-block-height"
"""The header (metadata key), both ways."""


def height_of(given: Sequence[str]) -> int:
    """The height in the header's values; 0, the latest, unless there is exactly one.

    Raises InvalidRequest.
    """
    if len(given) != 1:
        return 0
    try:
        height = int(given[0])
    except ValueError as error:
        raise InvalidRequest(
            f'Baseapp.RegisterGRPCServer: invalid height header "{HEIGHT}": strconv.ParseInt: '
            f'parsing "{given[0]}": invalid syntax'
        ) from error
    if height < 0:
        raise InvalidRequest("cannot query with height < 0; please provide a valid height")
    return height
