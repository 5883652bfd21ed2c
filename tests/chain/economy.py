"""A chain whose blocks pay: validators vote, fees are collected and shared, absence is counted.

For the tests of mint, distribution, slashing and evidence. Inflation is off unless a test turns it
on, so that every coin shared is one the test has given.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from akashpy.chain import auth, bank, consensus, distribution, mint, registry, slashing, staking
from akashpy.types.abci import BlockFacts, Misbehavior, VoteInfo
from akashpy.types.address import VALCONS, Address
from akashpy.types.coin import Coin, Coins, DecCoins
from akashpy.types.dec import Dec
from akashpy.types.mint import Params
from akashpy.types.slashing import SigningInfo
from akashpy.wire import distribution as pb
from tests.chain.conftest import BLOCK_TIME
from tests.chain.staking.conftest import Stakes

MODULES = (mint, distribution, slashing, staking)
ABSENT, COMMIT, NIL = 1, 2, 3


class Economy(Stakes):
    """Blocks with votes: a change of the validator set is seen in votes two blocks later."""

    def __init__(self) -> None:
        self.sets: list[dict[bytes, int]] = [{}, {}]
        super().__init__()
        mint.PARAMS.remove(self.ctx)
        consensus.put(self.ctx, consensus.default())
        for _ in range(3):
            self.block()
        self.events.clear()

    def block(
        self,
        *,
        absent: Iterable[str] = (),
        nil: Iterable[str] = (),
        proofs: Iterable[Misbehavior] = (),
        time: int = BLOCK_TIME,
        **fees: int,
    ) -> None:
        """End this block, in which `fees` were paid, and begin the next; `absent` did not vote."""
        self.collect(**fees)
        self.turn(0)
        self.sets.append(
            {
                staking.consensus_address(value): power
                for value, power in staking.last_validators(self.ctx)
            }
        )
        self.ctx.time += time
        missing = {self.consensus(name) for name in absent}
        nothing = {self.consensus(name) for name in nil}
        votes = tuple(
            VoteInfo(each, power, ABSENT if each in missing else NIL if each in nothing else COMMIT)
            for each, power in self.sets[-3].items()
        )
        self.ctx.block = BlockFacts(votes=votes, misbehavior=tuple(proofs))
        self.ctx.proposer = self.consensus("val1")
        self.ctx.transient.clear()
        for hook in registry.begin_block_hooks():
            hook(self.ctx)

    def collect(self, **fees: int) -> None:
        """Put coins into the fee collector, as fees do."""
        coins = Coins.of(Coin(denom, amount) for denom, amount in fees.items())
        if coins:
            mark = len(self.events)
            bank.mint(self.ctx, "mint", coins)
            bank.send_between_modules(self.ctx, "mint", auth.FEE_COLLECTOR, coins)
            del self.events[mark:]

    def inflate(self, params: Params | None = None) -> None:
        """Turn inflation on."""
        mint.PARAMS.put(self.ctx, params or Params())

    # MESSAGES

    def withdraw(self, who: str, at: str) -> pb.MsgWithdrawDelegatorReward:
        """A message that asks for rewards."""
        return pb.MsgWithdrawDelegatorReward(
            delegator_address=self.address(who), validator_address=self.operator(at)
        )

    def withdraw_commission(self, at: str) -> pb.MsgWithdrawValidatorCommission:
        """A message that asks for commission."""
        return pb.MsgWithdrawValidatorCommission(validator_address=self.operator(at))

    # WHAT THERE IS

    def earned(self, who: str, at: str) -> DecCoins:
        """What a delegation could withdraw, with fractions."""
        delegation = staking.delegation(self.ctx, self.address(who).raw, self.address(at).raw)
        assert delegation is not None
        trial = self.ctx.fork()
        ended = distribution.end_period(trial, self.validator(at))
        return distribution.earned(trial, self.validator(at), delegation, ended)

    def commission(self, at: str) -> str:
        """A validator's commission."""
        return str(distribution.commission(self.ctx, self.address(at).raw))

    def outstanding(self, at: str) -> str:
        """What a validator and its delegators have not withdrawn."""
        return str(distribution.outstanding(self.ctx, self.address(at).raw))

    def pool(self) -> str:
        """The community pool."""
        return str(distribution.pool(self.ctx))

    def tax(self, share: str, **changes: Any) -> None:
        """Set the community's share."""
        value = distribution.params(self.ctx)
        fields = {name: getattr(value, name) for name in value.__slots__}
        fields |= {"community_tax": Dec.of(share)} | changes
        distribution.records.PARAMS.put(self.ctx, type(value)(**fields))

    def info(self, name: str) -> SigningInfo:
        """How a validator signs."""
        found = slashing.SIGNING.get(self.ctx, self.consensus(name))
        assert found is not None
        return found

    def valcons(self, name: str) -> str:
        """A validator's consensus address as text."""
        return Address.of(self.consensus(name), prefix=VALCONS)

    def sound(self) -> None:
        """Every invariant of every module holds."""
        self.holds()
