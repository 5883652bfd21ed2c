"""Random histories of stake, fees, slashes and withdrawals, against exact rationals.

Every unit is somebody's: what the account holds is what is owed. What a delegator is paid is what
an exact division would give, less a fraction of a unit for each payment.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akashpy.chain import staking
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, Panic
from tests.chain.economy import Economy

VALIDATORS = ("val1", "val2")
PEOPLE = ("ann", "bob")
AMOUNT = st.integers(1, 20_000_000)
STEP = st.one_of(
    st.tuples(st.just("fees"), st.integers(0, 5_000_000)),
    st.tuples(st.just("delegate"), st.sampled_from(PEOPLE), st.sampled_from(VALIDATORS), AMOUNT),
    st.tuples(st.just("undelegate"), st.sampled_from(PEOPLE), st.sampled_from(VALIDATORS), AMOUNT),
    st.tuples(st.just("move"), st.sampled_from(PEOPLE), AMOUNT),
    st.tuples(st.just("withdraw"), st.sampled_from(PEOPLE), st.sampled_from(VALIDATORS)),
    st.tuples(st.just("commission"), st.sampled_from(VALIDATORS)),
    st.tuples(st.just("slash"), st.sampled_from(VALIDATORS), st.integers(1, 90)),
)
UNIT = 10**18


class Books:
    """What everybody is due in exact rationals, and what was paid."""

    def __init__(self, chain: Economy) -> None:
        self.chain = chain
        self.due: dict[str, Fraction] = dict.fromkeys((*PEOPLE, *VALIDATORS), Fraction(0))
        self.paid: dict[str, int] = dict.fromkeys(self.due, 0)
        self.payments: dict[str, int] = dict.fromkeys(self.due, 0)
        self._read = 0

    def share(self, fees: int) -> None:
        """One block's fees, by the votes that this block saw."""
        chain = self.chain
        total = sum(vote.power for vote in chain.ctx.votes)
        if not total:
            return
        rest = Fraction(fees) * 98 / 100
        for name in VALIDATORS:
            power = sum(v.power for v in chain.ctx.votes if v.address == chain.consensus(name))
            reward = rest * power / total * 9 / 10
            validator = chain.validator(name)
            whole = int(validator.delegator_shares)
            for who in self.due:
                if whole:
                    self.due[who] += reward * chain.shares(who, name).raw / whole

    def read(self) -> None:
        """Add up the payments told since the last time."""
        for event in self.chain.events[self._read :]:
            if event.type != "withdraw_rewards":
                continue
            told = dict(event.attributes)
            who = next(name for name in self.due if self.chain.address(name) == told["delegator"])
            self.paid[who] += int(told["amount"].removesuffix("uakt"))
            self.payments[who] += 1
        self._read = len(self.chain.events)

    def agree(self) -> None:
        """Paid and still to be paid are what is due, less fractions that went to the community."""
        self.read()
        for who, due in self.due.items():
            open_ = sum(
                (self.chain.earned(who, at).amount_of("uakt").raw for at in VALIDATORS
                 if self.chain.shares(who, at).raw),
                0,
            )  # fmt: skip
            lost = due - self.paid[who] - Fraction(open_, UNIT)
            assert Fraction(-1, 10**6) < lost < self.payments[who] + Fraction(1, 10**6), who


def act(chain: Economy, step: tuple[object, ...]) -> None:
    match step:
        case ("delegate", str(who), str(at), int(amount)):
            chain.run(chain.delegate(who, at, amount))
        case ("undelegate", str(who), str(at), int(amount)):
            chain.run(chain.undelegate(who, at, amount))
        case ("move", str(who), int(amount)):
            chain.run(chain.redelegate(who, "val1", "val2", amount))
        case ("withdraw", str(who), str(at)):
            chain.run(chain.withdraw(who, at))
        case ("commission", str(at)):
            chain.run(chain.withdraw_commission(at))
        case ("slash", str(at), int(percent)):
            power = staking.power(chain.validator(at))
            share = Dec.of(percent).quo_int(100)
            staking.slash(chain.ctx, chain.consensus(at), chain.ctx.height - 1, power, share)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=5, max_size=40))
def test_rewards_are_exact_but_for_dust(history: list[tuple[object, ...]]) -> None:
    chain = Economy()
    books = Books(chain)
    for step in history:
        if step[0] == "fees":
            assert isinstance(step[1], int)
            chain.block(uakt=step[1])
            books.share(step[1])
        else:
            try:
                act(chain, step)
            except Panic:
                raise
            except ChainError:
                pass  # refused, as some of these must be; what holds is checked below
        chain.sound()
        books.agree()
    for who in (*PEOPLE, *VALIDATORS):
        for at in VALIDATORS:
            if chain.shares(who, at).raw:
                chain.run(chain.withdraw(who, at))
    chain.sound()
    books.agree()
