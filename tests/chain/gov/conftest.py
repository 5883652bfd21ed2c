"""A chain with validators, delegators and proposals in one line each."""

from typing import Any

import pytest
from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import bank, gov, staking
from akashpy.chain.gov import records
from akashpy.chain.gov.queue import end_block
from akashpy.chain.staking.records import BY_CONSENSUS, put_delegation, put_validator, rank
from akashpy.state.tree import drained
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.staking import (
    DelegationCreating,
    DelegationModified,
    ValidatorBonded,
    ValidatorCreated,
)
from akashpy.wire import crypto
from akashpy.wire import gov as pb
from akashpy.wire import staking as staking_pb
from akashpy.wire.bank import MsgUpdateParams as BankParams
from akashpy.wire.bank import Params as BankParamsValue
from tests.chain.conftest import Given

MILLION = 1_000_000
DAY = 24 * 3600 * 10**9
YES, ABSTAIN, NO, VETO = 1, 2, 3, 4


class Council:
    """People who govern: alice and bob have coins, validators are added by `validator`."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.ctx = given.ctx
        self.alice = given.account("alice", uakt=10**12)
        self.bob = given.account("bob", uakt=10**12)

    def validator(self, name: str, tokens: int, **delegations: int) -> Address:
        """A bonded validator, delegated `tokens` by its operator and by others named here."""
        owner = self.given.address(name)
        operator = owner.with_prefix(VALOPER)
        total = tokens + sum(delegations.values())
        key = crypto.Ed25519PubKey(key=name.encode().ljust(32, b"."))
        value = staking_pb.Validator(
            operator_address=operator,
            consensus_pubkey=wire.pack(key),
            status=staking.BONDED,
            tokens=str(total),
            delegator_shares=Dec.of(total).wire(),
            min_self_delegation="1",
        )
        rates = value.commission.commission_rates
        rates.rate = rates.max_rate = rates.max_change_rate = "0"
        put_validator(self.ctx, value)
        BY_CONSENSUS.put(self.ctx, staking.consensus_address(value), owner.raw)
        rank(self.ctx, value)
        self.ctx.notify(ValidatorCreated(owner.raw))
        self.ctx.notify(ValidatorBonded(staking.consensus_address(value), owner.raw))
        for delegator, shares in ((owner, tokens), *self._of(delegations)):
            self.ctx.notify(DelegationCreating(delegator.raw, owner.raw))
            put_delegation(
                self.ctx,
                delegator.raw,
                owner.raw,
                staking_pb.Delegation(
                    delegator_address=delegator,
                    validator_address=operator,
                    shares=Dec.of(shares).wire(),
                ),
            )
            self.ctx.notify(DelegationModified(delegator.raw, owner.raw))
        if total:
            coins = Coins.of([Coin("uakt", total)])
            bank.mint(self.ctx, "mint", coins)
            bank.send_between_modules(self.ctx, "mint", "bonded_tokens_pool", coins)
        self.ctx.events.clear()
        return owner

    def _of(self, delegations: dict[str, int]) -> list[tuple[Address, int]]:
        return [(self.given.address(name), shares) for name, shares in delegations.items()]

    def message(self, *messages: Message, **fields: Any) -> pb.MsgSubmitProposal:
        """MsgSubmitProposal of alice with the whole deposit, unless told otherwise."""
        deposit = fields.pop(
            "deposit", "50000000uakt" if fields.get("expedited") else "10000000uakt"
        )
        found: dict[str, Any] = {
            "proposer": self.alice,
            "title": "A title",
            "summary": "A summary",
            "metadata": "" if messages else "ipfs://CID",
            "initial_deposit": Coins.parse(deposit).to_wire(),
            "messages": [wire.pack(each) for each in messages],
        }
        return pb.MsgSubmitProposal(**(found | fields))

    def submit(self, *messages: Message, **fields: Any) -> int:
        """Submit it; give the proposal's number."""
        return int(self.given.run(self.message(*messages, **fields)).proposal_id)

    def vote(self, number: int, voter: Address, option: int, **fields: Any) -> None:
        """Cast a vote."""
        self.given.run(pb.MsgVote(proposal_id=number, voter=voter, option=option, **fields))

    def change_params(self, **values: Any) -> None:
        """Set parameters of gov, as governance would."""
        value = pb.Params()
        value.CopyFrom(records.params(self.ctx))
        for name, given in values.items():
            if isinstance(given, int) and not isinstance(given, bool):
                getattr(value, name).FromNanoseconds(given)
            elif name.endswith("deposit"):
                del getattr(value, name)[:]
                getattr(value, name).extend(Coins.parse(given).to_wire())
            else:
                setattr(value, name, given)
        self.given.run(pb.MsgUpdateParams(authority=gov.AUTHORITY, params=value))

    def pass_time(self, length: int) -> None:
        """Let time pass, then run gov's end of a block."""
        self.ctx.time += length
        self.ctx.events.clear()
        drained(end_block(self.ctx))

    def found(self, number: int) -> pb.Proposal:
        """A proposal as it is stored."""
        return records.require(self.ctx, number)

    def counts(self, number: int) -> tuple[int, int, int, int]:
        """The final tally: yes, abstain, no, veto."""
        tally = self.found(number).final_tally_result
        texts = (tally.yes_count, tally.abstain_count, tally.no_count, tally.no_with_veto_count)
        return tuple(int(text) for text in texts)  # type: ignore[return-value]  # four of them

    def held(self) -> int:
        """uakt in gov's account."""
        return bank.balance(self.ctx, records.ADDRESS, "uakt")


def send_enabled(authority: str = gov.AUTHORITY, default: bool = False) -> BankParams:
    """A message of governance: bank's parameters."""
    return BankParams(authority=authority, params=BankParamsValue(default_send_enabled=default))


@pytest.fixture
def council(given: Given) -> Council:
    """alice and bob, one validator val with 100 million uakt."""
    made = Council(given)
    made.validator("val", 100 * MILLION)
    return made
