"""Subscriptions: bounded, matched, cut off when too slow, ended with the node."""

from __future__ import annotations

import asyncio

import pytest

from akashpy.node.bus import Bus, BusLimits, SubscriptionError
from akashpy.types.events import Event

EVENT = Event("transfer", (("sender", "alice"), ("amount", "5uakt")))


def tell(bus: Bus, kind: str = "Tx", event: Event = EVENT) -> None:
    bus.publish(kind, lambda: "subject", (event,))


async def test_only_what_matches_arrives() -> None:
    bus = Bus()
    found = bus.subscribe("me", "tm.event='Tx' AND transfer.sender='alice'")
    tell(bus, "NewBlock")
    tell(bus, event=Event("transfer", (("sender", "bob"),)))
    tell(bus)
    notice = await anext(found)
    assert (notice.kind, notice.subject) == ("Tx", "subject")
    assert notice.flat == {
        "transfer.sender": ["alice"],
        "transfer.amount": ["5uakt"],
        "tm.event": ["Tx"],
    }


async def test_nothing_is_made_when_nobody_wants_it() -> None:
    bus = Bus()
    bus.subscribe("me", "tm.event='NewBlock'")
    assert not bus.wants("Tx")
    bus.publish("Tx", lambda: pytest.fail("made for nobody"), (EVENT,))


async def test_a_slow_subscriber_is_cut_off_and_the_others_go_on() -> None:
    bus = Bus(BusLimits(buffer=2))
    slow = bus.subscribe("slow", "tm.event='Tx'")
    quick = bus.subscribe("quick", "tm.event='Tx'")
    for _ in range(3):
        tell(bus)
        await anext(quick)
    assert not slow.is_open
    await anext(slow)
    await anext(slow)
    with pytest.raises(SubscriptionError, match="client is not pulling messages fast enough"):
        await anext(slow)
    assert quick.is_open


async def test_clients_are_bounded() -> None:
    bus = Bus(BusLimits(max_clients=1, max_per_client=1))
    bus.subscribe("a", "tm.event='Tx'")
    with pytest.raises(SubscriptionError, match="max_subscription_clients 1 reached"):
        bus.subscribe("b", "tm.event='Tx'")
    with pytest.raises(SubscriptionError, match="max_subscriptions_per_client 1 reached"):
        bus.subscribe("a", "tm.event='NewBlock'")
    bus.subscribe("inside", "tm.event='Tx'", bounded=False)


async def test_unsubscribing_ends_the_stream_quietly() -> None:
    bus = Bus()
    found = bus.subscribe("me", "tm.event='Tx'")
    bus.unsubscribe("me", "tm.event = 'Tx'")
    with pytest.raises(StopAsyncIteration):
        await anext(found)
    with pytest.raises(SubscriptionError, match="subscription not found"):
        bus.unsubscribe("me", "tm.event='Tx'")


async def test_closing_tells_who_still_listens() -> None:
    bus = Bus()
    found = bus.subscribe("me", "tm.event='Tx'")
    waiting = asyncio.ensure_future(anext(found))
    await asyncio.sleep(0)
    bus.close()
    with pytest.raises(SubscriptionError, match="CometBFT exited"):
        await waiting
