"""What a vesting account may spend, over time and over any history, beside a model in rationals."""

from fractions import Fraction

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain import auth, bank
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import InsufficientFunds, Panic, PlainError, UnknownAddress
from akashpy.types.vesting import Kind, Period, Vesting
from akashpy.wire import pack, to_json
from akashpy.wire.auth import BaseAccount, GenesisState
from akashpy.wire.bank import MsgSend
from tests.chain.conftest import GENESIS_TIME, Given

NOW = GENESIS_TIME // 10**9
POOL = "bonded_tokens_pool"


def uakt(amount: int) -> Coins:
    return Coins.of([Coin("uakt", amount)])


def at(given: Given, seconds: int) -> None:
    """Let the block's time be so many seconds after genesis."""
    given.ctx.time = GENESIS_TIME + seconds * 10**9


def holder(given: Given, vesting: Vesting, amount: int) -> bytes:
    """An account with this vesting and so many uakt."""
    owner = given.address("holder")
    auth.create(given.ctx, owner.raw, vesting)
    given.fund(owner, uakt(amount))
    return owner.raw


PERIODS = (Period(10, uakt(30)), Period(20, uakt(50)), Period(70, uakt(20)))


@pytest.mark.parametrize(
    ("vesting", "expected"),
    [
        (Vesting(Kind.CONTINUOUS, uakt(100), 0, 100), {0: 100, 1: 99, 50: 50, 99: 1, 100: 0}),
        (Vesting(Kind.CONTINUOUS, uakt(3), 0, 2), {0: 3, 1: 1, 2: 0}),
        (Vesting(Kind.CONTINUOUS, uakt(7), 50, 40), {45: 7, 50: 7, 51: 0}),
        (Vesting(Kind.DELAYED, uakt(100), 0, 100), {0: 100, 99: 100, 100: 0, 101: 0}),
        (Vesting(Kind.PERMANENT, uakt(100)), {0: 100, 10**12: 100}),
        (
            Vesting(Kind.PERIODIC, uakt(100), 0, 100, PERIODS),
            {0: 100, 9: 100, 10: 70, 29: 70, 30: 20, 99: 20, 100: 0},
        ),
    ],
)
def test_each_kind_unlocks_as_it_says(vesting: Vesting, expected: dict[int, int]) -> None:
    assert {second: vesting.locked(second).amount_of("uakt") for second in expected} == expected


def test_locked_coins_are_not_sent(given: Given) -> None:
    owner = holder(given, Vesting(Kind.CONTINUOUS, uakt(100), NOW, NOW + 100), 150)
    msg = MsgSend(
        from_address=given.address("holder"),
        to_address=given.address("other"),
        amount=uakt(61).to_wire(),
    )
    at(given, 10)
    assert bank.spendable(given.ctx, owner, "uakt") == 60
    assert bank.spendable_coins(given.ctx, owner) == uakt(60)
    with given.rejects(
        InsufficientFunds, "spendable balance 60uakt is smaller than 61uakt: insufficient funds"
    ):
        given.run(msg)
    at(given, 11)
    given.run(msg)
    with given.rejects(
        InsufficientFunds, "spendable balance 0uakt is smaller than 61uakt: insufficient funds"
    ):
        given.run(msg)
    given.holds()


def test_more_locked_than_held(given: Given) -> None:
    owner = holder(given, Vesting(Kind.PERMANENT, uakt(100)), 40)
    assert bank.spendable(given.ctx, owner, "uakt") == 0
    assert bank.spendable_coins(given.ctx, owner) == Coins.EMPTY
    with given.rejects(
        InsufficientFunds,
        "locked amount exceeds account balance funds: 100uakt > 40uakt: insufficient funds",
    ):
        bank.send(given.ctx, owner, b"o" * 20, uakt(1))


def test_locked_coins_are_delegated_first_and_come_back_last(given: Given) -> None:
    owner = holder(given, Vesting(Kind.PERMANENT, uakt(100)), 150)
    bank.delegate_coins(given.ctx, owner, POOL, uakt(120))
    assert given.balance(given.address("holder")) == 30
    assert bank.spendable(given.ctx, owner, "uakt") == 30
    vesting = auth.require(given.ctx, owner).vesting
    assert vesting is not None
    assert (vesting.delegated_vesting, vesting.delegated_free) == (uakt(100), uakt(20))
    bank.undelegate_coins(given.ctx, POOL, owner, uakt(30))
    vesting = auth.require(given.ctx, owner).vesting
    assert vesting is not None
    assert (vesting.delegated_vesting, vesting.delegated_free) == (uakt(90), Coins.EMPTY)
    assert bank.spendable(given.ctx, owner, "uakt") == 50
    assert [event.type for event in given.events[:2]] == ["coin_spent", "coin_received"]


def test_delegating_needs_funds_an_account_and_a_stake_pool(given: Given) -> None:
    poor = given.account("poor", uakt=5)
    with given.rejects(
        InsufficientFunds,
        "failed to delegate; 5uakt is smaller than 6uakt: insufficient funds",
    ):
        bank.delegate_coins(given.ctx, poor.raw, POOL, uakt(6))
    bank.delegate_coins(given.ctx, poor.raw, POOL, uakt(5))
    with pytest.raises(UnknownAddress, match="failed to track undelegation"), given.ctx.branch():
        bank.undelegate_coins(given.ctx, POOL, b"n" * 20, uakt(5))
    with pytest.raises(PermissionError):
        bank.delegate_coins(given.ctx, poor.raw, "escrow", uakt(1))


def test_more_than_the_balance_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(Panic):
        Vesting(Kind.PERMANENT, uakt(5)).delegating(0, uakt(1), uakt(2))


@pytest.mark.parametrize(
    ("vesting", "text"),
    [
        (Vesting(Kind.PERMANENT, uakt(1), end=1), "cannot have an end-time"),
        (
            Vesting(Kind.PERIODIC, uakt(1), 5, 5, (Period(0, uakt(1)),)),
            "start-time cannot be before end-time",
        ),
        (Vesting(Kind.DELAYED, uakt(1), end=-1), "end time cannot be negative"),
        (Vesting(Kind.DELAYED, (), end=1), "invalid coins: "),
        (
            Vesting(Kind.DELAYED, uakt(1), end=1, delegated_vesting=uakt(2)),
            "delegated vesting amount cannot be greater",
        ),
        (Vesting(Kind.PERIODIC, uakt(1), 0, 1, (Period(-1, uakt(1)),)), "negative length: -1"),
        (Vesting(Kind.PERIODIC, uakt(1), 0, 1, (Period(1, ()),)), "period #0 has invalid coins: "),
        (Vesting(Kind.PERIODIC, uakt(1), 0, 2, (Period(1, uakt(1)),)), "does not match length"),
        (Vesting(Kind.PERIODIC, uakt(2), 0, 1, (Period(1, uakt(1)),)), "does not match the sum"),
    ],
)
def test_what_genesis_refuses(given: Given, vesting: Vesting, text: str) -> None:
    base = BaseAccount(address=given.address("holder"))
    packed = GenesisState(params=auth.params(given.ctx), accounts=[pack(vesting.to_wire(base))])
    state = to_json(packed)
    with pytest.raises(PlainError, match=text):
        auth.validate_genesis(state)


def test_genesis_keeps_every_kind(given: Given) -> None:
    kinds = [
        Vesting(Kind.CONTINUOUS, uakt(9), 1, 5, delegated_free=uakt(3)),
        Vesting(Kind.DELAYED, uakt(9), end=5, delegated_vesting=uakt(3)),
        Vesting(Kind.PERIODIC, uakt(100), 0, 100, PERIODS),
        Vesting(Kind.PERMANENT, uakt(7)),
    ]
    for number, vesting in enumerate(kinds):
        auth.create(given.ctx, bytes([number]) * 20, vesting)
    state = auth.export_genesis(given.ctx)
    auth.validate_genesis(state)
    fresh = Given()
    for key in list(fresh.ctx.changes):
        fresh.ctx.delete(key)
    auth.init_genesis(fresh.ctx, state)
    found = [auth.require(fresh.ctx, bytes([number]) * 20) for number in range(4)]
    assert [each.vesting for each in found] == kinds
    assert auth.export_genesis(fresh.ctx) == state


Steps = st.lists(
    st.tuples(st.sampled_from(["wait", "send", "delegate", "return"]), st.integers(1, 60)),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@examples(
    kind=st.sampled_from([Kind.CONTINUOUS, Kind.DELAYED, Kind.PERMANENT]),
    amount=st.integers(1, 10**6),
    length=st.integers(1, 500),
    free=st.integers(0, 100),
    steps=Steps,
)
def test_any_history_keeps_what_the_model_keeps(
    kind: Kind, amount: int, length: int, free: int, steps: list[tuple[str, int]]
) -> None:
    given = Given()
    start = NOW if kind is Kind.CONTINUOUS else 0
    end = 0 if kind is Kind.PERMANENT else NOW + length
    owner = holder(given, Vesting(kind, uakt(amount), start, end), amount + free)
    elapsed, held, bound, loose = 0, amount + free, 0, 0
    for step, number in steps:
        if step == "wait":
            elapsed += number
            at(given, elapsed)
        share = {
            Kind.CONTINUOUS: Fraction(min(elapsed, length), length),
            Kind.DELAYED: Fraction(int(elapsed >= length)),
            Kind.PERMANENT: Fraction(0),
        }[kind]
        vesting = amount - round(amount * share)  # round() is half to even, as Dec
        spendable = held - max(vesting - bound, 0)
        if step == "send":
            part = min(spendable * number // 60, spendable)
            if part > 0:
                bank.send(given.ctx, owner, b"o" * 20, uakt(part))
                held -= part
            if spendable >= 0:
                with given.rejects(InsufficientFunds):
                    bank.send(given.ctx, owner, b"o" * 20, uakt(held - max(vesting - bound, 0) + 1))
        elif step == "delegate" and held:
            part = max(held * number // 60, 1)
            bank.delegate_coins(given.ctx, owner, POOL, uakt(part))
            first = min(max(vesting - bound, 0), part)
            held, bound, loose = held - part, bound + first, loose + part - first
        elif step == "return" and bound + loose:
            part = max((bound + loose) * number // 60, 1)
            bank.undelegate_coins(given.ctx, POOL, owner, uakt(part))
            first = min(loose, part)
            held, loose, bound = held + part, loose - first, bound - (part - first)
        kept = max(vesting - bound, 0)
        assert bank.balance(given.ctx, owner, "uakt") == held
        assert bank.spendable(given.ctx, owner, "uakt") == max(held - kept, 0)
