"""The demo's bookkeeper: reads every figure from the chain and works it out again from nothing but
the bid's price and block heights. What it cannot explain to the last base unit is a `Mismatch`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from akashpy.client.client import Client
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID
from akashpy.types.events import Event
from akashpy.types.market import Lease

DENOM = "uakt"
ESCROW = str(Address.of_module("escrow"))
FEES = str(Address.of_module("fee_collector"))
REWARDS = str(Address.of_module("distribution"))
"""Where validators' and the community's coins wait until they are withdrawn."""


class Mismatch(Exception):
    """The chain says one thing, the computation another."""


@dataclass(frozen=True, slots=True)
class Balances:
    """Base units of accounts at a height, and the supply."""

    height: int
    held: Mapping[str, int]
    supply: int


async def balances(client: Client, accounts: Sequence[str], height: int) -> Balances:
    """Balances of accounts as they were at the end of a block."""
    held = {
        account: await client.query.bank.balance(account, DENOM, height=height)
        for account in accounts
    }
    return Balances(height, held, await client.query.bank.supply(DENOM, height=height))


@dataclass(frozen=True, slots=True)
class Traffic:
    """What came and went in some blocks, in base units: fees by payer, and newly made coins."""

    fees: Counter[str]
    minted: int
    last: int
    """The part of both that came in the last block."""

    def handed_on(self, collected: int) -> int:
        """What the fee collector gave to validators: each block begins with giving away what the
        one before left. `collected` is what it held at first.
        """
        return collected + self.fees.total() + self.minted - self.last


async def traffic(client: Client, first: int, last: int) -> Traffic:
    """Read blocks `first` to `last`."""
    fees: Counter[str] = Counter()
    minted = came = 0
    async for block in client.events(first):
        if block.height > last:
            break
        so_far = fees.total() + minted
        for found in _attributes("tx", (event for tx in block.txs for event in tx.events)):
            if "fee_payer" in found:
                fees[found["fee_payer"]] += int(found["fee"].removesuffix(DENOM) or 0)
        minted += sum(int(found["amount"]) for found in _attributes("mint", block.block))
        came = fees.total() + minted - so_far
    return Traffic(fees, minted, came)


def _attributes(kind: str, events: Iterable[Event]) -> list[dict[str, str]]:
    return [dict(event.attributes) for event in events if event.type == kind]


async def funds(client: Client, id: DeploymentID, height: int) -> Dec:
    """What is left in a deployment's escrow account at the end of a block."""
    view = await client.query.deployment.deployment(id, height=height)
    return view.account.funds[0].amount


def due(lease: Lease, settlements: Sequence[int]) -> int:
    """What a lease costs from its first block through each settlement, in whole base units.

    Every settlement drops its fraction, as Akash does.
    """
    price = Fraction(lease.price.amount.raw, 10**18)
    points = [lease.created_at, *settlements]
    return sum(int(price * (end - start)) for start, end in pairwise(points))


def require(what: str, chain: int, computed: int) -> None:
    """Raises Mismatch when the two differ."""
    if chain != computed:
        raise Mismatch(f"{what}: the chain says {chain}{DENOM}, the computation {computed}{DENOM}")
