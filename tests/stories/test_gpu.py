"""GPUs by declaration: an order goes where its model is, at its price, and no device twice."""

from __future__ import annotations

from pathlib import Path

from akashpy.client.query import BidView
from akashpy.types.market import OrderID
from tests.stories.sdls import web
from tests.stories.town import Town

CPU_PART = 1000
A100, H100 = 30_000, 70_000
ANY = "*"


def gpu(model: str, count: int) -> dict[str, object]:
    """Declared devices."""
    return {"vendor": "nvidia", "model": model, "count": count}


def capability(*models: str) -> dict[str, str]:
    """What the provider's record says about them."""
    return {f"capabilities/gpu/vendor/nvidia/model/{model}": "true" for model in models}


async def test_models_prices_and_the_last_device(place: Path) -> None:
    async with Town.start(place, ["ann", "bob", "pia", "quin", "rob"]) as town:
        await town.provider(
            "pia", gpus=[gpu("a100", 1)], gpu_price={"a100": A100}, attributes=capability("a100")
        )
        await town.provider(
            "quin", gpus=[gpu("h100", 1)], gpu_price={"h100": H100}, attributes=capability("h100")
        )
        await town.provider("rob")

        named = await order_for(town, "ann", "h100")
        bids = await town.bids(named)
        await town.next_block(6)
        bids = await town.bids(named)
        assert [(view.bid.id.provider, price(view)) for view in bids] == [
            (town.address("quin"), CPU_PART + H100)
        ]
        lease = await town.take("ann", bids[0].bid.id)

        wild = await order_for(town, "bob", ANY)
        bids = await town.bids(wild)
        await town.next_block(6)
        bids = await town.bids(wild)
        assert [(view.bid.id.provider, price(view), model(view)) for view in bids] == [
            (town.address("pia"), CPU_PART + A100, "vendor/nvidia/model/a100")
        ], "the last h100 is leased, so only the a100 is left for a wildcard"

        second = await order_for(town, "bob", "a100")
        await town.next_block(8)
        found = town.client.query.market.bids(owner=second.owner, dseq=second.dseq)
        assert [view async for view in found] == [], "the last a100 is held for the other order"

        late = await order_for(town, "bob", "h100")
        await town.close("ann", lease.deployment)
        bids = await town.bids(wild, 2)
        assert [model(view).rpartition("/")[2] for view in bids] == ["a100", "h100"]
        await town.next_block(4)
        found = town.client.query.market.bids(owner=late.owner, dseq=late.dseq)
        assert [view async for view in found] == [], "the h100 went to the order that came first"
        await town.books()


async def order_for(town: Town, who: str, model: str) -> OrderID:
    """An order for one GPU of a model."""
    id = await town.deploy(who, web(gpu=model))
    return OrderID.of(id.with_gseq(1), 1)


def price(view: BidView) -> int:
    """A bid's price in whole base units."""
    return int(view.bid.price.amount.truncate())


def model(view: BidView) -> str:
    """The GPU that a bid names."""
    offer = view.bid.resources_offer[0]
    gpu = offer.resources.gpu
    assert gpu is not None
    return str(gpu.attributes[0].key)
