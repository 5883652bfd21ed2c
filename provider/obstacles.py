"""Why the provider would not bid right now, in one place for engine and status page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from akashpy.types.provider import ProviderNotFound
from provider.belief import NO_ANSWER
from provider.bid.policy import Reason
from provider.inventory.reserve import Inventory
from provider.ledger import Ledger

BELIEVED = 5.0
"""Seconds for which what the chain said of our funds is believed."""


@dataclass(slots=True)
class Obstacles:
    """Looks at everything that bidding needs, apart from any order."""

    ledger: Ledger
    inventory: Inventory
    is_counted: Callable[[], bool]
    """Whether all leases that the chain lists have their place."""
    _funds: Reason | None = None
    _asked_at: float = field(default=float("-inf"))

    async def found(self) -> list[Reason]:
        """All obstacles; empty when the provider would bid."""
        reasons = []
        if why := self.ledger.obstacle():
            reasons.append(Reason("chain", why))
        if not self.is_counted():
            reasons.append(Reason("leases", "the leases on chain are not all known yet"))
        if not self.inventory.cluster.nodes:
            reasons.append(Reason("no_nodes", "the cluster has no machines"))
        if not reasons and (short := await self._short()):
            reasons.append(short)
        return reasons

    async def _short(self) -> Reason | None:
        now = asyncio.get_running_loop().time()
        if now - self._asked_at > BELIEVED:
            self._funds = await self._ask()
            self._asked_at = now
        return self._funds

    async def _ask(self) -> Reason | None:
        """Whether we are registered and some denomination pays for a bid's deposit."""
        chain, address = self.ledger.chain, self.ledger.address
        try:
            async with asyncio.timeout(self.ledger.settings.patience):
                await chain.provider(address)
                least = (await chain.market_params()).bid_min_deposits
                for coin in least:
                    if await chain.balance(address, coin.denom) >= coin.amount:
                        return None
        except ProviderNotFound:
            return Reason("not_registered", f"{address} is no provider on chain: run init")
        except NO_ANSWER as error:
            return Reason("chain", f"the chain does not answer: {error}")
        wanted = " or ".join(str(coin) for coin in least)
        text = f"send {address} coins: it cannot pay a bid's deposit of {wanted}"
        return Reason("no_funds", text)
