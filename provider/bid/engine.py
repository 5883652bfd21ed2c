"""All open orders, each with one coroutine, and the one answer to "why would it not bid now?".

Finds orders by news, and by looking at all open ones at the start and after a gap. An order is
never contested twice at once. It must not know how one order is contested.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from akashpy.types.attributes import Attributes
from akashpy.types.market import OrderID
from akashpy.types.provider import ProviderNotFound
from provider.belief import NO_ANSWER
from provider.bid.auction import Auctioneer, End, Result
from provider.bid.policy import Policy, PolicySettings, Reason
from provider.bid.pricing import Pricing
from provider.errors import Retry
from provider.events import LookAgain, OrderOpened, ProviderChanged, RoomFreed
from provider.ledger import Ledger

log = logging.getLogger(__name__)

LACKS = frozenset({"no_capacity", "no_gpu_free", "no_storage", "no_addresses"})
"""Reasons that end when something is given back."""
REMEMBERED = 100
"""Declined orders whose reason the status page shows."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`max_orders`: orders contested at once. `retry`: seconds before asking the chain again.

    `record_age`: seconds for which the provider's own record on chain is believed.
    """

    max_orders: int = 1000
    retry: float = 2.0
    record_age: float = 300.0
    max_waiting: int = 10_000
    """Orders that lacked room and are tried again when there is some; the oldest is dropped."""


class Record:
    """The provider as the chain has it: attributes and audits, read anew when they change."""

    def __init__(
        self, ledger: Ledger, pricing: Pricing, settings: PolicySettings, *, max_age: float
    ) -> None:
        self._ledger = ledger
        self._pricing = pricing
        self._settings = settings
        self._max_age = max_age
        self._policy: Policy | None = None
        self._read_at = 0.0

    def forget(self) -> None:
        """Read it again before the next order."""
        self._policy = None

    async def policy(self) -> Policy:
        """What to judge orders by. Raises ProviderNotFound, ChainError, ClientError."""
        now = asyncio.get_running_loop().time()
        if self._policy is None or now - self._read_at > self._max_age:
            address = self._ledger.address
            found = await self._ledger.chain.provider(address)
            audits = await self._ledger.chain.audits(address)
            self._read_at = now
            self._policy = Policy(
                address, Attributes(found.attributes), audits, self._pricing.denoms, self._settings
            )
        return self._policy


class Engine:
    """Contests orders until it is cancelled. `run` is its life."""

    def __init__(
        self,
        auctioneer: Auctioneer,
        record: Record,
        *,
        obstacles: Callable[[], Awaitable[list[Reason]]],
        settings: EngineSettings | None = None,
    ) -> None:
        self._auctioneer = auctioneer
        self._record = record
        self._obstacles = obstacles
        self._settings = settings or EngineSettings()
        self._running: dict[OrderID, asyncio.Task[None]] = {}
        self.ends: Counter[End] = Counter()
        self.declined: OrderedDict[OrderID, Reason] = OrderedDict()
        self._waiting: OrderedDict[OrderID, None] = OrderedDict()
        self.caught_up = asyncio.Event()

    @property
    def orders(self) -> int:
        """How many orders are being contested."""
        return len(self._running)

    async def run(self) -> None:
        """Contest every order there is and will be."""
        ledger, feed = self._auctioneer.ledger, self._auctioneer.feed
        async with asyncio.TaskGroup() as tasks:
            with feed.listen() as news:
                await self._catch_up(tasks, ledger)
                self.caught_up.set()
                while True:
                    match await news.next():
                        case OrderOpened(id):
                            self._start(tasks, id)
                        case ProviderChanged(owner) if owner == ledger.address:
                            self._record.forget()
                            await self._catch_up(tasks, ledger)
                        case LookAgain():
                            self._record.forget()
                            await self._catch_up(tasks, ledger)
                        case RoomFreed():
                            self._try_again(tasks)

    def _try_again(self, tasks: asyncio.TaskGroup) -> None:
        """Contest the orders that lacked room; those that have ended say so at once."""
        lacked = list(self._waiting)
        self._waiting.clear()
        for id in lacked:
            self.declined.pop(id, None)
            self._start(tasks, id)

    async def _catch_up(self, tasks: asyncio.TaskGroup, ledger: Ledger) -> None:
        """Take up every open order; an outage is sat out."""
        while True:
            try:
                async for order in ledger.chain.open_orders():
                    self._start(tasks, order.id)
                return
            except NO_ANSWER as error:
                log.warning("open orders not known yet", extra={"reason": str(error)})
            await asyncio.sleep(self._settings.retry)

    def _start(self, tasks: asyncio.TaskGroup, id: OrderID) -> None:
        if id in self._running:
            return
        if len(self._running) >= self._settings.max_orders:
            self._remember(id, Reason("busy", f"{len(self._running)} orders are contested already"))
            return
        self._running[id] = tasks.create_task(self._contest(id), name=f"order {id}")

    async def _contest(self, id: OrderID) -> None:
        try:
            result = await self._with_patience(id)
        except Exception:
            # One order's failure must not end the others.
            log.exception("order failed", extra={"order": str(id)})
            result = Result(End.FAILED, Reason("internal", "see the log"))
        finally:
            del self._running[id]
        self.ends[result.end] += 1
        if result.reason is not None:
            self._remember(id, result.reason)

    async def _with_patience(self, id: OrderID) -> Result:
        """Contest an order, again while all that lacks is an answer or a condition of ours."""
        while True:
            reasons = await self._obstacles()
            if not reasons:
                try:
                    result = await self._auctioneer.contest(id)
                except ProviderNotFound as error:
                    return Result(End.DECLINED, Reason("not_registered", str(error)))
                except (*NO_ANSWER, Retry) as error:
                    result = Result(End.FAILED, Reason("no_answer", str(error)))
                if result.reason is None or result.reason.code != "no_answer":
                    return result
                reasons = [result.reason]
            self._remember(id, reasons[0])
            if await self._is_gone(id):
                return Result(End.CLOSED, reasons[0])
            await asyncio.sleep(self._settings.retry)

    async def _is_gone(self, id: OrderID) -> bool:
        try:
            order = await self._auctioneer.ledger.chain.order(id)
        except NO_ANSWER:
            return False
        return order.state.name != "open"

    def _remember(self, id: OrderID, reason: Reason) -> None:
        log.info("no bid", extra={"order": str(id), "reason": str(reason)})
        self.declined[id] = reason
        self.declined.move_to_end(id)
        while len(self.declined) > REMEMBERED:
            self.declined.popitem(last=False)
        if reason.code in LACKS:
            self._waiting[id] = None
            while len(self._waiting) > self._settings.max_waiting:
                self._waiting.popitem(last=False)
