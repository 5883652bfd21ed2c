"""What can go wrong in the provider itself, by what the caller should do about it.

    ProviderError
    +- Retry               try again after some seconds; nothing is decided
    +- GiveUp              trying again will not help; the text says what would
    +- NoRoom              the inventory has no place for an order's resources

Refusals of the chain stay ChainErrors, those of a cluster ClusterErrors.
"""

from __future__ import annotations


class ProviderError(Exception):
    """Root of all the provider raises on purpose."""


class Retry(ProviderError):
    """Something did not answer; `after` is in seconds."""

    def __init__(self, text: str, *, after: float = 5.0) -> None:
        super().__init__(text)
        self.after = after


class GiveUp(ProviderError):
    """The text names the field, its value and the remedy."""


class NoRoom(ProviderError):
    """An order does not fit; `reason` is a stable code."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
