"""Two hundred orders at once for a few devices: each gets a model it wants, none is sold twice.

Through the provider's own way from an event to a bid and a lease, in virtual time. What is ordered,
won and given back comes from a seed.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace

import pytest

from akashpy.types.attributes import Attributes
from akashpy.types.market import Bid, BidState, LeaseState, OrderID, OrderState
from provider.inventory.nodes import Cluster, Gpu, Node
from tests.provider.fakes import Durable, running
from tests.provider.market import GIB, PROVIDER, SECONDS, FakeChain, group, unit

ORDERS, ROUNDS, MOST = 200, 4, 4
"""At once, how often, and what one order wants at most."""
GPUS = (
    Gpu("nvidia", "a100", 8, "80Gi"),
    Gpu("nvidia", "a100", 8, "80Gi"),
    Gpu("nvidia", "h100", 8, "80Gi"),
    Gpu("nvidia", "rtx4090", 4, "24Gi", "pcie"),
    Gpu("amd", "mi300x", 8),
    Gpu("intel", "flex170", 2),
)
HAS = Counter({("nvidia", "a100"): 16, ("nvidia", "h100"): 8, ("nvidia", "rtx4090"): 4,
               ("amd", "mi300x"): 8, ("intel", "flex170"): 2})  # fmt: skip
WISHES = (
    "vendor/nvidia/model/*",
    "vendor/amd/model/*",
    "vendor/nvidia/model/a100",
    "vendor/nvidia/model/h100",
    "vendor/nvidia/model/rtx4090/ram/24Gi/interface/pcie",
    "vendor/intel/model/flex170",
)


def cluster() -> Cluster:
    """One machine for each entry of GPUS."""
    nodes = (
        Node(f"g{number}", 96_000, 768 * GIB, 2048 * GIB, gpus=(gpu,))
        for number, gpu in enumerate(GPUS)
    )
    return Cluster(tuple(nodes))


def declared(chain: FakeChain) -> None:
    """The provider's record names what it has."""
    keys = [f"capabilities/gpu/vendor/{vendor}/model/{model}" for vendor, model in HAS]
    keys.append("capabilities/gpu/vendor/nvidia/model/rtx4090/ram/24Gi/interface/pcie")
    keys.append("capabilities/gpu/vendor/nvidia/model/rtx4090/ram/24Gi")
    keys.append("capabilities/gpu/vendor/nvidia/model/rtx4090/interface/pcie")
    chain.record = replace(chain.record, attributes=Attributes.of((key, "true") for key in keys))


def open_orders(chain: FakeChain, chance: random.Random, first: int) -> list[OrderID]:
    """Many orders of one block, of every kind."""
    made = []
    for number in range(first, first + ORDERS):
        asked = unit(gpu=chance.randint(1, 2), count=chance.randint(1, 2), cpu=100,
                     memory=GIB // 8, wishes=[chance.choice(WISHES)])  # fmt: skip
        made.append(chain.open_order(group(asked), dseq=number))
    return made


def sold(chain: FakeChain) -> Counter[tuple[str, str]]:
    """Devices of bids that stand and of leases that run."""
    found = Counter[tuple[str, str]]()
    for bid in chain.bids_.values():
        lease = chain.leases_.get(bid.id.lease)
        if bid.state is BidState.OPEN or (lease and lease.state is LeaseState.ACTIVE):
            (vendor, model), count = offered(bid)
            found[vendor, model] += count
    return found


def offered(bid: Bid) -> tuple[tuple[str, str], int]:
    """The model and the number of devices that a bid names."""
    (offer,) = bid.resources_offer
    gpu = offer.resources.gpu
    assert gpu is not None
    (attribute,) = gpu.attributes
    parts = attribute.key.split("/")
    return (parts[1], parts[3]), gpu.units * offer.count


def fits(chain: FakeChain, bid: Bid) -> bool:
    """The bid names a concrete model that the order wants, and as many devices as it wants."""
    (asked,) = chain.orders[bid.id.order].spec.resources
    wanted = asked.resources.gpu
    assert wanted is not None
    (vendor, model), count = offered(bid)
    wish = wanted.attributes[0].key
    return (
        count == wanted.units * asked.count
        and (vendor, model) in HAS
        and any(gpu.vendor == vendor and gpu.model == model and gpu.fits(wish) for gpu in GPUS)
    )


@pytest.mark.parametrize("seed", [1, 2])
async def test_many_orders_at_once_share_few_devices(given: Durable, seed: int) -> None:
    chance, chain = random.Random(seed), given.chain
    declared(chain)
    async with running(given, cluster=cluster()) as provider:
        await asyncio.sleep(SECONDS / 2)  # so that we look between two blocks
        for turn in range(ROUNDS):
            orders = open_orders(chain, chance, 1 + turn * ORDERS)
            for _ in range(3):
                await asyncio.sleep(SECONDS)
                assert sold(chain) <= HAS
            ours = [bid for bid in chain.bids_.values() if bid.id.order in orders]
            assert ours
            assert all(fits(chain, bid) for bid in ours)
            for room in provider.inventory.free().rooms:
                ((gpu, free),) = room.gpus
                assert free < MOST, f"{free} {gpu.model} are free while {ORDERS} orders wait"
            for bid in ours:
                if bid.state is BidState.OPEN and chance.random() < 0.5:
                    chain.accept(bid.id)
            for order in orders:
                if chain.orders[order].state is OrderState.OPEN:
                    chain.close_order(order)
            for lease in list(chain.leases_.values()):
                if lease.state is LeaseState.ACTIVE and chance.random() < 0.5:
                    chain.end(lease.id)
        await asyncio.sleep(3 * SECONDS)
        runs = {lease.id for lease in chain.leases_.values() if lease.state is LeaseState.ACTIVE}
        assert runs
        assert runs <= {one.lease for one in provider.won}
        assert runs <= {
            held.order.with_provider(PROVIDER).lease for held in provider.inventory.holdings
        }
