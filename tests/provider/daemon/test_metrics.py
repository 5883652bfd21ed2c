"""The provider's numbers after one whole lease, under Akash's names."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from akashpy.client.signer import KeySigner
from akashpy.wire import deployment
from provider.tally import BOUNDS, Tally
from tests.nodes import key_of
from tests.ports import free_port
from tests.provider.daemon.world import page, running, world

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def numbers(text: str) -> Numbers:
    """Samples by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_lease_is_counted_from_its_order_to_its_end(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    async with (
        world(tmp_path, "provider") as here,
        running(here, "provider", metrics_listen=address) as daemon,
    ):

        async def read() -> Numbers:
            async with here.session.get(f"http://{address}/metrics") as answer:
                assert answer.status == 200
                assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                return numbers(await answer.text())

        before = await read()
        capacity = ("provider_inventory_available_total", (("quantity", "cpu"),))
        assert before[capacity] > 0
        definition = page("counted")
        id = await here.order(definition)
        lease = await here.accept((await here.bid(id))[0])
        await here.put(daemon.gateway_url, id, definition.manifest())
        assert await here.served(daemon.gateway_url, lease) == "counted"

        during = await read()
        for name, labels in (
            ("provider_bid", {"action": "open", "result": "success"}),
            ("provider_should_bid", {"result": "accept"}),
            ("provider_order_complete", {"result": "lease-won"}),
            ("provider_deployment", {"action": "deploy", "result": "success"}),
            ("provider_deployment_monitor", {"action": "start"}),
            ("provider_deployment_manager", {}),
            ("provider_manifest_manager", {}),
            ("akashpy_provider_leases", {}),
            ("provider_inventory_requests", {"action": "reserve", "result": "create"}),
            ("provider_bid_pricing_duration_count", {}),
            ("provider_reservation_duration_count", {}),
        ):
            assert during[name, tuple(sorted(labels.items()))] == 1, name
        held = (("classification", "active"), ("quantity", "cpu"))
        assert during["provider_inventory_reservations_total", held] == 100
        assert during[capacity] == before[capacity] - 100

        close = deployment.MsgCloseDeployment(id=id.to_wire())
        await here.client.broadcast([close], KeySigner(key_of("tenant")))
        removed = ("provider_deployment", (("action", "teardown"), ("result", "success")))
        while removed not in await read():
            await here.block()
        while (await read())["akashpy_provider_leases", ()]:
            await here.block()
        after = await read()
        assert after[capacity] == before[capacity]
        assert after["provider_inventory_reservations_total", held] == 0


def test_durations_are_sorted_by_akashs_bounds() -> None:
    tally = Tally()
    with tally.timed("x"):
        tally.count("y", result="success")
    found = tally.durations["x"]
    assert found.count == 1
    assert found.buckets == [1] * len(BOUNDS)
    found.add(BOUNDS[1])
    assert found.buckets == [1] + [2] * (len(BOUNDS) - 1)
    assert tally.counts == {("y", (("result", "success"),)): 1}
