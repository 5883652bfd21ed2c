"""Counting votes: delegators' own votes first, validators' for whoever did not vote.

The work is one pass over the votes in steps, so that other work of the node may run between them;
a vote costs one walk over the voter's delegations. It must not know what happens with the result.
Source: Cosmos SDK 0.53 x/gov/keeper/tally.go.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from akashpy.chain import staking
from akashpy.chain.gov.records import VOTES, params
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.wire import gov as pb

YES = pb.VoteOption.VOTE_OPTION_YES
ABSTAIN = pb.VoteOption.VOTE_OPTION_ABSTAIN
NO = pb.VoteOption.VOTE_OPTION_NO
VETO = pb.VoteOption.VOTE_OPTION_NO_WITH_VETO
OPTIONS = (YES, ABSTAIN, NO, VETO)
VOTES_A_STEP = 50
WHOLE = str(Dec.ONE)
"""The weight of a vote that is not split."""


class Outcome(NamedTuple):
    """Whether a proposal passes, whether its deposits burn, and the count of each option."""

    passes: bool
    burns: bool
    tally: pb.TallyResult


@dataclass(slots=True)
class Standing:
    """A bonded validator while votes are counted.

    `deducted` are the shares of delegators who voted themselves; `vote` is its own vote.
    """

    tokens: int
    shares: Dec
    deducted: Dec = Dec.ZERO
    vote: tuple[tuple[int, Dec], ...] = ()


@dataclass(slots=True)
class Count:
    """Voting power by option, in tokens."""

    results: dict[int, Dec] = field(default_factory=lambda: dict.fromkeys(OPTIONS, Dec.ZERO))
    total: Dec = Dec.ZERO

    def add(self, power: Dec, vote: Iterable[tuple[int, Dec]]) -> None:
        """Spread `power` over the options of a vote."""
        for option, weight in vote:
            part = power if weight == Dec.ONE else power.mul(weight)
            self.results[option] = self.results[option] + part
        self.total = self.total + power

    def as_wire(self) -> pb.TallyResult:
        """The results in whole tokens."""
        return pb.TallyResult(
            yes_count=str(self.results[YES].truncate()),
            abstain_count=str(self.results[ABSTAIN].truncate()),
            no_count=str(self.results[NO].truncate()),
            no_with_veto_count=str(self.results[VETO].truncate()),
        )


def tally(ctx: Context, proposal: pb.Proposal) -> Generator[None, None, Outcome]:
    """Count the votes on a proposal as the state is now, in steps. Changes nothing."""
    standings = {
        each.operator_address: Standing(int(each.tokens), Dec.from_wire(each.delegator_shares))
        for each in staking.bonded_by_power(ctx)
    }
    # a voter is known by bytes, a delegation names its validator: no vote needs a bech32
    owners = {Address.parse(name, prefix=VALOPER).raw: name for name in standings}
    count = Count()
    for index, (key, vote) in enumerate(VOTES.under(ctx, proposal.id), 1):
        _count_voter(ctx, key[1], vote, standings, owners, count)
        if not index % VOTES_A_STEP:
            yield
    for standing in standings.values():
        if standing.vote:
            left = standing.shares - standing.deducted
            count.add(left.mul_int(standing.tokens).quo(standing.shares), standing.vote)
    return _decide(ctx, proposal, count)


def _count_voter(
    ctx: Context,
    voter: bytes,
    vote: pb.Vote,
    standings: dict[str, Standing],
    owners: dict[bytes, str],
    count: Count,
) -> None:
    options = tuple((int(each.option), _weight(each.weight)) for each in vote.options)
    if voter in owners:
        standings[owners[voter]].vote = options
    for share in staking.delegations_of(ctx, voter):
        standing = standings.get(share.validator_address)
        if standing is None:
            continue
        shares = Dec.from_wire(share.shares)
        standing.deducted = standing.deducted + shares
        count.add(shares.mul_int(standing.tokens).quo(standing.shares), options)


def _weight(text: str) -> Dec:
    return Dec.ONE if text == WHOLE else Dec.of(text)


def _decide(ctx: Context, proposal: pb.Proposal, count: Count) -> Outcome:
    found = count.as_wire()
    bonded = staking.total_bonded_tokens(ctx)
    if not bonded:
        return Outcome(False, False, found)
    value = params(ctx)
    if count.total.quo(Dec.of(bonded)) < Dec.of(value.quorum):
        return Outcome(False, value.burn_vote_quorum, found)
    decided = count.total - count.results[ABSTAIN]
    if decided.is_zero:
        return Outcome(False, False, found)
    if count.results[VETO].quo(count.total) > Dec.of(value.veto_threshold):
        return Outcome(False, value.burn_vote_veto, found)
    threshold = value.expedited_threshold if proposal.expedited else value.threshold
    return Outcome(count.results[YES].quo(decided) > Dec.of(threshold), False, found)
