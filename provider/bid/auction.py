"""The life of one order as a provider sees it: decline, or hold, price, bid, and wait for its end.

Leaving by any door gives back what was taken. It must not know other orders.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from akashpy import match
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.deployment import GroupSpec
from akashpy.types.deposit import Deposit, Source
from akashpy.types.duration import duration
from akashpy.types.errors import ChainError
from akashpy.types.market import (
    Bid,
    BidID,
    BidNotFound,
    BidState,
    LeaseID,
    LeaseState,
    Order,
    OrderID,
    OrderNotFound,
    OrderState,
    ResourceOffer,
)
from akashpy.wire import market
from provider.belief import NO_ANSWER
from provider.bid.policy import Policy, Reason
from provider.bid.pricing import NoPrice, Pricing
from provider.errors import NoRoom, ProviderError
from provider.events import BidEnded, Feed, LeaseOpened, Listener, LookAgain, OrderEnded
from provider.inventory.place import with_offer
from provider.inventory.reserve import Holding, Inventory
from provider.ledger import Ledger

log = logging.getLogger(__name__)


class End(StrEnum):
    """How an order ended for us."""

    DECLINED = "declined"
    WON = "lease-won"
    LOST = "lease-lost"
    CLOSED = "order-closed"
    BID_CLOSED = "bid-closed-external"
    TIMEOUT = "bid-timeout"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """The end of an auction and, where there is one, the reason."""

    end: End
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class AuctionSettings:
    """`patience`: seconds a bid stands before it is closed as stale, 0 for ever.

    `look`: seconds after which the chain is asked even without news.
    """

    patience: float = 300.0
    look: float = 60.0
    deposit: Coin | None = None
    """What a bid locks; None: the chain's least, in the order's denomination if we have it."""


@dataclass(frozen=True, slots=True)
class Won:
    """A lease that an auction won, with what it holds."""

    lease: LeaseID
    holding: Holding


@dataclass(slots=True)
class Auctioneer:
    """All that auctions share."""

    ledger: Ledger
    feed: Feed
    inventory: Inventory
    pricing: Pricing
    policy: Callable[[], Awaitable[Policy]]
    won: Callable[[Won], None]
    settings: AuctionSettings = field(default_factory=AuctionSettings)

    async def contest(self, id: OrderID) -> Result:
        """Follow one order to its end. Cancelled, the bid stays on chain and the hold is gone."""
        with self.feed.listen(id.deployment) as news:
            try:
                order = await self.ledger.chain.order(id)
            except OrderNotFound:
                return Result(End.CLOSED)
            except NO_ANSWER as error:
                return _failed("no_answer", error)
            bid = await self._standing(id)
            policy = await self.policy()
            if bid is None:
                tally = self.ledger.tally
                if reason := policy.declines(order):
                    tally.count("provider_should_bid", result="decline")
                    return Result(End.DECLINED, reason)
                tally.count("provider_should_bid", result="accept")
            elif bid.state is not BidState.OPEN:
                return Result(End.BID_CLOSED)
            try:
                spec = with_offer(order.spec, bid.resources_offer if bid else ())
                with self._hold(id, spec) as holding:
                    return await self._bid(order, bid, holding, policy, news)
            except NoRoom as lack:
                if bid is not None:
                    await self.ledger.take_back(bid.id)
                return Result(End.DECLINED, Reason(lack.reason, str(lack)))

    @contextmanager
    def _hold(self, id: OrderID, spec: GroupSpec) -> Iterator[Holding]:
        """Room for an order, counted and timed. Raises NoRoom."""
        tally, result = self.ledger.tally, "insufficient-capacity"
        try:
            with tally.timed("provider_reservation_duration"):
                self.inventory.take(id, spec)
            result = "create"
        finally:
            tally.count("provider_inventory_requests", action="reserve", result=result)
        with self.inventory.hold(id, spec) as holding:
            yield holding

    async def _standing(self, id: OrderID) -> Bid | None:
        """The bid we placed before, perhaps before a restart."""
        try:
            return await self.ledger.chain.bid(id.with_provider(self.ledger.address))
        except BidNotFound:
            return None

    async def _bid(
        self, order: Order, bid: Bid | None, holding: Holding, policy: Policy, news: Listener
    ) -> Result:
        if bid is None:
            try:
                with self.ledger.tally.timed("provider_bid_pricing_duration"):
                    price = self.pricing.quote(holding.units, order.spec.denom)
            except NoPrice as lack:
                return Result(End.DECLINED, Reason(lack.reason, str(lack)))
            offers = tuple(ResourceOffer(unit.resources, unit.count) for unit in holding.units)
            if high := [*match.over_price(order.spec, price), *match.offer(order.spec, offers)]:
                return Result(End.DECLINED, Reason(high[0].code, high[0].detail))
            message = await self._message(order, price, offers, policy)
            try:
                bid = await self.ledger.open_bid(message)
            except (*NO_ANSWER, ProviderError) as error:
                return _failed("bid_refused", error)
            log.info("bid placed", extra={"order": str(order.id), "price": str(price)})
        result = await self._await_end(bid, news)
        if result.end not in (End.WON, End.BID_CLOSED) and not await self.ledger.take_back(bid.id):
            result = Result(End.WON)  # the tenant was quicker than our giving up
        if result.end is End.WON:
            holding.commit()
            self.won(Won(bid.id.lease, holding))
        return result

    async def _message(
        self, order: Order, price: DecCoin, offers: tuple[ResourceOffer, ...], policy: Policy
    ) -> market.MsgCreateBid:
        window = policy.settings.reclamation_window
        deposit = self.settings.deposit or await self._least_deposit(order.spec.denom)
        return market.MsgCreateBid(
            id=order.id.with_provider(self.ledger.address).to_wire(),
            price=price.to_wire(),
            deposit=Deposit(deposit, (Source.BALANCE,)).to_wire(),
            resources_offer=[offer.to_wire() for offer in offers],
            reclamation_window=None if window is None else duration(window),
        )

    async def _least_deposit(self, denom: str) -> Coin:
        """The chain's least deposit that our account can pay, in the order's denomination first."""
        params = await self.ledger.chain.market_params()
        least = sorted(params.bid_min_deposits, key=lambda coin: coin.denom != denom)
        for coin in least:
            if await self.ledger.chain.balance(self.ledger.address, coin.denom) >= coin.amount:
                return coin
        return least[0] if least else params.bid_min_deposit

    async def _await_end(self, bid: Bid, news: Listener) -> Result:
        """Until the lease is made, the order or the bid ends, or the bid is stale."""
        patience = await self._patience(bid)
        try:
            async with asyncio.timeout(patience):
                # What happened before we listened is on chain, not in the news.
                if result := await self._asked(bid.id):
                    return result
                while True:
                    if result := await self._heard(bid.id, news):
                        return result
        except TimeoutError:
            return Result(End.TIMEOUT)

    async def _patience(self, bid: Bid) -> float | None:
        """Seconds the bid may still stand, by the age its block has on chain."""
        if self.settings.patience <= 0:
            return None
        return max(0.0, self.settings.patience - await self.ledger.age(bid.created_at))

    async def _heard(self, id: BidID, news: Listener) -> Result | None:
        """What the next news mean for the bid; silence makes us ask."""
        try:
            async with asyncio.timeout(self.settings.look):
                heard = await news.next()
        except TimeoutError:
            return await self._asked(id)
        match heard:
            case LeaseOpened(lease) if lease.order == id.order:
                return Result(End.WON if lease == id.lease else End.LOST)
            case OrderEnded(order) if order == id.order:
                return Result(End.CLOSED)
            case BidEnded(ended) if ended == id:
                return Result(End.BID_CLOSED)
            case LookAgain():
                return await self._asked(id)
        return None

    async def _asked(self, id: BidID) -> Result | None:
        """What the chain says of the bid now; None while it is open, or when nobody answers."""
        try:
            bid = await self.ledger.chain.bid(id)
            if bid.state is BidState.LOST:
                return Result(End.LOST)
            if bid.state is BidState.CLOSED:
                return Result(End.BID_CLOSED)
            if bid.state is BidState.ACTIVE:
                lease = await self.ledger.chain.lease(id.lease)
                runs = lease.state in (LeaseState.ACTIVE, LeaseState.RECLAIMING)
                return Result(End.WON if runs else End.CLOSED)
            order = await self.ledger.chain.order(id.order)
        except NO_ANSWER as error:
            log.info("bid not asked about", extra={"bid": str(id), "reason": str(error)})
            return None
        if order.state is OrderState.OPEN:
            return None
        return Result(End.CLOSED if order.state is OrderState.CLOSED else End.LOST)


def _failed(code: str, error: Exception) -> Result:
    known = isinstance(error, ChainError)
    text = str(error) if known else f"{type(error).__name__}: {error}"
    return Result(End.FAILED, Reason(code, text))
