"""Blocks that validators miss: counted in a window, punished beyond it."""

from __future__ import annotations

import random

import pytest

from akashpy.chain import slashing, staking
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.slashing import Params
from tests.chain.economy import Economy
from tests.chain.staking.conftest import UNBONDING

SMALL = Params(window=10, min_signed=Dec.of("0.5"), jail_duration=60 * 10**9)


@pytest.fixture
def small(chain: Economy) -> Economy:
    """The same chain with a window of ten blocks."""
    slashing.PARAMS.put(chain.ctx, SMALL)
    return chain


def test_counts_missed_blocks_and_forgets_them(small: Economy) -> None:
    start = small.info("val1")
    for _ in range(3):
        small.block(absent=["val1"])
    small.block(nil=["val1"])
    info = small.info("val1")
    assert (info.missed, info.index_offset) == (3, start.index_offset + 4)
    assert small.told("liveness") == [
        {
            "address": small.valcons("val1"),
            "missed_blocks": str(count),
            "height": str(small.ctx.height - 4 + count),
        }
        for count in (1, 2, 3)
    ]
    small.sound()
    for _ in range(10):
        small.block()
    assert small.info("val1").missed == 0
    assert list(slashing.missed_blocks(small.ctx, small.consensus("val1"))) == []
    small.sound()


def test_too_many_are_slashed_and_jailed(small: Economy) -> None:
    for _ in range(12):
        small.block()
    for _ in range(5):
        small.block(absent=["val2"])
    assert not small.validator("val2").jailed
    small.block(absent=["val2"])
    value, info = small.validator("val2"), small.info("val2")
    assert value.jailed
    assert int(value.tokens) == 9_900_000
    assert info.jailed_until == small.ctx.time + SMALL.jail_duration
    assert (info.missed, info.index_offset) == (0, 0)
    text = small.valcons("val2")
    assert small.told("slash") == [
        {
            "address": text,
            "power": "10",
            "reason": "missing_signature",
            "jailed": text,
            "burned_coins": "100000",
        }
    ]
    small.sound()
    # in jail nothing is counted
    small.block(absent=["val2"])
    assert small.info("val2").index_offset == 0
    small.sound()


def test_the_first_window_is_free(small: Economy) -> None:
    start = small.info("val1").start_height
    while small.ctx.height < start + 10:
        small.block(absent=["val1"])
    assert not small.validator("val1").jailed
    small.block(absent=["val1"])
    assert small.validator("val1").jailed


def test_a_vote_of_a_validator_that_is_gone_is_passed_over(small: Economy) -> None:
    small.sets[-2][b"g" * 20] = 5
    small.block()
    assert slashing.SIGNING.get(small.ctx, b"g" * 20) is None


def test_a_validator_without_a_record_begins_one(small: Economy) -> None:
    slashing.SIGNING.remove(small.ctx, small.consensus("val1"))
    small.block(absent=["val1"])
    assert small.info("val1").start_height == small.ctx.height
    assert small.info("val1").missed == 1


def test_nothing_is_punished_whose_stake_is_free(small: Economy) -> None:
    for _ in range(12):
        small.block()
    small.run(small.undelegate("val2", "val2", 9_500_000))
    small.block()
    small.block(time=UNBONDING)
    small.block()
    assert small.validator("val2").status == staking.UNBONDED
    validator = small.validator("val2")
    validator.jailed = False
    staking.VALIDATORS.put(small.ctx, small.address("val2").raw, validator)
    for _ in range(8):
        small.sets[-2][small.consensus("val2")] = 10
        small.block(absent=["val2"])
    assert small.told("slash") == []


def test_marks_and_counter_agree_with_a_plain_list() -> None:
    dice = random.Random(7)
    chain = Economy()
    slashing.PARAMS.put(chain.ctx, Params(window=2500, min_signed=Dec.ZERO))
    offset = chain.info("val1").index_offset
    marks: dict[int, bool] = {}
    for count in range(400):
        missed = dice.random() < 0.3
        chain.block(absent=["val1"] if missed else [])
        marks[(offset + count) % 2500] = missed
    assert chain.info("val1").missed == sum(marks.values())
    found = list(slashing.missed_blocks(chain.ctx, chain.consensus("val1")))
    assert found == sorted(index for index, missed in marks.items() if missed)
    chain.sound()


def test_marks_lie_in_chunks() -> None:
    ctx = Context.scratch()
    places = [0, 1, 7, 8, 1023, 1024, 29_999]
    for place in places:
        slashing.records.set_missed(ctx, b"v" * 20, place, True)
    assert list(slashing.missed_blocks(ctx, b"v" * 20)) == places
    assert [key[1] for key, _ in slashing.MISSED.under(ctx, b"v" * 20)] == [0, 1, 29]
    assert slashing.records.is_missed(ctx, b"v" * 20, 1024)
    slashing.records.set_missed(ctx, b"v" * 20, 1024, False)
    assert not slashing.records.is_missed(ctx, b"v" * 20, 1024)
    slashing.records.forget_missed(ctx, b"v" * 20)
    assert not ctx.changes or all(row is None for row in ctx.changes.values())


def test_a_block_writes_two_rows_a_validator_whatever_the_window(small: Economy) -> None:
    slashing.PARAMS.put(small.ctx, Params(window=10**6, min_signed=Dec.ZERO))
    before = small.rows()
    small.block(absent=["val1"])
    changed = [key for key, row in small.rows().items() if before.get(key) != row]
    assert len([key for key in changed if key.startswith(b"slashing/")]) == 3
