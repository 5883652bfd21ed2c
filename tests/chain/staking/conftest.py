"""A chain with validators and people who stake, for the tests of staking's rules."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import auth, bank, staking
from akashpy.state.tree import drained
from akashpy.types.abci import ValidatorUpdate
from akashpy.types.address import VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.wire import crypto
from akashpy.wire import staking as pb
from akashpy.wire.base import Coin
from tests.chain.conftest import BLOCK_TIME, Given

DAY = 24 * 3600 * 10**9
UNBONDING = 21 * DAY
STAKE = 10_000_000


class Stakes(Given):
    """A chain at height 1 with validators `val1` and `val2` of 10 akt each, and rich people."""

    def __init__(self) -> None:
        super().__init__("default")
        for name in ("val1", "val2", "ann", "bob"):
            self.account(name, uakt=1_000_000_000, uact=1_000)
        for name in ("val1", "val2"):
            self.run(self.create(name))
        self.turn()
        self.events.clear()

    # NAMES

    def operator(self, name: str) -> Address:
        """The operator's address of an account."""
        return self.address(name).with_prefix(VALOPER)

    @staticmethod
    def consensus(name: str) -> bytes:
        """The consensus address of a validator's key."""
        return sha256(sha256(name.encode()).digest()).digest()[:20]

    # MESSAGES

    def create(self, name: str, **changes: Any) -> pb.MsgCreateValidator:
        """A message that registers `name`; the changes replace fields."""
        msg = pb.MsgCreateValidator(
            description=pb.Description(moniker=name),
            commission=pb.CommissionRates(
                rate=dec("0.1"), max_rate=dec("0.2"), max_change_rate=dec("0.01")
            ),
            min_self_delegation="1000000",
            validator_address=self.operator(name),
            pubkey=wire.pack(crypto.Ed25519PubKey(key=sha256(name.encode()).digest())),
            value=uakt(STAKE),
        )
        for field, value in changes.items():
            msg.ClearField(field)
            if value is not None:
                msg.MergeFrom(pb.MsgCreateValidator(**{field: value}))
        return msg

    def edit(self, name: str, **changes: Any) -> pb.MsgEditValidator:
        """A message that changes nothing but `changes`."""
        keep = "[do-not-modify]"
        changes.setdefault("description", pb.Description(
            moniker=keep, identity=keep, website=keep, security_contact=keep, details=keep,
        ))  # fmt: skip
        return pb.MsgEditValidator(validator_address=self.operator(name), **changes)

    def delegate(self, who: str, to: str, amount: int, denom: str = "uakt") -> pb.MsgDelegate:
        """A delegation message."""
        return pb.MsgDelegate(
            delegator_address=self.address(who),
            validator_address=self.operator(to),
            amount=uakt(amount, denom),
        )

    def undelegate(self, who: str, at: str, amount: int, denom: str = "uakt") -> pb.MsgUndelegate:
        """A message that begins to unbond."""
        return pb.MsgUndelegate(
            delegator_address=self.address(who),
            validator_address=self.operator(at),
            amount=uakt(amount, denom),
        )

    def redelegate(
        self, who: str, source: str, to: str, amount: int, denom: str = "uakt"
    ) -> pb.MsgBeginRedelegate:
        """A message that moves stake."""
        return pb.MsgBeginRedelegate(
            delegator_address=self.address(who),
            validator_src_address=self.operator(source),
            validator_dst_address=self.operator(to),
            amount=uakt(amount, denom),
        )

    def cancel(
        self, who: str, at: str, amount: int, height: int, denom: str = "uakt"
    ) -> pb.MsgCancelUnbondingDelegation:
        """A message that stakes again what is unbonding."""
        return pb.MsgCancelUnbondingDelegation(
            delegator_address=self.address(who),
            validator_address=self.operator(at),
            amount=uakt(amount, denom),
            creation_height=height,
        )

    # TIME

    def turn(self, time: int = BLOCK_TIME) -> list[ValidatorUpdate]:
        """End staking's block and begin the next one `time` later; the updates of the set."""
        updates: list[ValidatorUpdate] = []
        for hook in staking.MODULE.end_block:
            done = hook(self.ctx)
            if isinstance(done, list):
                updates += done
            else:
                drained(done)  # type: ignore[arg-type]  # the other kind of hook
        self.ctx.height += 1
        self.ctx.time += time
        for begin in staking.MODULE.begin_block:
            begin(self.ctx)
        return updates

    # WHAT THERE IS

    def validator(self, name: str) -> pb.Validator:
        """A validator that exists."""
        found = staking.validator(self.ctx, self.address(name).raw)
        assert found is not None
        return found

    def shares(self, who: str, at: str) -> Dec:
        """What `who` has delegated; zero without a delegation."""
        found = staking.delegation(self.ctx, self.address(who).raw, self.address(at).raw)
        return Dec.ZERO if found is None else Dec.from_wire(found.shares)

    def unbonding(self, who: str, at: str) -> list[tuple[int, int]]:
        """(height, balance) of what `who` is unbonding."""
        key = (self.address(who).raw, self.address(at).raw)
        found = staking.UNBONDINGS.get(self.ctx, key)
        return [
            (entry.creation_height, int(entry.balance))
            for entry in (() if found is None else found.entries)
        ]

    def moved(self, who: str, source: str, to: str) -> list[int]:
        """The balances that `who` moved lately."""
        key = (self.address(who).raw, self.address(source).raw, self.address(to).raw)
        found = staking.REDELEGATIONS.get(self.ctx, key)
        return [int(e.initial_balance) for e in (() if found is None else found.entries)]

    def pools(self) -> tuple[int, int]:
        """Stake that is bonded, and that is not."""
        bonded, not_bonded = (
            bank.balance(self.ctx, auth.MODULE_ADDRESSES[name], "uakt")
            for name in (staking.BONDED_POOL, staking.NOT_BONDED_POOL)
        )
        return bonded, not_bonded

    def told(self, kind: str) -> list[dict[str, str]]:
        """The attributes of the events of a kind."""
        return [dict(event.attributes) for event in self.events if event.type == kind]

    def set_params(self, **changes: Any) -> None:
        """Change parameters without governance."""
        value = pb.Params()
        value.CopyFrom(staking.params(self.ctx))
        for name, new in changes.items():
            setattr(value, name, new)
        staking.put_params(self.ctx, value)

    def sound(self) -> None:
        """Every invariant of staking and bank holds."""
        for check in (*staking.MODULE.invariants, *bank.MODULE.invariants):
            assert check(self.ctx) is None


def dec(text: str) -> str:
    """A decimal as the wire has it."""
    return Dec.of(text).wire()


def uakt(amount: int, denom: str = "uakt") -> Coin:
    """A coin of the wire."""
    return Coin(denom=denom, amount=str(amount))


@pytest.fixture
def stakes() -> Stakes:
    """Two bonded validators and people who may stake."""
    return Stakes()
