"""Gas: the SDK's cost table, charged at each touch, and the SDK's words when it runs out."""

import pytest

from akashpy.state.context import Context
from akashpy.state.gas import NO_LIMIT, GasMeter, InfiniteGasMeter
from akashpy.types.errors import OutOfGas

KEY, VALUE = b"12345", b"1234567"


def ctx_with(limit: int) -> Context:
    ctx = Context.scratch()
    ctx.set(KEY, VALUE)
    return ctx.derive(gas=GasMeter(limit))


@pytest.mark.parametrize(
    ("touch", "cost"),
    [
        (lambda ctx: ctx.has(KEY), 1000),
        (lambda ctx: ctx.delete(KEY), 1000),
        (lambda ctx: ctx.delete(b"absent"), 1000),
        (lambda ctx: ctx.get(KEY), 1000 + 3 * (5 + 7)),
        (lambda ctx: ctx.get(b"abc"), 1000 + 3 * 3),
        (lambda ctx: ctx.set(KEY, b"xy"), 2000 + 30 * (5 + 2)),
        (lambda ctx: list(ctx.iterate(b"z", None)), 30),
        # found once when the walk begins, charged again when it moves on, then the end
        (lambda ctx: list(ctx.iterate(b"", None)), (3 * 12 + 30) * 2 + 30 - 30),
        (lambda ctx: next(ctx.iterate(b"", None)), 3 * 12 + 30),
    ],
)
def test_each_touch_costs_as_the_sdk_charges(touch, cost) -> None:
    ctx = ctx_with(10_000)
    touch(ctx)
    assert ctx.gas.used == cost


@pytest.mark.parametrize(
    ("touch", "limit", "where", "used"),
    [
        (lambda ctx: ctx.has(KEY), 999, "Has", 1000),
        (lambda ctx: ctx.delete(KEY), 999, "Delete", 1000),
        (lambda ctx: ctx.get(KEY), 999, "ReadFlat", 1000),
        (lambda ctx: ctx.get(KEY), 1000, "ReadPerByte", 1015),
        (lambda ctx: ctx.get(KEY), 1035, "ReadPerByte", 1036),
        (lambda ctx: ctx.set(KEY, VALUE), 1, "WriteFlat", 2000),
        (lambda ctx: ctx.set(KEY, VALUE), 2149, "WritePerByte", 2150),
        (lambda ctx: ctx.set(KEY, VALUE), 2200, "WritePerByte", 2360),
        (lambda ctx: list(ctx.iterate(b"", None)), 14, "ValuePerByte", 15),
        (lambda ctx: list(ctx.iterate(b"", None)), 36, "IterNextFlat", 66),
    ],
)
def test_running_out_names_the_place(touch, limit: int, where: str, used: int) -> None:
    ctx = ctx_with(limit)
    before = dict(ctx.changes)
    with pytest.raises(OutOfGas) as caught:
        touch(ctx)
    assert str(caught.value) == (
        f"out of gas in location: {where}; gasWanted: {limit}, gasUsed: {used}: out of gas"
    )
    assert ctx.gas.used == used
    assert ctx.changes == before


def test_the_last_unit_may_be_used() -> None:
    meter = GasMeter(10)
    meter.consume(10, "all")
    assert (meter.remaining, meter.is_spent) == (0, True)
    with pytest.raises(OutOfGas):
        meter.consume(1, "more")
    assert (meter.used, meter.used_to_limit) == (11, 10)


def test_refund_gives_back_no_more_than_was_used() -> None:
    meter = GasMeter(10)
    meter.consume(4, "some")
    meter.refund(3)
    assert meter.used == 1
    with pytest.raises(ValueError, match="refund of 2"):
        meter.refund(2)


def test_an_infinite_meter_counts_on() -> None:
    meter = InfiniteGasMeter()
    meter.consume(10**15, "much")
    assert (meter.used, meter.limit) == (10**15, NO_LIMIT)
