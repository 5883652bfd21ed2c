"""How long a provider of 200 machines with 8 GPUs each takes to decide on an order.

A decision is the whole of it: a block's event is read, the order asked for, matched with what the
provider is, given a place among the devices, priced and bid on, or declined. Each bid becomes a
lease at once, so that the cluster fills until every device is sold and some orders lack one. The
chain is in memory: what a node takes to answer is measured elsewhere. Aim: p99 below 10 ms.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from google.protobuf.message import Message

from akashpy.types.attributes import Attributes
from akashpy.types.market import Lease, OrderID
from provider.inventory.nodes import Cluster, Gpu, Node
from tests.provider.fakes import Durable, Running, running
from tests.provider.market import GIB, PROVIDER, FakeChain, group, unit

MACHINES, DEVICES, ORDERS, AT_ONCE = 200, 8, 2000, 200
MODELS = ("a100", "h100", "rtx4090", "l40s")
ANY, H100 = "vendor/nvidia/model/*", "vendor/nvidia/model/h100"
EVERY = 4
"""One order in so many is for a model, the others are for any."""
LIMIT_S = 60
PRICES = {"uakt": {"cpu": "0.01", "memory": "0.001", "gpu": {"h100": "900", "*": "300"}}}


class Chain(FakeChain):
    """Takes bids without waiting for a block, and says when."""

    async def leases(
        self, *, owner: str = "", dseq: int = 0, provider: str = ""
    ) -> AsyncIterator[Lease]:
        """Those of one deployment without walking over all, as a node does."""
        only = OrderID(owner, dseq, 1, 1).with_provider(PROVIDER).lease
        found = [self.leases_.get(only)] if dseq else list(self.leases_.values())
        for lease in found:
            if lease is not None:
                yield lease

    async def send(self, msgs: Sequence[Message]) -> int:
        for message in msgs:
            self._do(message)
        return self.height


def machines(number: int = MACHINES) -> Cluster:
    """Machines of four models in turn."""
    made = (
        Node(
            f"n{each}",
            96_000,
            768 * GIB,
            2048 * GIB,
            (),
            (Gpu("nvidia", MODELS[each % len(MODELS)], DEVICES, "80Gi"),),
        )
        for each in range(number)
    )
    return Cluster(tuple(made))


async def _decided(provider: Running, chain: Chain, orders: int) -> None:
    """Wait until each of the last orders is bid on or declined."""
    before = len(chain.bids_) + _declined(provider)
    async with asyncio.timeout(LIMIT_S):
        await chain.grow()
        while len(chain.bids_) + _declined(provider) < before + orders:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)


def _declined(provider: Running) -> int:
    return sum(provider.engine.ends.values()) - len(provider.won)


async def _lease(provider: Running, chain: Chain, since: int) -> None:
    """Every open bid becomes a lease, and the provider hears of it."""
    made = [chain.accept(id) for id in list(chain.bids_)[since:]]
    await chain.grow()
    async with asyncio.timeout(LIMIT_S):
        while len(provider.won) < since + len(made):  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)


async def measure() -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit)."""
    chain = Chain()
    chain.record = replace(chain.record, attributes=_capabilities())
    taken = list[float]()
    async with running(Durable(chain=chain), cluster=machines(), prices=PRICES) as provider:
        await provider.engine.caught_up.wait()
        for number in range(1, ORDERS + 1):
            wish = ANY if number % EVERY else H100
            chain.open_order(group(unit(gpu=1, wishes=(wish,))), dseq=number)
            bids, begun = len(chain.bids_), process_time()
            await _decided(provider, chain, 1)
            taken.append((process_time() - begun) * 1000)
            await _lease(provider, chain, bids)
        assert len(provider.won) == MACHINES * DEVICES
    chain = Chain()
    chain.record = replace(chain.record, attributes=_capabilities())
    async with running(Durable(chain=chain), cluster=machines(), prices=PRICES) as provider:
        await provider.engine.caught_up.wait()
        for number in range(1, AT_ONCE + 1):
            chain.open_order(group(unit(gpu=1, wishes=(ANY,))), dseq=number)
        begun = process_time()
        await _decided(provider, chain, AT_ONCE)
        burst = (process_time() - begun) * 1000
    taken.sort()
    what = f"bid decision, {MACHINES} machines of {DEVICES} GPUs"
    return [
        (f"{what}: p50", taken[len(taken) // 2], "ms"),
        (f"{what}: p99", taken[len(taken) * 99 // 100], "ms"),
        (f"{AT_ONCE} bid decisions at once, {MACHINES} machines of {DEVICES} GPUs", burst, "ms"),
    ]


def _capabilities() -> Attributes:
    return Attributes.of((f"capabilities/gpu/vendor/nvidia/model/{m}", "true") for m in MODELS)


def run() -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit)."""
    return asyncio.run(measure())


if __name__ == "__main__":
    for name, value, unit_of in run():
        print(f"{name}  {value:.2f} {unit_of}")
