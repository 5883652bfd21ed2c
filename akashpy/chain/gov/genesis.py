"""Governance in genesis: defaults and the preset, checks, start and export; the invariant.

It must not know messages. Source: Cosmos SDK 0.53 x/gov/genesis.go; values of facts 20.3.
"""

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.chain.gov.records import (
    ACTIVE,
    ADDRESS,
    CONSTITUTION,
    DEPOSIT_PERIOD,
    DEPOSITS,
    GOV,
    INACTIVE,
    NEXT_ID,
    PARAMS,
    PROPOSALS,
    VOTES,
    VOTING_PERIOD,
    params,
    put,
)
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import PlainError
from akashpy.types.gov import validate_params
from akashpy.wire import gov as pb

DAY = 24 * 3600
HASTE = 5
"""An expedited proposal needs so many times the minimum deposit."""


def default_genesis(preset: str) -> JsonState:
    """The SDK's defaults with deposits in uakt; "akash": the values Akash's mainnet began with."""
    akash = preset == "akash"
    state = pb.GenesisState(starting_proposal_id=1)
    value = state.params
    deposit = 2_500_000_000 if akash else 10_000_000
    value.min_deposit.add(denom="uakt", amount=str(deposit))
    value.expedited_min_deposit.add(denom="uakt", amount=str(HASTE * deposit))
    value.max_deposit_period.FromSeconds((14 if akash else 2) * DAY)
    value.voting_period.FromSeconds((3 if akash else 2) * DAY)
    value.expedited_voting_period.FromSeconds(DAY)
    value.quorum = "0.200000000000000000" if akash else "0.334000000000000000"
    value.threshold, value.veto_threshold = "0.500000000000000000", "0.334000000000000000"
    value.expedited_threshold = "0.667000000000000000"
    value.min_initial_deposit_ratio = "0.000000000000000000"
    value.proposal_cancel_ratio = "0.500000000000000000"
    value.min_deposit_ratio = "0.010000000000000000"
    value.burn_vote_veto = True
    return wire.to_json(state)


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters, repeated entries and entries of no proposal."""
    parsed = wire.from_json(pb.GenesisState, state)
    if not parsed.starting_proposal_id:
        raise PlainError("starting proposal id must be greater than 0")
    numbers: set[int] = set()
    for proposal in parsed.proposals:
        if proposal.id in numbers:
            raise PlainError(f"duplicate proposal id: {proposal.id}")
        numbers.add(proposal.id)
        _require_end(proposal)
    for what, entries in (
        ("deposit", [(each.proposal_id, each.depositor) for each in parsed.deposits]),
        ("vote", [(each.proposal_id, each.voter) for each in parsed.votes]),
    ):
        seen: set[tuple[int, str]] = set()
        for number, owner in entries:
            Address.parse(owner)
            if number not in numbers:
                raise PlainError(f"{what} of {owner} has non-existent proposal id: {number}")
            if (number, owner) in seen:
                raise PlainError(f"duplicate {what}: proposal {number}, {owner}")
            seen.add((number, owner))
    validate_params(parsed.params)


def _require_end(proposal: pb.Proposal) -> None:
    """A proposal that waits must say until when: without, Go's genesis panics."""
    if proposal.status == DEPOSIT_PERIOD and not proposal.HasField("deposit_end_time"):
        raise PlainError(f"proposal {proposal.id} has no deposit_end_time")
    if proposal.status == VOTING_PERIOD and not proposal.HasField("voting_end_time"):
        raise PlainError(f"proposal {proposal.id} has no voting_end_time")


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store it all. Raises PlainError when gov's balance is not the sum of the deposits."""
    parsed = wire.from_json(pb.GenesisState, state)
    NEXT_ID.set(ctx, parsed.starting_proposal_id)
    PARAMS.put(ctx, parsed.params.SerializeToString(deterministic=True))
    CONSTITUTION.put(ctx, parsed.constitution)
    auth.module_account(ctx, GOV)
    total = Coins.EMPTY
    for deposit in parsed.deposits:
        depositor = Address.parse(deposit.depositor).raw
        DEPOSITS.put(ctx, (deposit.proposal_id, depositor), deposit)
        total = total + Coins.from_wire(deposit.amount)
    for vote in parsed.votes:
        VOTES.put(ctx, (vote.proposal_id, Address.parse(vote.voter).raw), vote)
    for proposal in parsed.proposals:
        _require_end(proposal)
        if proposal.status == DEPOSIT_PERIOD:
            INACTIVE.put(ctx, (proposal.deposit_end_time.ToNanoseconds(), proposal.id), True)
        elif proposal.status == VOTING_PERIOD:
            ACTIVE.put(ctx, (proposal.voting_end_time.ToNanoseconds(), proposal.id), True)
        put(ctx, proposal)
    held = bank.balances(ctx, ADDRESS)
    if held != total:
        raise PlainError(f"expected module account was {held} but we got {total}")


def export_genesis(ctx: Context) -> JsonState:
    """Parameters, proposals, deposits and votes."""
    state = pb.GenesisState(
        starting_proposal_id=NEXT_ID.peek(ctx),
        params=params(ctx),
        constitution=CONSTITUTION.get(ctx) or "",
    )
    state.deposits.extend(deposit for _, deposit in DEPOSITS.under(ctx))
    state.votes.extend(vote for _, vote in VOTES.under(ctx))
    state.proposals.extend(proposal for _, proposal in PROPOSALS.under(ctx))
    return wire.to_json(state)


def holds_deposits(ctx: Context) -> str | None:
    """Invariant: the gov account holds exactly what is deposited."""
    total = Coins.EMPTY
    for _, deposit in DEPOSITS.under(ctx):
        total = total + Coins.from_wire(deposit.amount)
    held = bank.balances(ctx, ADDRESS)
    return None if held == total else f"gov: account holds {held}, deposits are {total}"
