"""Tells subscribers what happened in a block, each by its own query.

Exists between the block producer and whoever listens (websocket clients, our own client in
memory). A subscriber that does not keep up loses its subscription, never the producer's time.
Must not know how a notice is shown.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from akashpy.node import eventquery
from akashpy.node.eventquery import Query
from akashpy.types.events import Event

EVENT_TAG = "tm.event"


class SubscriptionError(Exception):
    """A subscription was refused or is not there; the text is CometBFT's."""


@dataclass(frozen=True, slots=True)
class BusLimits:
    """Bounds on subscriptions from outside. `buffer` is in notices."""

    max_clients: int = 100
    max_per_client: int = 5
    buffer: int = 200


class Notice:
    """One thing that happened. `kind` is CometBFT's event name, `subject` what it is about.

    `flat` maps "type.attribute" to its values. `shown` is for a server to keep its rendering (or
    the task that makes it), so that many subscribers cost one.
    """

    __slots__ = ("flat", "kind", "shown", "subject")

    def __init__(self, kind: str, flat: dict[str, list[str]], subject: Any) -> None:
        self.kind = kind
        self.flat = flat
        self.subject = subject
        self.shown: asyncio.Future[bytes] | None = None


class Subscription:
    """An endless, bounded stream of notices. Ends with SubscriptionError when it was cut off."""

    def __init__(self, subscriber: str, query: Query, text: str, buffer: int) -> None:
        self.subscriber = subscriber
        self.query = query
        self.text = text
        self._buffer = buffer
        self._waiting: deque[Notice] = deque()
        self._filled = asyncio.Event()
        self._ended: str | None = None

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Notice:
        while not self._waiting:
            if self._ended is not None:
                if self._ended == "":
                    raise StopAsyncIteration
                raise SubscriptionError(self._ended)
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popleft()

    @property
    def is_open(self) -> bool:
        return self._ended is None

    def offer(self, notice: Notice) -> bool:
        """Queue a notice; False when the subscriber is too slow and was cut off."""
        if len(self._waiting) >= self._buffer:
            self.end("client is not pulling messages fast enough")
            return False
        self._waiting.append(notice)
        self._filled.set()
        return True

    def end(self, reason: str = "") -> None:
        """Stop the stream; an empty reason ends it quietly."""
        if self._ended is None:
            self._ended = reason
            self._filled.set()


class Bus:
    """All subscriptions, by subscriber and query."""

    def __init__(self, limits: BusLimits | None = None) -> None:
        self.limits = limits or BusLimits()
        self._by_subscriber: dict[str, dict[str, Subscription]] = {}

    def subscribe(
        self, subscriber: str, text: str, *, bounded: bool = True, buffer: int | None = None
    ) -> Subscription:
        """Open a subscription. `bounded` applies the limits meant for outside clients.

        Raises SubscriptionError.
        """
        own = self._by_subscriber.get(subscriber, {})
        if bounded:
            self._check_limits(subscriber, own)
        if len(text) > eventquery.MAX_LENGTH:
            raise SubscriptionError("maximum query length exceeded")
        query = _parse(text)
        if str(query) in own:
            raise SubscriptionError("already subscribed")
        found = Subscription(subscriber, query, text, buffer or self.limits.buffer)
        self._by_subscriber.setdefault(subscriber, {})[str(query)] = found
        return found

    def unsubscribe(self, subscriber: str, text: str) -> None:
        """Close one subscription. Raises SubscriptionError when there is none."""
        own = self._by_subscriber.get(subscriber, {})
        found = own.get(str(_parse(text)))
        if found is None:
            raise SubscriptionError("subscription not found")
        self.drop(found)

    def unsubscribe_all(self, subscriber: str) -> None:
        """Close all subscriptions of one subscriber. Raises SubscriptionError when none is."""
        own = self._by_subscriber.pop(subscriber, None)
        if own is None:
            raise SubscriptionError("subscription not found")
        for found in own.values():
            found.end()

    def drop(self, subscription: Subscription, reason: str = "") -> None:
        """Close this subscription, if it is still open."""
        subscription.end(reason)
        own = self._by_subscriber.get(subscription.subscriber)
        if own is not None and own.get(str(subscription.query)) is subscription:
            del own[str(subscription.query)]
            if not own:
                del self._by_subscriber[subscription.subscriber]

    def close(self) -> None:
        """End every subscription, as when the node stops."""
        for own in list(self._by_subscriber.values()):
            for found in list(own.values()):
                self.drop(found, "CometBFT exited")

    def wants(self, kind: str) -> bool:
        """Whether anyone might want notices of this kind, so that others need not be made."""
        return any(True for _ in self._interested(kind))

    def publish(
        self, kind: str, subject: Callable[[], Any], events: Iterable[Event], **extra: str
    ) -> None:
        """Tell everyone whose query matches. `extra` are tags with `__` for the dot."""
        interested = list(self._interested(kind))
        if not interested:
            return
        flat = flatten(events)
        flat.setdefault(EVENT_TAG, []).append(kind)
        for name, value in extra.items():
            flat.setdefault(name.replace("__", "."), []).append(value)
        notice: Notice | None = None
        for subscription in interested:
            if subscription.query.matches(flat):
                notice = notice or Notice(kind, flat, subject())
                if not subscription.offer(notice):
                    self.drop(subscription, "client is not pulling messages fast enough")

    def _interested(self, kind: str) -> Iterable[Subscription]:
        for own in self._by_subscriber.values():
            for found in own.values():
                if found.query.equals(EVENT_TAG) in (None, kind):
                    yield found

    def _check_limits(self, subscriber: str, own: dict[str, Subscription]) -> None:
        limits = self.limits
        if subscriber not in self._by_subscriber and len(self._by_subscriber) >= limits.max_clients:
            raise SubscriptionError(f"max_subscription_clients {limits.max_clients} reached")
        if len(own) >= limits.max_per_client:
            raise SubscriptionError(f"max_subscriptions_per_client {limits.max_per_client} reached")


def flatten(events: Iterable[Event]) -> dict[str, list[str]]:
    """Events as "type.attribute" to values, in order of appearance."""
    flat: dict[str, list[str]] = {}
    for kind, attributes in events:
        if not kind:
            continue
        for name, value in attributes:
            if name:
                flat.setdefault(f"{kind}.{name}", []).append(value)
    return flat


def _parse(text: str) -> Query:
    try:
        return eventquery.parse(text)
    except eventquery.QueryError as error:
        raise SubscriptionError(f"failed to parse query: {error}") from error
