"""Leases that an operator leaves alone for a while, because what they name is not there.

Source: facts of the provider, operators (5.1, 5.2): only "not found" counts, deletes always work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FailureSettings:
    """`limit`: failures after which a lease is ignored. `age`: seconds until it is not any more.

    `entries`: leases remembered at most.
    """

    limit: int = 3
    age: float = 726 * 3600.0
    entries: int = 131072


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with a lease, how often, and when last."""

    count: int
    error: str
    kind: str
    at: datetime


class Failures:
    """Failures by the lease's namespace."""

    def __init__(
        self,
        settings: FailureSettings | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings or FailureSettings()
        self._now = now
        self._found: dict[str, Failure] = {}

    def note(self, name: str, error: Exception) -> None:
        """Count a failure of a lease."""
        made = Failure(1, str(error), type(error).__name__, self._now())
        if before := self._found.pop(name, None):
            made = replace(made, count=before.count + 1)
        self._found[name] = made
        while len(self._found) > self._settings.entries:
            del self._found[next(iter(self._found))]

    def is_ignored(self, name: str) -> bool:
        """True for a lease that failed too often."""
        found = self._found.get(name)
        return found is not None and found.count >= self._settings.limit

    def forget(self, name: str) -> None:
        """The lease does well again."""
        self._found.pop(name, None)

    def prune(self) -> tuple[str, ...]:
        """Forget what is old; the leases that may be tried again."""
        now = self._now()
        old = tuple(
            name
            for name, found in self._found.items()
            if (now - found.at).total_seconds() > self._settings.age
        )
        for name in old:
            del self._found[name]
        return old

    def to_json(self) -> dict[str, Any]:
        """As the operator's page shows it."""
        return {
            name: {
                "namespace": name,
                "failure-count": found.count,
                "failed-at": found.at.isoformat().replace("+00:00", "Z"),
                "last-error": found.error,
                "last-error-type": found.kind,
            }
            for name, found in self._found.items()
            if found.count >= self._settings.limit
        }
