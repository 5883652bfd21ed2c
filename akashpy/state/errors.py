"""What can go wrong with the store itself, as opposed to a transaction.

`StoreError` and its kinds are for whoever runs the node: they stop it. The height errors are chain
errors because clients ask for heights. This module must not know how rows are kept.
Source of the height texts: SDK 0.53 baseapp CreateQueryContext, store iavl GetImmutable.
"""

from akashpy.types.errors import InvalidHeight, InvalidRequest, NotFound


class StoreError(Exception):
    """The store cannot do what was asked; the text says what to do about it."""


class StoreFormatError(StoreError):
    """The directory was written in a format that this program does not read."""


class StoreInUse(StoreError):
    """Another process has the directory open."""


class StoreCorrupt(StoreError):
    """Rows and hashes of the directory do not agree."""


class StageError(StoreError):
    """Blocks were staged, committed or rolled back out of turn."""


class SnapshotInvalid(StoreError):
    """A snapshot's chunk, manifest or root does not match what was promised."""


class HeightNotAvailable(NotFound):
    """The height was pruned or was never here."""

    def __init__(self, detail: str = "", *, height: int = 0, latest: int = 0) -> None:
        super().__init__(
            detail
            or f"failed to load state at height {height}; version mismatch on immutable IAVL tree; "
            "version does not exist. Version has either been pruned, or is for a future block "
            f"height (latest height: {latest})"
        )


def check_height(height: int, *, oldest: int, latest: int) -> None:
    """Raises InvalidRequest, InvalidHeight or HeightNotAvailable unless `height` is readable."""
    if height < 0:
        raise InvalidRequest("cannot query with height < 0; please provide a valid height")
    if height > latest:
        raise InvalidHeight("cannot query with height in the future; please provide a valid height")
    if height < oldest:
        raise HeightNotAvailable(height=height, latest=latest)
