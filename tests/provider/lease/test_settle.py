"""Earnings come home on schedule and before a tenant's escrow is empty."""

from __future__ import annotations

import asyncio

from akashpy.client.errors import Unreachable
from akashpy.wire import market as wire
from provider.lease.settle import SettleSettings
from tests.provider.fakes import Durable, running
from tests.provider.tenants import blocks, page, serving

HOUR = 3600.0
PRICE = {"uakt": {"cpu": "0.01"}}
"""Ten base units per block for one core."""


async def test_withdrawals_come_on_schedule(given: Durable) -> None:
    async with running(given, settle=SettleSettings(period=HOUR), prices=PRICE) as provider:
        lease = await serving(given, provider, page())
        await asyncio.sleep(3 * HOUR + 60)
        sent = given.chain.sent_of(wire.MsgWithdrawLease)
        assert [message.id.dseq for message in sent] == [lease.dseq] * 3


async def test_the_last_call_comes_before_the_escrow_is_empty_and_one_ask_after(
    given: Durable,
) -> None:
    settle = SettleSettings(period=0, look=60, margin=5)
    async with running(given, settle=settle, prices=PRICE) as provider:
        lease = await serving(given, provider, page())
        given.chain.fund(lease.deployment, 10 * 100)
        empty = given.chain.height + 100
        while given.chain.height < empty - 7:
            await blocks(1)
        assert given.chain.sent_of(wire.MsgWithdrawLease) == []
        await blocks(4)
        assert len(given.chain.sent_of(wire.MsgWithdrawLease)) == 1
        await blocks(50)  # Akash's chain ends a lease only when somebody asks after its money's end
        assert len(given.chain.sent_of(wire.MsgWithdrawLease)) == 2


async def test_more_money_moves_the_last_call(given: Durable) -> None:
    settle = SettleSettings(period=0, look=60, margin=5)
    async with running(given, settle=settle, prices=PRICE) as provider:
        lease = await serving(given, provider, page())
        given.chain.fund(lease.deployment, 10 * 50)
        await blocks(20)
        given.chain.fund(lease.deployment, 10 * 500)
        await blocks(100)
        assert given.chain.sent_of(wire.MsgWithdrawLease) == []


async def test_a_failed_withdrawal_is_tried_again(given: Durable) -> None:
    settle = SettleSettings(period=HOUR, retry=60)
    async with running(given, settle=settle, prices=PRICE) as provider:
        await serving(given, provider, page())
        given.chain.refusals += [Unreachable("lost"), Unreachable("lost")]
        await asyncio.sleep(HOUR + 300)
        assert len(given.chain.sent_of(wire.MsgWithdrawLease)) == 1


async def test_nothing_is_withdrawn_after_the_end(given: Durable) -> None:
    settle = SettleSettings(period=HOUR)
    async with running(given, settle=settle, prices=PRICE) as provider:
        lease = await serving(given, provider, page())
        given.chain.end(lease)
        await asyncio.sleep(5 * HOUR)
        assert given.chain.sent_of(wire.MsgWithdrawLease) == []
