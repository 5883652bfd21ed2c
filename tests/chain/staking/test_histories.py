"""Random histories: shares, tokens, pools, supply and queues against an exact-rational model."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random

import pytest

from akashpy.chain import bank, staking
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, Panic
from tests.chain.staking.conftest import DAY, UNBONDING, Stakes, uakt
from tests.chain.staking.model import Entry, Model
from tests.chain.staking.test_genesis import copied, staking_rows

PEOPLE = ("val1", "val2", "ann", "bob")
VALIDATORS = ("val1", "val2", "bob")
FRACTIONS = ("0.01", "0.333333333333333333", "0.5")
CLOSE = Fraction(1, 10**9)


class History:
    """A chain and the model of it, led through the same random steps."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.stakes = Stakes()
        self.stakes.set_params(max_entries=100, max_validators=2, historical_entries=2)
        self.stakes.run(self.stakes.create("bob", value=uakt(12_345_678), min_self_delegation="1"))
        self.stakes.turn()
        self.model = Model()
        for name in VALIDATORS:
            self.model.buy(name, name, int(self.stakes.validator(name).tokens))
        for name in PEOPLE:
            self.model.wallets[name] = self.stakes.balance(self.stakes.address(name))
        self.supply = bank.supply(self.stakes.ctx, "uakt")
        self.refused = self.done = 0

    def step(self) -> None:
        """One random step, then every comparison."""
        acts = (self.delegate, self.delegate, self.undelegate, self.undelegate, self.redelegate,
                self.cancel, self.slash, self.jail, self.wait, self.wait)  # fmt: skip
        before = self.stakes.rows()
        try:
            self.random.choice(acts)()
            self.done += 1
        except Panic:
            raise
        except ChainError:
            assert self.stakes.rows() == before
            self.refused += 1
        self.compare()

    # STEPS

    def amount(self) -> int:
        return self.random.choice((1, 7, 1_000, 333_333, 2_000_000, self.random.randint(1, 10**7)))

    def pair(self) -> tuple[str, str]:
        return self.random.choice(PEOPLE), self.random.choice(VALIDATORS)

    def delegate(self) -> None:
        who, at = self.pair()
        amount = self.amount()
        self.stakes.run(self.stakes.delegate(who, at, amount))
        self.model.buy(who, at, amount)
        self.model.wallets[who] -= amount

    def undelegate(self) -> None:
        who, at = self.pair()
        amount = self.amount()
        answer = self.stakes.run(self.stakes.undelegate(who, at, amount))
        given = int(answer.amount.amount)
        self.model.sell(who, at, amount, given)
        due = answer.completion_time.ToNanoseconds()
        self.model.begin(Entry(who, at, self.stakes.ctx.height, due, given, given))

    def redelegate(self) -> None:
        who, source = self.pair()
        target = self.random.choice(VALIDATORS)
        amount = self.amount()
        before = staking.validator(self.stakes.ctx, self.stakes.address(source).raw)
        answer = self.stakes.run(self.stakes.redelegate(who, source, target, amount))
        assert before is not None
        given = int(before.tokens) - self.tokens(source)
        self.model.sell(who, source, amount, given)
        shares = self.model.buy(who, target, given)
        if answer.completion_time.seconds > 0:
            height = self.stakes.ctx.height
            if before.status == staking.UNBONDING:
                height = before.unbonding_height
            due = answer.completion_time.ToNanoseconds()
            self.model.moved.append(
                Entry(who, source, height, due, given, target=target, shares=shares)
            )

    def cancel(self) -> None:
        if not self.model.unbonding:
            return
        picked = self.random.choice(self.model.unbonding)
        amount = self.random.choice((1, picked.balance, max(picked.balance // 2, 1)))
        self.stakes.run(self.stakes.cancel(picked.who, picked.source, amount, picked.height))
        # the chain takes the first entry of that height
        entry = next(
            each
            for each in self.model.unbonding
            if (each.who, each.source, each.height) == (picked.who, picked.source, picked.height)
        )
        self.model.buy(entry.who, entry.source, amount)
        entry.balance -= amount
        entry.initial -= amount
        if not entry.balance:
            self.model.unbonding.remove(entry)

    def slash(self) -> None:
        name, ctx = self.random.choice(VALIDATORS), self.stakes.ctx
        value = staking.validator(ctx, self.stakes.address(name).raw)
        if value is None or value.status == staking.UNBONDED:
            return
        text = self.random.choice(FRACTIONS)
        height = max(ctx.height - self.random.randint(0, 4), 1)
        power = self.tokens(name) // staking.POWER_REDUCTION
        due = floor(Fraction(text) * power * staking.POWER_REDUCTION)
        targets = {other: self.tokens(other) for other in VALIDATORS if other != name}
        burned = staking.slash(ctx, self.stakes.consensus(name), height, power, Dec.of(text))
        if height < ctx.height:
            due -= self.model.slash_left(name, height, ctx.time, Fraction(text))
            due -= self.slash_moved(name, height, Fraction(text), targets)
        assert burned == max(min(due, self.model.tokens[name]), 0)
        self.model.tokens[name] -= burned
        self.model.burned += burned

    def slash_moved(
        self, name: str, height: int, fraction: Fraction, tokens: dict[str, int]
    ) -> int:
        """What moved since pays where it is; the whole tokens are the chain's."""
        due, now = 0, self.stakes.ctx.time
        order = {person: self.stakes.address(person).raw for person in PEOPLE}
        entries = [e for e in self.model.moved if e.source == name]
        entries.sort(key=lambda e: (order[e.who], order[e.target]))
        for entry in entries:
            if entry.height < height or entry.due <= now:
                continue
            share = left = floor(fraction * entry.initial)
            due += share
            for other in self.model.unbonding:
                is_there = (other.who, other.source) == (entry.who, entry.target)
                if is_there and other.height >= height and other.due > now:
                    taken = min(left, other.balance)
                    other.balance -= taken
                    left -= taken
                    self.model.burned += taken
            owned = self.model.shares.get((entry.who, entry.target), Fraction(0))
            sold = min(fraction * entry.shares, owned)
            if not left or not sold:
                continue
            exact = sold * self.model.tokens[entry.target] / self.model.total(entry.target)
            given = floor(exact + CLOSE)
            self.model.sell_shares(entry.who, entry.target, sold, given)
            self.model.burned += given
        for other_name, before in tokens.items():
            # a unit for each entry is the chain's rounding, and the model takes it over
            found = self.tokens(other_name)
            off = found - self.model.tokens[other_name]
            assert found <= before
            assert abs(off) <= len(entries)
            self.model.tokens[other_name] = found
            self.model.burned -= off
        return due

    def jail(self) -> None:
        name = self.random.choice(VALIDATORS)
        value = staking.validator(self.stakes.ctx, self.stakes.address(name).raw)
        if value is None:
            return
        act = staking.unjail if value.jailed else staking.jail
        act(self.stakes.ctx, self.stakes.consensus(name))

    def wait(self) -> None:
        blocks = self.random.choice((1, 1, 2))
        for _ in range(blocks):
            self.model.pass_time(self.stakes.ctx.time)
            self.stakes.turn(self.random.choice((6 * 10**9, DAY, UNBONDING // 2, UNBONDING)))

    # COMPARISONS

    def tokens(self, name: str) -> int:
        value = staking.validator(self.stakes.ctx, self.stakes.address(name).raw)
        return 0 if value is None else int(value.tokens)

    def compare(self) -> None:
        """The chain is as the model says, to the unit where there are units."""
        self.stakes.sound()
        for name in PEOPLE:
            assert self.stakes.balance(self.stakes.address(name)) == self.model.wallets[name]
            for at in VALIDATORS:
                assert self.stakes.unbonding(name, at) == self.model.pending(name, at)
                exact = self.model.shares.get((name, at), Fraction(0))
                found = Fraction(self.stakes.shares(name, at).raw, 10**18)
                assert abs(found - exact) <= CLOSE * max(Fraction(1), exact)
        for at in VALIDATORS:
            assert self.tokens(at) == self.model.tokens[at]
        assert bank.supply(self.stakes.ctx, "uakt") == self.supply - self.model.burned
        waiting = sum(each.balance for each in self.model.unbonding)
        assert sum(self.stakes.pools()) == sum(self.model.tokens.values()) + waiting


@pytest.mark.parametrize("seed", range(25))
def test_a_history_goes_as_the_model_says(seed: int) -> None:
    history = History(seed)
    for _ in range(60):
        history.step()
    assert history.done > 20


@pytest.mark.parametrize("seed", range(100, 108))
def test_a_history_goes_on_alike_after_an_export(seed: int) -> None:
    history = History(seed)
    for _ in range(40):
        history.step()
    history.stakes.turn()  # an export is of a finished block
    other = copied(history.stakes)
    assert staking_rows(other) == staking_rows(history.stakes)
    other.sound()
