"""News from the chain as the provider's own few words, and the feed that hands them out.

Publishing never waits: every listener has a queue of its own. A listener that may have missed
something gets LookAgain and asks the chain by point queries. It knows nothing of how news arrive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from akashpy.types.deployment import DeploymentID
from akashpy.types.market import BidID, LeaseID, OrderID


@dataclass(frozen=True, slots=True)
class OrderOpened:
    """An order takes bids."""

    id: OrderID


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """An order takes no bids any more."""

    id: OrderID


@dataclass(frozen=True, slots=True)
class BidEnded:
    """A bid was closed."""

    id: BidID


@dataclass(frozen=True, slots=True)
class LeaseOpened:
    """A bid won."""

    id: LeaseID


@dataclass(frozen=True, slots=True)
class LeaseEnded:
    """A lease was closed; a hint, never a proof."""

    id: LeaseID


@dataclass(frozen=True, slots=True)
class DeploymentEnded:
    """A deployment was closed."""

    id: DeploymentID


@dataclass(frozen=True, slots=True)
class ProviderChanged:
    """A provider's record, or what auditors say of it, changed."""

    owner: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Blocks may have been missed: ask the chain about whatever matters."""


@dataclass(frozen=True, slots=True)
class RoomFreed:
    """The inventory has more room than a moment ago."""


OfDeployment = (
    OrderOpened | OrderEnded | BidEnded | LeaseOpened | LeaseEnded | DeploymentEnded
)  # fmt: skip
News = OfDeployment | ProviderChanged | LookAgain | RoomFreed


class Listener:
    """News in the order of their blocks."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[News] = asyncio.Queue()

    async def next(self) -> News:
        """Wait for the next news."""
        return await self._queue.get()

    def put(self, news: News) -> None:
        """Hand news over."""
        self._queue.put_nowait(news)


class Feed:
    """Hands every piece of news to those who listen to its deployment, or to everything."""

    def __init__(self) -> None:
        self._all: set[Listener] = set()
        self._by_deployment: dict[DeploymentID, set[Listener]] = {}

    @contextmanager
    def listen(self, deployment: DeploymentID | None = None) -> Iterator[Listener]:
        """News of one deployment (None: all of it), from now on."""
        listener = Listener()
        if deployment is None:
            self._all.add(listener)
        else:
            self._by_deployment.setdefault(deployment, set()).add(listener)
        try:
            yield listener
        finally:
            self._drop(listener, deployment)

    def publish(self, news: News) -> None:
        """Tell everybody concerned."""
        for listener in tuple(self._all):
            listener.put(news)
        if isinstance(news, LookAgain | ProviderChanged):
            listeners = [one for group in self._by_deployment.values() for one in group]
        elif isinstance(news, RoomFreed):
            return
        else:
            listeners = list(self._by_deployment.get(_deployment(news), ()))
        for listener in listeners:
            listener.put(news)

    def _drop(self, listener: Listener, deployment: DeploymentID | None) -> None:
        if deployment is None:
            self._all.discard(listener)
            return
        group = self._by_deployment[deployment]
        group.discard(listener)
        if not group:
            del self._by_deployment[deployment]


def _deployment(news: OfDeployment) -> DeploymentID:
    id = news.id
    return id if isinstance(id, DeploymentID) else id.deployment
