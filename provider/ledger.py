"""The provider's view of the chain: what is news, what is proven, and one sender for its words.

News are hints, repaired by height. A proof is more: the node must be on the chain we know (id and
anchor block), not behind what we have seen, not syncing, and it must answer about exactly the lease
asked for. Everything else is doubt, and on doubt nothing is ever removed (design, section 8).
It must not know workloads or prices.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum

from akashpy.client.errors import ClientError, NeverIncluded, OutcomeUnknown, Unreachable
from akashpy.client.events import BlockEvents
from akashpy.types.address import Address
from akashpy.types.errors import ChainError
from akashpy.types.market import (
    Bid,
    BidID,
    BidNotFound,
    BidState,
    Lease,
    LeaseClosedReason,
    LeaseID,
    LeaseState,
)
from akashpy.wire import market
from provider.anchor import AnchorFile
from provider.belief import NO_ANSWER, Belief
from provider.chain import Chain
from provider.errors import Retry
from provider.events import Feed, LookAgain
from provider.news import read
from provider.tally import Tally

log = logging.getLogger(__name__)

OVER = (LeaseState.CLOSED, LeaseState.INSUFFICIENT_FUNDS)
LASTING = (BidState.OPEN, BidState.ACTIVE)


class Verdict(StrEnum):
    """What the chain says of a lease."""

    RUNS = "runs"
    OVER = "over"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, at which height, and for doubt why."""

    verdict: Verdict
    height: int = 0
    why: str = ""
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Times in seconds, distances in blocks."""

    patience: float = 20.0
    """For one question, all retries included."""
    retry: float = 2.0
    """Between two attempts of something that must be done."""
    anchor_every: int = 50
    """Blocks after which the anchor moves on."""
    silence: float = 60.0
    """Without a new block for so long, the provider does not bid."""


class Ledger:
    """One account's view of one chain."""

    def __init__(
        self,
        chain: Chain,
        address: Address,
        feed: Feed,
        *,
        anchor: AnchorFile,
        settings: LedgerSettings | None = None,
    ) -> None:
        self.chain = chain
        self.address = address
        self.feed = feed
        self.settings = settings or LedgerSettings()
        self.chain_id = ""
        self.height = 0
        """The highest block seen."""
        self.tally = Tally()
        """What is counted as it happens, by all who work with this ledger."""
        self.doubts = 0
        """Questions about leases that ended in doubt."""
        self._belief = Belief(
            chain, anchor, patience=self.settings.patience, every=self.settings.anchor_every
        )
        self._seen_at = 0.0
        self._news = asyncio.Condition()
        self._since = 0

    @property
    def trouble(self) -> str:
        """Why the node is not believed; empty when it is."""
        return self._belief.trouble

    async def open(self) -> None:
        """Find the chain, and hold it against the one known.

        Raises GiveUp for another chain id than ours; a node that does not answer is Retry.
        """
        try:
            async with asyncio.timeout(self.settings.patience):
                status = await self.chain.status()
        except NO_ANSWER as error:
            raise Retry(f"the chain does not answer: {error}") from error
        self.height = self._since = await self._belief.open(status.chain_id, status.height)
        self.chain_id = status.chain_id
        self._seen_at = asyncio.get_running_loop().time()

    async def follow(self) -> None:
        """Take every block's news and hand them out; ends only when cancelled."""
        while True:
            try:
                async for block in self.chain.events(self._since + 1):
                    if not await self._take(block):
                        break  # not our chain at the moment: the same block is asked for again
            except NO_ANSWER as error:
                log.warning("missed blocks, asking anew", extra={"reason": str(error)})
                await self._skip()
            await asyncio.sleep(self.settings.retry)

    async def reached(self, height: int) -> None:
        """Wait until a block of this height was seen."""
        async with self._news:
            await self._news.wait_for(lambda: self.height >= height)

    def obstacle(self) -> str:
        """Why the chain cannot be acted upon now; empty when it can."""
        if self.trouble:
            return self.trouble
        silent = asyncio.get_running_loop().time() - self._seen_at
        if silent > self.settings.silence:
            return f"no new block for {int(silent)} s; the node may be down or behind"
        return ""

    async def examine(self, id: LeaseID, *, created_at: int, not_below: int = 0) -> Finding:
        """What is proven about a lease that was made at height `created_at`; never raises."""
        try:
            async with asyncio.timeout(self.settings.patience):
                finding = await self._examine(id, created_at, max(not_below, created_at))
        except NO_ANSWER as error:
            finding = Finding(Verdict.DOUBT, why=f"{type(error).__name__}: {error}")
        if finding.verdict is Verdict.DOUBT:
            self.doubts += 1
            log.warning("kept a lease on doubt", extra={"lease": str(id), "reason": finding.why})
        return finding

    async def _examine(self, id: LeaseID, created_at: int, not_below: int) -> Finding:
        status = await self.chain.status()
        least = max(not_below, self.height)
        if status.chain_id != self.chain_id:
            return Finding(Verdict.DOUBT, why=f"the node is on chain {status.chain_id!r}")
        if status.height < least:
            return Finding(Verdict.DOUBT, why=f"the node is at {status.height}, below {least}")
        if await self.chain.is_syncing():
            return Finding(Verdict.DOUBT, why="the node is catching up")
        if why := await self._belief.strange():
            return Finding(Verdict.DOUBT, why=why)
        lease = await self.chain.lease(id, height=status.height)
        if lease.id != id or lease.created_at != created_at:
            return Finding(
                Verdict.DOUBT,
                why=f"the node tells of {lease.id} made at {lease.created_at}, not {created_at}",
            )
        over = lease.state in OVER
        return Finding(Verdict.OVER if over else Verdict.RUNS, status.height, lease=lease)

    async def age(self, height: int) -> float:
        """Seconds of chain time since a block; 0 when nobody can say."""
        try:
            async with asyncio.timeout(self.settings.patience):
                made = (await self.chain.block(height)).time
                return max(0.0, ((await self.chain.status()).time - made) / 10**9)
        except NO_ANSWER as error:
            log.info("age not known", extra={"height": height, "reason": str(error)})
            return 0.0

    # bids and leases: words to the chain that survive a lost answer

    async def open_bid(self, msg: market.MsgCreateBid) -> Bid:
        """Place a bid and give it back as the chain has it; placed before counts as well.

        Raises the ChainError of a refusal, Retry when nobody can say whether it was placed.
        """
        result = "fail"
        try:
            bid = await self._open_bid(msg)
            result = "success"
            return bid
        finally:
            self.tally.count("provider_bid", action="open", result=result)

    async def _open_bid(self, msg: market.MsgCreateBid) -> Bid:
        id = BidID.from_wire(msg.id)
        try:
            await self.chain.send([msg])
        except OutcomeUnknown as error:
            return await self._outcome(id, error)
        except (ChainError, NeverIncluded, Unreachable) as error:
            # A refusal by simulation carries no code, so whether a bid exists is asked, not read.
            return await self._lookup(id, error)
        return await self._bid(id)

    async def close_bid(self, id: BidID, reason: int) -> None:
        """Close a bid, or the lease it became; tried until the chain says that it is closed."""
        while True:
            try:
                if (await self.chain.bid(id)).state not in LASTING:
                    return
                await self.chain.send([market.MsgCloseBid(id=id.to_wire(), reason=reason)])  # type: ignore[arg-type]  # any number of a provider's range
                return
            except NO_ANSWER as error:
                log.warning("bid not closed yet", extra={"bid": str(id), "reason": str(error)})
            await asyncio.sleep(self.settings.retry)

    async def take_back(self, id: BidID) -> bool:
        """Get an open bid's deposit back; False when the bid has become a lease instead.

        Tried until the chain has answered; a bid that it has ended itself costs one question.
        """
        while True:
            try:
                state = (await self.chain.bid(id)).state
                if state is BidState.OPEN:
                    reason = LeaseClosedReason.LEASE_CLOSED_REASON_UNSPECIFIED
                    await self.chain.send([market.MsgCloseBid(id=id.to_wire(), reason=reason)])  # type: ignore[arg-type]  # a known number
                    self.tally.count("provider_bid", action="close", result="success")
                return state is not BidState.ACTIVE
            except BidNotFound:
                return True
            except NO_ANSWER as error:
                self.tally.count("provider_bid", action="close", result="fail")
                log.warning("bid not taken back", extra={"bid": str(id), "reason": str(error)})
            await asyncio.sleep(self.settings.retry)

    async def withdraw(self, id: LeaseID) -> None:
        """Take what a lease has earned. Raises ChainError, ClientError."""
        await self.chain.send([market.MsgWithdrawLease(id=id.to_wire())])

    async def _outcome(self, id: BidID, unknown: OutcomeUnknown) -> Bid:
        """The bid, or `unknown` once the height has passed up to which it may still appear."""
        while True:
            try:
                return await self._lookup(id, unknown)
            except OutcomeUnknown:
                if self.height > unknown.timeout_height:
                    raise
            await self.reached(self.height + 1)

    async def _lookup(self, id: BidID, cause: Exception) -> Bid:
        """The bid, if it was placed in spite of `cause`."""
        try:
            async with asyncio.timeout(self.settings.patience):
                found = await self._bid(id)
        except TimeoutError:
            raise Retry(f"bid {id}: no answer whether it was placed ({cause})") from cause
        except ChainError:
            raise cause from None
        if found.state is not BidState.OPEN:
            raise cause
        return found

    async def _bid(self, id: BidID) -> Bid:
        """A bid, outages sat out. Raises ChainError."""
        while True:
            try:
                return await self.chain.bid(id)
            except ClientError as error:
                log.info("asking again", extra={"bid": str(id), "reason": str(error)})
                await asyncio.sleep(self.settings.retry)

    # news

    async def _take(self, block: BlockEvents) -> bool:
        """Hand a block's news out; False, and nothing done, when it is not of our chain."""
        if block.height <= self._since:
            return True
        if not await self._belief.holds():
            return False
        self._since = block.height
        self._seen_at = asyncio.get_running_loop().time()
        for event in block.events:
            news = read(event)
            if news is not None:
                self.feed.publish(news)
        await self._see(block.height)
        await self._belief.saw(block.height, len(block.txs))
        return True

    async def _see(self, height: int) -> None:
        async with self._news:
            self.height = max(self.height, height)
            self._news.notify_all()

    async def _skip(self) -> None:
        """Go on from the latest block and let everybody look for what was missed."""
        try:
            async with asyncio.timeout(self.settings.patience):
                status = await self.chain.status()
        except NO_ANSWER as error:
            log.warning("node does not answer", extra={"reason": str(error)})
            return
        ours = status.chain_id == self.chain_id and await self._belief.holds()
        if ours and status.height > self._since:
            self._since = status.height
            await self._see(status.height)
            self.feed.publish(LookAgain())
