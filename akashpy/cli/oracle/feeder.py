"""Reads, decides and feeds, again and again, until it is told to stop.

Nothing that goes wrong ends it: a silent source, a refused transaction and a node that is away are
reported, and the next round tries again. Must not know flags or how progress is shown.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from akashpy.cli.oracle.guard import Fed, Guard, choose, is_due
from akashpy.cli.oracle.sources import Source, read_all
from akashpy.client.client import Client
from akashpy.client.errors import ClientError
from akashpy.client.outcome import TxOutcome
from akashpy.client.signer import Signer
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError
from akashpy.types.moment import timestamp
from akashpy.wire import oracle as pb

Send = Callable[[Dec, int], Awaitable[TxOutcome]]
"""Feeds a price of a time. Raises ChainError, ClientError, TimeoutError."""
Report = Callable[[str, dict[str, Any]], None]
"""What happened (`fed`, `would-feed`, `unchanged`, `no-price`, `source`, `refused`, `stopped`)."""


@dataclass(frozen=True, slots=True)
class Feeder:
    """One price to keep fed. `interval` is in seconds; without `send` nothing is sent."""

    sources: Sequence[Source]
    guard: Guard
    interval: float
    report: Report
    send: Send | None

    async def run(self, stop: asyncio.Event, *, once: bool = False) -> bool:
        """Feed until `stop` is set, or one round; whether the last round had a price to feed.

        A round that has begun is finished first, so that no transaction is left in the dark.
        """
        last: Fed | None = None
        while True:
            begun = time.monotonic()
            fed, last = await self._round(last)
            if once:
                return fed
            rest = max(self.interval - (time.monotonic() - begun), 0)
            try:
                async with asyncio.timeout(rest):
                    await stop.wait()
            except TimeoutError:
                if not stop.is_set():
                    continue
            self.report("stopped", {})
            return fed

    async def _round(self, last: Fed | None) -> tuple[bool, Fed | None]:
        quotes, silent = await read_all(self.sources)
        now = time.time_ns()
        choice = choose(quotes, now, self.guard)
        for why in (*silent, *choice.left_out):
            self.report("source", {"left_out": why})
        if choice.price is None:
            wanted = self.guard.min_sources
            self.report("no-price", {"sources": choice.sources, "min_sources": wanted})
            return False, last
        facts: dict[str, Any] = {"price": str(choice.price), "sources": choice.sources}
        if not is_due(choice.price, now, last, self.guard):
            self.report("unchanged", facts)
            return True, last
        moment = max(choice.time, last.time) if last else choice.time
        done = Fed(choice.price, moment, now)
        if self.send is None:
            self.report("would-feed", facts)
            return True, done
        try:
            outcome = await self.send(choice.price, moment)
        except (ChainError, ClientError) as error:
            self.report("refused", facts | {"error": str(error)})
            return False, last
        except TimeoutError:
            self.report("refused", facts | {"error": "the node took too long"})
            return False, last
        self.report("fed", facts | {"height": outcome.height, "txhash": outcome.hash})
        return True, done


def sender(client: Client, signer: Signer, pair: tuple[str, str], patience: float) -> Send:
    """Feeds a pair, such as ("akt", "usd"), with `signer`; gives up after `patience` seconds."""

    async def send(price: Dec, moment: int) -> TxOutcome:
        message = pb.MsgAddPriceEntry(
            signer=signer.address,
            id=pb.DataID(denom=pair[0], base_denom=pair[1]),
            price=price.wire(),
            timestamp=timestamp(moment),
        )
        async with asyncio.timeout(patience):
            return await client.broadcast([message], signer)

    return send
