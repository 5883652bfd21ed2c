"""Which handler runs a message, and who hears a value: the two tables of a list of modules.

It exists so that lower modules reach upward without importing anything: `ctx.notify` and
`ctx.dispatch` end here. It must not know any module by name, nor gas, fees or transactions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from akashpy.chain.module import Handler, Module, Subscriber
from akashpy.state.context import Context
from akashpy.types.errors import UnknownRequest


class Router:
    """The message and notification tables of `modules`, in the order given."""

    __slots__ = ("handlers", "subscribers")

    def __init__(self, modules: Sequence[Module]) -> None:
        handlers: dict[str, Handler] = {}
        subscribers: dict[type, list[Subscriber]] = {}
        for module in modules:
            for url, handler in module.handlers.items():
                if url in handlers:
                    raise TypeError(f"{url} has two handlers; the second is in {module.name}")
                handlers[url] = handler
            for kind, subscriber in module.subscribers.items():
                subscribers.setdefault(kind, []).append(subscriber)
        self.handlers: Mapping[str, Handler] = handlers
        self.subscribers = {kind: tuple(found) for kind, found in subscribers.items()}

    def handler(self, msg: Any) -> Handler:
        """The handler of a message. Raises UnknownRequest, as the SDK does."""
        found = self.handlers.get(url_of(msg))
        if found is None:
            raise UnknownRequest(f"no message handler found for *types.{msg.DESCRIPTOR.name}")
        return found

    def notify(self, ctx: Context, value: object) -> None:
        """Give `value` to its subscribers in their written order; their errors are the caller's."""
        for subscriber in self.subscribers.get(type(value), ()):
            subscriber(ctx, value)

    def handles(self, url: str) -> bool:
        """Whether messages of this type URL have a handler."""
        return url in self.handlers

    def check(self, msg: Any) -> None:
        """What the handler of `msg` checks without state; nothing when there is none."""
        handler = self.handlers.get(url_of(msg))
        if handler is not None and handler.validate is not None:
            handler.validate(msg)

    def dispatch(self, ctx: Context, msg: Any) -> Any:
        """Check and run one message; give its response."""
        handler = self.handler(msg)
        if handler.validate is not None:
            handler.validate(msg)
        return handler.execute(ctx, msg)


_urls: dict[type, str] = {}
"""Memo of type URLs by message class; as many as there are message types."""


def url_of(msg: Any) -> str:
    """The type URL of a message."""
    url = _urls.get(type(msg))
    if url is None:
        url = _urls[type(msg)] = "/" + msg.DESCRIPTOR.full_name
    return url
