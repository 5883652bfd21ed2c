"""What a block does: the set of validators, the queues, the past. Work is what is due, no more."""

from collections.abc import Iterator
from hashlib import sha256

from akashpy.chain import staking
from akashpy.chain.staking import block, entries
from akashpy.state.context import Context
from akashpy.types.abci import BlockFacts
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.staking import ValidatorBeginUnbonding, ValidatorBonded, ValidatorRemoved
from tests.chain.staking.conftest import DAY, STAKE, UNBONDING, Stakes, uakt


class Ear:
    """A bus that only remembers what it is told."""

    def __init__(self, inner: object) -> None:
        self.inner = inner
        self.heard: list[object] = []

    def notify(self, ctx: Context, value: object) -> None:
        self.heard.append(value)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


class Counted(Context):
    """A context that counts the rows a walk gives."""

    __slots__ = ()
    rows_read = 0

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        for row in super().iterate(start, end, reverse=reverse):
            Counted.rows_read += 1
            yield row


def powers(stakes: Stakes, time: int = 6_000_000_000) -> dict[str, int]:
    """What CometBFT is told, by the name of the validator."""
    by_key = {
        staking.consensus_key(value): value.description.moniker
        for value in staking.validators(stakes.ctx)
    }
    return {by_key[update.pub_key]: update.power for update in stakes.turn(time)}


def test_only_changes_are_told(stakes: Stakes) -> None:
    assert powers(stakes) == {}
    stakes.run(stakes.delegate("ann", "val1", 999_999))
    assert powers(stakes) == {}  # less than one unit of power
    stakes.run(stakes.delegate("ann", "val1", 1))
    assert powers(stakes) == {"val1": 11}


def test_the_strongest_are_bonded(stakes: Stakes) -> None:
    ear = Ear(stakes.ctx.bus)
    stakes.ctx.bus = ear  # type: ignore[assignment]  # a bus that also remembers
    stakes.set_params(max_validators=2)
    stakes.run(stakes.create("ann", value=uakt(STAKE + 1_000_000)))
    told = powers(stakes)
    assert told["ann"] == 11
    loser = next(name for name in ("val1", "val2") if told.get(name) == 0)
    winner = "val2" if loser == "val1" else "val1"
    assert winner not in told
    assert stakes.validator(loser).status == staking.UNBONDING
    assert stakes.validator(loser).unbonding_height == stakes.ctx.height - 1
    assert stakes.pools() == (2 * STAKE + 1_000_000, STAKE)
    raw = stakes.address
    assert ValidatorBonded(stakes.consensus("ann"), raw("ann").raw) in ear.heard
    assert ValidatorBeginUnbonding(stakes.consensus(loser), raw(loser).raw) in ear.heard
    stakes.sound()
    stakes.run(stakes.delegate("bob", loser, 5_000_000))
    assert powers(stakes) == {loser: 15, winner: 0}  # it comes back before it is unbonded
    stakes.turn(UNBONDING)
    stakes.turn()
    assert stakes.validator(winner).status == staking.UNBONDED
    stakes.sound()


def test_among_equals_the_lower_address_is_bonded(stakes: Stakes) -> None:
    stakes.set_params(max_validators=1)
    stakes.turn()
    first, second = sorted(("val1", "val2"), key=lambda name: stakes.address(name).raw)
    assert stakes.validator(first).status == staking.BONDED
    assert stakes.validator(second).status == staking.UNBONDING


def test_a_validator_without_power_is_not_bonded(stakes: Stakes) -> None:
    stakes.run(stakes.create("ann", value=uakt(999_999), min_self_delegation="1"))
    assert powers(stakes) == {}
    assert stakes.validator("ann").status == staking.UNBONDED


def test_the_jailed_leave_and_come_back(stakes: Stakes) -> None:
    staking.jail(stakes.ctx, stakes.consensus("val1"))
    assert powers(stakes) == {"val1": 0}
    assert [v.description.moniker for v in staking.bonded_by_power(stakes.ctx)] == ["val2"]
    staking.unjail(stakes.ctx, stakes.consensus("val1"))
    assert powers(stakes) == {"val1": 10}
    stakes.sound()


def test_a_removed_validator_is_told(stakes: Stakes) -> None:
    ear = Ear(stakes.ctx.bus)
    stakes.ctx.bus = ear  # type: ignore[assignment]  # a bus that also remembers
    stakes.run(stakes.undelegate("val1", "val1", STAKE))
    stakes.turn(UNBONDING)
    stakes.turn()
    gone = ValidatorRemoved(stakes.consensus("val1"), stakes.address("val1").raw)
    assert gone in ear.heard


def test_past_headers_are_kept_as_long_as_wanted(stakes: Stakes) -> None:
    stakes.set_params(historical_entries=3)
    for _ in range(5):
        stakes.turn()
    heights = [height for height, _ in staking.HISTORY.under(stakes.ctx)]
    assert heights == [5, 6, 7]
    stakes.set_params(historical_entries=1)
    stakes.turn()
    assert [height for height, _ in staking.HISTORY.under(stakes.ctx)] == [8]
    stakes.set_params(historical_entries=0)
    stakes.turn()
    kept = [height for height, _ in staking.HISTORY.under(stakes.ctx)]
    assert kept == [8]  # as on the SDK, who looks from this height downward and finds none


def test_a_past_header_names_the_set(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val2", 5_000_000))
    stakes.turn()
    stakes.ctx.block = BlockFacts(next_validators_hash=b"n" * 32, app_hash=b"a" * 32)
    stakes.ctx.proposer = b"p" * 20
    stakes.turn()
    kept = staking.HISTORY.get(stakes.ctx, stakes.ctx.height)
    assert kept is not None
    assert [each.description.moniker for each in kept.valset] == ["val2", "val1"]
    assert (kept.header.height, kept.header.app_hash) == (stakes.ctx.height, b"a" * 32)
    assert kept.header.proposer_address == b"p" * 20


def test_a_block_reads_only_what_is_due(stakes: Stakes) -> None:
    """Ten thousand unbondings wait; a block in which none is due walks over none of them."""
    stakes.set_params(max_entries=20_000)
    stakes.run(stakes.delegate("ann", "val1", 100_000))
    ann, val1 = stakes.address("ann").raw, stakes.address("val1").raw
    for n in range(10_000):
        due = stakes.ctx.time + UNBONDING + n * DAY
        entries.UNBONDING_QUEUE.put(stakes.ctx, (due, n + 100, ann, val1), True)
    stakes.ctx.__class__ = Counted
    Counted.rows_read = 0
    stakes.turn()
    idle = Counted.rows_read
    assert idle < 20  # the bonded set, the order of power, the set for the past
    stakes.ctx.time += UNBONDING + 99 * DAY
    Counted.rows_read = 0
    stakes.turn()
    assert idle + 95 < Counted.rows_read < idle + 105


def test_what_falls_due_at_once_is_paid_in_the_order_in_which_it_began(stakes: Stakes) -> None:
    people = [Address.of(sha256(b"%d" % n).digest()[:20]) for n in range(200)]
    for who in people:
        stakes.fund(who, Coins.parse("10uakt"))
        msg = stakes.delegate("ann", "val1", 10)
        msg.delegator_address = who
        stakes.run(msg)
        back = stakes.undelegate("ann", "val1", 10)
        back.delegator_address = who
        stakes.run(back)
    stakes.events.clear()
    stakes.turn(UNBONDING)
    stakes.turn()
    assert [told["delegator"] for told in stakes.told("complete_unbonding")] == people
    assert stakes.pools() == (2 * STAKE, 0)
    stakes.sound()


def test_ten_thousand_due_at_once_are_taken_in_steps(stakes: Stakes) -> None:
    """All end in their block, as on the SDK, but other work may run after every fifty."""
    ann, val1 = stakes.address("ann").raw, stakes.address("val1").raw
    for n in range(10_000):
        entries.UNBONDING_QUEUE.put(stakes.ctx, (stakes.ctx.time, n + 100, ann, val1), True)
    stakes.ctx.__class__ = Counted
    Counted.rows_read = 0
    steps = sum(1 for _ in block.complete_due(stakes.ctx))
    assert steps == 10_000 // block.SLICE
    assert Counted.rows_read == 10_000  # each is found once
    assert not list(entries.UNBONDING_QUEUE.under(stakes.ctx))
